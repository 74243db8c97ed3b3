//! One coordinator per data directory: a lock that the operating system drops when the process ends, however it ends.

use crate::error::StartError;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::Path;

/// Holds the data directory until dropped.
#[derive(Debug)]
pub(crate) struct DataDirLock {
    _file: File,
}

impl DataDirLock {
    /// Creates the directory if need be and takes its lock.
    pub(crate) fn take(data_dir: &Path) -> Result<Self, StartError> {
        let file_fault = |source| StartError::DataDir { path: data_dir.to_owned(), source };
        std::fs::create_dir_all(data_dir).map_err(file_fault)?;
        // The file stays when the process ends: removing it would let two processes lock two files of the same name.
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(data_dir.join("coordinator.lock"))
            .map_err(file_fault)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StartError::AlreadyRunning { path: data_dir.to_owned() }),
            Err(TryLockError::Error(source)) => return Err(file_fault(source)),
        }
        file.set_len(0).map_err(file_fault)?;
        writeln!(file, "{}", std::process::id()).map_err(file_fault)?;
        Ok(Self { _file: file })
    }
}
