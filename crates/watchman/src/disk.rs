//! Small files that are replaced whole or not at all, readable by their owner only.

use std::io;
use std::path::{Path, PathBuf};

use files::Readers;

/// Longest file that is read, bytes.
const LEN_MAX: u64 = 64 << 20;

/// A file that could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{}", path.display())]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub source: io::Error,
}

impl FileError {
    pub(crate) fn new(path: &Path, source: io::Error) -> Self {
        Self { path: path.to_owned(), source }
    }
}

/// The file's bytes; `None` when there is no file.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, FileError> {
    files::read(path, LEN_MAX).map_err(|error| FileError::new(path, error))
}

/// Puts `bytes` in the place of the file, readable by its owner only; a crash leaves the old ones or the new ones.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    files::replace(path, bytes, Readers::Owner).map_err(|error| FileError::new(path, error))
}
