//! Populations of nodes with shares of exchange and stake, rated and weighed by the crate.

use crate::rng::Rng;
use even::block::EpochRow;
use even::ids::NodeId;
use even::rating::{Audits, ppm, score};
use even::weight::{SHARE_UNITS, WeightTable, weigh};
use std::ops::Range;

/// Shares of exchange and stake, each summing to 1.
#[derive(Debug, Clone)]
pub(super) struct Population(Vec<(f64, f64)>);

impl Population {
    /// As section 12 of the reference draws it.
    pub(super) fn section_12(count: usize, rng: &mut Rng) -> Self {
        const CORRELATION: f64 = 0.5;
        let independent = (1.0 - CORRELATION * CORRELATION).sqrt();
        let draw = |_| {
            let (one, other) = (rng.normal(), rng.normal());
            ((1.2 * one).exp(), (1.6 * (CORRELATION * one + independent * other)).exp())
        };
        Self((0..count).map(draw).collect()).normal()
    }

    /// Independent spreads of both, as the thresholds of 9.1 are measured; equal nodes for 0.
    pub(super) fn spread(count: usize, spread: f64, rng: &mut Rng) -> Self {
        let draw = |_| ((spread * rng.normal()).exp(), (spread * rng.normal()).exp());
        Self((0..count).map(draw).collect()).normal()
    }

    fn normal(self) -> Self {
        let (exchange, stake) = self.0.iter().fold((0.0, 0.0), |sum, node| (sum.0 + node.0, sum.1 + node.1));
        Self(self.0.into_iter().map(|node| (node.0 / exchange, node.1 / stake)).collect())
    }

    /// With actors who have these shares of the totals; the others share the rest.
    pub(super) fn with(&self, actors: &[(f64, f64)]) -> Self {
        let (exchange, stake) = actors.iter().fold((0.0, 0.0), |sum, node| (sum.0 + node.0, sum.1 + node.1));
        let others = self.0.iter().map(|node| (node.0 * (1.0 - exchange), node.1 * (1.0 - stake)));
        Self(others.chain(actors.iter().copied()).collect())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn exchange(&self, at: usize) -> f64 {
        self.0[at].0
    }

    pub(super) fn rating(&self, at: usize) -> f64 {
        let (exchange, stake) = self.0[at];
        // A sum of shares may exceed 1 by its last bit.
        score(exchange.min(1.0), stake.min(1.0), Audits::ALL).map_or(0.0, |score| score.rating)
    }

    pub(super) fn ratings(&self) -> Vec<f64> {
        (0..self.len()).map(|at| self.rating(at)).collect()
    }

    pub(super) fn table(&self) -> WeightTable {
        let share = |part: f64| (part * f64::from(SHARE_UNITS)).floor() as u32;
        let row = |(at, (exchange, stake)): (usize, &(f64, f64))| EpochRow {
            node: node(at),
            accuracy_ppm: 1_000_000,
            rating_ppm: ppm(self.rating(at)),
            exchange: share(*exchange),
            stake: share(*stake),
        };
        weigh(&self.0.iter().enumerate().map(row).collect::<Vec<_>>())
    }

    pub(super) fn weights(&self) -> Vec<f64> {
        let table = self.table();
        (0..self.len()).map(|at| table.weight(&node(at)) as f64).collect()
    }

    /// The part of the denominator that some nodes have together.
    pub(super) fn weight_of(&self, nodes: Range<usize>) -> f64 {
        let table = self.table();
        nodes.map(|at| table.weight(&node(at))).sum::<u128>() as f64 / table.denominator.max(1) as f64
    }
}

fn node(at: usize) -> NodeId {
    let mut id = [0; 32];
    id[..8].copy_from_slice(&(at as u64).to_be_bytes());
    NodeId(id)
}

pub(super) fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len().max(1) as f64;
    values.sum::<f64>() / count
}
