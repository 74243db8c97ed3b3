//! What was let pass lately: what the windows of a policy count.

use everpay::{AccountId, Amount, EverHash, TokenTag};
use std::collections::BTreeMap;

/// A payout that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spent {
    /// Its token.
    pub tag: TokenTag,
    /// Who is paid.
    pub to: AccountId,
    /// How much, ledger units.
    pub amount: Amount,
    /// When it was approved, Unix ms.
    pub at_ms: u64,
}

/// Payouts by burn and by the time from which they count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    by_time: BTreeMap<(u64, EverHash), Spent>,
    times: BTreeMap<EverHash, u64>,
}

impl History {
    /// Counts a payout; one that is counted already stays as it is.
    pub fn add(&mut self, ever_hash: EverHash, spent: Spent) {
        if let std::collections::btree_map::Entry::Vacant(place) = self.times.entry(ever_hash) {
            place.insert(spent.at_ms);
            self.by_time.insert((spent.at_ms, ever_hash), spent);
        }
    }

    /// Counts it no longer.
    pub fn remove(&mut self, ever_hash: &EverHash) {
        if let Some(at_ms) = self.times.remove(ever_hash) {
            self.by_time.remove(&(at_ms, *ever_hash));
        }
    }

    /// Whether this payout is counted.
    #[must_use]
    pub fn contains(&self, ever_hash: &EverHash) -> bool {
        self.times.contains_key(ever_hash)
    }

    /// The payouts that count in a window of `length_ms` at `now_ms`, oldest first, without the one asked about. A payout
    /// counts while less than the window's length has passed since its approval.
    pub(super) fn within(&self, except: EverHash, now_ms: u64, length_ms: u64) -> impl Iterator<Item = &Spent> {
        // Those of the present moment and later (the clock may have been set back) count; at time 0 everything does.
        let first = now_ms.checked_sub(length_ms).map_or(0, |end| end.saturating_add(1));
        self.by_time
            .range((first, EverHash::new([0; 32]))..)
            .filter_map(move |((_, hash), spent)| (*hash != except).then_some(spent))
    }
}
