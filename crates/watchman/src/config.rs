//! What a watchman is opened with, and why it does not open.

use crate::disk::FileError;
use crate::journal::JournalError;
use crate::keys::KeysError;
use crate::ledger::Ledger;
use crate::roster::RosterFile;
use crate::settings::SettingsFiles;
use keystore::Session;
use oracle::network::NetworkFile;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use vault::pipeline::{Ignored, Timing};
use vault::policy::Policy;
use vault::signature::Owner;
use vault_evm::release::FeePolicy;

/// What a watchman is opened with.
pub struct Config {
    /// Where journal and submissions live.
    pub data_dir: PathBuf,
    /// Chains, vaults, tokens.
    pub network: NetworkFile,
    /// Which key of the session signs.
    pub owner: Owner,
    /// The unlocked keystore; kept until the watchman ends.
    pub session: Arc<Session>,
    /// The watchmen.
    pub roster: RosterFile,
    /// What passes.
    pub policy: Policy,
    /// Where both were read from, for [`crate::WatchmanView::reload`]; `None` when somebody else reads them.
    pub files: Option<SettingsFiles>,
    /// Where other watchmen reach us.
    pub listen: Vec<SocketAddr>,
    /// The replay.
    pub ledger: Arc<dyn Ledger>,
    /// Times and counts of the pipeline.
    pub timing: Timing,
    /// What a submission may cost.
    pub fees: FeePolicy,
    /// Pause between two looks at ledger and chains.
    pub poll: Duration,
}

/// The times of a watchman: on a practice network blocks come every second and nobody wants to wait.
#[must_use]
pub fn usual_timing(practice: bool) -> Timing {
    let usual = Timing::default();
    if !practice {
        return usual;
    }
    Timing { slot_ms: 5_000, patience_ms: 15_000, lonely_ms: 60_000, fresh_ms: 30_000, ..usual }
}

/// The pause between two looks at ledger and chains.
#[must_use]
pub fn usual_poll(practice: bool) -> Duration {
    Duration::from_secs(if practice { 1 } else { 5 })
}

/// Why a watchman does not open.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The keystore.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// A chain that cannot be used.
    #[error(transparent)]
    Chain(#[from] vault_evm::ConfigError),
    /// No EVM chain with a vault.
    #[error("the network describes no vault that could pay")]
    NoVault,
    /// The record of what a vault did.
    #[error("the record of a vault cannot be read: {0}")]
    Record(#[from] FileError),
    /// The submissions of a chain.
    #[error("the submissions of {chain} cannot be used: {why}")]
    Submissions {
        /// The chain.
        chain: String,
        /// Why.
        why: String,
    },
    /// The roster does not hold us, or under another identity than the keystore's.
    #[error("the roster does not name {0} with the identity {1}")]
    NotInRoster(Owner, String),
    /// The network between watchmen.
    #[error("the watchmen's network cannot be opened")]
    Network(#[from] p2p::StartError),
    /// The journal is of another key, network or depth, or the policy is none.
    #[error("what the watchman is told first does not go with its journal")]
    Told(#[source] Ignored),
}

/// Why a watchman ended by itself.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The journal cannot be written: nothing may follow from anything any more.
    #[error(transparent)]
    Journal(#[from] JournalError),
}
