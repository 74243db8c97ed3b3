//! A participant that signs what it approved.

use std::collections::BTreeMap;

use frost_secp256k1_tr::rand_core::{CryptoRng, RngCore};
use frost_secp256k1_tr::round1::{self, SigningCommitments, SigningNonces};
use frost_secp256k1_tr::{Error, Identifier, SigningPackage, round2};

use super::{COMMIT, DECLINE, Item, Line, PACKAGE, REQUEST, SHARE, SIGNED, Signatures, decode_items, exact};
use crate::error::{FormatError, Refusal};
use crate::group::Group;
use crate::hash;
use crate::party::Party;
use crate::reader::Reader;
use crate::share::Share;
use crate::testrun::{self, COMMITMENTS};
use crate::wire::{CeremonyId, Outgoing, Step};

/// What a coordinator asks to be signed. Nothing is signed, and no nonce made, before [`Signer::approve`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    ceremony: CeremonyId,
    coordinator: Party,
    attempt: u8,
    items: Vec<Item>,
}

impl Request {
    /// Reads a request to `me` that the carrier says `from` sent.
    ///
    /// # Errors
    /// Anything that is not a well-formed request of a member to this member about this generation of the group.
    pub fn read(group: &Group, me: Party, from: Party, bytes: &[u8]) -> Result<Self, Refusal> {
        if !group.roster().members().contains_key(&from) {
            return Err(Refusal::NotMember { party: from });
        }
        let ceremony = bytes.get(7..39).and_then(|bytes| bytes.try_into().ok());
        let ceremony = CeremonyId(ceremony.ok_or(Refusal::Length { got: bytes.len(), need: 39 })?);
        let (round, attempt, body) = Line::new(ceremony, group.id(), me).read(from, bytes)?;
        if round != REQUEST {
            return Err(Refusal::Round { round });
        }
        Ok(Self { ceremony, coordinator: from, attempt, items: decode_items(body)? })
    }

    /// The ceremony it belongs to.
    #[must_use]
    pub fn ceremony(&self) -> CeremonyId {
        self.ceremony
    }

    /// Who asks.
    #[must_use]
    pub fn coordinator(&self) -> Party {
        self.coordinator
    }

    /// What is to be signed.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The answer of somebody who will not sign, so that the others need not wait.
    #[must_use]
    pub fn decline(&self, group: &Group, me: Party) -> Outgoing {
        Line::new(self.ceremony, group.id(), me).message(DECLINE, self.coordinator, self.attempt, &[])
    }
}

/// Nonces of one attempt: made once, taken once.
pub(super) struct Attempt {
    number: u8,
    /// Gone with the first package, whatever comes of it.
    nonces: Option<Vec<SigningNonces>>,
    commitments: Vec<SigningCommitments>,
    /// The same as they are sent.
    encoded: Vec<u8>,
    /// The package that was signed, and the answer to it, for a carrier that lost it.
    pub(super) answer: Option<([u8; 32], Outgoing)>,
}

/// A participant in one signing ceremony. Nonces live in here and nowhere else: there is no way to copy or to encode them, and a
/// signer that is dropped takes them along.
///
/// ```compile_fail
/// fn copies(signer: &threshold::Signer) -> threshold::Signer {
///     signer.clone()
/// }
/// ```
pub struct Signer {
    pub(super) line: Line,
    share: Share,
    pub(super) coordinator: Party,
    items: Vec<Item>,
    pub(super) attempt: Attempt,
    over: bool,
    pub(super) signed: bool,
}

impl Signer {
    /// Approves a request: makes nonces and commits to them.
    ///
    /// # Errors
    /// Only if the library refuses its own input.
    pub fn approve<R: RngCore + CryptoRng>(
        share: Share,
        request: Request,
        rng: &mut R,
    ) -> Result<(Self, Vec<Outgoing>), Error> {
        let Request { ceremony, coordinator, attempt, items } = request;
        let line = Line::new(ceremony, share.group().id(), share.party());
        let attempt = Attempt::new(&share, items.len(), attempt, rng)?;
        let signer = Self { line, share, coordinator, items, attempt, over: false, signed: false };
        let send = vec![signer.commit()];
        Ok((signer, send))
    }

    /// Takes a message of the coordinator. The outcome is the finished signatures, verified here too.
    ///
    /// # Errors
    /// A message that is refused; if it was a package, its nonces are gone all the same.
    pub fn receive<R: RngCore + CryptoRng>(
        &mut self,
        from: Party,
        bytes: &[u8],
        rng: &mut R,
    ) -> Result<Step<Signatures>, Refusal> {
        if self.over {
            return Err(Refusal::Finished);
        }
        if from != self.coordinator {
            return Err(Refusal::NotMember { party: from });
        }
        let (round, attempt, body) = self.line.read(from, bytes)?;
        match round {
            REQUEST => self.again(attempt, body, rng).map(Step::send),
            PACKAGE if attempt == self.attempt.number => self.sign(body).map(|answer| Step::send(vec![answer])),
            SIGNED => self.finish(body),
            PACKAGE => Err(Refusal::Attempt),
            _ => Err(Refusal::Round { round }),
        }
    }

