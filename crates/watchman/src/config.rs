//! What a watchman is opened with, and why it does not open.

use crate::journal::JournalError;
use crate::keys::KeysError;
use crate::ledger::Ledger;
use crate::roster::RosterFile;
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
