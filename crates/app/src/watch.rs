//! The watchman of this app: hosted beside the detector, looked at and decided about through the page's commands.
//!
//! What always holds: it opens when the keystore is unlocked for the first time and watches until the app stops; while the
//! keystore is locked it signs nothing. A page names a burn by its everHash alone: what a person approves is rebuilt from the
//! watchman's own payload, asked in a window that no page reaches, and compared once more before it is told. Policy and
//! roster come from files sealed with a key in the keystore. A watchman that cannot open or ends is opened again after a
//! rest, and touches nothing else.
//! What it does not do: judge burns (the pipeline does), hold keys (the keystore does), word anything for a page.
//! Source: `docs/watchmen.md`, "In the window".

mod changes;
mod decide;
mod detail;
mod folder;
mod halts;
mod host;
mod pulse;
mod questions;
mod rows;
mod rules;
mod sealed;
mod set_up;
mod view;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use everpay::{AccountId, Rules};
use tokio::sync::Notify;
use watchman::AskError;

use crate::api::{CommandError, PayoutDetail, PayoutPage, PayoutsRequest, Signing, WatchmanMode};
use crate::core::Shared;
use crate::door;
use detail::Here;
use folder::{Folder, Settings};
pub(crate) use host::run;

/// How far the watchman is.
#[derive(Debug, Clone)]
enum Phase {
    /// Not opened: not set up, or the keystore was not unlocked yet.
    Idle,
    Starting,
    Running(watchman::WatchmanView),
    /// A code, and more of it for a detail view.
    Failed(&'static str, String),
}

/// What the heartbeat needs, as the watchman was last looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Brief {
    awaiting: u32,
    on_the_way: u32,
    /// A vault is halted, or the stop switch is on.
    stopped: bool,
    /// Sources or chains keep it from signing.
    blocked: bool,
}

#[derive(Debug)]
struct Inner {
    settings: Option<Settings>,
    phase: Phase,
    brief: Brief,
}

/// The watchman of this app, whether or not there is one.
#[derive(Debug)]
pub(crate) struct Watch {
    folder: Folder,
    inner: Mutex<Inner>,
    /// Set up, or changed so that opening it again may help.
    kicked: Notify,
    /// Held by whoever reads or writes the sealed files: reading remembers their numbers.
    files: tokio::sync::Mutex<()>,
}

impl Watch {
    /// Looks at what was set up in this data directory.
    pub(crate) fn new(data_dir: &Path) -> Self {
        let folder = Folder::of(data_dir);
        let (settings, phase) = match folder.read() {
            Ok(settings) => (settings, Phase::Idle),
            Err(fault) => (None, Phase::Failed("settings", fault.to_string())),
        };
        let inner = Inner { settings, phase, brief: Brief::default() };
        Self { folder, inner: Mutex::new(inner), kicked: Notify::new(), files: tokio::sync::Mutex::default() }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The account that the watchman signs with; `None` while none is set up. Its key must stay in the keystore.
    pub(crate) fn account(&self) -> Option<AccountId> {
        AccountId::parse(&self.inner().settings.as_ref()?.account).ok()
    }

    /// Whether it can sign, and how many payouts wait for a person.
    pub(crate) fn heartbeat(&self, unlocked: bool) -> (Signing, u32) {
        let inner = self.inner();
        (self.signing(&inner, unlocked), inner.brief.awaiting)
    }

    /// How far it is.
    pub(crate) fn now(&self) -> WatchmanMode {
        self.mode(&self.inner())
    }

    /// The watchman's folder: what `--data-dir` of its commands names.
    pub(crate) fn data_dir(&self) -> &Path {
        self.folder.path()
    }

    fn signing(&self, inner: &Inner, unlocked: bool) -> Signing {
        match (self.mode(inner), inner.brief) {
            (WatchmanMode::NotSetUp, _) => Signing::NotSetUp,
            _ if !unlocked => Signing::Locked,
            (WatchmanMode::Running, Brief { stopped: true, .. }) => Signing::Stopped,
            (WatchmanMode::Running, Brief { blocked: false, .. }) => Signing::Ready,
            _ => Signing::Blocked,
        }
    }

    fn mode(&self, inner: &Inner) -> WatchmanMode {
        match &inner.phase {
            Phase::Running(_) => WatchmanMode::Running,
            Phase::Starting => WatchmanMode::Starting,
            Phase::Failed(..) => WatchmanMode::Failed,
            Phase::Idle if inner.settings.is_some() && self.folder.is_complete() => WatchmanMode::Locked,
            Phase::Idle => WatchmanMode::NotSetUp,
        }
    }

    /// The running watchman.
    ///
    /// # Errors
    /// `not_set_up`, `not_running`.
    pub(crate) fn running(&self) -> Result<watchman::WatchmanView, CommandError> {
        let inner = self.inner();
        match (&inner.phase, self.mode(&inner)) {
            (Phase::Running(view), _) => Ok(view.clone()),
            (_, WatchmanMode::NotSetUp) => Err(CommandError::new("not_set_up", "no watchman is set up here")),
            _ => Err(CommandError::new("not_running", "the watchman does not run yet; unlock the keystore")),
        }
    }

    fn enter(&self, phase: Phase) {
        let mut inner = self.inner();
        (inner.phase, inner.brief) = (phase, Brief::default());
    }
}

/// Answers what pages ask about the watchman.
pub(crate) struct Guard<'a> {
    shared: &'a Shared,
    ledger: &'a detector::View,
    /// The pinned rules, or while they are not known the network file's.
    rules: Arc<Rules>,
}

type Answer<T> = Result<T, CommandError>;

impl<'a> Guard<'a> {
    pub(crate) fn new(shared: &'a Shared, ledger: &'a detector::View) -> Self {
        let rules = ledger.rules().unwrap_or_else(|| Arc::new(shared.network.rules.clone()));
        Self { shared, ledger, rules }
    }

    fn watch(&self) -> &Watch {
        &self.shared.watch
    }

    fn running(&self) -> Answer<watchman::WatchmanView> {
        self.watch().running()
    }

    pub(crate) async fn payouts(&self, request: &PayoutsRequest) -> Answer<PayoutPage> {
        let rows = match self.running() {
            Ok(view) => view.queue().await.map_err(not_done)?,
            Err(_) => Vec::new(),
        };
        rows::page(rows, request, Some(&self.rules))
    }

    pub(crate) async fn payout(&self, hash: &str) -> Answer<PayoutDetail> {
        Ok(detail::detail(&self.facts(hash).await?, self.here()))
    }

    async fn facts(&self, hash: &str) -> Answer<watchman::PayoutFacts> {
        let facts = self.running()?.facts(door::ever_hash(hash)?).await.map_err(not_done)?;
        facts.ok_or_else(|| CommandError::new("not_found", "no burn that this watchman knows"))
    }

    fn here(&self) -> Here<'_> {
        Here {
            rules: Some(&self.rules),
            now_ms: detector::now_ms(),
            folder: self.watch().folder.path(),
            unlocked: self.shared.keys.session().is_some(),
            native: self.shared.asker.native(),
        }
    }
}

/// Why the watchman did not do it.
fn not_done(why: AskError) -> CommandError {
    let code = match &why {
        AskError::Stopped => "not_running",
        AskError::Text(..) => "invalid_request",
        AskError::Keys(_) => "locked",
        _ => "refused",
    };
    CommandError::new(code, crate::core::with_causes(&why))
}
