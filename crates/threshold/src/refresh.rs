//! New shares of the same key: for all members, or without those who are removed.
//!
//! Rounds: 1 to 3 deal zero (see `deal`), 4 the new group's id and commitments for a test signature, 5 echo of them, 6 shares of
//! the test signature, 7 "verified". Two phases: the new share is put beside the old one before round 4; the old one is destroyed
//! only after everybody said "verified", which everybody says only after libsecp256k1 accepted a signature by all new shares.
//! Between one's own word and the others' both shares are kept; a [`Settlement`] decides.
//!
//! What it does not do: help against t old shares that were stolen together. They sign until the funds move to a new key.

use std::collections::{BTreeMap, BTreeSet};

use frost_secp256k1_tr::SigningPackage;
use frost_secp256k1_tr::rand_core::{CryptoRng, RngCore};
use frost_secp256k1_tr::round2::SignatureShare;

use crate::ceremony::{self, Advance, Ceremony, Failure, Room};
use crate::deal::{Deal, Purpose, blame};
use crate::doubt::Doubt;
use crate::error::{Abort, SetupError};
use crate::group::Group;
use crate::identity::Identity;
use crate::party::Party;
use crate::progress::Phase;
use crate::proof::Case;
use crate::roster::Roster;
use crate::rules::Rules;
use crate::rules::refresh::{READY, READY_ECHO, RefreshRules, TEST, test_package};
use crate::rules::terms::{COMMIT, ECHO, VALUE};
use crate::settle::{DONE, Origin, Settled, Settlement, Stage, bind};
use crate::share::Share;
use crate::sign::Spend;
use crate::testrun::{self, TestRun};
use crate::wire::{CeremonyId, Kind, Outgoing, Scope, Step};

const ROUNDS: &[(u8, Phase)] = &[
    (COMMIT, Phase::Commitments),
    (ECHO, Phase::Echo),
    (VALUE, Phase::Values),
    (READY, Phase::Ready),
    (READY_ECHO, Phase::ReadyEcho),
    (TEST, Phase::TestShares),
    (DONE, Phase::Verified),
];

/// One participant in a refresh.
pub struct Refresh {
    room: Room,
    roster: Roster,
    deal: Deal,
    round: u8,
    share: Option<Share>,
    test: Option<TestRun>,
    package: Option<SigningPackage>,
}

impl Refresh {
    /// Begins with the old share; `keepers` keep one, all other members are removed. The old share must stay where it is.
    ///
    /// # Errors
    /// If this member is removed or its identity is another, or fewer than the threshold would stay.
    pub fn new<R: RngCore + CryptoRng>(
        old: Share,
        keepers: &BTreeSet<Party>,
        identity: Identity,
        ceremony: CeremonyId,
        rng: &mut R,
    ) -> Result<(Self, Vec<Outgoing>), SetupError> {
        let (me, group) = (old.party(), old.group());
        let roster = group.roster().keep(keepers.iter().copied())?;
        if !keepers.contains(&me) {
            return Err(SetupError::Excluded { party: me });
        }
        roster.admit(me, &identity)?;
        group.generation().checked_add(1).ok_or(SetupError::Generation)?;
        let scope = Scope { kind: Kind::Refresh, ceremony, group: bind(&group.id(), &roster) };
        let (deal, body) = Deal::open(Purpose::Refresh(Box::new(old)), me, &roster, rng)?;
        let mut room = Room::new(scope, me, roster.members().clone(), identity);
        let send = vec![room.tell_all(COMMIT, body, rng)];
        Ok((Self { room, roster, deal, round: COMMIT, share: None, test: None, package: None }, send))
    }

    /// The new share is kept durably beside the old one.
    pub fn staged<R: RngCore + CryptoRng>(&mut self, rng: &mut R) -> Step<Result<Stage, Abort>> {
        let ready = self.round == READY && self.test.is_none();
        let Some(share) = self.share.as_ref().filter(|_| ready) else { return Step::send(Vec::new()) };
        let id = share.group().id();
        let Ok((test, commitments)) = TestRun::new(share, rng) else {
            return Step::send(Vec::new());
        };
        self.test = Some(test);
        let message = self.room.tell_all(READY, [&id.0[..], &commitments].concat(), rng);
        ceremony::speak(self, message, rng)
    }

    /// What to keep durably before the messages of a step leave, once this participant gave its word; none otherwise.
    #[must_use]
    pub fn doubt(&self) -> Option<Doubt> {
        let share = self.share.as_ref().filter(|_| self.in_doubt())?;
        Doubt::of(&self.room, Origin::Refreshed(self.deal.old()?.id()), share.group())
    }

