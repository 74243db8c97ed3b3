//! Errors that several operations share. Those of one step stand beside it.

use crate::contents::Refusal;
use crate::disk::{ReadError, WriteError};
use crate::random::NoRandomness;

/// The session has ended: its time is over, or somebody locked it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the keystore is locked")]
pub struct Locked;

/// Why a keystore did not open.
#[derive(Debug, thiserror::Error)]
pub enum UnlockError {
    /// The file cannot be read, is damaged, or is no keystore.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The file is undamaged and this password does not open it.
    #[error("wrong password")]
    WrongPassword,
}

impl UnlockError {
    /// The code that pages act on.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read(error) => error.code(),
            Self::WrongPassword => "wrong_password",
        }
    }
}

/// Why a file was not written.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// No randomness for salt or nonce.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The file.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl SaveError {
    /// The code that pages act on.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Randomness(_) => "no_randomness",
            Self::Write(error) => error.code(),
        }
    }
}

/// Why the keys or the password of a session stay as they are.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The session has ended.
    #[error(transparent)]
    Locked(#[from] Locked),
    /// A rule of the content.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The current password was asked for and is another one.
    #[error("wrong password")]
    WrongPassword,
    /// The file was not written.
    #[error(transparent)]
    Save(#[from] SaveError),
}

impl From<NoRandomness> for EditError {
    fn from(error: NoRandomness) -> Self {
        Self::Save(error.into())
    }
}

impl From<WriteError> for EditError {
    fn from(error: WriteError) -> Self {
        Self::Save(error.into())
    }
}

impl EditError {
    /// The code that pages act on.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Locked(_) => "locked",
            Self::Refused(refusal) => refusal.code(),
            Self::WrongPassword => "wrong_password",
            Self::Save(error) => error.code(),
        }
    }
}

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The session has ended.
    #[error(transparent)]
    Locked(#[from] Locked),
    /// The file was not written.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// The file was written, but does not open to the same keys: do not rely on it.
    #[error("the backup could not be read back")]
    NotReadBack,
}

impl BackupError {
    /// The code that pages act on.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Locked(_) => "locked",
            Self::Save(error) => error.code(),
            Self::NotReadBack => "backup_not_read_back",
        }
    }
}
