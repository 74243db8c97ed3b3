//! Why a driver does not open, ended by itself, or did not do what a person asked.

use crate::book::FileError;
use threshold::{BackupError, FormatError, SetupError};

/// Why a driver does not open.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process works in the directory.
    #[error("another process drives ceremonies in {}", .0.display())]
    Taken(std::path::PathBuf),
    /// A file that cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// A file that holds something else.
    #[error("{} is damaged: {why}", path.display())]
    Damaged {
        /// Which.
        path: std::path::PathBuf,
        /// What is wrong with it.
        why: String,
    },
}

/// Why a driver ended by itself.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// What cannot be written must not be said: nothing may follow any more.
    #[error(transparent)]
    File(#[from] FileError),
    /// A defect.
    #[error("the driver of ceremonies ended by a defect")]
    Defect,
}

/// Why something was not done. [`AskError::code`] is what pages act on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AskError {
    /// The driver has ended.
    #[error("ceremonies do not run")]
    Stopped,
    /// No ceremony, session or key has this id.
    #[error("{0} is not known here")]
    Unknown(&'static str),
    /// The keystore is locked.
    #[error("the keystore is locked")]
    Locked,
    /// The keystore was not changed.
    #[error("the keystore was not changed")]
    Keystore(#[source] keystore::EditError),
    /// There is no share of this key here.
    #[error("no share of this key is in the keystore")]
    NoShare,
    /// It does not fit the state of things; the code says how.
    #[error("{what}")]
    Refused {
        /// `label`, `peers`, `key_unknown`, `not_compared`, `state`, `busy`, `too_few`, `number`, `digest`, `in_doubt`, …
        code: &'static str,
        /// In words, for logs and terminals.
        what: String,
    },
    /// The transaction is not one that this key can sign.
    #[error("not a transaction that this key can sign: {0}")]
    Spend(String),
    /// The machines refuse to begin.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// Bytes that are none of ours.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// A backup that does not open.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// Text that a person carried and that is no whole message for us.
    #[error("the text cannot be taken: {0}")]
    Carried(&'static str),
}

impl AskError {
    pub(crate) fn refused(code: &'static str, what: impl Into<String>) -> Self {
        Self::Refused { code, what: what.into() }
    }

    /// The code that pages act on.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Stopped => "ceremonies_stopped",
            Self::Unknown(_) => "not_known",
            Self::Locked => "keystore_locked",
            Self::Keystore(error) => error.code(),
            Self::NoShare => "no_share",
            Self::Refused { code, .. } => code,
            Self::Spend(_) => "spend",
            Self::Setup(_) => "setup",
            Self::Format(_) => "format",
            Self::Backup(BackupError::Password) => "wrong_password",
            Self::Backup(BackupError::Outdated) => "backup_outdated",
            Self::Backup(_) => "backup",
            Self::Carried(_) => "carried",
        }
    }
}
