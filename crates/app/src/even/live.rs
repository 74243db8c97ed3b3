//! A network at the speed of clocks, in a thread of its own.
//!
//! What always holds: nobody but the thread touches the network; what pages see are snapshots, one a second; it ends within
//! a second of being told, or of the app being gone. A machine that is too slow gives a network whose clock falls behind:
//! what was not simulated in time is left out, never caught up in a burst.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use even_sim::config::Config;
use even_sim::network::{CannotBuild, Network};
use tokio::sync::watch;

use super::book::Book;
use super::snapshot::Snapshot;

/// Simulated time that passes between two looks at the clock, ms.
const STEP_MS: u64 = 50;
/// Waiting for the next step.
const PAUSE: Duration = Duration::from_millis(50);
/// A network that is behind by more gives up what it missed, ms.
const BEHIND_MAX_MS: u64 = 2_000;
/// Time between snapshots.
const SHOW: Duration = Duration::from_secs(1);
/// The newest snapshot; none before the first. Its sender is gone when the network is.
pub(super) type Shown = watch::Receiver<Option<Arc<Snapshot>>>;

/// Why no network runs.
#[derive(Debug, thiserror::Error)]
pub(super) enum CannotRun {
    /// There is no such network.
    #[error(transparent)]
    Build(#[from] CannotBuild),
    /// It has no honest node that reads everything, through whose eyes it could be shown.
    #[error("nobody in this network can be asked")]
    Blind,
    /// The system gives no thread.
    #[error("no thread for the network")]
    Thread(#[from] std::io::Error),
}

/// A running network. Dropping it ends it.
#[derive(Debug)]
pub(super) struct Live {
    shown: Shown,
    stop: Sender<()>,
    thread: JoinHandle<Result<(), CannotRun>>,
}

impl Live {
    /// Starts it; the first snapshot takes a moment. `tell` is called after each.
    pub(super) fn start(config: Config, tell: impl Fn() + Send + 'static) -> Result<Self, CannotRun> {
        let (stop, stopping) = channel();
        let (show, shown) = watch::channel(None);
        let thread = thread::Builder::new().name("even".into()).spawn(move || {
            let begun_ms = detector::now_ms();
            let network = Network::new(config)?;
            let book = Book::new(&network, begun_ms).ok_or(CannotRun::Blind)?;
            let publish = |snapshot| {
                show.send_replace(Some(Arc::new(snapshot)));
                tell();
            };
            drive(network, book, &stopping, publish);
            Ok(())
        })?;
        Ok(Self { shown, stop, thread })
    }

    /// The snapshots.
    pub(super) fn shown(&self) -> Shown {
        self.shown.clone()
    }

    /// Whether it still runs.
    pub(super) fn runs(&self) -> bool {
        self.shown.has_changed().is_ok()
    }

    /// Ends it and waits for that; why it ended by itself before.
    pub(super) fn stop(self) -> Result<(), String> {
        drop(self.stop);
        match self.thread.join() {
            Ok(ended) => ended.map_err(|fault| crate::core::with_causes(&fault)),
            Err(_) => Err("the network broke down".to_owned()),
        }
    }
}

fn drive(mut network: Network, mut book: Book, stopping: &Receiver<()>, publish: impl Fn(Snapshot)) {
    let (mut begun, mut ran) = (Instant::now(), 0);
    let mut shown: Option<Instant> = None;
    loop {
        let due = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let behind = due.saturating_sub(ran);
        if behind > BEHIND_MAX_MS {
            begun += Duration::from_millis(behind);
        } else if behind > 0 {
            ran = due.min(ran + STEP_MS);
            network.run_until(ran);
            book.follow(&network);
        }
        if shown.is_none_or(|shown| shown.elapsed() >= SHOW) {
            shown = Some(Instant::now());
            publish(book.snapshot(&network));
        }
        if is_told_to_stop(stopping, ran >= due) {
            return;
        }
    }
}

fn is_told_to_stop(stopping: &Receiver<()>, may_wait: bool) -> bool {
    if may_wait {
        !matches!(stopping.recv_timeout(PAUSE), Err(RecvTimeoutError::Timeout))
    } else {
        !matches!(stopping.try_recv(), Err(TryRecvError::Empty))
    }
}
