//! Why a question got no answer that counts.

use std::path::PathBuf;

/// No answer. No text here holds more of the endpoint's URL than [`super::Rpc::name`], nor a password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RpcError {
    /// Not an http(s) URL. It is not shown: it may hold a key.
    #[error("a node's address is not a URL that starts with http:// or https://")]
    Url,
    /// The file with the name and the password cannot be read.
    #[error("{}: {source}", path.display())]
    PasswordFile {
        /// Which.
        path: PathBuf,
        /// What happened.
        source: std::io::Error,
    },
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
}

impl RpcError {
    /// A stable name for logs and pages.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Url => "url",
            Self::PasswordFile { .. } => "passwordFile",
            Self::Transport(_) => "silent",
            Self::Status(_) => "status",
            Self::TooLong(_) => "tooLong",
            Self::Refused { .. } => "refused",
            Self::Malformed { .. } => "malformed",
        }
    }
}
