//! A lost share restored by t or more helpers, none of whom learns it.
//!
//! Rounds: 1 each helper's commitments to the parts of its contribution, 2 echo of them, 3 a sealed part from each helper to each
//! other, 4 a sealed sum from each helper to the member that lost its share, 5 the member's word that it fits.
//! The commitments of a helper must add up to its public share's contribution, a part must match its commitment, and a sum the
//! commitments to its parts: whoever lies is found at the first lie.

use std::collections::{BTreeMap, BTreeSet};

use frost_secp256k1_tr::Secp256K1Sha256TR;
use frost_secp256k1_tr::keys::repairable::{Delta, Sigma, repair_share_part1, repair_share_part2, repair_share_part3};
use frost_secp256k1_tr::rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use crate::ceremony::{self, Advance, Ceremony, Failure, Room};
use crate::curve;
use crate::deal::blame;
use crate::error::{Abort, SetupError};
use crate::group::{Group, GroupId};
use crate::hash::tagged;
use crate::identity::Identity;
use crate::party::Party;
use crate::progress::Phase;
use crate::proof::Case;
use crate::rules::Rules;
use crate::rules::repair::{COMMIT, ECHO, PART, RESTORED, RepairRules, SUM};
use crate::share::Share;
use crate::wire::{CeremonyId, Kind, Outgoing, Scope};

const ROUNDS: &[(u8, Phase)] = &[
    (COMMIT, Phase::Commitments),
    (ECHO, Phase::Echo),
    (PART, Phase::Parts),
    (SUM, Phase::Sums),
    (RESTORED, Phase::Restored),
];

/// One participant in a repair: a helper, or the member that lost its share. The outcome is the share for that member, and none
/// for helpers.
pub struct Repair {
    room: Room,
    group: Group,
    helpers: Vec<Party>,
    lost: Party,
    round: u8,
    /// This helper's parts, for itself and the others.
    parts: BTreeMap<Party, Zeroizing<Vec<u8>>>,
}

impl Repair {
    /// Helps `lost` with this member's share.
    ///
    /// # Errors
    /// If fewer than the threshold help, or somebody cannot take part.
    pub fn help<R: RngCore + CryptoRng>(
        share: &Share,
        helpers: &BTreeSet<Party>,
        lost: Party,
        identity: Identity,
        ceremony: CeremonyId,
        rng: &mut R,
    ) -> Result<(Self, Vec<Outgoing>), SetupError> {
        let me = share.party();
        if !helpers.contains(&me) {
            return Err(SetupError::Excluded { party: me });
        }
        let mut this = Self::open(share.group().clone(), helpers, lost, me, identity, ceremony)?;
        let identifiers: Vec<_> = this.helpers.iter().map(|party| party.identifier()).collect();
        let deltas = repair_share_part1::<Secp256K1Sha256TR, _>(&identifiers, share.package(), rng, lost.identifier())?;
        let mut commitments = Vec::with_capacity(helpers.len() * 33);
        for helper in &this.helpers {
            let delta = deltas.get(&helper.identifier()).ok_or(frost_secp256k1_tr::Error::PackageNotFound)?;
            let bytes = Zeroizing::new(delta.serialize());
            let public = curve::public(&bytes).ok_or(frost_secp256k1_tr::Error::SerializationError)?;
            commitments.extend(curve::compress(&public));
            this.parts.insert(*helper, bytes);
        }
        let send = vec![this.room.tell_all(COMMIT, commitments, rng)];
        Ok((this, send))
    }

    /// Restores this member's own share. `group` is the generation in force, compared with the others by people.
    ///
    /// # Errors
    /// If fewer than the threshold help, or somebody cannot take part.
    pub fn restore(
        group: &Group,
        me: Party,
        helpers: &BTreeSet<Party>,
        identity: Identity,
        ceremony: CeremonyId,
    ) -> Result<Self, SetupError> {
        Self::open(group.clone(), helpers, me, me, identity, ceremony)
    }

    fn open(
        group: Group,
        helpers: &BTreeSet<Party>,
        lost: Party,
        me: Party,
        identity: Identity,
        ceremony: CeremonyId,
    ) -> Result<Self, SetupError> {
        if helpers.contains(&lost) {
            return Err(SetupError::Excluded { party: lost });
        }
        group.roster().admit(me, &identity)?;
        let key = *group.roster().members().get(&lost).ok_or(SetupError::NotMember { party: lost })?;
        let mut peers = group.roster().keep(helpers.iter().copied())?.members().clone();
        peers.insert(lost, key);
        let scope = Scope { kind: Kind::Repair, ceremony, group: bind(&group.id(), helpers, lost) };
        let room = Room::new(scope, me, peers, identity);
        let helpers = helpers.iter().copied().collect();
        Ok(Self { room, group, helpers, lost, round: COMMIT, parts: BTreeMap::new() })
    }

    fn is_lost(&self) -> bool {
        self.room.me == self.lost
    }

