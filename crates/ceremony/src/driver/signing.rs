//! Machines of a session: the proposer coordinates, everybody who approved signs. Nonces live in a signer's memory only; a new
//! start of either side is a new run under a new id, for the same approved bytes.

use std::collections::BTreeSet;
use std::time::Instant;

use p2p::PeerId;
use threshold::{Abort, CeremonyId, Coordinator, Kind, Label, Outgoing, Party, Request, Signatures, Signer, Step, To};

use super::sessions::serialize;
use super::{Driver, keys};
use crate::book::FileError;
use crate::clock::now_ms;
use crate::error::AskError;
use crate::id::Id;
use crate::keys::rng;
use crate::model::{Culprit, Failure, SessionState};
use crate::record::{Hex, SessionRecord};
use crate::wire::Word;

/// Runs of one session until somebody comes back.
const RUNS_MAX: u32 = 32;
/// The machines' rounds of a coordinator's request.
const REQUEST: u8 = 1;

/// The machines of one session.
#[derive(Default)]
pub(super) struct Signing {
    chair: Option<Chair>,
    /// Our own signer, and the run it is in.
    signer: Option<(CeremonyId, Signer, Vec<Outgoing>)>,
    runs: u32,
}

impl Signing {
    /// Runs are counted anew.
    pub(super) fn rest(&mut self) {
        self.runs = 0;
    }
}

/// A run that we coordinate.
struct Chair {
    run: CeremonyId,
    coordinator: Coordinator,
    heard: Instant,
}

impl Driver {
    /// Begins a run if we proposed and enough have approved.
    pub(super) fn coordinate(&mut self, id: &Id) -> Result<(), FileError> {
        let Some((me, record)) = self.in_session(id) else { return Ok(()) };
        if record.proposer != me || !record.is_open() {
            return Ok(());
        }
        let Some(key) = self.book.keys.get(&record.key) else { return Ok(()) };
        let (group, key_id) = (key.group.clone(), record.key);
        let out = |number: &u16| record.marks.get(number).is_some_and(|mark| mark == "broken");
        let first: BTreeSet<Party> =
            record.approvals().filter(|number| !out(number)).filter_map(|number| Party::new(number).ok()).collect();
        let against = key.seats().filter(|seat| record.stands.get(&seat.number) == Some(&false) || out(&seat.number));
        let left = key.seats().count() - against.count();
        if left < usize::from(group.threshold()) {
            let failure = stopped(record);
            return self.fail_session(id, failure);
        }
        let signing = self.signing.entry(*id).or_default();
        if signing.chair.is_some() || first.len() < usize::from(group.threshold()) || signing.runs >= RUNS_MAX {
            return Ok(());
        }
        signing.runs += 1;
        tracing::debug!(%id, key = %key_id, "a run of signing begins");
        self.begin_run(id, me, group, &first)
    }

    fn begin_run(
        &mut self,
        id: &Id,
        me: u16,
        group: threshold::Group,
        first: &BTreeSet<Party>,
    ) -> Result<(), FileError> {
        let run = CeremonyId(keys::random_id().0);
        let begun = self
            .request(id)
            .and_then(|request| Ok(Coordinator::new(group, Party::new(me)?, first, request.items(), run)?));
        match begun {
            Ok((coordinator, send)) => {
                let signing = self.signing.entry(*id).or_default();
                signing.chair = Some(Chair { run, coordinator, heard: Instant::now() });
                self.deliver(id, send)
            }
            Err(why) => {
                tracing::warn!(%id, %why, "a run cannot begin");
                Ok(())
            }
        }
    }

