//! The handle by which pages and commands see the watchman and decide.

use crate::keys::{Keys, KeysError};
use crate::model::{Notice, PayoutFacts, QueueRow, Status};
use everpay::EverHash;
use keystore::Session;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::{broadcast, mpsc, oneshot};
use vault::halt::Cause;
use vault::pipeline::{BurnFact, Fact, Ignored};
use vault::signature::{Digest, Owner};

/// Longest name of a person, bytes.
pub const NAME_LEN_MAX: usize = 128;
/// Longest reason, bytes.
pub const REASON_LEN_MAX: usize = 2_000;

/// What the driver is asked.
pub(crate) enum Command {
    Queue(oneshot::Sender<Vec<QueueRow>>),
    Facts(EverHash, oneshot::Sender<Option<PayoutFacts>>),
    Status(oneshot::Sender<Status>),
    Tell(Box<Fact>, oneshot::Sender<Result<(), Ignored>>),
    Unlock(Box<Keys>, Arc<Session>),
}

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AskError {
    /// The watchman has ended.
    #[error("the watchman does not run")]
    Stopped,
    /// It changes nothing.
    #[error(transparent)]
    Refused(#[from] Ignored),
    /// A name or reason that is empty or too long.
    #[error("a {0} is needed, of at most {1} bytes")]
    Text(&'static str, usize),
    /// The session does not hold the watchman's key.
    #[error(transparent)]
    Keys(#[from] KeysError),
}

/// The handle. Clones are cheap.
#[derive(Debug, Clone)]
pub struct WatchmanView {
    pub(crate) commands: mpsc::Sender<Command>,
    pub(crate) notices: broadcast::Sender<Notice>,
    pub(crate) owner: Owner,
}

impl WatchmanView {
    /// The watchman's key.
    #[must_use]
    pub fn owner(&self) -> Owner {
        self.owner
    }

    /// All burns, the newest first.
    ///
    /// # Errors
    /// [`AskError::Stopped`]; this holds for every question below.
    pub async fn queue(&self) -> Result<Vec<QueueRow>, AskError> {
        self.ask(Command::Queue).await
    }

    /// What would be signed for a burn, read back out of the bytes; `None` for one that is not known.
    ///
    /// # Errors
    /// As [`WatchmanView::queue`].
    pub async fn facts(&self, ever_hash: EverHash) -> Result<Option<PayoutFacts>, AskError> {
        self.ask(|reply| Command::Facts(ever_hash, reply)).await
    }

    /// The watchman as it stands.
    ///
    /// # Errors
    /// As [`WatchmanView::queue`].
    pub async fn status(&self) -> Result<Status, AskError> {
        self.ask(Command::Status).await
    }

    /// A person approves what they saw.
    ///
    /// # Errors
    /// [`AskError::Refused`] when it is not what would be signed, or nobody is asked.
    pub async fn approve(&self, ever_hash: EverHash, digest: Digest, by: &str) -> Result<(), AskError> {
        self.tell_burn(ever_hash, BurnFact::Approved { digest, by: name(by)? }).await
    }

    /// A person refuses.
    ///
    /// # Errors
    /// [`AskError::Refused`] when it is too late.
    pub async fn refuse(&self, ever_hash: EverHash, by: &str, reason: &str) -> Result<(), AskError> {
        self.tell_burn(ever_hash, BurnFact::Refused { by: name(by)?, reason: self::reason(reason)? }).await
    }

    /// A person lets a refused or failed burn try again.
    ///
    /// # Errors
    /// [`AskError::Refused`].
    pub async fn reopen(&self, ever_hash: EverHash, by: &str) -> Result<(), AskError> {
        self.tell_burn(ever_hash, BurnFact::Reopened { by: name(by)? }).await
    }

    /// A person stops a vault, under a key of their choice.
    ///
    /// # Errors
    /// [`AskError::Refused`].
    pub async fn halt(&self, chain: &str, key: &str) -> Result<(), AskError> {
        let (chain, key) = (chain.to_owned(), name(key)?);
        self.tell(Fact::Halted { chain, key, cause: Cause::Person }).await
    }

    /// A person who looked at every cause arms a vault again.
    ///
    /// # Errors
    /// [`AskError::Refused`] when other causes stand.
    pub async fn rearm(&self, chain: &str, keys: BTreeSet<String>, by: &str, reason: &str) -> Result<(), AskError> {
        let (by, reason) = (name(by)?, self::reason(reason)?);
        self.tell(Fact::Rearmed { chain: chain.to_owned(), keys, by, reason }).await
    }

    /// A person takes an accused watchman back.
    ///
    /// # Errors
    /// [`AskError::Refused`].
    pub async fn pardon(&self, owner: Owner, by: &str) -> Result<(), AskError> {
        self.tell(Fact::Pardoned { owner, by: name(by)? }).await
    }

    /// Goes on signing with the key of this session, after the last one ended.
    ///
    /// # Errors
    /// [`AskError::Keys`].
    pub async fn unlock(&self, session: Arc<Session>) -> Result<(), AskError> {
        let keys = Box::new(Keys::take(&session, self.owner)?);
        self.commands.send(Command::Unlock(keys, session)).await.map_err(|_| AskError::Stopped)
    }

    /// What happens from now on. A reader that lags too far misses some.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Notice> {
        self.notices.subscribe()
    }

    async fn tell_burn(&self, ever_hash: EverHash, fact: BurnFact) -> Result<(), AskError> {
        self.tell(Fact::Burn(ever_hash, fact)).await
    }

    async fn tell(&self, fact: Fact) -> Result<(), AskError> {
        Ok(self.ask(|reply| Command::Tell(Box::new(fact), reply)).await??)
    }

    async fn ask<T>(&self, command: impl FnOnce(oneshot::Sender<T>) -> Command) -> Result<T, AskError> {
        let (reply, answer) = oneshot::channel();
        self.commands.send(command(reply)).await.map_err(|_| AskError::Stopped)?;
        answer.await.map_err(|_| AskError::Stopped)
    }
}

fn name(text: &str) -> Result<String, AskError> {
    bounded(text, "name", NAME_LEN_MAX)
}

fn reason(text: &str) -> Result<String, AskError> {
    bounded(text, "reason", REASON_LEN_MAX)
}

fn bounded(text: &str, what: &'static str, most: usize) -> Result<String, AskError> {
    let text = text.trim();
    if text.is_empty() || text.len() > most { Err(AskError::Text(what, most)) } else { Ok(text.to_owned()) }
}
