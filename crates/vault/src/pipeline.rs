//! The way of every burn from being seen to being paid, as one state machine that is told facts and names effects.
//!
//! Where it stands: the watchman's driver tells it what it checked ([`Fact`]), writes the fact into the journal, and then does
//! what it is asked ([`Effect`]). What always holds:
//! - a signature is asked for only while W1 to W6 hold, and only of the digest whose intent is on disk;
//! - one everHash has one digest for ever, whatever batches it appears in and however often the program restarts;
//! - once the chain says that a burn is paid, nothing is signed or submitted for it; only a reorganisation goes back;
//! - while a vault is halted, only submissions that left before go on;
//! - after a start nothing is taken for granted: depth, alerts, sources and the chain are asked anew;
//! - what is refused ([`Ignored`]) changed nothing; equal facts at equal times give equal states.
//!
//! What it does not do: any IO, wait, or look at a clock. It judges no transaction and counts no block: the driver's detector
//! and oracle do, and say so in the facts.

mod advance;
mod arrive;
mod case;
mod effect;
mod fact;
mod wants;
mod world;

pub use case::{Approver, Case, Execution, Failure, Passed, Refusal, Stage, Submission};
pub use effect::{Effect, Notice};
pub use fact::{BurnFact, Fact, Ignored, Setup, Sources, Timing};
pub use world::{Wait, World};

use crate::halt::Halts;
use crate::policy::{LimitUse, Policy, Spent};
use crate::roster::Roster;
use crate::signature::Owner;
use arrive::Arrival;
use everpay::{AccountId, EverHash};
use std::collections::{BTreeMap, BTreeSet};

/// All burns of a watchman.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pipeline {
    world: World,
    cases: BTreeMap<EverHash, Case>,
}

/// What a fact did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What is to be done once the fact is durable.
    pub effects: Vec<Effect>,
    /// The states of the burns that it moved, in brief: a replay must come to the same.
    pub footprint: [u8; 8],
}

impl Pipeline {
    /// Takes a fact. `Ok`: it changed something and must be durable before the effects run. A clock that was set back does
    /// not turn time back here.
    ///
    /// # Errors
    /// When nothing changed, and why.
    pub fn step(&mut self, at_ms: u64, fact: &Fact) -> Result<Step, Ignored> {
        let now_ms = at_ms.max(self.world.now_ms);
        let (effects, moved) = match fact {
            Fact::Burn(ever_hash, fact) => self.step_burn(*ever_hash, fact, now_ms)?,
            Fact::Tick => {
                let (effects, moved) = self.advance_all(now_ms);
                if moved.is_empty() {
                    return Err(Ignored::NoChange);
                }
                let wants: Vec<_> = moved.iter().flat_map(|hash| self.wants(hash, now_ms)).collect();
                ([effects, wants].concat(), moved)
            }
            Fact::Setup(_) => {
                self.world.take(fact, now_ms)?;
                (Vec::new(), Vec::new())
            }
            other => self.step_world(other, now_ms)?,
        };
        self.world.now_ms = now_ms;
        Ok(Step { effects, footprint: self.footprint(&moved) })
    }

    /// What is wanted and not answered yet: for the driver after a start and from time to time. A gate that was closed by
    /// the age of an answer opens here too.
    #[must_use]
    pub fn pending(&self, at_ms: u64) -> Vec<Effect> {
        let now_ms = at_ms.max(self.world.now_ms);
        self.cases.keys().flat_map(|hash| self.wants(hash, now_ms)).collect()
    }

    /// A burn and its state.
    #[must_use]
    pub fn case(&self, ever_hash: &EverHash) -> Option<&Case> {
        self.cases.get(ever_hash)
    }

    /// All burns.
    pub fn cases(&self) -> impl Iterator<Item = &Case> {
        self.cases.values()
    }

    /// What a burn waits for on its way to a signature or to the chain.
    #[must_use]
    pub fn waits_for(&self, ever_hash: &EverHash, at_ms: u64) -> Option<Wait> {
        self.world.wait(self.cases.get(ever_hash)?, at_ms.max(self.world.now_ms))
    }

    /// The policy in force.
    #[must_use]
    pub fn policy(&self) -> Option<&Policy> {
        self.world.policy.as_ref()
    }

    /// The limits of the policy in force that this burn meets, and what is used of them.
    #[must_use]
    pub fn limits(&self, ever_hash: &EverHash, at_ms: u64) -> Vec<LimitUse> {
        let known = self.world.policy.as_ref().zip(self.cases.get(ever_hash));
        let now_ms = at_ms.max(self.world.now_ms);
        known.map_or(Vec::new(), |(policy, case)| policy.limits(&case.burn, &self.world.history, now_ms))
    }

    /// Who and what this is; `None` before it was told.
    #[must_use]
    pub fn setup(&self) -> Option<&Setup> {
        self.world.setup.as_ref()
    }

    /// Keys of the alerts that stop payouts (W2); `None` before somebody looked since the start.
    #[must_use]
    pub fn alerts(&self) -> Option<&BTreeSet<String>> {
        self.world.alerts.as_ref()
    }

    /// How the sources stand to each other; `None` before somebody looked since the start.
    #[must_use]
    pub fn sources(&self) -> Option<&Sources> {
        self.world.sources.as_ref()
    }

    /// The owners of a chain's vault and how many must sign; `None` before the chain said so.
    #[must_use]
    pub fn owners(&self, chain: &str) -> Option<(&BTreeSet<Owner>, u32)> {
        self.world.owners.get(chain).map(|(owners, threshold)| (owners, *threshold))
    }

