//! What a simulated network is made of.

use crate::node::Rules;
use even::units::{Epoch, EpochLength};
use serde::{Deserialize, Serialize};
use std::num::NonZeroU64;
use std::str::FromStr;

/// Nodes from which on only some read all outboxes.
const ALL_READ_MAX: usize = 50;

/// Nodes from which on records come every two seconds and only two nodes read all outboxes: what a reader does grows with
/// the cube of the number of nodes.
const OFTEN_MAX: usize = 400;

/// Messages a second unless told otherwise, all nodes together.
pub const RATE: f64 = 1.0;

/// Far enough from 0 that there are epochs before it.
const FIRST_EPOCH: Epoch = Epoch(1_000);

/// How a node behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Behaviour {
    /// By the protocol.
    Honest,
    /// It issues messages and validates nothing.
    Passive,
    /// It spends its coins twice, telling each half of the network another story.
    DoubleSpend,
    /// It neither forwards messages nor serves blocks.
    Withhold,
    /// It forks its own chain of records, telling each half of the network another one.
    Equivocate,
    /// Much stake, the exchange of an ordinary node.
    Whale,
    /// Much computing power, the stake of an ordinary node's hundredth.
    SuperPool,
    /// All of this kind are one owner, who splits an ordinary node's stake among them.
    Sybil,
}

impl Behaviour {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Honest,
        Self::Passive,
        Self::DoubleSpend,
        Self::Withhold,
        Self::Equivocate,
        Self::Whale,
        Self::SuperPool,
        Self::Sybil,
    ];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Honest => "honest",
            Self::Passive => "passive",
            Self::DoubleSpend => "double-spend",
            Self::Withhold => "withhold",
            Self::Equivocate => "equivocate",
            Self::Whale => "whale",
            Self::SuperPool => "super-pool",
            Self::Sybil => "sybil",
        }
    }

    /// Stake in units of an ordinary node's, when `count` nodes are of this kind among `all`.
    pub(crate) fn stake(self, count: usize, all: usize) -> f64 {
        match self {
            Self::Passive => 0.0,
            // Together three tenths of all stake.
            Self::Whale => 0.3 / 0.7 * (all as f64) / count as f64,
            Self::SuperPool => 0.01,
            Self::Sybil => 1.0 / count as f64,
            _ => 1.0,
        }
    }

    /// Whether what it reads and puts in force is what an honest node does.
    pub(crate) const fn reads_honestly(self) -> bool {
        !matches!(self, Self::Equivocate | Self::DoubleSpend)
    }

    /// Stamps a second in units of an ordinary node's.
    pub(crate) const fn capacity(self) -> f64 {
        if matches!(self, Self::SuperPool) { 20.0 } else { 1.0 }
    }
}

/// So many nodes of a kind: `whale=1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Share {
    /// The kind.
    pub behaviour: Behaviour,
    /// How many.
    pub count: usize,
}

/// Not `kind=count`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected kind=count, the kind one of passive, double-spend, withhold, equivocate, whale, super-pool, sybil")]
pub struct NotAShare;

impl FromStr for Share {
    type Err = NotAShare;

    fn from_str(text: &str) -> Result<Self, NotAShare> {
        let (name, count) = text.split_once('=').ok_or(NotAShare)?;
        let behaviour = Behaviour::ALL.into_iter().find(|kind| kind.name() == name).ok_or(NotAShare)?;
        Ok(Self { behaviour, count: count.parse().map_err(|_| NotAShare)? })
    }
}

/// A time in which two parts of the network do not hear each other: `20..50:0.4`, in seconds and as a share of the nodes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Partition {
    /// From, ms after the start.
    pub from_ms: u64,
    /// Until.
    pub until_ms: u64,
    /// The part of the nodes that is cut off.
    pub share: f64,
}

/// Not `from..until:share`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected from..until:share, such as 20..50:0.4")]
pub struct NotAPartition;

impl FromStr for Partition {
    type Err = NotAPartition;

