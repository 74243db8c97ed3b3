//! The state in one sentence, for the tray, where the page's own sentences do not reach.

use app::api::{Status, Watching};

/// How the mark in the tray is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// At the head, nothing wrong.
    Watching,
    /// In progress or not asked yet.
    Wait,
    /// Look at it.
    Attention,
    /// Fraud.
    Danger,
}

/// The sentence before the core has said anything.
pub(crate) const STARTING: &str = "Not watching yet";

/// Tone and sentence of a state.
pub(crate) fn of(status: &Status) -> (Tone, String) {
    let rule = status.worst_rule.as_deref().unwrap_or("");
    match status.watching {
        Watching::FraudProven => (Tone::Danger, format!("Fraud proven, {rule}")),
        Watching::VaultShort => (Tone::Danger, vault_short(status)),
        Watching::SourcesDisagree => (
            Tone::Attention,
            format!("Sources disagree, {} of {} agree", status.sources_agreeing, status.sources.len()),
        ),
        Watching::CoordinatorSilent => (Tone::Attention, "Coordinator silent".to_owned()),
        Watching::NoSource => (Tone::Attention, "No source answers".to_owned()),
        Watching::Unfinished => (Tone::Attention, "A part of the ledger cannot be judged yet".to_owned()),
        Watching::CatchingUp => {
            (Tone::Wait, format!("Catching up, {} of {} batches", status.batches, status.batches + status.lag_batches))
        }
        Watching::Starting => (Tone::Wait, STARTING.to_owned()),
        Watching::Watching if status.alerts_critical > 0 => {
            (Tone::Danger, format!("Watching, {} critical alerts open", status.alerts_critical))
        }
        Watching::Watching => (Tone::Watching, "Watching".to_owned()),
    }
}

/// The first token that is short stands for all: there is room for one line.
fn vault_short(status: &Status) -> String {
    let first = status.vaults_short.first();
    let missing = first.and_then(|short| app::notify::sum(&short.shortfall, short.decimals, &short.symbol));
    missing.map_or_else(|| "Vault short".to_owned(), |missing| format!("Vault short by {missing}"))
}
