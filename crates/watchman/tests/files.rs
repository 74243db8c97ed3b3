//! Rosters, policies and keys as files: what is read, and what is refused.
#![allow(clippy::unwrap_used, reason = "tests")]

use keystore::{KdfParams, Keystore, Password, Session};
use serde_json::json;
use std::path::{Path, PathBuf};
use watchman::{PolicyFileError, RosterFile, RosterFileError, add_keys, open_policy, seal_policy};

const KEY: &str = "0101010101010101010101010101010101010101010101010101010101010101";

fn session(dir: &Path, name: &str) -> Session {
    let password = Password::new("correct horse").unwrap();
    let made = Keystore::create(&dir.join(name), &password, KdfParams::insecure_for_tests()).unwrap();
    made.unlock(&password, detector::now_ms(), 600_000).unwrap()
}

fn policy(stopped: bool) -> String {
    json!({ "version": 1, "stopped": stopped, "tokens": {}, "deny": [], "allow": null }).to_string()
}

fn write(path: &Path, text: &str) -> PathBuf {
    std::fs::write(path, text).unwrap();
    path.to_owned()
}

#[test]
fn a_sealed_policy_opens_with_its_own_keystore_only_and_never_goes_back() {
    let dir = tempfile::tempdir().unwrap();
    let (ours, theirs) = (session(dir.path(), "ours"), session(dir.path(), "theirs"));
    add_keys(&ours, "ours", KEY).unwrap();
    add_keys(&theirs, "theirs", KEY).unwrap();
    let (data, sealed) = (dir.path().join("data"), dir.path().join("sealed"));
    std::fs::create_dir(&data).unwrap();
    let plain = |stopped| write(&dir.path().join("plain"), &policy(stopped));
    assert_eq!(seal_policy(&plain(true), &sealed, &ours).unwrap(), 1);
    assert!(open_policy(&sealed, &data, &ours).unwrap().stopped);
    assert!(matches!(open_policy(&sealed, &data, &theirs), Err(PolicyFileError::Seal(_))));
    let old = std::fs::read_to_string(&sealed).unwrap();
    assert_eq!(seal_policy(&plain(false), &sealed, &ours).unwrap(), 2);
    assert!(!open_policy(&sealed, &data, &ours).unwrap().stopped);
    write(&sealed, &old);
    assert!(open_policy(&sealed, &data, &ours).unwrap_err().to_string().contains("older"));
    write(&sealed, &old.replace("\"stopped\": true", "\"stopped\": false"));
    assert!(matches!(open_policy(&sealed, &data, &ours), Err(PolicyFileError::Seal(_))));
    assert!(matches!(seal_policy(&plain(false), &sealed, &ours), Err(PolicyFileError::Seal(_))), "not overwritten");
}

fn roster(members: &[(&str, &str, &[&str])]) -> String {
    let members: Vec<_> = members
        .iter()
        .map(|(owner, peer, addresses)| json!({ "owner": owner, "peer": peer, "name": "A", "addresses": addresses }))
        .collect();
    json!({ "quarantineHours": 48, "members": members }).to_string()
}

#[test]
fn a_roster_names_owners_and_identities_that_exist() {
    let dir = tempfile::tempdir().unwrap();
    let session = session(dir.path(), "keys");
    let made = add_keys(&session, "watchman", KEY).unwrap();
    let (owner, peer) = (made.owner.to_string(), made.peer.to_string());
    let read = RosterFile::parse(&roster(&[(&owner, &peer, &["ada.example:7000"])])).unwrap();
    assert_eq!(read.owner(&made.peer), Some(made.owner));
    assert_eq!(read.peer(&made.owner), Some(made.peer));
    let bad: [&[(&str, &str, &[&str])]; 5] = [
        &[],
        &[("0x12", &peer, &[])],
        &[(&owner, "somebody", &[])],
        &[(&owner, &peer, &["ada.example"])],
        &[(&owner, &peer, &[]), (&owner, &peer, &[])],
    ];
    for members in bad {
        assert!(RosterFile::parse(&roster(members)).is_err(), "{members:?}");
    }
    let unknown = roster(&[(&owner, &peer, &[])]).replace("\"name\"", "\"nick\"");
    assert!(matches!(RosterFile::parse(&unknown), Err(RosterFileError::Format(_))));
}
