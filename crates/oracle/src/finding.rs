//! What a check of a mint can come to.

use serde::{Deserialize, Serialize};

/// As of when a deposit is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckPoint {
    /// Now, at the source's tip: for accepting a mint.
    Now,
    /// As of the Arweave block that holds the mint's batch: for replaying it. The answer is the same for ever.
    AtBatch {
        /// Height of that block: the clock of deposits on Arweave itself.
        height: u64,
        /// Its time, Unix ms: the clock of deposits on every other chain.
        time_ms: u64,
    },
}

/// The verdict of a source chain about one mint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "finding")]
pub enum MintFinding {
    /// The deposit exists as the mint says, deep enough.
    Verified {
        /// What was seen.
        evidence: Evidence,
    },
    /// It does not.
    Refuted {
        /// Which requirement fails.
        reason: RefutedWhy,
        /// What was seen.
        evidence: Evidence,
    },
    /// Nobody here can say.
    NotCheckable {
        /// Why not.
        why: NotCheckable,
    },
}

/// The requirement that a deposit fails, in the order in which they are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RefutedWhy {
    /// There is no such transaction.
    NotFound,
    /// It failed on its chain.
    Failed,
    /// It moved another token.
    WrongToken,
    /// It did not go to the locker.
    WrongTarget,
    /// It was not sent by the account that is credited.
    WrongSender,
    /// Its value is not the minted amount.
    WrongAmount,
    /// More than one account, or nobody that can be named, paid in: whom it credits cannot be said.
    Ambiguous,
    /// It was not deep enough.
    TooFewConfirmations,
}

impl RefutedWhy {
    /// A stable name for logs, files and pages.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotFound => "notFound",
            Self::Failed => "failed",
            Self::WrongToken => "wrongToken",
            Self::WrongTarget => "wrongTarget",
            Self::WrongSender => "wrongSender",
            Self::WrongAmount => "wrongAmount",
            Self::Ambiguous => "ambiguous",
            Self::TooFewConfirmations => "tooFewConfirmations",
        }
    }
}

/// Why a mint cannot be checked at all by this program as it is configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum NotCheckable {
    /// No source is configured for that chain.
    NoSource,
    /// The chain is known, this kind of token on it is not (an Arweave profit-sharing token, for example).
    TokenKind,
    /// The token list is not known, so that decimals and locker are not either.
    UnknownToken,
}

/// What was seen on the source chain: plain data, so that it can be stored with the verdict and shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Evidence {
    /// Source chain, like `arweave`.
    pub chain: String,
    /// Id of the deposit as the mint names it.
    pub deposit: String,
    /// Height of its block, if it is in one.
    pub height: Option<u64>,
    /// Hash of that block, where the chain's hashes tell one branch from another.
    pub block: Option<String>,
    /// Confirmations it needs.
    pub confirmations_needed: u64,
    /// Confirmations it had at the check point, if it is in a block.
    pub confirmations_had: Option<u64>,
    /// Id of the token on its chain, where that is not the chain's own coin.
    pub token: Option<String>,
    /// Where it went.
    pub target: Option<String>,
    /// The locker where it should have gone.
    pub locker: Option<String>,
    /// Its value in the chain's base units, decimal.
    pub quantity: Option<String>,
    /// The minted amount that this value is worth, in the ledger's base units, decimal.
    pub worth: Option<String>,
    /// Who sent it.
    pub sender: Option<String>,
    /// The sources that said so, by URL.
    pub sources: Vec<String>,
}

/// Why there is no verdict; asking again may help.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// Too few sources answered.
    #[error("{chain}: {answered} of {needed} needed sources answered; last fault: {last}")]
    Unavailable {
        /// Source chain.
        chain: String,
        /// Sources that gave a verdict.
        answered: usize,
        /// Sources that must agree.
        needed: usize,
        /// What the last silent one said.
        last: String,
    },
    /// Enough sources answered, but not alike.
    #[error("{chain}: sources do not agree on {deposit}: {}", against(sides))]
    Disagreement {
        /// Source chain.
        chain: String,
        /// What they differ on: the id of a deposit, or what the vault holds.
        deposit: String,
        /// The names of those who say the same, side by side.
        sides: Vec<Vec<String>>,
    },
}

/// Who stands against whom, for people.
#[must_use]
pub fn against(sides: &[Vec<String>]) -> String {
    sides.iter().map(|names| names.join(" and ")).collect::<Vec<_>>().join(" against ")
}

impl Fault {
    /// Whether asking again later may help: always, for a source may come back or catch up.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Unavailable { .. } | Self::Disagreement { .. } => true,
        }
    }
}
