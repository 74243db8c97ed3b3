//! How far a table may move in one epoch (9.2): quorums of neighbouring epochs must overlap.

use crate::ids::NodeId;
use std::collections::{BTreeMap, BTreeSet};

/// Both tables are scaled to this sum.
pub const DRIFT_UNITS: u128 = 1_000_000_000_000;

/// One part in so many may move.
const LIMIT_ONE_IN: u128 = 50;

/// The weights in force after `old` when `new` was agreed on: `new` itself when it is near enough, else a step toward it.
/// In [`DRIFT_UNITS`]; nodes without weight are left out. From a table in which nobody has weight there is nothing to drift.
#[must_use]
pub fn drift(old: &BTreeMap<NodeId, u128>, new: &BTreeMap<NodeId, u128>) -> BTreeMap<NodeId, u128> {
    Drift::between(old, new).weights()
}

/// Two tables, scaled, and how much of the way between them may be gone.
pub(super) struct Drift {
    from: BTreeMap<NodeId, u128>,
    to: BTreeMap<NodeId, u128>,
    /// `limit / distance` of the way, at most the whole.
    limit: u128,
    distance: u128,
}

impl Drift {
    pub(super) fn between(old: &BTreeMap<NodeId, u128>, new: &BTreeMap<NodeId, u128>) -> Self {
        let (from, to) = (scaled(old), scaled(new));
        let from = if from.is_empty() { to.clone() } else { from };
        let mut drift = Self { from, to, limit: 2 * DRIFT_UNITS / LIMIT_ONE_IN, distance: 0 };
        drift.distance = drift.nodes().iter().map(|node| drift.ends(node)).map(|(a, b)| a.abs_diff(b)).sum();
        drift
    }

    pub(super) fn weights(&self) -> BTreeMap<NodeId, u128> {
        let moved = |node: NodeId| {
            let (a, b) = self.ends(&node);
            (node, self.moved(a, b))
        };
        self.nodes().into_iter().map(moved).filter(|(_, weight)| *weight > 0).collect()
    }

    /// As far from `a` toward `b` as the tables may move.
    pub(super) fn moved(&self, a: u128, b: u128) -> u128 {
        let whole = a.abs_diff(b);
        let step = if self.distance <= self.limit { whole } else { whole * self.limit / self.distance };
        if b > a { a + step } else { a - step }
    }

    fn nodes(&self) -> BTreeSet<NodeId> {
        self.from.keys().chain(self.to.keys()).copied().collect()
    }

    fn ends(&self, node: &NodeId) -> (u128, u128) {
        let at = |table: &BTreeMap<NodeId, u128>| table.get(node).copied().unwrap_or(0);
        (at(&self.from), at(&self.to))
    }
}

fn scaled(table: &BTreeMap<NodeId, u128>) -> BTreeMap<NodeId, u128> {
    let total: u128 = table.values().sum();
    let scale = |weight: &u128| (DRIFT_UNITS * weight).checked_div(total).unwrap_or(0);
    table.iter().map(|(node, weight)| (*node, scale(weight))).filter(|(_, weight)| *weight > 0).collect()
}
