//! What the judging of the next batch needs beside the ledger. Settled with each batch, so that a restart goes on alike.

use everpay::{AccountId, Amount, TokenTag};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// Expectations of refused transactions that are remembered; the oldest keys go first beyond it.
const DEBTS_MAX: usize = 4_096;

/// The small state beside the ledger.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Carry {
    /// Running sums over all batches.
    pub(crate) totals: Totals,
    /// Id of the last item, which the next one names as its parent.
    pub(crate) last_item: Option<[u8; 32]>,
    /// An undecidable transaction took part in this history: what may follow from it is undecidable as well.
    pub(crate) undecided: bool,
    /// Items of a replaced branch that are expected again, in order.
    pub(crate) repeats: VecDeque<[u8; 32]>,
    /// What accounts would own, had a refused transaction been good.
    pub(crate) debts: Debts,
}

/// Running sums.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Totals {
    pub(crate) transactions: u64,
    pub(crate) rejected: u64,
    pub(crate) undecidable: u64,
    pub(crate) not_checkable: u64,
    /// Taken effect, marked mints included.
    pub(crate) applied: u64,
}

impl Totals {
    pub(crate) const fn to_array(self) -> [u64; 4] {
        [self.transactions, self.rejected, self.undecidable, self.not_checkable]
    }
}

impl Carry {
    pub(crate) fn encode(&self) -> Vec<u8> {
        postcard::to_stdvec(self).expect("plain data into a growing vector")
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }
}

/// Amounts that refused transactions seemed to give, so that what fails only for their lack is told under the same alert.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Debts(BTreeMap<(AccountId, TokenTag), Debt>);

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Debt {
    amount: Amount,
    alert: String,
}

impl Debts {
    /// Remembers that `to` seemed to receive `amount` by what `alert` is about.
    pub(crate) fn expect(&mut self, to: &AccountId, tag: &TokenTag, amount: Amount, alert: &str) {
        let key = (*to, tag.clone());
        if self.0.len() >= DEBTS_MAX && !self.0.contains_key(&key) {
            return;
        }
        let debt = self.0.entry(key).or_insert_with(|| Debt { amount: Amount::ZERO, alert: alert.to_owned() });
        debt.amount = debt.amount.checked_add(amount).unwrap_or(debt.amount);
    }

    /// The alert under which a shortfall falls, if that much was expected; uses it up.
    pub(crate) fn explain(&mut self, from: &AccountId, tag: &TokenTag, short: Amount) -> Option<String> {
        let debt = self.0.get_mut(&(*from, tag.clone()))?;
        debt.amount = debt.amount.checked_sub(short)?;
        Some(debt.alert.clone())
    }
}
