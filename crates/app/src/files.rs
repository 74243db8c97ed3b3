//! Files that a person asked for: replaced whole, after a crash either the old one or the new one.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

/// Puts `bytes` at `path`; a link in its place is replaced, not followed.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut beside = path.file_name().map(OsString::from).ok_or_else(|| io::Error::other("not the path of a file"))?;
    beside.push(".everwatch-new");
    let fresh = path.with_file_name(beside);
    let done = write(&fresh, bytes).and_then(|()| fs::rename(&fresh, path));
    if done.is_err() {
        // What is left of it is of no use; the fault above is the one to tell.
        let _ = fs::remove_file(&fresh);
        return done;
    }
    sync_folder(path)
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(fault) if fault.kind() != io::ErrorKind::NotFound => return Err(fault),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.csv");
        fs::write(folder.path().join("list.csv.everwatch-new"), "left by a crash").unwrap();
        replace(&path, b"one").unwrap();
        replace(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(replace(Path::new("/"), b"x").is_err());
        assert!(replace(&folder.path().join("none/list.csv"), b"x").is_err());
    }
}
