//! Settlements: what puts a share in force, ends a doubt, and tells members that were away.

use p2p::PeerId;
use threshold::{CeremonyId, Outgoing, Party, Settlement, Verdict};

use super::Driver;
use super::deal::is_for;
use crate::book::FileError;
use crate::clock::now_ms;
use crate::id::Id;
use crate::keys::{self, rng};
use crate::model::{Failure, Kind};
use crate::plan::Seat;
use crate::record::{CeremonyRecord, Hex, Key, KeyRecord, Phase};
use crate::wire::Word;

/// Ceremonies whose last words are kept for those who missed them.
const LAST_MAX: usize = 32;

impl Driver {
    /// Puts what a settlement of a ceremony says in force.
    pub(super) fn settle(&mut self, id: &Id, settlement: &Settlement) -> Result<(), FileError> {
        let Some(record) = self.book.ceremonies.get(id) else { return Ok(()) };
        let (plan, group) = (record.plan.clone(), settlement.group().clone());
        let key = Id(group.x_only());
        if let Some(old) = self.book.keys.get(&key) {
            let old = old.clone();
            self.succeed(old, settlement, true)?;
        } else {
            let me = self.seat(&plan).unwrap_or_default();
            let record = KeyRecord {
                label: plan.label,
                network: plan.network,
                unnamed: false,
                group: Hex(group.to_bytes()),
                me,
                left: false,
                seats: plan.members,
                since_ms: now_ms(),
                settlements: vec![Hex(settlement.to_bytes())],
                share: true,
                backed_up_ms: None,
                drilled_ms: None,
                retired: Default::default(),
            };
            self.book.put_key(Key { record, group: group.clone() })?;
        }
        self.conclude(id, Id(group.id().0))?;
        self.greet();
        self.keep_house()
    }

    /// A ceremony's group is in force: that is its end.
    fn conclude(&mut self, id: &Id, group: Id) -> Result<(), FileError> {
        self.book.alter_ceremony(id, |record| {
            record.outcome = Some(group);
            record.discard = false;
            record.note(now_ms(), "in_force", None, &[]);
        })?;
        self.end(id, Phase::Done, None, "done")
    }

    /// A key goes on with another generation of shares; ours of the old one is to be destroyed, in the same write.
    fn succeed(&mut self, mut key: Key, settlement: &Settlement, share: bool) -> Result<(), FileError> {
        let old = key.group_id();
        key.group = settlement.group().clone();
        key.record.group = Hex(key.group.to_bytes());
        key.record.since_ms = now_ms();
        key.record.share = share;
        (key.record.backed_up_ms, key.record.drilled_ms) = (None, None);
        key.record.retired.insert(old);
        key.record.left = key.me().is_none();
        key.settled(settlement);
        let (label, gone) = (key.record.label.clone(), key.record.left);
        self.book.put_key(key)?;
        if gone {
            self.notify("removed", old, false, &label);
        }
        self.end_sessions_of(&old)
    }

    /// A settlement came, from anybody: it proves itself.
    pub(super) fn hear_settled(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        let Ok(settlement) = Settlement::from_bytes(bytes) else { return Ok(()) };
        let ends = self.book.ceremonies.iter().find(|(_, record)| {
            // Set aside, it may count all the same; once the key went on without it, it never does.
            let doubts = matches!(record.phase, Phase::Doubtful | Phase::Failed | Phase::Stopped);
            let key = self.book.keys.get(&Id(settlement.group().x_only()));
            let follows = key.is_none_or(|key| settlement.settles(&key.group).is_ok());
            doubts && follows && record.doubt().is_some_and(|doubt| doubt.settled_by(&settlement).is_ok())
        });
        if let Some(id) = ends.map(|(id, _)| *id) {
            return self.settle(&id, &settlement);
        }
        let Some(key) = self.book.keys.get(&Id(settlement.group().x_only())).cloned() else { return Ok(()) };
        if settlement.settles(&key.group).is_err() {
            return Ok(());
        }
        // Everybody who stays has its share beside; if it is not here, it must be repaired.
        let session = self.open_session().ok();
        let own = Party::new(key.record.me).ok().zip(session);
        let share = own.is_some_and(|(me, session)| keys::share(&session, settlement.group(), me).is_ok());
        let old = key.group_id();
        self.succeed(key, &settlement, share)?;
        self.overtaken(&old)?;
        self.keep_house()
    }

    /// Ceremonies of a group that another one settled never count.
    fn overtaken(&mut self, old: &Id) -> Result<(), FileError> {
        let of_it = self
            .book
            .ceremonies
            .values()
            .filter(|record| record.plan.group.as_ref() == Some(old) && !record.phase.is_over());
        let ids: Vec<Id> = of_it.map(|record| record.plan.id).collect();
        for id in ids {
            let failure = Failure { code: "rule".to_owned(), ..Failure::default() };
            self.end(&id, Phase::Failed, Some(failure), "failed")?;
            self.book.alter_ceremony(&id, |record| record.discard = record.staged.is_some())?;
        }
        Ok(())
    }

