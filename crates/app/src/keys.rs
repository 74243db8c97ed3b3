//! The keystore of this program: one file in the data directory, open for a bounded time.
//!
//! What always holds: a session ends at its deadline, at most a day after the password was typed, whatever a page asks;
//! passwords and keys are moved into wiped memory as soon as a command is taken apart; what derives a key or writes the
//! file runs outside async code, one piece of work at a time; every change is told. It works while the ledger is still
//! being opened.
//! What it does not do: keep the session open because it is used (only [`Keys::extend`] does), hand out a secret other
//! than a new phrase once, wipe what the web view or an HTTP request still holds of what was typed there.

mod account;
mod codes;
mod copies;
mod open;
mod ticker;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use everpay::AccountId;
use keystore::{Entry, EntryId, Identity, Kind, Session, SignError, Signer};
use tokio::sync::watch;

use crate::api::{CommandError, EventBody, KeyRow, KeystoreView};
use crate::confirm::Asker;
use crate::events::Hub;
use crate::settings::Settings;

/// Name of the file in the data directory.
const FILE: &str = "keystore.everwatch";

type Answer<T> = Result<T, CommandError>;

/// The keystore, for all who sign here.
#[derive(Debug, Clone)]
pub(crate) struct Keys(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    settings: Arc<Settings>,
    asker: Arc<Asker>,
    hub: Arc<Hub>,
    state: Mutex<State>,
    /// Held by whoever derives a key or writes the file.
    work: Arc<tokio::sync::Mutex<()>>,
    /// Counts the changes.
    revision: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct State {
    open: Option<Open>,
    /// Counts the lockings, so that an unlocking that began before one does not undo it.
    lockings: u64,
    watchman: Option<AccountId>,
}

/// While it is unlocked. What else is open ends with it.
#[derive(Debug)]
struct Open {
    session: Arc<Session>,
    /// As the file has them, so that nobody waits for a session that is at work.
    entries: Vec<Entry>,
    opened_ms: u64,
    deadline_ms: u64,
    phrase: Option<account::Shown>,
    backup: Option<copies::Preview>,
}

impl Keys {
    /// The keystore of a data directory, locked. Must be called inside a tokio runtime.
    pub(crate) fn new(data_dir: &Path, settings: Arc<Settings>, asker: Arc<Asker>, hub: Arc<Hub>) -> Self {
        let keys = Self(Arc::new(Inner {
            path: data_dir.join(FILE),
            settings,
            asker,
            hub,
            state: Mutex::default(),
            work: Arc::default(),
            revision: watch::channel(0).0,
        }));
        ticker::start(&keys.0);
        keys
    }

    /// The open keystore; `None` while it is locked. Whoever keeps it must expect it to lock at any time.
    pub(crate) fn session(&self) -> Option<Arc<Session>> {
        let now_ms = detector::now_ms();
        self.state().open.as_ref().filter(|open| now_ms < open.deadline_ms).map(|open| Arc::clone(&open.session))
    }

    /// Whether the key of an account is here; `None` while it is locked.
    pub(crate) fn holds(&self, account: &AccountId) -> Option<bool> {
        let mut state = self.state();
        let open = state.opened().ok()?;
        Some(open.entries.iter().any(|entry| entry.identity.account().as_ref() == Some(account)))
    }

    /// A signer for the key of an account. It ends with the session.
    ///
    /// # Errors
    /// `locked`, `not_found`.
    pub(crate) fn signer(&self, account: &AccountId) -> Answer<Box<dyn Signer>> {
        let (session, id) = {
            let mut state = self.state();
            let open = state.opened()?;
            let entry = open.entries.iter().find(|entry| entry.identity.account().as_ref() == Some(account));
            (Arc::clone(&open.session), entry.ok_or_else(codes::no_such_key)?.id())
        };
        session.signer(id, detector::now_ms()).map_err(|error| match error {
            SignError::Locked => codes::locked(),
            other => CommandError::new("not_found", other.code()),
        })
    }

    /// Changes with every opening, locking and edit.
    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.0.revision.subscribe()
    }

    /// Tells which account the watchman of this program signs with, whose key is then not removed.
    pub(crate) fn set_watchman(&self, account: Option<AccountId>) {
        self.state().watchman = account;
        self.0.changed();
    }

    /// What a page may know.
    pub(crate) fn view(&self) -> KeystoreView {
        let (now_ms, state) = (detector::now_ms(), self.state());
        let open = state.open.as_ref().filter(|open| now_ms < open.deadline_ms);
        KeystoreView {
            exists: open.is_some() || self.0.path.symlink_metadata().is_ok(),
            path: self.0.path.display().to_string(),
            unlocked: open.is_some(),
            left_ms: open.map(|open| open.deadline_ms.saturating_sub(now_ms)),
            auto_lock_minutes: self.0.settings.auto_lock_minutes(),
            accounts: open.map(|open| open.entries.iter().map(|entry| state.row(entry)).collect()).unwrap_or_default(),
            native: self.0.asker.native(),
        }
    }

    /// Locks now. Whoever signs at this moment finishes first, in the background.
    pub(crate) fn lock(&self) {
        self.0.lock();
    }

    /// Does a piece of work outside async code.
    ///
    /// # Errors
    /// `busy` while another one is done; the work's own.
    async fn work<T: Send + 'static>(&self, job: impl FnOnce() -> Answer<T> + Send + 'static) -> Answer<T> {
        let busy = |_| CommandError::new("busy", "the keystore is at work");
        let turn = Arc::clone(&self.0.work).try_lock_owned().map_err(busy)?;
        let done = tokio::task::spawn_blocking(move || {
            // Not given back when the one who asked has gone: the work goes on.
            let _turn = turn;
            job()
        });
        done.await.map_err(|fault| CommandError::new("core_fault", fault))?
    }

    /// Changes the open keystore outside async code, and tells.
    ///
    /// # Errors
    /// `locked`, `busy`; the change's own.
    pub(crate) async fn edit<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Session, u64) -> Answer<T> + Send + 'static,
    ) -> Answer<T> {
        let session = self.session().ok_or_else(codes::locked)?;
        let inner = Arc::clone(&self.0);
        self.work(move || {
            let done = change(&session, detector::now_ms());
            inner.read_again(&session);
            done
        })
        .await
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state()
    }
}

