//! The heartbeat: one snapshot of everything that stands on every page.

use detector::model::{CoordinatorStatus, HeadStatus, Solvency, SourceState, SourceStatus};
use detector::{Alert, EvidenceClass, Severity};

use super::{halted, is_open, shown_url, vaults_short};
use crate::api::{CoordinatorState, Notifications, Reason, Signing, SourceView, Status, Watching};

/// A lag of more batches than this is called catching up; less is the normal gap between polls.
const LAG_MAX: u64 = 5;

/// What the snapshot needs beside the detector's own head.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    pub(crate) critical: u32,
    pub(crate) other: u32,
    /// Rule of the worst open alert.
    pub(crate) worst_rule: Option<String>,
    /// An open critical alert of a class that proves fraud.
    pub(crate) fraud_proven: bool,
}

impl Standing {
    /// Counts the open alerts, which come worst first.
    pub(crate) fn of(alerts: &[Alert]) -> Self {
        let open = || alerts.iter().filter(|alert| is_open(alert));
        let critical = open().filter(|alert| alert.severity == Severity::Critical).count();
        let worst = open().min_by_key(|alert| alert.severity);
        Self {
            critical: u32::try_from(critical).unwrap_or(u32::MAX),
            other: u32::try_from(open().count() - critical).unwrap_or(u32::MAX),
            worst_rule: worst.map(|alert| alert.rule.id().to_owned()),
            fraud_proven: open()
                .any(|alert| alert.severity == Severity::Critical && alert.rule.class() != EvidenceClass::Recorded),
        }
    }
}

/// What of the snapshot comes from the configuration and this process.
#[derive(Debug, Clone)]
pub(crate) struct Here {
    pub(crate) now_ms: u64,
    pub(crate) seq: u64,
    pub(crate) network: String,
    pub(crate) practice: bool,
    pub(crate) depth_blocks: u64,
    pub(crate) notifications: Notifications,
    pub(crate) signing: Signing,
    pub(crate) awaiting: u32,
}

/// The snapshot.
pub(crate) fn status(head: &HeadStatus, vaults: &Solvency, standing: &Standing, here: Here) -> Status {
    let vaults_short = vaults_short(vaults);
    let compared = head.coordinator.as_ref().and_then(|said| said.compared.clone());
    Status {
        seq: here.seq,
        now_ms: here.now_ms,
        watching: watching(head, !vaults_short.is_empty(), standing),
        worst_rule: standing.worst_rule.clone(),
        last_verified_ms: head.last_verified_ms,
        last_batch: (head.batches > 0).then_some(head.batches),
        height: head.height,
        tip: head.tip,
        lag_batches: head.lag_batches,
        batches: head.batches,
        overlay_batches: head.overlay_batches,
        transactions: head.transactions,
        rejected: head.rejected,
        unsettled: head.undecidable + head.not_checkable,
        state_root: head.state_root.clone(),
        coordinator: coordinator(head.coordinator.as_ref()),
        coordinator_root: compared.as_ref().map(|(_, theirs, _)| theirs.clone()),
        compared_root: compared.as_ref().map(|(_, _, ours)| ours.clone()),
        compared_batch: compared.map(|(batch, _, _)| batch),
        coordinator_seen_ms: head.coordinator.as_ref().and_then(|said| said.seen_ms),
        sources: head.sources.iter().map(source).collect(),
        sources_agreeing: u32::try_from(head.sources_agreeing).unwrap_or(u32::MAX),
        sources_needed: u32::try_from(head.sources_needed).unwrap_or(u32::MAX),
        alerts_critical: standing.critical,
        alerts_other: standing.other,
        vaults_short,
        halted: halted(vaults),
        signing: here.signing,
        awaiting: here.awaiting,
        unfinished: head
            .unfinished
            .as_ref()
            .map(|why| Reason { code: why.code.to_owned(), subject: shown_url(&why.subject) }),
        network: here.network,
        practice: here.practice,
        depth_blocks: here.depth_blocks,
        notifications: here.notifications,
    }
}

/// The worst thing that is the case; the order of the questions is the order of [`Watching`].
fn watching(head: &HeadStatus, vault_short: bool, standing: &Standing) -> Watching {
    let any = |state| head.sources.iter().any(|source| source.state == state);
    let all_silent =
        !head.sources.is_empty() && head.sources.iter().all(|source| source.state == SourceState::Unreachable);
    let unfinished = head.unfinished.as_ref().map(|why| why.code);
    if standing.fraud_proven {
        Watching::FraudProven
    } else if vault_short {
        Watching::VaultShort
    } else if any(SourceState::Disagrees) || any(SourceState::Altered) {
        Watching::SourcesDisagree
    } else if head.coordinator.as_ref().is_some_and(|said| said.silent) {
        Watching::CoordinatorSilent
    } else if all_silent || unfinished == Some("no_source") {
        Watching::NoSource
    } else if unfinished.is_some() {
        Watching::Unfinished
    } else if !head.started {
        Watching::Starting
    } else if head.lag_batches > LAG_MAX {
        Watching::CatchingUp
    } else {
        Watching::Watching
    }
}

