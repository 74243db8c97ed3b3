//! What is measured, and what must never happen.

use super::Peer;
use crate::config::Config;
use crate::node::{Node, Trouble};
use crate::post::{Post, Sealed};
use even::block::Record;
use even::hash::{Hash, sha3};
use even::ids::{Address, BundleHash, MessageId, NodeId};
use even::units::{Epoch, Time};
use even::voting::Status;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Breaks that are kept; the rest is counted.
const BREAKS_MAX: usize = 16;

/// Something that must not happen while less than a third of the weight is faulty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Break {
    /// Where: the node's number.
    pub node: usize,
    /// What.
    pub what: String,
}

#[derive(Debug)]
struct Seen {
    issued: Time,
    /// Reading nodes for which it is final.
    finals: u32,
    /// When it was final for the first of them.
    settled: Option<Time>,
    is_payment: bool,
}

/// See the module header.
#[derive(Debug)]
pub struct Watch {
    /// Messages whose statuses are still followed; a long run forgets what is old.
    messages: BTreeMap<MessageId, Seen>,
    memory_ms: u64,
    /// Milliseconds from issue to final, for every message and reading node.
    pub(crate) finality: Vec<u32>,
    keeps_all: bool,
    /// Nodes that messages went through to each of their receivers.
    pub(crate) hops: BTreeMap<u32, u64>,
    /// What is final for anybody, by the address that it spends.
    spent: BTreeMap<Address, (BundleHash, Time)>,
    settled: BTreeMap<MessageId, Status>,
    pub(crate) issued: u64,
    pub(crate) payments: u64,
    /// Final for at least one reading node.
    pub(crate) finals: u64,
    pub(crate) doubles: BTreeMap<Address, BTreeSet<MessageId>>,
    pub(crate) records: u64,
    pub(crate) stamps: u64,
    pub(crate) votes: u64,
    pub(crate) last_round: u32,
    /// Digests of the tables that reading nodes put in force.
    pub(crate) tables: BTreeMap<Epoch, BTreeMap<Hash, u32>>,
    /// The same as they saw them one epoch later.
    pub(crate) later_tables: BTreeMap<Epoch, BTreeMap<Hash, u32>>,
    /// Measured epochs of which a record became final for a reader.
    pub(crate) agreed: BTreeSet<Epoch>,
    pub(crate) equivocators: BTreeSet<NodeId>,
    pub(crate) breaks: Vec<Break>,
    pub(crate) break_count: u64,
}