    fn from_str(text: &str) -> Result<Self, NotAPartition> {
        let (times, share) = text.split_once(':').ok_or(NotAPartition)?;
        let (from, until) = times.split_once("..").ok_or(NotAPartition)?;
        let seconds = |text: &str| text.parse::<u64>().map(|seconds| seconds.saturating_mul(1000));
        let share: f64 = share.parse().map_err(|_| NotAPartition)?;
        let from_ms = seconds(from).map_err(|_| NotAPartition)?;
        let until_ms = seconds(until).map_err(|_| NotAPartition)?;
        let is_one = from_ms < until_ms && (0.0..=1.0).contains(&share);
        if is_one { Ok(Self { from_ms, until_ms, share }) } else { Err(NotAPartition) }
    }
}

/// A network and what happens in it.
#[derive(Debug, Clone)]
pub struct Config {
    /// How many nodes, all kinds together.
    pub nodes: usize,
    /// What everything is drawn from.
    pub seed: u64,
    /// The epoch in which it starts.
    pub first_epoch: Epoch,
    /// How long messages are issued, ms; then the network gets [`Config::drain_ms`] to finish.
    pub duration_ms: u64,
    /// Time for what was issued last.
    pub drain_ms: u64,
    /// Messages a second, all nodes together.
    pub rate: f64,
    /// The part of the messages that move money.
    pub payments: f64,
    /// Nodes that are not honest.
    pub behaviours: Vec<Share>,
    /// The part of what is sent that is lost.
    pub loss: f64,
    /// A partition.
    pub partition: Option<Partition>,
    /// Delay between two nodes, ms, from and to.
    pub delay_ms: (u64, u64),
    /// Spread of the honest nodes' stakes: standard deviation of the logarithm.
    pub stake_spread: f64,
    /// Stamps a second of an ordinary node.
    pub capacity: f64,
    /// Spread of the capacities: standard deviation of the logarithm.
    pub capacity_spread: f64,
    /// Without signatures and work.
    pub light: bool,
    /// Nodes that read all outboxes.
    pub readers: usize,
    /// Parameters of the protocol.
    pub rules: Rules,
}

impl Config {
    /// A network of `nodes` with the standard parameters, but for the work (8 bits, as the vectors have).
    #[must_use]
    pub fn new(nodes: usize, seed: u64) -> Self {
        let is_large = nodes > ALL_READ_MAX;
        Self {
            nodes,
            seed,
            first_epoch: FIRST_EPOCH,
            duration_ms: 60_000,
            drain_ms: 30_000,
            rate: RATE,
            payments: 0.5,
            behaviours: Vec::new(),
            loss: 0.0,
            partition: None,
            delay_ms: (10, 150),
            stake_spread: 0.5,
            capacity: 100.0,
            capacity_spread: 0.0,
            light: is_large,
            readers: if nodes > OFTEN_MAX {
                2
            } else if is_large {
                8
            } else {
                nodes
            },
            rules: rules(EpochLength::STANDARD, nodes),
        }
    }

    /// With epochs of another length, and what depends on it in proportion.
    #[must_use]
    pub fn with_epoch_ms(mut self, ms: NonZeroU64) -> Self {
        self.rules = rules(EpochLength::of_ms(ms), self.nodes);
        self
    }
}

fn rules(epoch: EpochLength, nodes: usize) -> Rules {
    let record_ms = if nodes > OFTEN_MAX { 2000 } else { 1000 };
    let of_epoch = |part: u64, most: u64| (epoch.ms() / part).min(most);
    Rules {
        epoch,
        message_bits: 8,
        stamp_bits: 8,
        record_ms: record_ms.min(epoch.ms() / 10).max(1),
        round_ms: of_epoch(4, 30_000).max(1),
        round_max_ms: 3_600_000,
        fan_out: even::mailing::FAN_OUT,
        settle_ms: of_epoch(3, 60_000),
        patience_ms: of_epoch(10, 10_000),
        ask_ms: 300,
        memory_epochs: 12,
    }
}
