//! What a watcher is told, and what it tells its readers: plain data.

use crate::ConfigError;
use crate::node::{BlockInfo, NodeError};
use crate::quorum::NoQuorum;
use everpay::{AccountId, Amount, Rules};
use oracle::network::{EvmChain, Finality};
use std::time::Duration;
use store::sqlite::StoreError;

/// What to watch.
#[derive(Debug, Clone)]
pub struct WatchConfig {
    /// Name of the chain.
    pub chain: String,
    /// How it is reached, and when it is believed.
    pub evm: EvmChain,
    /// Blocks, its own included, that a deposit needs.
    pub confirmations: u64,
    /// The ledger's rules: lock contract and tokens.
    pub rules: Rules,
    /// Base URL of the coordinator that takes mints; without one nothing can be posted.
    pub coordinator: Option<String>,
    /// Whether mints are posted by themselves as soon as a deposit is deep enough.
    pub post: bool,
    /// Pause between two looks at the chain.
    pub poll: Duration,
}

/// Why a watcher cannot be opened, or did not get on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WatchError {
    /// The chain's configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The coordinator's address cannot be used.
    #[error("the coordinator's address is not a URL that starts with http:// or https://")]
    Coordinator,
    /// No HTTP client can be made.
    #[error("no HTTP client can be made")]
    Http(#[source] reqwest::Error),
    /// The system gives no random numbers.
    #[error("no random key can be made")]
    Random,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Too few nodes say the same.
    #[error("{chain}: the nodes give no answer that counts")]
    Nodes {
        /// The chain.
        chain: String,
        /// Who is missing, or who differs.
        source: NoQuorum,
    },
}

/// Where a watcher stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchState {
    /// Name of the chain.
    pub chain: String,
    /// Its id.
    pub chain_id: u64,
    /// Address of the lock contract, in the mixed-case form.
    pub locker: String,
    /// Blocks, its own included, that a deposit needs.
    pub needed: u64,
    /// When a deposit is settled on its chain.
    pub finality: Finality,
    /// The newest block that enough nodes know alike; `None` before the first answer.
    pub tip: Option<BlockInfo>,
    /// Height of the newest block that the chain calls final, where that is asked for.
    pub finalized: Option<u64>,
    /// Everything up to and with this block was read; the one before `start_block` when nothing was.
    pub scanned: u64,
    /// Where reading began.
    pub start_block: u64,
    /// The nodes.
    pub sources: Vec<SourceInfo>,
    /// Nodes that must say the same.
    pub sources_needed: usize,
    /// What keeps the watcher from getting on.
    pub trouble: Option<Trouble>,
}

/// One node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceInfo {
    /// Scheme, host and port.
    pub name: String,
    /// `unknown`, `agrees`, `behind`, `disagrees`, `unreachable`, `otherChain`.
    pub state: &'static str,
    /// Its newest block.
    pub height: Option<u64>,
    /// Duration of its last answer.
    pub latency_ms: Option<u64>,
    /// When it last answered, Unix ms.
    pub seen_ms: Option<u64>,
}

/// What keeps a watcher from getting on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// `noAnswer`, `disagreement`, `coordinatorSilent`, `database`.
    pub code: &'static str,
    /// The nodes, or what was said; never a whole URL of a node.
    pub subject: String,
}

impl Trouble {
    pub(super) fn of(error: &NoQuorum) -> Self {
        let code = match error {
            NoQuorum::Unavailable { .. } => "noAnswer",
            NoQuorum::Disagreement { .. } => "disagreement",
        };
        let subject = match error {
            NoQuorum::Unavailable { last, .. } => last.clone(),
            NoQuorum::Disagreement { sides } => {
                sides.iter().map(|names| names.join(", ")).collect::<Vec<_>>().join(" / ")
            }
        };
        Self { code, subject }
    }
}

/// The word for a node that gave no answer.
pub(super) const fn silence(error: &NodeError) -> &'static str {
    match error {
        NodeError::OtherChain { .. } => "otherChain",
        NodeError::Lagging { .. } => "behind",
        NodeError::Contradiction(_) => "disagrees",
        _ => "unreachable",
    }
}

