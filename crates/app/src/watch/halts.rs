//! What halts the vaults: the watchman's causes and the detector's, stopped and lifted as one.
//!
//! What always holds: a stop is one command; arming again takes a person who names every cause and says why, outside the page.

use std::collections::BTreeSet;

use detector::model::Halt;
use watchman::HaltRow;

use super::decide::person;
use super::{Answer, Guard, not_done, questions};
use crate::api::{CommandError, RearmRequest, StopRequest, WatchHalt, WatchmanView};
use crate::core::with_causes;
use crate::door;

impl Guard<'_> {
    pub(crate) async fn stop(&self, request: &StopRequest) -> Answer<WatchmanView> {
        let running = self.running()?;
        let mut chains: Vec<String> = self.watchman().await?.vaults.into_iter().map(|vault| vault.chain).collect();
        if let Some(only) = &request.chain {
            chains.retain(|chain| chain == only);
        }
        if chains.is_empty() {
            return Err(CommandError::new("not_found", "no vault is guarded there"));
        }
        // A key of its own: a later stop is a cause of its own.
        let key = format!("stopped-{}", detector::now_ms());
        for chain in chains {
            running.halt(&chain, &key).await.map_err(not_done)?;
        }
        self.changed();
        self.watchman().await
    }

    /// Where no watchman is set up the detector's mark is lifted alone, which needs no key. A watchman that does not run
    /// yet would never hear of a halt that was lifted before.
    pub(crate) async fn rearm(&self, request: &RearmRequest) -> Answer<WatchmanView> {
        let guards = self.watch().account().is_some();
        if guards {
            self.unlocked()?;
        }
        let running = self.running().ok();
        let keys: BTreeSet<String> = request.keys.iter().cloned().collect();
        let causes = causes(&self.watchman().await?.halts, &request.chain, &keys)?;
        let reason = door::text(&request.reason)?;
        self.ask(questions::rearm(&request.chain, &causes, reason)).await?;
        if guards {
            self.unlocked()?;
        }
        self.lift(&request.chain, &keys, reason).await?;
        if let Some(running) = running {
            let status = running.status().await.map_err(not_done)?;
            let known = status.halts.into_iter().filter(|halt| halt.chain == request.chain).map(|halt| halt.key);
            let ours: BTreeSet<String> = known.filter(|key| keys.contains(key)).collect();
            if !ours.is_empty() {
                running.rearm(&request.chain, ours, &person(), reason).await.map_err(not_done)?;
            }
        }
        self.changed();
        self.watchman().await
    }

    /// Lifts the detector's mark, where it has one.
    async fn lift(&self, chain: &str, keys: &BTreeSet<String>, reason: &str) -> Answer<()> {
        let halts = self.ledger.solvency().halts.into_iter().filter(|halt| halt.chain == chain);
        let theirs: BTreeSet<String> = halts.map(|halt| halt.alert_key).collect();
        let named: BTreeSet<String> = keys.intersection(&theirs).cloned().collect();
        if theirs.is_empty() {
            return Ok(());
        }
        let lifted = self.ledger.lift_halt(chain, &named, &person(), reason).await;
        lifted.map_err(|why| CommandError::new("refused", with_causes(&why)))
    }

    /// What halts a vault by the word of either.
    pub(super) fn halts(&self, watchmans: &[HaltRow]) -> Vec<WatchHalt> {
        both(watchmans, &self.ledger.solvency().halts)
    }
}

fn both(watchmans: &[HaltRow], detectors: &[Halt]) -> Vec<WatchHalt> {
    let ours = watchmans.iter().map(|halt| WatchHalt {
        chain: halt.chain.clone(),
        key: halt.key.clone(),
        cause: halt.cause.to_owned(),
        since_ms: halt.since_ms,
    });
    let is_ours = |halt: &&Halt| !watchmans.iter().any(|own| own.chain == halt.chain && own.key == halt.alert_key);
    let theirs = detectors.iter().filter(is_ours).map(|halt| WatchHalt {
        chain: halt.chain.clone(),
        key: halt.alert_key.clone(),
        cause: cause(&halt.code).to_owned(),
        since_ms: halt.since_ms,
    });
    ours.chain(theirs).collect()
}

/// The watchman's code for what stopped a vault.
fn cause(code: &str) -> &'static str {
    match code {
        "vault_short" => "shortfall",
        "mint_undone" => "mint_undone",
        _ => "fraud",
    }
}

/// Code and key of every cause that was named.
fn causes(standing: &[WatchHalt], chain: &str, keys: &BTreeSet<String>) -> Answer<Vec<(String, String)>> {
    let named = |key: &String| standing.iter().find(|halt| halt.chain == chain && halt.key == *key);
    let causes: Option<Vec<_>> =
        keys.iter().map(|key| named(key).map(|halt| (halt.cause.clone(), halt.key.clone()))).collect();
    let causes = causes.filter(|causes| !causes.is_empty());
    causes.ok_or_else(|| CommandError::new("not_found", "no such cause halts this vault"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn detectors(key: &str, code: &str) -> Halt {
        Halt { chain: "moon".into(), since_ms: 5, code: code.into(), alert_key: key.into() }
    }

    #[test]
    fn a_cause_that_both_know_is_listed_once_and_every_named_cause_must_stand() {
        let own = |key: &str| HaltRow { chain: "moon".into(), key: key.into(), cause: "person", since_ms: 1 };
        let all = both(&[own("a"), own("stop")], &[detectors("a", "vault_short"), detectors("b", "unknown_burn")]);
        let told: Vec<_> = all.iter().map(|halt| (halt.key.as_str(), halt.cause.as_str())).collect();
        assert_eq!(told, [("a", "person"), ("stop", "person"), ("b", "fraud")]);
        let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(causes(&all, "moon", &keys(&["a", "b"])).unwrap().len(), 2);
        for (chain, named) in [("moon", keys(&[])), ("moon", keys(&["a", "c"])), ("sun", keys(&["a"]))] {
            assert_eq!(causes(&all, chain, &named).unwrap_err().code, "not_found");
        }
    }
}
