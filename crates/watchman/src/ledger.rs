//! What a watchman asks of its own replay of the ledger: the seam to the detector, and how the detector answers.

mod detector_view;

use everpay::EverHash;
use futures::future::BoxFuture;
use std::collections::BTreeSet;
use store::sqlite::StoreError;
use vault::burn::Burn;
use vault::halt::Cause;
use vault::pipeline::Sources;
use vault::signature::SignedPayload;

/// The replay as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Keys of the unresolved critical alerts of a proven class (W2); `None` before the replay looked.
    pub alerts: Option<BTreeSet<String>>,
    /// How its sources stand to each other; `None` before it asked them.
    pub sources: Option<Sources>,
    /// Height of Arweave as it knows it.
    pub tip: Option<u64>,
    /// Halts that it found.
    pub halts: Vec<FoundHalt>,
    /// Number of its newest batch, and the state root behind it in `0x` hex.
    pub position: (u64, String),
}

/// A halt that the replay found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundHalt {
    /// The chain of the vault.
    pub chain: String,
    /// Key of the alert.
    pub key: String,
    /// What.
    pub cause: Cause,
}

/// A burn that waits for its payout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundBurn {
    /// It, in the batch where it took effect.
    pub burn: Burn,
    /// Arweave blocks that hold the batch, its own included; `None` while it may still drop, or while the vault was not
    /// compared with its debts since.
    pub depth: Option<u64>,
}

/// The replay of a ledger.
pub trait Ledger: Send + Sync + std::fmt::Debug {
    /// Where it stands.
    fn standing(&self) -> Standing;

    /// Burns that took effect and wait for their payout on one of `chains`. Those in `known` may be left out.
    ///
    /// # Errors
    /// Its database fails.
    fn waiting<'a>(
        &'a self,
        chains: &'a BTreeSet<String>,
        known: &'a BTreeSet<EverHash>,
    ) -> BoxFuture<'a, Result<Vec<FoundBurn>, StoreError>>;

    /// These burns as the ledger shows them now, paid or not, without those that it does not show; `None` while it cannot say.
    ///
    /// # Errors
    /// Its database fails.
    fn find<'a>(&'a self, burns: &'a [EverHash]) -> BoxFuture<'a, Result<Option<Vec<FoundBurn>>, StoreError>>;

    /// Takes somebody's signature of what no burn justifies (F13), for people to see; or has its reasons not to.
    ///
    /// # Errors
    /// Why it could not be taken now, for people.
    fn accuse<'a>(&'a self, chain: &'a str, signed: &'a SignedPayload) -> BoxFuture<'a, Result<(), String>>;

    /// A person armed a vault again after looking at these causes: what the replay itself found among them halts it no more.
    ///
    /// # Errors
    /// Why it stays halted there, for people.
    fn lift<'a>(
        &'a self,
        chain: &'a str,
        keys: &'a BTreeSet<String>,
        by: &'a str,
        reason: &'a str,
    ) -> BoxFuture<'a, Result<(), String>>;
}
