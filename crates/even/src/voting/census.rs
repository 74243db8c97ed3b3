//! The nodes by number, and what they weigh.

use super::Tables;
use crate::ids::NodeId;
use crate::units::Epoch;
use crate::weight::is_quorum;
use std::collections::{BTreeMap, BTreeSet};

/// What an epoch's table says of the nodes that have records.
#[derive(Debug, Clone)]
pub(super) struct Weights {
    of: Vec<u128>,
    denominator: u128,
}

impl Weights {
    pub(super) fn of(&self, node: usize) -> u128 {
        self.of[node]
    }

    pub(super) const fn is_quorum(&self, weight: u128) -> bool {
        is_quorum(weight, self.denominator)
    }
}

/// Tables are asked once for a node and epoch: they do not change their answers.
#[derive(Debug, Clone, Default)]
pub(super) struct Census {
    nodes: Vec<NodeId>,
    numbers: BTreeMap<NodeId, usize>,
    weights: BTreeMap<Epoch, Weights>,
    forked: Vec<bool>,
}

impl Census {
    /// The number of a node.
    pub(super) fn admit(&mut self, node: NodeId, tables: &impl Tables) -> usize {
        if let Some(number) = self.numbers.get(&node) {
            return *number;
        }
        let number = self.nodes.len();
        self.nodes.push(node);
        self.forked.push(false);
        self.numbers.insert(node, number);
        for (epoch, weights) in &mut self.weights {
            weights.of.push(tables.weight(*epoch, &node));
        }
        number
    }

    /// The table of an epoch, from now on.
    pub(super) fn open(&mut self, epoch: Epoch, tables: &impl Tables) -> &Weights {
        let nodes = &self.nodes;
        self.weights.entry(epoch).or_insert_with(|| Weights {
            of: nodes.iter().map(|node| tables.weight(epoch, node)).collect(),
            denominator: tables.denominator(epoch),
        })
    }

    /// The table of an epoch in which somebody voted: votes open it.
    pub(super) fn weights(&self, epoch: Epoch) -> &Weights {
        &self.weights[&epoch]
    }

    pub(super) fn id(&self, node: usize) -> NodeId {
        self.nodes[node]
    }

    pub(super) fn number(&self, node: &NodeId) -> Option<usize> {
        self.numbers.get(node).copied()
    }

    pub(super) fn has_forked(&self, node: usize) -> bool {
        self.forked[node]
    }

    /// False when it was known.
    pub(super) fn fork(&mut self, node: usize) -> bool {
        !std::mem::replace(&mut self.forked[node], true)
    }

    /// Leaves out nodes and epochs.
    pub(super) fn shrink(&mut self, keeps: &[bool], epochs: &BTreeSet<Epoch>) {
        self.weights.retain(|epoch, _| epochs.contains(epoch));
        for weights in self.weights.values_mut() {
            keep(&mut weights.of, keeps);
        }
        keep(&mut self.nodes, keeps);
        keep(&mut self.forked, keeps);
        self.numbers = self.nodes.iter().enumerate().map(|(at, node)| (*node, at)).collect();
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }
}

fn keep<T>(list: &mut Vec<T>, keeps: &[bool]) {
    let mut keeps = keeps.iter();
    list.retain(|_| keeps.next().is_none_or(|keep| *keep));
}
