//! What is kept of a running network beyond what it keeps itself: past epochs, the newest messages, when things became final.
//!
//! What always holds: everything is bounded, by epochs, by messages or by what the network itself remembers. All of it is
//! what one node sees, the first honest one that reads all outboxes.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use even::ids::{MessageId, NodeId};
use even::rating::explain;
use even::units::{Epoch, EpochLength, Time};
use even::voting::{Reader, Status};
use even_sim::config::Behaviour;
use even_sim::network::{Network, Peer};
use even_sim::node::{Measured, Node};

use super::snapshot::{Counts, InForce, Member, Message, Past, Sign, Snapshot, Standing, ppm};
use super::{messages, ratings, signs};

/// Past epochs that are kept of each node.
const PAST_MAX: usize = 64;
/// Messages in the window.
const WINDOW: usize = 300;
/// Times to finality from which the median is taken.
const RECENT: usize = 512;
/// For how long final messages are counted as recent, ms.
const LATELY_MS: u64 = 30_000;

/// See the module header.
#[derive(Debug)]
pub(super) struct Book {
    /// Unix time and network time of the start, ms.
    begun_ms: u64,
    start: Time,
    length: EpochLength,
    observer: usize,
    members: Arc<Vec<Member>>,
    index: Arc<BTreeMap<NodeId, usize>>,
    rated: u32,
    standings: Arc<Vec<Standing>>,
    measured: Option<Arc<Measured>>,
    pasts: Arc<Vec<Vec<Past>>>,
    /// Members that were proven to equivocate, and since when.
    muted: BTreeMap<usize, u64>,
    /// Members near the cap, and since when.
    near_cap: BTreeMap<usize, u64>,
    alarmed_ms: Option<u64>,
    seen: BTreeSet<MessageId>,
    open: BTreeMap<MessageId, Time>,
    window: BTreeMap<(Time, MessageId), Message>,
    finals: u64,
    rejected: u64,
    /// When, and how long it took, ms.
    recent: VecDeque<(u64, u64)>,
    epoch: Epoch,
}

impl Book {
    /// An empty book of a network that begins at a Unix time; `None` without a node to look through.
    pub(super) fn new(network: &Network, begun_ms: u64) -> Option<Self> {
        let sees = |peer: &Peer| peer.behaviour == Behaviour::Honest && peer.node.role().reads;
        let observer = network.peers.iter().position(sees)?;
        let digits = network.peers.len().to_string().len();
        let member = |(at, peer): (usize, &Peer)| Member {
            id: peer.node.id(),
            label: format!("Node {:0digits$}", at + 1),
            kind: peer.behaviour.name(),
        };
        let members: Vec<Member> = network.peers.iter().enumerate().map(member).collect();
        let index = members.iter().enumerate().map(|(at, member)| (member.id, at)).collect();
        let node = &network.peers[observer].node;
        let epoch = node.epoch();
        Some(Self {
            begun_ms,
            start: network.now(),
            length: network.config().rules.epoch,
            observer,
            standings: Arc::new(ratings::at_first(&members, node)),
            pasts: Arc::new(vec![Vec::new(); members.len()]),
            members: Arc::new(members),
            index: Arc::new(index),
            rated: epoch.0.saturating_sub(1),
            measured: None,
            muted: BTreeMap::new(),
            near_cap: BTreeMap::new(),
            alarmed_ms: None,
            seen: BTreeSet::new(),
            open: BTreeMap::new(),
            window: BTreeMap::new(),
            finals: 0,
            rejected: 0,
            recent: VecDeque::new(),
            epoch,
        })
    }

    /// Unix time of a moment of the network, ms.
    pub(super) fn wall(&self, time: Time) -> u64 {
        self.begun_ms.saturating_add(time.0).saturating_sub(self.start.0)
    }

    /// Takes note of what happened since the last time.
    pub(super) fn follow(&mut self, network: &Network) {
        let (node, now) = (&network.peers[self.observer].node, network.now());
        for post in node.posts() {
            if self.seen.insert(post.id) {
                let Some(issuer) = self.index.get(&post.issuer) else { continue };
                self.open.insert(post.id, post.time);
                let message = messages::of_post(post, *issuer, self.wall(post.time));
                self.window.insert((post.time, post.id), message);
            }
        }
        while self.window.len() > WINDOW {
            self.window.pop_first();
        }
        self.settle(node, now);
        if node.epoch() != self.epoch {
            self.epoch = node.epoch();
            self.seen.retain(|id| node.post(id).is_some());
        }
        let newest = node.measured().filter(|(epoch, _)| epoch.0 > self.rated);
        if let Some((epoch, measured)) = newest {
            self.rate(epoch, measured, node);
        }
    }

