//! Machines at work: they begin when everybody joined, are fed, and what they reach is kept before anything is said.

use std::collections::BTreeSet;

use p2p::PeerId;
use threshold::{Abort, CeremonyId, Dkg, Outgoing, Party, Refresh, Refusal, Repair, Settled, Share, To};

use super::Driver;
use super::live::Live;
use crate::book::FileError;
use crate::clock::now_ms;
use crate::error::AskError;
use crate::id::Id;
use crate::keys::{self, rng};
use crate::machine::{Followed, Machine, Reached};
use crate::model::{Culprit, Failure, Kind};
use crate::plan::Plan;
use crate::record::{Hex, Phase, Rounds};
use crate::wire::Word;

/// Messages of one member that wait for our machine to begin.
const EARLY_MAX: usize = 8;

impl Driver {
    /// Begins if all joined, we too. With the keystore locked it waits for it.
    pub(super) fn begin_if_complete(&mut self, id: &Id) -> Result<(), FileError> {
        let Some(record) = self.book.ceremonies.get(id) else { return Ok(()) };
        if record.phase != Phase::Open || !record.is_complete() {
            return Ok(());
        }
        let plan = record.plan.clone();
        if matches!(self.ready(&plan), Err(AskError::Locked)) {
            self.trouble(&format!("ceremony/{id}"), Some("keystore_locked"), &[("label", plan.label)]);
            return Ok(());
        }
        self.trouble(&format!("ceremony/{id}"), None, &[]);
        // The id is used from here on, whatever happens.
        self.book.alter_ceremony(id, |record| {
            record.phase = Phase::Claimed;
            record.began_ms = Some(now_ms());
            record.note(now_ms(), "began", None, &[]);
        })?;
        match self.machine(&plan) {
            Ok((machine, send)) => {
                self.live.insert(*id, Live::new(machine));
                self.say(id, &send);
                for (from, bytes) in self.early.remove(id).unwrap_or_default() {
                    self.feed(id, &from, &bytes)?;
                }
                self.quicken();
                Ok(())
            }
            Err(why) => {
                tracing::warn!(%id, %why, "a ceremony cannot begin");
                let failure = Failure { code: "rule".to_owned(), ..Failure::default() };
                self.end(id, Phase::Failed, Some(failure), "failed")
            }
        }
    }

    /// Whether the keystore gives what a machine needs.
    fn ready(&self, plan: &Plan) -> Result<(), AskError> {
        let session = self.open_session()?;
        keys::identity(&session)?;
        let helps = plan.kind != Kind::Repair || plan.subject != self.seat(plan);
        match &plan.group {
            Some(group) if helps => self.share_in_force(group).map(drop),
            _ => Ok(()),
        }
    }

    /// The share of the group in force.
    pub(super) fn share_in_force(&self, group: &Id) -> Result<Share, AskError> {
        let key = self.key_of(group)?;
        let me = key.me().ok_or(AskError::NoShare)?;
        keys::share(&*self.open_session()?, &key.group, me)
    }

    fn machine(&self, plan: &Plan) -> Result<(Machine, Vec<Outgoing>), AskError> {
        let identity = keys::identity(&*self.open_session()?)?;
        let me = Party::new(self.seat(plan).ok_or(AskError::NoShare)?)?;
        let id = CeremonyId(plan.id.0);
        let group = plan.group.unwrap_or(Id([0; 32]));
        let (machine, send) = match plan.kind {
            Kind::Create => {
                let roster = plan.roster().map_err(|bad| AskError::refused("rule", bad.to_string()))?;
                let (machine, send) = Dkg::new(roster, me, identity, id, &mut rng())?;
                (Machine::Create(Box::new(machine)), send)
            }
            Kind::Refresh | Kind::Remove => {
                let old = self.share_in_force(&group)?;
                let (machine, send) = Refresh::new(old, &plan.parties(), identity, id, &mut rng())?;
                (Machine::Refresh(Box::new(machine)), send)
            }
            Kind::Repair => {
                let lost = Party::new(plan.subject.unwrap_or_default())?;
                let helpers: BTreeSet<_> = plan.parties().into_iter().filter(|party| *party != lost).collect();
                let key = self.key_of(&group)?;
                if me == lost {
                    let machine = Repair::restore(&key.group, me, &helpers, identity, id)?;
                    (Machine::Repair(Box::new(machine)), Vec::new())
                } else {
                    let share = self.share_in_force(&group)?;
                    let (machine, send) = Repair::help(&share, &helpers, lost, identity, id, &mut rng())?;
                    (Machine::Repair(Box::new(machine)), send)
                }
            }
        };
        Ok((machine, send))
    }

