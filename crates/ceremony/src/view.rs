//! The handle by which pages and commands see ceremonies and decide.

use std::sync::Arc;

use keystore::Session;
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use zeroize::Zeroizing;

use threshold::{Backup, Cost};

use crate::address::KeyAddress;
use crate::error::AskError;
use crate::id::Id;
use crate::keys;
use crate::model::{CeremonyDetail, Invite, Network, Notice, Overview, SessionDetail, Task};

pub(crate) type Reply<T> = oneshot::Sender<Result<T, AskError>>;

/// What the driver is asked.
pub(crate) enum Command {
    Overview(Reply<Overview>),
    Ceremony(Id, Reply<CeremonyDetail>),
    Invite(Invite, Reply<Id>),
    Compare(Id, u16, Reply<()>),
    Join(Id, Reply<()>),
    Stop(Id, Reply<()>),
    Again(Id, Vec<u16>, Reply<Id>),
    Task(Id, Task, Reply<Id>),
    Proof(Id, Reply<Vec<u8>>),
    Share(Id, Reply<threshold::Share>),
    BackedUp(Id, Reply<()>),
    Drilled(Id, Reply<()>),
    Restore(Box<threshold::Share>, Option<(String, Network)>, Reply<Id>),
    Address(Id, Option<String>, Reply<KeyAddress>),
    Group(Id, Reply<Vec<u8>>),
    Sign(Id, Vec<u8>, Reply<Id>),
    Session(Id, Reply<SessionDetail>),
    Approve(Id, Id, Reply<()>),
    Decline(Id, Reply<()>),
    Carry(Option<(Id, u16)>, Reply<Vec<String>>),
    Take(String, Reply<()>),
    Unlock(Arc<Session>, Reply<()>),
    SetNames(Vec<(p2p::PeerId, String)>, Reply<()>),
}

/// The handle. Clones are cheap; the driver goes on when all are gone.
#[derive(Debug, Clone)]
pub struct Ceremonies {
    pub(crate) commands: mpsc::Sender<Command>,
    pub(crate) notices: broadcast::Sender<Notice>,
    pub(crate) changes: watch::Receiver<u64>,
}

impl Ceremonies {
    /// Everything at a glance.
    ///
    /// # Errors
    /// [`AskError::Stopped`]; this holds for every question below.
    pub async fn overview(&self) -> Result<Overview, AskError> {
        self.ask(Command::Overview).await
    }

    /// One ceremony.
    ///
    /// # Errors
    /// [`AskError::Unknown`].
    pub async fn ceremony(&self, id: Id) -> Result<CeremonyDetail, AskError> {
        self.ask(|reply| Command::Ceremony(id, reply)).await
    }

    /// Invites watchmen to make a key; a person confirmed it. Nothing is joined yet, here neither.
    ///
    /// # Errors
    /// [`AskError::Refused`] with `label`, `peers`, `too_few`, `key_unknown` (a peer that was never connected or carried).
    pub async fn invite(&self, invite: Invite) -> Result<CeremonyDetail, AskError> {
        let id = self.ask(|reply| Command::Invite(invite, reply)).await?;
        self.ceremony(id).await
    }

    /// A person compared the words of a member's ceremony key with those that the member sees.
    ///
    /// # Errors
    /// [`AskError::Unknown`], [`AskError::Refused`] with `number`, `state`.
    pub async fn compare(&self, id: Id, number: u16) -> Result<CeremonyDetail, AskError> {
        self.ask(|reply| Command::Compare(id, number, reply)).await?;
        self.ceremony(id).await
    }

    /// Joins: machines begin once everybody did.
    ///
    /// # Errors
    /// [`AskError::Refused`] with `not_compared`, `state`; [`AskError::Locked`].
    pub async fn join(&self, id: Id) -> Result<CeremonyDetail, AskError> {
        self.ask(|reply| Command::Join(id, reply)).await?;
        self.ceremony(id).await
    }

    /// Stops a ceremony for everybody.
    ///
    /// # Errors
    /// [`AskError::Refused`] with `state`, and with `in_doubt` while somebody may have put the result in force.
    pub async fn stop(&self, id: Id) -> Result<CeremonyDetail, AskError> {
        self.ask(|reply| Command::Stop(id, reply)).await?;
        self.ceremony(id).await
    }

