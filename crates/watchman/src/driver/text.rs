//! Codes and short texts for what the pipeline holds: fixed, so that pages can tell them in any language.

use crate::model::SignedFields;
use vault::halt::Cause;
use vault::payload::{Call, Payload};
use vault::pipeline::{Approver, Failure, Refusal, Stage, Wait};
use vault::policy::PolicyRule;

/// The policy as an approver.
const AUTO: &str = "auto";

/// Who approved.
pub(super) fn approver(by: &Approver) -> String {
    match by {
        Approver::Policy => AUTO.to_owned(),
        Approver::Person(name) => name.clone(),
    }
}

/// The transaction that a state has.
pub(super) fn tx(stage: &Stage) -> Option<String> {
    match stage {
        Stage::Submitted(submission) => submission.tx.clone(),
        Stage::Executed(execution) | Stage::Closed(execution) => execution.tx.clone(),
        _ => None,
    }
}

/// The fields of a payload, read back out of its bytes (W6).
pub(super) fn fields(payload: &Payload) -> SignedFields {
    let reading = payload.reading();
    let (call, token) = match reading.call {
        Call::Coin => ("coin", None),
        Call::Transfer { token } => ("transfer", Some(token)),
        Call::Mint { token } => ("mint", Some(token)),
    };
    SignedFields {
        digest: payload.digest().to_string(),
        id: crypto::hexs::encode0x(&payload.id()),
        chain_id: reading.chain_id.to_string(),
        contract: crypto::eip55(&reading.contract),
        batch: arweave::ArweaveId::from_bytes(reading.batch).to_string(),
        ever_hash: reading.ever_hash.to_string(),
        call,
        token: token.map(|token| crypto::eip55(&token)),
        to: crypto::eip55(&reading.to),
        amount: reading.amount.to_string(),
    }
}

/// What the policy or a person said, as the state holds it.
pub(super) fn verdict(stage: &Stage) -> Option<String> {
    match stage {
        Stage::Held { rule, .. } | Stage::Awaiting { rule } | Stage::Refused(Refusal::Policy(rule)) => {
            Some(rule_text(rule))
        }
        Stage::Approved { by: Approver::Policy } => Some(AUTO.to_owned()),
        Stage::Approved { by: Approver::Person(name) } => Some(format!("approved by {name}")),
        Stage::Refused(Refusal::Person { by, reason }) => Some(format!("refused by {by}: {reason}")),
        Stage::Failed(Failure::Unpayable(why)) => Some(why.to_string()),
        Stage::Failed(Failure::KeepsFailing) => Some("the vault tried too often and nothing moved".to_owned()),
        _ => None,
    }
}

/// Whether a person may let it try again.
pub(super) fn can_reopen(stage: &Stage) -> bool {
    matches!(stage, Stage::Refused(Refusal::Person { .. }) | Stage::Failed(Failure::KeepsFailing))
}

pub(super) fn rule_text(rule: &PolicyRule) -> String {
    match rule {
        PolicyRule::Stopped => "stopped".to_owned(),
        PolicyRule::TokenNotListed => "token_not_listed".to_owned(),
        PolicyRule::RecipientUnreadable => "recipient_unreadable".to_owned(),
        PolicyRule::RecipientDenied => "recipient_denied".to_owned(),
        PolicyRule::RecipientNotAllowed => "recipient_not_allowed".to_owned(),
        PolicyRule::PayoutMax { max } => format!("payout_max {max}"),
        PolicyRule::Window { window, .. } => format!("window {} in {} h", window.max, window.hours),
        PolicyRule::RecipientWindow { window, .. } => format!("recipient_window {} in {} h", window.max, window.hours),
        PolicyRule::Delay(delay) => format!("delay {} min above {}", delay.minutes, delay.above),
        PolicyRule::AutoUpTo { limit } => format!("auto_up_to {limit}"),
    }
}

pub(super) fn wait_code(wait: &Wait) -> &'static str {
    match wait {
        Wait::Depth => "depth",
        Wait::AlertsUnknown => "alerts_unknown",
        Wait::AlertOpen => "alert_open",
        Wait::SourcesUnknown => "sources_unknown",
        Wait::SourcesDisagree => "sources_disagree",
        Wait::Halted => "halted",
        Wait::NotActive => "not_active",
        Wait::ReleaseUnknown => "release_unknown",
        Wait::NoPolicy => "no_policy",
    }
}

pub(super) fn cause_code(cause: Cause) -> &'static str {
    match cause {
        Cause::Shortfall => "shortfall",
        Cause::MintUndone => "mint_undone",
        Cause::Fraud => "fraud",
        Cause::Person => "person",
    }
}