    /// Ends this signer, with the message that says so. None if its ceremony is over. A share that it gave stays given.
    pub fn leave(&mut self) -> Option<Outgoing> {
        if self.over {
            return None;
        }
        self.over = true;
        self.attempt.nonces = None;
        Some(self.line.message(DECLINE, self.coordinator, self.attempt.number, &[]))
    }

    fn commit(&self) -> Outgoing {
        self.line.message(COMMIT, self.coordinator, self.attempt.number, &self.attempt.encoded)
    }

    /// Another attempt at what was approved, with new nonces.
    fn again<R: RngCore + CryptoRng>(
        &mut self,
        attempt: u8,
        body: &[u8],
        rng: &mut R,
    ) -> Result<Vec<Outgoing>, Refusal> {
        if decode_items(body)? != self.items || attempt < self.attempt.number {
            return Err(Refusal::Attempt);
        }
        if attempt > self.attempt.number {
            let next = Attempt::new(&self.share, self.items.len(), attempt, rng);
            self.attempt = next.map_err(|_| Refusal::Package)?;
        } else if self.attempt.nonces.is_none() {
            return Err(Refusal::NonceUsed);
        }
        Ok(vec![self.commit()])
    }

    fn sign(&mut self, body: &[u8]) -> Result<Outgoing, Refusal> {
        let digest = hash::body(body);
        if let Some((signed, answer)) = &self.attempt.answer {
            return if *signed == digest { Ok(answer.clone()) } else { Err(Refusal::NonceUsed) };
        }
        let nonces = self.attempt.nonces.take().ok_or(Refusal::NonceUsed)?;
        let packages = self.packages(body)?;
        let mut shares = Vec::with_capacity(self.items.len() * 32);
        for ((item, package), nonces) in self.items.iter().zip(&packages).zip(&nonces) {
            let key = item.spend.tweak(self.share.package().clone());
            let share = round2::sign(package, nonces, &key).map_err(|_| Refusal::Package)?;
            shares.extend(share.serialize());
        }
        let answer = self.line.message(SHARE, self.coordinator, self.attempt.number, &shares);
        self.attempt.answer = Some((digest, answer.clone()));
        Ok(answer)
    }

    /// The packages of all items, if they hold this signer's own commitments among those of a full quorum of members.
    fn packages(&self, body: &[u8]) -> Result<Vec<SigningPackage>, Refusal> {
        let short = Refusal::Content(FormatError::Length);
        let (head, _) = body.split_at_checked(2).ok_or(short)?;
        let (count, quorum) = (usize::from(head[0]), usize::from(head[1]));
        exact(body, 2 + quorum * 2 + count * quorum * COMMITMENTS)?;
        if count != self.items.len() || quorum < usize::from(self.share.group().threshold()) {
            return Err(Refusal::Package);
        }
        let mut reader = Reader::new(&body[2..]);
        let mut signers = Vec::with_capacity(quorum);
        for _ in 0..quorum {
            let party = reader.party().map_err(Refusal::Content)?;
            let member = self.share.group().roster().members().contains_key(&party);
            if !member || signers.last().is_some_and(|last| *last >= party) {
                return Err(Refusal::Package);
            }
            signers.push(party);
        }
        if !signers.contains(&self.share.party()) {
            return Err(Refusal::Package);
        }
        let mut packages = Vec::with_capacity(count);
        let own = self.attempt.commitments.iter().zip(self.attempt.encoded.chunks_exact(COMMITMENTS));
        for (item, (own, encoded)) in self.items.iter().zip(own) {
            let mut commitments: BTreeMap<Identifier, SigningCommitments> = BTreeMap::new();
            for party in &signers {
                let bytes = reader.take(COMMITMENTS).map_err(Refusal::Content)?;
                let decoded = match *party == self.share.party() {
                    true if bytes == encoded => *own,
                    true => return Err(Refusal::Package),
                    false => testrun::decode(bytes).map_err(|_| Refusal::Content(FormatError::Curve))?,
                };
                commitments.insert(party.identifier(), decoded);
            }
            packages.push(SigningPackage::new(commitments, &item.message));
        }
        Ok(packages)
    }

    fn finish(&mut self, body: &[u8]) -> Result<Step<Signatures>, Refusal> {
        exact(body, self.items.len() * 64)?;
        let mut reader = Reader::new(body);
        let mut signatures = Vec::with_capacity(self.items.len());
        for item in &self.items {
            let signature = reader.array().map_err(Refusal::Content)?;
            item.accepts(self.share.group(), &signature).map_err(|_| Refusal::BadSignature)?;
            signatures.push(signature);
        }
        (self.over, self.signed) = (true, true);
        self.attempt.nonces = None;
        Ok(Step { send: Vec::new(), outcome: Some(Signatures { signatures, signers: [].into() }) })
    }
}

impl Attempt {
    fn new<R: RngCore + CryptoRng>(share: &Share, items: usize, number: u8, rng: &mut R) -> Result<Self, Error> {
        let secret = share.package().signing_share();
        let (nonces, commitments): (_, Vec<_>) = (0..items).map(|_| round1::commit(secret, rng)).unzip();
        let mut encoded = Vec::with_capacity(items * COMMITMENTS);
        for commitments in &commitments {
            encoded.extend(testrun::encode(commitments)?);
        }
        Ok(Self { number, nonces: Some(nonces), commitments, encoded, answer: None })
    }
}
