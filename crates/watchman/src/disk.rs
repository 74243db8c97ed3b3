//! Small files that are replaced whole or not at all, readable by their owner only.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

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
    match File::open(path).and_then(whole) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FileError::new(path, error)),
    }
}

fn whole(file: File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let length = file.take(LEN_MAX + 1).read_to_end(&mut bytes)?;
    if u64::try_from(length).is_ok_and(|length| length <= LEN_MAX) {
        Ok(bytes)
    } else {
        Err(io::ErrorKind::FileTooLarge.into())
    }
}

/// Puts `bytes` in the place of the file; a crash leaves the old ones or the new ones.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let mut name =
        path.file_name().ok_or_else(|| FileError::new(path, io::ErrorKind::InvalidFilename.into()))?.to_owned();
    name.push(".new");
    let fresh = path.with_file_name(name);
    write(&fresh, bytes).map_err(|error| FileError::new(&fresh, error))?;
    std::fs::rename(&fresh, path).and_then(|()| sync_dir(path)).map_err(|error| FileError::new(path, error))
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // What a crash left there, or a link that somebody laid: neither is written through.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes the name of a file in its directory durable.
pub(crate) fn sync_dir(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => File::open(dir)?.sync_all(),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_file_is_its_owners_only_and_no_link_is_written_through() {
        let dir = tempfile::tempdir().unwrap();
        let (path, foreign) = (dir.path().join("policy.sealed"), dir.path().join("foreign"));
        std::fs::write(&foreign, "foreign").unwrap();
        for link in ["policy.sealed", "policy.sealed.new"] {
            std::os::unix::fs::symlink(&foreign, dir.path().join(link)).unwrap();
        }
        replace(&path, b"ours").unwrap();
        assert_eq!(std::fs::read(&foreign).unwrap(), b"foreign");
        assert_eq!(read(&path).unwrap().unwrap(), b"ours");
        let metadata = std::fs::symlink_metadata(&path).unwrap();
        assert!(metadata.is_file() && metadata.permissions().mode() & 0o077 == 0);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2, "nothing is left beside it");
    }
}
