//! Questions to a process of the same user, over a Unix socket in its data directory: one line of JSON each way, a connection
//! for each.
//!
//! What always holds: only the system's user who opened it is answered (mode 0600, and the kernel's word who is at the other
//! end); what is asked, how much, and how long it takes is bounded; the file goes with its listener; on Linux the directory's
//! path may be of any length.
//! What it does not do: prove who asks, since whoever is that user speaks for every name; or see to it that one process alone
//! opens it: who does holds a lock on the directory's data.

mod reach;

use reach::Reach;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Connections that are answered at a time; more wait.
const CONNECTIONS_MAX: usize = 16;
/// Wait after a fault of the system: out of descriptors, most likely, which passes.
const PAUSE: Duration = Duration::from_millis(100);

/// What both ends know of a service.
#[derive(Debug, Clone, Copy)]
pub struct Service {
    /// Name of the socket in the data directory.
    pub file: &'static str,
    /// Longest request, bytes with its line end.
    pub request_max: u64,
    /// Longest answer, bytes with its line end.
    pub answer_max: u64,
    /// A question and its answer take no longer.
    pub exchange_max: Duration,
}

/// Why a socket does not open, or what came of asking.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SocketError {
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
    #[error("{} is longer than the {} bytes that a socket's path can have; use a shorter data directory", .0.display(), reach::PATH_LEN_MAX)]
    PathTooLong(PathBuf),
    /// Nobody is there.
    #[error("nobody answers in {}", dir.display())]
    Nobody {
        /// Where.
        dir: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It went away, or answered something else than an answer.
    #[error("the answer cannot be read")]
    Answer(#[source] io::Error),
    /// It takes too long.
    #[error("no answer came in time")]
    Silent,
}

/// An open socket.
#[derive(Debug)]
pub struct Listener {
    listener: UnixListener,
    path: PathBuf,
    user: u32,
    service: Service,
}

impl Listener {
    /// Opens the socket in a data directory, in the place of one that was left there. Take the lock of what it serves first:
    /// then an old file is nobody's. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// [`SocketError::Socket`], [`SocketError::PathTooLong`].
    pub fn open(data_dir: &Path, service: Service) -> Result<Self, SocketError> {
        let path = data_dir.join(service.file);
        let fault = |source| SocketError::Socket { path: path.clone(), source };
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(fault(error)),
            _ => {}
        }
        let reach = Reach::of(data_dir, service.file)?;
        let listener = UnixListener::bind(reach.path()).map_err(fault)?;
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).map_err(fault)?;
        let user = std::fs::metadata(&path).map_err(fault)?.uid();
        Ok(Self { listener, path, user, service })
    }

    /// Answers until it is dropped. `answer` gets the request, or why the line is none.
    pub async fn serve<Q, A, F>(self, answer: impl Fn(serde_json::Result<Q>) -> F + Clone + Send + Sync + 'static)
    where
        Q: DeserializeOwned + Send + 'static,
        A: Serialize + Send + 'static,
        F: Future<Output = A> + Send + 'static,
    {
        let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            match self.listener.accept().await {
                Ok((stream, _)) if stream.peer_cred().is_ok_and(|other| other.uid() == self.user) => {
                    let (service, answer) = (self.service, answer.clone());
                    tokio::spawn(async move {
                        let ended = timeout(service.exchange_max, exchange(stream, service, answer)).await;
                        if !matches!(ended, Ok(Ok(()))) {
                            tracing::debug!("who asked went away");
                        }
                        drop(place);
                    });
                }
                Ok(_) => tracing::warn!("another user of this system knocked"),
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

async fn exchange<Q, A, F>(
    stream: UnixStream,
    service: Service,
    answer: impl Fn(serde_json::Result<Q>) -> F,
) -> io::Result<()>
where
    Q: DeserializeOwned,
    A: Serialize,
    F: Future<Output = A>,
{
    let (reader, mut writer) = stream.into_split();
    let line = read_line(reader, service.request_max).await?;
    writer.write_all(&json_line(&answer(serde_json::from_str(&line)).await)?).await
}

/// Asks the process that has the socket in `data_dir` open.
///
/// # Errors
/// [`SocketError`].
pub async fn ask<Q: Serialize, A: DeserializeOwned>(
    data_dir: &Path,
    service: Service,
    request: &Q,
) -> Result<A, SocketError> {
    let line = json_line(request).map_err(SocketError::Answer)?;
    timeout(service.exchange_max, put(data_dir, service, &line)).await.map_err(|_| SocketError::Silent)?
}

async fn put<A: DeserializeOwned>(data_dir: &Path, service: Service, line: &[u8]) -> Result<A, SocketError> {
    let nobody = |source| SocketError::Nobody { dir: data_dir.to_owned(), source };
    let reach = Reach::of(data_dir, service.file)?;
    let (reader, mut writer) = UnixStream::connect(reach.path()).await.map_err(nobody)?.into_split();
    writer.write_all(line).await.map_err(SocketError::Answer)?;
    let answer = read_line(reader, service.answer_max).await.map_err(SocketError::Answer)?;
    serde_json::from_str(&answer).map_err(|error| SocketError::Answer(error.into()))
}

/// A line; of one that is too long its beginning, which is no JSON.
async fn read_line(reader: impl AsyncRead + Unpin, most: u64) -> io::Result<String> {
    let mut line = String::new();
    BufReader::new(reader.take(most)).read_line(&mut line).await?;
    Ok(line)
}

fn json_line(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    Ok(line)
}
