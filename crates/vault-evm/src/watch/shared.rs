//! What a watcher shows while it works, behind one lock, and the notices to those who look.

use super::model::{SourceInfo, Trouble, WatchNotice, WatchState};
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::broadcast;

/// Notices that a slow reader may be behind; older ones are dropped for it.
const NOTICES_MAX: usize = 64;

/// The shown state of one watcher.
#[derive(Debug)]
pub(super) struct Shared {
    state: RwLock<WatchState>,
    notices: broadcast::Sender<WatchNotice>,
}

impl Shared {
    pub(super) fn new(state: WatchState) -> Self {
        Self { state: RwLock::new(state), notices: broadcast::Sender::new(NOTICES_MAX) }
    }

    pub(super) fn state(&self) -> WatchState {
        self.look(WatchState::clone)
    }

    /// Reads the state in place.
    pub(super) fn look<R>(&self, at: impl FnOnce(&WatchState) -> R) -> R {
        at(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn subscribe(&self) -> broadcast::Receiver<WatchNotice> {
        self.notices.subscribe()
    }

    /// Changes the state; readers hear of it with the next [`Shared::tell`].
    pub(super) fn update<R>(&self, with: impl FnOnce(&mut WatchState) -> R) -> R {
        with(&mut self.state.write().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn tell(&self, notice: WatchNotice) {
        // Nobody may be listening.
        let _ = self.notices.send(notice);
    }

    /// Shows what keeps the watcher from getting on, or that nothing does.
    pub(super) fn trouble(&self, trouble: Option<Trouble>) {
        let news = self.update(|state| {
            let news = state.trouble != trouble;
            state.trouble.clone_from(&trouble);
            news
        });
        if news {
            if let Some(Trouble { code, subject }) = &trouble {
                tracing::warn!(code, subject, "the watcher does not get on");
            }
            self.tell(WatchNotice::State);
        }
    }

    pub(super) fn each_source(&self, with: impl FnMut(&mut SourceInfo)) {
        self.update(|state| state.sources.iter_mut().for_each(with));
    }

    /// A node gave no answer in this round.
    pub(super) fn silent(&self, source: usize, word: &'static str) {
        self.update(|state| {
            if let Some(source) = state.sources.get_mut(source) {
                source.state = word;
            }
        });
    }

    /// A node answered, and fell short later in the round. Who contradicted once does not look good again before the next.
    pub(super) fn worse(&self, source: usize, word: &'static str) {
        self.update(|state| {
            if let Some(source) = state.sources.get_mut(source).filter(|source| source.state != "disagrees") {
                source.state = word;
            }
        });
    }

    /// A node named its height: the round begins well for it.
    pub(super) fn answered(&self, source: usize, height: u64, took: Duration) {
        self.update(|state| {
            if let Some(source) = state.sources.get_mut(source) {
                source.state = "agrees";
                source.height = Some(height);
                source.latency_ms = u64::try_from(took.as_millis()).ok();
                source.seen_ms = Some(now_ms());
            }
        });
    }
}

/// The clock, Unix ms.
pub(super) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
