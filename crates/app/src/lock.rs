//! One instance of a program for each data directory, by a lock that the kernel drops with the process.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

/// Held as long as it lives.
#[derive(Debug)]
pub(crate) struct DataLock(#[expect(dead_code, reason = "the open file is the lock")] File);

/// Why the lock was not got.
#[derive(Debug)]
pub(crate) enum LockFault {
    /// Somebody else has it.
    Taken,
    /// The file cannot be opened or locked.
    Io(io::Error),
}

impl DataLock {
    /// Takes the lock of this name in a data directory that exists.
    pub(crate) fn take(data_dir: &Path, name: &str) -> Result<Self, LockFault> {
        let path = data_dir.join(name);
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(LockFault::Io)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(LockFault::Taken),
            Err(TryLockError::Error(fault)) => Err(LockFault::Io(fault)),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_second_is_refused_until_the_first_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let first = DataLock::take(folder.path(), "a.lock").unwrap();
        assert!(matches!(DataLock::take(folder.path(), "a.lock"), Err(LockFault::Taken)));
        assert!(DataLock::take(folder.path(), "b.lock").is_ok());
        drop(first);
        assert!(DataLock::take(folder.path(), "a.lock").is_ok());
    }
}
