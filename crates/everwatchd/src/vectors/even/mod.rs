//! Vectors of the EVEN protocol, format `even-vectors/1`; what each set holds stands beside them.
//!
//! What always holds: a member of a case that is neither an input nor compared fails the case.

mod block;
mod case;
mod channel;
mod forecast;
mod keys;
mod ledger;
mod message;
mod rating;
mod voting;
mod weights;
mod worked;

use case::Case;
use serde_json::Value;

/// Judges one case; `None` if its format or set belongs elsewhere.
pub(super) fn check(check_name: &str, vector: &Value) -> Option<Result<(), String>> {
    let set = check_name.strip_prefix("even-vectors/1 ")?;
    let case = Case::new(vector);
    let verdict = match set {
        "keys" => keys::address(&case),
        "wots" => keys::signature(&case),
        "bundle" => message::bundle(&case),
        "messages" => message::rules(&case),
        "alice" => worked::example(&case),
        "hashcash" => block::work(&case),
        "records" => block::signed(&case),
        "channel" => channel::frame(&case),
        "ranking" => rating::rating(&case),
        "forecast" => forecast::forecast(&case),
        "weights" => weights::weights(&case),
        "ledger" => ledger::ledger(&case),
        "voting" => voting::voting(&case),
        _ => return None,
    };
    Some(verdict.and_then(|()| case.finish()))
}
