//! The participant that gathers commitments and shares, and goes on without who fails.

use std::collections::{BTreeMap, BTreeSet};

use frost_secp256k1_tr::SigningPackage;
use frost_secp256k1_tr::round1::SigningCommitments;
use frost_secp256k1_tr::round2::SignatureShare;

use super::{COMMIT, DECLINE, Item, Line, MAX_ITEMS, PACKAGE, REQUEST, SHARE, SIGNED, Signatures, encode_items, exact};
use crate::error::{Abort, Charge, Refusal, SetupError};
use crate::group::Group;
use crate::party::Party;
use crate::testrun::{self, COMMITMENTS};
use crate::wire::{CeremonyId, Outgoing, Step, Taken};

/// What somebody committed to, item by item, and as it came.
pub(super) struct Commitments {
    decoded: Vec<SigningCommitments>,
    bytes: Vec<u8>,
}

/// Who signs in an attempt, and what came back.
pub(super) struct Quorum {
    packages: Vec<SigningPackage>,
    /// What each of them was sent.
    sent: Vec<Outgoing>,
    pub(super) members: BTreeSet<Party>,
    pub(super) shares: BTreeMap<Party, Vec<SignatureShare>>,
}

/// The coordinator of one signing ceremony. It holds no secret. If it is to sign as well, its own [`super::Signer`] answers it:
/// messages to and from oneself are handed over by the caller.
///
/// What always holds: an attempt ends with the signatures or without somebody, so there are at most as many as members.
pub struct Coordinator {
    pub(super) line: Line,
    group: Group,
    items: Vec<Item>,
    attempt: u8,
    pub(super) asked: BTreeSet<Party>,
    reserve: BTreeSet<Party>,
    pub(super) gathered: BTreeMap<Party, Commitments>,
    pub(super) quorum: Option<Quorum>,
    failed: Abort,
    /// The finished signatures, as they were sent.
    pub(super) finished: Vec<Outgoing>,
    over: bool,
}

impl Coordinator {
    /// Asks `first` to sign; the other members are asked when somebody fails. The first t who commit sign.
    ///
    /// # Errors
    /// If `first` are fewer than the threshold or not all members, or there are no or too many items.
    pub fn new(
        group: Group,
        me: Party,
        first: &BTreeSet<Party>,
        items: Vec<Item>,
        ceremony: CeremonyId,
    ) -> Result<(Self, Vec<Outgoing>), SetupError> {
        if items.is_empty() || items.len() > MAX_ITEMS {
            return Err(SetupError::Items { items: items.len() });
        }
        let members: BTreeSet<_> = group.roster().members().keys().copied().collect();
        if let Some(party) = first.iter().chain([&me]).find(|party| !members.contains(party)) {
            return Err(SetupError::NotMember { party: *party });
        }
        if first.len() < usize::from(group.threshold()) {
            return Err(SetupError::TooFew { taking_part: first.len(), threshold: group.threshold() });
        }
        let line = Line::new(ceremony, group.id(), me);
        let reserve = members.difference(first).copied().collect();
        let this = Self {
            line,
            group,
            items,
            attempt: 0,
            asked: first.clone(),
            reserve,
            gathered: BTreeMap::new(),
            quorum: None,
            failed: Abort::default(),
            finished: Vec::new(),
            over: false,
        };
        let send = this.ask(first);
        Ok((this, send))
    }

    /// Takes a message that the carrier says `from` sent. The outcome is signatures that libsecp256k1 accepted.
    ///
    /// # Errors
    /// A message that is refused changes nothing.
    pub fn receive(&mut self, from: Party, bytes: &[u8]) -> Taken<Signatures> {
        if self.over {
            return Err(Refusal::Finished);
        }
        let (round, attempt, body) = self.line.read(from, bytes)?;
        if !self.asked.contains(&from) {
            return Err(Refusal::NotMember { party: from });
        }
        if attempt != self.attempt {
            return Err(Refusal::Attempt);
        }
        match round {
            COMMIT => self.commitments(from, body),
            SHARE => self.shares(from, body),
            DECLINE => {
                exact(body, 0)?;
                self.failed.declined.insert(from);
                Ok(self.without(&[from]))
            }
            _ => Err(Refusal::Round { round }),
        }
    }