/// Which deposits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DepositFilter {
    /// Only those that credit this account.
    pub account: Option<AccountId>,
    /// Only those that credit nobody.
    pub stranded: bool,
}

/// Deposits, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepositPage {
    /// The rows.
    pub rows: Vec<DepositInfo>,
    /// What to give as `before` for the next page; `None` at the end.
    pub next: Option<u64>,
}

/// What came into a vault in one transaction, of one token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepositInfo {
    /// Number of the row.
    pub id: u64,
    /// Name of the chain.
    pub chain: String,
    /// Hash of the transaction, `0x…`.
    pub tx: String,
    /// Contract of the token as the ledger lists it; the zero address is the chain's coin.
    pub token_id: String,
    /// The token's name in the ledger, if it is listed.
    pub tag: Option<String>,
    /// Its symbol.
    pub symbol: Option<String>,
    /// Who is credited; `None` when it is stranded.
    pub account: Option<AccountId>,
    /// Who paid in; several, separated by commas, when there were several.
    pub sender: String,
    /// How much, in the chain's base units.
    pub amount: Amount,
    /// Decimals of that unit.
    pub target_decimals: Option<u8>,
    /// What is minted, in the ledger's base units.
    pub credited: Option<Amount>,
    /// Decimals of that unit.
    pub decimals: Option<u8>,
    /// Height of the block.
    pub block: u64,
    /// Hash of the block, `0x…`.
    pub block_hash: String,
    /// Time of the block, Unix ms.
    pub time_ms: u64,
    /// Blocks from its own to the tip; 0 when it dropped out.
    pub confirmations: u64,
    /// Blocks that it needs.
    pub needed: u64,
    /// Whether the chain will not change its mind any more.
    pub is_final: bool,
    /// How far it got.
    pub state: DepositState,
    /// Why it is stranded or refused, or why the last try to post its mint failed.
    pub code: Option<String>,
    /// everHash of the mint that was posted from here, `0x…`.
    pub mint: Option<String>,
}

/// How far a deposit got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DepositState {
    /// In a block, not deep enough yet.
    Seen,
    /// Deep enough; its mint may be posted.
    Ready,
    /// Its mint was acknowledged by the coordinator.
    Posted,
    /// The coordinator says that it is minted.
    Minted,
    /// The coordinator refused its mint.
    Refused,
    /// It credits nobody.
    Stranded,
    /// Its block is no longer in the chain.
    Dropped,
}

/// A mint that was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// Its everHash, `0x…`.
    pub ever_hash: String,
}

/// Why a mint was not posted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PostError {
    /// No such deposit is known.
    #[error("no such deposit is known")]
    NotFound,
    /// It is not deep enough, or its block dropped out.
    #[error("the deposit is not deep enough")]
    NotReady,
    /// It credits nobody.
    #[error("the deposit credits nobody: {}", .0)]
    Stranded(String),
    /// No coordinator is known.
    #[error("no coordinator is known")]
    NoCoordinator,
    /// The coordinator refused it, with the protocol's code.
    #[error("the coordinator refused the mint: {0}")]
    Refused(String),
    /// Coordinator or nodes give no answer now; trying again may help.
    #[error("no answer now: {0}")]
    Unreachable(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl PostError {
    /// A stable name for pages.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::NotReady => "not_ready",
            Self::Stranded(_) => "stranded",
            Self::NoCoordinator => "no_coordinator",
            Self::Refused(_) => "refused",
            Self::Unreachable(_) => "unreachable",
            Self::Store(_) => "store",
        }
    }

    /// The code behind it: the protocol's refusal, or the reason why a deposit is stranded.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::Refused(code) | Self::Stranded(code) => Some(code),
            _ => None,
        }
    }
}

/// A hint that something is worth reading again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WatchNotice {
    /// [`WatchState`] changed.
    State,
    /// Deposits changed.
    Deposits,
}