    /// Carries messages of a session; those to ourselves are handed over.
    fn deliver(&mut self, id: &Id, words: Vec<Outgoing>) -> Result<(), FileError> {
        let Some((me, record)) = self.in_session(id) else { return Ok(()) };
        let Some(key) = self.book.keys.get(&record.key) else { return Ok(()) };
        let (mut away, mut own) = (Vec::new(), Vec::new());
        for word in words {
            let To::One(to) = word.to else { continue };
            if to.number() == me {
                own.push(word.bytes);
            } else if let Some(peer) = key.seats().find(|seat| seat.number == to.number()).and_then(|seat| seat.peer())
            {
                away.push((peer, Word::Machine { id: id.0, bytes: word.bytes }));
            }
        }
        away.iter().for_each(|(peer, word)| self.send(peer, word));
        let Ok(me) = Party::new(me) else { return Ok(()) };
        own.iter().try_for_each(|bytes| self.take_signing(id, me, bytes))
    }

    /// A machine's message of a session came.
    pub(super) fn hear_signing(&mut self, from: &PeerId, id: &Id, bytes: &[u8]) -> Result<(), FileError> {
        let record = self.book.sessions.get(id);
        let key = record.and_then(|record| self.book.keys.get(&record.key));
        let party = key.and_then(|key| key.seat_of(from)).and_then(|seat| seat.party().ok());
        let (Some(record), Some(party)) = (record, party) else { return Ok(()) };
        if record.state == SessionState::Signed {
            let word = self.signed_word(record);
            word.iter().for_each(|word| self.send(from, word));
            return Ok(());
        }
        self.take_signing(id, party, bytes)
    }

    fn take_signing(&mut self, id: &Id, from: Party, bytes: &[u8]) -> Result<(), FileError> {
        let Ok(label) = Label::read(bytes) else { return Ok(()) };
        let open = self.book.sessions.get(id).is_some_and(SessionRecord::is_open);
        if label.kind != Kind::Sign || !open {
            return Ok(());
        }
        let chaired = self.signing.get(id).and_then(|signing| signing.chair.as_ref()).map(|chair| chair.run);
        // Even rounds are answers to a coordinator, odd ones come from it.
        match label.round % 2 == 0 {
            true if chaired == Some(label.ceremony) => self.chair(id, from, bytes),
            true => Ok(()),
            false => self.sign(id, from, &label, bytes),
        }
    }

    fn chair(&mut self, id: &Id, from: Party, bytes: &[u8]) -> Result<(), FileError> {
        let Some(chair) = self.signing.get_mut(id).and_then(|signing| signing.chair.as_mut()) else { return Ok(()) };
        match chair.coordinator.receive(from, bytes) {
            Ok(step) => {
                chair.heard = Instant::now();
                self.chaired(id, step)
            }
            Err(why) => {
                tracing::debug!(%id, %from, %why, "a message to the coordinator was refused");
                Ok(())
            }
        }
    }

    fn chaired(&mut self, id: &Id, step: Step<Result<Signatures, Abort>>) -> Result<(), FileError> {
        let failed = self.signing.get(id).and_then(|signing| signing.chair.as_ref());
        let failed = failed.map(|chair| chair.coordinator.failed().clone()).unwrap_or_default();
        self.mark(id, &failed)?;
        match step.outcome {
            None => self.deliver(id, step.send),
            Some(Ok(signed)) => {
                self.finish(id, &signed.signatures, Some(&signed.signers))?;
                self.deliver(id, step.send)
            }
            Some(Err(_)) => {
                if let Some(signing) = self.signing.get_mut(id) {
                    signing.chair = None;
                }
                // Whoever broke a rule is out; who was only silent may come back, in another run, at its time.
                Ok(())
            }
        }
    }

    /// Remembers who broke a rule.
    fn mark(&mut self, id: &Id, failed: &Abort) -> Result<(), FileError> {
        let Some(record) = self.book.sessions.get(id) else { return Ok(()) };
        let mut marks = record.marks.clone();
        marks.extend(failed.culprits.keys().map(|party| (party.number(), "broken".to_owned())));
        for party in &failed.absent {
            marks.entry(party.number()).or_insert_with(|| "silent".to_owned());
        }
        if marks == record.marks {
            return Ok(());
        }
        self.changed();
        self.book.alter_session(id, |record| record.marks = marks)
    }

