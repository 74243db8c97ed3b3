//! The network: nodes, links with delays and losses, people who issue messages, and nodes that misbehave, in one thread.
//!
//! What always holds: everything follows from the configuration and its seed; an event happens after its cause. What it
//! simplifies: heads and epoch records spread by the shortest way through a random mesh of eight neighbours each, which is
//! what flooding gives; a loss there is a receiver that hears nothing and has to ask; audits are answered the same to all
//! who ask; every distinct message is checked for M01 to M16 once, not once a node, as its bytes do not change.

mod links;
mod mischief;
mod people;
mod queue;
mod watch;

pub use watch::{Break, Watch};

use crate::config::{Behaviour, Config};
use crate::node::{Action, Event, Node};
use crate::post::Post;
use crate::rng::Rng;
use even::ids::{MessageId, Network as NetworkId, NodeId};
use even::units::{Epoch, Time};
use links::Links;
use queue::{Delivery, Queue, Wave};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A node in the network.
#[derive(Debug)]
pub struct Peer {
    /// Its core.
    pub node: Node,
    /// How it behaves.
    pub behaviour: Behaviour,
    /// Records that it published.
    published: u64,
}

/// Why there is no such network.
#[derive(Debug, thiserror::Error)]
pub enum CannotBuild {
    /// Too few nodes, or more misbehaving ones than there are.
    #[error("a network needs a node, and no more misbehaving nodes than there are")]
    Nodes,
    /// The checkpoint does not hold.
    #[error(transparent)]
    Checkpoint(#[from] even::ledger::Broken),
}

/// See the module header.
#[derive(Debug)]
pub struct Network {
    config: Config,
    /// Its nodes.
    pub peers: Vec<Peer>,
    index: BTreeMap<NodeId, usize>,
    links: Links,
    queue: Queue,
    rng: Rng,
    /// Time of the start, ms.
    start: Time,
    /// What was seen.
    pub watch: Watch,
    /// Messages that keep M01 to M16, with their times.
    checked: BTreeMap<MessageId, Time>,
}

impl Network {
    /// Builds it; nothing has happened yet.
    ///
    /// # Errors
    /// [`CannotBuild`].
    pub fn new(config: Config) -> Result<Self, CannotBuild> {
        let mut rng = Rng::new(config.seed);
        let start = config.rules.epoch.start(config.first_epoch);
        let peers = people::populate(&config, start, &mut rng.fork())?;
        let index = peers.iter().enumerate().map(|(at, peer)| (peer.node.id(), at)).collect();
        let links = Links::new(&config, &mut rng.fork());
        let watch = Watch::new(&config);
        let mut network =
            Self { config, peers, index, links, queue: Queue::default(), rng, start, watch, checked: BTreeMap::new() };
        network.plan();
        Ok(network)
    }

    /// First ticks at different moments, and the first message.
    fn plan(&mut self) {
        let record_ms = self.config.rules.record_ms;
        for at in 0..self.peers.len() {
            let phase = self.rng.between(0, record_ms.saturating_sub(1));
            self.queue.push(self.start.after(phase), Delivery::Tick(at));
        }
        self.plan_traffic(self.start);
    }

    fn plan_traffic(&mut self, now: Time) {
        if self.config.rate > 0.0 {
            let wait = self.rng.waiting(1000.0 / self.config.rate);
            self.queue.push(now.after(wait as u64), Delivery::Traffic);
        }
    }

    /// Milliseconds since the start.
    #[must_use]
    pub fn elapsed(&self) -> u64 {
        self.queue.now().0.saturating_sub(self.start.0)
    }

    /// How many things it remembers outside its nodes.
    #[must_use]
    pub fn remembered(&self) -> usize {
        self.checked.len() + self.watch.remembered()
    }

    /// The clock of the network.
    #[must_use]
    pub fn now(&self) -> Time {
        self.queue.now().max(self.start)
    }

    /// What it was built from.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// A node by its name.
    #[must_use]
    pub fn peer(&self, id: &NodeId) -> Option<&Peer> {
        self.index.get(id).map(|at| &self.peers[*at])
    }

    /// Lets everything happen that happens in the first `ms` milliseconds.
    pub fn run_until(&mut self, ms: u64) {
        let until = self.start.after(ms);
        while let Some((now, delivery)) = self.queue.pop_before(until) {
            self.deliver(now, delivery);
        }
        self.queue.rest_until(until);
    }

    /// Runs the configured time, and lets the network finish.
    pub fn run(&mut self) {
        self.run_until(self.config.duration_ms.saturating_add(self.config.drain_ms));
        self.watch.end(&self.peers);
    }

    fn deliver(&mut self, now: Time, delivery: Delivery) {
        match delivery {
            Delivery::Tick(at) => {
                self.queue.push(now.after(self.config.rules.record_ms), Delivery::Tick(at));
                self.handle(at, now, Event::Tick);
            }
            Delivery::To(at, event) => {
                if let Event::Message { post, hops, .. } = &event {
                    if !self.is_sound(post) {
                        return;
                    }
                    if !self.peers[at].node.has(&post.id) {
                        self.watch.received(&post.id, *hops);
                    }
                }
                self.handle(at, now, event);
            }
            Delivery::Have { from, to, post, hops } => {
                // The answer and the push are two more ways.
                if !self.peers[to].node.has(&post.id) {
                    let event = Event::Message { from: self.peers[from].node.id(), post, hops };
                    self.send_after(2 * self.links.delay(from, to), from, to, event);
                }
            }
            Delivery::Wave(wave) => self.ripple(now, wave),
            Delivery::Traffic => {
                if self.elapsed() < self.config.duration_ms {
                    self.issue(now);
                    self.plan_traffic(now);
                }
            }
        }
    }

