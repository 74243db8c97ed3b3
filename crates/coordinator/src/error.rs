//! Why a coordinator does not start, and why a running one stops.

use std::io;
use std::path::PathBuf;
use store::sqlite::StoreError;

/// Why a coordinator did not start. Every message says what to do about it, where something can be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The data directory cannot be used.
    #[error("the data directory {path} cannot be used: {source}")]
    DataDir {
        /// The directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another process holds the data directory.
    #[error("another coordinator is running on {path}; stop it first, or use another data directory")]
    AlreadyRunning {
        /// The directory.
        path: PathBuf,
    },
    /// The wallet file cannot be used.
    #[error("the wallet {path} cannot be used: {reason}")]
    Wallet {
        /// The file.
        path: PathBuf,
        /// Why; never shows a part of the key.
        reason: String,
    },
    /// The wallet is not the one whose batches the rules name.
    #[error("the wallet's address is {wallet}, but the rules name {owner} as the owner of the batches")]
    NotTheOwner {
        /// Address of the wallet.
        wallet: String,
        /// Owner by the rules.
        owner: String,
    },
    /// The configuration makes no sense.
    #[error("configuration: {0}")]
    Config(String),
    /// The rules differ from those this data directory was started with.
    #[error(
        "the rules differ from those pinned in {path} at the first start; a ledger's rules cannot be changed: \
         start with the former rules, or with an empty data directory"
    )]
    OtherRules {
        /// The directory.
        path: PathBuf,
    },
    /// The chain's head is not ours.
    #[error(transparent)]
    ForeignHead(#[from] ForeignHead),
    /// The database.
    #[error("the pool in {path} cannot be used: {source}")]
    Store {
        /// The directory.
        path: PathBuf,
        /// Why.
        source: StoreError,
    },
    /// What is stored contradicts itself.
    #[error("the pool in {path} is damaged: {what}")]
    Damaged {
        /// The directory.
        path: PathBuf,
        /// What.
        what: String,
    },
    /// The port cannot be listened on.
    #[error("{addr} cannot be listened on: {source}")]
    Listen {
        /// The address.
        addr: std::net::SocketAddr,
        /// Why.
        source: io::Error,
    },
}

/// The wallet's newest transaction at the gateway does not fit to this data directory.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ForeignHead {
    /// Somebody else wrote with this wallet, or the data directory is an old copy.
    #[error(
        "the newest transaction of the rollup wallet at {gateway} is {last}, which this data directory did not write; \
         going on would fork the ledger: start on the data directory that wrote it"
    )]
    Unknown {
        /// Who says so.
        gateway: String,
        /// The transaction.
        last: String,
    },
    /// This directory has confirmed batches, the gateway none.
    #[error(
        "{gateway} knows no transaction of the rollup wallet, but this data directory has confirmed batches; \
         it belongs to another network"
    )]
    Missing {
        /// Who says so.
        gateway: String,
    },
}

/// Why a running coordinator stopped by itself.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The chain's head is not ours.
    #[error(transparent)]
    ForeignHead(#[from] ForeignHead),
    /// After a failed write it is unknown what is on disk; only a restart can tell.
    #[error("the pool could not be written and its state is unknown: {0}")]
    PoolUnknown(StoreError),
    /// An invariant broke.
    #[error("a bug: {0}")]
    Bug(String),
    /// The public port failed.
    #[error("the public port failed: {0}")]
    Serve(io::Error),
}
