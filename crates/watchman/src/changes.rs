//! What new settings change, as plain rows for people and pages.

use crate::roster::RosterFile;
use serde::{Deserialize, Serialize};
use std::fmt;
use vault::policy::Policy;
use vault::roster::{Member, RosterChange};

/// A changed line of a policy or roster. As text: path, old and new value, and a mark when more passes than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangeRow {
    /// What: the path of the member, such as `tokens/TAG/payoutMax` or `members/OWNER`.
    pub path: String,
    /// Its former value; `None`: it was not there.
    pub old: Option<String>,
    /// Its new value; `None`: it is no longer there.
    pub new: Option<String>,
    /// Whether more passes, or more people count, because of it.
    pub loosens: bool,
}

impl fmt::Display for ChangeRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
        let mark = if self.loosens { "  (loosens)" } else { "" };
        write!(f, "{}: {} -> {}{mark}", self.path, side(&self.old), side(&self.new))
    }
}

/// What another policy changes.
#[must_use]
pub fn policy_changes(old: &Policy, new: &Policy) -> Vec<ChangeRow> {
    let changes = vault::policy::diff(old, new).into_iter();
    changes.map(|line| ChangeRow { path: line.path, old: line.old, new: line.new, loosens: line.loosens }).collect()
}

/// What another roster changes.
#[must_use]
pub fn roster_changes(old: &RosterFile, new: &RosterFile) -> Vec<ChangeRow> {
    let mut rows: Vec<ChangeRow> = old.roster.diff(&new.roster).iter().map(row).collect();
    for member in new.roster.members() {
        let at = |file: &RosterFile| file.addresses(&member.owner).map(|addresses| addresses.join(" "));
        let (was, is) = (at(old), at(new));
        if was.is_some() && was != is {
            let path = format!("members/{}/addresses", member.owner);
            rows.push(ChangeRow { path, old: was, new: is, loosens: false });
        }
    }
    rows
}

fn row(change: &RosterChange) -> ChangeRow {
    let text = |member: &Member| format!("{} {}", member.name, member.peer);
    let path = |member: &Member| format!("members/{}", member.owner);
    match change {
        RosterChange::Added(new) => ChangeRow { path: path(new), old: None, new: Some(text(new)), loosens: true },
        RosterChange::Removed(old) => ChangeRow { path: path(old), old: Some(text(old)), new: None, loosens: false },
        RosterChange::Changed { old, new } => ChangeRow {
            path: path(new),
            old: Some(text(old)),
            new: Some(text(new)),
            loosens: old.peer != new.peer || new.since_ms < old.since_ms,
        },
        RosterChange::Quarantine { old, new } => ChangeRow {
            path: "quarantineHours".to_owned(),
            old: Some(old.to_string()),
            new: Some(new.to_string()),
            loosens: new < old,
        },
    }
}