    /// M01 to M16, once for every distinct message.
    fn is_sound(&mut self, post: &Post) -> bool {
        let Some(message) = &post.message else { return true };
        if self.checked.contains_key(&post.id) {
            return true;
        }
        let blob = message.encode();
        let is_sound = even::message::check(&blob, NetworkId::LOCAL, self.config.rules.message_bits)
            .is_ok_and(|checked| checked.id() == post.id);
        if is_sound {
            self.checked.insert(post.id, post.time);
        }
        is_sound
    }

    fn handle(&mut self, at: usize, now: Time, event: Event) {
        let withholds = self.peers[at].behaviour == Behaviour::Withhold;
        for action in self.peers[at].node.handle(now, event) {
            match action {
                Action::Offer { to, post, hops } if !withholds || post.issuer == self.peers[at].node.id() => {
                    self.offer(at, to, post, hops);
                }
                Action::Publish(record) => self.publish(at, now, record),
                Action::Report(report) => {
                    let from = self.peers[at].node.id();
                    self.wave(at, now, Event::Report { from, report }, None);
                }
                Action::PublishEpoch(record) => self.wave(at, now, Event::Epoch(record), None),
                Action::Get { to, want } => {
                    self.send(at, to, Event::Wanted { from: self.peers[at].node.id(), want });
                }
                Action::GiveRecord { to, record } if !withholds => {
                    self.send(at, to, Event::of_record(self.peers[at].node.id(), record));
                }
                Action::GiveEpoch { to, record } => self.send(at, to, Event::Epoch(record)),
                Action::AskTicket { to } => {
                    self.send(at, to, Event::TicketWanted { from: self.peers[at].node.id() });
                }
                Action::GiveTicket { to, ticket } => self.send(at, to, Event::Ticket(ticket)),
                Action::Issued(post) => {
                    self.watch.issued(&post, now);
                    self.wave(at, now, Event::Heard { from: post.issuer, id: post.id }, None);
                }
                Action::Status(id, status) if self.peers[at].behaviour.reads_honestly() => {
                    self.watch.status(at, &id, status, now, &self.peers[at].node)
                }
                Action::Turned(epoch) => self.turned(at, now, epoch),
                Action::Equivocated(node) => self.watch.equivocated(node),
                Action::Alarm(trouble) => self.watch.alarm(at, trouble),
                Action::Offer { .. } | Action::GiveRecord { .. } | Action::Status(..) => {}
            }
        }
    }

    fn offer(&mut self, from: usize, to: NodeId, post: Arc<Post>, hops: u32) {
        let Some(to) = self.index.get(&to).copied() else { return };
        // Question, answer and push: three chances to be lost.
        let arrives = (0..3).all(|_| !self.rng.chance(self.config.loss));
        if arrives && self.is_connected(from, to) {
            let at = self.queue.now().after(self.links.delay(from, to));
            self.queue.push(at, Delivery::Have { from, to, post, hops });
        }
    }

    fn send(&mut self, from: usize, to: NodeId, event: Event) {
        let Some(to) = self.index.get(&to).copied() else { return };
        if !self.rng.chance(self.config.loss) {
            self.send_after(self.links.delay(from, to), from, to, event);
        }
    }

    fn send_after(&mut self, delay: u64, from: usize, to: usize, event: Event) {
        if self.is_connected(from, to) {
            self.queue.push(self.queue.now().after(delay), Delivery::To(to, event));
        }
    }

    /// Whether no partition lies between the two now.
    fn is_connected(&self, one: usize, other: usize) -> bool {
        let elapsed = self.elapsed();
        let parted = |partition: &crate::config::Partition| {
            (partition.from_ms..partition.until_ms).contains(&elapsed)
                && self.links.is_cut_off(one, partition.share) != self.links.is_cut_off(other, partition.share)
        };
        !self.config.partition.as_ref().is_some_and(parted)
    }

    /// Spreads an event from a node to all others, or to those whose number has this parity.
    fn wave(&mut self, source: usize, now: Time, event: Event, parity: Option<usize>) {
        let arrivals = self.links.arrivals(source);
        self.queue.start(Wave { event, source, start: now, arrivals, next: 0, parity });
    }

    fn ripple(&mut self, now: Time, mut wave: Wave) {
        let (_, to) = wave.arrivals[wave.next];
        wave.next += 1;
        let (source, parity, event) = (wave.source, wave.parity, wave.event.clone());
        self.queue.start(wave);
        let to = to as usize;
        let is_meant = parity.is_none_or(|parity| to % 2 == parity);
        if is_meant && self.is_connected(source, to) && !self.rng.chance(self.config.loss) {
            self.handle(to, now, event);
        }
    }

    fn turned(&mut self, at: usize, now: Time, epoch: Epoch) {
        let node = &self.peers[at].node;
        if node.role().reads {
            if self.peers[at].behaviour.reads_honestly() {
                self.watch.turned(epoch, node);
                let old = self.watch.memory_start(now);
                self.checked.retain(|_, time| *time >= old);
            }
            if let Some(audits) = self.audits(at, epoch) {
                let event = Event::Audited { epoch: Epoch(epoch.0.saturating_sub(1)), audits };
                let _ = self.peers[at].node.handle(now, event);
            }
        }
    }
}