    /// Who has not answered; nobody at the end.
    #[must_use]
    pub fn waits_for(&self) -> Vec<Party> {
        if self.over {
            return Vec::new();
        }
        let answered = |party: &&Party| match &self.quorum {
            Some(quorum) => !quorum.members.contains(party) || quorum.shares.contains_key(party),
            None => self.gathered.contains_key(party),
        };
        self.asked.iter().filter(|party| !answered(party)).copied().collect()
    }

    /// Who was excluded so far, and why.
    #[must_use]
    pub fn failed(&self) -> &Abort {
        &self.failed
    }

    /// What those who have not answered were sent, or at the end the signatures, for a carrier that lost something.
    #[must_use]
    pub fn resend(&self) -> Vec<Outgoing> {
        if self.over {
            return self.finished.clone();
        }
        let silent: BTreeSet<_> = self.waits_for().into_iter().collect();
        match &self.quorum {
            None => self.ask(&silent),
            Some(quorum) => {
                let messages = quorum.members.iter().zip(&quorum.sent);
                messages.filter(|(party, _)| silent.contains(party)).map(|(_, message)| message.clone()).collect()
            }
        }
    }

    /// Ends the ceremony; names who did not answer besides those who failed before. None if it ended before.
    pub fn give_up(&mut self) -> Option<Abort> {
        if self.over {
            return None;
        }
        self.failed.absent.extend(self.waits_for());
        self.stop().outcome?.err()
    }

    /// Which attempt this is, from 0. Each fails somebody.
    #[must_use]
    pub fn attempt(&self) -> u8 {
        self.attempt
    }

    /// Goes on without those who have not answered.
    pub fn time_out(&mut self) -> Step<Result<Signatures, Abort>> {
        let silent = self.waits_for();
        if self.over || silent.is_empty() {
            return Step::send(Vec::new());
        }
        self.failed.absent.extend(&silent);
        self.without(&silent)
    }

    fn ask(&self, parties: &BTreeSet<Party>) -> Vec<Outgoing> {
        let body = encode_items(&self.items);
        parties.iter().map(|party| self.line.message(REQUEST, *party, self.attempt, &body)).collect()
    }

    fn commitments(&mut self, from: Party, body: &[u8]) -> Taken<Signatures> {
        exact(body, self.items.len() * COMMITMENTS)?;
        let decoded: Result<Vec<_>, _> = body.chunks_exact(COMMITMENTS).map(testrun::decode).collect();
        let Ok(decoded) = decoded else { return Ok(self.convict(&[(from, Charge::Content)])) };
        match self.gathered.get(&from) {
            Some(before) if before.bytes == body => return Ok(Step::send(Vec::new())),
            Some(_) => return Err(Refusal::Attempt),
            None => {}
        }
        if self.quorum.is_some() {
            // Late for this attempt; its nonces are never used.
            return Ok(Step::send(Vec::new()));
        }
        self.gathered.insert(from, Commitments { decoded, bytes: body.to_vec() });
        Ok(Step::send(self.form_quorum()))
    }

    /// Once t have committed: the package for each of them.
    fn form_quorum(&mut self) -> Vec<Outgoing> {
        if self.quorum.is_some() || self.gathered.len() < usize::from(self.group.threshold()) {
            return Vec::new();
        }
        let members: BTreeSet<_> = self.gathered.keys().copied().collect();
        let encoded = self.package_body(&members);
        let send: Vec<_> =
            members.iter().map(|party| self.line.message(PACKAGE, *party, self.attempt, &encoded)).collect();
        let packages = (0..self.items.len()).map(|index| self.package(index)).collect();
        self.quorum = Some(Quorum { packages, sent: send.clone(), members, shares: BTreeMap::new() });
        send
    }

    fn package(&self, index: usize) -> SigningPackage {
        let commitments = self.gathered.iter().map(|(party, all)| (party.identifier(), all.decoded[index])).collect();
        SigningPackage::new(commitments, &self.items[index].message)
    }

