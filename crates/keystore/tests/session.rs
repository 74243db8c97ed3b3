//! Unlocking, its end, and what may be changed meanwhile.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use keystore::{
    EditError, Identity, KdfParams, Keystore, Locked, SessionState, SignError, UNLOCK_MS_MAX, UnlockError, WriteError,
};
use support::{HOUR, NOW, Place, WEAK, evm, label, labels, password, share};

#[test]
fn keys_are_found_again_in_order_after_unlocking_anew() {
    let place = Place::new();
    let session = place.unlock();
    let main = session.add(label("Main"), evm(1), NOW).unwrap();
    session.add(label("Share 守"), share("group", b"bytes"), NOW + 5).unwrap();
    session.add(label("Second"), evm(2), NOW + 6).unwrap();
    session.rename(main.id(), label("Old main"), NOW + 7).unwrap();
    let before = session.entries(NOW).unwrap();
    assert_eq!(labels(&session), ["Old main", "Share 守", "Second"]);
    drop(session);

    let session = place.unlock();
    assert_eq!(session.entries(NOW).unwrap(), before);
    assert_eq!(before[1].created_ms, NOW + 5);
    assert_eq!(*session.share(before[1].id(), NOW).unwrap(), b"bytes");
    assert_eq!(session.remove(main.id(), NOW).unwrap(), before[0]);
    drop(session);
    assert_eq!(place.unlock().entries(NOW).unwrap(), before[1..]);
}

#[test]
fn another_password_is_refused_as_such() {
    let place = Place::new();
    let keystore = Keystore::open(&place.path()).unwrap();
    let refused = keystore.unlock(&password("correct horsf"), NOW, HOUR).unwrap_err();
    assert!(matches!(refused, UnlockError::WrongPassword));
    assert_eq!(refused.code(), "wrong_password");
}

#[test]
fn a_session_ends_at_its_deadline_even_if_nobody_ticks() {
    let place = Place::new();
    let session = place.unlock();
    let entry = session.add(label("Main"), evm(1), NOW).unwrap();
    let signer = session.signer(entry.id(), NOW).unwrap();
    assert!(signer.sign_evm_message(b"hello", NOW + HOUR - 1).is_ok());
    assert_eq!(signer.sign_evm_message(b"hello", NOW + HOUR), Err(SignError::Locked));
    // Ended is ended, also for who says that it is earlier.
    assert_eq!(signer.sign_evm_message(b"hello", NOW), Err(SignError::Locked));
    assert_eq!(session.entries(NOW), Err(Locked));
    assert_eq!(session.tick(NOW), SessionState::Locked);
    assert_eq!(session.extend(NOW, HOUR), Err(Locked));
}

#[test]
fn a_clock_that_goes_back_gains_no_time() {
    let place = Place::new();
    let session = place.unlock();
    assert_eq!(session.tick(NOW + HOUR - 10), SessionState::Open { left_ms: 10 });
    assert_eq!(session.tick(NOW), SessionState::Open { left_ms: 10 });
    session.extend(NOW, 100).unwrap();
    assert_eq!(session.tick(NOW), SessionState::Open { left_ms: 100 });
    assert_eq!(session.tick(NOW + HOUR + 90), SessionState::Locked);
}

#[test]
fn the_deadline_can_be_moved_and_is_bounded() {
    let place = Place::new();
    let session = place.unlock();
    session.extend(NOW + 1, 2 * HOUR).unwrap();
    assert_eq!(session.tick(NOW + HOUR), SessionState::Open { left_ms: HOUR + 1 });
    session.extend(NOW + HOUR, u64::MAX).unwrap();
    assert_eq!(session.tick(NOW + HOUR), SessionState::Open { left_ms: UNLOCK_MS_MAX });
    session.extend(NOW + HOUR, 5).unwrap();
    assert_eq!(session.tick(NOW + HOUR + 5), SessionState::Locked);
    let never = Keystore::open(&place.path()).unwrap().unlock(&password("correct horse"), NOW, 0).unwrap();
    assert_eq!(never.entries(NOW), Err(Locked));
}

#[test]
fn everything_is_refused_after_locking() {
    let place = Place::new();
    let (session, backup) = (place.unlock(), place.unlock());
    let main = session.add(label("Main"), evm(1), NOW).unwrap();
    let part = session.add(label("Part"), share("group", b"bytes"), NOW).unwrap();
    let plan = backup.preview_restore(&session, NOW).unwrap();
    let before = std::fs::read(place.path()).unwrap();
    session.lock();
    session.lock();

    let locked = |result: Result<(), EditError>| assert!(matches!(result, Err(EditError::Locked(Locked))));
    locked(session.add(label("More"), evm(2), NOW).map(drop));
    locked(session.rename(main.id(), label("More"), NOW));
    locked(session.remove(main.id(), NOW).map(drop));
    locked(session.change_password(&password("correct horse"), &password("battery staple"), WEAK, NOW));
    locked(session.restore(&backup, &plan, &[], NOW));
    locked(backup.restore(&session, &plan, &[], NOW));
    assert_eq!(session.preview_restore(&backup, NOW), Err(Locked));
    assert_eq!(backup.preview_restore(&session, NOW), Err(Locked));
    assert_eq!(session.signer(main.id(), NOW).unwrap_err(), SignError::Locked);
    assert_eq!(session.share(part.id(), NOW).unwrap_err(), SignError::Locked);
    let unmade = session.backup(&place.file("backup"), &password("battery staple"), WEAK, NOW).unwrap_err();
    assert_eq!(unmade.code(), "locked");
    assert!(!place.file("backup").exists());
    assert_eq!(std::fs::read(place.path()).unwrap(), before);
}

