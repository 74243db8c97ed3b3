//! Why a node gave no answer that counts.

/// No answer from one node. No text here holds more of its URL than [`super::Node::name`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NodeError {
    /// Not an http(s) URL. It is not shown: it may hold a key.
    #[error("a node's address is not a URL that starts with http:// or https://")]
    Url,
    /// The connection failed, or nothing came in time.
    #[error("it does not answer: {0}")]
    Transport(#[source] reqwest::Error),
    /// An HTTP status that is no success, with nothing readable in it.
    #[error("it answers with HTTP status {0}")]
    Status(u16),
    /// More bytes than an answer may have.
    #[error("its answer is longer than {0} bytes")]
    TooLong(usize),
    /// The node refused the request.
    #[error("it refuses {method}: {message} ({code})")]
    Refused {
        /// The JSON-RPC method.
        method: &'static str,
        /// JSON-RPC error code.
        code: i64,
        /// What it said, shortened.
        message: String,
    },
    /// An answer of another shape than the method has.
    #[error("its answer to {method} cannot be read")]
    Malformed {
        /// The JSON-RPC method.
        method: &'static str,
        /// Where it cannot be read.
        #[source]
        source: Option<serde_json::Error>,
    },
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
            Self::Url => "url",
            Self::Transport(_) => "silent",
            Self::Status(_) => "status",
            Self::TooLong(_) => "tooLong",
            Self::Refused { .. } => "refused",
            Self::Malformed { .. } => "malformed",
            Self::Contradiction(_) => "contradiction",
            Self::OtherChain { .. } => "otherChain",
            Self::Lagging { .. } => "lagging",
        }
    }

    /// Whether a contract's code ran and reverted: an answer about the contract, not about the node.
    #[must_use]
    pub fn is_revert(&self) -> bool {
        // The codes of geth and of what descends from Parity; others only say it in words.
        matches!(self, Self::Refused { code, message, .. }
            if matches!(code, 3 | -32_015) || message.to_ascii_lowercase().contains("revert"))
    }
}