    fn sign(&mut self, id: &Id, from: Party, label: &Label, bytes: &[u8]) -> Result<(), FileError> {
        let running = self.signing.get(id).and_then(|signing| signing.signer.as_ref()).map(|(run, ..)| *run);
        if running == Some(label.ceremony) {
            return self.feed_signer(id, from, bytes);
        }
        if label.round != REQUEST {
            return Ok(());
        }
        match self.begin_to_sign(id, from, bytes) {
            Ok(Some(send)) => self.deliver(id, send),
            Ok(None) => Ok(()),
            Err(why) => {
                tracing::info!(%id, %from, %why, "a request to sign was not answered");
                Ok(())
            }
        }
    }

    /// Answers a request for what a person approved here: the very items of the proposal, from its proposer.
    fn begin_to_sign(&mut self, id: &Id, from: Party, bytes: &[u8]) -> Result<Option<Vec<Outgoing>>, AskError> {
        let items = self.request(id)?.items();
        let (me, record) = self.in_session(id).ok_or(AskError::NoShare)?;
        if record.proposer != from.number() {
            return Err(AskError::refused("state", "only who proposed coordinates"));
        }
        let (state, group_id) = (record.state, record.group);
        let key = self.key_of(&group_id)?;
        let (group, me) = (key.group.clone(), Party::new(me)?);
        let refused = |why: threshold::Refusal| AskError::refused("rule", why.to_string());
        let request = Request::read(&group, me, from, bytes).map_err(refused)?;
        if request.items() != items {
            return Err(AskError::refused("digest", "it asks for other signatures than the proposal"));
        }
        match state {
            SessionState::Approved => {}
            SessionState::Declined => return Ok(Some(vec![request.decline(&group, me)])),
            _ => return Ok(None),
        }
        let share = self.share_in_force(&group_id)?;
        let run = request.ceremony();
        let begun = Signer::approve(share, request, &mut rng());
        let (signer, send) = begun.map_err(|error| AskError::Setup(error.into()))?;
        self.signing.entry(*id).or_default().signer = Some((run, signer, send.clone()));
        Ok(Some(send))
    }

    fn feed_signer(&mut self, id: &Id, from: Party, bytes: &[u8]) -> Result<(), FileError> {
        let signer = self.signing.get_mut(id).and_then(|signing| signing.signer.as_mut());
        let Some((_, signer, last)) = signer else { return Ok(()) };
        match signer.receive(from, bytes, &mut rng()) {
            Ok(Step { send, outcome }) => {
                if !send.is_empty() {
                    last.clone_from(&send);
                }
                if let Some(signed) = outcome {
                    self.finish(id, &signed.signatures, None)?;
                }
                self.deliver(id, send)
            }
            Err(why) => {
                tracing::debug!(%id, %from, %why, "a message to the signer was refused");
                Ok(())
            }
        }
    }

    /// Signatures are there: the transaction is completed, and kept if every one verifies.
    fn finish(&mut self, id: &Id, signatures: &[[u8; 64]], signers: Option<&BTreeSet<Party>>) -> Result<(), FileError> {
        let open = self.book.sessions.get(id).is_some_and(SessionRecord::is_open);
        let Some(request) = self.request(id).ok().filter(|_| open) else { return Ok(()) };
        let transaction = match request.finalise(signatures) {
            Ok(transaction) => transaction,
            Err(why) => {
                tracing::warn!(%id, %why, "signatures that complete nothing");
                return Ok(());
            }
        };
        self.book.alter_session(id, |record| {
            record.state = SessionState::Signed;
            record.transaction = Some(Hex(serialize(&transaction)));
            record.ended_ms = Some(now_ms());
            for party in signers.into_iter().flatten() {
                record.marks.insert(party.number(), "signed".to_owned());
            }
        })?;
        self.requests.remove(id);
        self.signing.remove(id);
        let label = self.session_label(id);
        self.notify("signed", *id, true, &label);
        self.tell_signed(id);
        Ok(())
    }

