//! The way of a burn to its payment, step by step: what this machine verified, and beside it what the coordinator says.

use detector::model::{BurnState, VerdictKind};
use everpay::EverHash;
use vault_evm::watch::Record;

use super::{Answer, Withdraw};
use crate::api::{ChainFinality, CommandError, HashRequest, PathStep, PayoutDetail, WithdrawalView};
use crate::watchers::Watched;
use crate::{door, map};

/// What is known of one burn.
#[derive(Debug, Default)]
struct Facts {
    /// The coordinator has it, by its own word.
    claimed: Option<Record>,
    /// It left from here.
    sent: bool,
    found: Option<Found>,
    /// What the watchman of this program knows.
    signing: Option<Signing>,
    paid: bool,
    /// The payment cannot be undone any more.
    is_final: bool,
}

/// In the ledger, by this machine's own replay.
#[derive(Debug, Default)]
struct Found {
    batch: String,
    block_ms: u64,
    /// Why it was refused there.
    refused: Option<String>,
    settled: bool,
    depth: Option<u64>,
    needed: u64,
}

/// Who signed, as far as a watchman here knows.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Signing {
    signed: u32,
    needed: Option<u32>,
    unsigned: Vec<String>,
    tx: Option<String>,
}

impl Signing {
    fn of(detail: &PayoutDetail) -> Self {
        let missing = detail.signers.iter().filter(|signer| signer.state != "signed");
        Self {
            signed: detail.row.signed,
            needed: detail.row.needed,
            unsigned: missing.map(|signer| signer.name.clone()).collect(),
            tx: detail.row.tx.clone(),
        }
    }

    fn is_complete(&self) -> bool {
        self.needed.is_some_and(|needed| needed > 0 && self.signed >= needed)
    }
}

impl Withdraw<'_> {
    /// The way of a burn. `payout` is what the watchman of this program says of it.
    ///
    /// # Errors
    /// `not_found` when neither the ledger nor the coordinator knows such a burn.
    pub(crate) async fn path(&self, request: &HashRequest, payout: Option<&PayoutDetail>) -> Answer<WithdrawalView> {
        let hash = door::ever_hash(&request.ever_hash)?;
        let mut facts = self.facts(&hash).await?;
        if facts.found.is_none() && facts.claimed.is_none() && !facts.sent {
            return Err(CommandError::new("not_found", "no such withdrawal"));
        }
        facts.signing = payout.map(Signing::of);
        let signing = facts.signing.clone();
        let claimed = facts.claimed.as_ref().and_then(|record| record.payment.clone());
        Ok(WithdrawalView {
            ever_hash: hash.to_string(),
            steps: steps(&facts),
            signed: signing.as_ref().map(|signing| signing.signed),
            needed: signing.as_ref().and_then(|signing| signing.needed),
            unsigned: signing.as_ref().map(|signing| signing.unsigned.clone()).unwrap_or_default(),
            // Which transaction paid is somebody's word; that the burn is paid is not.
            tx: facts.paid.then(|| signing.and_then(|signing| signing.tx).or(claimed)).flatten(),
        })
    }

    async fn facts(&self, hash: &EverHash) -> Answer<Facts> {
        let fault = |fault| CommandError::new("core_fault", fault);
        let mut facts = Facts { sent: self.here().sent.knows(hash), ..Facts::default() };
        if let Some(coordinator) = &self.here().coordinator {
            facts.claimed = tokio::time::timeout(super::CLAIM_TIME, coordinator.record(hash))
                .await
                .ok()
                .and_then(|answered| answered.inspect_err(|why| tracing::debug!(%why, "no record")).ok().flatten());
        }
        let Some(info) = self.view.transaction(hash).await.map_err(fault)? else { return Ok(facts) };
        if info.tx.as_ref().is_none_or(|tx| tx.action != "burn") {
            return Err(CommandError::new("not_found", "this is no withdrawal"));
        }
        facts.found = Some(Found {
            batch: info.batch.id,
            block_ms: info.batch.block_time_ms,
            refused: (info.verdict.kind == VerdictKind::Rejected).then(|| info.verdict.code.unwrap_or_default()),
            settled: info.batch.confirmed,
            depth: map::depth(info.batch.height, self.view.status().tip),
            needed: self.shared.network.depth,
        });
        if let Some(burn) = self.view.burn(hash).await.map_err(fault)? {
            facts.paid = burn.state == BurnState::Paid;
            facts.is_final = burn.paid_height.is_some_and(|height| self.is_final(&burn.chain, height));
        }
        Ok(facts)
    }

    /// Whether a block of a chain is as deep as a deposit must be.
    fn is_final(&self, chain: &str, height: u64) -> bool {
        let watched = self.shared.watchers.of(chain);
        let Some(state) = watched.as_ref().and_then(Watched::view).map(vault_evm::watch::WatchView::state) else {
            return false;
        };
        let file = &self.shared.network;
        let counts = file.deposit_confirmations.get(chain).copied().unwrap_or(detector::DEPOSIT_CONFIRMATIONS_DEFAULT);
        let finality = file.evm.get(chain).map(map::finality);
        match finality {
            Some(ChainFinality::Finalized) => state.finalized.is_some_and(|finalized| finalized >= height),
            Some(ChainFinality::Count) => {
                map::depth(height, state.tip.map(|tip| tip.number)).is_some_and(|d| d >= counts)
            }
            None => false,
        }
    }
}

