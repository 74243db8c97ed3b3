//! The journal's file: `journal` in the data directory, one entry after another, each on disk before its effects run.
//!
//! What always holds: one process at a time has the file (a lock that ends with it); a last entry that was cut short is cut
//! off at the start; any other damage refuses the start. After a failed write the file is not written again: the caller ends.

use crate::disk::FileError;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use vault::journal::{Damaged, Watchman};

/// Its name in the data directory.
pub(crate) const FILE: &str = "journal";

/// Whether a watchman has worked in this data directory.
pub(crate) fn is_begun(data_dir: &Path) -> bool {
    // What cannot be looked at is not taken for a first start.
    !matches!(std::fs::metadata(data_dir.join(FILE)), Err(error) if error.kind() == std::io::ErrorKind::NotFound)
}

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// The file cannot be read or written.
    #[error("the journal cannot be read or written: {0}")]
    File(#[from] FileError),
    /// Another watchman works on it.
    #[error("another watchman uses {}", .0.display())]
    InUse(PathBuf),
    /// It does not fit together.
    #[error("the journal {} is damaged", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where and how.
        #[source]
        source: Damaged,
    },
    /// A write did not come back.
    #[error("a write of the journal was given up")]
    GivenUp,
}

/// The open file, at its end.
#[derive(Debug, Clone)]
pub struct Journal {
    path: Arc<Path>,
    file: Arc<File>,
}

impl Journal {
    /// Opens or makes the file and replays it. Blocks.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn open(path: &Path) -> Result<(Watchman, Self), JournalError> {
        let fault = |error| FileError::new(path, error);
        let mut file = OpenOptions::new().create(true).read(true).append(true).mode(0o600).open(path).map_err(fault)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(JournalError::InUse(path.to_owned())),
            Err(TryLockError::Error(error)) => return Err(fault(error).into()),
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(fault)?;
        let (watchman, replayed) =
            Watchman::replay(&bytes).map_err(|source| JournalError::Damaged { path: path.to_owned(), source })?;
        if replayed.torn_len > 0 {
            tracing::warn!(bytes = replayed.torn_len, "the journal's last entry was cut short; its effects never ran");
            let good_len = u64::try_from(replayed.good_len).expect("a file's length fits 64 bits");
            file.set_len(good_len).map_err(fault)?;
        }
        file.sync_all().and_then(|()| files::sync_folder(path)).map_err(fault)?;
        Ok((watchman, Self { path: path.into(), file: Arc::new(file) }))
    }

    /// Writes an entry and waits until it is on disk.
    ///
    /// # Errors
    /// [`JournalError::File`]; a part of the entry may stand at the end then, which the next start cuts off.
    pub async fn append(&self, entry: Vec<u8>) -> Result<(), JournalError> {
        let (file, path) = (Arc::clone(&self.file), Arc::clone(&self.path));
        let written = tokio::task::spawn_blocking(move || {
            (&*file).write_all(&entry).and_then(|()| file.sync_data()).map_err(|error| FileError::new(&path, error))
        });
        Ok(written.await.map_err(|_| JournalError::GivenUp)??)
    }
}
