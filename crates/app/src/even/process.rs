//! A network in a process of its own, as the app sees it: looked for once a second at its socket in the data directory, asked
//! what pages ask.
//!
//! What always holds: no command waits for it longer than [`SERVICE`] says, and none does where nobody was found; an answer
//! that is not of the type asked for is an error. What it does not do: start, stop or change that network.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use even::ids::NodeId;
use local_socket::{Service, SocketError};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use super::Answer;
use crate::api::{Command, CommandError, EvenSource, EventBody, Nothing, Reply};
use crate::events::Hub;

/// The socket. A request holds a watch-list of at most 1,000 nodes; an answer at most 200 rows or 300 messages.
pub(super) const SERVICE: Service = Service {
    file: "even.sock",
    request_max: 128 * 1024,
    answer_max: 4 * 1024 * 1024,
    exchange_max: Duration::from_secs(2),
};
/// Time between two looks.
const LOOK: Duration = Duration::from_secs(1);

/// A command that only reads, with the asker's watch-list.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Asked {
    pub(super) command: Command,
    pub(super) watched: BTreeSet<NodeId>,
}

/// What comes back.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Told<T> {
    Done(T),
    Refused(CommandError),
}

/// See the module header.
#[derive(Debug)]
pub(super) struct Process {
    dir: PathBuf,
    found: Arc<AtomicBool>,
    looking: JoinHandle<()>,
}

impl Process {
    /// Looks for one in a data directory. Must be called inside a tokio runtime. `hub` is told of what changes there while
    /// `matters`.
    pub(super) fn look(data_dir: &Path, hub: Arc<Hub>, matters: impl Fn() -> bool + Send + 'static) -> Self {
        let (dir, found) = (data_dir.to_owned(), Arc::new(AtomicBool::new(false)));
        let looking = tokio::spawn(look(dir.clone(), Arc::clone(&found), hub, matters));
        Self { dir, found, looking }
    }

    /// Whether one was there a moment ago.
    pub(super) fn is_there(&self) -> bool {
        self.found.load(Ordering::Relaxed)
    }

    /// Asks it; `None` when it has gone.
    pub(super) async fn ask(&self, command: Command, watched: BTreeSet<NodeId>) -> Answer<Option<Reply>> {
        match ask(&self.dir, command, watched).await {
            Ok(answer) => answer.map(Some),
            Err(SocketError::Nobody { .. }) => {
                self.found.store(false, Ordering::Relaxed);
                Ok(None)
            }
            Err(fault) => Err(CommandError::new("core_fault", crate::core::with_causes(&fault))),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.looking.abort();
    }
}

async fn look(dir: PathBuf, found: Arc<AtomicBool>, hub: Arc<Hub>, matters: impl Fn() -> bool) {
    let socket = dir.join(SERVICE.file);
    let mut turns = interval(LOOK);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        let is_there = matters()
            && socket.exists()
            && matches!(ask(&dir, Command::Even(Nothing {}), BTreeSet::new()).await, Ok(Ok(_)));
        if found.swap(is_there, Ordering::Relaxed) || is_there {
            hub.publish(EventBody::Even);
        }
    }
}

async fn ask(dir: &Path, command: Command, watched: BTreeSet<NodeId>) -> Result<Answer<Reply>, SocketError> {
    let asked = Asked { command, watched };
    match local_socket::ask::<_, Told<Value>>(dir, SERVICE, &asked).await? {
        Told::Done(value) => typed(&asked.command, value).map(Ok).map_err(|fault| SocketError::Answer(fault.into())),
        Told::Refused(why) => Ok(Err(why)),
    }
}

/// An answer as the type that the command asks for.
fn typed(command: &Command, value: Value) -> serde_json::Result<Reply> {
    Ok(match command {
        Command::Even(_) => {
            let mut view: crate::api::EvenView = serde_json::from_value(value)?;
            view.source = EvenSource::Process;
            Reply::Even(view)
        }
        Command::EvenNodes(_) => Reply::EvenNodes(serde_json::from_value(value)?),
        Command::EvenNode(_) => Reply::EvenNode(serde_json::from_value(value)?),
        Command::EvenWhatIf(_) => Reply::EvenWhatIf(serde_json::from_value(value)?),
        Command::EvenMessages(_) => Reply::EvenMessages(serde_json::from_value(value)?),
        Command::EvenMessage(_) => Reply::EvenMessage(serde_json::from_value(value)?),
        _ => return Err(serde::de::Error::custom("not a question about a network")),
    })
}
