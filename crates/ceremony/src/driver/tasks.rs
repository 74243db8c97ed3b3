//! Tasks of a key: refresh, removal, repair, as proposals, and whether one that came fits the key.

use std::collections::BTreeSet;

use threshold::PeerKey;

use super::{Done, Driver};
use crate::clock::now_ms;
use crate::error::AskError;
use crate::id::Id;
use crate::keys;
use crate::model::{Kind, Task};
use crate::plan::{Plan, Seat};
use crate::record::Key;

impl Driver {
    /// Begins a task; we join at once, a person wanted it.
    pub(super) fn task(&mut self, group: &Id, task: Task) -> Done<Id> {
        self.open_session()?;
        let plan = self.task_plan(group, task, &[], 1)?;
        let id = self.put_forward(plan)?;
        self.begin_if_complete(&id)?;
        Ok(id)
    }

    /// The key whose group in force this is.
    pub(super) fn key_of(&self, group: &Id) -> Result<&Key, AskError> {
        self.book.keys.values().find(|key| key.group_id() == *group).ok_or(AskError::Unknown("the key"))
    }

    /// The ceremony about a key that has not ended.
    pub(super) fn busy(&self, group: &Id) -> Option<Id> {
        let mut open = self.book.ceremonies.values().filter(|record| !record.phase.is_over());
        open.find(|record| record.plan.group.as_ref() == Some(group)).map(|record| record.plan.id)
    }

    pub(super) fn task_plan(&self, group: &Id, task: Task, without: &[u16], attempt: u32) -> Result<Plan, AskError> {
        let key = self.key_of(group)?;
        let me = key.me().ok_or(AskError::NoShare)?.number();
        if self.busy(group).is_some() {
            return Err(AskError::refused("busy", "another ceremony of this key has not ended"));
        }
        let (kind, subject) = match task {
            Task::Refresh => (Kind::Refresh, None),
            Task::Remove { number } => (Kind::Remove, Some(number)),
            Task::Repair { number } => (Kind::Repair, Some(number)),
        };
        let stranger = subject.is_some_and(|number| key.seats().all(|seat| seat.number != number));
        if stranger || (kind == Kind::Remove && subject == Some(me)) {
            return Err(AskError::refused("number", "it must be another member's number"));
        }
        let goes = |seat: &&Seat| {
            let left_out = kind == Kind::Remove && subject == Some(seat.number);
            !left_out && (!without.contains(&seat.number) || subject == Some(seat.number))
        };
        let members: Vec<Seat> = key.seats().filter(goes).cloned().collect();
        let helpers = members.len() - usize::from(kind == Kind::Repair);
        if helpers < usize::from(key.group.threshold()) {
            return Err(AskError::refused("too_few", "fewer than the threshold would be left"));
        }
        Ok(Plan {
            id: keys::random_id(),
            kind,
            attempt,
            label: key.record.label.clone(),
            network: key.record.network,
            threshold: key.group.threshold(),
            group: Some(*group),
            subject,
            proposer: me,
            begun_ms: now_ms(),
            members,
        })
    }

    /// Whether a task that somebody proposes is one of a key as it is in force here.
    pub(super) fn fits_key(&self, plan: &Plan) -> Result<(), &'static str> {
        let Some(group) = &plan.group else { return Ok(()) };
        let key = self.key_of(group).map_err(|_| "it is about a key or a generation that is not in force here")?;
        if self.busy(group).is_some() {
            return Err("another ceremony of this key has not ended");
        }
        let members = key.group.roster().members();
        let same = plan.members.iter().all(|seat| {
            let ours = seat.party().ok().and_then(|party| members.get(&party));
            ours.map(PeerKey::bytes) == Some(&seat.key.0)
        });
        let numbers: BTreeSet<u16> = plan.members.iter().map(|seat| seat.number).collect();
        let all = key.seats().map(|seat| seat.number);
        let whole = match (plan.kind, plan.subject) {
            (Kind::Refresh, _) => all.eq(numbers),
            (Kind::Remove, Some(gone)) => {
                let mut numbers = numbers;
                numbers.insert(gone) && all.eq(numbers)
            }
            (Kind::Repair, _) => numbers.len() > usize::from(plan.threshold),
            _ => false,
        };
        let matches = same && whole && plan.threshold == key.group.threshold();
        if matches { Ok(()) } else { Err("it names other members than the key has") }
    }
}
