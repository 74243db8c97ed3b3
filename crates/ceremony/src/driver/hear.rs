//! Words that came, over a carrier or by a person's hand.

use p2p::PeerId;

use super::{Done, Driver};
use crate::book::FileError;
use crate::error::AskError;
use crate::id::Id;
use crate::model::{Failure, Network, SessionState};
use crate::plan::seen;
use crate::record::{Known, Phase};
use crate::wire::{Hello, Holding, Word};

/// Keys that somebody may say it holds.
const HOLDS_MAX: usize = 256;

/// How a word came.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Carrier,
    Hand,
}

impl Driver {
    pub(super) fn hear_bytes(&mut self, from: PeerId, bytes: &[u8]) -> Result<(), FileError> {
        match Word::decode(bytes) {
            Some(word) => self.hear(from, word, By::Carrier),
            None => {
                tracing::debug!(%from, "a word that says nothing known");
                Ok(())
            }
        }
    }

    fn hear(&mut self, from: PeerId, word: Word, by: By) -> Result<(), FileError> {
        if from == self.own {
            return Ok(());
        }
        match by {
            By::Carrier => self.by_hand.remove(&from),
            By::Hand => self.by_hand.insert(from),
        };
        match word {
            Word::Hello(hello) => self.hear_hello(from, &hello, by),
            Word::Invite(plan) => self.hear_plan(&from, *plan),
            Word::Joined { ceremony, fingerprint } => self.hear_joined(&from, &Id(ceremony), fingerprint),
            Word::Machine { id, bytes } => match self.book.sessions.contains_key(&Id(id)) {
                true => self.hear_signing(&from, &Id(id), &bytes),
                false => self.hear_machine(&from, &Id(id), &bytes),
            },
            Word::Stopped { ceremony } => self.hear_stopped(&from, &Id(ceremony)),
            Word::Settled { settlement } => self.hear_settled(&settlement),
            Word::Proposal { session, group, asked_ms, psbt } => {
                self.hear_proposal(&from, Id(session), &Id(group), asked_ms, &psbt)
            }
            Word::Stand { session, digest, approves } => {
                self.hear_stand(&from, &Id(session), &Id(digest), approves, by == By::Hand)
            }
            Word::Signed { session, signatures } => self.hear_signed(&from, &Id(session), &signatures),
            Word::Asking { id } => {
                self.hear_asking(&from, &Id(id));
                Ok(())
            }
            Word::Over { session } => self.hear_over(&from, &Id(session)),
        }
    }

    /// Somebody waits for what ended here.
    fn hear_asking(&mut self, from: &PeerId, id: &Id) {
        let over = self.book.ceremonies.get(id).filter(|record| matches!(record.phase, Phase::Failed | Phase::Stopped));
        let stopped = over.map(|record| Word::Stopped { ceremony: record.plan.id.0 });
        let session = self.book.sessions.get(id).and_then(|record| match record.state {
            SessionState::Failed => Some(Word::Over { session: id.0 }),
            _ => self.signed_word(record),
        });
        let word = stopped.or(session);
        word.iter().for_each(|word| self.send(from, word));
    }

    /// Who proposed a session says that it came to nothing.
    fn hear_over(&mut self, from: &PeerId, id: &Id) -> Result<(), FileError> {
        let Some(record) = self.book.sessions.get(id).filter(|record| record.is_open()) else { return Ok(()) };
        let seat = self.book.keys.get(&record.key).and_then(|key| key.seat_of(from));
        if seat.map(|seat| seat.number) != Some(record.proposer) {
            return Ok(());
        }
        self.fail_session(id, Failure { code: "stopped".to_owned(), ..Failure::default() })
    }

    fn hear_hello(&mut self, from: PeerId, hello: &Hello, by: By) -> Result<(), FileError> {
        if hello.holds.len() > HOLDS_MAX || threshold::PeerKey::new(hello.key).is_err() {
            return Ok(());
        }
        let (peer, known) = (from.to_string(), Known { key: Id(hello.key), name: seen(&hello.name, &from) });
        let before = self.book.own.known.get(&peer);
        // A carrier proves who speaks; what a person carries proves only that its signer has the key.
        let other = before.is_some_and(|before| before.key != known.key);
        if by == By::Hand && other {
            return Ok(());
        }
        if before != Some(&known) {
            self.book.own.known.insert(peer, known);
            self.book.save_own()?;
            self.changed();
        }
        for held in &hello.holds {
            self.hear_holding(&from, held)?;
        }
        Ok(())
    }

    /// Somebody holds a share of a key: it is behind us, or knows what a restored key is called.
    fn hear_holding(&mut self, from: &PeerId, held: &Holding) -> Result<(), FileError> {
        let id = Id(held.key);
        let Some(key) = self.book.keys.get(&id) else { return Ok(()) };
        let known = self.book.own.known.get(&from.to_string()).map(|known| known.key);
        let member = key.record.seats.iter().any(|seat| Some(seat.key) == known);
        if !member {
            return Ok(());
        }
        let behind = key.group.generation() > held.generation;
        let network = Network::of_code(held.network).filter(|_| crate::plan::label(&held.label).is_ok());
        if let Some(network) = network.filter(|_| key.record.unnamed) {
            self.book.alter_key(&id, |record| {
                (record.label, record.network, record.unnamed) = (held.label.clone(), network, false);
            })?;
        }
        let (peer, name) = (from.to_string(), self.name_of(from));
        let moved = self.seats_ever(&id, from).is_none();
        if moved {
            self.book.alter_key(&id, |record| {
                for seat in record.seats.iter_mut().filter(|seat| Some(seat.key) == known) {
                    (seat.peer, seat.name) = (peer.clone(), name.clone());
                }
            })?;
        }
        if behind {
            let words = self.settlements_after(&id, held.generation);
            words.iter().for_each(|word| self.send(from, word));
        }
        Ok(())
    }

    /// Text that a person carried here.
    pub(super) fn take(&mut self, text: &str) -> Done<()> {
        let bundles = self.desk.take(text).map_err(AskError::Carried)?;
        for bundle in bundles {
            let own = self.book.own.key.map(|key| key.0);
            if bundle.to.is_some_and(|to| Some(*to.bytes()) != own) {
                return Err(AskError::Carried("it is for another watchman").into());
            }
            for bytes in &bundle.words {
                let word = Word::decode(bytes).ok_or(AskError::Carried("it says something unknown"))?;
                let known = self.book.own.known.get(&bundle.from.to_string()).map(|known| known.key.0);
                match word {
                    Word::Hello(hello) if hello.key == *bundle.key.bytes() => {
                        self.hear_hello(bundle.from, &hello, By::Hand)?;
                    }
                    _ if known != Some(*bundle.key.bytes()) => {
                        return Err(
                            AskError::Carried("its signer has another key than is known of that watchman").into()
                        );
                    }
                    word => self.hear(bundle.from, word, By::Hand)?,
                }
            }
        }
        self.changed();
        Ok(())
    }
}
