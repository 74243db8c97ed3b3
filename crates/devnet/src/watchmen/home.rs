//! Where a watchman's files lie: in a folder of its own, or in the app's data directory when the app runs it.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::Member;
use crate::error::Fault;
use crate::folder::{make, write_json};

const PASSWORD_BYTES: usize = 24;
/// What opens the keystore that is prepared for the window. It guards play money, and is no secret.
pub const PRACTICE_PASSWORD: &str = "practice-only-1234";

/// The files of one watchman.
#[derive(Debug, Clone)]
pub(super) struct Home {
    pub(super) keystore: PathBuf,
    pub(super) password: PathBuf,
    /// Hands the owner's key over, and does not stay.
    pub(super) key: PathBuf,
    pub(super) policy: PathBuf,
    pub(super) roster: PathBuf,
    pub(super) data: PathBuf,
    pub(super) member: PathBuf,
    /// Where policies are written before they are sealed.
    pub(super) draft: PathBuf,
    is_apps: bool,
}

impl Home {
    /// In a folder of its own.
    pub(super) fn own(folder: &Path) -> Self {
        Self {
            keystore: folder.join("keystore"),
            password: folder.join("password"),
            key: folder.join("key"),
            policy: folder.join("policy.json"),
            roster: folder.join("roster.json"),
            data: folder.join("data"),
            member: folder.join("member.json"),
            draft: folder.join("policy.draft.json"),
            is_apps: false,
        }
    }

    /// In the app's data directory; what the app does not need stays in `folder`.
    pub(super) fn of_app(folder: &Path, app: &Path) -> Self {
        let data = app.join("watchman");
        Self {
            keystore: app.join("keystore.everwatch"),
            policy: data.join("policy.sealed"),
            roster: data.join("roster.sealed"),
            data,
            is_apps: true,
            ..Self::own(folder)
        }
    }

    pub(super) fn is_apps(&self) -> bool {
        self.is_apps
    }

    /// Makes the folders and a password. What a start that was interrupted left behind guards nothing yet.
    pub(super) fn prepare(&self, secret: &str) -> Result<(), Fault> {
        for folder in [&self.password, &self.keystore, &self.policy].into_iter().filter_map(|file| file.parent()) {
            make(folder)?;
        }
        for part in [&self.keystore, &self.password, &self.key, &self.policy, &self.roster] {
            remove(part)?;
        }
        let random = || crypto::hexs::encode(&rand::random::<[u8; PASSWORD_BYTES]>());
        let password = if self.is_apps { PRACTICE_PASSWORD.to_owned() } else { random() };
        write_secret(&self.password, &password)?;
        write_secret(&self.key, secret)
    }

    /// What the app reads of its watchman.
    pub(super) fn tell_app(&self, member: &Member) -> Result<(), Fault> {
        if !self.is_apps {
            return Ok(());
        }
        let settings = json!({ "account": member.address, "peer": member.peer, "listen": member.listen() });
        write_json(&self.data.join("settings.json"), &settings)
    }
}

/// A file that only its owner reads; it must not be there yet.
fn write_secret(path: &Path, text: &str) -> Result<(), Fault> {
    let file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(Fault::file(path))
}

pub(super) fn remove(path: &Path) -> Result<(), Fault> {
    match std::fs::remove_file(path) {
        Err(fault) if fault.kind() != std::io::ErrorKind::NotFound => Err(Fault::file(path)(fault)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_secret_is_for_its_owner_only_and_replaces_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        write_secret(&path, "one").unwrap();
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
        assert_eq!(mode & 0o077, 0);
        assert!(write_secret(&path, "two").is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one");
        remove(&path).unwrap();
        remove(&path).unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn the_apps_watchman_has_the_practice_password_and_another_a_random_one() {
        let folder = tempfile::tempdir().unwrap();
        let (own, app) = (folder.path().join("own"), folder.path().join("app"));
        for home in [Home::own(&own), Home::of_app(&own, &app)] {
            home.prepare("secret").unwrap();
            let password = std::fs::read_to_string(&home.password).unwrap();
            assert_eq!(password == PRACTICE_PASSWORD, home.is_apps());
            assert!(password.len() >= 12 && home.policy.parent().unwrap().is_dir());
        }
    }
}
