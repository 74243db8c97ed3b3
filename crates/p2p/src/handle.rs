//! How the caller speaks to the network.

use crate::config::MESSAGE_LEN_MAX;
use crate::error::{BroadcastError, SendError, Stopped};
use crate::identity::PeerId;
use crate::name::Name;
use crate::presence::Presence;
use crate::roster::Roster;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};

/// What the driver is asked to do.
#[derive(Debug)]
pub(crate) enum Command {
    Send { to: PeerId, bytes: Vec<u8>, reply: oneshot::Sender<Result<(), SendError>> },
    Broadcast { topic: Name, bytes: Vec<u8>, reply: oneshot::Sender<Result<(), BroadcastError>> },
    SetRoster { roster: Roster, reply: oneshot::Sender<()> },
    Stop { reply: oneshot::Sender<()> },
}

/// The network. It stops when the last handle is dropped.
#[derive(Debug, Clone)]
pub struct Handle {
    commands: mpsc::Sender<Command>,
    presence: watch::Receiver<Presence>,
    acknowledge: Duration,
}

impl Handle {
    pub(crate) fn new(
        commands: mpsc::Sender<Command>,
        presence: watch::Receiver<Presence>,
        acknowledge: Duration,
    ) -> Self {
        Self { commands, presence, acknowledge }
    }

    /// Ourselves.
    #[must_use]
    pub fn own(&self) -> PeerId {
        self.presence.borrow().own
    }

    /// Sends a message to one connected peer and waits until it waits in the other's queue, at most
    /// [`crate::Limits::acknowledge`].
    ///
    /// # Errors
    /// Why it was not acknowledged; only after [`SendError::Unacknowledged`] may it have arrived.
    pub async fn send(&self, to: PeerId, bytes: Vec<u8>) -> Result<(), SendError> {
        if !(1..=MESSAGE_LEN_MAX).contains(&bytes.len()) {
            return Err(SendError::Length(bytes.len()));
        }
        let answer = self.ask(|reply| Command::Send { to, bytes, reply });
        // The library's own waits, for the stream and then for the answer, add up to more.
        tokio::time::timeout(self.acknowledge, answer).await.map_err(|_| SendError::Unacknowledged(to))??
    }

    /// Sends a message to all peers that listen to a topic, those included that only others reach. Best effort.
    ///
    /// # Errors
    /// Why it did not leave.
    pub async fn broadcast(&self, topic: &Name, bytes: Vec<u8>) -> Result<(), BroadcastError> {
        if !(1..=MESSAGE_LEN_MAX).contains(&bytes.len()) {
            return Err(BroadcastError::Length(bytes.len()));
        }
        self.ask(|reply| Command::Broadcast { topic: topic.clone(), bytes, reply }).await?
    }

    /// Replaces the roster: who is no longer in it is disconnected at once.
    ///
    /// # Errors
    /// When the network has stopped.
    pub async fn set_roster(&self, roster: Roster) -> Result<(), Stopped> {
        self.ask(|reply| Command::SetRoster { roster, reply }).await
    }

    /// Who is there.
    #[must_use]
    pub fn presence(&self) -> Presence {
        self.presence.borrow().clone()
    }

    /// Who is there, as it changes.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Presence> {
        self.presence.clone()
    }

    /// Closes all connections and listening sockets. Every other handle then answers [`Stopped`].
    pub async fn stop(self) {
        // An error says that it has stopped already.
        let _ = self.ask(|reply| Command::Stop { reply }).await;
    }

    async fn ask<T>(&self, command: impl FnOnce(oneshot::Sender<T>) -> Command) -> Result<T, Stopped> {
        let (reply, answer) = oneshot::channel();
        self.commands.send(command(reply)).await.map_err(|_| Stopped)?;
        answer.await.map_err(|_| Stopped)
    }
}
