//! Merging the keys of a backup into a keystore: first what would happen, then exactly that.
//!
//! What always holds: nothing of ours is replaced unless it was named; a label that is taken here gets a number; what
//! is done is what the preview said, or nothing.

use crate::contents::{Contents, Refusal};
use crate::entry::{Entry, EntryId, Record};
use crate::label::Label;

/// A key of the backup that is not here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addition {
    /// As it stands in the backup.
    pub entry: Entry,
    /// The label it gets here: its own, or that with a number.
    pub label: Label,
}

/// A key that is in both and differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// As it stands here.
    pub ours: Entry,
    /// As it stands in the backup.
    pub theirs: Entry,
    /// Whether the secrets differ (a share that was refreshed), not only the labels.
    pub secrets_differ: bool,
}

/// What a restoring would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RestorePlan {
    /// Keys that are added.
    pub additions: Vec<Addition>,
    /// Keys that are here already, alike.
    pub present: Vec<Entry>,
    /// Keys that differ: ours stay, except those that are named when the plan is carried out.
    pub conflicts: Vec<Conflict>,
}

pub(crate) fn plan(ours: &Contents, theirs: &Contents) -> RestorePlan {
    let mut plan = RestorePlan::default();
    for record in theirs.records() {
        let Some(known) = ours.get(record.entry.id()) else {
            let given = |label: &Label| plan.additions.iter().any(|addition: &Addition| addition.label == *label);
            let label = record.entry.label.free(|label| ours.has_label(label) || given(label));
            plan.additions.push(Addition { entry: record.entry.clone(), label });
            continue;
        };
        let secrets_differ = known.secret != record.secret;
        if !secrets_differ && known.entry.label == record.entry.label {
            plan.present.push(known.entry.clone());
        } else {
            plan.conflicts.push(Conflict { ours: known.entry.clone(), theirs: record.entry.clone(), secrets_differ });
        }
    }
    plan
}

/// Carries out the plan that was `approved`, with the keys of `take_theirs` as they are in the backup.
pub(crate) fn carry_out(
    ours: &mut Contents,
    theirs: &Contents,
    approved: &RestorePlan,
    take_theirs: &[EntryId],
) -> Result<(), Refusal> {
    if plan(ours, theirs) != *approved {
        return Err(Refusal::PreviewStale);
    }
    let backed_up = |id: EntryId| theirs.get(id).ok_or(Refusal::NoSuchKey(id));
    for addition in &approved.additions {
        let record = backed_up(addition.entry.id())?;
        let entry = Entry { label: addition.label.clone(), ..addition.entry.clone() };
        ours.add(Record::new(entry, record.secret.clone()))?;
    }
    for id in take_theirs {
        if !approved.conflicts.iter().any(|conflict| conflict.ours.id() == *id) {
            return Err(Refusal::NoSuchKey(*id));
        }
        let mut record = backed_up(*id)?.clone();
        let others = |label: &Label| ours.records().iter().any(|r| r.entry.label == *label && r.entry.id() != *id);
        record.entry.label = record.entry.label.free(others);
        ours.replace(record)?;
    }
    Ok(())
}
