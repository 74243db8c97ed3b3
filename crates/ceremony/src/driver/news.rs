//! What each watchman should hear now: said at once, again while it may have been lost, and when somebody comes back.

use p2p::PeerId;
use threshold::PeerKey;

use super::deal::is_for;
use super::{Done, Driver};
use crate::book::FileError;
use crate::clock::now_ms;
use crate::error::AskError;
use crate::id::Id;
use crate::keys;
use crate::plan::Seat;
use crate::record::{CeremonyRecord, Phase};
use crate::wire::{Hello, Holding, Word, bundle};

impl Driver {
    /// Sends a word to a watchman that is connected.
    pub(super) fn send(&mut self, to: &PeerId, word: &Word) {
        if *to == self.own || !self.is_up(to) {
            return;
        }
        if let Some(out) = &mut self.out {
            out.send(*to, word.encode());
        }
    }

    pub(super) fn is_up(&self, peer: &PeerId) -> bool {
        self.ups.contains(peer)
    }

    /// Whether a watchman is reached by people's hands only.
    pub(super) fn is_carried(&self, peer: &PeerId) -> bool {
        self.by_hand.contains(peer)
    }

    /// What people call a watchman.
    pub(super) fn name_of(&self, peer: &PeerId) -> String {
        if *peer == self.own {
            return crate::plan::seen(&self.name, peer);
        }
        let roster = self.out.as_ref().and_then(|out| out.presence().peer(peer).map(|peer| peer.name.clone()));
        let named = roster.or_else(|| self.names.get(peer).cloned());
        let known = || self.book.own.known.get(&peer.to_string()).map(|known| known.name.clone());
        crate::plan::seen(&named.or_else(known).unwrap_or_default(), peer)
    }

    fn hello(&self) -> Option<Word> {
        let holds = self.book.keys.values().filter(|key| !key.record.left).map(|key| Holding {
            key: key.id().0,
            generation: key.group.generation(),
            label: key.record.label.clone(),
            network: key.record.network.code(),
        });
        let key = self.book.own.key?.0;
        Some(Word::Hello(Hello { key, name: self.name.clone(), holds: holds.collect() }))
    }

    /// Says to all who we are.
    pub(super) fn greet(&mut self) {
        let Some(hello) = self.hello() else { return };
        for peer in self.connected() {
            self.send(&peer, &hello);
        }
    }

    pub(super) fn connected(&self) -> Vec<PeerId> {
        self.ups.iter().copied().collect()
    }

    /// Says a word to all others who take part in a ceremony, and to somebody whom it removed.
    pub(super) fn tell_members(&mut self, id: &Id, word: &Word) {
        let Some(record) = self.book.ceremonies.get(id) else { return };
        let mut peers: Vec<PeerId> = record.plan.members.iter().filter_map(Seat::peer).collect();
        let removed = record.outcome.as_ref().and_then(|group| self.key_of(group).ok());
        let removed = removed.into_iter().flat_map(|key| &key.record.seats);
        peers.extend(removed.filter(|seat| Some(seat.number) == record.plan.subject).filter_map(Seat::peer));
        peers.sort_unstable();
        peers.dedup();
        peers.iter().for_each(|peer| self.send(peer, word));
    }

    /// Says to everybody who takes part what they should hear of one ceremony or session.
    pub(super) fn spread(&mut self, id: &Id) {
        for peer in self.connected() {
            let words = self.about(&peer, id);
            words.iter().for_each(|word| self.send(&peer, word));
        }
    }

    /// Says again what may have been lost.
    pub(super) fn repeat(&mut self) {
        for id in self.unended() {
            self.spread(&id);
        }
    }

    /// Ceremonies and sessions that are not at their end.
    fn unended(&self) -> Vec<Id> {
        let ceremonies = self.book.ceremonies.values().filter(|record| !record.phase.is_over());
        let sessions = self.book.sessions.values().filter(|record| record.is_open());
        ceremonies.map(|record| record.plan.id).chain(sessions.map(|record| record.id)).collect()
    }