impl State {
    fn row(&self, entry: &Entry) -> KeyRow {
        let account = entry.identity.account();
        KeyRow {
            id: entry.id().to_string(),
            label: entry.label.to_string(),
            kind: entry.identity.kind().as_str().to_owned(),
            watchman: account.is_some() && account == self.watchman,
            account: account.map(|account| account.to_string()),
            created_ms: entry.created_ms,
        }
    }

    fn opened(&mut self) -> Answer<&mut Open> {
        let now_ms = detector::now_ms();
        self.open.as_mut().filter(|open| now_ms < open.deadline_ms).ok_or_else(codes::locked)
    }

    fn entry(&self, id: EntryId) -> Answer<&Entry> {
        let open = self.open.as_ref().ok_or_else(codes::locked)?;
        open.entries.iter().find(|entry| entry.id() == id).ok_or_else(codes::no_such_key)
    }

    /// Whether the watchman needs this key: its account's, or a secret that was made with it.
    fn is_watchmans(&self, identity: &Identity) -> bool {
        self.watchman.is_some() && (identity.kind() == Kind::Share || identity.account() == self.watchman)
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self) {
        self.revision.send_modify(|revision| *revision += 1);
        self.hub.publish(EventBody::Keystore);
    }

    fn lock(&self) {
        let open = {
            let mut state = self.state();
            state.lockings += 1;
            state.open.take()
        };
        let Some(open) = open else { return };
        // A session at work keeps its lock for as long as a derivation takes.
        tokio::task::spawn_blocking(move || open.session.lock());
        self.changed();
    }

    /// Takes over what `session` holds now, if it is still the open one.
    fn read_again(&self, session: &Arc<Session>) {
        let Ok(entries) = session.entries(detector::now_ms()) else { return };
        if let Some(open) = self.state().open.as_mut().filter(|open| Arc::ptr_eq(&open.session, session)) {
            open.entries = entries;
        }
        self.changed();
    }
}

/// The id of a key, as a page names it.
fn id(text: &str) -> Answer<EntryId> {
    text.parse().map_err(|_| CommandError::new("invalid_request", "not the id of a key"))
}
