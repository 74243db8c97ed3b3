//! One payout with everything that speaks for and against it. Pure: it decides nothing, the pipeline does.
//!
//! Whether a button is offered is worked out here; whether it does anything is the watchman's business.

use std::path::Path;

use everpay::{Amount, Rules};
use watchman::{CheckResult, Limit, PassedRow, PayoutFacts, SignedFields, SignerRow, SignerState};

use super::rows;
use crate::api::{CheckView, LimitView, PathStep, PayoutDetail, PayoutFields, Reason, SignerView};

/// What decides which buttons there are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Here<'a> {
    pub(super) rules: Option<&'a Rules>,
    pub(super) now_ms: u64,
    /// The watchman's own folder.
    pub(super) folder: &'a Path,
    pub(super) unlocked: bool,
    /// Whether this shell has windows of its own.
    pub(super) native: bool,
}

/// The states on the way of a payout that nobody is asked about.
const WAY: [&str; 9] =
    ["seen", "verified", "approved", "intended", "signed", "quorum", "submitted", "executed", "closed"];

/// Everything about a payout.
pub(super) fn detail(facts: &PayoutFacts, here: Here<'_>) -> PayoutDetail {
    let why_not = why_not(facts, here);
    let state = facts.row.state;
    PayoutDetail {
        row: rows::row(&facts.row, here.rules),
        fields: facts.signed.as_ref().map(|signed| fields(signed, &facts.words)),
        checks: facts.checks.iter().map(check).collect(),
        limits: facts.counts.iter().map(|limit| self::limit(limit, here.now_ms)).collect(),
        signers: facts.row.signers.iter().map(signer).collect(),
        path: path(&facts.history),
        differing: facts.sources.iter().flat_map(|sources| sources.differing.clone()).collect(),
        can_approve: why_not.is_none(),
        can_refuse: matches!(state, "verified" | "held" | "awaiting" | "approved"),
        can_reopen: facts.row.can_reopen,
        why_not: why_not.map(str::to_owned),
        decided: facts.history.iter().filter_map(decided).collect(),
        command: format!(
            "everwatchd watchman show {} --data-dir {}",
            facts.row.ever_hash,
            quoted(&here.folder.display().to_string())
        ),
    }
}

