//! The socket by which people's commands reach a running watchman: one line of JSON each way, a connection for each.
//!
//! What always holds: only the user of the data directory can open it (mode 0600); what is asked and how long it takes is
//! bounded. What it does not do: prove who asks; whoever is that user speaks for every name.

use anyhow::{Context, bail};
use everpay::EverHash;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use vault::signature::Digest;
use watchman::{AskError, WatchmanView};

const FILE: &str = "watchman.sock";
/// Longest request, bytes.
const REQUEST_LEN_MAX: u64 = 16 * 1024;
/// Longest answer, bytes.
const ANSWER_LEN_MAX: u64 = 64 * 1024 * 1024;
const EXCHANGE_MAX: Duration = Duration::from_secs(15);
const CONNECTIONS_MAX: usize = 16;

/// What can be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) enum Request {
    List,
    Status,
    Show { ever_hash: EverHash },
    Approve { ever_hash: EverHash, digest: String, by: String },
    Refuse { ever_hash: EverHash, by: String, reason: String },
    Reopen { ever_hash: EverHash, by: String },
    Halt { chain: String, key: String },
    Rearm { chain: String, keys: BTreeSet<String>, by: String, reason: String },
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
pub(super) struct Door {
    listener: UnixListener,
    path: PathBuf,
}

impl Door {
    /// Opens the socket. The journal's lock says that no other watchman works here, so that an old file is nobody's.
    pub(super) fn open(data_dir: &Path) -> anyhow::Result<Self> {
        let path = data_dir.join(FILE);
        let shown = path.display().to_string();
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("{shown} cannot be replaced"));
            }
            _ => {}
        }
        let listener = UnixListener::bind(&path).with_context(|| format!("{shown} cannot be opened"))?;
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600))?;
        Ok(Self { listener, path })
    }

    /// Answers until it is dropped.
    pub(super) async fn serve(self, view: WatchmanView) {
        let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    let view = view.clone();
                    tokio::spawn(async move {
                        if !matches!(timeout(EXCHANGE_MAX, exchange(stream, &view)).await, Ok(Ok(()))) {
                            tracing::debug!("a command went away");
                        }
                        drop(place);
                    });
                }
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

async fn exchange(stream: UnixStream, view: &WatchmanView) -> anyhow::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut line = String::new();
    BufReader::new(reader.take(REQUEST_LEN_MAX)).read_line(&mut line).await?;
    let answer = match serde_json::from_str::<Request>(&line) {
        Ok(request) => answer(view, request).await.unwrap_or_else(|why| Answer::Refused(why.to_string())),
        Err(error) => Answer::Refused(format!("not a request: {error}")),
    };
    let mut text = serde_json::to_vec(&answer)?;
    text.push(b'\n');
    Ok(writer.write_all(&text).await?)
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
            let Ok(digest) = crypto::hexs::decode_array(&digest) else {
                return Ok(Answer::Refused("a digest has 64 hexadecimal digits".to_owned()));
            };
            view.approve(ever_hash, Digest::new(digest), &by).await.map(done)?
        }
        Request::Refuse { ever_hash, by, reason } => view.refuse(ever_hash, &by, &reason).await.map(done)?,
        Request::Reopen { ever_hash, by } => view.reopen(ever_hash, &by).await.map(done)?,
        Request::Halt { chain, key } => view.halt(&chain, &key).await.map(done)?,
        Request::Rearm { chain, keys, by, reason } => view.rearm(&chain, keys, &by, &reason).await.map(done)?,
    };
    Ok(Answer::Done(value))
}

fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).expect("plain data with texts as keys")
}

/// Asks the watchman that runs in `data_dir`.
///
/// # Errors
/// Nobody runs there, or it refuses.
pub(super) async fn ask(data_dir: &Path, request: &Request) -> anyhow::Result<Value> {
    let path = data_dir.join(FILE);
    let exchange = async {
        let stream =
            UnixStream::connect(&path).await.with_context(|| format!("no watchman runs in {}", data_dir.display()))?;
        let (reader, mut writer) = stream.into_split();
        let mut line = serde_json::to_vec(request)?;
        line.push(b'\n');
        writer.write_all(&line).await?;
        let mut answer = String::new();
        BufReader::new(reader.take(ANSWER_LEN_MAX)).read_line(&mut answer).await?;
        anyhow::Ok(serde_json::from_str::<Answer>(&answer)?)
    };
    match timeout(EXCHANGE_MAX, exchange).await.context("the watchman does not answer")?? {
        Answer::Done(value) => Ok(value),
        Answer::Refused(why) => bail!(why),
    }
}
