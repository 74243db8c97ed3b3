//! What keeps a detector from starting or going on.

use arweave::gateway::GatewayError;
use store::sqlite::StoreError;

/// A fault of the detector.
#[derive(Debug, thiserror::Error)]
pub enum DetectorError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The data directory.
    #[error("the data directory {} cannot be used", path.display())]
    Directory {
        /// Where.
        path: std::path::PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another detector works in the data directory.
    #[error("another detector is using this data directory")]
    InUse,
    /// A gateway's address.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    /// The coordinator's address.
    #[error("{0:?} is not the address of a coordinator")]
    Coordinator(String),
    /// An EVM chain of the configuration.
    #[error(transparent)]
    Vault(#[from] vault_evm::ConfigError),
    /// No gateway.
    #[error("at least one gateway is needed")]
    NoGateway,
    /// The data directory belongs to another ledger.
    #[error("this data directory watches the ledger of another owner; use an empty one")]
    OtherOwner,
    /// The rules changed since the first start.
    #[error("this data directory was started with other rules; use an empty one to replay under the new rules")]
    OtherRules,
    /// Stored data cannot be read.
    #[error("stored data are damaged ({what}): {why}")]
    Damaged {
        /// Which data.
        what: &'static str,
        /// What is wrong.
        why: String,
    },
}

impl DetectorError {
    pub(crate) fn damaged(what: &'static str, why: impl ToString) -> Self {
        Self::Damaged { what, why: why.to_string() }
    }

    /// Whether trying again later may help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Store(error) => error.is_transient(),
            Self::Gateway(error) => error.is_transient(),
            Self::Directory { .. }
            | Self::InUse
            | Self::Coordinator(_)
            | Self::NoGateway
            | Self::Vault(_)
            | Self::OtherOwner
            | Self::OtherRules
            | Self::Damaged { .. } => false,
        }
    }
}
