//! What may need a look: ratings that fall, nodes that fell passive, conflicts, weights near the cap. Whether a page shows it
//! follows from the watch-list.

use std::collections::{BTreeMap, BTreeSet};

use even::rating::State;

use super::snapshot::{InForce, Message, Past, Sign};

/// A rating below this part of the one before has fallen.
const FALLEN: f64 = 0.9;

/// Of the newest two epochs of each node.
pub(super) fn of_ratings(pasts: &[Vec<Past>]) -> Vec<Sign> {
    let sign = |(member, past): (usize, &Vec<Past>)| {
        let [.., before, last] = past.as_slice() else { return None };
        if last.row.score.state == State::Passive {
            return fell_passive(member, past);
        }
        let (from, to) = (before.row.score.rating, last.row.score.rating);
        let params = vec![("from", from.to_string()), ("to", to.to_string())];
        (to < FALLEN * from).then(|| Sign { params, ..Sign::of("rating_falls", Some(member), last.end_ms) })
    };
    pasts.iter().enumerate().filter_map(sign).collect()
}

/// Since the first of its last epochs that were all passive; not for a node that never was anything else.
fn fell_passive(member: usize, past: &[Past]) -> Option<Sign> {
    let active = past.iter().rposition(|past| past.row.score.state != State::Passive)?;
    past.get(active + 1).map(|first| Sign::of("passive", Some(member), first.end_ms))
}

/// One sign for each payment that has rivals, under its issuer: only who owns an address can spend from it.
pub(super) fn of_conflicts<'a>(messages: impl Iterator<Item = &'a Message>) -> Vec<Sign> {
    let first = |message: &&Message| message.rivals.iter().next().is_some_and(|rival| message.id < *rival);
    let sign = |message: &Message| Sign {
        params: vec![("message", message.id.to_string())],
        ..Sign::of("conflict", Some(message.issuer), message.time_ms)
    };
    messages.filter(first).map(sign).collect()
}

/// What lasts: proven equivocators and members near the cap, since when, and the reader's alarm.
pub(super) struct OfState<'a> {
    pub(super) muted: &'a BTreeMap<usize, u64>,
    pub(super) near_cap: &'a BTreeMap<usize, u64>,
    pub(super) alarmed_ms: Option<u64>,
}

impl OfState<'_> {
    /// Its signs, under the table in force.
    pub(super) fn signs(&self, force: &InForce) -> Vec<Sign> {
        let alarm = self.alarmed_ms.map(|since| Sign::of("two_final", None, since));
        let muted = self.muted.iter().map(|(member, since)| Sign::of("equivocation", Some(*member), *since));
        let capped = self.near_cap.iter().map(|(member, since)| near_cap(*member, *since, force));
        alarm.into_iter().chain(muted).chain(capped).collect()
    }
}

/// A node whose weight is at or near the most that one node may have.
fn near_cap(member: usize, since_ms: u64, force: &InForce) -> Sign {
    let share = f64::from(force.weights.ppm(force.weights.of[member])) / 1_000_000.0;
    Sign { params: vec![("share", share.to_string())], ..Sign::of("cap_near", Some(member), since_ms) }
}

/// Keeps since when members have been in a set.
pub(super) fn keep(since: &mut BTreeMap<usize, u64>, now: &BTreeSet<usize>, now_ms: u64) {
    since.retain(|member, _| now.contains(member));
    for member in now {
        since.entry(*member).or_insert(now_ms);
    }
}

#[cfg(test)]
mod tests;
