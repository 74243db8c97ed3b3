//! Key generation without a dealer: nobody ever holds the secret.
//!
//! Rounds: 1 commitments and proof of knowledge, 2 echo of them, 3 a sealed value for each, 4 confirmation of the result. A share
//! is kept durably before its owner confirms, and the key is in force only after everybody confirmed it, so that nobody pays to a
//! key of which a member holds no share. Between one's own word and the others' the share is kept; a settlement decides.

use frost_secp256k1_tr::rand_core::{CryptoRng, RngCore};

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
use crate::rules::create::CreateRules;
use crate::rules::terms::{COMMIT, ECHO, VALUE};
use crate::settle::{CONFIRM, Origin, Settled, Settlement, Stage};
use crate::share::Share;
use crate::wire::{CeremonyId, Kind, Outgoing, Scope, Step};

const ROUNDS: &[(u8, Phase)] =
    &[(COMMIT, Phase::Commitments), (ECHO, Phase::Echo), (VALUE, Phase::Values), (CONFIRM, Phase::Confirmation)];

/// One participant in a key generation.
pub struct Dkg {
    room: Room,
    roster: Roster,
    deal: Deal,
    round: u8,
    share: Option<Share>,
    /// The caller kept the share.
    kept: bool,
}

impl Dkg {
    /// Begins as `me`; the messages go to everybody. The ceremony id must be new (see [`CeremonyId`]).
    ///
    /// # Errors
    /// If `me` is no member, or the roster names another key for it.
    pub fn new<R: RngCore + CryptoRng>(
        roster: Roster,
        me: Party,
        identity: Identity,
        ceremony: CeremonyId,
        rng: &mut R,
    ) -> Result<(Self, Vec<Outgoing>), SetupError> {
        roster.admit(me, &identity)?;
        let scope = Scope { kind: Kind::Create, ceremony, group: roster.fingerprint() };
        let (deal, body) = Deal::open(Purpose::Create, me, &roster, rng)?;
        let mut room = Room::new(scope, me, roster.members().clone(), identity);
        let send = vec![room.tell_all(COMMIT, body, rng)];
        Ok((Self { room, roster, deal, round: COMMIT, share: None, kept: false }, send))
    }

    /// The share is kept durably: confirms it.
    pub fn staged<R: RngCore + CryptoRng>(&mut self, rng: &mut R) -> Step<Result<Stage, Abort>> {
        let ready = self.round == CONFIRM && !self.kept;
        let Some(share) = self.share.as_ref().filter(|_| ready) else { return Step::send(Vec::new()) };
        let id = share.group().id();
        self.kept = true;
        let message = self.room.tell_all(CONFIRM, id.0.to_vec(), rng);
        ceremony::speak(self, message, rng)
    }

    /// What to keep durably before the messages of a step leave, once this participant gave its word; none otherwise.
    #[must_use]
    pub fn doubt(&self) -> Option<Doubt> {
        let share = self.share.as_ref().filter(|_| self.in_doubt())?;
        Doubt::of(&self.room, Origin::Created, share.group())
    }
}

ceremony::face!(Dkg, Stage);

impl Ceremony for Dkg {
    type Outcome = Stage;

    fn room(&self) -> &Room {
        &self.room
    }

    fn room_mut(&mut self) -> &mut Room {
        &mut self.room
    }

    fn rules(&self) -> impl Rules + '_ {
        CreateRules { terms: &self.deal.terms, result: self.share.as_ref().map(Share::group) }
    }

    fn case(&self) -> Option<Case> {
        Some(Case::Create(self.roster.clone()))
    }

    fn advance<R: RngCore + CryptoRng>(&mut self, rng: &mut R) -> Result<Advance<Stage>, Failure> {
        let waits_for_caller = self.round == CONFIRM && !self.kept;
        if waits_for_caller || !self.missing().is_empty() {
            return Ok(Advance::Wait);
        }
        let send = match self.round {
            COMMIT => vec![self.room.tell_echo(ECHO, COMMIT, self.deal.parties(), rng)?],
            ECHO => self.deal.split(&mut self.room, rng)?,
            VALUE => {
                let (package, public) = self.deal.join(&self.room)?;
                let group = Group::from_package(self.roster.clone(), 0, &public)?;
                let share = self.share.insert(Share::new(group, self.room.me, package)).clone();
                self.round += 1;
                return Ok(Advance::Reached(Stage::Staged(Box::new(share))));
            }
            _ => {
                blame(self.room.guilty(CONFIRM, |message| self.judge(message)))?;
                let share = self.share.take().ok_or(Failure::Library)?;
                let settlement = Settlement::of(&self.room, Origin::Created, share.group()).ok_or(Failure::Library)?;
                self.wipe();
                return Ok(Advance::Done(Vec::new(), Stage::InForce(Box::new(Settled { share, settlement }))));
            }
        };
        self.round += 1;
        Ok(Advance::Say(send))
    }

    fn wipe(&mut self) {
        self.deal.wipe();
        self.room.wipe();
        self.share = None;
    }

    fn in_doubt(&self) -> bool {
        self.kept
    }

    fn rounds(&self) -> &'static [(u8, Phase)] {
        ROUNDS
    }

    fn round(&self) -> u8 {
        self.round
    }
}
