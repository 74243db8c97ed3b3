//! The vote weight of the nodes (9.1, 9.2), in integers.
//!
//! What always holds: the identities of one owner together never weigh more than one node with the owner's totals; no node
//! weighs 1/3 of the denominator; the leaders together can neither decide nor block; neighbouring tables overlap (drift).
//! Source: 9.1, 9.2 and appendix B of the reference.

mod bounds;
mod drift;
mod exchange;
mod force;

pub use bounds::{LEADERS_CAP_PPM, NODE_CAP_PPM};
pub use drift::{DRIFT_UNITS, drift};
pub use force::InForce;

use crate::block::EpochRow;
use crate::ids::NodeId;
use bounds::{capped, leader_count};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Shares are counted in parts of this.
pub const SHARE_UNITS: u32 = 1_000_000_000;

/// One node in a table of weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weighed {
    /// Exchange bounded by stake (step 1 of 9.1).
    pub bounded_exchange: u64,
    /// Weight before the cap.
    pub raw: u128,
    /// Weight.
    pub weight: u128,
}

/// The weights of an epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeightTable {
    /// The nodes.
    pub nodes: BTreeMap<NodeId, Weighed>,
    /// `T`: all raw weight.
    pub raw_total: u128,
    /// Most that one node weighs.
    pub cap: u128,
    /// `T'`: all weight.
    pub total: u128,
    /// `D`: what a quorum is counted against.
    pub denominator: u128,
    /// Effective number of nodes, in thousandths.
    pub effective_milli: u128,
    /// Nodes with weight, by weight, rating and id.
    pub order: Vec<NodeId>,
    /// How many of them, from the first, are leaders.
    pub leader_count: usize,
}

/// Whether voters of this weight are enough: more than two thirds.
#[must_use]
pub const fn is_quorum(yes: u128, denominator: u128) -> bool {
    3 * yes > 2 * denominator
}

/// Weighs the nodes of a table. A node that is listed twice counts as it stands last.
#[must_use]
pub fn weigh(rows: &[EpochRow]) -> WeightTable {
    let rows: BTreeMap<NodeId, EpochRow> = rows.iter().map(|row| (row.node, *row)).collect();
    let rows: Vec<EpochRow> = rows.into_values().collect();
    let bounded = exchange::bounded(&rows);
    let raw: Vec<u128> = rows.iter().zip(&bounded).map(|(row, exchange)| raw_weight(row, *exchange)).collect();
    let caps = capped(&raw);
    let mut order: Vec<usize> = (0..rows.len()).filter(|at| caps.weights[*at] > 0).collect();
    order.sort_by_key(|at| (Reverse(caps.weights[*at]), Reverse(rows[*at].rating_ppm), rows[*at].node));
    let leader_count = leader_count(&caps.weights);
    let squares: u128 = caps.weights.iter().map(|weight| weight * weight).sum();
    let nodes = (0..rows.len()).map(|at| {
        let weighed = Weighed { bounded_exchange: bounded[at], raw: raw[at], weight: caps.weights[at] };
        (rows[at].node, weighed)
    });
    WeightTable {
        nodes: nodes.collect(),
        raw_total: caps.raw_total,
        cap: caps.cap,
        total: caps.total,
        denominator: caps.denominator,
        effective_milli: (1_000 * caps.total * caps.total).checked_div(squares).unwrap_or(0),
        order: order.into_iter().map(|at| rows[at].node).collect(),
        leader_count,
    }
}

/// Step 2 of 9.1: twice the harmonic mean of bounded exchange and stake, by the part that was served.
fn raw_weight(row: &EpochRow, exchange: u64) -> u128 {
    if row.rating_ppm == 0 {
        return 0;
    }
    u128::from(row.accuracy_ppm) * balanced(row, exchange)
}

/// Twice the harmonic mean of bounded exchange and stake.
fn balanced(row: &EpochRow, exchange: u64) -> u128 {
    let (k, s) = (u128::from(exchange), u128::from(row.stake));
    (2 * k * s).checked_div(k + s).unwrap_or(0)
}

/// How balanced a network is: 1 when every node has as much exchange as stake (9.1: clients should show it).
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "for people")]
pub fn network_balance(rows: &[EpochRow]) -> f64 {
    let bounded = exchange::bounded(rows);
    let sum: u128 = rows.iter().zip(bounded).map(|(row, exchange)| balanced(row, exchange)).sum();
    sum as f64 / f64::from(SHARE_UNITS)
}

impl WeightTable {
    /// A node's weight; 0 for one that is not listed.
    #[must_use]
    pub fn weight(&self, node: &NodeId) -> u128 {
        self.nodes.get(node).map_or(0, |weighed| weighed.weight)
    }

    /// The leaders, the heaviest first.
    #[must_use]
    pub fn leaders(&self) -> &[NodeId] {
        &self.order[..self.leader_count]
    }

    /// The weight of all leaders.
    #[must_use]
    pub fn leaders_weight(&self) -> u128 {
        self.leaders().iter().map(|node| self.weight(node)).sum()
    }

    /// The weights alone.
    #[must_use]
    pub fn weights(&self) -> BTreeMap<NodeId, u128> {
        self.nodes.iter().map(|(node, weighed)| (*node, weighed.weight)).filter(|(_, weight)| *weight > 0).collect()
    }
}