    /// A machine's message of a ceremony came.
    pub(super) fn hear_machine(&mut self, from: &PeerId, id: &Id, bytes: &[u8]) -> Result<(), FileError> {
        let Some(record) = self.book.ceremonies.get(id) else { return Ok(()) };
        if record.plan.seat_of(from).is_none() {
            return Ok(());
        }
        if self.live.contains_key(id) {
            return self.feed(id, from, bytes);
        }
        match record.phase {
            Phase::Open => {
                let early = self.early.entry(*id).or_default();
                if early.iter().filter(|(peer, _)| peer == from).count() < EARLY_MAX {
                    early.push((*from, bytes.to_vec()));
                }
                Ok(())
            }
            Phase::Doubtful => self.feed_doubt(id, from, bytes),
            Phase::Done => {
                self.show_end(from, id);
                Ok(())
            }
            Phase::Claimed | Phase::Failed | Phase::Stopped => {
                self.forfeit(from, id, bytes);
                Ok(())
            }
        }
    }

    fn feed(&mut self, id: &Id, from: &PeerId, bytes: &[u8]) -> Result<(), FileError> {
        let seat = self.book.ceremonies.get(id).and_then(|record| record.plan.seat_of(from));
        let (Some(party), Some(live)) = (seat.and_then(|seat| seat.party().ok()), self.live.get_mut(id)) else {
            return Ok(());
        };
        match live.machine.receive(party, bytes) {
            Ok(followed) => {
                let new = live.look();
                self.follow(id, followed)?;
                if new {
                    self.quicken();
                }
                Ok(())
            }
            Err(why) => self.refuse(id, party, &why),
        }
    }

    /// A refusal changes nothing; people hear of one that blames its sender.
    fn refuse(&mut self, id: &Id, party: Party, why: &Refusal) -> Result<(), FileError> {
        tracing::debug!(%id, %party, %why, "a message was refused");
        if !why.blames_sender() {
            return Ok(());
        }
        let last = self.book.ceremonies.get(id).and_then(|record| record.log.last().cloned());
        let same = last.is_some_and(|line| line.code == "refused" && line.member == Some(party.number()));
        if same {
            return Ok(());
        }
        self.book.alter_ceremony(id, |record| {
            record.note(now_ms(), "refused", Some(party.number()), &[("why", why.code().to_owned())]);
        })
    }

    /// Keeps what a step reached, then says what it says.
    pub(super) fn follow(&mut self, id: &Id, followed: Followed) -> Result<(), FileError> {
        let Followed { send, outcome } = followed;
        self.keep_doubt(id)?;
        match outcome {
            None => self.say(id, &send),
            Some(Ok(Reached::Staged(share))) => {
                self.say(id, &send);
                self.stage(id, share)?;
            }
            Some(Ok(Reached::InForce(settled))) => {
                self.in_force(id, *settled)?;
                self.say(id, &send);
            }
            Some(Ok(Reached::Restored(share))) => {
                if share.is_none() {
                    self.say(id, &send);
                }
                self.restored(id, share)?;
            }
            Some(Err(abort)) => {
                self.say(id, &send);
                self.fail(id, &abort)?;
            }
        }
        Ok(())
    }

