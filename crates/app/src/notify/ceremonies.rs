//! What a notification says about shared keys, in plain English; each of them is raised once.
//!
//! Labels and names come from other watchmen; they are stripped as facts of alerts are.

use super::text::{Words, plain, shorten};
use super::{Note, sum};
use crate::api::{CeremonyKind, CeremonyRow, CeremonyState, SessionRow, SessionState, Severity};

/// What there is to say about a ceremony as it stands; `culprits`: the names of those who broke a rule.
#[must_use]
pub fn ceremony(row: &CeremonyRow, proposer: &str, culprits: &[String]) -> Option<Note> {
    let (label, proposer) = (plain(&row.label), plain(proposer));
    let what = match row.kind {
        CeremonyKind::Create => "make the shared key",
        CeremonyKind::Refresh => "give new shares to all members of",
        CeremonyKind::Remove => "leave a member out of",
        CeremonyKind::Repair => "restore a member's share of",
    };
    let (code, title, body, severity) = match row.state {
        CeremonyState::Invited => (
            "invited",
            "You are invited to a ceremony",
            format!("{proposer} wants to {what} {label}. Compare the check words by voice before you join."),
            Severity::Warning,
        ),
        CeremonyState::Failed if !culprits.is_empty() => (
            "culprit",
            "A ceremony failed: somebody broke a rule",
            format!(
                "{} broke a rule while members wanted to {what} {label}. No funds are touched; open Everwatch for the evidence.",
                culprits.iter().map(|name| plain(name)).collect::<Vec<_>>().join(", ")
            ),
            Severity::Critical,
        ),
        CeremonyState::Failed => (
            "failed",
            "A ceremony failed",
            format!("The attempt to {what} {label} came to nothing. Open Everwatch to see why, and to start again."),
            Severity::Warning,
        ),
        CeremonyState::InDoubt => (
            "doubt",
            "A ceremony waits for somebody's word",
            format!("New shares of {label} are ready, and old ones are kept until all members said so."),
            Severity::Warning,
        ),
        CeremonyState::Done => (
            "done",
            "A ceremony came to its end",
            format!("It was to {what} {label}. Back your share up if you have not."),
            Severity::Warning,
        ),
        CeremonyState::Comparing | CeremonyState::Running | CeremonyState::Stopped => return None,
    };
    Some(note(format!("ceremony:{code}:{}", row.id), title, body, severity))
}

/// What there is to say about a session of signing as it stands.
#[must_use]
pub fn session(row: &SessionRow) -> Option<Note> {
    let amount = sum(&row.amount, Some(8), "BTC").unwrap_or_else(|| "An amount".to_owned());
    let to = row.to.as_ref().map_or_else(|| "its own addresses".to_owned(), |to| shorten(&plain(to)));
    let (label, proposer) = (plain(&row.label), plain(&row.proposer));
    let (code, title, body, severity) = match row.state {
        SessionState::Asked => (
            "ask",
            "A transaction waits for your approval",
            format!("{proposer} asks the members of {label} to sign {amount} to {to}."),
            Severity::Warning,
        ),
        SessionState::Signed => (
            "signed",
            "A transaction is signed",
            format!("Enough members of {label} signed {amount} to {to}."),
            Severity::Warning,
        ),
        SessionState::Failed => (
            "failed",
            "A transaction was not signed",
            format!("{amount} to {to} from {label}. Open Everwatch to see why."),
            Severity::Warning,
        ),
        SessionState::Approved | SessionState::Declined => return None,
    };
    Some(note(format!("session:{code}:{}", row.id), title, body, severity))
}

fn note(key: String, title: &str, body: String, severity: Severity) -> Note {
    Note { key, words: Words { title: title.to_owned(), body }, severity }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn row(state: CeremonyState) -> CeremonyRow {
        CeremonyRow {
            id: "aa".into(),
            kind: CeremonyKind::Create,
            label: "Harbour<b>".into(),
            group: None,
            state,
            my_turn: true,
            attempt: 1,
            begun_ms: 1,
            ended_ms: None,
        }
    }

    #[test]
    fn an_invitation_and_a_culprit_are_told_with_names_and_without_markup() {
        let invited = ceremony(&row(CeremonyState::Invited), "Ada", &[]).unwrap();
        assert_eq!(invited.key, "ceremony:invited:aa");
        assert!(invited.words.body.contains("Ada wants to make the shared key Harbour"), "{}", invited.words.body);
        assert!(!invited.words.body.contains('<'));
        let failed = ceremony(&row(CeremonyState::Failed), "Ada", &["Tomas".into()]).unwrap();
        assert!(failed.words.body.starts_with("Tomas broke a rule") && failed.severity == Severity::Critical);
        let silent = ceremony(&row(CeremonyState::Failed), "Ada", &[]).unwrap();
        assert!(silent.severity == Severity::Warning && silent.key != failed.key);
        assert!(ceremony(&row(CeremonyState::Running), "Ada", &[]).is_none());
    }

    #[test]
    fn a_session_is_told_when_it_asks_and_when_it_is_signed() {
        let mut row = SessionRow {
            id: "bb".into(),
            label: "Harbour".into(),
            group: "cc".into(),
            proposer: "Jun".into(),
            state: SessionState::Asked,
            amount: "150000000".into(),
            to: Some("bcrt1pexample".into()),
            inputs: 2,
            approved: 0,
            threshold: 2,
            asked_ms: 1,
        };
        let asked = session(&row).unwrap();
        assert!(asked.words.body.contains("1.50 BTC to bcrt1pexample"), "{}", asked.words.body);
        row.state = SessionState::Signed;
        assert_ne!(session(&row).unwrap().key, asked.key);
        row.state = SessionState::Approved;
        assert!(session(&row).is_none());
    }
}
