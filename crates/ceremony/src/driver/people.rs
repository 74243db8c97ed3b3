//! What people decide about ceremonies: invite, compare, join, stop, begin again.

use std::collections::BTreeSet;

use p2p::PeerId;

use super::{Done, Driver};
use crate::book::FileError;
use crate::clock::now_ms;
use crate::error::AskError;
use crate::id::Id;
use crate::keys;
use crate::model::{Failure, Invite, Kind, Task};
use crate::plan::{Plan, Seat, seen};
use crate::record::{CeremonyRecord, Hex, Phase};
use crate::wire::Word;

/// Ceremonies of one proposer that wait for people.
const OPEN_MAX: usize = 16;

impl Driver {
    /// A key generation as a person proposes it.
    pub(super) fn invite(&mut self, invite: &Invite) -> Done<Id> {
        let mut members = vec![self.own_seat(1)?];
        for (number, text) in (2..).zip(&invite.peers) {
            let peer: PeerId = text.parse().map_err(|_| AskError::refused("peers", "not a watchman's identity"))?;
            members.push(self.peer_seat(number, &peer)?);
        }
        let plan = Plan {
            id: keys::random_id(),
            kind: Kind::Create,
            attempt: 1,
            label: invite.label.clone(),
            network: invite.network,
            threshold: invite.threshold,
            group: None,
            subject: None,
            proposer: 1,
            begun_ms: now_ms(),
            members,
        };
        self.put_forward(plan)
    }

    pub(super) fn own_seat(&self, number: u16) -> Result<Seat, AskError> {
        let key = self.book.own.key.ok_or(AskError::Locked)?;
        Ok(Seat { number, peer: self.own.to_string(), name: seen(&self.name, &self.own), key })
    }

    fn peer_seat(&self, number: u16, peer: &PeerId) -> Result<Seat, AskError> {
        let known = self.book.own.known.get(&peer.to_string());
        let key = known.map(|known| known.key);
        let key = key.ok_or_else(|| AskError::refused("key_unknown", format!("{peer} never said its ceremony key")))?;
        Ok(Seat { number, peer: peer.to_string(), name: self.name_of(peer), key })
    }

    /// Remembers a proposal of our own, and says it.
    pub(super) fn put_forward(&mut self, plan: Plan) -> Done<Id> {
        plan.check().map_err(|bad| match bad {
            crate::plan::BadPlan::Label => AskError::refused("label", bad.to_string()),
            crate::plan::BadPlan::Roster(_) => AskError::refused("too_few", bad.to_string()),
            _ => AskError::refused("peers", bad.to_string()),
        })?;
        let (id, kind, proposer) = (plan.id, plan.kind, plan.proposer);
        let mut record = CeremonyRecord::new(plan);
        record.compared = self.compared_before(&record.plan);
        record.note(now_ms(), "invited", Some(proposer), &[]);
        if kind != Kind::Create {
            record.joined.insert(proposer);
        }
        self.book.put_ceremony(record)?;
        self.spread(&id);
        self.quicken();
        Ok(id)
    }

    /// Members whose very key a person compared in an earlier ceremony.
    pub(super) fn compared_before(&self, plan: &Plan) -> BTreeSet<u16> {
        let compared = |seat: &Seat| {
            self.book.ceremonies.values().any(|record| {
                record.compared.iter().any(|number| {
                    record.plan.seat(*number).is_some_and(|old| old.key == seat.key && old.peer == seat.peer)
                })
            })
        };
        plan.members.iter().filter(|seat| compared(seat)).map(|seat| seat.number).collect()
    }

    fn record(&self, id: &Id) -> Result<&CeremonyRecord, AskError> {
        self.book.ceremonies.get(id).ok_or(AskError::Unknown("the ceremony"))
    }

    /// Our seat in a ceremony.
    pub(super) fn seat(&self, plan: &Plan) -> Option<u16> {
        plan.seat_of(&self.own).map(|seat| seat.number)
    }

    pub(super) fn compare(&mut self, id: &Id, number: u16) -> Done<()> {
        let record = self.record(id)?;
        if record.phase != Phase::Open {
            return Err(state("words are compared before a ceremony begins").into());
        }
        if record.plan.seat(number).is_none() || self.seat(&record.plan) == Some(number) {
            return Err(AskError::refused("number", "no other member has this number").into());
        }
        self.book.alter_ceremony(id, |record| {
            record.compared.insert(number);
            record.note(now_ms(), "compared", Some(number), &[]);
        })?;
        self.changed();
        Ok(())
    }

