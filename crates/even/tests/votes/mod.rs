//! Histories for tests of voting: names, tables, and readers that are told in some order.
#![allow(clippy::unwrap_used, dead_code, reason = "tests; not every test uses everything")]

use even::block::Vote;
use even::ids::{Address, BlockId, BundleHash, MessageId, NodeId};
use even::units::Epoch;
use even::voting::{Ballot, Entry, Missing, Reader, Status, Tables};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) fn name(at: usize) -> [u8; 32] {
    let mut name = [0; 32];
    name[..8].copy_from_slice(&u64::try_from(at).unwrap().to_be_bytes());
    name
}

pub(crate) fn node(at: usize) -> NodeId {
    NodeId(name(at))
}

pub(crate) fn message(at: usize) -> MessageId {
    MessageId(name(at))
}

pub(crate) fn address(at: usize) -> Address {
    Address(name(at))
}

pub(crate) fn record(at: usize) -> BlockId {
    BlockId(name(at))
}

/// A payment in epoch 0 under its own name.
pub(crate) fn ballot(at: usize, parents: &[usize], spends: &[usize], funds: &[usize]) -> Ballot {
    Ballot {
        id: message(at),
        bundle: BundleHash(name(at)),
        epoch: Epoch(0),
        parents: parents.iter().copied().map(message).collect(),
        spends: spends.iter().copied().map(address).collect(),
        funds: funds.iter().copied().map(message).collect(),
    }
}

pub(crate) fn entry(at: usize, of: usize, previous: Option<usize>, seen: &[usize], stamped: &[usize]) -> Entry {
    Entry {
        id: record(at),
        node: node(of),
        previous: previous.map(record),
        seen: seen.iter().copied().map(record).collect(),
        stamped: stamped.iter().copied().map(message).collect(),
        votes: Vec::new(),
    }
}

pub(crate) fn vote(at: usize, round: u32) -> Vote {
    Vote { message: message(at), round }
}

/// Weights by epoch and node; the same from the last epoch on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Weights {
    pub(crate) epochs: Vec<BTreeMap<NodeId, u128>>,
    pub(crate) leaders: Vec<NodeId>,
}

impl Weights {
    pub(crate) fn of(weights: &[u128]) -> Self {
        let table = weights.iter().enumerate().map(|(at, weight)| (node(at), *weight)).collect();
        Self { epochs: vec![table], leaders: Vec::new() }
    }

    fn at(&self, epoch: Epoch) -> &BTreeMap<NodeId, u128> {
        let last = self.epochs.len() - 1;
        &self.epochs[usize::try_from(epoch.0).unwrap().min(last)]
    }
}

impl Tables for Weights {
    fn weight(&self, epoch: Epoch, node: &NodeId) -> u128 {
        self.at(epoch).get(node).copied().unwrap_or(0)
    }

    fn denominator(&self, epoch: Epoch) -> u128 {
        self.at(epoch).values().sum()
    }

    fn leaders(&self, _: Epoch) -> &[NodeId] {
        &self.leaders
    }
}

/// Small random numbers of a seed (SplitMix64).
#[derive(Debug, Clone)]
pub(crate) struct Dice(pub u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap()).unwrap()
    }

    pub(crate) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// One thing to tell.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    Message(Ballot),
    Record(Entry),
}

impl Event {
    pub(crate) fn tell(&self, reader: &mut Reader, tables: &Weights) -> Result<(), Missing> {
        match self {
            Self::Message(ballot) => reader.tell_message(ballot.clone()).map(|_| ()),
            Self::Record(entry) => reader.tell_record(entry, tables).map(|_| ()),
        }
    }
}

/// Tells everything, each as soon as what it names was told; the others in this order.
pub(crate) fn tell_all(reader: &mut Reader, events: &[Event], tables: &Weights) {
    let mut open: Vec<&Event> = events.iter().collect();
    while !open.is_empty() {
        let before = open.len();
        open.retain(|event| event.tell(reader, tables).is_err());
        assert!(open.len() < before, "events name what is not among them");
    }
}

/// In another causal order.
pub(crate) fn shuffled(events: &[Event], dice: &mut Dice) -> Vec<Event> {
    let mut keyed: Vec<(u64, &Event)> = events.iter().map(|event| (dice.next(), event)).collect();
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, event)| event.clone()).collect()
}

/// All that a reader says of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) status: Option<Status>,
    pub(crate) weights: Vec<u128>,
    pub(crate) locked: BTreeSet<NodeId>,
}

pub(crate) fn standing(reader: &Reader, id: &MessageId) -> Standing {
    let weights = (0..=4).map(|round| reader.weight(id, round)).collect();
    Standing { status: reader.status(id), weights, locked: reader.locked(id) }
}

pub(crate) fn messages(events: &[Event]) -> impl Iterator<Item = &Ballot> {
    events.iter().filter_map(|event| match event {
        Event::Message(ballot) => Some(ballot),
        Event::Record(_) => None,
    })
}
