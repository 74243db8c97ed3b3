//! How far nodes are from each other, and the mesh that gossip takes.

use crate::config::Config;
use crate::rng::Rng;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;

/// Neighbours that a node chooses in the mesh; as many choose it on average.
const CHOSEN: usize = 4;

/// See the module header.
#[derive(Debug)]
pub(super) struct Links {
    /// Places on a unit square: the farther, the longer the delay.
    places: Vec<(f64, f64)>,
    delay_ms: (u64, u64),
    mesh: Vec<Vec<usize>>,
    /// A number from 0 to 1 for each node: it is cut off by partitions of a greater share.
    lot: Vec<f64>,
    arrivals: BTreeMap<usize, Arc<Vec<(u32, u32)>>>,
}

impl Links {
    pub(super) fn new(config: &Config, rng: &mut Rng) -> Self {
        let count = config.nodes;
        let places = (0..count).map(|_| (rng.unit(), rng.unit())).collect();
        let mut mesh = vec![Vec::new(); count];
        for node in 0..count {
            // A ring, so that everybody is reached, and some at random.
            let others = std::iter::once((node + 1) % count).chain((1..CHOSEN).map(|_| rng.below(count)));
            for other in others.collect::<Vec<_>>() {
                if other != node && !mesh[node].contains(&other) {
                    mesh[node].push(other);
                    mesh[other].push(node);
                }
            }
        }
        let mut lot: Vec<f64> = (0..count).map(|at| (at as f64 + 0.5) / count as f64).collect();
        rng.shuffle(&mut lot);
        Self { places, delay_ms: config.delay_ms, mesh, lot, arrivals: BTreeMap::new() }
    }

    /// One way between two nodes, ms.
    pub(super) fn delay(&self, one: usize, other: usize) -> u64 {
        let ((x0, y0), (x1, y1)) = (self.places[one], self.places[other]);
        let distance = (x0 - x1).hypot(y0 - y1) / std::f64::consts::SQRT_2;
        let (low, high) = self.delay_ms;
        (low + (distance * high.saturating_sub(low) as f64) as u64).max(1)
    }

    pub(super) fn is_cut_off(&self, node: usize, share: f64) -> bool {
        self.lot[node] < share
    }

    /// When gossip from a node reaches the others: shortest ways through the mesh.
    pub(super) fn arrivals(&mut self, source: usize) -> Arc<Vec<(u32, u32)>> {
        if let Some(known) = self.arrivals.get(&source) {
            return known.clone();
        }
        let mut best = vec![u64::MAX; self.places.len()];
        let mut open = BinaryHeap::from([Reverse((0, source))]);
        let mut found = Vec::new();
        while let Some(Reverse((delay, node))) = open.pop() {
            if best[node] != u64::MAX {
                continue;
            }
            best[node] = delay;
            if node != source {
                found.push((delay as u32, node as u32));
            }
            for next in self.mesh[node].iter().filter(|next| best[**next] == u64::MAX) {
                open.push(Reverse((delay + self.delay(node, *next), *next)));
            }
        }
        let found = Arc::new(found);
        self.arrivals.insert(source, found.clone());
        found
    }
}
