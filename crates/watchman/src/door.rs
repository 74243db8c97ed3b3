//! The socket in a data directory by which people's commands reach the watchman that runs there: one line of JSON each way,
//! a connection for each.
//!
//! What always holds: only the system's user who opened it is answered (mode 0600, and the kernel's word who is at the other
//! end); what is asked, how much, and how long it takes is bounded; a door that only shows ([`Access::Look`]) decides nothing.
//! What it does not do: prove who asks; whoever is that user speaks for every name.

mod request;

pub use request::Request;

use crate::view::{AskError, WatchmanView};
use local_socket::{Listener, Service, SocketError};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use vault::signature::Digest;

/// Its name in the data directory.
pub const FILE: &str = "watchman.sock";
const SERVICE: Service =
    Service { file: FILE, request_max: 16 * 1024, answer_max: 64 * 1024 * 1024, exchange_max: Duration::from_secs(15) };

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
    /// Nobody is there.
    #[error("no watchman runs in {}", dir.display())]
    Nobody {
        /// Where.
        dir: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It takes too long.
    #[error("the watchman does not answer")]
    Silent,
    /// It refuses.
    #[error("{0}")]
    Refused(String),
    /// The socket, or what came out of it.
    #[error(transparent)]
    Socket(SocketError),
}

impl From<SocketError> for DoorError {
    fn from(error: SocketError) -> Self {
        match error {
            SocketError::Nobody { dir, source } => Self::Nobody { dir, source },
            SocketError::Silent => Self::Silent,
            other => Self::Socket(other),
        }
    }
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
    listener: Listener,
    access: Access,
}

impl Door {
    /// Opens the socket in a data directory. The journal's lock says that no other watchman works there, so that an old file
    /// is nobody's: open the watchman first.
    ///
    /// # Errors
    /// [`DoorError::Socket`].
    pub fn open(data_dir: &Path, access: Access) -> Result<Self, DoorError> {
        Ok(Self { listener: Listener::open(data_dir, SERVICE)?, access })
    }

    /// Answers until it is dropped.
    pub async fn serve(self, view: WatchmanView) {
        let access = self.access;
        let reply = move |request| {
            let view = view.clone();
            async move { reply(&view, access, request).await }
        };
        self.listener.serve(reply).await;
    }
}

async fn reply(view: &WatchmanView, access: Access, request: serde_json::Result<Request>) -> Answer {
    match request {
        Ok(request) if access == Access::Look && !request.only_looks() => {
            Answer::Refused("this watchman is decided about in its own window".to_owned())
        }
        Ok(request) => answer(view, request).await.unwrap_or_else(|why| Answer::Refused(text(&why))),
        Err(error) => Answer::Refused(format!("not a request: {error}")),
    }
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
    match local_socket::ask(data_dir, SERVICE, request).await? {
        Answer::Done(value) => Ok(value),
        Answer::Refused(why) => Err(DoorError::Refused(why)),
    }
}