    pub(super) fn join(&mut self, id: &Id) -> Done<()> {
        let record = self.record(id)?;
        if record.phase != Phase::Open {
            return Err(state("it has begun or ended").into());
        }
        let me = self.seat(&record.plan).ok_or(AskError::Unknown("the own seat"))?;
        let missing = record.plan.members.iter().find(|seat| {
            record.plan.kind == Kind::Create && seat.number != me && !record.compared.contains(&seat.number)
        });
        if let Some(seat) = missing {
            let what = format!("the words of member {} were not compared", seat.number);
            return Err(AskError::refused("not_compared", what).into());
        }
        self.open_session()?;
        self.book.alter_ceremony(id, |record| {
            record.joined.insert(me);
            record.note(now_ms(), "joined", Some(me), &[]);
        })?;
        self.spread(id);
        self.begin_if_complete(id)?;
        self.quicken();
        Ok(())
    }

    /// A person stops a ceremony, for everybody. One in doubt is only set aside here: a settlement that turns up still counts.
    pub(super) fn stop(&mut self, id: &Id) -> Done<()> {
        match self.record(id)?.phase {
            Phase::Doubtful if self.live.contains_key(id) => {
                Err(AskError::refused("in_doubt", "our word is given; the others' are on their way").into())
            }
            phase if phase.is_over() => Err(state("it is over").into()),
            _ => {
                self.tell_members(id, &Word::Stopped { ceremony: id.0 });
                Ok(self.leave(id, Phase::Stopped, None)?)
            }
        }
    }

    /// Ends a ceremony here, and says so. In doubt a word is not taken back: then the machine only rests.
    pub(super) fn leave(&mut self, id: &Id, phase: Phase, failure: Option<Failure>) -> Result<(), FileError> {
        let code = if phase == Phase::Stopped { "stopped" } else { "failed" };
        let Some(live) = self.live.get_mut(id) else { return self.end(id, phase, failure, code) };
        if let Some(word) = live.machine.leave() {
            self.say(id, &[word]);
            return self.end(id, phase, failure, code);
        }
        let abort = live.machine.give_up();
        abort.map_or(Ok(()), |abort| self.fail(id, &abort))
    }

    pub(super) fn again(&mut self, id: &Id, without: &[u16]) -> Done<Id> {
        let record = self.record(id)?;
        if !matches!(record.phase, Phase::Failed | Phase::Stopped) {
            return Err(state("only what failed or was stopped begins again").into());
        }
        let (old, mut without) = (record.plan.clone(), without.to_vec());
        let me = self.seat(&old).ok_or(AskError::Unknown("the own seat"))?;
        if without.contains(&me) || without.iter().any(|number| old.seat(*number).is_none()) {
            return Err(AskError::refused("number", "only other members can be left out").into());
        }
        without.sort_unstable();
        match (old.kind, old.group) {
            (Kind::Create, _) => {
                let members = old.members.iter().filter(|seat| !without.contains(&seat.number)).cloned().collect();
                let (id, attempt) = (keys::random_id(), old.attempt.saturating_add(1));
                self.put_forward(Plan { id, attempt, members, proposer: me, begun_ms: now_ms(), ..old })
            }
            (kind, Some(group)) => self.task_again(kind, &group, &old, &without),
            (_, None) => Err(AskError::Unknown("the key").into()),
        }
    }

    fn task_again(&mut self, kind: Kind, group: &Id, old: &Plan, without: &[u16]) -> Done<Id> {
        let (task, without) = match (kind, old.subject, without) {
            (Kind::Refresh, _, []) => (Task::Refresh, &[][..]),
            (Kind::Refresh, _, [number]) => (Task::Remove { number: *number }, &[][..]),
            (Kind::Remove, Some(number), []) => (Task::Remove { number }, &[][..]),
            (Kind::Repair, Some(number), without) => (Task::Repair { number }, without),
            _ => return Err(AskError::refused("number", "one member at a time is removed").into()),
        };
        let plan = self.task_plan(group, task, without, old.attempt.saturating_add(1))?;
        self.put_forward(plan)
    }

    pub(super) fn proof(&self, id: &Id) -> Done<Vec<u8>> {
        let record = self.record(id)?;
        if record.proof.is_empty() {
            return Err(AskError::Unknown("evidence").into());
        }
        let line = |proof: &Hex| format!("{}\n", crypto::hexs::encode(&proof.0));
        Ok(record.proof.iter().map(line).collect::<String>().into_bytes())
    }

