//! What a run measured, as data.

use crate::network::{Break, Network};
use serde::Serialize;

/// Figures of a run. Times are simulated.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// How many nodes.
    pub nodes: usize,
    /// Those that read all outboxes.
    pub readers: usize,
    /// Without signatures and work.
    pub light: bool,
    /// The seed.
    pub seed: u64,
    /// Seconds in which messages were issued.
    pub seconds: f64,
    /// Messages issued, payments among them.
    pub issued: u64,
    /// Payments among them.
    pub payments: u64,
    /// Messages that became final for a reader.
    pub finals: u64,
    /// Final messages a second.
    pub messages_per_second: f64,
    /// Neither final nor rejected for any reader at the end.
    pub undecided: u64,
    /// Seconds from issue to final, over messages and readers.
    pub finality: Quantiles,
    /// Nodes that a message went through, over messages and receivers.
    pub hops: Quantiles,
    /// Coins that were spent twice.
    pub double_spends: usize,
    /// Of these decided.
    pub decided: usize,
    /// The last round that anybody voted in.
    pub last_round: u32,
    /// Nodes found to have forked their chain.
    pub equivocators: usize,
    /// Records published.
    pub records: u64,
    /// Stamps in them.
    pub stamps: u64,
    /// Votes of later rounds in them.
    pub votes: u64,
    /// Epochs that began.
    pub epochs: usize,
    /// Of these, epochs for which an epoch record became final.
    pub agreed_epochs: usize,
    /// Epochs that began with different tables at different readers.
    pub split_epochs: usize,
    /// Epochs of whose table readers still thought differently one epoch later.
    pub still_split_epochs: usize,
    /// What must not happen and did; a run is good when there is none.
    pub violations: u64,
    /// The first of them.
    pub breaks: Vec<Break>,
}

/// Some quantiles of a distribution.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Quantiles {
    /// The middle.
    pub median: f64,
    /// Of a hundred ninety-nine are not above it.
    pub p99: f64,
    /// The highest.
    pub max: f64,
}

impl Quantiles {
    /// Of values in order.
    #[must_use]
    pub fn of_sorted(values: &[f64]) -> Self {
        let at = |part: f64| {
            let place = ((values.len() as f64 * part).ceil() as usize).max(1) - 1;
            values.get(place).copied().unwrap_or(0.0)
        };
        Self { median: at(0.5), p99: at(0.99), max: at(1.0) }
    }
}

impl Report {
    /// Of a network as it stands.
    #[must_use]
    pub fn of(network: &Network) -> Self {
        let (config, watch) = (network.config(), &network.watch);
        let mut finality: Vec<f64> = watch.finality.iter().map(|ms| f64::from(*ms) / 1000.0).collect();
        finality.sort_unstable_by(f64::total_cmp);
        let seconds = network.elapsed().min(config.duration_ms) as f64 / 1000.0;
        Self {
            nodes: config.nodes,
            readers: network.peers.iter().filter(|peer| peer.node.role().reads).count(),
            light: config.light,
            seed: config.seed,
            seconds,
            issued: watch.issued,
            payments: watch.payments,
            finals: watch.finals,
            messages_per_second: watch.finals as f64 / seconds.max(0.001),
            undecided: watch.undecided().0,
            finality: Quantiles::of_sorted(&finality),
            hops: hops(network),
            double_spends: watch.doubles.len(),
            decided: watch.decided(),
            last_round: watch.last_round,
            equivocators: watch.equivocators.len(),
            records: watch.records,
            stamps: watch.stamps,
            votes: watch.votes,
            epochs: watch.tables.len(),
            agreed_epochs: watch.agreed.len(),
            still_split_epochs: watch.later_tables.values().filter(|digests| digests.len() > 1).count(),
            split_epochs: watch.tables.values().filter(|digests| digests.len() > 1).count(),
            violations: watch.break_count,
            breaks: watch.breaks.clone(),
        }
    }
}

fn hops(network: &Network) -> Quantiles {
    let counts = &network.watch.hops;
    let all: u64 = counts.values().sum();
    let at = |part: f64| {
        let place = (all as f64 * part).ceil() as u64;
        let mut sum = 0;
        let found = counts.iter().find(|(_, count)| {
            sum += **count;
            sum >= place.max(1)
        });
        found.map_or(0.0, |(hops, _)| f64::from(*hops))
    };
    Quantiles { median: at(0.5), p99: at(0.99), max: at(1.0) }
}