    /// Tells every member.
    fn tell_signed(&mut self, id: &Id) {
        let Some(record) = self.book.sessions.get(id) else { return };
        let key = self.book.keys.get(&record.key);
        let peers: Vec<PeerId> = key.into_iter().flat_map(|key| key.seats().filter_map(|seat| seat.peer())).collect();
        if let Some(word) = self.signed_word(record) {
            peers.iter().for_each(|peer| self.send(peer, &word));
        }
    }

    /// The signatures of a session that has them.
    pub(super) fn signed_word(&self, record: &SessionRecord) -> Option<Word> {
        let bytes = &record.transaction.as_ref()?.0;
        let transaction: vault_bitcoin::bitcoin::Transaction =
            vault_bitcoin::bitcoin::consensus::encode::deserialize(bytes).ok()?;
        let signatures = transaction.input.iter().map(|input| input.witness.nth(0).unwrap_or_default().to_vec());
        Some(Word::Signed { session: record.id.0, signatures: signatures.collect() })
    }

    /// Somebody says it is signed. The signatures prove themselves.
    pub(super) fn hear_signed(&mut self, from: &PeerId, id: &Id, signatures: &[Vec<u8>]) -> Result<(), FileError> {
        let exact = signatures.iter().map(|signature| <[u8; 64]>::try_from(signature.as_slice()));
        match exact.collect::<Result<Vec<_>, _>>() {
            Ok(signatures) => self.finish(id, &signatures, None),
            Err(_) => {
                tracing::debug!(%id, %from, "signatures of another length");
                Ok(())
            }
        }
    }

    /// What machines of a session said last to a member, for one that missed it.
    pub(super) fn signing_words(&self, id: &Id, number: u16) -> Vec<Word> {
        let Some(signing) = self.signing.get(id) else { return Vec::new() };
        let chair = signing.chair.as_ref().map(|chair| chair.coordinator.resend()).unwrap_or_default();
        let signer = signing.signer.as_ref().map(|(_, _, last)| last.clone()).unwrap_or_default();
        let for_it = chair.into_iter().chain(signer).filter(|word| super::deal::is_for(word.to, number));
        for_it.map(|word| Word::Machine { id: id.0, bytes: word.bytes }).collect()
    }

    /// Runs that hear nothing go on without who is silent, or end; then another one begins.
    pub(super) fn coordinators(&mut self) -> Result<(), FileError> {
        let open: Vec<Id> = self.book.sessions.values().filter(|one| one.is_open()).map(|one| one.id).collect();
        for id in open {
            if self.is_stuck(&id) {
                let chair = self.signing.get_mut(&id).and_then(|signing| signing.chair.as_mut());
                if let Some(chair) = chair {
                    chair.heard = Instant::now();
                    let step = chair.coordinator.time_out();
                    self.chaired(&id, step)?;
                }
            }
            self.coordinate(&id)?;
        }
        Ok(())
    }

    fn is_stuck(&self, id: &Id) -> bool {
        let chair = self.signing.get(id).and_then(|signing| signing.chair.as_ref());
        let (Some(chair), Some(record)) = (chair, self.book.sessions.get(id)) else { return false };
        let by_hand = chair.coordinator.waits_for().iter().any(|party| record.carried.contains(&party.number()));
        let limit = if by_hand { self.timing.carried } else { self.timing.round };
        chair.heard.elapsed() > limit
    }
}

/// Why too few are left to sign.
fn stopped(record: &SessionRecord) -> Failure {
    let broken = record.marks.iter().filter(|(_, mark)| *mark == "broken");
    let culprit = |(number, _): (&u16, &String)| Culprit {
        number: *number,
        charge: "signature_share".to_owned(),
        disputed: false,
    };
    let culprits: Vec<Culprit> = broken.map(culprit).collect();
    let code = if culprits.is_empty() { "declined" } else { "culprit" };
    Failure { code: code.to_owned(), culprits, ..Failure::default() }
}
