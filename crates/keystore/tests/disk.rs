//! The file itself: who may read it, what may stand in its place, who may write at once, and what a crash leaves.
#![allow(clippy::unwrap_used, reason = "tests")]
#![cfg(unix)]

mod support;

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::{Command, Stdio};
use std::time::Duration;

use keystore::{EditError, FormatError, Keystore, ReadError, SaveError, UnlockError, WriteError};
use support::{HOUR, NOW, Place, WEAK, evm, label, labels, password, share};

fn mode(path: &std::path::Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

fn write_error(result: Result<keystore::Entry, EditError>) -> WriteError {
    match result.unwrap_err() {
        EditError::Save(SaveError::Write(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn only_the_owner_can_read_what_is_written() {
    let place = Place::new();
    assert_eq!(mode(&place.path()), 0o600);
    let session = place.unlock();
    session.add(label("Main"), evm(1), NOW).unwrap();
    session.backup(&place.file("backup"), &password("another password"), WEAK, NOW).unwrap();
    for name in ["keys", "keys.lock", "backup", "backup.lock"] {
        assert_eq!(mode(&place.file(name)), 0o600, "{name}");
    }
    assert_eq!(fs::read_dir(place.folder.path()).unwrap().count(), 4, "nothing else is left");
}

#[test]
fn a_file_that_others_can_read_is_refused() {
    let place = Place::new();
    let session = place.unlock();
    for bits in [0o640, 0o604, 0o620, 0o601] {
        fs::set_permissions(place.path(), fs::Permissions::from_mode(bits)).unwrap();
        assert!(matches!(Keystore::open(&place.path()), Err(ReadError::Exposed { mode }) if mode == bits));
        let refused = write_error(session.add(label("Main"), evm(1), NOW));
        assert!(matches!(refused, WriteError::Standing(ReadError::Exposed { .. })));
    }
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o400)).unwrap();
    assert!(Keystore::open(&place.path()).is_ok());
}

#[test]
fn links_folders_and_pipes_are_refused() {
    let place = Place::new();
    symlink(place.path(), place.file("link")).unwrap();
    symlink(place.file("nowhere"), place.file("dangling")).unwrap();
    fs::create_dir(place.file("folder")).unwrap();
    assert!(Command::new("mkfifo").arg(place.file("pipe")).status().unwrap().success());
    for name in ["link", "dangling", "folder", "pipe"] {
        let refused = Keystore::open(&place.file(name)).unwrap_err();
        assert!(matches!(refused, ReadError::NotAFile), "{name}: {refused:?}");
        let refused = Keystore::create(&place.file(name), &password("correct horse"), WEAK).unwrap_err();
        assert!(matches!(refused, SaveError::Write(WriteError::Exists)), "{name}: {refused:?}");
    }
    assert!(!place.file("nowhere").exists());
    assert_eq!(Keystore::open(&place.file("missing")).unwrap_err().code(), "keystore_missing");
    assert!(Keystore::create(std::path::Path::new("/"), &password("correct horse"), WEAK).is_err());
}

#[test]
fn nothing_is_written_through_links_that_were_laid_beside_the_file() {
    let place = Place::new();
    let session = place.unlock();
    fs::write(place.file("victim"), "mine").unwrap();
    symlink(place.file("victim"), place.file("keys.new")).unwrap();
    session.add(label("Main"), evm(1), NOW).unwrap();
    fs::remove_file(place.file("keys.lock")).unwrap();
    symlink(place.file("victim"), place.file("keys.lock")).unwrap();
    assert!(matches!(write_error(session.add(label("Second"), evm(2), NOW)), WriteError::Io(_)));
    assert_eq!(fs::read_to_string(place.file("victim")).unwrap(), "mine");

    // A link that took the file's place is not followed either.
    fs::remove_file(place.file("keys.lock")).unwrap();
    fs::rename(place.path(), place.file("moved")).unwrap();
    symlink(place.file("moved"), place.path()).unwrap();
    let refused = write_error(session.add(label("Second"), evm(2), NOW));
    assert!(matches!(refused, WriteError::Standing(ReadError::NotAFile)));
}

#[test]
fn an_existing_file_is_never_replaced_by_a_new_keystore() {
    let place = Place::new();
    let before = fs::read(place.path()).unwrap();
    let refused = Keystore::create(&place.path(), &password("another password"), WEAK).unwrap_err();
    assert_eq!(refused.code(), "keystore_exists");
    assert_eq!(fs::read(place.path()).unwrap(), before);
}

#[test]
fn two_programs_do_not_write_at_once() {
    let place = Place::new();
    let session = place.unlock();
    let lock = fs::File::open(place.file("keys.lock")).unwrap();
    lock.lock().unwrap();
    assert!(matches!(write_error(session.add(label("Main"), evm(1), NOW)), WriteError::Busy));
    assert!(labels(&session).is_empty());
    lock.unlock().unwrap();
    session.add(label("Main"), evm(1), NOW).unwrap();
}

#[test]
fn damage_is_told_apart_from_a_wrong_password() {
    let place = Place::new();
    let whole = fs::read(place.path()).unwrap();
    let keystore = Keystore::open(&place.path()).unwrap();
    let unlock = |bytes: &[u8]| {
        fs::write(place.path(), bytes).unwrap();
        keystore.unlock(&password("correct horse"), NOW, HOUR).unwrap_err()
    };
    for position in (0..whole.len()).step_by(7) {
        let mut bytes = whole.clone();
        bytes[position] ^= 1;
        let refused = unlock(&bytes);
        let want = match position {
            0..8 => FormatError::NotAKeystore,
            8..10 => FormatError::UnknownVersion(u16::from_be_bytes([bytes[8], bytes[9]])),
            _ => FormatError::Damaged,
        };
        assert!(matches!(refused, UnlockError::Read(ReadError::Format(error)) if error == want), "{position}");
    }
    for len in (0..whole.len()).step_by(37) {
        assert!(matches!(unlock(&whole[..len]), UnlockError::Read(_)), "{len}");
    }
    let huge = fs::OpenOptions::new().write(true).open(place.path()).unwrap();
    huge.set_len(1 << 40).unwrap();
    assert!(Keystore::open(&place.path()).is_err(), "a large file is not read whole");
}

#[test]
fn a_writing_that_cannot_end_leaves_the_old_file() {
    let place = Place::new();
    let session = place.unlock();
    session.add(label("Main"), evm(1), NOW).unwrap();
    let before = fs::read(place.path()).unwrap();
    // A folder that cannot be removed as a file stands where the new file would be made.
    fs::create_dir(place.file("keys.new")).unwrap();
    assert!(matches!(write_error(session.add(label("Second"), evm(2), NOW)), WriteError::Io(_)));
    assert_eq!(labels(&session), ["Main"]);
    assert_eq!(fs::read(place.path()).unwrap(), before);
    fs::remove_dir(place.file("keys.new")).unwrap();
    // What a crash in the middle of writing leaves.
    fs::write(place.file("keys.new"), &before[..1000]).unwrap();
    session.add(label("Second"), evm(2), NOW).unwrap();
    assert_eq!(labels(&place.unlock()), ["Main", "Second"]);
}

/// The name of the variable that makes this program the writer that is killed.
const WRITER: &str = "KEYSTORE_TEST_WRITER";

/// Not a test by itself: writes without end to the folder that [`WRITER`] names.
#[test]
fn writer() {
    let Some(folder) = std::env::var_os(WRITER) else { return };
    let path = std::path::PathBuf::from(folder).join("keys");
    let session = Keystore::open(&path).unwrap().unlock(&password("correct horse"), NOW, HOUR).unwrap();
    let group = share("group", &[7; 40_000]).clone();
    for round in 0.. {
        let entry = session.add(label(&format!("Share {round}")), group.clone(), NOW).unwrap();
        session.remove(entry.id(), NOW).unwrap();
    }
}

#[test]
fn a_program_killed_at_any_moment_leaves_a_whole_file() {
    let place = Place::new();
    place.unlock().add(label("Main"), evm(1), NOW).unwrap();
    let mut with_share = 0;
    for round in 0..25 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "writer", "--nocapture"])
            .env(WRITER, place.folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(30 + round * 7 % 40));
        child.kill().unwrap();
        child.wait().unwrap();
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(!said.contains("panicked"), "{said}");
        let session = place.unlock();
        let entries = session.entries(NOW).unwrap();
        assert_eq!(entries[0].label.as_str(), "Main");
        if let Some(extra) = entries.get(1) {
            with_share += 1;
            assert_eq!(session.share(extra.id(), NOW).unwrap().len(), 40_000);
            session.remove(extra.id(), NOW).unwrap();
        }
    }
    assert!(with_share > 0, "the writer never got to write");
}