    /// Everything that a watchman should hear, or what it should hear of one matter.
    pub(super) fn news(&self, peer: &PeerId, only: Option<&Id>) -> Vec<Word> {
        let mut words: Vec<Word> = self.hello().into_iter().collect();
        match only {
            Some(id) => words.extend(self.about(peer, id)),
            None => self.unended().iter().for_each(|id| words.extend(self.about(peer, id))),
        }
        words
    }

    fn about(&self, peer: &PeerId, id: &Id) -> Vec<Word> {
        match (self.book.ceremonies.get(id), self.book.sessions.get(id)) {
            (Some(record), _) => self.about_ceremony(peer, record),
            (None, Some(record)) => self.about_session(peer, record),
            (None, None) => Vec::new(),
        }
    }

    fn about_ceremony(&self, peer: &PeerId, record: &CeremonyRecord) -> Vec<Word> {
        let plan = &record.plan;
        let (Some(seat), Some(me)) = (plan.seat_of(peer), self.seat(plan)) else { return Vec::new() };
        let mut words = Vec::new();
        if me == plan.proposer && !record.joined.contains(&seat.number) && record.phase == Phase::Open {
            words.push(Word::Invite(Box::new(plan.clone())));
        }
        if record.joined.contains(&me) && !record.phase.is_over() {
            words.push(Word::Joined { ceremony: plan.id.0, fingerprint: plan.hash() });
        } else if record.phase == Phase::Open && me != plan.proposer {
            words.push(Word::Asking { id: plan.id.0 });
        }
        let machine = |bytes: Vec<u8>| Word::Machine { id: plan.id.0, bytes };
        if let Some(live) = self.live.get(&plan.id) {
            let sent = live.machine.resend().into_iter().filter(|word| is_for(word.to, seat.number));
            words.extend(sent.map(|word| machine(word.bytes)));
        } else if record.phase == Phase::Doubtful {
            words.extend(record.doubt().map(|doubt| machine(doubt.word().bytes)));
        } else if record.phase == Phase::Done {
            words.extend(self.final_words(peer, record));
            let settled = self.settlement_of(&threshold::CeremonyId(plan.id.0));
            words.extend(settled.map(|settlement| Word::Settled { settlement }));
        } else if record.phase == Phase::Stopped {
            words.push(Word::Stopped { ceremony: plan.id.0 });
        }
        words
    }

    /// Text for a person to carry.
    pub(super) fn carry(&self, what: Option<(Id, u16)>) -> Done<Vec<String>> {
        let identity = keys::identity(&*self.open_session()?)?;
        let Some((id, number)) = what else {
            let hello: Vec<_> = self.hello().into_iter().map(|word| word.encode()).collect();
            return Ok(bundle::write(self.own, &identity, None, &hello));
        };
        let ceremony = self.book.ceremonies.get(&id).and_then(|record| record.plan.seat(number));
        let session = self
            .book
            .sessions
            .get(&id)
            .and_then(|record| self.book.keys.get(&record.key)?.seats().find(|seat| seat.number == number));
        let seat = ceremony.or(session).ok_or(AskError::Unknown("the member"))?;
        let peer = seat.peer().ok_or(AskError::Unknown("the member's identity"))?;
        let words: Vec<_> = self.news(&peer, Some(&id)).iter().map(Word::encode).collect();
        if words.len() <= 1 || peer == self.own {
            // A greeting alone is no news.
            return Ok(Vec::new());
        }
        let to = PeerKey::new(seat.key.0).map_err(AskError::from)?;
        Ok(bundle::write(self.own, &identity, Some(&to), &words))
    }

    /// Writes into the logs of what is at work that somebody came or went.
    pub(super) fn note_presence(&mut self, peer: PeerId, code: &'static str) -> Result<(), FileError> {
        let concerned: Vec<(Id, u16)> = self
            .live
            .keys()
            .filter_map(|id| Some((*id, self.book.ceremonies.get(id)?.plan.seat_of(&peer)?.number)))
            .collect();
        for (id, number) in concerned {
            self.book.alter_ceremony(&id, |record| record.note(now_ms(), code, Some(number), &[]))?;
        }
        self.changed();
        Ok(())
    }
}
