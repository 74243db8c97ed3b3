//! The records on disk, and in memory as they stand there.
//!
//! `ceremonies/own.json`, and a file for each key (`key-…`), ceremony (`ceremony-…`) and session (`session-…`), each `{"version":1,
//! "record":…}`. What always holds: a change is on disk before the call returns; a file is the old one or the new one after a
//! crash; one process at a time. A ceremony's file is its claim to its id, so those of ceremonies that began are never removed.

use std::collections::BTreeMap;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use files::Readers;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use threshold::Group;

use crate::error::OpenError;
use crate::id::Id;
use crate::record::{CeremonyRecord, Key, KeyRecord, Own, SessionRecord};

const VERSION: u32 = 1;
const FOLDER: &str = "ceremonies";
const OWN: &str = "own.json";
/// Longest file that is read.
const LEN_MAX: u64 = 8 << 20;
/// Sessions and ceremonies that ended, of which so many are kept in memory and shown.
const SHOWN_MAX: usize = 500;

/// A file that could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{}", path.display())]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub source: io::Error,
}

fn fault(path: &Path) -> impl Fn(io::Error) -> FileError + '_ {
    |source| FileError { path: path.to_owned(), source }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Versioned<T> {
    version: u32,
    record: T,
}

/// All records.
pub(crate) struct Book {
    folder: PathBuf,
    _lock: File,
    pub(crate) own: Own,
    pub(crate) keys: BTreeMap<Id, Key>,
    pub(crate) ceremonies: BTreeMap<Id, CeremonyRecord>,
    pub(crate) sessions: BTreeMap<Id, SessionRecord>,
}

impl Book {
    pub(crate) fn open(data_dir: &Path) -> Result<Self, OpenError> {
        let folder = data_dir.join(FOLDER);
        DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(fault(&folder))?;
        let lock = take_lock(&folder)?;
        let own = read(&folder.join(OWN))?.unwrap_or_default();
        let mut book = Self {
            folder,
            _lock: lock,
            own,
            keys: BTreeMap::new(),
            ceremonies: BTreeMap::new(),
            sessions: BTreeMap::new(),
        };
        book.load()?;
        Ok(book)
    }

    fn load(&mut self) -> Result<(), OpenError> {
        for (name, path) in entries(&self.folder)? {
            let id = |prefix: &str| name.strip_prefix(prefix)?.strip_suffix(".json")?.parse::<Id>().ok();
            if let Some(id) = id("key-") {
                let key = decode(&path, need(&path)?)?;
                self.keys.insert(id, key);
            } else if let Some(id) = id("ceremony-") {
                self.ceremonies.insert(id, need(&path)?);
            } else if let Some(id) = id("session-") {
                self.sessions.insert(id, need(&path)?);
            }
        }
        Ok(())
    }

    pub(crate) fn save_own(&self) -> Result<(), FileError> {
        self.write(OWN, &self.own)
    }

    /// Puts a key's record in place.
    pub(crate) fn put_key(&mut self, key: Key) -> Result<(), FileError> {
        let id = key.id();
        self.write(&format!("key-{id}.json"), &key.record)?;
        self.keys.insert(id, key);
        Ok(())
    }

    /// Changes a key's record; nothing for one that is not there.
    pub(crate) fn alter_key(&mut self, id: &Id, change: impl FnOnce(&mut KeyRecord)) -> Result<(), FileError> {
        let Some(key) = self.keys.get(id) else { return Ok(()) };
        let mut key = key.clone();
        change(&mut key.record);
        self.put_key(key)
    }

    /// Puts a ceremony's record in place.
    pub(crate) fn put_ceremony(&mut self, record: CeremonyRecord) -> Result<(), FileError> {
        let id = record.plan.id;
        self.write(&format!("ceremony-{id}.json"), &record)?;
        self.ceremonies.insert(id, record);
        self.forget_old()
    }

    /// Changes a ceremony's record; nothing for one that is not there.
    pub(crate) fn alter_ceremony(
        &mut self,
        id: &Id,
        change: impl FnOnce(&mut CeremonyRecord),
    ) -> Result<(), FileError> {
        let Some(record) = self.ceremonies.get(id) else { return Ok(()) };
        let mut record = record.clone();
        change(&mut record);
        self.put_ceremony(record)
    }