fn coordinator(said: Option<&CoordinatorStatus>) -> CoordinatorState {
    match said {
        None => CoordinatorState::NotConfigured,
        Some(said) if said.silent => CoordinatorState::Silent,
        Some(CoordinatorStatus { compared: Some((_, theirs, ours)), .. }) if theirs == ours => {
            CoordinatorState::SameRoot
        }
        Some(CoordinatorStatus { compared: Some(_), .. }) => CoordinatorState::OtherRoot,
        Some(_) => CoordinatorState::NotKnownYet,
    }
}

fn source(source: &SourceStatus) -> SourceView {
    SourceView {
        url: shown_url(&source.url),
        state: match source.state {
            SourceState::Unknown => "unknown",
            SourceState::Agrees => "agrees",
            SourceState::Behind => "behind",
            SourceState::Disagrees => "disagrees",
            SourceState::Unreachable => "unreachable",
            SourceState::Altered => "altered",
        }
        .to_owned(),
        height: source.height,
        latency_ms: source.latency_ms,
        seen_ms: source.seen_ms,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use detector::model::Unfinished;
    use detector::{Place, Rule};

    fn alert(rule: Rule, severity: Severity, closed: bool) -> Alert {
        Alert {
            key: format!("{rule:?}"),
            rule,
            severity,
            code: "c".to_owned(),
            place: Place { batch_id: String::new(), batch: None, item: None, ever_hash: None },
            raised_ms: 1,
            seen_ms: 1,
            provisional: false,
            acknowledged: true,
            closed,
            params: Vec::new(),
            comparison: Vec::new(),
            evidence: Vec::new(),
            consequences: Vec::new(),
        }
    }

    fn source_in(state: SourceState) -> SourceStatus {
        SourceStatus { url: String::new(), state, height: None, latency_ms: None, seen_ms: None }
    }

    #[test]
    fn only_open_alerts_count_and_seeing_one_closes_nothing() {
        let alerts = [
            alert(Rule::F8, Severity::Warning, false),
            alert(Rule::F4, Severity::Critical, false),
            alert(Rule::F2, Severity::Critical, true),
        ];
        let standing = Standing::of(&alerts);
        assert_eq!((standing.critical, standing.other), (1, 1));
        assert_eq!(standing.worst_rule.as_deref(), Some("F4"));
        assert!(!standing.fraud_proven, "a recorded alert proves nothing by itself");
        assert!(Standing::of(&[alert(Rule::F2, Severity::Critical, false)]).fraud_proven);
        assert!(Standing::of(&[]).worst_rule.is_none());
    }

    #[test]
    fn the_worst_state_wins() {
        let calm = Standing::of(&[]);
        let mut head = HeadStatus { sources: vec![source_in(SourceState::Agrees)], ..HeadStatus::default() };
        assert_eq!(watching(&head, false, &calm), Watching::Starting);
        head.started = true;
        assert_eq!(watching(&head, false, &calm), Watching::Watching);
        head.lag_batches = LAG_MAX + 1;
        assert_eq!(watching(&head, false, &calm), Watching::CatchingUp);
        head.unfinished = Some(Unfinished { code: "gap", subject: String::new() });
        assert_eq!(watching(&head, false, &calm), Watching::Unfinished);
        head.unfinished = Some(Unfinished { code: "no_source", subject: String::new() });
        assert_eq!(watching(&head, false, &calm), Watching::NoSource);
        head.coordinator = Some(CoordinatorStatus { silent: true, ..CoordinatorStatus::default() });
        assert_eq!(watching(&head, false, &calm), Watching::CoordinatorSilent);
        head.sources.push(source_in(SourceState::Altered));
        assert_eq!(watching(&head, false, &calm), Watching::SourcesDisagree);
        let fraud = Standing::of(&[alert(Rule::F1, Severity::Critical, false)]);
        assert_eq!(watching(&head, true, &calm), Watching::VaultShort);
        assert_eq!(watching(&head, true, &fraud), Watching::FraudProven);
    }

    #[test]
    fn a_coordinator_is_believed_about_nothing_but_equal_roots() {
        let said = |compared: Option<(&str, &str)>, silent| CoordinatorStatus {
            silent,
            compared: compared.map(|(theirs, ours)| (4, theirs.to_owned(), ours.to_owned())),
            ..CoordinatorStatus::default()
        };
        assert_eq!(coordinator(None), CoordinatorState::NotConfigured);
        assert_eq!(coordinator(Some(&said(None, false))), CoordinatorState::NotKnownYet);
        assert_eq!(coordinator(Some(&said(Some(("0xa", "0xa")), false))), CoordinatorState::SameRoot);
        assert_eq!(coordinator(Some(&said(Some(("0xa", "0xb")), false))), CoordinatorState::OtherRoot);
        assert_eq!(coordinator(Some(&said(Some(("0xa", "0xa")), true))), CoordinatorState::Silent);
    }
}
