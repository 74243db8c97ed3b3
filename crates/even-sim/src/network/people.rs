//! Who is in the network at the start, and who issues what.

use super::{CannotBuild, Network, Peer};
use crate::config::{Behaviour, Config};
use crate::craft::Craft;
use crate::node::{Event, Node, Role, Start};
use crate::post::Checkpoint;
use crate::rng::Rng;
use even::audit::draws;
use even::block::EpochRow;
use even::ids::{Address, MessageId, NodeId};
use even::ledger::Payment;
use even::rating::Audits;
use even::units::{Amount, Epoch, SUPPLY, Time};
use even::voting::Status;
use even::weight::SHARE_UNITS;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Nodes up to which everybody starts with many coins.
const RICH_MAX: usize = 64;
const COINS: (u64, u64) = (16, 4);
/// The part of the supply that is stake.
const STAKED: f64 = 0.8;
/// Index of the address that holds a node's stake.
const STAKE_INDEX: u64 = 1 << 40;
/// Most that is paid at once, in parts of a coin.
const PAID_MAX: u64 = 1000;

/// What a node is going to be.
struct Plan {
    craft: Craft,
    behaviour: Behaviour,
    /// Part of all stake.
    stake: f64,
    /// Part of all exchange that the first table says.
    exchange: f64,
    role: Role,
}

pub(super) fn populate(config: &Config, time: Time, rng: &mut Rng) -> Result<Vec<Peer>, CannotBuild> {
    let behaviours = behaviours(config)?;
    let plans = plans(config, &behaviours, rng);
    let everybody: Arc<Vec<NodeId>> = Arc::new(plans.iter().map(|plan| plan.craft.node()).collect());
    let readers = Arc::new(plans.iter().filter(|plan| plan.role.reads).map(|plan| plan.craft.node()).collect());
    let start = Start { time, checkpoint: checkpoint(&plans), rows: rows(&plans), everybody, readers };
    let rules = Arc::new(config.rules.clone());
    let peer = |plan: Plan| {
        let node = Node::new(plan.craft, plan.role, &start, rules.clone())?;
        Ok(Peer { node, behaviour: plan.behaviour, published: 0 })
    };
    plans.into_iter().map(peer).collect()
}

fn behaviours(config: &Config) -> Result<Vec<Behaviour>, CannotBuild> {
    let special = config.behaviours.iter().flat_map(|share| std::iter::repeat_n(share.behaviour, share.count));
    let mut all: Vec<Behaviour> = special.take(config.nodes + 1).collect();
    if config.nodes == 0 || all.len() > config.nodes {
        return Err(CannotBuild::Nodes);
    }
    all.resize(config.nodes, Behaviour::Honest);
    Ok(all)
}