/// The steps with the first that is not done marked as the one at work.
fn steps(facts: &Facts) -> Vec<PathStep> {
    let found = facts.found.as_ref();
    let accepted = found.is_some() || facts.claimed.is_some();
    if let Some(refused) = found.and_then(|found| found.refused.clone()) {
        return numbered([("accepted", true, None, None), ("refused", false, None, Some(refused))].into());
    }
    let depth = |found: &Found| format!("{}/{}", found.depth.unwrap_or_default(), found.needed);
    let signed = facts.paid || facts.signing.as_ref().is_some_and(Signing::is_complete);
    let signatures = facts.signing.as_ref().and_then(|now| Some(format!("{}/{}", now.signed, now.needed?)));
    let batch = found.map(|found| found.batch.clone()).or_else(|| facts.claimed.as_ref()?.batch.clone());
    numbered(vec![
        ("accepted", accepted, None, None),
        ("batched", found.is_some(), found.map(|found| found.block_ms), batch),
        ("confirmed", found.is_some_and(|found| found.settled), None, found.map(depth)),
        ("signing", signed, None, signatures),
        ("paid", facts.paid, None, None),
        ("final", facts.is_final, None, None),
    ])
}

/// A step: code, whether it is done, when, and the fact that shows it.
type Step = (&'static str, bool, Option<u64>, Option<String>);

fn numbered(steps: Vec<Step>) -> Vec<PathStep> {
    let mut before = true;
    let mut step = |(code, done, at_ms, fact): Step| {
        let state = match (before, done) {
            (true, true) => "done",
            (true, false) => "now",
            (false, _) => "to_come",
        };
        before &= done;
        PathStep { code: code.to_owned(), state: state.to_owned(), at_ms: at_ms.filter(|_| state == "done"), fact }
    };
    steps.into_iter().map(&mut step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(facts: &Facts) -> Vec<String> {
        steps(facts).into_iter().map(|step| format!("{} {}", step.code, step.state)).collect()
    }

    fn found(settled: bool) -> Option<Found> {
        Some(Found { batch: "b".to_owned(), block_ms: 7, settled, depth: Some(2), needed: 3, ..Found::default() })
    }

    #[test]
    fn the_steps_follow_what_is_known() {
        let none = states(&Facts { sent: true, ..Facts::default() });
        assert_eq!(none[..2], ["accepted now", "batched to_come"]);
        let claimed = Facts { claimed: Some(Record { batch: None, payment: None }), ..Facts::default() };
        assert_eq!(states(&claimed)[..2], ["accepted done", "batched now"]);
        let young = Facts { found: found(false), ..Facts::default() };
        assert_eq!(states(&young)[1..4], ["batched done", "confirmed now", "signing to_come"]);
        assert_eq!(steps(&young)[2].fact.as_deref(), Some("2/3"));
        assert_eq!(steps(&young)[1].at_ms, Some(7));
        let settled = Facts { found: found(true), ..Facts::default() };
        assert_eq!(states(&settled)[2..], ["confirmed done", "signing now", "paid to_come", "final to_come"]);
        let paid = Facts { found: found(true), paid: true, ..Facts::default() };
        assert_eq!(states(&paid)[3..], ["signing done", "paid done", "final now"]);
        let end = Facts { is_final: true, ..paid };
        assert!(states(&end).iter().all(|state| state.ends_with("done")));
    }

    #[test]
    fn signatures_count_when_a_watchman_here_knows_them() {
        let signing = |signed| Some(Signing { signed, needed: Some(2), ..Signing::default() });
        let half = Facts { found: found(true), signing: signing(1), ..Facts::default() };
        assert_eq!((states(&half)[3].as_str(), steps(&half)[3].fact.as_deref()), ("signing now", Some("1/2")));
        let whole = Facts { found: found(true), signing: signing(2), ..Facts::default() };
        assert_eq!(states(&whole)[3..5], ["signing done", "paid now"]);
    }

    #[test]
    fn a_burn_that_the_ledger_refused_ends_there() {
        let refused = Found { refused: Some("err_insufficient_balance".to_owned()), ..Found::default() };
        let facts = Facts { found: Some(refused), ..Facts::default() };
        assert_eq!(states(&facts), ["accepted done", "refused now"]);
        assert_eq!(steps(&facts)[1].fact.as_deref(), Some("err_insufficient_balance"));
    }
}
