//! Small files that are replaced whole.
//!
//! What always holds: after a crash at any moment the old bytes or the new ones stand there, never a part, and what was
//! written is on disk when the call returns; a link in the file's place is replaced, not followed, and none is written
//! through.
//! Means: a file beside it (`NAME.new`), synced, renamed, the folder synced. What a crash leaves there goes with the next
//! writing.
//! What it does not do: keep two programs from writing one file at a time; who may meet another takes a lock first.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Its owner alone.
    Owner,
    /// As the person's own files usually are (the process's umask).
    Usual,
}

/// Puts `bytes` in the place of the file.
///
/// # Errors
/// What the system refuses; the old file stands then, except after a fault in syncing the folder, when either may.
pub fn replace(path: &Path, bytes: &[u8], readers: Readers) -> io::Result<()> {
    let fresh = beside(path, ".new")?;
    let done = write(&fresh, bytes, readers).and_then(|()| fs::rename(&fresh, path));
    if done.is_err() {
        // Of no use any more; the fault is the one to tell.
        let _ = fs::remove_file(&fresh);
        return done;
    }
    sync_folder(path)
}

/// The file's bytes; `None` when there is no file.
///
/// # Errors
/// What the system refuses, and [`ErrorKind::FileTooLarge`] for more than `len_max` bytes.
pub fn read(path: &Path, len_max: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(fault) if fault.kind() == ErrorKind::NotFound => return Ok(None),
        Err(fault) => return Err(fault),
    };
    let mut bytes = Vec::new();
    let length = file.take(len_max.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(length).is_ok_and(|length| length <= len_max) {
        Ok(Some(bytes))
    } else {
        Err(ErrorKind::FileTooLarge.into())
    }
}

/// The path of a file beside another: its name and `suffix`.
///
/// # Errors
/// [`ErrorKind::InvalidFilename`] for the path of no file.
pub fn beside(path: &Path, suffix: &str) -> io::Result<PathBuf> {
    let mut name = path.file_name().map(OsString::from).ok_or(ErrorKind::InvalidFilename)?;
    name.push(suffix);
    Ok(path.with_file_name(name))
}

/// Makes the name of a file in its folder durable.
///
/// # Errors
/// What the system refuses.
#[cfg(unix)]
pub fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// Folders cannot be synced here.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

fn write(path: &Path, bytes: &[u8], readers: Readers) -> io::Result<()> {
    // What a crash left there, or a link that somebody laid.
    match fs::remove_file(path) {
        Err(fault) if fault.kind() != ErrorKind::NotFound => return Err(fault),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if readers == Readers::Owner {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = readers;
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.csv");
        fs::write(folder.path().join("list.csv.new"), "left by a crash").unwrap();
        replace(&path, b"one", Readers::Usual).unwrap();
        replace(&path, b"two", Readers::Usual).unwrap();
        assert_eq!(read(&path, 3).unwrap().unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(replace(Path::new("/"), b"x", Readers::Usual).is_err());
        assert!(replace(&folder.path().join("none/list.csv"), b"x", Readers::Usual).is_err());
    }

    #[test]
    fn reading_is_bounded_and_knows_that_there_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        assert_eq!(read(&path, 3).unwrap(), None);
        replace(&path, b"four", Readers::Owner).unwrap();
        assert_eq!(read(&path, 3).unwrap_err().kind(), ErrorKind::FileTooLarge);
    }

    #[cfg(unix)]
    #[test]
    fn a_private_file_is_its_owners_only_and_no_link_is_written_through() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (path, foreign) = (folder.path().join("policy.sealed"), folder.path().join("foreign"));
        fs::write(&foreign, "foreign").unwrap();
        for link in ["policy.sealed", "policy.sealed.new"] {
            std::os::unix::fs::symlink(&foreign, folder.path().join(link)).unwrap();
        }
        replace(&path, b"ours", Readers::Owner).unwrap();
        assert_eq!(fs::read(&foreign).unwrap(), b"foreign");
        let metadata = fs::symlink_metadata(&path).unwrap();
        assert!(metadata.is_file() && metadata.permissions().mode() & 0o077 == 0);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left beside it");
    }
}