    fn package_body(&self, members: &BTreeSet<Party>) -> Vec<u8> {
        let one = |count: usize| u8::try_from(count).expect("items and members are at most 100");
        let mut body = vec![one(self.items.len()), one(members.len())];
        members.iter().for_each(|party| body.extend(party.bytes()));
        for index in 0..self.items.len() {
            for commitments in self.gathered.values() {
                body.extend(&commitments.bytes[index * COMMITMENTS..(index + 1) * COMMITMENTS]);
            }
        }
        body
    }

    fn shares(&mut self, from: Party, body: &[u8]) -> Taken<Signatures> {
        exact(body, self.items.len() * 32)?;
        let Some(quorum) = self.quorum.as_mut().filter(|quorum| quorum.members.contains(&from)) else {
            return Err(Refusal::Attempt);
        };
        let decoded: Result<Vec<_>, _> = body.chunks_exact(32).map(SignatureShare::deserialize).collect();
        let Ok(shares) = decoded else { return Ok(self.convict(&[(from, Charge::SignatureShare)])) };
        match quorum.shares.get(&from) {
            Some(before) if *before == shares => return Ok(Step::send(Vec::new())),
            Some(_) => return Err(Refusal::Attempt),
            None => quorum.shares.insert(from, shares),
        };
        if quorum.shares.len() < quorum.members.len() {
            return Ok(Step::send(Vec::new()));
        }
        self.aggregate()
    }

    /// All shares are here: signatures for everybody, or the next attempt without who spoiled this one.
    fn aggregate(&mut self) -> Taken<Signatures> {
        let Some(quorum) = &self.quorum else { return Err(Refusal::Attempt) };
        let (mut signatures, mut culprits) = (Vec::new(), Vec::new());
        for (index, item) in self.items.iter().enumerate() {
            let shares = quorum.shares.iter().map(|(party, shares)| (*party, shares[index])).collect();
            match testrun::aggregate(&self.group, item.spend, &quorum.packages[index], &shares) {
                Ok(signature) => signatures.push(signature),
                Err(blamed) => culprits.extend(blamed.into_iter().map(|party| (party, Charge::SignatureShare))),
            }
        }
        if signatures.len() < self.items.len() {
            return Ok(self.convict(&culprits));
        }
        let signers = quorum.members.clone();
        let body: Vec<u8> = signatures.iter().flatten().copied().collect();
        let send = self.asked.iter().map(|party| self.line.message(SIGNED, *party, self.attempt, &body)).collect();
        self.over = true;
        self.finished.clone_from(&send);
        Ok(Step { send, outcome: Some(Ok(Signatures { signatures, signers })) })
    }

    fn convict(&mut self, culprits: &[(Party, Charge)]) -> Step<Result<Signatures, Abort>> {
        self.failed.culprits.extend(culprits.iter().copied());
        if culprits.is_empty() {
            // Valid shares of a signature that is not: a defect, not a person. Nothing is released.
            return self.stop();
        }
        self.without(&culprits.iter().map(|(party, _)| *party).collect::<Vec<_>>())
    }

    /// Goes on without some: with the commitments at hand while they gather, with a new attempt once nonces were used.
    fn without(&mut self, parties: &[Party]) -> Step<Result<Signatures, Abort>> {
        let spoiled = self.quorum.as_ref().is_some_and(|quorum| parties.iter().any(|p| quorum.members.contains(p)));
        for party in parties {
            self.asked.remove(party);
            self.gathered.remove(party);
        }
        if self.quorum.is_some() && !spoiled {
            return Step::send(Vec::new());
        }
        let mut newcomers = BTreeSet::new();
        while self.asked.len() < usize::from(self.group.threshold()) {
            let Some(party) = self.reserve.pop_first() else { return self.stop() };
            self.asked.insert(party);
            newcomers.insert(party);
        }
        if !spoiled {
            return Step::send(self.ask(&newcomers));
        }
        let Some(attempt) = self.attempt.checked_add(1) else { return self.stop() };
        self.attempt = attempt;
        self.quorum = None;
        self.gathered.clear();
        Step::send(self.ask(&self.asked))
    }

    fn stop(&mut self) -> Step<Result<Signatures, Abort>> {
        self.over = true;
        Step { send: Vec::new(), outcome: Some(Err(self.failed.clone())) }
    }
}
