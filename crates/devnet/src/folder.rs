//! The data directory of a devnet: who holds it, what is where, and the few choices that the next run finds again.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use files::Readers;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::Fault;

/// Held by the devnet that uses the directory.
const LOCK: &str = "devnet.lock";
/// Where the choices are kept.
const CHOICES: &str = "devnet.json";

/// A data directory that is ours for as long as this value lives.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    /// The kernel drops the lock with the process, however it ends.
    _lock: File,
}

/// What a devnet remembers from run to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Choices {
    pub(crate) gateway_port: u16,
    pub(crate) coordinator_port: u16,
    /// Absent in the folder of a devnet that had no Ethereum yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) evm_port: Option<u16>,
}

impl Folder {
    /// Creates the directory if it is missing and locks it.
    pub(crate) fn take(root: &Path) -> Result<Self, Fault> {
        make(root)?;
        // Children get these paths while their working folder may be another.
        let root = root.canonicalize().map_err(Fault::file(root))?;
        let path = root.join(LOCK);
        let lock =
            OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(Fault::file(&path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Fault::DataDirInUse(root)),
            Err(TryLockError::Error(source)) => return Err(Fault::File { path, source }),
        }
        let folder = Self { root, _lock: lock };
        folder.make_parts()?;
        Ok(folder)
    }

    fn make_parts(&self) -> Result<(), Fault> {
        ["keys", "logs"].into_iter().try_for_each(|part| make(&self.path(part)))
    }

    /// Moves everything into a new part `NAME-1` (or 2, …) and begins anew; nothing is deleted. For a devnet whose ledger
    /// has other rules, because a ledger's rules never change. Returns where everything is.
    pub(crate) fn set_aside(&self, name: &str) -> Result<PathBuf, Fault> {
        let new = (1..u32::MAX).map(|number| self.path(&format!("{name}-{number}"))).find(|path| !path.exists());
        let aside = new.expect("a directory does not hold that many parts");
        make(&aside)?;
        let (last, mut parts): (Vec<_>, Vec<_>) = self.parts()?.into_iter().partition(|part| part == CHOICES);
        parts.retain(|part| part != LOCK && !part.starts_with(name));
        // The choices tell that the folder is an old one: as long as they are there, the next start goes on moving.
        parts.extend(last);
        for part in parts {
            std::fs::rename(self.path(&part), aside.join(&part)).map_err(Fault::file(self.path(&part)))?;
        }
        self.make_parts()?;
        Ok(aside)
    }

    fn parts(&self) -> Result<Vec<String>, Fault> {
        let read = || -> std::io::Result<Vec<String>> {
            std::fs::read_dir(&self.root)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
        };
        read().map_err(Fault::file(&self.root))
    }

    pub(crate) fn path(&self, part: &str) -> PathBuf {
        self.root.join(part)
    }

    pub(crate) fn log(&self, name: &str) -> Option<PathBuf> {
        Some(self.root.join("logs").join(name).with_extension("log"))
    }

    pub(crate) fn choices(&self) -> Result<Option<Choices>, Fault> {
        read_json(&self.path(CHOICES))
    }

    pub(crate) fn remember(&self, choices: Choices) -> Result<(), Fault> {
        write_json(&self.path(CHOICES), &choices)
    }
}

pub(crate) fn make(folder: &Path) -> Result<(), Fault> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(Fault::file(folder))
}

/// `None` if there is no such file.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, Fault> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(Fault::File { path: path.to_owned(), source }),
    };
    let content = |fault: serde_json::Error| Fault::Content { path: path.to_owned(), reason: fault.to_string() };
    serde_json::from_slice(&text).map(Some).map_err(content)
}

/// Replaces the file as a whole, readable by its owner only; a crash leaves the old one or the new one.
pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> Result<(), Fault> {
    let content = |fault: serde_json::Error| Fault::Content { path: path.to_owned(), reason: fault.to_string() };
    let text = serde_json::to_vec_pretty(value).map_err(content)?;
    files::replace(path, &text, Readers::Owner).map_err(Fault::file(path))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn one_devnet_holds_a_folder_and_its_choices_come_back() {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path().join("deep/devnet");
        let folder = Folder::take(&root).unwrap();
        assert!(matches!(Folder::take(&root), Err(Fault::DataDirInUse(_))));
        assert_eq!(folder.choices().unwrap(), None);
        let choices = Choices { gateway_port: 1, coordinator_port: 2, evm_port: Some(3) };
        folder.remember(choices).unwrap();
        drop(folder);
        assert_eq!(Folder::take(&root).unwrap().choices().unwrap(), Some(choices));
    }

    #[test]
    fn what_is_set_aside_is_kept_and_the_folder_is_as_new() {
        let temp = tempfile::tempdir().unwrap();
        let folder = Folder::take(temp.path()).unwrap();
        std::fs::write(folder.path("keys/coordinator.json"), "a wallet").unwrap();
        std::fs::write(folder.path("devnet.json"), "{\"gateway_port\":1,\"coordinator_port\":2}").unwrap();
        assert_eq!(folder.choices().unwrap().unwrap().evm_port, None);
        let aside = folder.set_aside("before").unwrap();
        assert_eq!(folder.choices().unwrap(), None);
        assert_eq!(std::fs::read_dir(folder.path("keys")).unwrap().count(), 0);
        assert_eq!(std::fs::read(aside.join("keys/coordinator.json")).unwrap(), b"a wallet");
        assert!(matches!(Folder::take(temp.path()), Err(Fault::DataDirInUse(_))), "it is still held");
        assert_ne!(folder.set_aside("before").unwrap(), aside);
        assert!(aside.exists());
    }

    #[test]
    fn a_foreign_file_is_named_and_not_replaced() {
        let temp = tempfile::tempdir().unwrap();
        let folder = Folder::take(temp.path()).unwrap();
        std::fs::write(folder.path("devnet.json"), "{\"gateway_port\": \"x\"}").unwrap();
        let text = folder.choices().unwrap_err().to_string();
        assert!(text.contains("devnet.json") && text.contains("move the data directory away"), "{text}");
    }
}
