//! How the nodes of a network stand: from a measurement, from the first table, and what they weigh in the table in force.

use std::collections::{BTreeMap, BTreeSet};

use even::block::EpochRow;
use even::ids::NodeId;
use even::rating::{Audits, Row, score};
use even::units::Epoch;
use even::weight::{SHARE_UNITS, WeightTable, network_balance, weigh};
use even_sim::node::{Measured, Node};

use super::snapshot::{InForce, Member, Standing, Weights};

/// From this part of the cap on a node is near it, in hundredths.
const NEAR_PERCENT: u128 = 90;
/// Milliseconds of a second: nodes are observed in milliseconds.
const MS: f64 = 1000.0;

/// Before anything was measured: what the first table says.
pub(super) fn at_first(members: &[Member], node: &Node) -> Vec<Standing> {
    let (rows, stakes) = (&node.tables().at(node.epoch()).rows, node.ledger().stakes());
    let share = |units: u32| f64::from(units) / f64::from(SHARE_UNITS);
    let standing = |member: &Member| {
        let (k, s) = rows.get(&member.id).map_or((0.0, 0.0), |row| (share(row.exchange), share(row.stake)));
        let stake = stakes.get(&member.id).map_or(0, |amount| amount.units());
        Standing { row: row(k, s, Audits::ALL), capacity: 0.0, speed: 0.0, activity: 0, stake }
    };
    members.iter().map(standing).collect()
}

/// By a measurement. Who was not heard exchanged nothing.
pub(super) fn measured(members: &[Member], measured: &Measured, node: &Node) -> Vec<Standing> {
    let stakes = node.ledger().stakes();
    let staked: u64 = stakes.values().map(|amount| amount.units()).sum();
    let unheard = |id: &NodeId| {
        let stake = stakes.get(id).map_or(0, |amount| amount.units());
        let share = if staked == 0 { 0.0 } else { stake as f64 / staked as f64 };
        Standing { row: row(0.0, share, Audits::NONE), capacity: 0.0, speed: 0.0, activity: 0, stake }
    };
    let standing = |member: &Member| {
        let place = measured.nodes.binary_search(&member.id);
        place.map_or_else(|_| unheard(&member.id), |at| observed(measured, at, measured.table.rows[at]))
    };
    members.iter().map(standing).collect()
}

/// A node that was observed, with a row that follows.
pub(super) fn observed(measured: &Measured, at: usize, row: Row) -> Standing {
    let (all, one) = (&measured.observations, measured.observations.node(at));
    Standing {
        row,
        capacity: all.mean(one.power) * MS,
        speed: all.mean(one.speed) * MS,
        activity: one.exchanged,
        stake: one.stake,
    }
}

fn row(k: f64, s: f64, audits: Audits) -> Row {
    let (k_o, s_o) = (k.clamp(0.0, 1.0), s.clamp(0.0, 1.0));
    let score = score(k_o, s_o, audits).expect("both were made shares");
    Row { k_raw: k_o, k_o, s_o, score }
}

/// The table in force in an epoch, and the members near the cap.
pub(super) fn in_force(
    members: &[Member],
    index: &BTreeMap<NodeId, usize>,
    node: &Node,
    epoch: Epoch,
) -> (InForce, BTreeSet<usize>) {
    let table = node.tables().at(epoch);
    let rows: Vec<EpochRow> = table.rows.values().copied().collect();
    let agreed = weigh(&rows);
    let force = InForce {
        weights: Weights {
            of: members.iter().map(|member| table.force.weight(&member.id)).collect(),
            denominator: table.force.denominator(),
            leaders: table.force.leaders().iter().filter_map(|id| index.get(id).copied()).collect(),
            clipped: clipped(index, &agreed),
        },
        measured: table.measured.map(|epoch| epoch.0),
        total: table.force.total(),
        effective_milli: u64::try_from(table.force.effective_milli()).unwrap_or(u64::MAX),
        balance: network_balance(&rows),
    };
    let is_near = |weight: u128| agreed.cap > 0 && weight * 100 >= agreed.cap * NEAR_PERCENT;
    let near = agreed.nodes.iter().filter(|(_, weighed)| is_near(weighed.weight));
    (force, near.filter_map(|(id, _)| index.get(id).copied()).collect())
}

/// What a table alone says, without the drift from the one before.
pub(super) fn alone(members: &[Member], index: &BTreeMap<NodeId, usize>, rows: &[EpochRow]) -> Weights {
    let table = weigh(rows);
    Weights {
        of: members.iter().map(|member| table.weight(&member.id)).collect(),
        denominator: table.denominator,
        leaders: table.leaders().iter().filter_map(|id| index.get(id).copied()).collect(),
        clipped: clipped(index, &table),
    }
}

fn clipped(index: &BTreeMap<NodeId, usize>, table: &WeightTable) -> BTreeSet<usize> {
    let cut = table.nodes.iter().filter(|(_, weighed)| weighed.raw > weighed.weight);
    cut.filter_map(|(id, _)| index.get(id).copied()).collect()
}
