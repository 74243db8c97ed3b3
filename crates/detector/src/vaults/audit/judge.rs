//! What becomes of acts, given the burns that the replay verified. Pure.
//!
//! What always holds: an act is justified for good only by a burn that is settled; that a burn is unknown counts only after
//! the end of the ledger was reached twice since the act was read, for those who pay may be ahead of this replay.

use super::acts::{self, Owners};
use super::history::Vault;
use oracle::Payout;
use std::collections::BTreeMap;
use store::ledger::{ActRow, BurnRow};
use store::sqlite::StoreError;
use vault_evm::release::{Event, Finding, Rule, VaultEvent, Why, audit};

/// A burn that took effect.
#[derive(Debug, Clone)]
pub(crate) struct Burn {
    pub(crate) row: BurnRow,
    /// What its vault is to pay; `None` when that is not this one, or it cannot.
    pub(crate) payout: Option<Payout>,
    pub(crate) settled: bool,
}

/// What is known at one moment.
#[derive(Debug)]
pub(crate) struct Bench<'a> {
    pub(crate) vault: &'a Vault,
    /// Whoever owned the vault at any time.
    pub(crate) owners: &'a Owners,
    /// By everHash.
    pub(crate) burns: &'a BTreeMap<String, Burn>,
    /// The chain of the vault is read to its end, so that all owners are known.
    pub(crate) read: bool,
    /// The end of the ledger was reached twice after this time, Unix ms.
    pub(crate) complete_to_ms: u64,
}

/// What becomes of one act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Its burn is there and may still drop out.
    Waits,
    /// Its burn is not known yet, or who signed it is not.
    Unsure,
    /// Justified, or nobody's concern.
    Right,
    /// Not justified.
    Wrong(Box<Finding>),
}

impl Bench<'_> {
    /// Verdicts on `rows`, in their order. `paid` are all payouts for their burns.
    pub(crate) fn judge(&self, rows: &[ActRow], paid: &[ActRow]) -> Result<Vec<Verdict>, StoreError> {
        let mut events = BTreeMap::new();
        for row in rows.iter().chain(paid) {
            let event = acts::event(row)?;
            events.insert(event.at, event);
        }
        let events: Vec<VaultEvent> = events.into_values().collect();
        let payouts: Vec<Payout> = self.burns.values().filter_map(|burn| burn.payout.clone()).collect();
        let owners = self.owners.iter().map(|owner| (*owner).into()).collect();
        let findings = audit(&events, &payouts, &owners, &self.vault.tokens, self.vault.chain_id);
        rows.iter().map(|row| Ok(self.verdict(row, finding(&findings, &acts::event(row)?)))).collect()
    }

    fn verdict(&self, row: &ActRow, finding: Option<&Finding>) -> Verdict {
        let burn = self.burns.get(&row.ever_hash);
        let owner = row.signer.is_none_or(|signer| self.owners.contains(&signer));
        match finding {
            _ if !owner && !self.read => Verdict::Unsure,
            Some(finding) if finding.why == Why::UnknownBurn && row.seen_ms >= self.complete_to_ms => Verdict::Unsure,
            Some(finding) => Verdict::Wrong(Box::new(finding.clone())),
            None if burn.is_some_and(|burn| !burn.settled) => Verdict::Waits,
            None => Verdict::Right,
        }
    }
}

/// The finding about an event; one about a signature is about every copy of it.
fn finding<'a>(findings: &'a [Finding], said: &VaultEvent) -> Option<&'a Finding> {
    findings.iter().find(|finding| match &said.event {
        Event::SubmissionFailure { signer, proposal } => {
            finding.rule == Rule::F13 && finding.signer == Some(*signer) && finding.proposal == *proposal
        }
        _ => finding.rule == Rule::F11 && finding.at == said.at,
    })
}
