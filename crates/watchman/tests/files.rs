//! Rosters, policies and keys as files: what is read, and what is refused.
#![allow(clippy::unwrap_used, reason = "tests")]

use keystore::{KdfParams, Keystore, Password, Session};
use serde_json::json;
use std::path::{Path, PathBuf};
use vault::policy::Policy;
use vault::seal::SealError;
use watchman::{
    RosterFile, RosterFileError, SettingsError, SettingsFiles, add_keys, open_policy, open_roster, policy_diff,
    roster_diff, seal_policy, seal_roster, trust_settings,
};

const KEY: &str = "0101010101010101010101010101010101010101010101010101010101010101";

fn session(dir: &Path, name: &str) -> Session {
    let password = Password::new("correct horse").unwrap();
    let made = Keystore::create(&dir.join(name), &password, KdfParams::insecure_for_tests()).unwrap();
    made.unlock(&password, detector::now_ms(), 600_000).unwrap()
}

fn policy(stopped: bool) -> Policy {
    let text = json!({ "version": 1, "stopped": stopped, "tokens": {}, "deny": [], "allow": null }).to_string();
    Policy::parse(&text).unwrap()
}

/// A keystore, and where its watchman's files lie.
struct Place {
    dir: tempfile::TempDir,
    ours: Session,
    peer: String,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("data")).unwrap();
        let ours = session(dir.path(), "ours");
        let peer = add_keys(&ours, "ours", KEY).unwrap().peer.to_string();
        Self { dir, ours, peer }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn files(&self) -> SettingsFiles {
        SettingsFiles { policy: self.path("policy"), roster: self.path("roster") }
    }

    fn open(&self) -> Result<Policy, SettingsError> {
        open_policy(&self.path("policy"), &self.path("data"), &self.ours)
    }

    fn seal(&self, stopped: bool) -> u64 {
        seal_policy(&policy(stopped), &self.path("policy"), &self.ours).unwrap()
    }

    fn roster(&self, name: &str, address: &str) -> RosterFile {
        let owner = "0x1a642f0e3c3af545e7acbd38b07251b3990914f1";
        let text = roster(&[(owner, &self.peer, &[address])]).replace("\"A\"", &format!("{name:?}"));
        RosterFile::parse(&text).unwrap()
    }
}

fn edit(path: &Path, edit: impl Fn(&str) -> String) {
    let text = std::fs::read_to_string(path).unwrap();
    let other = edit(&text);
    assert_ne!(text, other);
    std::fs::write(path, other).unwrap();
}

#[test]
fn a_sealed_policy_opens_with_its_own_keystore_only_and_never_goes_back() {
    let place = Place::new();
    let (path, theirs) = (place.path("policy"), session(place.dir.path(), "theirs"));
    add_keys(&theirs, "theirs", KEY).unwrap();
    assert_eq!(place.seal(true), 1);
    assert!(place.open().unwrap().stopped);
    let foreign = open_policy(&path, &place.path("elsewhere"), &theirs);
    assert!(matches!(foreign, Err(SettingsError::Seal(SealError::Broken))), "{foreign:?}");
    let old = std::fs::read_to_string(&path).unwrap();
    assert_eq!(place.seal(false), 2);
    assert!(!place.open().unwrap().stopped);
    std::fs::write(&path, &old).unwrap();
    assert!(matches!(place.open(), Err(SettingsError::Seal(SealError::Older { found: 1, known: 2 }))));
    edit(&path, |text| text.replace("\"stopped\": true", "\"stopped\": false"));
    assert!(matches!(place.open(), Err(SettingsError::Seal(SealError::Broken))));
    let over = seal_policy(&policy(false), &path, &place.ours);
    assert!(matches!(over, Err(SettingsError::Seal(SealError::Broken))), "not overwritten");
}

#[test]
fn the_newest_number_cannot_be_lowered_borrowed_or_lost_behind_a_watchmans_back() {
    let place = Place::new();
    let number = place.path("data/policy.number");
    (0..3).for_each(|_| _ = place.seal(true));
    seal_roster(&place.roster("Ada", "ada.example:1"), &place.path("roster"), &place.ours).unwrap();
    place.open().unwrap();
    open_roster(&place.path("roster"), &place.path("data"), &place.ours).unwrap();

    edit(&number, |text| text.replace("\"serial\": 3", "\"serial\": 1"));
    assert!(matches!(place.open(), Err(SettingsError::NumberBroken(_))));
    std::fs::copy(place.path("data/roster.number"), &number).unwrap();
    assert!(matches!(place.open(), Err(SettingsError::NumberBroken(_))), "the roster's number is not the policy's");
    std::fs::remove_file(&number).unwrap();
    assert!(place.open().is_ok(), "before the first journal nothing was in force");
    std::fs::remove_file(&number).unwrap();
    std::fs::write(place.path("data/journal"), "").unwrap();
    assert!(matches!(place.open(), Err(SettingsError::NumberGone(_))));
    trust_settings(&place.files(), &place.path("data"), &place.ours).unwrap();
    assert!(place.open().is_ok(), "a person said so");
}

#[test]
fn a_sealed_roster_reads_back_whole_and_is_no_policy() {
    let place = Place::new();
    let (path, ada) = (place.path("roster"), place.roster("Ada", "ada.example:1"));
    assert_eq!(seal_roster(&ada, &path, &place.ours).unwrap(), 1);
    assert_eq!(open_roster(&path, &place.path("data"), &place.ours).unwrap(), ada);
    assert_eq!(RosterFile::parse(&ada.to_text()).unwrap(), ada);
    assert!(open_policy(&path, &place.path("data"), &place.ours).is_err());
    edit(&path, |text| text.replace("ada.example:1", "eve.example:1"));
    let changed = open_roster(&path, &place.path("data"), &place.ours);
    assert!(matches!(changed, Err(SettingsError::Seal(SealError::Broken))), "{changed:?}");
}

#[test]
fn what_sealing_would_change_is_told_before() {
    let place = Place::new();
    assert_eq!(policy_diff(&policy(true), &place.path("policy"), &place.ours).unwrap(), None);
    place.seal(true);
    let rows = policy_diff(&policy(false), &place.path("policy"), &place.ours).unwrap().unwrap();
    let lines: Vec<String> = rows.iter().map(ToString::to_string).collect();
    assert_eq!(lines, ["stopped: true -> false  (loosens)"]);
    seal_roster(&place.roster("Ada", "ada.example:1"), &place.path("roster"), &place.ours).unwrap();
    let rows = roster_diff(&place.roster("Eve", "eve.example:1"), &place.path("roster"), &place.ours).unwrap().unwrap();
    let lines: Vec<String> = rows.iter().map(ToString::to_string).collect();
    assert!(lines[0].contains("Ada 12D3") && lines[0].contains("-> Eve 12D3"), "{lines:?}");
    assert!(lines[1].ends_with("/addresses: ada.example:1 -> eve.example:1"), "{lines:?}");
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