    /// Notes verdicts.
    fn settle(&mut self, node: &Node, now: Time) {
        let Some(reader) = node.reader() else { return };
        let wall = self.wall(now);
        for id in reader.equivocators() {
            if let Some(member) = self.index.get(id) {
                self.muted.entry(*member).or_insert(wall);
            }
        }
        let mut done = BTreeSet::new();
        for (id, time) in &self.open {
            match reader.status(id) {
                Some(Status::Final) => {
                    let took = now.0.saturating_sub(time.0);
                    self.finals += 1;
                    self.recent.push_back((wall, took));
                    if let Some(message) = self.window.get_mut(&(*time, *id)) {
                        message.finality_ms = Some(took);
                    }
                }
                Some(Status::Rejected) => self.rejected += 1,
                Some(_) => continue,
                // Forgotten without a verdict.
                None if node.post(id).is_none() => {}
                None => continue,
            }
            done.insert(*id);
        }
        self.open.retain(|id, _| !done.contains(id));
        let surplus = self.recent.len().saturating_sub(RECENT);
        self.recent.drain(..surplus);
    }

    /// Notes how an epoch was measured.
    fn rate(&mut self, epoch: Epoch, measured: &Measured, node: &Node) {
        let table = node.tables().at(epoch);
        let end_ms = self.wall(self.length.start(epoch.later(1)));
        let standings = ratings::measured(&self.members, measured, node);
        let pasts = Arc::make_mut(&mut self.pasts);
        for (at, (past, standing)) in pasts.iter_mut().zip(&standings).enumerate() {
            let parts = past.last().map(|before| explain(&before.row, &standing.row));
            let weight_ppm = ppm(table.force.weight(&self.members[at].id), table.force.denominator());
            past.push(Past { epoch: epoch.0, end_ms, row: standing.row, weight_ppm, parts });
            let surplus = past.len().saturating_sub(PAST_MAX);
            past.drain(..surplus);
        }
        self.rated = epoch.0;
        self.standings = Arc::new(standings);
        self.measured = Some(Arc::new(measured.clone()));
    }

    /// The network now.
    pub(super) fn snapshot(&mut self, network: &Network) -> Snapshot {
        let (node, now) = (&network.peers[self.observer].node, network.now());
        let now_ms = self.wall(now);
        let rules = &network.config().rules;
        let epoch = rules.epoch.epoch(now);
        for ((time, _), message) in &mut self.window {
            messages::refresh(message, node, rules.epoch.epoch(*time));
        }
        let (force, near_cap) = ratings::in_force(&self.members, &self.index, node, epoch);
        signs::keep(&mut self.near_cap, &near_cap, now_ms);
        let alarm = node.reader().and_then(Reader::alarm).map(|alarm| (alarm.one, alarm.other));
        if alarm.is_some() {
            self.alarmed_ms = self.alarmed_ms.or(Some(now_ms));
        }
        Snapshot {
            seed: network.config().seed,
            now_ms,
            epoch: epoch.0,
            epoch_start_ms: self.wall(rules.epoch.start(epoch)),
            epoch_length_ms: rules.epoch.ms(),
            members: Arc::clone(&self.members),
            index: Arc::clone(&self.index),
            rated: self.rated,
            standings: Arc::clone(&self.standings),
            measured: self.measured.clone(),
            pasts: Arc::clone(&self.pasts),
            muted: self.muted.keys().copied().collect(),
            signs: self.signs(&force, now_ms),
            force: Arc::new(force),
            counts: self.counts(now_ms),
            alarm,
            messages: self.window.values().cloned().map(Arc::new).collect(),
        }
    }

    fn signs(&self, force: &InForce, now_ms: u64) -> Vec<Sign> {
        let mut signs = signs::of_ratings(&self.pasts);
        signs.extend(signs::of_conflicts(self.window.values()));
        let state = signs::OfState { muted: &self.muted, near_cap: &self.near_cap, alarmed_ms: self.alarmed_ms };
        signs.extend(state.signs(force));
        signs.retain(|sign| sign.since_ms <= now_ms);
        signs
    }

    fn counts(&self, now_ms: u64) -> Counts {
        let mut took: Vec<u64> = self.recent.iter().map(|(_, took)| *took).collect();
        took.sort_unstable();
        let lately = self.recent.iter().filter(|(when, _)| now_ms.saturating_sub(*when) < LATELY_MS).count();
        let span_ms = now_ms.saturating_sub(self.begun_ms).clamp(1, LATELY_MS);
        Counts {
            finals: self.finals,
            open: self.open.len() as u64,
            rejected: self.rejected,
            median_ms: took.get(took.len() / 2).copied(),
            per_second: lately as f64 * 1000.0 / span_ms as f64,
        }
    }
}
