//! The weights in force, epoch by epoch (3.7, 9.2).

use even::block::EpochRow;
use even::epoch::IN_FORCE_AFTER;
use even::hash::Hash;
use even::ids::NodeId;
use even::units::Epoch;
use even::voting;
use even::weight::InForce;
use std::collections::{BTreeMap, BTreeSet};

/// What is in force in an epoch.
#[derive(Debug, Clone)]
pub struct Table {
    /// Weights and leaders.
    pub force: InForce,
    /// The ratings that it came from.
    pub rows: BTreeMap<NodeId, EpochRow>,
    /// The epoch that was measured for it; `None` for the first table.
    pub measured: Option<Epoch>,
    /// What audits are drawn from: the name of the epoch record (8.7).
    pub beacon: Hash,
}

/// The tables of the epochs so far. An epoch's table never changes once it is in force.
#[derive(Debug)]
pub struct Tables {
    by_epoch: BTreeMap<Epoch, Table>,
    first: Table,
}

impl Tables {
    /// The first table, in force from `epoch` on.
    #[must_use]
    pub fn new(epoch: Epoch, rows: &[EpochRow], beacon: Hash) -> Self {
        let by_node = rows.iter().map(|row| (row.node, *row)).collect();
        let first = Table { force: InForce::genesis(rows), rows: by_node, measured: None, beacon };
        Self { by_epoch: BTreeMap::from([(epoch, first.clone())]), first }
    }

    /// The table in force in an epoch.
    #[must_use]
    pub fn at(&self, epoch: Epoch) -> &Table {
        self.by_epoch.range(..=epoch).next_back().map_or(&self.first, |(_, table)| table)
    }

    /// Puts agreed rows in force from `epoch` on.
    ///
    /// `[choice]` Which nodes are muted must be the same for all, so it is read from the agreed rows: a proven equivocator
    /// stands there with accuracy 0 (see [`muted`]), and whoever has no accuracy weighs nothing at once.
    pub fn put(&mut self, epoch: Epoch, rows: &[EpochRow], beacon: Hash) {
        let force = self.at(epoch).force.next(rows, muted(rows));
        let rows = rows.iter().map(|row| (row.node, *row)).collect();
        let measured = Some(Epoch(epoch.0.saturating_sub(IN_FORCE_AFTER)));
        self.by_epoch.insert(epoch, Table { force, rows, measured, beacon });
    }

    /// Drops the tables after `epoch`, to be put in force again.
    pub fn back_to(&mut self, epoch: Epoch) {
        self.by_epoch.split_off(&epoch.later(1));
    }

    /// Drops tables that nothing in use refers to: all before the one in force in `epoch`.
    pub fn forget(&mut self, epoch: Epoch) {
        let Some(kept) = self.by_epoch.range(..=epoch).next_back().map(|(epoch, _)| *epoch) else { return };
        self.by_epoch = self.by_epoch.split_off(&kept);
        self.first = self.by_epoch[&kept].clone();
    }
}

/// Nodes that exchanged something and have no accuracy.
fn muted(rows: &[EpochRow]) -> BTreeSet<NodeId> {
    rows.iter().filter(|row| row.accuracy_ppm == 0 && row.exchange > 0).map(|row| row.node).collect()
}

impl voting::Tables for Tables {
    fn weight(&self, epoch: Epoch, node: &NodeId) -> u128 {
        self.at(epoch).force.weight(node)
    }

    fn denominator(&self, epoch: Epoch) -> u128 {
        self.at(epoch).force.denominator()
    }

    fn leaders(&self, epoch: Epoch) -> &[NodeId] {
        self.at(epoch).force.leaders()
    }
}
