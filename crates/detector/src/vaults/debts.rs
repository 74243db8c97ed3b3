//! What the ledger owes at its head: supplies, and burns that wait, settled or in the overlay.

use super::rows;
use super::solvency::Debt;
use crate::alert::Place;
use crate::head::Head;
use arweave::ArweaveId;
use everpay::{Amount, Rules, TokenTag, token};
use oracle::{Evidence, Payout};
use std::collections::{BTreeMap, BTreeSet};
use store::ledger::{BurnRow, LedgerStore};
use store::sqlite::StoreError;

/// Payouts that one reading of a chain asks about at most, the oldest first; the rest is assumed to wait.
const ASKED_MAX: usize = 256;

/// The ledger's side at one moment.
#[derive(Debug)]
pub(crate) struct LedgerSide {
    pub(crate) rules: Rules,
    /// Number of the last batch.
    pub(crate) batch: u64,
    /// The same as a place for alerts.
    pub(crate) place: Place,
    /// The ledger is read to the end of the chain of batches.
    pub(crate) caught_up: bool,
    /// When that end was last reached, by the start of the poll that showed it, Unix ms.
    pub(crate) reached_ms: u64,
    supplies: Vec<(TokenTag, Amount)>,
    /// Burns of the overlay.
    pub(crate) fresh_burns: Vec<BurnRow>,
    /// Deposits credited in the overlay, by everHash of the mint.
    pub(crate) fresh_credits: Vec<(String, Evidence)>,
}

impl LedgerSide {
    /// `None` until the rules are known.
    pub(crate) fn of(head: &Head) -> Option<Self> {
        let ledger = head.ledger.as_ref()?;
        let status = &head.status;
        let newest = head.overlay.back().map(|last| last.prepared.batch.id.to_string());
        let batch_id = newest.or_else(|| head.roots.front().map(|(id, ..)| id.clone())).unwrap_or_default();
        Some(Self {
            rules: ledger.rules().clone(),
            batch: head.number(),
            place: Place { batch_id, batch: Some(head.number()), item: None, ever_hash: None },
            caught_up: status.started && status.lag_batches == 0 && status.unfinished.is_none(),
            reached_ms: head.reached_ms,
            supplies: ledger.tokens().map(|token| (token.tag, token.state.supply)).collect(),
            fresh_burns: head.overlay.iter().flat_map(rows::burns).collect(),
            fresh_credits: head
                .overlay
                .iter()
                .flat_map(rows::credited)
                .map(|(hash, evidence)| (hash, evidence.clone()))
                .collect(),
        })
    }

    /// Burns up to this moment's head that are not marked as paid, oldest first. A batch that comes to rest meanwhile is
    /// counted once.
    pub(crate) async fn waiting(&self, store: &LedgerStore) -> Result<BTreeMap<u64, BurnRow>, StoreError> {
        let settled = store.waiting_burns().await?.into_iter().filter(|row| row.batch <= self.batch);
        Ok(settled.chain(self.fresh_burns.iter().cloned()).map(|row| (row.id, row)).collect())
    }

    /// Debts by token, given what the chains say about payments.
    pub(crate) fn debts(&self, burns: &BTreeMap<u64, BurnRow>, payments: &Payments) -> BTreeMap<TokenTag, Debt> {
        let mut debts: BTreeMap<TokenTag, Debt> = self
            .supplies
            .iter()
            .map(|(tag, supply)| (tag.clone(), Debt { supply: *supply, ..Debt::default() }))
            .collect();
        for row in burns.values().filter(|row| !payments.paid.contains(&row.ever_hash)) {
            let amount = row.amount.parse().unwrap_or(Amount::ZERO);
            let debt = debts.entry(TokenTag::from_text(&row.tag)).or_default();
            debt.waiting = debt.waiting.checked_add(amount).unwrap_or(Amount::MAX);
            if !payments.asked.contains(&row.ever_hash) {
                debt.unasked = debt.unasked.checked_add(amount).unwrap_or(Amount::MAX);
            }
        }
        debts
    }
}

/// What the chains say about payments.
#[derive(Debug, Default)]
pub(crate) struct Payments {
    /// everHashes of the burns that were asked about.
    pub(crate) asked: BTreeSet<String>,
    /// Those of them that are paid.
    pub(crate) paid: BTreeSet<String>,
}

/// Burns of a chain as questions to it, oldest first; those that it cannot be asked about are left out.
pub(crate) fn payouts<'a>(rules: &Rules, chain: &str, burns: impl Iterator<Item = &'a BurnRow>) -> Vec<Payout> {
    burns.filter(|row| row.chain == chain).filter_map(|row| payout(rules, row)).take(ASKED_MAX).collect()
}

/// A burn as what its vault is to pay; `None` when it cannot.
pub(crate) fn payout(rules: &Rules, row: &BurnRow) -> Option<Payout> {
    let spec = rules.token(&TokenTag::from_text(&row.tag))?;
    let target = spec.targets.get(&row.chain)?;
    let batch: ArweaveId = row.batch_id.parse().ok()?;
    Some(Payout {
        ever_hash: row.ever_hash.parse().ok()?,
        batch_id: *batch.as_bytes(),
        token_id: target.token_id.clone(),
        to: row.recipient.clone(),
        amount: token::burn_amount(row.amount.parse().ok()?, spec.decimals, target.decimals)?,
    })
}