#[test]
fn a_refused_change_changes_neither_memory_nor_file() {
    let place = Place::new();
    let session = place.unlock();
    let main = session.add(label("Main"), evm(1), NOW).unwrap();
    session.add(label("Second"), evm(2), NOW).unwrap();
    let before = (session.entries(NOW).unwrap(), std::fs::read(place.path()).unwrap());
    let unknown = Identity::Evm([9; 20]).id();
    for (result, code) in [
        (session.add(label("Other"), evm(1), NOW).map(drop), "key_known"),
        (session.add(label("Main"), evm(3), NOW).map(drop), "label_taken"),
        (session.rename(main.id(), label("Second"), NOW), "label_taken"),
        (session.rename(unknown, label("Third"), NOW), "no_such_key"),
        (session.remove(unknown, NOW).map(drop), "no_such_key"),
    ] {
        let refused = result.unwrap_err();
        assert!(matches!(refused, EditError::Refused(_)));
        assert_eq!(refused.code(), code);
    }
    assert_eq!((session.entries(NOW).unwrap(), std::fs::read(place.path()).unwrap()), before);
}

#[test]
fn the_password_changes_only_for_who_knows_it() {
    let place = Place::new();
    let session = place.unlock();
    let entry = session.add(label("Main"), evm(1), NOW).unwrap();
    let (old, new) = (password("correct horse"), password("battery staple"));
    let refused = session.change_password(&new, &new, WEAK, NOW).unwrap_err();
    assert!(matches!(refused, EditError::WrongPassword));
    drop(place.unlock());

    let before = std::fs::read(place.path()).unwrap();
    session.change_password(&old, &new, KdfParams::FLOOR, NOW).unwrap();
    let after = std::fs::read(place.path()).unwrap();
    assert_ne!(before[24..40], after[24..40], "the salt is new");
    // The session goes on, and writes under the new key.
    session.add(label("Second"), evm(2), NOW).unwrap();
    let keystore = Keystore::open(&place.path()).unwrap();
    assert_eq!(keystore.kdf(), KdfParams::FLOOR);
    assert!(matches!(keystore.unlock(&old, NOW, HOUR).unwrap_err(), UnlockError::WrongPassword));
    let session = keystore.unlock(&new, NOW, HOUR).unwrap();
    assert_eq!(labels(&session), ["Main", "Second"]);
    assert!(session.signer(entry.id(), NOW).is_ok());
}

#[test]
fn every_writing_has_a_new_nonce() {
    let place = Place::new();
    let session = place.unlock();
    let entry = session.add(label("Main"), evm(1), NOW).unwrap();
    let nonces: std::collections::BTreeSet<_> = (0..50)
        .map(|_| {
            session.rename(entry.id(), label("Main"), NOW).unwrap();
            std::fs::read(place.path()).unwrap()[40..64].to_vec()
        })
        .collect();
    assert_eq!(nonces.len(), 50);
}

#[test]
fn a_session_does_not_write_over_what_another_wrote() {
    let place = Place::new();
    let (one, other) = (place.unlock(), place.unlock());
    one.add(label("Main"), evm(1), NOW).unwrap();
    let refused = other.add(label("Second"), evm(2), NOW).unwrap_err();
    assert!(matches!(refused, EditError::Save(keystore::SaveError::Write(WriteError::ChangedElsewhere))));
    assert!(labels(&other).is_empty(), "memory is as the file was when it was read");
    assert_eq!(labels(&place.unlock()), ["Main"]);
    one.add(label("Second"), evm(2), NOW).unwrap();
}

#[test]
fn a_file_tells_nothing_of_its_keys_and_its_length_little() {
    let place = Place::new();
    let empty = std::fs::read(place.path()).unwrap();
    let session = place.unlock();
    session.add(label("A telling label"), evm(1), NOW).unwrap();
    let one = std::fs::read(place.path()).unwrap();
    assert_eq!(empty.len(), one.len());
    let Identity::Evm(address) = *evm(1).identity() else { panic!("an EVM key") };
    for secret in [&b"A telling label"[..], &[1; 32], &address] {
        assert!(!one.windows(secret.len()).any(|window| window == secret));
    }
    assert_eq!(format!("{session:?}"), format!("Session({}, keys redacted)", place.path().display()));
    assert!(format!("{:?}", evm(1)).ends_with("secret redacted)"));
}
