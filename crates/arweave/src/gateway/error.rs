//! What can go wrong with a gateway, from "not there" to "lying".

use std::error::Error;

use crate::ids::ArweaveId;
use crate::tx::TxError;

/// A fault of the gateway or of the way to it.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The configured address is not an http or https URL.
    #[error("not a gateway address: {0}")]
    BadUrl(String),
    /// No connection, no answer in time, or the answer broke off.
    #[error("gateway does not answer")]
    Unreachable(#[source] reqwest::Error),
    /// An answer with an unexpected status; `reason` is the start of its text.
    #[error("gateway answered {status}: {reason}")]
    Status {
        /// HTTP status.
        status: u16,
        /// Start of the answer, for people.
        reason: String,
    },
    /// The gateway's answers do not fit each other at this moment (one of its nodes lags).
    #[error("gateway contradicts itself: block {height} above its own tip {tip}")]
    Lagging {
        /// Height it names for the transaction.
        height: u64,
        /// Height it names for the chain.
        tip: u64,
    },
    /// The answer is not what the interface promises.
    #[error("malformed answer ({what}): {source}")]
    Malformed {
        /// What was asked for.
        what: &'static str,
        /// What is wrong with it.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A transaction that is not the one asked for, or whose signature does not hold.
    #[error("forged transaction {id}: {what}")]
    Forged {
        /// The transaction asked for.
        id: ArweaveId,
        /// What is wrong with the answer.
        what: &'static str,
    },
    /// Data that are not the signed ones.
    #[error("altered data of {id}: {why}")]
    Altered {
        /// The transaction.
        id: ArweaveId,
        /// Size or root.
        why: TxError,
    },
    /// The gateway does not have it (yet).
    #[error("not found")]
    NotFound,
    /// More bytes than the limit allows.
    #[error("answer is larger than {limit} bytes")]
    TooLarge {
        /// The limit in force.
        limit: u64,
    },
}

impl GatewayError {
    /// Whether the same request may succeed soon without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Lagging { .. } => true,
            Self::Status { status, .. } => matches!(status, 408 | 425 | 429 | 500..=599),
            Self::BadUrl(_)
            | Self::Malformed { .. }
            | Self::Forged { .. }
            | Self::Altered { .. }
            | Self::NotFound
            | Self::TooLarge { .. } => false,
        }
    }

    pub(crate) fn malformed(what: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Malformed { what, source: source.into() }
    }

    pub(crate) fn forged(id: ArweaveId, why: TxError) -> Self {
        let what = match why {
            TxError::OwnerLength => "owner key of an impossible length",
            TxError::IdMismatch => "id is not the hash of the signature",
            TxError::BadSignature => "signature does not hold",
            TxError::DataSizeMismatch => "data size differs from the header",
            TxError::DataRootMismatch => "data root differs from the header",
        };
        Self::Forged { id, what }
    }

    /// Of two failed ways to the same data, the fault that says more: altered bytes before faults of the way,
    /// faults of the way before plain absence.
    pub(crate) fn or_worse(self, other: Self) -> Self {
        fn weight(error: &GatewayError) -> u8 {
            match error {
                GatewayError::Altered { .. } | GatewayError::Forged { .. } => 3,
                GatewayError::NotFound => 0,
                error if error.is_transient() => 2,
                _ => 1,
            }
        }
        if weight(&other) > weight(&self) { other } else { self }
    }
}