impl Watch {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            messages: BTreeMap::new(),
            memory_ms: config.rules.epoch.ms().saturating_mul(u64::from(config.rules.memory_epochs)),
            finality: Vec::new(),
            keeps_all: config.duration_ms < u64::MAX / 2,
            hops: BTreeMap::new(),
            spent: BTreeMap::new(),
            settled: BTreeMap::new(),
            issued: 0,
            payments: 0,
            finals: 0,
            doubles: BTreeMap::new(),
            records: 0,
            stamps: 0,
            votes: 0,
            last_round: 0,
            tables: BTreeMap::new(),
            later_tables: BTreeMap::new(),
            agreed: BTreeSet::new(),
            equivocators: BTreeSet::new(),
            breaks: Vec::new(),
            break_count: 0,
        }
    }

    pub(super) fn issued(&mut self, post: &Post, now: Time) {
        let is_payment = !post.effect.is_data();
        self.issued += 1;
        self.payments += u64::from(is_payment);
        self.messages.insert(post.id, Seen { issued: now, finals: 0, settled: None, is_payment });
    }

    pub(super) fn spent_twice(&mut self, post: &Post) {
        for address in post.effect.spends() {
            self.doubles.entry(*address).or_default().insert(post.id);
        }
    }

    pub(super) fn received(&mut self, _: &MessageId, hops: u32) {
        *self.hops.entry(hops).or_default() += 1;
    }

    pub(super) fn published(&mut self, record: &Sealed<Record>) {
        let body = record.body();
        self.records += 1;
        self.stamps += body.stamps.len() as u64;
        self.votes += body.votes.len() as u64;
        self.last_round = body.votes.iter().map(|vote| vote.round).fold(self.last_round, u32::max);
    }

    pub(super) fn status(&mut self, at: usize, id: &MessageId, status: Status, now: Time, node: &Node) {
        if !matches!(status, Status::Final | Status::Rejected) {
            return;
        }
        // What one node takes for final no other may reject, now or later.
        let other = *self.settled.entry(*id).or_insert(status);
        if other != status {
            self.broke(at, format!("{id} is {status:?} here and {other:?} elsewhere"));
        }
        if status == Status::Final {
            self.finalised(at, id, now, node);
        }
    }

    fn finalised(&mut self, at: usize, id: &MessageId, now: Time, node: &Node) {
        let post = node.post(id);
        for address in post.iter().flat_map(|post| post.effect.spends()) {
            let bundle = post.map(|post| post.bundle).unwrap_or(BundleHash([0; 32]));
            let (spent, _) = *self.spent.entry(*address).or_insert((bundle, now));
            if spent != bundle {
                self.broke(at, format!("{address} is spent by two final payments"));
            }
        }
        let Some(seen) = self.messages.get_mut(id) else { return };
        seen.finals += 1;
        self.finals += u64::from(seen.finals == 1);
        seen.settled.get_or_insert(now);
        if self.keeps_all {
            self.finality.push(u32::try_from(now.0.saturating_sub(seen.issued.0)).unwrap_or(u32::MAX));
        }
    }

    pub(super) fn turned(&mut self, epoch: Epoch, node: &Node) {
        self.agreed.extend(node.agreed().map(|record| record.body().epoch));
        let before = Epoch(epoch.0.saturating_sub(1));
        *self.tables.entry(epoch).or_default().entry(digest(node, epoch)).or_default() += 1;
        *self.later_tables.entry(before).or_default().entry(digest(node, before)).or_default() += 1;
        self.forget(node);
    }

    /// From when on things are remembered.
    pub(super) fn memory_start(&self, now: Time) -> Time {
        Time(now.0.saturating_sub(self.memory_ms))
    }

    /// How many things are remembered.
    pub(super) fn remembered(&self) -> usize {
        let epochs = self.tables.len() + self.later_tables.len() + self.agreed.len();
        self.messages.len() + self.spent.len() + self.settled.len() + self.doubles.len() + epochs
    }

    /// A long run keeps what is recent.
    fn forget(&mut self, node: &Node) {
        if self.keeps_all {
            return;
        }
        let old = self.memory_start(node.clock());
        self.messages.retain(|_, seen| seen.issued >= old);
        self.spent.retain(|_, (_, since)| *since >= old);
        let messages = &self.messages;
        self.settled.retain(|id, _| messages.contains_key(id));
        let kept = Epoch(node.epoch().0.saturating_sub(100));
        self.tables = self.tables.split_off(&kept);
        self.later_tables = self.later_tables.split_off(&kept);
        self.agreed = self.agreed.split_off(&kept);
        let known = |ids: &mut BTreeSet<MessageId>| ids.iter().any(|id| messages.contains_key(id));
        self.doubles.retain(|_, ids| known(ids));
    }

    pub(super) fn equivocated(&mut self, node: NodeId) {
        self.equivocators.insert(node);
    }

    pub(super) fn alarm(&mut self, at: usize, trouble: Trouble) {
        self.broke(at, trouble.to_string());
    }

    fn broke(&mut self, node: usize, what: String) {
        self.break_count += 1;
        if self.breaks.len() < BREAKS_MAX {
            self.breaks.push(Break { node, what });
        }
    }

    /// What must hold in the end: all units are there.
    pub(super) fn end(&mut self, peers: &[Peer]) {
        for (at, _) in peers.iter().enumerate().filter(|(_, peer)| !peer.node.keeps_supply()) {
            self.broke(at, "the supply has changed".to_owned());
        }
    }

    /// Double-spends of which one side is final, or both are rejected.
    pub(crate) fn decided(&self) -> usize {
        let is_decided = |ids: &&BTreeSet<MessageId>| {
            let status = |id: &MessageId| self.settled.get(id).copied();
            ids.iter().any(|id| status(id) == Some(Status::Final))
                || ids.iter().all(|id| status(id) == Some(Status::Rejected))
        };
        self.doubles.values().filter(is_decided).count()
    }

    /// Issued messages that are neither final nor rejected for anybody, with payments among them.
    pub(crate) fn undecided(&self) -> (u64, u64) {
        let open = self.messages.iter().filter(|(id, _)| !self.settled.contains_key(*id));
        open.fold((0, 0), |(all, payments), (_, seen)| (all + 1, payments + u64::from(seen.is_payment)))
    }
}

/// The table of an epoch as a node has it.
fn digest(node: &Node, epoch: Epoch) -> Hash {
    let mut parts = Vec::new();
    for (id, weight) in node.tables().at(epoch).force.nodes() {
        parts.extend([&id.0[..], &weight.to_le_bytes()].concat());
    }
    sha3(&[&parts])
}
