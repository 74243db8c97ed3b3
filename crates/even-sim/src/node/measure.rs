//! What a node observes of an epoch, from the records and messages that are final for it, and the rows that follow (3.1).
//!
//! `[choice]` An epoch has ten slots; the eleven samples stand at their ends, the first one repeats the first slot. A stamp
//! belongs to the slot of its record's time. What counts is final when the node measures, some time after the epoch's end
//! ([`super::Rules::settle_ms`]), so that nodes see the same.

use super::Rules;
use crate::post::Sealed;
use even::block::{EpochRow, Record};
use even::epoch::{Listing, listed, published};
use even::ids::{MessageId, NodeId};
use even::rating::{Audits, Mode, NodeObservations, Observations, Table, rate};
use even::units::{Amount, Epoch, Time};
use std::collections::{BTreeMap, BTreeSet};

const SLOTS: u64 = 10;
/// Epochs that are kept.
const KEPT: u32 = 4;

/// Notes of some epochs.
#[derive(Debug, Default)]
pub(super) struct Measure {
    /// Stamps of each node heard in an epoch, by the time of their record.
    stamps: BTreeMap<Epoch, BTreeMap<NodeId, Vec<(Time, MessageId)>>>,
    /// Stakes when an epoch began.
    stakes: BTreeMap<Epoch, BTreeMap<NodeId, Amount>>,
    audits: BTreeMap<Epoch, BTreeMap<NodeId, Audits>>,
    equivocated: BTreeSet<NodeId>,
}

/// A measured epoch: nodes by ascending id, what was seen of them, and how that rates.
#[derive(Debug, Clone)]
pub struct Measured {
    /// The nodes.
    pub nodes: Vec<NodeId>,
    /// In their order.
    pub observations: Observations,
    /// In their order.
    pub table: Table,
    /// As an epoch record says it.
    pub rows: Vec<EpochRow>,
}

impl Measure {
    /// Notes a record that counts.
    pub(super) fn note(&mut self, record: &Sealed<Record>, rules: &Rules) {
        let body = record.body();
        let stamps = self.stamps.entry(rules.epoch.epoch(body.time)).or_default().entry(body.node).or_default();
        let stamped = body.stamps.iter().map(|stamp| stamp.message).chain(body.own.iter().copied());
        stamps.extend(stamped.map(|message| (body.time, message)));
    }

    /// Notes the stakes at the start of an epoch, and forgets old ones.
    pub(super) fn start(&mut self, epoch: Epoch, stakes: BTreeMap<NodeId, Amount>) {
        self.stakes.insert(epoch, stakes);
        let kept = Epoch(epoch.0.saturating_sub(KEPT));
        self.stamps = self.stamps.split_off(&kept);
        self.stakes = self.stakes.split_off(&kept);
        self.audits = self.audits.split_off(&kept);
    }

    /// Notes what audits of an epoch found.
    pub(super) fn audited(&mut self, epoch: Epoch, audits: BTreeMap<NodeId, Audits>) {
        self.audits.insert(epoch, audits);
    }

    /// Notes a proven equivocator.
    pub(super) fn equivocated(&mut self, node: NodeId) {
        self.equivocated.insert(node);
    }

    /// The rows of an epoch; `None` when nothing final was exchanged in it: an idle network keeps its table.
    /// `counts` tells whether a message is final and of the epoch.
    #[must_use]
    pub(super) fn rows(&self, epoch: Epoch, rules: &Rules, counts: &dyn Fn(&MessageId) -> bool) -> Option<Measured> {
        let nodes = self.listed(epoch);
        let mut observed = Observations::new((0..=SLOTS).map(|at| at as f64).collect()).ok()?;
        let none = Vec::new();
        for node in &nodes {
            let stamps = self.stamps.get(&epoch).and_then(|by_node| by_node.get(node)).unwrap_or(&none);
            let audits = if self.equivocated.contains(node) { Audits::NONE } else { self.audits_of(epoch, node) };
            observe(&mut observed, &Seen { stamps, stake: self.stake(epoch, node), audits }, epoch, rules, counts);
        }
        let exchanged: u64 = (0..nodes.len()).map(|at| observed.node(at).exchanged).sum();
        let table = rate(&observed, Mode::Auto);
        let rows = nodes.iter().zip(&table.rows).map(|(node, row)| published(*node, row)).collect();
        (exchanged > 0).then_some(Measured { nodes, observations: observed, table, rows })
    }

    fn listed(&self, epoch: Epoch) -> Vec<NodeId> {
        let mut heard: BTreeMap<NodeId, Epoch> = BTreeMap::new();
        for at in [Epoch(epoch.0.saturating_sub(1)), epoch] {
            let nodes = self.stamps.get(&at).into_iter().flat_map(BTreeMap::keys);
            heard.extend(nodes.map(|node| (*node, at)));
        }
        let listing = |(node, heard): (&NodeId, &Epoch)| Listing {
            node: *node,
            stake: Amount::new(self.stake(epoch, node)).unwrap_or_default(),
            heard: *heard,
        };
        listed(&heard.iter().map(listing).collect::<Vec<_>>(), epoch)
    }

    fn stake(&self, epoch: Epoch, node: &NodeId) -> u64 {
        self.stakes.get(&epoch).and_then(|stakes| stakes.get(node)).map_or(0, |amount| amount.units())
    }

    /// Nothing was audited: nothing is held against anybody.
    fn audits_of(&self, epoch: Epoch, node: &NodeId) -> Audits {
        self.audits.get(&epoch).and_then(|audits| audits.get(node)).copied().unwrap_or(Audits::ALL)
    }
}

struct Seen<'a> {
    stamps: &'a [(Time, MessageId)],
    stake: u64,
    audits: Audits,
}

fn observe(
    observed: &mut Observations,
    seen: &Seen<'_>,
    epoch: Epoch,
    rules: &Rules,
    counts: &dyn Fn(&MessageId) -> bool,
) {
    let (start, slot) = (rules.epoch.start(epoch).0, (rules.epoch.ms() / SLOTS).max(1));
    let (mut power, mut speed) = (vec![0.0; SLOTS as usize], vec![0.0; SLOTS as usize]);
    let work = f64::from(2.0_f32.powi(rules.stamp_bits as i32));
    let mut exchanged = BTreeSet::new();
    for (time, message) in seen.stamps {
        let at = ((time.0.saturating_sub(start) / slot).min(SLOTS - 1)) as usize;
        power[at] += work / slot as f64;
        if counts(message) && exchanged.insert(*message) {
            speed[at] += 1.0 / slot as f64;
        }
    }
    let samples = |slots: Vec<f64>| -> Vec<f64> { slots.first().copied().into_iter().chain(slots).collect() };
    let (power, speed) = (samples(power), samples(speed));
    let (exchanged, stake, audits) = (exchanged.len() as u64, seen.stake, seen.audits);
    let node = NodeObservations { power: &power, speed: &speed, exchanged, stake, audits };
    // As many finite samples as times.
    let _ = observed.push(&node);
}