/// Why a person cannot approve it now. That the keystore is locked comes last: a person can change it.
pub(super) fn why_not(facts: &PayoutFacts, here: Here<'_>) -> Option<&'static str> {
    if facts.row.state != "awaiting" {
        Some("not_asked")
    } else if facts.checks.iter().any(|check| check.result == CheckResult::Fails) {
        Some("check_fails")
    } else if !here.native {
        Some("needs_window")
    } else if !here.unlocked {
        Some("locked")
    } else {
        None
    }
}

fn fields(signed: &SignedFields, words: &[&str]) -> PayoutFields {
    PayoutFields {
        digest: signed.digest.clone(),
        words: words.iter().map(|word| (*word).to_owned()).collect(),
        id: signed.id.clone(),
        chain_id: signed.chain_id.clone(),
        contract: signed.contract.clone(),
        batch: signed.batch.clone(),
        ever_hash: signed.ever_hash.clone(),
        call: signed.call.to_owned(),
        token: signed.token.clone(),
        to: signed.to.clone(),
        amount: signed.amount.clone(),
    }
}

fn check(check: &watchman::RuleCheck) -> CheckView {
    let result = match check.result {
        CheckResult::Holds => "holds",
        CheckResult::Fails => "fails",
        CheckResult::NotReached => "notReached",
    };
    CheckView { code: check.rule.to_owned(), result: result.to_owned(), fact: check.fact.clone() }
}

fn limit(limit: &Limit, now_ms: u64) -> LimitView {
    let rule = match limit.rule {
        "payout_max" => "payoutMax",
        "recipient_window" => "recipient",
        "auto_up_to" => "autoUpTo",
        same => same,
    };
    LimitView {
        rule: rule.to_owned(),
        // What is beyond 256 bits is beyond every limit.
        used: limit.spent.clone().unwrap_or_else(|| limit.max.clone()),
        adds: limit.amount.clone(),
        max: Some(limit.max.clone()),
        hours: limit.hours,
        until_ms: limit.until_ms,
        holds: holds(limit, now_ms),
    }
}

fn holds(limit: &Limit, now_ms: u64) -> bool {
    if limit.rule == "delay" {
        return limit.until_ms.is_none_or(|until_ms| until_ms <= now_ms);
    }
    let read = |text: &str| text.parse::<Amount>().ok();
    let sum = limit.spent.as_deref().and_then(read).zip(read(&limit.amount));
    let sum = sum.and_then(|(spent, amount)| spent.checked_add(amount));
    sum.zip(read(&limit.max)).is_some_and(|(sum, max)| sum <= max)
}

fn signer(signer: &SignerRow) -> SignerView {
    let state = match signer.state {
        SignerState::Accused => "accused",
        SignerState::Signed => "signed",
        SignerState::NotOwner => "not_owner",
        SignerState::Quarantine => "quarantine",
        SignerState::Unreachable => "unreachable",
        SignerState::NotYet => "not_yet",
    };
    SignerView {
        name: signer.name.clone(),
        owner: signer.owner.clone(),
        is_me: signer.is_me,
        state: state.to_owned(),
        until_ms: signer.quarantine_until_ms,
    }
}

/// The way as it counts: where a payout came back to a state, what lay between is left out. Then what is to come.
fn path(history: &[PassedRow]) -> Vec<PathStep> {
    let mut way: Vec<&PassedRow> = Vec::new();
    for passed in history {
        if let Some(again) = way.iter().position(|step| step.state == passed.state) {
            way.truncate(again);
        }
        way.push(passed);
    }
    let current = way.last().map_or("", |step| step.state);
    let ends = matches!(current, "closed" | "refused" | "failed");
    let mut steps: Vec<PathStep> = way.iter().map(|step| done(step, step.state == current && !ends)).collect();
    let reached = way.iter().rev().find_map(|step| WAY.iter().position(|state| *state == step.state));
    if !ends {
        let ahead = WAY.iter().skip(reached.map_or(0, |at| at + 1));
        steps.extend(ahead.map(|state| PathStep {
            code: (*state).to_owned(),
            state: "to_come".to_owned(),
            at_ms: None,
            fact: None,
        }));
    }
    steps
}

fn done(passed: &PassedRow, is_now: bool) -> PathStep {
    PathStep {
        code: passed.state.to_owned(),
        state: if is_now { "now" } else { "done" }.to_owned(),
        at_ms: Some(passed.at_ms),
        fact: Some(passed.detail.clone()).filter(|detail| !detail.is_empty()),
    }
}

/// Who decided, of a state that somebody decided.
fn decided(passed: &PassedRow) -> Option<Reason> {
    let (code, subject) = match passed.state {
        "approved" if passed.detail == "auto" => ("auto", ""),
        "approved" => ("approved", passed.detail.strip_prefix("approved by ")?),
        "refused" => match passed.detail.strip_prefix("refused by ") {
            Some(person) => ("refused", person),
            None => ("refused_by_policy", passed.detail.as_str()),
        },
        "failed" => ("failed", passed.detail.as_str()),
        _ => return None,
    };
    Some(Reason { code: code.to_owned(), subject: subject.to_owned() })
}

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@".contains(c);
    if !path.is_empty() && path.chars().all(plain) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::watch::rows::tests::payout;
    use watchman::RuleCheck;

    fn passed(state: &'static str, at_ms: u64, detail: &str) -> PassedRow {
        PassedRow { state, at_ms, detail: detail.to_owned() }
    }

    fn facts(state: &'static str, fails: bool) -> PayoutFacts {
        let result = if fails { CheckResult::Fails } else { CheckResult::Holds };
        PayoutFacts {
            row: payout(1, state),
            signed: None,
            words: Vec::new(),
            counts: Vec::new(),
            checks: vec![RuleCheck { rule: "W2", result, fact: String::new() }],
            sources: None,
            history: vec![passed(state, 1, "")],
        }
    }

    fn here() -> Here<'static> {
        Here { rules: None, now_ms: 10, folder: Path::new("/d"), unlocked: true, native: true }
    }

    #[test]
    fn a_person_may_approve_only_what_asks_passes_every_check_and_can_be_confirmed_and_signed() {
        assert_eq!(why_not(&facts("awaiting", false), here()), None);
        let locked = Here { unlocked: false, ..here() };
        assert_eq!(why_not(&facts("awaiting", false), locked), Some("locked"));
        assert_eq!(why_not(&facts("awaiting", false), Here { native: false, ..locked }), Some("needs_window"));
        assert_eq!(why_not(&facts("awaiting", true), locked), Some("check_fails"));
        for state in ["seen", "held", "approved", "signed", "refused", "closed"] {
            assert_eq!(why_not(&facts(state, true), here()), Some("not_asked"), "{state}");
        }
        let shown = detail(&facts("awaiting", false), locked);
        assert_eq!((shown.can_approve, shown.can_refuse, shown.why_not.as_deref()), (false, true, Some("locked")));
        assert!(!detail(&facts("intended", false), here()).can_refuse, "a signature may be out");
    }

    fn told(history: &[PassedRow]) -> String {
        let short = |step: &PathStep| match step.state.as_str() {
            "now" => format!("[{}]", step.code),
            "done" => step.code.clone(),
            _ => format!("({})", step.code),
        };
        path(history).iter().map(short).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_path_shows_what_was_passed_where_it_stands_and_what_is_to_come() {
        let to = |states: &[&'static str]| states.iter().map(|state| passed(state, 1, "")).collect::<Vec<_>>();
        assert_eq!(
            told(&to(&["seen", "verified", "awaiting"])),
            "seen verified [awaiting] (approved) (intended) (signed) (quorum) (submitted) (executed) (closed)"
        );
        assert_eq!(told(&to(&["seen", "verified", "refused"])), "seen verified refused");
        // A reorganisation took the payout back, and it was paid again.
        let again = ["seen", "verified", "quorum", "submitted", "executed", "submitted", "executed", "closed"];
        assert_eq!(told(&to(&again)), "seen verified quorum submitted executed closed");
        assert_eq!(
            told(&to(&["seen", "verified", "seen"])).split(' ').take(2).collect::<Vec<_>>(),
            ["[seen]", "(verified)"]
        );
    }

    #[test]
    fn a_limit_holds_when_what_is_used_and_this_payout_fit() {
        let limit = |rule, spent: Option<&str>, max: &str| Limit {
            rule,
            spent: spent.map(str::to_owned),
            max: max.to_owned(),
            amount: "40".to_owned(),
            hours: None,
            until_ms: None,
        };
        assert!(holds(&limit("window", Some("60"), "100"), 0));
        assert!(!holds(&limit("window", Some("61"), "100"), 0));
        assert!(!holds(&limit("window", None, "100"), 0), "beyond 256 bits");
        let late = Limit { until_ms: Some(5), ..limit("delay", Some("0"), "1") };
        assert!(!holds(&late, 4));
        assert!(holds(&late, 5));
        assert_eq!(super::limit(&limit("recipient_window", Some("1"), "9"), 0).rule, "recipient");
    }

    #[test]
    fn who_decided_is_told_with_the_reason() {
        let of = |state, detail: &str| decided(&passed(state, 1, detail)).map(|why| (why.code, why.subject));
        let pair = |code: &str, subject: &str| Some((code.to_owned(), subject.to_owned()));
        assert_eq!(of("approved", "auto"), pair("auto", ""));
        assert_eq!(of("approved", "approved by Ada"), pair("approved", "Ada"));
        assert_eq!(of("refused", "refused by Ada: no"), pair("refused", "Ada: no"));
        assert_eq!(of("refused", "payout_max 5"), pair("refused_by_policy", "payout_max 5"));
        assert_eq!(of("signed", "x"), None);
    }

    #[test]
    fn the_command_of_the_second_surface_survives_a_shell() {
        assert_eq!(quoted("/home/ada/.local/share"), "/home/ada/.local/share");
        assert_eq!(quoted("/a b/it's"), "'/a b/it'\\''s'");
    }
}
