//! What a watchman lets pass (W4): a file that people read, and its exact meaning.
//!
//! All amounts are base units of the ledger, as decimal text; times are Unix ms inside and hours or minutes in the file. Every
//! member must be there: a limit that somebody forgot is not taken for none, `null` says none. What always holds: sums never
//! wrap, and what cannot be added up is beyond every limit. What it does not do: forget. Its [`History`] is told by whoever
//! decides.
//!
//! Precedence, first that applies: stopped, token not listed, recipient unreadable, denied, not on the allow list, more than
//! one payout may be, more than a window may ever hold (all of these forbid); delay and full windows (hold until the latest
//! of them ends); automatic up to a limit; else a person is asked.

mod diff;
mod history;
mod judge;
mod parse;
mod usage;

pub use diff::{PolicyChange, diff, token_of};
pub use history::{History, Spent};
pub use judge::{PolicyRule, Verdict};
pub use parse::PolicyError;
pub use usage::LimitUse;

use everpay::{AccountId, Amount, TokenTag};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a watchman lets pass. Made by [`Policy::parse`] or [`Policy::checked`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Policy {
    /// Version of the format: 1.
    pub version: u32,
    /// The stop switch: nothing passes.
    pub stopped: bool,
    /// Limits by token. A token that is not here is not paid out.
    #[serde(deserialize_with = "parse::unique")]
    pub tokens: BTreeMap<TokenTag, TokenPolicy>,
    /// Who is never paid.
    pub deny: BTreeSet<AccountId>,
    /// Who alone is paid; `null`: anyone.
    #[serde(deserialize_with = "parse::required")]
    pub allow: Option<BTreeSet<AccountId>>,
}

/// The limits of one token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenPolicy {
    /// Most of one payout.
    pub payout_max: Amount,
    /// Most of all payouts within a rolling time; `null`: no such limit.
    #[serde(deserialize_with = "parse::required")]
    pub window: Option<Window>,
    /// Most to one recipient within a rolling time; `null`: no such limit.
    #[serde(deserialize_with = "parse::required")]
    pub recipient: Option<Window>,
    /// Waiting time of large amounts; `null`: none.
    #[serde(deserialize_with = "parse::required")]
    pub delay: Option<Delay>,
    /// Up to here no person is asked; 0: always.
    pub auto_up_to: Amount,
}

/// A sum within a rolling time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Window {
    /// How long a payout counts after it was approved: 1 to 8760.
    pub hours: u32,
    /// Most that may count at a time.
    pub max: Amount,
}

/// A waiting time, counted from the block of the burn's batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Delay {
    /// Amounts greater than this wait.
    pub above: Amount,
    /// How long: 1 to 43200.
    pub minutes: u32,
}

const MS_PER_MINUTE: u64 = 60_000;
const MS_PER_HOUR: u64 = 60 * MS_PER_MINUTE;

impl Window {
    /// Its length, ms.
    #[must_use]
    pub fn length_ms(&self) -> u64 {
        u64::from(self.hours) * MS_PER_HOUR
    }
}

impl Delay {
    /// Its length, ms.
    #[must_use]
    pub fn length_ms(&self) -> u64 {
        u64::from(self.minutes) * MS_PER_MINUTE
    }
}

#[cfg(test)]
mod tests;
