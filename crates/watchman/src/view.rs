//! The handle by which pages and commands see the watchman and decide.

use crate::changes::{self, ChangeRow};
use crate::guest::{Guest, Place};
use crate::keys::{Keys, KeysError};
use crate::ledger::Ledger;
use crate::model::{Notice, PayoutFacts, QueueRow, Status};
use crate::roster::RosterFile;
use crate::settings::{self, SettingsError, SettingsFiles};
use everpay::EverHash;
use keystore::Session;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::{broadcast, mpsc, oneshot};
use vault::halt::Cause;
use vault::pipeline::{BurnFact, Fact, Ignored};
use vault::policy::Policy;
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
    Policy(oneshot::Sender<Option<Policy>>),
    Roster(oneshot::Sender<RosterFile>),
    SetRoster(Box<RosterFile>, oneshot::Sender<Result<(), AskError>>),
    Files(oneshot::Sender<Option<(SettingsFiles, Arc<Session>, PathBuf)>>),
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
    /// A halt that was lifted does not come back under its name.
    #[error("nothing was stopped: {0:?} was named and lifted before; name another key")]
    LiftedKey(String),
    /// The watchman is armed; its replay still shows the halt.
    #[error("this watchman signs again, but its replay still shows the halt: {0}")]
    Replay(String),
    /// The session does not hold the watchman's key.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// A roster without this watchman, or with another identity for it.
    #[error("the roster does not name {0} with its identity")]
    NotInRoster(Owner),
    /// A sealed file that is not used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Policy and roster were not opened from files.
    #[error("policy and roster of this watchman are changed in its own window")]
    NoFiles,
}

/// The handle. Clones are cheap.
#[derive(Debug, Clone)]
pub struct WatchmanView {
    pub(crate) commands: mpsc::Sender<Command>,
    pub(crate) notices: broadcast::Sender<Notice>,
    pub(crate) owner: Owner,
    pub(crate) ledger: Arc<dyn Ledger>,
    pub(crate) place: Place,
}

impl WatchmanView {
    /// The watchman's key.
    #[must_use]
    pub fn owner(&self) -> Owner {
        self.owner
    }

    /// Lets somebody else of this program speak over the watchman's connections: messages for which `is_its` holds are the guest's
    /// from now on. One guest at a time; a later one takes the place over. `None`: the watchman has ended.
    #[must_use]
    pub fn guest(&self, is_its: fn(&[u8]) -> bool) -> Option<Guest> {
        self.place.take(is_its)
    }

    /// The burns, the newest first: all that are not closed, and the newest of the others, 2,000 in all.
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

    /// A person stops a vault, under a key of their choice. It may stand already.
    ///
    /// # Errors
    /// [`AskError::Refused`]; [`AskError::LiftedKey`] for a key that was named and lifted before.
    pub async fn halt(&self, chain: &str, key: &str) -> Result<(), AskError> {
        let (chain, key) = (chain.to_owned(), name(key)?);
        let fact = Fact::Halted { chain: chain.clone(), key: key.clone(), cause: Cause::Person };
        match self.tell(fact).await {
            Err(AskError::Refused(Ignored::NoChange)) => {
                let halts = self.status().await?.halts;
                let stands = halts.iter().any(|halt| halt.chain == chain && halt.key == key);
                if stands { Ok(()) } else { Err(AskError::LiftedKey(key)) }
            }
            told => told,
        }
    }

    /// A person who looked at every cause arms a vault again.
    ///
    /// # Errors
    /// [`AskError::Refused`] when other causes stand.
    pub async fn rearm(&self, chain: &str, keys: BTreeSet<String>, by: &str, reason: &str) -> Result<(), AskError> {
        let (by, reason) = (name(by)?, self::reason(reason)?);
        let rearmed =
            Fact::Rearmed { chain: chain.to_owned(), keys: keys.clone(), by: by.clone(), reason: reason.clone() };
        self.tell(rearmed).await?;
        self.ledger.lift(chain, &keys, &by, &reason).await.map_err(AskError::Replay)
    }

    /// A person takes an accused watchman back.
    ///
    /// # Errors
    /// [`AskError::Refused`].
    pub async fn pardon(&self, owner: Owner, by: &str) -> Result<(), AskError> {
        self.tell(Fact::Pardoned { owner, by: name(by)? }).await
    }

    /// The policy in force.
    ///
    /// # Errors
    /// As [`WatchmanView::queue`].
    pub async fn policy(&self) -> Result<Policy, AskError> {
        // Opening told one.
        self.ask(Command::Policy).await?.ok_or(AskError::Stopped)
    }

    /// The roster in force, with the dates from which its members are known here.
    ///
    /// # Errors
    /// As [`WatchmanView::queue`].
    pub async fn roster(&self) -> Result<RosterFile, AskError> {
        self.ask(Command::Roster).await
    }

    /// Goes on under another policy, at once. The next start takes the sealed file's: seal it first.
    ///
    /// # Errors
    /// [`AskError::Refused`]; the policy in force is no refusal.
    pub async fn set_policy(&self, policy: Policy) -> Result<(), AskError> {
        match self.tell(Fact::Policy(policy)).await {
            Err(AskError::Refused(Ignored::NoChange)) => Ok(()),
            other => other,
        }
    }

    /// Goes on with another roster, at once: who is new waits out the quarantine, who left is disconnected. The next start
    /// takes the sealed file's: seal it first.
    ///
    /// # Errors
    /// [`AskError::NotInRoster`], [`AskError::Refused`]; the roster in force is no refusal.
    pub async fn set_roster(&self, roster: RosterFile) -> Result<(), AskError> {
        self.ask(|reply| Command::SetRoster(Box::new(roster), reply)).await?
    }

    /// Reads policy and roster again from their sealed files, both or none, and says what changed.
    ///
    /// # Errors
    /// [`AskError::Settings`] when a file is not used, [`AskError::NoFiles`], and what the settings themselves are refused for.
    pub async fn reload(&self) -> Result<Vec<ChangeRow>, AskError> {
        let (files, session, data_dir) = self.ask(Command::Files).await?.ok_or(AskError::NoFiles)?;
        let opened = tokio::task::spawn_blocking(move || {
            let policy = settings::open_policy(&files.policy, &data_dir, &session)?;
            Ok::<_, SettingsError>((policy, settings::open_roster(&files.roster, &data_dir, &session)?))
        });
        let (policy, roster) = opened.await.map_err(|_| AskError::Stopped)??;
        let mut rows = changes::policy_changes(&self.policy().await?, &policy);
        rows.extend(changes::roster_changes(&self.roster().await?, &roster));
        self.set_roster(roster).await?;
        self.set_policy(policy).await?;
        Ok(rows)
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