    /// A proposal came from somebody.
    pub(super) fn hear_plan(&mut self, from: &PeerId, plan: Plan) -> Result<(), FileError> {
        if self.book.knows_ceremony(&plan.id) {
            return Ok(());
        }
        let admissible = self.admissible(from, &plan);
        if let Err(why) = admissible {
            tracing::info!(%from, why, "an invitation was refused");
            self.trouble(
                "invitation",
                Some("invitation_refused"),
                &[("peer", self.name_of(from)), ("why", why.into())],
            );
            return Ok(());
        }
        self.trouble("invitation", None, &[]);
        let (id, label, proposer) = (plan.id, plan.label.clone(), plan.proposer);
        let mut record = CeremonyRecord::new(plan);
        record.compared = self.compared_before(&record.plan);
        record.note(now_ms(), "invited", Some(proposer), &[]);
        if record.plan.kind != Kind::Create {
            record.joined.insert(proposer);
        }
        self.book.put_ceremony(record)?;
        self.notify("invited", id, false, &label);
        self.quicken();
        Ok(())
    }

    fn admissible(&self, from: &PeerId, plan: &Plan) -> Result<(), &'static str> {
        plan.check().map_err(|_| "it is no valid proposal")?;
        if plan.seat_of(from).map(|seat| seat.number) != Some(plan.proposer) {
            return Err("who sends it is not who proposes it");
        }
        let me = plan.seat_of(&self.own).ok_or("we have no part in it")?;
        if Some(me.key) != self.book.own.key {
            return Err("it names another ceremony key for us");
        }
        let changed = plan
            .members
            .iter()
            .any(|seat| self.book.own.known.get(&seat.peer).is_some_and(|known| known.key != seat.key));
        if plan.kind == Kind::Create && changed {
            return Err("it names another ceremony key for somebody than that one told us");
        }
        let open = self.book.ceremonies.values().filter(|record| record.phase == Phase::Open);
        let theirs = open
            .filter(|record| record.plan.seat(record.plan.proposer).is_some_and(|seat| seat.peer == from.to_string()));
        if theirs.count() >= OPEN_MAX {
            return Err("too many of its proposals wait");
        }
        self.fits_key(plan)
    }

    /// Somebody joined.
    pub(super) fn hear_joined(&mut self, from: &PeerId, id: &Id, fingerprint: [u8; 32]) -> Result<(), FileError> {
        let Some(record) = self.book.ceremonies.get(id) else { return Ok(()) };
        let Some(number) = record.plan.seat_of(from).map(|seat| seat.number) else { return Ok(()) };
        if matches!(record.phase, Phase::Failed | Phase::Stopped) {
            self.send(from, &Word::Stopped { ceremony: id.0 });
            return Ok(());
        }
        if record.phase != Phase::Open || record.joined.contains(&number) || record.plan.hash() != fingerprint {
            return Ok(());
        }
        self.book.alter_ceremony(id, |record| {
            record.joined.insert(number);
            record.note(now_ms(), "joined", Some(number), &[]);
        })?;
        self.begin_if_complete(id)?;
        self.quicken();
        Ok(())
    }

    /// Somebody does not take part.
    pub(super) fn hear_stopped(&mut self, from: &PeerId, id: &Id) -> Result<(), FileError> {
        let Some(record) = self.book.ceremonies.get(id) else { return Ok(()) };
        let Some(number) = record.plan.seat_of(from).map(|seat| seat.number) else { return Ok(()) };
        if let Some(live) = self.live.get_mut(id) {
            // Its machine says by itself that it leaves; this says that a person wanted it.
            live.stopped_by = Some(number);
            return Ok(());
        }
        if record.phase != Phase::Open {
            return Ok(());
        }
        let failure = Failure { code: "stopped".to_owned(), silent: vec![number], ..Failure::default() };
        self.end(id, Phase::Stopped, Some(failure), "stopped")
    }

    /// Ends a ceremony for good.
    pub(super) fn end(
        &mut self,
        id: &Id,
        phase: Phase,
        failure: Option<Failure>,
        code: &'static str,
    ) -> Result<(), FileError> {
        let live = self.live.remove(id);
        self.early.remove(id);
        if let Some(live) = live.as_ref().filter(|_| phase == Phase::Done) {
            self.last_words(id, live.machine.resend());
        }
        let rounds = live.map(|live| live.rounds);
        self.book.alter_ceremony(id, |record| {
            record.phase = phase;
            record.ended_ms = Some(now_ms());
            let member = failure.as_ref().and_then(|failure| failure.silent.first().copied());
            record.note(now_ms(), code, member, &[]);
            record.failure = failure;
            // A share for which we gave our word is set aside: somebody may yet show that it counts.
            record.discard = phase != Phase::Done && record.staged.is_some() && record.doubt.is_none();
            record.rounds = rounds.unwrap_or(std::mem::take(&mut record.rounds));
        })?;
        let label = self.book.ceremonies.get(id).map(|record| record.plan.label.clone()).unwrap_or_default();
        self.notify(code, *id, false, &label);
        Ok(())
    }
}

fn state(what: &str) -> AskError {
    AskError::refused("state", what)
}
