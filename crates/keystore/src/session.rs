//! A keystore while it is unlocked.
//!
//! What always holds: nothing is answered at or after the deadline, whether or not anybody called
//! [`Session::tick`]; the greatest time ever given counts as now; memory and file never disagree (the file is written
//! first); locking, the deadline and dropping the session all zeroise keys and secrets; a panic inside counts as locked.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use zeroize::Zeroizing;

use crate::contents::{Contents, Refusal};
use crate::disk::Expected;
use crate::entry::{Entry, EntryId, Identity, Record};
use crate::error::{BackupError, EditError, Locked, SaveError};
use crate::format::{Fingerprint, same_key};
use crate::import::NewKey;
use crate::kdf::KdfParams;
use crate::label::Label;
use crate::password::Password;
use crate::restore::{self, RestorePlan};
use crate::signer::{FileSigner, SignError, Signer};
use crate::store::{Keystore, Lock};

/// The longest time between unlocking or extending and the deadline: 31 days, in milliseconds.
pub const UNLOCK_MS_MAX: u64 = 31 * 24 * 60 * 60 * 1000;

/// Whether a session still answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionState {
    /// It does, for so long.
    Open {
        /// Milliseconds to the deadline.
        left_ms: u64,
    },
    /// It does not, and never will again.
    Locked,
}

/// An unlocked keystore. Dropping it locks it. The signers taken from it end with it.
pub struct Session {
    shared: Arc<Shared>,
}

/// What a session and its signers look at.
pub(crate) struct Shared {
    path: PathBuf,
    /// The greatest time that was ever given.
    seen_ms: AtomicU64,
    state: RwLock<Option<Open>>,
}

struct Open {
    deadline_ms: u64,
    lock: Lock,
    /// Of the file as this session read or wrote it last.
    fingerprint: Fingerprint,
    contents: Contents,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session({}, keys redacted)", self.shared.path.display())
    }
}

impl Shared {
    fn see(&self, now_ms: u64) -> u64 {
        self.seen_ms.fetch_max(now_ms, Ordering::Relaxed).max(now_ms)
    }