    /// Begins a failed or stopped ceremony again under a new id, without some of its members.
    ///
    /// # Errors
    /// [`AskError::Refused`] with `state`, `too_few`, `number`.
    pub async fn again(&self, id: Id, without: Vec<u16>) -> Result<CeremonyDetail, AskError> {
        let id = self.ask(|reply| Command::Again(id, without, reply)).await?;
        self.ceremony(id).await
    }

    /// Begins a task of a key; a person confirmed it, and this member joins.
    ///
    /// # Errors
    /// [`AskError::Unknown`], [`AskError::Refused`] with `busy`, `number`, `too_few`.
    pub async fn begin(&self, group: Id, task: Task) -> Result<CeremonyDetail, AskError> {
        let id = self.ask(|reply| Command::Task(group, task, reply)).await?;
        self.ceremony(id).await
    }

    /// The evidence against culprits as text that anybody can check: a `threshold::Proof` in hex on each line.
    ///
    /// # Errors
    /// [`AskError::Unknown`] if there is none.
    pub async fn proof(&self, id: Id) -> Result<Vec<u8>, AskError> {
        self.ask(|reply| Command::Proof(id, reply)).await
    }

    /// The bytes of an encrypted backup of the share and its group. Takes seconds. Call [`Self::backed_up`] once they are on disk.
    ///
    /// # Errors
    /// [`AskError::Locked`], [`AskError::NoShare`].
    pub async fn backup(&self, group: Id, password: Zeroizing<String>) -> Result<Vec<u8>, AskError> {
        let share = self.ask(|reply| Command::Share(group, reply)).await?;
        work(move || {
            let sealed = Backup::seal(&share, password.as_bytes(), Cost::default(), &mut keys::rng())?;
            Ok(sealed.to_bytes().to_vec())
        })
        .await
    }

    /// A backup of this generation's share is on disk.
    ///
    /// # Errors
    /// [`AskError::Unknown`].
    pub async fn backed_up(&self, group: Id) -> Result<(), AskError> {
        self.ask(|reply| Command::BackedUp(group, reply)).await
    }

    /// Opens a backup and compares it with the share in use, which stays what it is. Takes seconds.
    ///
    /// # Errors
    /// [`AskError::Backup`], [`AskError::Locked`], [`AskError::NoShare`].
    pub async fn drill(&self, group: Id, backup: Vec<u8>, password: Zeroizing<String>) -> Result<(), AskError> {
        let share = self.ask(|reply| Command::Share(group, reply)).await?;
        work(move || Ok(Backup::from_bytes(backup).drill(password.as_bytes(), &share)?)).await?;
        self.ask(|reply| Command::Drilled(group, reply)).await
    }

    /// What a backup holds, without putting it anywhere: key, generation, own number. Takes seconds.
    ///
    /// # Errors
    /// [`AskError::Backup`].
    pub async fn open_backup(&self, backup: Vec<u8>, password: Zeroizing<String>) -> Result<Opened, AskError> {
        work(move || Ok(Opened(Box::new(Backup::from_bytes(backup).open(password.as_bytes())?)))).await
    }

    /// Takes a share back from an opened backup. `named`: label and chain for a key that is not known here; without, the other
    /// members' word is taken once one is heard.
    ///
    /// # Errors
    /// [`AskError::Locked`]; [`AskError::Refused`] with `outdated`, `known`.
    pub async fn restore(&self, opened: Opened, named: Option<(String, Network)>) -> Result<Id, AskError> {
        self.ask(|reply| Command::Restore(opened.0, named, reply)).await
    }

    /// A deposit address of a key, or its own one, with the derivation.
    ///
    /// # Errors
    /// [`AskError::Unknown`]; [`AskError::Refused`] with `account`.
    pub async fn address(&self, group: Id, account: Option<String>) -> Result<KeyAddress, AskError> {
        self.ask(|reply| Command::Address(group, account, reply)).await
    }

    /// The public data of a key's group as bytes (`EVTG`), with which anybody computes its addresses offline.
    ///
    /// # Errors
    /// [`AskError::Unknown`].
    pub async fn group(&self, group: Id) -> Result<Vec<u8>, AskError> {
        self.ask(|reply| Command::Group(group, reply)).await
    }

