//! What can be asked of a watchman, as one line of JSON.

use everpay::EverHash;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What can be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Request {
    /// The burns, newest first: rows of [`crate::QueueRow`].
    List,
    /// [`crate::Status`].
    Status,
    /// [`crate::PayoutFacts`] of a burn.
    Show {
        /// The burn.
        ever_hash: EverHash,
    },
    /// Approve a payout.
    Approve {
        /// The burn.
        ever_hash: EverHash,
        /// What was looked at, `0x` hex.
        digest: String,
        /// Who.
        by: String,
    },
    /// Refuse a payout.
    Refuse {
        /// The burn.
        ever_hash: EverHash,
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// Let a refused or failed payout try again.
    Reopen {
        /// The burn.
        ever_hash: EverHash,
        /// Who.
        by: String,
    },
    /// Stop a vault.
    Halt {
        /// The chain.
        chain: String,
        /// Key of the cause.
        key: String,
    },
    /// Arm a vault again.
    Rearm {
        /// The chain.
        chain: String,
        /// Keys of all causes that stand.
        keys: BTreeSet<String>,
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// Take an accused watchman back.
    Pardon {
        /// Address of its key.
        owner: String,
        /// Who.
        by: String,
    },
    /// Read policy and roster again from their sealed files: rows of [`crate::ChangeRow`].
    Reload,
}

impl Request {
    /// Whether it decides nothing.
    pub(super) fn only_looks(&self) -> bool {
        matches!(self, Self::List | Self::Status | Self::Show { .. })
    }
}
