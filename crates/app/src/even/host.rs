//! A network in this process alone, without an app: it runs by the clock and answers at a socket in a data directory, where
//! the app finds it.
//!
//! What always holds: one network for each directory, by a lock that the kernel drops with the process; only the system's
//! user is answered, and only what reads; the socket goes when the network ends. What it does not do: keep anything: the
//! same configuration starts the same network again.

use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use even_sim::config::Config;
use local_socket::{Listener, SocketError};

use super::START_TIME;
use super::live::{CannotRun, Live, Shown};
use super::process::{Asked, SERVICE, Told};
use super::questions::Questions;
use crate::api::{CommandError, Reply};
use crate::lock::{DataLock, LockFault};

/// Name of the lock in the data directory.
const LOCK: &str = "even.lock";

/// Why no network is hosted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CannotHost {
    /// The data directory cannot be made or written.
    #[error("cannot use {} as data directory", .0.display())]
    DataDir(PathBuf, #[source] io::Error),
    /// Another process has it.
    #[error("a network runs in {} already", .0.display())]
    InUse(PathBuf),
    /// The socket.
    #[error(transparent)]
    Socket(#[from] SocketError),
    /// No thread for it.
    #[error("the network cannot run")]
    Run(#[source] io::Error),
    /// It did not start, or ended by itself.
    #[error("the network has ended: {0}")]
    Ended(String),
}

/// Runs a network until `stopped`. `ready` is called once it can be asked.
///
/// # Errors
/// [`CannotHost`].
pub async fn host_even(
    config: Config,
    data_dir: &Path,
    ready: impl FnOnce(),
    stopped: impl Future<Output = ()>,
) -> Result<(), CannotHost> {
    let unusable = |fault| CannotHost::DataDir(data_dir.to_owned(), fault);
    fs::DirBuilder::new().recursive(true).mode(0o700).create(data_dir).map_err(unusable)?;
    let _lock = DataLock::take(data_dir, LOCK).map_err(|fault| match fault {
        LockFault::Taken => CannotHost::InUse(data_dir.to_owned()),
        LockFault::Io(fault) => unusable(fault),
    })?;
    let live = Live::start(config, || {}).map_err(|fault| match fault {
        CannotRun::Thread(fault) => CannotHost::Run(fault),
        other => CannotHost::Ended(crate::core::with_causes(&other)),
    })?;
    let mut shown = live.shown();
    let began =
        tokio::time::timeout(START_TIME, shown.wait_for(Option::is_some)).await.is_ok_and(|first| first.is_ok());
    let served = if began { serve(data_dir, shown, ready, stopped).await } else { Ok(()) };
    let ended = tokio::task::spawn_blocking(move || live.stop()).await.unwrap_or_else(|fault| Err(fault.to_string()));
    served?;
    ended.map_err(CannotHost::Ended)?;
    if began { Ok(()) } else { Err(CannotHost::Ended("it did not start in time".to_owned())) }
}

/// Answers until told to stop, or until the network is gone.
async fn serve(
    data_dir: &Path,
    shown: Shown,
    ready: impl FnOnce(),
    stopped: impl Future<Output = ()>,
) -> Result<(), CannotHost> {
    let listener = Listener::open(data_dir, SERVICE)?;
    let mut watched = shown.clone();
    let answer = move |asked| std::future::ready(answer(&shown, asked));
    ready();
    tokio::select! {
        () = listener.serve(answer) => {}
        () = stopped => {}
        // The network drops its end when it breaks down.
        _ = watched.wait_for(Option::is_none) => {}
    }
    Ok(())
}

fn answer(shown: &Shown, asked: serde_json::Result<Asked>) -> Told<Reply> {
    let snapshot = shown.borrow().clone();
    let told = asked
        .map_err(|fault| CommandError::new("invalid_request", fault))
        .and_then(|asked| Questions { snapshot: snapshot.as_deref(), watched: &asked.watched }.answer(&asked.command));
    told.map_or_else(Told::Refused, Told::Done)
}
