//! What another policy or roster changes: as rows for a page, and as lines for a person, amounts in the tokens' units.

use std::fmt::Display;

use vault::policy::token_of;
use watchman::RosterFile;

use super::questions::Change;
use super::{Answer, Guard};
use crate::api::{ChangePreview, ChangeRow, CommandError};
use crate::notify::sum;

/// Most changes that a person can look through in one window.
const CHANGES_MAX: usize = 60;

impl Guard<'_> {
    pub(super) fn preview(&self, changes: Vec<watchman::ChangeRow>) -> ChangePreview {
        let row = |change: watchman::ChangeRow| ChangeRow {
            token: token_of(&change.path).map(|tag| self.token(&tag)),
            path: change.path,
            old: change.old,
            new: change.new,
            loosens: change.loosens,
        };
        ChangePreview { changes: changes.into_iter().map(row).collect(), error: None }
    }

    /// The changes in a person's words: amounts in the tokens' units.
    pub(super) fn changes(&self, changes: &[watchman::ChangeRow]) -> Answer<Vec<Change>> {
        if changes.len() > CHANGES_MAX {
            let why = format!(
                "{} changes are more than a person can look through; make at most {CHANGES_MAX} at a time",
                changes.len()
            );
            return Err(CommandError::new("refused", why));
        }
        Ok(changes.iter().map(|change| self.change(change)).collect())
    }

    fn change(&self, change: &watchman::ChangeRow) -> Change {
        let token = token_of(&change.path).map(|tag| self.token(&tag));
        let is_amount = ["/payoutMax", "/autoUpTo", "/max", "/above"].iter().any(|end| change.path.ends_with(end));
        let value = |value: &Option<String>| {
            let amount = token.as_ref().filter(|_| is_amount).zip(value.as_ref());
            amount.and_then(|(token, units)| sum(units, token.decimals, &token.symbol)).or_else(|| value.clone())
        };
        Change { what: change.path.clone(), old: value(&change.old), new: value(&change.new), loosens: change.loosens }
    }
}

/// A first roster, as changes.
pub(super) fn joined(roster: &RosterFile) -> Vec<watchman::ChangeRow> {
    let member = |member: &watchman::RosterMember| watchman::ChangeRow {
        path: format!("members/{}", member.owner),
        old: None,
        new: Some(format!("{} {} {}", member.name, member.peer, member.addresses.join(" "))),
        loosens: true,
    };
    roster.members().iter().map(member).collect()
}

/// A text that is none.
pub(super) fn unusable(why: impl Display) -> ChangePreview {
    ChangePreview { changes: Vec::new(), error: Some(why.to_string()) }
}
