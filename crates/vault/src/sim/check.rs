//! What must hold, checked from outside: against the plan and the checks' own memory, never against the pipeline's word.

use super::chain::State;
use super::plan::{MINUTE_MS, PlannedBurn};
use super::run::{BLOCK_MS, REORG_MAX, Run};
use crate::journal;
use crate::payload::Payload;
use crate::pipeline::{BurnFact, Effect, Fact};
use crate::signature::Digest;
use everpay::{Amount, EverHash};
use std::collections::BTreeSet;

/// How long after a payout everybody can know of it: the oldest answer that is still fresh, and the lag of a machine.
const KNOWN_MS: u64 = 3 * MINUTE_MS;
const FRESH_MS: u64 = MINUTE_MS;

impl Run {
    /// Keeps what a driver told and the watchman took.
    pub(super) fn told(&mut self, place: usize, fact: &Fact) {
        let now_ms = self.now_ms;
        let node = &mut self.nodes[place];
        match fact {
            Fact::Alerts(open) => node.view.alert = Some(!open.is_empty()),
            Fact::Sources(sources) => node.view.disagree = Some(!sources.differing.is_empty()),
            Fact::Halted { .. } => node.halted = true,
            Fact::Rearmed { .. } => node.halted = false,
            Fact::Burn(hash, BurnFact::DepthReached { .. }) => {
                node.view.deep.insert(*hash);
            }
            Fact::Burn(hash, BurnFact::BatchDropped { .. }) => {
                node.view.deep.remove(hash);
            }
            Fact::Burn(hash, BurnFact::NotReleased) => {
                node.view.unreleased_ms.insert(*hash, now_ms);
            }
            Fact::Burn(hash, BurnFact::Released | BurnFact::Execution { .. }) => {
                node.view.released.insert(*hash);
            }
            Fact::Burn(hash, BurnFact::ExecutionUndone) => {
                node.view.released.remove(hash);
            }
            Fact::Burn(_, BurnFact::Approved { digest, .. }) => {
                node.approved.insert(*digest);
            }
            Fact::Burn(hash, BurnFact::IntentStored { digest }) => self.check_intent(place, hash, digest),
            _ => {}
        }
    }

    pub(super) fn check(&mut self, place: usize, effect: &Effect) {
        let broken = match effect {
            Effect::Sign { ever_hash, payload } => {
                self.signatures += 1;
                self.check_sign(place, ever_hash, payload)
            }
            Effect::Publish { signed } => self.leaves(place, &signed.payload().reading().ever_hash),
            Effect::Submit { ever_hash, payload, signatures, .. } => {
                let owners: BTreeSet<_> = signatures.iter().map(crate::signature::VerifiedSignature::owner).collect();
                let enough = u32::try_from(owners.len()).is_ok_and(|count| count >= self.plan.threshold);
                let right = signatures.iter().all(|one| one.digest() == payload.digest());
                let few = (!enough || !right).then(|| "submits what too few have signed".to_owned());
                few.or_else(|| self.leaves(place, ever_hash))
            }
            Effect::Accuse { signed } => {
                let owner = signed.signature().owner();
                self.accused.insert(owner);
                let honest =
                    (0..self.nodes.len()).find(|one| self.plan.owner(*one) == owner && self.plan.is_honest(*one));
                honest.map(|one| format!("accuses the honest watchman {one}"))
            }
            _ => None,
        };
        if let Some(what) = broken {
            self.broke(format!("watchman {place} {what}"));
        }
    }

    /// What holds whenever something leaves a watchman.
    fn leaves(&self, place: usize, ever_hash: &EverHash) -> Option<String> {
        let (node, planned) = (&self.nodes[place], self.planned(ever_hash)?);
        let recently = (self.now_ms - node.behind_ms).saturating_sub(MINUTE_MS)..=self.now_ms;
        // Its own replay runs late and is asked every quarter of a minute: deep at one of these moments.
        let was_deep = recently.step_by(1000).any(|at_ms| planned.is_deep(at_ms));
        if !was_deep || !node.view.deep.contains(ever_hash) {
            return Some(format!("acts on {ever_hash}, which is not deep (W1)"));
        }
        if node.view.alert != Some(false) {
            return Some(format!("acts on {ever_hash} while an alert is open or unknown (W2)"));
        }
        if node.view.disagree != Some(false) {
            return Some(format!("acts on {ever_hash} while sources disagree or are unknown"));
        }
        if node.view.released.contains(ever_hash) {
            return Some(format!("acts on {ever_hash}, which was released (W3)"));
        }
        node.halted.then(|| format!("acts on {ever_hash} while halted"))
    }

