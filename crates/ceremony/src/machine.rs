//! The three machines of ceremonies as one.

use threshold::{
    Abort, Dkg, Doubt, Outgoing, Party, Refresh, Refusal, Repair, Round, Settled, Share, Stage, Step, Taken,
};

use crate::keys::rng;

/// A machine at work.
pub(crate) enum Machine {
    Create(Box<Dkg>),
    Refresh(Box<Refresh>),
    Repair(Box<Repair>),
}

/// What a machine reached.
pub(crate) enum Reached {
    /// Keep this share beside what is in force, then call [`Machine::staged`].
    Staged(Box<Share>),
    /// Everybody gave their word.
    InForce(Box<Settled>),
    /// The lost share, or for helpers nothing.
    Restored(Option<Box<Share>>),
}

/// What followed.
pub(crate) type Followed = Step<Result<Reached, Abort>>;

impl From<Stage> for Reached {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Staged(share) => Self::Staged(share),
            Stage::InForce(settled) => Self::InForce(settled),
        }
    }
}

impl From<Option<Share>> for Reached {
    fn from(share: Option<Share>) -> Self {
        Self::Restored(share.map(Box::new))
    }
}

fn followed<T: Into<Reached>>(step: Step<Result<T, Abort>>) -> Followed {
    let outcome = match step.outcome {
        None => None,
        Some(Ok(reached)) => Some(Ok(reached.into())),
        Some(Err(abort)) => Some(Err(abort)),
    };
    Step { send: step.send, outcome }
}

fn taken<T: Into<Reached>>(taken: Taken<T>) -> Result<Followed, Refusal> {
    taken.map(followed)
}

impl Machine {
    pub(crate) fn receive(&mut self, from: Party, bytes: &[u8]) -> Result<Followed, Refusal> {
        match self {
            Self::Create(machine) => taken(machine.receive(from, bytes, &mut rng())),
            Self::Refresh(machine) => taken(machine.receive(from, bytes, &mut rng())),
            Self::Repair(machine) => taken(machine.receive(from, bytes, &mut rng())),
        }
    }

    /// The share is kept durably.
    pub(crate) fn staged(&mut self) -> Followed {
        match self {
            Self::Create(machine) => followed(machine.staged(&mut rng())),
            Self::Refresh(machine) => followed(machine.staged(&mut rng())),
            Self::Repair(_) => Step { send: Vec::new(), outcome: None },
        }
    }

    pub(crate) fn doubt(&self) -> Option<Doubt> {
        match self {
            Self::Create(machine) => machine.doubt(),
            Self::Refresh(machine) => machine.doubt(),
            Self::Repair(_) => None,
        }
    }

    pub(crate) fn progress(&self) -> Vec<Round> {
        match self {
            Self::Create(machine) => machine.progress(),
            Self::Refresh(machine) => machine.progress(),
            Self::Repair(machine) => machine.progress(),
        }
    }

    pub(crate) fn waits_for(&self) -> Vec<Party> {
        match self {
            Self::Create(machine) => machine.waits_for(),
            Self::Refresh(machine) => machine.waits_for(),
            Self::Repair(machine) => machine.waits_for(),
        }
    }

    pub(crate) fn resend(&self) -> Vec<Outgoing> {
        match self {
            Self::Create(machine) => machine.resend(),
            Self::Refresh(machine) => machine.resend(),
            Self::Repair(machine) => machine.resend(),
        }
    }

    pub(crate) fn give_up(&mut self) -> Option<Abort> {
        match self {
            Self::Create(machine) => machine.give_up(),
            Self::Refresh(machine) => machine.give_up(),
            Self::Repair(machine) => machine.give_up(),
        }
    }

    /// Ends the machine with the message that says so; none in doubt.
    pub(crate) fn leave(&mut self) -> Option<Outgoing> {
        match self {
            Self::Create(machine) => machine.leave(&mut rng()),
            Self::Refresh(machine) => machine.leave(&mut rng()),
            Self::Repair(machine) => machine.leave(&mut rng()),
        }
    }
}
