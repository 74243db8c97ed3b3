//! The weights in force in an epoch: the agreed table, no further from the one before than the drift allows.

use super::bounds::leader_count;
use super::drift::Drift;
use super::{DRIFT_UNITS, is_quorum, weigh};
use crate::block::EpochRow;
use crate::ids::NodeId;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Who decides in an epoch, in [`DRIFT_UNITS`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    weights: BTreeMap<NodeId, u128>,
    /// Proven equivocators: their weight is nobody's, the denominator stays.
    muted: BTreeSet<NodeId>,
    denominator: u128,
    leaders: Vec<NodeId>,
}

impl InForce {
    /// The first table, which is part of genesis (3.7.3).
    #[must_use]
    pub fn genesis(rows: &[EpochRow]) -> Self {
        let nobody = Self { weights: BTreeMap::new(), muted: BTreeSet::new(), denominator: 0, leaders: Vec::new() };
        nobody.next(rows, BTreeSet::new())
    }

    /// The table after this one, when `rows` were agreed on and these nodes are muted for the time being (9.3).
    ///
    /// `[choice]` 9.2 says how weights move and not how the denominator does. What the caps cut is in it, so it moves by the
    /// same part of the way: else a step from a table with much cut to one without would leave a node above the cap.
    #[must_use]
    pub fn next(&self, rows: &[EpochRow], muted: BTreeSet<NodeId>) -> Self {
        let agreed = weigh(rows);
        let drift = Drift::between(&self.weights, &agreed.weights());
        let weights = drift.weights();
        let to = (DRIFT_UNITS * agreed.denominator).checked_div(agreed.total).unwrap_or(self.denominator);
        let from = if self.weights.is_empty() { to } else { self.denominator };
        // Rounded up, so that no rounding of weights lifts anybody above a bound.
        let denominator = (drift.moved(from, to) + 1).max(weights.values().sum());
        let ratings: BTreeMap<&NodeId, u32> = rows.iter().map(|row| (&row.node, row.rating_ppm)).collect();
        let mut order: Vec<NodeId> = weights.keys().filter(|node| !muted.contains(*node)).copied().collect();
        order.sort_by_key(|node| (Reverse(weights[node]), Reverse(ratings.get(node).copied().unwrap_or(0)), *node));
        let heights: Vec<u128> = order.iter().map(|node| weights[node]).collect();
        order.truncate(leader_count(&heights));
        Self { weights, muted, denominator, leaders: order }
    }

    /// A node's weight; 0 for one that is not listed or is muted.
    #[must_use]
    pub fn weight(&self, node: &NodeId) -> u128 {
        if self.muted.contains(node) { 0 } else { self.weights.get(node).copied().unwrap_or(0) }
    }

    /// What a quorum is counted against.
    #[must_use]
    pub const fn denominator(&self) -> u128 {
        self.denominator
    }

    /// All weight.
    #[must_use]
    pub fn total(&self) -> u128 {
        self.nodes().map(|(_, weight)| weight).sum()
    }

    /// Effective number of nodes, in thousandths.
    #[must_use]
    pub fn effective_milli(&self) -> u128 {
        let (total, squares) = (self.total(), self.nodes().map(|(_, weight)| weight * weight).sum());
        (1_000 * total * total).checked_div(squares).unwrap_or(0)
    }

    /// Whether these nodes are enough.
    #[must_use]
    pub fn is_quorum<'a>(&self, voters: impl IntoIterator<Item = &'a NodeId>) -> bool {
        is_quorum(voters.into_iter().map(|node| self.weight(node)).sum(), self.denominator)
    }

    /// The leaders, the heaviest first.
    #[must_use]
    pub fn leaders(&self) -> &[NodeId] {
        &self.leaders
    }

    /// Nodes with weight.
    pub fn nodes(&self) -> impl Iterator<Item = (&NodeId, u128)> {
        self.weights.keys().map(|node| (node, self.weight(node)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(exchange: &[u32]) -> Vec<EpochRow> {
        let row = |(at, exchange): (usize, &u32)| EpochRow {
            node: NodeId([u8::try_from(at).unwrap_or(u8::MAX); 32]),
            accuracy_ppm: 1_000_000,
            rating_ppm: 500_000,
            exchange: *exchange,
            stake: *exchange,
        };
        exchange.iter().enumerate().map(row).collect()
    }

    #[test]
    fn rule_9_2_a_table_moves_by_a_fiftieth_at_most() {
        let first = InForce::genesis(&rows(&[250_000_000; 4]));
        let next = first.next(&rows(&[400_000_000, 200_000_000, 200_000_000, 200_000_000]), BTreeSet::new());
        let moved: u128 = first.nodes().map(|(node, weight)| weight.abs_diff(next.weight(node))).sum();
        assert!(moved > 0 && moved <= 2 * DRIFT_UNITS / 50, "{moved}");
    }

    #[test]
    fn rule_9_3_who_equivocated_weighs_nothing_and_nobody_gains_by_it() {
        let first = InForce::genesis(&rows(&[200_000_000; 5]));
        let liar = NodeId([3; 32]);
        let next = first.next(&rows(&[200_000_000; 5]), BTreeSet::from([liar]));
        assert_eq!(next.weight(&liar), 0);
        assert_eq!(next.denominator(), first.denominator());
        assert!(!next.leaders().contains(&liar));
    }

    #[test]
    fn rule_9_2_a_network_of_one_giant_stalls_instead_of_obeying() {
        let giant = InForce::genesis(&rows(&[990_000_000, 5_000_000, 5_000_000]));
        let all: Vec<NodeId> = giant.nodes().map(|(node, _)| *node).collect();
        assert!(!giant.is_quorum(&all));
    }
}