    fn check_sign(&mut self, place: usize, ever_hash: &EverHash, payload: &Payload) -> Option<String> {
        if let Some(what) = self.leaves(place, ever_hash) {
            return Some(what);
        }
        if self.was_paid_long(ever_hash) {
            return Some(format!("signs {ever_hash}, which the chain paid long ago (W3)"));
        }
        let (node, planned, digest) = (&self.nodes[place], self.planned(ever_hash)?, payload.digest());
        let asked_ms = node.view.unreleased_ms.get(ever_hash).copied().unwrap_or(0);
        if self.now_ms - asked_ms > FRESH_MS {
            return Some(format!("signs {ever_hash} on an old answer of the chain (W3)"));
        }
        if !node.intents.contains_key(ever_hash) {
            return Some(format!("signs {ever_hash} without an intent (W5)"));
        }
        let is_intent = |fact: &Fact| *fact == Fact::Burn(*ever_hash, BurnFact::IntentStored { digest });
        let stored = journal::entries(&node.disk).is_ok_and(|all| all.iter().any(|entry| is_intent(&entry.fact)));
        if !stored {
            return Some(format!("signs {ever_hash} without its intent on disk (W5)"));
        }
        let reading = payload.reading();
        if reading.differs(&planned.burn, &self.plan.vault).is_some() {
            return Some(format!("signs something else than {ever_hash} (W6)"));
        }
        let first = *self.nodes[place].signed.entry(*ever_hash).or_insert(digest);
        (first != digest).then(|| format!("signs two digests for {ever_hash} (W5)"))
    }

    /// W4, counted anew: the window, the delay, and who approved.
    fn check_intent(&mut self, place: usize, ever_hash: &EverHash, digest: &Digest) {
        let (now_ms, policy) = (self.now_ms, self.plan.policy(place));
        let Some(planned) = self.planned(ever_hash) else { return };
        let (amount, due_ms) = (planned.burn.amount, planned.burn.batch.time_ms + planned.waits_ms());
        let Some(limits) = policy.tokens.get(&planned.burn.tag) else { return };
        let node = &mut self.nodes[place];
        node.intents.entry(*ever_hash).or_insert((now_ms, amount));
        let by_person = node.approved.contains(digest);
        let window = limits.window.map(|window| (window.length_ms(), window.max));
        let recent = node.intents.values().filter(|(at, _)| window.is_some_and(|(length, _)| at + length > now_ms));
        let sum = recent.fold(Amount::ZERO, |sum, (_, amount)| sum.checked_add(*amount).unwrap_or(Amount::MAX));
        let broken = if amount > limits.auto_up_to && !by_person {
            Some("without a person")
        } else if now_ms < due_ms {
            Some("before its delay has passed")
        } else if window.is_some_and(|(_, max)| sum > max) {
            Some("beyond the window")
        } else {
            None
        };
        if let Some(how) = broken {
            self.broke(format!("watchman {place} commits to {ever_hash} {how} (W4)"));
        }
    }

    /// Nobody is paid twice, or otherwise than the burn says.
    pub(super) fn check_payouts(&mut self) {
        let state = self.vault_state(0);
        if let Some(what) = self.wrong_payout(&state) {
            self.broke(what);
        }
    }

    fn wrong_payout(&self, state: &State) -> Option<String> {
        state.paid.iter().find_map(|(ever_hash, paid)| {
            let planned = self.planned(ever_hash);
            let right = |payload: &Payload| planned.is_some_and(|planned| planned.payload.as_ref() == Some(payload));
            match paid.as_slice() {
                [one] if !right(&one.payload) => Some(format!("{ever_hash} is paid otherwise than it says")),
                [_] if !planned.is_some_and(PlannedBurn::is_payable) => {
                    Some(format!("{ever_hash} is paid, and no burn"))
                }
                [_] => None,
                _ => Some(format!("{ever_hash} is paid twice")),
            }
        })
    }

    fn was_paid_long(&mut self, ever_hash: &EverHash) -> bool {
        // As many blocks as that takes, and those that one reorganisation replaces at a stroke.
        let behind = usize::try_from(KNOWN_MS / BLOCK_MS).expect("a small number") + REORG_MAX;
        self.vault_state(behind).paid.contains_key(ever_hash)
    }

    fn planned(&self, ever_hash: &EverHash) -> Option<&PlannedBurn> {
        self.plan.burns.iter().find(|planned| planned.burn.ever_hash == *ever_hash)
    }
}