    fn lock(&self) {
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Reads what is open, if it is still open at `now_ms`; locks it otherwise.
    fn look<T>(&self, now_ms: u64, read: impl FnOnce(&Open) -> T) -> Result<T, Locked> {
        let now_ms = self.see(now_ms);
        match &*self.state.read().map_err(|_| Locked)? {
            Some(open) if now_ms < open.deadline_ms => return Ok(read(open)),
            Some(_) => {}
            None => return Err(Locked),
        }
        self.lock();
        Err(Locked)
    }

    /// As [`Shared::look`], with the right to change.
    fn alter<T, E: From<Locked>>(&self, now_ms: u64, change: impl FnOnce(&mut Open) -> Result<T, E>) -> Result<T, E> {
        let now_ms = self.see(now_ms);
        let mut state = self.state.write().map_err(|_| Locked)?;
        match &mut *state {
            Some(open) if now_ms < open.deadline_ms => change(open),
            ended => {
                *ended = None;
                Err(Locked.into())
            }
        }
    }

    /// Reads one key's record.
    pub(crate) fn record<T>(
        &self,
        id: EntryId,
        now_ms: u64,
        read: impl FnOnce(&Record) -> Result<T, SignError>,
    ) -> Result<T, SignError> {
        self.look(now_ms, |open| open.contents.get(id).ok_or(SignError::NoSuchKey).and_then(read))?
    }
}

fn deadline(now_ms: u64, for_ms: u64) -> u64 {
    now_ms.saturating_add(for_ms.min(UNLOCK_MS_MAX))
}

impl Session {
    pub(crate) fn new(
        path: PathBuf,
        lock: Lock,
        fingerprint: Fingerprint,
        contents: Contents,
        now_ms: u64,
        for_ms: u64,
    ) -> Self {
        let open = Open { deadline_ms: deadline(now_ms, for_ms), lock, fingerprint, contents };
        let shared = Shared { path, seen_ms: AtomicU64::new(now_ms), state: RwLock::new(Some(open)) };
        Self { shared: Arc::new(shared) }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    /// Tells the session the time; it locks itself when its own is over.
    pub fn tick(&self, now_ms: u64) -> SessionState {
        let now_ms = self.shared.see(now_ms);
        let left = self.shared.look(now_ms, |open| open.deadline_ms.saturating_sub(now_ms));
        left.map_or(SessionState::Locked, |left_ms| SessionState::Open { left_ms })
    }

    /// Moves the deadline to `for_ms` (at most [`UNLOCK_MS_MAX`]) from now, earlier or later. An ended session stays
    /// ended.
    ///
    /// # Errors
    /// The session has ended.
    pub fn extend(&self, now_ms: u64, for_ms: u64) -> Result<(), Locked> {
        let now_ms = self.shared.see(now_ms);
        self.shared.alter(now_ms, |open| {
            open.deadline_ms = deadline(now_ms, for_ms);
            Ok(())
        })
    }

    /// Ends the session now. Waits for a signature that is being made.
    pub fn lock(&self) {
        self.shared.lock();
    }

    /// The keys, in the order in which they were added.
    ///
    /// # Errors
    /// The session has ended.
    pub fn entries(&self, now_ms: u64) -> Result<Vec<Entry>, Locked> {
        self.shared.look(now_ms, |open| open.contents.entries())
    }

    /// A signer for one key. It ends with this session, and with the key.
    ///
    /// # Errors
    /// The session has ended, no key has this id, or the key is a share.
    pub fn signer(&self, id: EntryId, now_ms: u64) -> Result<Box<dyn Signer>, SignError> {
        let account =
            self.shared.record(id, now_ms, |record| record.entry.identity.account().ok_or(SignError::WrongKind))?;
        Ok(Box::new(FileSigner::new(Arc::downgrade(&self.shared), id, account)))
    }

    /// The bytes of a share, for the code that computes with it.
    ///
    /// # Security
    /// They must stay in this process and in wiped memory.
    ///
    /// # Errors
    /// The session has ended, no key has this id, or the key is not a share.
    pub fn share(&self, id: EntryId, now_ms: u64) -> Result<Zeroizing<Vec<u8>>, SignError> {
        self.shared.record(id, now_ms, |record| match record.entry.identity {
            Identity::Share(_) => Ok(Zeroizing::new(record.secret.as_bytes().to_vec())),
            Identity::Evm(_) | Identity::Arweave(_) => Err(SignError::WrongKind),
        })
    }

    /// Adds a key and writes the file.
    ///
    /// # Errors
    /// The session has ended, the key or label is here already, or the file was not written.
    pub fn add(&self, label: Label, key: NewKey, now_ms: u64) -> Result<Entry, EditError> {
        let (identity, secret) = key.into_parts();
        let entry = Entry { label, identity, created_ms: now_ms };
        let record = Record::new(entry.clone(), secret);
        self.edit(now_ms, |contents| contents.add(record))?;
        Ok(entry)
    }

    /// Gives a key another label and writes the file.
    ///
    /// # Errors
    /// As [`Session::add`]; no key has this id.
    pub fn rename(&self, id: EntryId, label: Label, now_ms: u64) -> Result<(), EditError> {
        self.edit(now_ms, |contents| contents.rename(id, label))
    }

    /// Removes a key for good and writes the file. Copies of older files and backups still hold it.
    ///
    /// # Errors
    /// As [`Session::add`]; no key has this id.
    pub fn remove(&self, id: EntryId, now_ms: u64) -> Result<Entry, EditError> {
        self.edit(now_ms, |contents| contents.remove(id).map(|record| record.entry))
    }

    /// Encrypts the file anew under another password, salt and cost. Blocks for two derivations; signers wait meanwhile.
    ///
    /// # Errors
    /// The session has ended, `current` is not the password, or the file was not written.
    pub fn change_password(
        &self,
        current: &Password,
        new: &Password,
        kdf: KdfParams,
        now_ms: u64,
    ) -> Result<(), EditError> {
        self.shared.alter(now_ms, |open| {
            let asked = open.lock.kdf.derive(current, &open.lock.salt);
            if !same_key(&asked, &open.lock.key) {
                return Err(EditError::WrongPassword);
            }
            let lock = Lock::new(new, kdf)?;
            open.fingerprint = lock.save(&self.shared.path, &open.contents, Expected::This(open.fingerprint))?;
            open.lock = lock;
            Ok(())
        })
    }

    /// Writes all keys to a second keystore under its own password and reads it back. Blocks for two derivations.
    ///
    /// # Errors
    /// The session has ended, the file exists, or it was not written.
    pub fn backup(&self, path: &Path, password: &Password, kdf: KdfParams, now_ms: u64) -> Result<(), BackupError> {
        let contents = self.shared.look(now_ms, |open| open.contents.clone())?;
        Lock::new(password, kdf).map_err(SaveError::from)?.save(path, &contents, Expected::Nothing)?;
        let written = Keystore::open(path).map_err(|_| BackupError::NotReadBack)?;
        let read = written.unlock(password, now_ms, 1).map_err(|_| BackupError::NotReadBack)?;
        let alike = read.shared.look(now_ms, |open| restore::plan(&open.contents, &contents).present.len())?;
        if alike == contents.records().len() { Ok(()) } else { Err(BackupError::NotReadBack) }
    }

    /// What restoring the keys of `backup` would do. Changes nothing.
    ///
    /// # Errors
    /// One of the two sessions has ended.
    pub fn preview_restore(&self, backup: &Session, now_ms: u64) -> Result<RestorePlan, Locked> {
        let theirs = backup.shared.look(now_ms, |open| open.contents.clone())?;
        self.shared.look(now_ms, |open| restore::plan(&open.contents, &theirs))
    }

    /// Does what the `approved` preview said and writes the file. Of the keys that differ, those of `take_theirs`
    /// become as they are in the backup.
    ///
    /// # Errors
    /// One of the two sessions has ended, the keys changed after the preview, or the file was not written.
    pub fn restore(
        &self,
        backup: &Session,
        approved: &RestorePlan,
        take_theirs: &[EntryId],
        now_ms: u64,
    ) -> Result<(), EditError> {
        let theirs = backup.shared.look(now_ms, |open| open.contents.clone())?;
        self.edit(now_ms, |contents| restore::carry_out(contents, &theirs, approved, take_theirs))
    }

    /// Changes a copy, writes it, and keeps it once it is on disk.
    fn edit<T>(&self, now_ms: u64, change: impl FnOnce(&mut Contents) -> Result<T, Refusal>) -> Result<T, EditError> {
        self.shared.alter(now_ms, |open| {
            let mut contents = open.contents.clone();
            let done = change(&mut contents)?;
            open.fingerprint = open.lock.save(&self.shared.path, &contents, Expected::This(open.fingerprint))?;
            open.contents = contents;
            Ok(done)
        })
    }
}
