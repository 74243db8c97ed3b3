//! The network as a whole, and what of it needs a look.

use std::collections::BTreeSet;

use even::ids::NodeId;
use even::rating::Reference;
use even::weight::{LEADERS_CAP_PPM, NODE_CAP_PPM};

use super::snapshot::{Sign, Snapshot};
use crate::api::{EvenAlert, EvenLeader, EvenSource, EvenView, Field};

/// Alerts of an answer at most.
const ALERTS_MAX: usize = 100;

/// No network runs.
pub(super) fn nothing() -> EvenView {
    EvenView {
        source: EvenSource::None,
        seed: String::new(),
        now_ms: detector::now_ms(),
        epoch: 0,
        epoch_start_ms: 0,
        epoch_length_ms: 0,
        table_epoch: None,
        nodes: 0,
        voting: 0,
        reference: reference(Reference::Mean),
        denominator: "0".to_owned(),
        total: "0".to_owned(),
        balance: 0.0,
        effective_milli: 0,
        leaders: Vec::new(),
        leaders_ppm: 0,
        leaders_cap_ppm: LEADERS_CAP_PPM,
        node_cap_ppm: NODE_CAP_PPM,
        final_messages: 0,
        open_messages: 0,
        rejected_messages: 0,
        finality_ms: None,
        per_second: 0.0,
        alarm: None,
        alerts: Vec::new(),
    }
}

/// The network of a snapshot.
pub(super) fn of(snapshot: &Snapshot, watched: &BTreeSet<NodeId>) -> EvenView {
    let (force, counts) = (&snapshot.force, &snapshot.counts);
    let weights = &force.weights;
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let leader = |at: &usize| EvenLeader {
        node: snapshot.members[*at].id.to_string(),
        label: snapshot.members[*at].label.clone(),
        weight_ppm: weights.ppm(weights.of[*at]),
    };
    let compared = snapshot.measured.as_ref().map_or(Reference::Mean, |measured| measured.table.reference);
    EvenView {
        source: EvenSource::Here,
        seed: snapshot.seed.to_string(),
        now_ms: snapshot.now_ms,
        epoch: snapshot.epoch,
        epoch_start_ms: snapshot.epoch_start_ms,
        epoch_length_ms: snapshot.epoch_length_ms,
        table_epoch: force.measured,
        nodes: count(snapshot.members.len()),
        voting: count(weights.of.iter().filter(|weight| **weight > 0).count()),
        reference: reference(compared),
        denominator: weights.denominator.to_string(),
        total: force.total.to_string(),
        balance: force.balance,
        effective_milli: force.effective_milli,
        leaders: weights.leaders.iter().map(leader).collect(),
        leaders_ppm: weights.ppm(weights.leaders.iter().map(|at| weights.of[*at]).sum()),
        final_messages: counts.finals,
        open_messages: counts.open,
        rejected_messages: counts.rejected,
        finality_ms: counts.median_ms,
        per_second: counts.per_second,
        alarm: snapshot.alarm.map(|(one, other)| (one.to_string(), other.to_string())),
        alerts: alerts(snapshot, watched),
        ..nothing()
    }
}

fn reference(reference: Reference) -> String {
    match reference {
        Reference::Mean => "mean",
        Reference::Max => "max",
    }
    .to_owned()
}

/// The gravest first, then the newest.
fn alerts(snapshot: &Snapshot, watched: &BTreeSet<NodeId>) -> Vec<EvenAlert> {
    let mut signs: Vec<&Sign> = snapshot.signs.iter().filter(|sign| is_meant(sign, snapshot, watched)).collect();
    let grave = |sign: &Sign| matches!(sign.code, "two_final" | "equivocation");
    signs.sort_by_key(|sign| (!grave(sign), std::cmp::Reverse(sign.since_ms)));
    signs.truncate(ALERTS_MAX);
    let alert = |sign: &Sign| {
        let member = sign.member.map(|at| &snapshot.members[at]);
        let field = |(name, value): &(&str, String)| Field { name: (*name).to_owned(), value: value.clone() };
        EvenAlert {
            code: sign.code.to_owned(),
            node: member.map(|member| member.id.to_string()),
            label: member.map(|member| member.label.clone()),
            since_ms: sign.since_ms,
            params: sign.params.iter().map(field).collect(),
        }
    };
    signs.into_iter().map(alert).collect()
}

/// What breaks the rules or nears a bound concerns everybody. Ratings do of watched nodes, of all while none of these is
/// watched; conflicts of watched nodes alone.
fn is_meant(sign: &Sign, snapshot: &Snapshot, watched: &BTreeSet<NodeId>) -> bool {
    let is_watched = |member: usize| watched.contains(&snapshot.members[member].id);
    match (sign.code, sign.member) {
        ("conflict", Some(member)) => is_watched(member),
        ("rating_falls" | "passive", Some(member)) => {
            is_watched(member) || !(0..snapshot.members.len()).any(is_watched)
        }
        _ => true,
    }
}
