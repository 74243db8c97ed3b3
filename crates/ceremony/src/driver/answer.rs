//! What people ask and decide, one after the other.

use tokio::sync::oneshot;

use super::{Done, Driver, Fail};
use crate::book::FileError;
use crate::error::AskError;
use crate::keys;
use crate::view::Command;

impl Driver {
    pub(super) fn answer(&mut self, command: Command) -> Result<(), FileError> {
        match command {
            Command::Overview(reply) => tell(reply, Ok(self.overview())),
            Command::Ceremony(id, reply) => tell(reply, self.ceremony_detail(&id)),
            Command::Invite(invite, reply) => tell(reply, self.invite(&invite)),
            Command::Compare(id, number, reply) => tell(reply, self.compare(&id, number)),
            Command::Join(id, reply) => tell(reply, self.join(&id)),
            Command::Stop(id, reply) => tell(reply, self.stop(&id)),
            Command::Again(id, without, reply) => tell(reply, self.again(&id, &without)),
            Command::Task(group, task, reply) => tell(reply, self.task(&group, task)),
            Command::Proof(id, reply) => tell(reply, self.proof(&id)),
            Command::Share(group, reply) => tell(reply, self.share(&group)),
            Command::BackedUp(group, reply) => tell(reply, self.backed_up(&group)),
            Command::Drilled(group, reply) => tell(reply, self.drilled(&group)),
            Command::Restore(share, named, reply) => tell(reply, self.restore(*share, named)),
            Command::Address(group, account, reply) => tell(reply, self.address(&group, account.as_deref())),
            Command::Group(group, reply) => tell(reply, self.group(&group)),
            Command::Sign(group, psbt, reply) => tell(reply, self.propose(&group, &psbt)),
            Command::Session(id, reply) => tell(reply, self.session_detail(&id)),
            Command::Approve(id, digest, reply) => tell(reply, self.approve(&id, &digest)),
            Command::Decline(id, reply) => tell(reply, self.decline(&id)),
            Command::Carry(what, reply) => tell(reply, self.carry(what)),
            Command::Take(text, reply) => tell(reply, self.take(&text)),
            Command::Unlock(session, reply) => {
                self.session = Some(session);
                let woken = self.wake();
                tell(reply, Ok(()))?;
                woken
            }
            Command::SetNames(names, reply) => {
                self.names = names.into_iter().collect();
                tell(reply, Ok(()))
            }
        }
    }

    /// What follows from an open keystore, and from a new start.
    pub(super) fn wake(&mut self) -> Result<(), FileError> {
        self.find_lost()?;
        if let Ok(session) = self.open_session()
            && let Ok(key) = keys::peer_key(&session)
            && self.book.own.key.map(|id| id.0) != Some(*key.bytes())
        {
            self.book.own.key = Some(crate::id::Id(*key.bytes()));
            self.book.save_own()?;
            self.greet();
        }
        self.look_for_shares()?;
        self.keep_house()?;
        self.quicken();
        Ok(())
    }
}

/// Answers; a fault of the disk ends the driver as well.
fn tell<T>(reply: oneshot::Sender<Result<T, AskError>>, done: Done<T>) -> Result<(), FileError> {
    // An error says that nobody waits for the answer any more.
    match done {
        Ok(value) => drop(reply.send(Ok(value))),
        Err(Fail::Ask(error)) => drop(reply.send(Err(error))),
        Err(Fail::File(fault)) => {
            drop(reply.send(Err(AskError::Stopped)));
            return Err(fault);
        }
    }
    Ok(())
}