    fn check(&self, round: u8) -> Result<(), Failure> {
        blame(self.room.guilty(round, |message| self.judge(message)))
    }

    /// After the echo: each other helper's part.
    fn hand_out<R: RngCore + CryptoRng>(&mut self, rng: &mut R) -> Result<Vec<Outgoing>, Failure> {
        blame(self.room.compare_all(ECHO, COMMIT, &self.helpers))?;
        self.check(COMMIT)?;
        let mut send = Vec::new();
        let own = self.parts.remove(&self.room.me);
        for (helper, part) in std::mem::take(&mut self.parts) {
            send.push(self.room.tell(PART, helper, part, rng).ok_or(Failure::Library)?);
        }
        self.parts.extend(own.map(|own| (self.room.me, own)));
        Ok(send)
    }

    /// After the parts: their sum, for the member that lost its share.
    fn sum<R: RngCore + CryptoRng>(&mut self, rng: &mut R) -> Result<Vec<Outgoing>, Failure> {
        self.check(PART)?;
        let own = self.parts.remove(&self.room.me).ok_or(Failure::Library)?;
        let mut deltas = vec![Delta::deserialize(&own)?];
        for helper in self.helpers.iter().filter(|helper| **helper != self.room.me) {
            deltas.push(Delta::deserialize(&self.room.said(PART, *helper).ok_or(Failure::Library)?.body)?);
        }
        let sum = Zeroizing::new(repair_share_part2(&deltas).serialize());
        Ok(vec![self.room.tell(SUM, self.lost, sum, rng).ok_or(Failure::Library)?])
    }

    /// After the sums: the share, if it is the one behind the public share.
    fn restored<R: RngCore + CryptoRng>(&mut self, rng: &mut R) -> Result<Advance<Option<Share>>, Failure> {
        self.check(SUM)?;
        let mut sums = Vec::with_capacity(self.helpers.len());
        for helper in &self.helpers {
            sums.push(Sigma::deserialize(&self.room.said(SUM, *helper).ok_or(Failure::Library)?.body)?);
        }
        let public = self.group.package([self.lost])?;
        let package = repair_share_part3(&sums, self.lost.identifier(), &public)?;
        let secret = Zeroizing::new(package.signing_share().serialize());
        let share = Share::from_secret(&self.group, self.lost, &secret).map_err(|_| Failure::Library)?;
        let word = self.room.tell_all(RESTORED, self.group.id().0.to_vec(), rng);
        self.wipe();
        Ok(Advance::Done(vec![word], Some(share)))
    }
}

/// What the messages are bound to: the group, who lost its share, and who helps.
pub(crate) fn bind(group: &GroupId, helpers: &BTreeSet<Party>, lost: Party) -> [u8; 32] {
    let helpers: Vec<_> = helpers.iter().flat_map(|helper| helper.bytes()).collect();
    tagged("everwatch/threshold/repair/1", &[&group.0, &lost.bytes(), &helpers])
}

ceremony::face!(Repair, Option<Share>);

impl Ceremony for Repair {
    type Outcome = Option<Share>;

    fn room(&self) -> &Room {
        &self.room
    }

    fn room_mut(&mut self) -> &mut Room {
        &mut self.room
    }

    fn rules(&self) -> impl Rules + '_ {
        RepairRules { group: &self.group, helpers: &self.helpers, lost: self.lost }
    }

    fn case(&self) -> Option<Case> {
        Case::repair(&self.group, &self.helpers, self.lost)
    }

    fn advance<R: RngCore + CryptoRng>(&mut self, rng: &mut R) -> Result<Advance<Option<Share>>, Failure> {
        if !self.missing().is_empty() {
            return Ok(Advance::Wait);
        }
        let send = match (self.round, self.is_lost()) {
            (COMMIT, _) => vec![self.room.tell_echo(ECHO, COMMIT, &self.helpers, rng)?],
            (ECHO, _) => self.hand_out(rng)?,
            (PART, false) => self.sum(rng)?,
            (SUM, true) => return self.restored(rng),
            (PART, true) | (SUM, false) => Vec::new(),
            _ => {
                self.check(RESTORED)?;
                self.wipe();
                return Ok(Advance::Done(Vec::new(), None));
            }
        };
        self.round += 1;
        Ok(Advance::Say(send))
    }

    fn wipe(&mut self) {
        self.room.wipe();
        self.parts.clear();
    }

    fn rounds(&self) -> &'static [(u8, Phase)] {
        ROUNDS
    }

    fn round(&self) -> u8 {
        self.round
    }

    fn due(&self, round: u8) -> BTreeSet<Party> {
        let helpers = || self.helpers.iter().copied();
        match (round, self.is_lost()) {
            (COMMIT, _) | (PART, false) | (SUM, true) => helpers().collect(),
            (ECHO, _) => helpers().chain([self.lost]).collect(),
            (SUM, false) => [self.room.me].into(),
            (RESTORED, _) => [self.lost].into(),
            _ => BTreeSet::new(),
        }
    }
}