    /// A message came of a ceremony in which our word is given and our machine gone.
    pub(super) fn feed_doubt(&mut self, id: &Id, from: &PeerId, bytes: &[u8]) -> Result<(), FileError> {
        let Some(record) = self.book.ceremonies.get(id) else { return Ok(()) };
        let party = record.plan.seat_of(from).and_then(|seat| seat.party().ok());
        let (Some(party), Some(mut doubt)) = (party, record.doubt()) else { return Ok(()) };
        let verdict = match doubt.receive(party, bytes) {
            Ok(verdict) => verdict,
            Err(why) => {
                tracing::debug!(%id, %party, %why, "a message decides no doubt");
                None
            }
        };
        let kept = Hex(doubt.to_bytes());
        if record.doubt.as_ref() != Some(&kept) {
            self.book.alter_ceremony(id, |record| record.doubt = Some(kept))?;
        }
        match verdict {
            Some(Verdict::InForce(settlement)) => {
                self.settle(id, &settlement)?;
                self.tell_members(id, &Word::Settled { settlement: settlement.to_bytes() });
                Ok(())
            }
            Some(Verdict::Void(party)) => {
                let silent = vec![party.number()];
                let failure = Failure { code: "restarted".to_owned(), silent, ..Failure::default() };
                self.end(id, Phase::Failed, Some(failure), "failed")
            }
            // Our own word is repeated at its time: answering each with it would never end.
            None => Ok(()),
        }
    }

    /// Ceremonies whose machine a restart took: without our word they failed, with it they wait, unless the key itself shows the
    /// settlement: a key's record is written before its ceremony's.
    pub(super) fn find_lost(&mut self) -> Result<(), FileError> {
        let doubtful = self.book.ceremonies.values().filter(|record| record.phase == Phase::Doubtful);
        let settled = doubtful.filter_map(|record| {
            let settlement = self.settlement_of(&CeremonyId(record.plan.id.0))?;
            Some((record.plan.id, Id(Settlement::from_bytes(&settlement).ok()?.group().id().0)))
        });
        let settled: Vec<(Id, Id)> = settled.collect();
        for (id, group) in settled {
            self.conclude(&id, group)?;
        }
        let lost = self.book.ceremonies.values().filter(|record| record.phase == Phase::Claimed);
        let lost: Vec<Id> = lost.map(|record| record.plan.id).filter(|id| !self.live.contains_key(id)).collect();
        for id in lost {
            let failure = Failure { code: "restarted".to_owned(), ..Failure::default() };
            self.end(&id, Phase::Failed, Some(failure), "failed")?;
        }
        Ok(())
    }

    /// Somebody speaks in a ceremony in which we lost our part: it hears so, and need not wait.
    pub(super) fn forfeit(&mut self, from: &PeerId, id: &Id, bytes: &[u8]) {
        let Some(record) = self.book.ceremonies.get(id) else { return };
        let me = self.seat(&record.plan).and_then(|number| Party::new(number).ok());
        let identity = self.open_session().and_then(|session| keys::identity(&session));
        let (Some(me), Ok(identity), None) = (me, identity, record.doubt()) else { return };
        // Who left or accused waits for nothing.
        if bytes.get(6).is_some_and(|round| *round >= 254) {
            return;
        }
        if record.began_ms.is_none() {
            return self.send(from, &Word::Stopped { ceremony: id.0 });
        }
        if let Ok(word) = threshold::forfeit(bytes, me, &identity, &mut rng()) {
            self.send(from, &Word::Machine { id: id.0, bytes: word.bytes });
        }
    }

    pub(super) fn last_words(&mut self, id: &Id, words: Vec<Outgoing>) {
        self.last.push((*id, words));
        if self.last.len() > LAST_MAX {
            self.last.remove(0);
        }
    }

    /// Somebody speaks in a ceremony that came to its end here: it hears how. Never two ends answer each other: a settlement is no
    /// message of a machine, and in a repair only the member that got its share back answers.
    pub(super) fn show_end(&mut self, to: &PeerId, id: &Id) {
        let Some(record) = self.book.ceremonies.get(id) else { return };
        let said = match (record.plan.kind, record.plan.subject == self.seat(&record.plan)) {
            (Kind::Repair, false) => Vec::new(),
            (Kind::Repair, true) => self.final_words(to, record),
            _ => self
                .settlement_of(&CeremonyId(id.0))
                .map(|settlement| Word::Settled { settlement })
                .into_iter()
                .collect(),
        };
        said.iter().for_each(|word| self.send(to, word));
    }

    /// What our machine of a finished ceremony said to somebody.
    pub(super) fn final_words(&self, to: &PeerId, record: &CeremonyRecord) -> Vec<Word> {
        let id = record.plan.id;
        let Some(number) = record.plan.seat_of(to).map(|seat| seat.number) else { return Vec::new() };
        let last = self.last.iter().find(|(last, _)| *last == id);
        let words = last.into_iter().flat_map(|(_, words)| words).filter(|word| is_for(word.to, number));
        words.map(|word| Word::Machine { id: id.0, bytes: word.bytes.clone() }).collect()
    }

    /// The settlement of a ceremony that is in force or was.
    pub(super) fn settlement_of(&self, id: &CeremonyId) -> Option<Vec<u8>> {
        let all = self.book.keys.values().flat_map(|key| &key.record.settlements);
        // `EVTC`, version, ceremony.
        all.map(|bytes| &bytes.0).find(|bytes| bytes.get(5..37) == Some(&id.0)).cloned()
    }

    /// Settlements of a key behind which somebody is.
    pub(super) fn settlements_after(&self, key: &Id, generation: u32) -> Vec<Word> {
        let Some(key) = self.book.keys.get(key) else { return Vec::new() };
        let newer =
            key.record.settlements.iter().filter(|bytes| {
                Settlement::from_bytes(&bytes.0).is_ok_and(|one| one.group().generation() > generation)
            });
        newer.map(|bytes| Word::Settled { settlement: bytes.0.clone() }).collect()
    }

    /// Whether somebody is, or was, a member of a key.
    pub(super) fn seats_ever<'a>(&'a self, key: &Id, peer: &PeerId) -> Option<&'a Seat> {
        let peer = peer.to_string();
        self.book.keys.get(key)?.record.seats.iter().find(|seat| seat.peer == peer)
    }
}