    /// Our word is given: what outlives a restart comes to rest before it leaves.
    fn keep_doubt(&mut self, id: &Id) -> Result<(), FileError> {
        let Some(doubt) = self.live.get(id).and_then(|live| live.machine.doubt()) else { return Ok(()) };
        if self.book.ceremonies.get(id).is_some_and(|record| record.phase == Phase::Doubtful) {
            return Ok(());
        }
        self.book.alter_ceremony(id, |record| {
            record.phase = Phase::Doubtful;
            record.doubt = Some(Hex(doubt.to_bytes()));
        })
    }

    /// Puts a new share beside what is in force, and goes on. With the keystore locked it waits.
    pub(super) fn stage(&mut self, id: &Id, share: Box<Share>) -> Result<(), FileError> {
        let group = Id(share.group().id().0);
        let label = self.book.ceremonies.get(id).map(|record| record.plan.label.clone()).unwrap_or_default();
        self.book.alter_ceremony(id, |record| record.staged = Some(group))?;
        let kept = self.open_session().and_then(|session| keys::put(&session, &label, &share));
        let Some(live) = self.live.get_mut(id) else { return Ok(()) };
        if let Err(why) = kept {
            tracing::warn!(%id, %why, "a share waits for the keystore");
            live.unkept = Some(share);
            self.trouble(&format!("ceremony/{id}"), Some(why.code()), &[("label", label)]);
            return Ok(());
        }
        let followed = live.machine.staged();
        live.look();
        self.trouble(&format!("ceremony/{id}"), None, &[]);
        self.book.alter_ceremony(id, |record| record.note(now_ms(), "staged", None, &[]))?;
        self.quicken();
        self.follow(id, followed)
    }

    /// The share counts.
    fn in_force(&mut self, id: &Id, settled: Settled) -> Result<(), FileError> {
        self.settle(id, &settled.settlement)?;
        self.tell_members(id, &Word::Settled { settlement: settled.settlement.to_bytes() });
        Ok(())
    }

    /// A lost share is back, and only then we say so; or we helped. With the keystore locked it waits.
    pub(super) fn restored(&mut self, id: &Id, share: Option<Box<Share>>) -> Result<(), FileError> {
        if let Some(share) = share {
            let label = self.book.ceremonies.get(id).map(|record| record.plan.label.clone()).unwrap_or_default();
            let kept = self.open_session().and_then(|session| keys::put(&session, &label, &share));
            if let Err(why) = kept {
                tracing::warn!(%id, %why, "a share waits for the keystore");
                self.trouble(&format!("ceremony/{id}"), Some(why.code()), &[("label", label)]);
                if let Some(live) = self.live.get_mut(id) {
                    live.unkept = Some(share);
                }
                return Ok(());
            }
            self.book.alter_key(&Id(share.group().x_only()), |record| record.share = true)?;
        }
        let last = self.live.get(id).map(|live| live.machine.resend()).unwrap_or_default();
        self.say(id, &last);
        let outcome = self.book.ceremonies.get(id).and_then(|record| record.plan.group);
        self.book.alter_ceremony(id, |record| {
            record.outcome = outcome;
            record.note(now_ms(), "restored", record.plan.subject, &[]);
        })?;
        self.end(id, Phase::Done, None, "done")
    }