    /// Puts a session's record in place.
    pub(crate) fn put_session(&mut self, record: SessionRecord) -> Result<(), FileError> {
        let id = record.id;
        self.write(&format!("session-{id}.json"), &record)?;
        self.sessions.insert(id, record);
        let old = self.sessions.values().filter(|record| !record.is_open());
        let old = old.map(|record| (record.asked_ms, record.id));
        if let Some(id) = oldest(old) {
            self.remove(&format!("session-{id}.json"))?;
            self.sessions.remove(&id);
        }
        Ok(())
    }

    /// Changes a session's record; nothing for one that is not there.
    pub(crate) fn alter_session(&mut self, id: &Id, change: impl FnOnce(&mut SessionRecord)) -> Result<(), FileError> {
        let Some(record) = self.sessions.get(id) else { return Ok(()) };
        let mut record = record.clone();
        change(&mut record);
        self.put_session(record)
    }

    /// The oldest invitation that never began goes when there are too many; what began is only forgotten in memory once it is
    /// over, and its file stays.
    fn forget_old(&mut self) -> Result<(), FileError> {
        let over = self.ceremonies.values().filter(|record| record.phase.is_over() && !record.discard);
        let Some(id) = oldest(over.map(|record| (record.plan.begun_ms, record.plan.id))) else { return Ok(()) };
        let began = self.ceremonies.remove(&id).is_some_and(|record| record.began_ms.is_some());
        if began { Ok(()) } else { self.remove(&format!("ceremony-{id}.json")) }
    }

    /// Whether there is a record of a ceremony, in memory or on disk.
    pub(crate) fn knows_ceremony(&self, id: &Id) -> bool {
        self.ceremonies.contains_key(id) || self.folder.join(format!("ceremony-{id}.json")).exists()
    }

    fn write<T: Serialize>(&self, name: &str, record: &T) -> Result<(), FileError> {
        let path = self.folder.join(name);
        let bytes = serde_json::to_vec(&Versioned { version: VERSION, record }).map_err(io::Error::from);
        let written = bytes.and_then(|bytes| files::replace(&path, &bytes, Readers::Owner));
        written.map_err(fault(&path))
    }

    fn remove(&self, name: &str) -> Result<(), FileError> {
        let path = self.folder.join(name);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(fault(&path)(error)),
            _ => Ok(()),
        }
    }
}

/// The oldest, when there are too many.
fn oldest(all: impl Iterator<Item = (u64, Id)> + Clone) -> Option<Id> {
    if all.clone().count() <= SHOWN_MAX { None } else { all.min().map(|(_, id)| id) }
}

fn take_lock(folder: &Path) -> Result<File, OpenError> {
    let path = folder.join("lock");
    let opened = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path);
    let file = opened.map_err(fault(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::Taken(folder.to_owned())),
        Err(TryLockError::Error(source)) => Err(fault(&path)(source).into()),
    }
}

fn entries(folder: &Path) -> Result<Vec<(String, PathBuf)>, FileError> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fault(folder))? {
        let entry = entry.map_err(fault(folder))?;
        if let Some(name) = entry.file_name().to_str() {
            found.push((name.to_owned(), entry.path()));
        }
    }
    found.sort();
    Ok(found)
}

fn decode(path: &Path, record: KeyRecord) -> Result<Key, OpenError> {
    let damaged = |error: threshold::FormatError| OpenError::Damaged { path: path.to_owned(), why: error.to_string() };
    let group = Group::from_bytes(&record.group.0).map_err(damaged)?;
    Ok(Key { record, group })
}

fn need<T: DeserializeOwned>(path: &Path) -> Result<T, OpenError> {
    read(path)?.ok_or_else(|| OpenError::Damaged { path: path.to_owned(), why: "it went away".to_owned() })
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, OpenError> {
    let Some(bytes) = files::read(path, LEN_MAX).map_err(fault(path))? else { return Ok(None) };
    let damaged = |why: String| OpenError::Damaged { path: path.to_owned(), why };
    let read: Versioned<T> = serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
    if read.version == VERSION { Ok(Some(read.record)) } else { Err(damaged(format!("version {}", read.version))) }
}
