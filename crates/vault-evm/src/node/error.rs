//! Why a node gave no answer that counts.

use json_rpc::RpcError;

/// No answer from one node. No text here holds more of its URL than [`super::Node::name`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NodeError {
    /// No answer that counts.
    #[error(transparent)]
    Rpc(#[from] RpcError),
    /// An answer that contradicts itself or the question.
    #[error("it contradicts itself: {0}")]
    Contradiction(&'static str),
    /// A node of another chain.
    #[error("it is a node of chain {found}, not {expected}")]
    OtherChain {
        /// The configured chain id.
        expected: u64,
        /// What it says.
        found: u64,
    },
    /// It has not read the chain far enough to answer.
    #[error("it has read the chain up to block {tip} only")]
    Lagging {
        /// Its newest block.
        tip: u64,
    },
}

impl NodeError {
    /// A stable name for logs and pages.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Rpc(error) => error.code(),
            Self::Contradiction(_) => "contradiction",
            Self::OtherChain { .. } => "otherChain",
            Self::Lagging { .. } => "lagging",
        }
    }

    /// Whether a contract's code ran and reverted: an answer about the contract, not about the node.
    #[must_use]
    pub fn is_revert(&self) -> bool {
        // The codes of geth and of what descends from Parity; others only say it in words.
        matches!(self, Self::Rpc(RpcError::Refused { code, message, .. })
            if matches!(code, 3 | -32_015) || message.to_ascii_lowercase().contains("revert"))
    }
}
