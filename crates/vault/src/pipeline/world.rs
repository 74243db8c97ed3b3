//! What is known beside the burns, and the gate that every signature passes.

use super::case::Case;
use super::fact::{Fact, Ignored, Setup, Sources};
use crate::halt::Halts;
use crate::policy::{History, Policy};
use crate::roster::Roster;
use crate::signature::Owner;
use std::collections::{BTreeMap, BTreeSet};

/// What an approved burn waits for: the first rule that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wait {
    /// W1: its batch is not deep enough, or not on the accepted chain any more.
    Depth,
    /// W2: the alerts were not looked at since the start.
    AlertsUnknown,
    /// W2: an alert of a proven class is open.
    AlertOpen,
    /// Nobody compared the sources since the start.
    SourcesUnknown,
    /// The sources contradict each other, or too few answer.
    SourcesDisagree,
    /// The vault is halted.
    Halted,
    /// We are no owner, in quarantine, or accused.
    NotActive,
    /// W3: the chain's last word that nothing was released is too old.
    ReleaseUnknown,
    /// W4: there is no policy.
    NoPolicy,
}

/// Everything but the burns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct World {
    pub(super) setup: Option<Setup>,
    pub(super) policy: Option<Policy>,
    pub(super) roster: Option<Roster>,
    pub(super) owners: BTreeMap<String, (BTreeSet<Owner>, u32)>,
    pub(super) alerts: Option<BTreeSet<String>>,
    pub(super) sources: Option<Sources>,
    pub(super) halts: Halts,
    pub(super) excluded: BTreeSet<Owner>,
    pub(super) history: History,
    pub(super) now_ms: u64,
}

/// Most owners of a contract.
const OWNERS_MAX: usize = 50;

impl World {
    /// Takes a fact that is about no single burn. `Tick` and `Burn` are not for here.
    pub(super) fn take(&mut self, fact: &Fact, now_ms: u64) -> Result<(), Ignored> {
        let changed = match fact {
            Fact::Setup(setup) => self.take_setup(setup)?,
            Fact::Started => {
                (self.alerts, self.sources) = (None, None);
                true
            }
            Fact::Policy(policy) => {
                let policy = policy.clone().checked().map_err(|error| Ignored::BadPolicy(error.to_string()))?;
                replace(&mut self.policy, policy)
            }
            Fact::Roster(roster) => {
                let roster = self.roster.iter().fold(roster.clone(), |new, old| new.after(old, now_ms));
                replace(&mut self.roster, roster)
            }
            Fact::Owners { chain, owners, threshold } => {
                let count = u32::try_from(owners.len()).unwrap_or(u32::MAX);
                if owners.len() > OWNERS_MAX || !(1..=count).contains(threshold) {
                    return Err(Ignored::BadOwners);
                }
                let new = (owners.clone(), *threshold);
                self.owners.insert(chain.clone(), new.clone()) != Some(new)
            }
            Fact::Alerts(open) => replace(&mut self.alerts, open.clone()),
            Fact::Sources(sources) => replace(&mut self.sources, sources.clone()),
            Fact::Halted { chain, key, cause } => self.halts.raise(chain, key, *cause, now_ms),
            Fact::Rearmed { chain, keys, by, reason } => {
                self.halts.rearm(chain, keys, by, reason)?;
                true
            }
            Fact::Pardoned { owner, .. } => self.excluded.remove(owner),
            Fact::Tick | Fact::Burn(..) => false,
        };
        if changed { Ok(()) } else { Err(Ignored::NoChange) }
    }

    fn take_setup(&mut self, new: &Setup) -> Result<bool, Ignored> {
        let same_vaults = new.vaults.iter().all(|(chain, vault)| *chain == vault.chain);
        let fits = self.setup.as_ref().is_none_or(|old| Setup { timing: new.timing, ..old.clone() } == *new);
        if !same_vaults || !fits || !new.timing.is_sane() || new.depth_min == 0 {
            return Err(Ignored::AnotherSetup);
        }
        Ok(replace(&mut self.setup, new.clone()))
    }

    pub(super) fn setup(&self) -> Result<&Setup, Ignored> {
        self.setup.as_ref().ok_or(Ignored::NotSetUp)
    }

    /// Whose signatures count, who submits: members out of quarantine that own the vault and are not accused.
    pub(super) fn active(&self, chain: &str, now_ms: u64) -> BTreeSet<Owner> {
        let (Some(roster), Some((owners, _))) = (&self.roster, self.owners.get(chain)) else { return BTreeSet::new() };
        let active = roster.active(now_ms);
        active.into_iter().filter(|one| owners.contains(one) && !self.excluded.contains(one)).collect()
    }

    /// The signatures that count are enough.
    pub(super) fn has_quorum(&self, case: &Case, now_ms: u64) -> bool {
        let active = self.active(&case.burn.chain, now_ms);
        let count = case.signatures.keys().filter(|owner| active.contains(owner)).count();
        let needed = self.owners.get(&case.burn.chain).map(|(_, threshold)| *threshold);
        needed.is_some_and(|needed| u32::try_from(count).is_ok_and(|count| count >= needed))
    }

    /// What must hold whenever something about this burn leaves the machine: W1, W2, agreeing sources, no halt, and that
    /// we count. W4 is judged when the intent is stored, W3 and W5 where the signature is made.
    pub(super) fn gate(&self, case: &Case, now_ms: u64) -> Result<(), Wait> {
        if !case.deep {
            return Err(Wait::Depth);
        }
        match &self.alerts {
            None => return Err(Wait::AlertsUnknown),
            Some(open) if !open.is_empty() => return Err(Wait::AlertOpen),
            Some(_) => {}
        }
        match &self.sources {
            None => return Err(Wait::SourcesUnknown),
            Some(sources) if !sources.agree() => return Err(Wait::SourcesDisagree),
            Some(_) => {}
        }
        if self.halts.of(&case.burn.chain).is_some() {
            return Err(Wait::Halted);
        }
        let me = self.setup.as_ref().map(|setup| setup.me);
        if !me.is_some_and(|me| self.active(&case.burn.chain, now_ms).contains(&me)) {
            return Err(Wait::NotActive);
        }
        Ok(())
    }

    /// W3, as fresh as a signature wants it.
    pub(super) fn is_fresh(&self, case: &Case, now_ms: u64) -> bool {
        let fresh_ms = self.setup.as_ref().map_or(0, |setup| setup.timing.fresh_ms);
        case.unreleased_ms.is_some_and(|at| now_ms.saturating_sub(at) <= fresh_ms)
    }
}

impl Sources {
    /// Whether enough say the same and none says something else.
    #[must_use]
    pub fn agree(&self) -> bool {
        self.needed > 0 && self.agreeing >= self.needed && self.differing.is_empty()
    }
}

fn replace<T: PartialEq>(place: &mut Option<T>, new: T) -> bool {
    let changed = place.as_ref() != Some(&new);
    *place = Some(new);
    changed
}
