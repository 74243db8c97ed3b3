//! The socket in a data directory by which people's commands reach the watchman that runs there: one line of JSON each way,
//! a connection for each.
//!
//! What always holds: only the system's user who opened it is answered (mode 0600, and the kernel's word who is at the other
//! end); what is asked, how much, and how long it takes is bounded; a door that only shows ([`Access::Look`]) decides nothing.
//! What it does not do: prove who asks; whoever is that user speaks for every name.

mod request;

pub use request::Request;

use crate::view::{AskError, WatchmanView};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use vault::signature::Digest;

/// Its name in the data directory.
pub const FILE: &str = "watchman.sock";
/// Longest path of a socket, bytes: `sun_path` without its end.
const PATH_LEN_MAX: usize = 103;
/// Longest request, bytes.
const REQUEST_LEN_MAX: u64 = 16 * 1024;
/// Longest answer, bytes.
const ANSWER_LEN_MAX: u64 = 64 * 1024 * 1024;
const EXCHANGE_MAX: Duration = Duration::from_secs(15);
const CONNECTIONS_MAX: usize = 16;

/// What a door is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// To look: where people decide elsewhere, before a window of this program.
    Look,
    /// To look and to decide.
    Decide,
}

/// Why a door does not open, or what came of asking.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DoorError {
    /// The socket.
    #[error("{} cannot be opened", path.display())]
    Socket {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Longer than a socket's path can be on this system.
    #[error("{} is longer than the {PATH_LEN_MAX} bytes that a socket's path can have; use a shorter data directory", .0.display())]
    PathTooLong(PathBuf),
    /// Nobody is there.
    #[error("no watchman runs in {}", dir.display())]
    Nobody {
        /// Where.
        dir: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It went away, or answered something else than an answer.
    #[error("the watchman's answer cannot be read")]
    Answer(#[source] io::Error),
    /// It takes too long.
    #[error("the watchman does not answer")]
    Silent,
    /// It refuses.
    #[error("{0}")]
    Refused(String),
}

/// What is answered.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Answer {
    Done(Value),
    Refused(String),
}

/// The open socket; its file goes with it.
#[derive(Debug)]
pub struct Door {
    listener: UnixListener,
    path: PathBuf,
    user: u32,
    access: Access,
}

impl Door {
    /// Opens the socket in a data directory. The journal's lock says that no other watchman works there, so that an old file
    /// is nobody's: open the watchman first.
    ///
    /// # Errors
    /// [`DoorError::Socket`], [`DoorError::PathTooLong`].
    pub fn open(data_dir: &Path, access: Access) -> Result<Self, DoorError> {
        let path = data_dir.join(FILE);
        let fault = |source| DoorError::Socket { path: path.clone(), source };
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(fault(error)),
            _ => {}
        }
        let reach = Reach::of(data_dir)?;
        let listener = UnixListener::bind(&reach.path).map_err(fault)?;
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).map_err(fault)?;
        let user = std::fs::metadata(&path).map_err(fault)?.uid();
        Ok(Self { listener, path, user, access })
    }

    /// Answers until it is dropped.
    pub async fn serve(self, view: WatchmanView) {
        let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            match self.listener.accept().await {
                Ok((stream, _)) if stream.peer_cred().is_ok_and(|other| other.uid() == self.user) => {
                    let (view, access) = (view.clone(), self.access);
                    tokio::spawn(async move {
                        if !matches!(timeout(EXCHANGE_MAX, exchange(stream, &view, access)).await, Ok(Ok(()))) {
                            tracing::debug!("a command went away");
                        }
                        drop(place);
                    });
                }
                Ok(_) => tracing::warn!("another user of this system knocked"),
                // Out of descriptors, most likely: it passes.
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// A path of the socket that is short enough, as long as this lives.
struct Reach {
    path: PathBuf,
    _dir: Option<File>,
}

impl Reach {
    fn of(data_dir: &Path) -> Result<Self, DoorError> {
        let path = data_dir.join(FILE);
        if path.as_os_str().len() <= PATH_LEN_MAX {
            return Ok(Self { path, _dir: None });
        }
        if !cfg!(target_os = "linux") {
            return Err(DoorError::PathTooLong(path));
        }
        // The kernel names every open directory by a short path.
        let dir = File::open(data_dir).map_err(|source| DoorError::Socket { path, source })?;
        Ok(Self { path: format!("/proc/self/fd/{}/{FILE}", dir.as_raw_fd()).into(), _dir: Some(dir) })
    }
}

async fn exchange(stream: UnixStream, view: &WatchmanView, access: Access) -> io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut line = String::new();
    BufReader::new(reader.take(REQUEST_LEN_MAX)).read_line(&mut line).await?;
    let answer = match serde_json::from_str::<Request>(&line) {
        Ok(request) if access == Access::Look && !request.only_looks() => {
            Answer::Refused("this watchman is decided about in its own window".to_owned())
        }
        Ok(request) => answer(view, request).await.unwrap_or_else(|why| Answer::Refused(text(&why))),
        Err(error) => Answer::Refused(format!("not a request: {error}")),
    };
    let mut line = serde_json::to_vec(&answer)?;
    line.push(b'\n');
    writer.write_all(&line).await
}

async fn answer(view: &WatchmanView, request: Request) -> Result<Answer, AskError> {
    let done = |()| Value::Null;
    let value = match request {
        Request::List => json(&view.queue().await?),
        Request::Status => json(&view.status().await?),
        Request::Show { ever_hash } => match view.facts(ever_hash).await? {
            Some(facts) => json(&facts),
            None => return Ok(Answer::Refused(format!("{ever_hash} is no burn that is known here"))),
        },
        Request::Approve { ever_hash, digest, by } => {
            let Ok(digest) = digest.parse::<Digest>() else {
                return Ok(Answer::Refused("a digest has 64 hexadecimal digits".to_owned()));
            };
            view.approve(ever_hash, digest, &by).await.map(done)?
        }
        Request::Refuse { ever_hash, by, reason } => view.refuse(ever_hash, &by, &reason).await.map(done)?,
        Request::Reopen { ever_hash, by } => view.reopen(ever_hash, &by).await.map(done)?,
        Request::Halt { chain, key } => view.halt(&chain, &key).await.map(done)?,
        Request::Rearm { chain, keys, by, reason } => view.rearm(&chain, keys, &by, &reason).await.map(done)?,
        Request::Pardon { owner, by } => {
            let Ok(owner) = owner.parse() else {
                return Ok(Answer::Refused("a watchman is named by the address of its key".to_owned()));
            };
            view.pardon(owner, &by).await.map(done)?
        }
        Request::Reload => json(&view.reload().await?),
    };
    Ok(Answer::Done(value))
}

/// An error with what it comes from: who asks sees no more than this line.
fn text(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", text(source)),
        None => error.to_string(),
    }
}

