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

use crate::ceremony::{self, Advance, Ceremony, Failure, Judgement, Room, Signed, echo_length};
use crate::deal::{COMMIT, Deal, ECHO, Purpose, VALUE, blame};
use crate::error::{Abort, Charge, SetupError};
use crate::group::Group;
use crate::identity::Identity;
use crate::party::Party;
use crate::roster::Roster;
use crate::settle::{DONE, Origin, Settled, Settlement, Stage, bind};
use crate::share::Share;
use crate::sign::Spend;
use crate::testrun::{self, COMMITMENTS, TestRun};
use crate::wire::{CeremonyId, Kind, Outgoing, Scope, Step};

const READY: u8 = 4;
const READY_ECHO: u8 = 5;
const TEST: u8 = 6;

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
        let parties = roster.members().keys().copied().collect();
        let (deal, body) = Deal::open(Purpose::Refresh(Box::new(old)), me, roster.threshold(), parties, rng)?;
        let mut room = Room::new(scope, me, roster.members().clone(), identity);
        let send = vec![room.tell_all(COMMIT, body, rng)];
        Ok((Self { room, roster, deal, round: COMMIT, share: None, test: None, package: None }, send))
    }

    /// The new share is kept durably beside the old one.
    pub fn staged<R: RngCore + CryptoRng>(&mut self, rng: &mut R) -> Step<Result<Stage, Abort>> {
        let ready = self.round == READY && self.test.is_none();
        let Some(share) = self.share.as_ref().filter(|_| ready) else { return Step::send(Vec::new()) };
        let id = share.group().id();
        let Ok((test, commitments)) = TestRun::new(share, self.room.scope.ceremony, rng) else {
            return Step::send(Vec::new());
        };
        self.test = Some(test);
        let message = self.room.tell_all(READY, [&id.0[..], &commitments].concat(), rng);
        ceremony::speak(self, message, rng)
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
        let mut commitments = BTreeMap::new();
        for party in self.deal.parties() {
            let body = &self.room.said(READY, *party).ok_or(Failure::Library)?.body;
            commitments.insert(*party, testrun::decode(&body[32..])?);
        }
        let package = test.package(&commitments);
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

    /// Whether a body names the group that the public messages give; none before it is known.
    fn names_group(&self, body: &[u8]) -> Option<bool> {
        self.share.as_ref().map(|share| body.get(..32) == Some(&share.group().id().0[..]))
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

    fn slot(&self, round: u8, from: Party, to: Option<Party>) -> Option<usize> {
        match (round, to) {
            (READY, None) => Some(32 + COMMITMENTS),
            (READY_ECHO, None) => Some(echo_length(self.deal.parties().len())),
            (TEST | DONE, None) => Some(32),
            _ => self.deal.slot(round, from, to),
        }
    }

    fn judge(&self, message: &Signed) -> Judgement {
        let body = &message.body;
        match message.head.round {
            READY => match (self.names_group(body), testrun::decode(&body[32..])) {
                (_, Err(_)) => Judgement::Guilty(Charge::Commitments),
                (same, Ok(_)) => Judgement::unless(same, Charge::Confirmation),
            },
            READY_ECHO => self.room.judge_echo(message, READY, self.deal.parties()),
            TEST => {
                let verifies = self.share.as_ref().zip(self.package.as_ref()).and_then(|(share, package)| {
                    testrun::share_verifies(share.group(), package, message.head.from, body)
                });
                Judgement::unless(verifies, Charge::SignatureShare)
            }
            DONE => Judgement::unless(self.names_group(body), Charge::Confirmation),
            _ => self.deal.judge(&self.room, message),
        }
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

    fn missing(&self) -> Vec<Party> {
        self.room.silent(self.round, self.room.others())
    }
}
