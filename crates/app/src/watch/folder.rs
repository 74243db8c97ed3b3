//! The watchman's folder in the data directory: what was set up, the sealed files, and what the watchman keeps itself.
//!
//! What always holds: `settings.json` names no secret and decides nothing that counts (which key of the keystore is taken and
//! where it listens; who counts stands in the sealed roster); it is replaced whole or not at all.

use std::fs::{DirBuilder, File};
use std::io::{self, Read};
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use everpay::AccountId;
use files::Readers;
use serde::{Deserialize, Serialize};
use vault::signature::Owner;
use watchman::SettingsFiles;

const FOLDER: &str = "watchman";
const SETTINGS: &str = "settings.json";
/// Longest settings, bytes.
const SETTINGS_MAX: u64 = 16 << 10;
/// Longest host and port.
const LISTEN_MAX: usize = 256;

/// What a watchman was set up with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Settings {
    /// The account that signs, EIP-55.
    pub(super) account: String,
    /// Its identity between watchmen.
    pub(super) peer: String,
    /// Where the others reach it, `host:port`.
    pub(super) listen: String,
}

impl Settings {
    /// The key of the account.
    pub(super) fn owner(&self) -> Option<Owner> {
        match AccountId::parse(&self.account) {
            Ok(AccountId::Evm(address)) => Some(Owner::new(address)),
            _ => None,
        }
    }

    /// What to bind for `listen`: the address itself, or the port on every address where a name is given.
    pub(super) fn bind(&self) -> Option<SocketAddr> {
        bind(&self.listen)
    }
}

/// As [`Settings::bind`].
pub(super) fn bind(listen: &str) -> Option<SocketAddr> {
    if let Ok(address) = listen.parse() {
        return Some(address);
    }
    let (host, port) = listen.rsplit_once(':')?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    let named = !host.is_empty() && listen.len() <= LISTEN_MAX && host.chars().all(is_name);
    let port: u16 = port.parse().ok().filter(|port| *port > 0)?;
    named.then(|| SocketAddr::from(([0, 0, 0, 0], port)))
}

/// The folder.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    root: PathBuf,
}

impl Folder {
    pub(super) fn of(data_dir: &Path) -> Self {
        Self { root: data_dir.join(FOLDER) }
    }

    pub(super) fn path(&self) -> &Path {
        &self.root
    }

    /// The sealed files.
    pub(super) fn files(&self) -> SettingsFiles {
        SettingsFiles { policy: self.root.join("policy.sealed"), roster: self.root.join("roster.sealed") }
    }

    /// Whether policy and roster are there, so that a watchman can run.
    pub(super) fn is_complete(&self) -> bool {
        let files = self.files();
        files.policy.is_file() && files.roster.is_file()
    }

    /// What was set up; `None`: nothing.
    pub(super) fn read(&self) -> io::Result<Option<Settings>> {
        let mut text = Vec::new();
        match File::open(self.root.join(SETTINGS)) {
            Ok(file) => file.take(SETTINGS_MAX).read_to_end(&mut text)?,
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(fault) => return Err(fault),
        };
        Ok(Some(serde_json::from_slice(&text)?))
    }

    /// Makes the folder.
    pub(super) fn make(&self) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.root)
    }

    /// Remembers what was set up.
    pub(super) fn write(&self, settings: &Settings) -> io::Result<()> {
        files::replace(&self.root.join(SETTINGS), &serde_json::to_vec_pretty(settings)?, Readers::Owner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn what_was_set_up_is_found_again_and_foreign_text_is_refused() {
        let temp = tempfile::tempdir().unwrap();
        let folder = Folder::of(temp.path());
        assert_eq!(folder.read().unwrap(), None);
        folder.make().unwrap();
        let settings = Settings {
            account: "0x6451eB7f668de69Fb4C943Db72bCF2A73DeeC6B1".into(),
            peer: "p".into(),
            listen: "127.0.0.1:7000".into(),
        };
        folder.write(&settings).unwrap();
        assert_eq!(folder.read().unwrap(), Some(settings.clone()));
        assert!(settings.owner().is_some() && !folder.is_complete());
        std::fs::write(folder.path().join(SETTINGS), "{\"account\": 1}").unwrap();
        assert!(folder.read().is_err());
    }

    #[test]
    fn an_address_is_bound_as_it_is_and_a_name_by_its_port() {
        assert_eq!(bind("127.0.0.1:7000"), Some(SocketAddr::from(([127, 0, 0, 1], 7000))));
        assert_eq!(bind("ada.example:7000"), Some(SocketAddr::from(([0, 0, 0, 0], 7000))));
        assert!(bind("[::1]:7000").is_some());
        for bad in ["", "ada.example", ":7000", "ada.example:0", "ada.example:70000", "a b:1", "http://a:1"] {
            assert_eq!(bind(bad), None, "{bad}");
        }
    }
}
