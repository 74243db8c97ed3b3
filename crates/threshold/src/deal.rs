//! The three rounds that key generation and refresh share: commitments to everybody, the echo of them, a secret value to each.
//!
//! The library computes; when it refuses, the public arithmetic of `terms` finds everybody who is at fault.

use std::collections::BTreeMap;

use frost_secp256k1_tr::keys::dkg::{self, round1, round2};
use frost_secp256k1_tr::keys::{
    KeyPackage, PublicKeyPackage, SigningShare, VerifiableSecretSharingCommitment, refresh,
};
use frost_secp256k1_tr::rand_core::{CryptoRng, RngCore};
use frost_secp256k1_tr::{Error, Identifier, Signature};
use zeroize::Zeroizing;

use crate::ceremony::{Blame, Failure, Room};
use crate::curve;
use crate::group::Group;
use crate::party::Party;
use crate::roster::Roster;
use crate::rules::terms::{COMMIT, ECHO, Terms, VALUE};
use crate::share::Share;
use crate::wire::Outgoing;

type First = BTreeMap<Identifier, round1::Package>;
type Second = BTreeMap<Identifier, round2::Package>;

/// What is dealt.
pub(crate) enum Purpose {
    /// A new secret.
    Create,
    /// Zero, to be added to the shares of a group.
    Refresh(Box<Share>),
}

/// One participant's secrets in the three rounds. Wiped when dropped.
pub(crate) struct Deal {
    purpose: Purpose,
    pub(crate) terms: Terms,
    own: round1::Package,
    first: Option<round1::SecretPackage>,
    second: Option<round2::SecretPackage>,
}

impl Deal {
    /// The deal, and the body of the first message.
    pub(crate) fn open<R: RngCore + CryptoRng>(
        purpose: Purpose,
        me: Party,
        roster: &Roster,
        rng: &mut R,
    ) -> Result<(Self, Vec<u8>), Error> {
        let terms = Terms::new(matches!(purpose, Purpose::Create), roster);
        let Terms { fresh, threshold, parties } = &terms;
        let count = u16::try_from(parties.len()).map_err(|_| Error::InvalidMaxSigners)?;
        let (first, own) = match purpose {
            Purpose::Create => dkg::part1(me.identifier(), count, *threshold, rng)?,
            Purpose::Refresh(_) => refresh::refresh_dkg_part1(me.identifier(), count, *threshold, rng)?,
        };
        let mut body = own.commitment().serialize_whole()?;
        if *fresh {
            body.extend(own.proof_of_knowledge().serialize()?);
        }
        Ok((Self { purpose, terms, own, first: Some(first), second: None }, body))
    }

    /// All who deal.
    pub(crate) fn parties(&self) -> &[Party] {
        &self.terms.parties
    }

    /// After the echoes: blames for what they show, or the secret value for each.
    pub(crate) fn split<R: RngCore + CryptoRng>(
        &mut self,
        room: &mut Room,
        rng: &mut R,
    ) -> Result<Vec<Outgoing>, Failure> {
        blame(room.compare_all(ECHO, COMMIT, self.parties()))?;
        let secret = self.first.take().ok_or(Failure::Library)?;
        let packages = self.packages(room).ok_or(Error::DeserializationError);
        let split = packages.and_then(|packages| match self.purpose {
            Purpose::Create => dkg::part2(secret, &packages),
            Purpose::Refresh(_) => refresh::refresh_dkg_part2(secret, &packages),
        });
        let (second, values) = match split {
            Ok(split) => split,
            Err(_) => return Err(self.find(room, COMMIT)),
        };
        self.second = Some(second);
        let mut send = Vec::with_capacity(values.len());
        for (to, value) in values {
            let to = Party::of(&to).ok_or(Failure::Library)?;
            let body = Zeroizing::new(value.signing_share().serialize());
            send.push(room.tell(VALUE, to, body, rng).ok_or(Failure::Library)?);
        }
        Ok(send)
    }

    /// The others' first messages in the library's form; none if one of them is not valid.
    fn packages(&self, room: &Room) -> Option<First> {
        let mut packages = BTreeMap::new();
        for party in room.others() {
            let body = &room.said(COMMIT, party)?.body;
            let (commitments, proof) = body.split_at_checked(self.terms.commitments())?;
            if !curve::compressed(commitments) {
                return None;
            }
            let commitments = VerifiableSecretSharingCommitment::deserialize_whole(commitments).ok()?;
            let proof = match self.purpose {
                Purpose::Create => Signature::deserialize(proof).ok()?,
                // Zero needs no proof of knowledge, and the library looks at none.
                Purpose::Refresh(_) => *self.own.proof_of_knowledge(),
            };
            packages.insert(party.identifier(), round1::Package::new(commitments, proof));
        }
        Some(packages)
    }

    /// After the secret values: this participant's share and everybody's public share.
    pub(crate) fn join(&mut self, room: &Room) -> Result<(KeyPackage, PublicKeyPackage), Failure> {
        let secret = self.second.take().ok_or(Failure::Library)?;
        let first = self.packages(room).ok_or(Failure::Library)?;
        let joined = self.values(room).ok_or(Error::DeserializationError).and_then(|second| match &self.purpose {
            Purpose::Create => dkg::part3(&secret, &first, &second),
            Purpose::Refresh(share) => {
                let group = share.group().package(self.parties().iter().copied())?;
                refresh::refresh_dkg_shares(&secret, &first, &second, group, share.package().clone())
            }
        });
        joined.map_err(|_| self.find(room, VALUE))
    }

    fn values(&self, room: &Room) -> Option<Second> {
        let mut values = BTreeMap::new();
        for party in room.others() {
            let value = SigningShare::deserialize(&room.said(VALUE, party)?.body).ok()?;
            values.insert(party.identifier(), round2::Package::new(value));
        }
        Some(values)
    }

    /// Everybody whose message of a round breaks the rules.
    fn find(&self, room: &Room, round: u8) -> Failure {
        Failure::by(room.guilty(round, |message| self.terms.judge(&room.minutes, message)))
    }

    /// The share that is refreshed, if one is.
    pub(crate) fn old(&self) -> Option<&Group> {
        match &self.purpose {
            Purpose::Create => None,
            Purpose::Refresh(share) => Some(share.group()),
        }
    }

    /// Forgets the secrets of the rounds.
    pub(crate) fn wipe(&mut self) {
        (self.first, self.second) = (None, None);
    }
}

/// Fails if anybody is to blame.
pub(crate) fn blame(blames: Vec<Blame>) -> Result<(), Failure> {
    if blames.is_empty() { Ok(()) } else { Err(Failure::by(blames)) }
}