fn plans(config: &Config, behaviours: &[Behaviour], rng: &mut Rng) -> Vec<Plan> {
    let count_of = |kind: Behaviour| behaviours.iter().filter(|other| **other == kind).count();
    let mut readers: Vec<usize> = (0..config.nodes).filter(|at| behaviours[*at] != Behaviour::Passive).collect();
    rng.shuffle(&mut readers);
    let raw: Vec<(f64, f64)> = behaviours
        .iter()
        .map(|kind| {
            let spread = (config.stake_spread * rng.normal()).exp();
            let exchange = if *kind == Behaviour::Passive { 0.0 } else { kind.capacity() * spread };
            (kind.stake(count_of(*kind), config.nodes) * spread, exchange)
        })
        .collect();
    // The heaviest read: they lead, and leaders write epoch records.
    let weight = |at: usize| raw[at].0 * raw[at].1;
    readers.sort_by(|one, other| weight(*other).total_cmp(&weight(*one)));
    readers.truncate(config.readers.max(1));
    let readers: BTreeSet<usize> = readers.into_iter().collect();
    let spreads = config.capacity_spread > 0.0;
    let paces: Vec<f64> =
        behaviours.iter().map(|_| if spreads { (config.capacity_spread * rng.normal()).exp() } else { 1.0 }).collect();
    let (stakes, exchanges): (f64, f64) = raw.iter().fold((0.0, 0.0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
    let plan = |(at, behaviour): (usize, &Behaviour)| Plan {
        craft: Craft::new(rng.bytes32(), config.light),
        behaviour: *behaviour,
        stake: raw[at].0 / stakes.max(f64::MIN_POSITIVE),
        exchange: raw[at].1 / exchanges.max(f64::MIN_POSITIVE),
        role: Role {
            stamps: *behaviour != Behaviour::Passive,
            // A passive node has a wallet that must know its balance.
            reads: readers.contains(&at) || (config.readers >= config.nodes),
            capacity: config.capacity * behaviour.capacity() * paces[at],
            coins: if config.nodes <= RICH_MAX { COINS.0 } else { COINS.1 },
        },
    };
    behaviours.iter().enumerate().map(plan).collect()
}

/// Stakes in proportion, coins of equal size, and what is left over on the last output.
fn checkpoint(plans: &[Plan]) -> Checkpoint {
    let units = |units: u64| Amount::new(units.min(SUPPLY)).unwrap_or_default();
    let coins: u64 = plans.iter().map(|plan| plan.role.coins).sum();
    let coin = ((SUPPLY as f64 * (1.0 - STAKED)) as u64) / coins.max(1);
    let mut outputs = Vec::new();
    for plan in plans {
        let stake = (SUPPLY as f64 * STAKED * plan.stake * 0.999_999) as u64;
        if stake > 0 {
            let (to, node) = (plan.craft.address(STAKE_INDEX), plan.craft.node());
            outputs.push(Payment { to, amount: units(stake), stake: Some(node) });
        }
        for index in 0..plan.role.coins {
            outputs.push(Payment { to: plan.craft.address(index), amount: units(coin), stake: None });
        }
    }
    let paid: u64 = outputs.iter().map(|output| output.amount.units()).sum();
    if let (Some(last), true) = (outputs.last_mut(), paid <= SUPPLY) {
        last.amount = units(last.amount.units() + SUPPLY - paid);
    }
    Checkpoint::new(outputs)
}

/// The first table: what the nodes bring, as if it had been measured.
fn rows(plans: &[Plan]) -> Vec<EpochRow> {
    let share = |part: f64| (part * f64::from(SHARE_UNITS)) as u32;
    let row = |plan: &Plan| EpochRow {
        node: plan.craft.node(),
        accuracy_ppm: 1_000_000,
        rating_ppm: even::rating::score(plan.exchange.min(1.0), plan.stake.min(1.0), Audits::ALL)
            .map_or(0, |score| even::rating::ppm(score.rating)),
        exchange: share(plan.exchange),
        stake: share(plan.stake),
    };
    let mut rows: Vec<EpochRow> = plans.iter().map(row).collect();
    rows.sort_unstable_by_key(|row| row.node);
    rows
}

impl Network {
    /// Somebody issues a message.
    pub(super) fn issue(&mut self, now: Time) {
        let at = self.rng.below(self.peers.len());
        if !self.rng.chance(self.config.payments) {
            return self.handle(at, now, Event::Issue { to: None });
        }
        if self.peers[at].behaviour == Behaviour::DoubleSpend {
            return self.spend_twice(at, now);
        }
        let (to, amount) = self.payment(at);
        self.handle(at, now, Event::Issue { to: Some((to, amount)) });
    }

    /// Whom a node pays, and how much.
    pub(super) fn payment(&mut self, at: usize) -> (Address, Amount) {
        let to = self.rng.below(self.peers.len());
        let address = self.peers[to].node.address();
        let coins = self.peers[at].node.coins().max(1) as u64;
        let part = self.peers[at].node.balance() / coins / PAID_MAX;
        let amount = self.rng.between(1, part.max(1));
        (address, Amount::new(amount.min(SUPPLY)).unwrap_or_default())
    }

    /// What audits of the epoch before find, as a reading node draws them: who withholds serves nothing (8.7).
    pub(super) fn audits(&self, at: usize, epoch: Epoch) -> Option<BTreeMap<NodeId, Audits>> {
        let node = &self.peers[at].node;
        let reader = node.reader()?;
        let measured = Epoch(epoch.0.checked_sub(1)?);
        let before = self.config.rules.epoch.start(measured);
        let is_old = |id: &MessageId| reader.status(id) == Some(Status::Final);
        // Messages of the measured epoch are not settled yet.
        let messages: BTreeSet<MessageId> =
            node.posts().filter(|post| post.time < before && is_old(&post.id)).map(|post| post.id).collect();
        let beacon = node.tables().at(Epoch(measured.0.saturating_sub(2))).beacon;
        let audit = |peer: &Peer| {
            let total = if messages.is_empty() { 0 } else { draws(&beacon, &peer.node.id(), &messages).len() as u32 };
            let blanks = if peer.behaviour == Behaviour::Withhold { total } else { 0 };
            Some((peer.node.id(), Audits::new(blanks, total).ok().filter(|_| total > 0)?))
        };
        Some(self.peers.iter().filter_map(audit).collect())
    }
}