    /// The watchmen.
    #[must_use]
    pub fn roster(&self) -> Option<&Roster> {
        self.world.roster.as_ref()
    }

    /// The halted vaults.
    #[must_use]
    pub fn halts(&self) -> &Halts {
        &self.world.halts
    }

    /// Who was found to sign what no burn justifies, and was not pardoned.
    #[must_use]
    pub fn excluded(&self) -> &BTreeSet<Owner> {
        &self.world.excluded
    }

    /// The newest moment that it was told of, Unix ms.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        self.world.now_ms
    }

    fn step_burn(
        &mut self,
        ever_hash: EverHash,
        fact: &BurnFact,
        now_ms: u64,
    ) -> Result<(Vec<Effect>, Vec<EverHash>), Ignored> {
        let mut effects = Vec::new();
        let mut case = match self.cases.get(&ever_hash) {
            Some(case) => case.clone(),
            None => self.begin(ever_hash, fact, now_ms)?,
        };
        let is_new = !self.cases.contains_key(&ever_hash);
        let arrived = Arrival { case: &mut case, world: &self.world, now_ms, effects: &mut effects }.take(fact);
        // To be seen for the first time is all that the first fact about a burn may say.
        if !(is_new && matches!(fact, BurnFact::Seen(_))) {
            arrived?;
        }
        for effect in &effects {
            if let Effect::Accuse { signed } = effect {
                self.world.excluded.insert(signed.signature().owner());
            }
        }
        self.settle(ever_hash, case, now_ms, &mut effects);
        effects.extend(self.wants(&ever_hash, now_ms));
        Ok((effects, vec![ever_hash]))
    }

    fn begin(&self, ever_hash: EverHash, fact: &BurnFact, now_ms: u64) -> Result<Case, Ignored> {
        let (BurnFact::Seen(burn) | BurnFact::DepthReached { burn, .. }) = fact else {
            return Err(Ignored::UnknownBurn);
        };
        if burn.ever_hash != ever_hash {
            return Err(Ignored::AnotherBurn);
        }
        if !self.world.setup()?.vaults.contains_key(&burn.chain) {
            return Err(Ignored::NoVault(burn.chain.clone()));
        }
        Ok(Case::new(burn.clone(), now_ms))
    }

    fn step_world(&mut self, fact: &Fact, now_ms: u64) -> Result<(Vec<Effect>, Vec<EverHash>), Ignored> {
        self.world.setup()?;
        self.world.take(fact, now_ms)?;
        for case in self.cases.values_mut() {
            match (fact, &case.stage) {
                // W1 and W3: while the program stood, batches can drop and the chain can pay.
                (Fact::Started, _) => (case.deep, case.unreleased_ms) = (false, None),
                // W4: judged anew; what a new policy lets pass stays approved.
                (Fact::Policy(_), Stage::Held { .. } | Stage::Awaiting { .. } | Stage::Refused(Refusal::Policy(_))) => {
                    case.stage = Stage::Verified
                }
                _ => {}
            }
        }
        let (mut effects, moved) = self.advance_all(now_ms);
        effects.extend(self.cases.keys().flat_map(|hash| self.wants(hash, now_ms)));
        Ok((effects, moved))
    }

    /// Moves every case as far as it goes, in the order of the burns' hashes.
    fn advance_all(&mut self, now_ms: u64) -> (Vec<Effect>, Vec<EverHash>) {
        let (mut effects, mut moved) = (Vec::new(), Vec::new());
        let open = self.cases.iter().filter(|(_, case)| !matches!(case.stage, Stage::Closed(_)));
        for ever_hash in open.map(|(hash, _)| *hash).collect::<Vec<_>>() {
            let case = &self.cases[&ever_hash];
            let mut after = case.clone();
            if advance::advance(&mut after, &self.world, now_ms, &mut effects) {
                self.settle(ever_hash, after, now_ms, &mut effects);
                moved.push(ever_hash);
            }
        }
        (effects, moved)
    }

    /// Puts a changed case in its place, moved as far as it goes, and counts it in the policy's history.
    fn settle(&mut self, ever_hash: EverHash, mut case: Case, now_ms: u64, effects: &mut Vec<Effect>) {
        case.note(now_ms);
        advance::advance(&mut case, &self.world, now_ms, effects);
        let before = self.cases.get(&ever_hash);
        if before.is_none_or(|before| before.stage != case.stage) {
            case.moved_ms = now_ms;
        }
        self.world.history.remove(&ever_hash);
        if let (Some(at_ms), Ok(to)) = (case.counted_ms, AccountId::parse(&case.burn.to)) {
            let (tag, amount) = (case.burn.tag.clone(), case.burn.amount);
            self.world.history.add(ever_hash, Spent { tag, to, amount, at_ms });
        }
        self.cases.insert(ever_hash, case);
    }

    fn wants(&self, ever_hash: &EverHash, now_ms: u64) -> Vec<Effect> {
        self.cases.get(ever_hash).map_or(Vec::new(), |case| self.world.wants(case, now_ms))
    }

    fn footprint(&self, moved: &[EverHash]) -> [u8; 8] {
        let mut bytes = Vec::with_capacity(moved.len() * 80);
        for case in moved.iter().filter_map(|hash| self.cases.get(hash)) {
            bytes.extend_from_slice(case.burn.ever_hash.as_bytes());
            bytes.extend_from_slice(case.stage.name().as_bytes());
            bytes.extend_from_slice(case.intent.as_ref().map_or(&[], |digest| digest.as_bytes().as_slice()));
        }
        let hash = crypto::keccak256(&bytes);
        let (first, _) = hash.split_first_chunk::<8>().expect("a hash has 32 bytes");
        *first
    }
}