    /// A machine ended without result.
    pub(super) fn fail(&mut self, id: &Id, abort: &Abort) -> Result<(), FileError> {
        if abort.in_doubt {
            self.book.alter_ceremony(id, |record| record.note(now_ms(), "in_doubt", None, &[]))?;
            let rounds = self.live.remove(id).map(|live| live.rounds);
            self.book.alter_ceremony(id, |record| record.rounds = rounds.unwrap_or_default())?;
            let label = self.book.ceremonies.get(id).map(|record| record.plan.label.clone()).unwrap_or_default();
            self.notify("in_doubt", *id, false, &label);
            return Ok(());
        }
        let stopped = self.live.get(id).and_then(|live| live.stopped_by);
        let by = stopped.filter(|number| abort.left.iter().any(|party| party.number() == *number));
        let Some(record) = self.book.ceremonies.get(id) else { return Ok(()) };
        let failure = failure(&record.plan, abort, by);
        let proof: Vec<Hex> = abort.proofs.iter().map(|proof| Hex(proof.to_bytes())).collect();
        self.book.alter_ceremony(id, |record| record.proof = proof)?;
        let (phase, code) = if by.is_some() { (Phase::Stopped, "stopped") } else { (Phase::Failed, "failed") };
        self.end(id, phase, Some(failure), code)?;
        self.keep_house()
    }

    /// Sends messages of a ceremony's machine to whom they are for.
    pub(super) fn say(&mut self, id: &Id, words: &[Outgoing]) {
        let Some(record) = self.book.ceremonies.get(id) else { return };
        let mut send = Vec::new();
        for seat in record.plan.members.iter().filter(|seat| seat.peer != self.own.to_string()) {
            let Some(peer) = seat.peer() else { continue };
            let for_it = words.iter().filter(|word| is_for(word.to, seat.number));
            send.extend(for_it.map(|word| (peer, Word::Machine { id: id.0, bytes: word.bytes.clone() })));
        }
        for (peer, word) in send {
            self.send(&peer, &word);
        }
    }

    /// What the table shows of a ceremony.
    pub(super) fn rounds(&self, id: &Id) -> Rounds {
        match self.live.get(id) {
            Some(live) => live.rounds.clone(),
            None => self.book.ceremonies.get(id).map(|record| record.rounds.clone()).unwrap_or_default(),
        }
    }
}

pub(super) fn is_for(to: To, number: u16) -> bool {
    Party::new(number).is_ok_and(|party| to.reaches(party))
}

/// Who, why, what next.
pub(super) fn failure(plan: &Plan, abort: &Abort, stopped_by: Option<u16>) -> Failure {
    let culprit = |(party, charge): (&Party, &threshold::Charge)| Culprit {
        number: party.number(),
        charge: charge.code().to_owned(),
        disputed: false,
    };
    let mut culprits: Vec<Culprit> = abort.culprits.iter().map(culprit).collect();
    if let Some((accuser, accused)) = abort.disputed {
        let disputed = |party: Party| Culprit { number: party.number(), charge: "disputed".into(), disputed: true };
        culprits.extend([disputed(accuser), disputed(accused)]);
    }
    let silent: Vec<u16> = abort.absent.iter().chain(&abort.left).map(|party| party.number()).collect();
    let code = if stopped_by.is_some() {
        "stopped"
    } else if abort.disputed.is_some() {
        "disputed"
    } else if !culprits.is_empty() {
        "culprit"
    } else if !abort.absent.is_empty() {
        "silent"
    } else if !abort.left.is_empty() {
        "restarted"
    } else {
        "rule"
    };
    let named: BTreeSet<u16> = culprits.iter().map(|one| one.number).chain(silent.iter().copied()).collect();
    let can_leave_out = can_leave_out(plan, &named);
    let proof = !abort.proofs.is_empty();
    Failure { code: code.to_owned(), culprits, silent, proof, can_leave_out }
}

/// Whether the same can begin again without these members.
fn can_leave_out(plan: &Plan, named: &BTreeSet<u16>) -> bool {
    let left = plan.members.iter().filter(|seat| !named.contains(&seat.number)).count();
    let need = usize::from(plan.threshold);
    match plan.kind {
        _ if named.is_empty() => false,
        Kind::Create => left >= need,
        Kind::Refresh => named.len() == 1 && left >= need,
        Kind::Remove => false,
        Kind::Repair => plan.subject.is_some_and(|lost| !named.contains(&lost)) && left > need,
    }
}