    /// Asks the members to sign a transaction: a partially signed transaction (BIP 174), its bytes. Our own person has still to approve it.
    ///
    /// # Errors
    /// [`AskError::Spend`], [`AskError::Unknown`].
    pub async fn ask_to_sign(&self, group: Id, psbt: Vec<u8>) -> Result<SessionDetail, AskError> {
        let id = self.ask(|reply| Command::Sign(group, psbt, reply)).await?;
        self.session(id).await
    }

    /// One session.
    ///
    /// # Errors
    /// [`AskError::Unknown`].
    pub async fn session(&self, id: Id) -> Result<SessionDetail, AskError> {
        self.ask(|reply| Command::Session(id, reply)).await
    }

    /// A person approves what has this digest.
    ///
    /// # Errors
    /// [`AskError::Refused`] with `digest`, `state`; [`AskError::Locked`], [`AskError::NoShare`].
    pub async fn approve(&self, id: Id, digest: Id) -> Result<SessionDetail, AskError> {
        self.ask(|reply| Command::Approve(id, digest, reply)).await?;
        self.session(id).await
    }

    /// A person declines.
    ///
    /// # Errors
    /// [`AskError::Refused`] with `state`.
    pub async fn decline(&self, id: Id) -> Result<SessionDetail, AskError> {
        self.ask(|reply| Command::Decline(id, reply)).await?;
        self.session(id).await
    }

    /// Text parts with what a member of a ceremony or session should hear, for a person to carry; none when there is nothing.
    ///
    /// # Errors
    /// [`AskError::Unknown`].
    pub async fn carry(&self, id: Id, number: u16) -> Result<Vec<String>, AskError> {
        self.ask(|reply| Command::Carry(Some((id, number)), reply)).await
    }

    /// Text parts that tell any other watchman who we are: its first word to one that is connected to nothing.
    ///
    /// # Errors
    /// [`AskError::Locked`] before there is an own ceremony key.
    pub async fn introduce(&self) -> Result<Vec<String>, AskError> {
        self.ask(|reply| Command::Carry(None, reply)).await
    }

    /// Takes text that a person carried here: parts of one or several bundles, in any order.
    ///
    /// # Errors
    /// [`AskError::Carried`].
    pub async fn take(&self, text: String) -> Result<(), AskError> {
        self.ask(|reply| Command::Take(text, reply)).await
    }

    /// Goes on with another session of the keystore.
    ///
    /// # Errors
    /// As [`Self::overview`].
    pub async fn unlock(&self, session: Arc<Session>) -> Result<(), AskError> {
        self.ask(|reply| Command::Unlock(session, reply)).await
    }

    /// What people call the watchmen, for those that no carrier knows.
    ///
    /// # Errors
    /// As [`Self::overview`].
    pub async fn set_names(&self, names: Vec<(p2p::PeerId, String)>) -> Result<(), AskError> {
        self.ask(|reply| Command::SetNames(names, reply)).await
    }

    /// What happens from now on. A reader that lags too far misses some.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Notice> {
        self.notices.subscribe()
    }

    /// A number that grows whenever anything changed that is shown.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.clone()
    }

    async fn ask<T>(&self, command: impl FnOnce(Reply<T>) -> Command) -> Result<T, AskError> {
        let (reply, answer) = oneshot::channel();
        self.commands.send(command(reply)).await.map_err(|_| AskError::Stopped)?;
        answer.await.map_err(|_| AskError::Stopped)?
    }
}

/// A backup that was opened. Holds a share; wiped when dropped.
#[derive(Debug)]
pub struct Opened(Box<threshold::Share>);

impl Opened {
    /// The group it is of.
    #[must_use]
    pub fn group(&self) -> &threshold::Group {
        self.0.group()
    }

    /// Whose share it is.
    #[must_use]
    pub fn number(&self) -> u16 {
        self.0.party().number()
    }
}

async fn work<T: Send + 'static>(work: impl FnOnce() -> Result<T, AskError> + Send + 'static) -> Result<T, AskError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| AskError::Stopped)?
}
