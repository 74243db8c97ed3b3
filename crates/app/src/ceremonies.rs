//! Keys that several watchmen hold together, as pages see them: the driver of crate `ceremony`, hosted beside the watchman.
//!
//! What always holds: it runs as a guest of the watchman's connections and ends with it; while the keystore is locked no share is
//! used. Inviting, joining, beginning a task, taking a share back and approving what is signed is asked in a window that no page
//! reaches; what is asked about is compared once more before it is told. What is signed is read back from the bytes that would
//! be signed. Passwords are moved into wiped memory as soon as a command is taken apart.
//! What it does not do: talk to members (the driver does), keep shares (the keystore does), word anything for a page.
//! Source: `docs/ceremonies.md`, `docs/threshold.md`.

mod backups;
mod codes;
mod decide;
mod host;
mod map;
mod pulse;
mod questions;

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ceremony::{Ceremonies, Id};
use files::Readers;

use crate::api::{
    CarriedMessages, CarryRequest, CeremoniesView, CeremonyDetail, CeremonyRequest, CommandError, CompareRequest,
    KeyAddress, KeyAddressRequest, Reason, SessionDetail, SignRequest, TakeMessagesRequest,
};
use crate::core::Shared;
use codes::not_done;
pub(crate) use host::run;

type Answer<T> = Result<T, CommandError>;

/// Longest text that a person carries here in one piece, bytes.
const TEXT_MAX: usize = 8 << 20;
/// Bytes of a group's public data at most.
const GROUP_MAX: u64 = 64 << 10;
/// Most accepted characters of a partially signed transaction.
const PSBT_MAX: usize = 1 << 20;

/// The driver of this app, while there is one.
#[derive(Debug, Default)]
pub(crate) struct SharedKeys(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    running: Option<Ceremonies>,
    /// Why it does not run beside a running watchman.
    why: Option<String>,
    /// What waits for a person here.
    awaiting: u32,
}

impl SharedKeys {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Invitations and sessions that wait for a person here.
    pub(crate) fn awaiting(&self) -> u32 {
        self.inner().awaiting
    }
}

/// Answers what pages ask about shared keys.
pub(crate) struct Circle<'a> {
    shared: &'a Shared,
}

impl<'a> Circle<'a> {
    pub(crate) fn new(shared: &'a Shared) -> Self {
        Self { shared }
    }

    /// The driver.
    ///
    /// # Errors
    /// `not_set_up`, `not_running`.
    fn running(&self) -> Answer<Ceremonies> {
        self.shared.watch.running()?;
        let running = self.shared.ceremonies.inner().running.clone();
        running.ok_or_else(|| CommandError::new("not_running", "the driver of ceremonies does not run"))
    }

    /// Everything at a glance; empty while no watchman runs here.
    pub(crate) async fn view(&self) -> Answer<CeremoniesView> {
        let mode = self.shared.watch.now();
        let Ok(running) = self.running() else {
            let why = self.shared.ceremonies.inner().why.clone();
            let why = why.map(|subject| Reason { code: "stopped".to_owned(), subject });
            return Ok(CeremoniesView { troubles: why.into_iter().collect(), ..map::nothing(mode) });
        };
        Ok(map::view(mode, running.overview().await.map_err(not_done)?))
    }

    pub(crate) async fn ceremony(&self, request: &CeremonyRequest) -> Answer<CeremonyDetail> {
        self.running()?.ceremony(id(&request.id)?).await.map(map::ceremony).map_err(not_done)
    }

    pub(crate) async fn compare(&self, request: &CompareRequest) -> Answer<CeremonyDetail> {
        let done = self.running()?.compare(id(&request.id)?, request.number).await;
        done.map(map::ceremony).map_err(not_done)
    }

    pub(crate) async fn stop(&self, request: &CeremonyRequest) -> Answer<CeremonyDetail> {
        self.running()?.stop(id(&request.id)?).await.map(map::ceremony).map_err(not_done)
    }

    pub(crate) async fn address(&self, request: KeyAddressRequest) -> Answer<KeyAddress> {
        let account = request.account.filter(|account| !account.is_empty());
        let group = id(&request.group)?;
        let running = self.running()?;
        let found = running.address(group, account).await.map_err(not_done)?;
        let keys = running.overview().await.map_err(not_done)?.keys;
        let key =
            keys.iter().find(|key| key.group == group).ok_or_else(|| CommandError::new("not_found", "no such key"))?;
        let file = self.group_file(&running, group).await?;
        Ok(map::address(found, key.network, &file.display().to_string()))
    }

    pub(crate) async fn sign(&self, request: &SignRequest) -> Answer<SessionDetail> {
        let bad = |why: &str| CommandError::new("bad_psbt", why);
        if request.psbt.len() > PSBT_MAX {
            return Err(bad("longer than any transaction that a key signs"));
        }
        let text: String = request.psbt.split_whitespace().collect();
        let psbt = crypto::b64::decode_std(&text).map_err(|_| bad("not base64"))?;
        let asked = self.running()?.ask_to_sign(id(&request.group)?, psbt).await.map_err(not_done)?;
        Ok(self.session_view(asked))
    }

    pub(crate) async fn session(&self, request: &CeremonyRequest) -> Answer<SessionDetail> {
        let session = self.running()?.session(id(&request.id)?).await.map_err(not_done)?;
        Ok(self.session_view(session))
    }

    pub(crate) async fn decline(&self, request: &CeremonyRequest) -> Answer<SessionDetail> {
        let session = self.running()?.decline(id(&request.id)?).await.map_err(not_done)?;
        Ok(self.session_view(session))
    }

    pub(crate) async fn carry(&self, request: &CarryRequest) -> Answer<CarriedMessages> {
        let running = self.running()?;
        let parts = match &request.id {
            Some(text) => running.carry(id(text)?, request.number).await,
            None => running.introduce().await,
        };
        Ok(CarriedMessages { parts: parts.map_err(not_done)? })
    }

    pub(crate) async fn take(&self, request: TakeMessagesRequest) -> Answer<CeremoniesView> {
        if request.text.len() > TEXT_MAX {
            return Err(CommandError::new("too_large", format!("a text has at most {TEXT_MAX} bytes")));
        }
        self.running()?.take(request.text).await.map_err(not_done)?;
        self.view().await
    }

    fn session_view(&self, session: ceremony::SessionDetail) -> SessionDetail {
        map::session(session, &self.folder())
    }

    /// The file of a group's public data, from which anybody computes its addresses without asking anybody.
    async fn group_file(&self, running: &Ceremonies, group: Id) -> Answer<PathBuf> {
        let bytes = running.group(group).await.map_err(not_done)?;
        let path = self.shared.watch.data_dir().join(format!("group-{group}.everwatch"));
        let to = path.clone();
        let written = tokio::task::spawn_blocking(move || {
            let there = files::read(&to, GROUP_MAX).ok().flatten();
            if there.is_some_and(|there| there == bytes) { Ok(()) } else { files::replace(&to, &bytes, Readers::Usual) }
        });
        let written = written.await.map_err(|fault| CommandError::new("core_fault", fault))?;
        written.map_err(|fault| CommandError::new("file", format!("{}: {fault}", path.display())))?;
        Ok(path)
    }

    /// The folder that commands name.
    fn folder(&self) -> String {
        self.shared.watch.data_dir().display().to_string()
    }
}

/// The id of a ceremony, a session or a group, as a page names it.
fn id(text: &str) -> Answer<Id> {
    text.parse().map_err(|why| CommandError::new("invalid_request", why))
}