fn json<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).expect("plain data with texts as keys")
}

/// Asks the watchman that runs in `data_dir`.
///
/// # Errors
/// [`DoorError`].
pub async fn ask(data_dir: &Path, request: &Request) -> Result<Value, DoorError> {
    match timeout(EXCHANGE_MAX, put(data_dir, request)).await.map_err(|_| DoorError::Silent)?? {
        Answer::Done(value) => Ok(value),
        Answer::Refused(why) => Err(DoorError::Refused(why)),
    }
}

async fn put(data_dir: &Path, request: &Request) -> Result<Answer, DoorError> {
    let nobody = |source| DoorError::Nobody { dir: data_dir.to_owned(), source };
    let reach = Reach::of(data_dir)?;
    let (reader, mut writer) = UnixStream::connect(&reach.path).await.map_err(nobody)?.into_split();
    let mut line = serde_json::to_vec(request).map_err(|error| DoorError::Answer(error.into()))?;
    line.push(b'\n');
    writer.write_all(&line).await.map_err(DoorError::Answer)?;
    let mut answer = String::new();
    BufReader::new(reader.take(ANSWER_LEN_MAX)).read_line(&mut answer).await.map_err(DoorError::Answer)?;
    serde_json::from_str(&answer).map_err(|error| DoorError::Answer(error.into()))
}
