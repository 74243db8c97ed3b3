//! What the tests of the public face share.
#![allow(dead_code, clippy::unwrap_used, reason = "tests; each file uses a part")]

use std::path::PathBuf;

use keystore::{KdfParams, Keystore, Label, NewKey, Password, Session, ShareName};
use tempfile::TempDir;

/// A moment, in milliseconds.
pub(crate) const NOW: u64 = 1_800_000_000_000;
/// How long the sessions of tests last.
pub(crate) const HOUR: u64 = 3_600_000;
pub(crate) const WEAK: KdfParams = KdfParams::insecure_for_tests();

pub(crate) fn password(text: &str) -> Password {
    Password::new(text).unwrap()
}

pub(crate) fn label(text: &str) -> Label {
    Label::new(text).unwrap()
}

/// The EVM key whose 32 bytes are all `byte`.
pub(crate) fn evm(byte: u8) -> NewKey {
    NewKey::from_evm_bytes(&[byte; 32]).unwrap()
}

pub(crate) fn share(name: &str, bytes: &[u8]) -> NewKey {
    NewKey::from_share(ShareName::new(name.as_bytes()).unwrap(), bytes).unwrap()
}

/// A folder with a new keystore under the password "correct horse".
pub(crate) struct Place {
    pub(crate) folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        Keystore::create(&place.path(), &password("correct horse"), WEAK).unwrap();
        place
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.file("keys")
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn unlock(&self) -> Session {
        self.unlock_at(NOW)
    }

    pub(crate) fn unlock_at(&self, now_ms: u64) -> Session {
        Keystore::open(&self.path()).unwrap().unlock(&password("correct horse"), now_ms, HOUR).unwrap()
    }
}

/// The labels of a session's keys, in order.
pub(crate) fn labels(session: &Session) -> Vec<String> {
    session.entries(NOW).unwrap().into_iter().map(|entry| entry.label.to_string()).collect()
}
