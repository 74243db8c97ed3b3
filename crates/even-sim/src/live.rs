//! A network that is run by the clock and looked at: mostly honest nodes, with one of each of what makes it worth looking at.

use crate::config::{Behaviour, Config, Share};
use std::num::NonZeroU64;

/// Messages in an epoch, all nodes together.
const MESSAGES: f64 = 40.0;
/// Stamps that an ordinary node can make for every message there is.
const ROOM: f64 = 1.4;
/// Standard deviations of the logarithms of stakes and capacities.
const STAKE_SPREAD: f64 = 0.5;
const CAPACITY_SPREAD: f64 = 0.7;
/// Odd nodes, and from how many nodes on each is there.
const ODD: [(usize, Behaviour); 3] = [(6, Behaviour::Passive), (8, Behaviour::Whale), (10, Behaviour::DoubleSpend)];

/// A network that goes on until it is stopped.
#[must_use]
pub fn config(nodes: usize, seed: u64, epoch_ms: NonZeroU64) -> Config {
    let mut config = Config::new(nodes, seed).with_epoch_ms(epoch_ms);
    config.duration_ms = u64::MAX;
    config.drain_ms = 0;
    config.rate = MESSAGES * 1000.0 / epoch_ms.get() as f64;
    config.capacity = capacity(config.rate);
    config.stake_spread = STAKE_SPREAD;
    config.capacity_spread = CAPACITY_SPREAD;
    let present = ODD.into_iter().filter(|(from, _)| nodes >= *from);
    config.behaviours = present.map(|(_, behaviour)| Share { behaviour, count: 1 }).collect();
    config
}

/// Stamps a second of an ordinary node where so many messages a second are issued.
#[must_use]
pub fn capacity(rate: f64) -> f64 {
    ROOM * rate
}
