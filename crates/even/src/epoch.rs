//! Epoch records: the integers that nodes agree on at the end of an epoch (3.7).
//!
//! What always holds: two nodes that saw the same write rows within the tolerance of each other, whatever their processors'
//! logarithms; a record is accepted row by row or not at all. Source: 3.7, 8.4.

use crate::block::EpochRow;
use crate::ids::NodeId;
use crate::rating::{Row, ppm};
use crate::units::{Amount, Epoch};
use crate::weight::SHARE_UNITS;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Most rows of a table.
pub const ROWS_MAX: usize = 10_000;

/// Epochs from the measured one until its table is in force.
pub const IN_FORCE_AFTER: u32 = 2;

/// By how much two nodes may differ in a number.
const TOLERANCE: u32 = 2;

/// What decides whether a node is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listing {
    /// The node.
    pub node: NodeId,
    /// Its stake.
    pub stake: Amount,
    /// The epoch of its newest head record.
    pub heard: Epoch,
}

/// The nodes of the table of an epoch, by ascending id: heard in it or in the one before, at most [`ROWS_MAX`], the highest
/// stake first (3.7.3).
#[must_use]
pub fn listed(nodes: &[Listing], epoch: Epoch) -> Vec<NodeId> {
    let recent = |one: &&Listing| one.heard <= epoch && epoch.0 - one.heard.0 <= 1;
    let mut found: Vec<&Listing> = nodes.iter().filter(recent).collect();
    found.sort_by_key(|one| (Reverse(one.stake), one.node));
    found.truncate(ROWS_MAX);
    let mut ids: Vec<NodeId> = found.into_iter().map(|one| one.node).collect();
    ids.sort_unstable();
    ids
}

/// A rated node as it is published.
#[must_use]
pub fn published(node: NodeId, row: &Row) -> EpochRow {
    EpochRow {
        node,
        accuracy_ppm: ppm(row.score.accuracy),
        rating_ppm: ppm(row.score.rating),
        exchange: share_units(row.k_o),
        stake: share_units(row.s_o),
    }
}

/// A share, rounded down.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share is between 0 and 1")]
fn share_units(share: f64) -> u32 {
    (share * f64::from(SHARE_UNITS)).floor() as u32
}

/// In what a record is not what was measured here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Disagreement {
    /// A node that is not listed here, or is listed twice.
    #[error("{0} does not belong in the table")]
    Extra(NodeId),
    /// A node that is missing.
    #[error("{0} is missing")]
    Missing(NodeId),
    /// A number beyond the tolerance.
    #[error("the {what} of {node} is {theirs}, measured here was {ours}")]
    Number {
        /// The node.
        node: NodeId,
        /// `accuracy`, `rating`, `exchange` or `stake`.
        what: &'static str,
        /// As measured here.
        ours: u32,
        /// As the record says.
        theirs: u32,
    },
}

/// Compares a leader's rows with our own (3.7.1).
///
/// # Errors
/// The first disagreement.
pub fn compare(ours: &[EpochRow], theirs: &[EpochRow]) -> Result<(), Disagreement> {
    let mut open: BTreeMap<NodeId, &EpochRow> = ours.iter().map(|row| (row.node, row)).collect();
    for row in theirs {
        let our = open.remove(&row.node).ok_or(Disagreement::Extra(row.node))?;
        same(our, row)?;
    }
    open.keys().next().map_or(Ok(()), |node| Err(Disagreement::Missing(*node)))
}

fn same(ours: &EpochRow, theirs: &EpochRow) -> Result<(), Disagreement> {
    let numbers = [
        ("accuracy", ours.accuracy_ppm, theirs.accuracy_ppm),
        ("rating", ours.rating_ppm, theirs.rating_ppm),
        ("exchange", ours.exchange, theirs.exchange),
        ("stake", ours.stake, theirs.stake),
    ];
    let far = numbers.into_iter().find(|(_, ours, theirs)| ours.abs_diff(*theirs) > TOLERANCE);
    far.map_or(Ok(()), |(what, our, their)| {
        Err(Disagreement::Number { node: ours.node, what, ours: our, theirs: their })
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn row(node: u8, rating_ppm: u32) -> EpochRow {
        EpochRow { node: NodeId([node; 32]), accuracy_ppm: 1_000_000, rating_ppm, exchange: 10, stake: 20 }
    }

    #[test]
    fn rule_3_7_1_a_record_is_accepted_within_two_units_of_every_number() {
        let ours = [row(1, 500), row(2, 600)];
        assert_eq!(compare(&ours, &[row(1, 502), row(2, 598)]), Ok(()));
        let refused = compare(&ours, &[row(1, 500), row(2, 603)]).unwrap_err();
        assert_eq!(refused, Disagreement::Number { node: NodeId([2; 32]), what: "rating", ours: 600, theirs: 603 });
        assert_eq!(compare(&ours, &[row(1, 500)]), Err(Disagreement::Missing(NodeId([2; 32]))));
        let twice = [row(1, 500), row(2, 600), row(2, 600)];
        assert_eq!(compare(&ours, &twice), Err(Disagreement::Extra(NodeId([2; 32]))));
        assert_eq!(compare(&ours, &[row(1, 500), row(3, 600)]), Err(Disagreement::Extra(NodeId([3; 32]))));
    }

    #[test]
    fn rule_3_7_3_the_table_lists_who_was_heard_lately_the_highest_stake_first() {
        let listing = |node: u16, stake: u64, heard: u32| {
            let mut id = [0; 32];
            id[..2].copy_from_slice(&node.to_be_bytes());
            Listing { node: NodeId(id), stake: Amount::new(stake).unwrap(), heard: Epoch(heard) }
        };
        let nodes = [listing(3, 5, 9), listing(1, 1, 8), listing(2, 9, 7), listing(4, 9, 10)];
        let ids: Vec<_> = listed(&nodes, Epoch(9)).iter().map(|id| id.0[1]).collect();
        assert_eq!(ids, [1, 3], "not the one that fell silent, not the one from the future");
        let crowd: Vec<_> = (0..10_002).map(|node| listing(node, u64::from(node), 9)).collect();
        let kept = listed(&crowd, Epoch(9));
        assert_eq!(kept.len(), ROWS_MAX);
        assert!(!kept.contains(&crowd[0].node) && kept.contains(&crowd[10_001].node));
    }
}