    fn join(&mut self) -> Result<Share, Failure> {
        let (package, public) = self.deal.join(&self.room)?;
        let generation = self.deal.old().map_or(0, Group::generation).checked_add(1).ok_or(Failure::Library)?;
        let group = Group::from_package(self.roster.clone(), generation, &public)?;
        let share = Share::new(group, self.room.me, package);
        self.share = Some(share.clone());
        Ok(share)
    }

    /// After the echo of round 4: this participant's share of the test signature.
    fn test<R: RngCore + CryptoRng>(&mut self, rng: &mut R) -> Result<Outgoing, Failure> {
        blame(self.room.compare_all(READY_ECHO, READY, self.deal.parties()))?;
        blame(self.room.guilty(READY, |message| self.judge(message)))?;
        let (Some(share), Some(test)) = (&self.share, &mut self.test) else { return Err(Failure::Library) };
        let package = test_package(&self.room.minutes, share.group())?;
        let part = test.sign(share, &package)?;
        self.package = Some(package);
        Ok(self.room.tell_all(TEST, part.serialize(), rng))
    }

    /// After round 6: libsecp256k1 accepts a signature by all new shares.
    fn verified<R: RngCore + CryptoRng>(&mut self, rng: &mut R) -> Result<Outgoing, Failure> {
        let (Some(share), Some(package)) = (&self.share, &self.package) else { return Err(Failure::Library) };
        let mut parts = BTreeMap::new();
        for party in self.deal.parties() {
            let body = &self.room.said(TEST, *party).ok_or(Failure::Library)?.body;
            if let Ok(part) = SignatureShare::deserialize(body) {
                parts.insert(*party, part);
            }
        }
        let group = share.group();
        if testrun::aggregate(group, Spend::Plain, package, &parts).is_err() {
            return Err(Failure::by(self.room.guilty(TEST, |message| self.judge(message))));
        }
        let id = group.id();
        Ok(self.room.tell_all(DONE, id.0.to_vec(), rng))
    }

    fn settle(&mut self) -> Result<Settled, Failure> {
        blame(self.room.guilty(DONE, |message| self.judge(message)))?;
        let share = self.share.take().ok_or(Failure::Library)?;
        let origin = Origin::Refreshed(self.deal.old().ok_or(Failure::Library)?.id());
        let settlement = Settlement::of(&self.room, origin, share.group()).ok_or(Failure::Library)?;
        Ok(Settled { share, settlement })
    }
}

ceremony::face!(Refresh, Stage);

impl Ceremony for Refresh {
    type Outcome = Stage;

    fn room(&self) -> &Room {
        &self.room
    }

    fn room_mut(&mut self) -> &mut Room {
        &mut self.room
    }

    fn rules(&self) -> impl Rules + '_ {
        let result = self.share.as_ref().map(Share::group);
        RefreshRules { terms: &self.deal.terms, result, package: self.package.as_ref() }
    }

    fn case(&self) -> Option<Case> {
        Some(Case::Refresh { old: Box::new(self.deal.old()?.clone()), keepers: self.roster.clone() })
    }

    fn advance<R: RngCore + CryptoRng>(&mut self, rng: &mut R) -> Result<Advance<Stage>, Failure> {
        let waits_for_caller = self.round == READY && self.test.is_none();
        if waits_for_caller || !self.missing().is_empty() {
            return Ok(Advance::Wait);
        }
        let send = match self.round {
            COMMIT => vec![self.room.tell_echo(ECHO, COMMIT, self.deal.parties(), rng)?],
            ECHO => self.deal.split(&mut self.room, rng)?,
            VALUE => {
                let share = self.join()?;
                self.round += 1;
                return Ok(Advance::Reached(Stage::Staged(Box::new(share))));
            }
            READY => vec![self.room.tell_echo(READY_ECHO, READY, self.deal.parties(), rng)?],
            READY_ECHO => vec![self.test(rng)?],
            TEST => vec![self.verified(rng)?],
            _ => {
                let settled = self.settle()?;
                self.wipe();
                return Ok(Advance::Done(Vec::new(), Stage::InForce(Box::new(settled))));
            }
        };
        self.round += 1;
        Ok(Advance::Say(send))
    }

    fn wipe(&mut self) {
        self.deal.wipe();
        self.room.wipe();
        (self.share, self.test, self.package) = (None, None, None);
    }

    fn in_doubt(&self) -> bool {
        self.round == DONE
    }

    fn rounds(&self) -> &'static [(u8, Phase)] {
        ROUNDS
    }

    fn round(&self) -> u8 {
        self.round
    }
}
