//! Backups, and merging them back.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use keystore::{EditError, KdfParams, Keystore, Refusal, SaveError, Session, WriteError};
use support::{HOUR, NOW, Place, WEAK, evm, label, labels, password, share};

fn backup_of(place: &Place, session: &Session, name: &str) -> Session {
    let (path, word) = (place.file(name), password("another password"));
    session.backup(&path, &word, WEAK, NOW).unwrap();
    Keystore::open(&path).unwrap().unlock(&word, NOW, HOUR).unwrap()
}

#[test]
fn a_backup_is_a_keystore_of_its_own_password_and_cost() {
    let place = Place::new();
    let session = place.unlock();
    session.add(label("Main"), evm(1), NOW).unwrap();
    let path = place.file("backup");
    session.backup(&path, &password("another password"), KdfParams::FLOOR, NOW).unwrap();
    let backup = Keystore::open(&path).unwrap();
    assert_eq!(backup.kdf(), KdfParams::FLOOR);
    assert!(backup.unlock(&password("correct horse"), NOW, HOUR).is_err());
    let read = backup.unlock(&password("another password"), NOW, HOUR).unwrap();
    assert_eq!(read.entries(NOW).unwrap(), session.entries(NOW).unwrap());
    // It is never written over, and the keystore itself is none the wiser.
    let refused = session.backup(&path, &password("another password"), WEAK, NOW).unwrap_err();
    assert!(matches!(refused, keystore::BackupError::Save(SaveError::Write(WriteError::Exists))));
    session.add(label("Second"), evm(2), NOW).unwrap();
}

#[test]
fn a_lost_keystore_comes_back_from_its_backup() {
    let place = Place::new();
    let session = place.unlock();
    for (name, byte) in [("Main", 1), ("Second", 2)] {
        session.add(label(name), evm(byte), NOW).unwrap();
    }
    let (before, backup) = (session.entries(NOW).unwrap(), backup_of(&place, &session, "backup"));
    let fresh = Place::new();
    let session = fresh.unlock();
    let plan = session.preview_restore(&backup, NOW).unwrap();
    assert_eq!(plan.additions.len(), 2);
    assert!(plan.present.is_empty() && plan.conflicts.is_empty());
    session.restore(&backup, &plan, &[], NOW).unwrap();
    assert_eq!(fresh.unlock().entries(NOW).unwrap(), before);
    let again = session.preview_restore(&backup, NOW).unwrap();
    assert_eq!((again.additions.len(), again.present, again.conflicts.len()), (0, before, 0));
}

/// A keystore and a backup that share one key alike, one under another label and one refreshed share; the backup has
/// one key more, whose label is taken.
fn diverged() -> (Place, Session, Session) {
    let place = Place::new();
    let session = place.unlock();
    for (name, key) in [("Alike", evm(1)), ("Was", evm(2)), ("Share", share("group", b"old")), ("Lost", evm(3))] {
        session.add(label(name), key, NOW).unwrap();
    }
    let backup = backup_of(&place, &session, "backup");
    let id = |n: usize| session.entries(NOW).unwrap()[n].id();
    session.remove(id(3), NOW).unwrap();
    session.remove(id(2), NOW).unwrap();
    session.rename(id(1), label("Is"), NOW).unwrap();
    session.add(label("Share"), share("group", b"refreshed"), NOW + 1).unwrap();
    session.add(label("Lost"), evm(4), NOW + 2).unwrap();
    (place, session, backup)
}

#[test]
fn the_preview_tells_additions_likes_and_conflicts_apart() {
    let (_place, session, backup) = diverged();
    let plan = session.preview_restore(&backup, NOW).unwrap();
    let [addition] = &plan.additions[..] else { panic!("{plan:?}") };
    assert_eq!((addition.entry.label.as_str(), addition.label.as_str()), ("Lost", "Lost (2)"));
    let [alike] = &plan.present[..] else { panic!("{plan:?}") };
    assert_eq!(alike.label.as_str(), "Alike");
    let [renamed, refreshed] = &plan.conflicts[..] else { panic!("{plan:?}") };
    assert_eq!((renamed.ours.label.as_str(), renamed.theirs.label.as_str()), ("Is", "Was"));
    assert!(!renamed.secrets_differ && refreshed.secrets_differ);
    assert_eq!(refreshed.ours.created_ms, NOW + 1);
}

#[test]
fn ours_stay_unless_theirs_are_named() {
    let (place, session, backup) = diverged();
    let plan = session.preview_restore(&backup, NOW).unwrap();
    let part = plan.conflicts[1].ours.id();
    session.restore(&backup, &plan, &[], NOW).unwrap();
    assert_eq!(labels(&session), ["Alike", "Is", "Share", "Lost", "Lost (2)"]);
    assert_eq!(*session.share(part, NOW).unwrap(), b"refreshed");

    let plan = session.preview_restore(&backup, NOW).unwrap();
    let all: Vec<_> = plan.conflicts.iter().map(|conflict| conflict.ours.id()).collect();
    // The key that was added as "Lost (2)" now differs by its label; theirs is taken by another key of ours.
    assert_eq!(all.len(), 3);
    session.restore(&backup, &plan, &all, NOW).unwrap();
    assert_eq!(labels(&session), ["Alike", "Was", "Share", "Lost", "Lost (2)"]);
    assert_eq!(*session.share(part, NOW).unwrap(), b"old");
    assert_eq!(labels(&place.unlock()), labels(&session));
}

#[test]
fn only_what_was_previewed_is_done() {
    let (place, session, backup) = diverged();
    let plan = session.preview_restore(&backup, NOW).unwrap();
    let before = std::fs::read(place.path()).unwrap();
    let stranger = plan.present[0].id();
    let refused = session.restore(&backup, &plan, &[stranger], NOW).unwrap_err();
    assert!(matches!(refused, EditError::Refused(Refusal::NoSuchKey(id)) if id == stranger));
    assert_eq!(std::fs::read(place.path()).unwrap(), before, "not even the additions");

    session.add(label("Meanwhile"), evm(9), NOW).unwrap();
    session.restore(&backup, &plan, &[], NOW).unwrap();
    let refused = session.restore(&backup, &plan, &[], NOW).unwrap_err();
    assert!(matches!(refused, EditError::Refused(Refusal::PreviewStale)));
}
