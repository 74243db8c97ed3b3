//! The task that owns the swarm: does what the handle asks, dials who is missing, and keeps the time.

use super::behaviour::Behaviour;
use super::link::Link;
use crate::config::Limits;
use crate::error::{BroadcastError, SendError};
use crate::frame::Request;
use crate::gossip::{Filter, Topics};
use crate::handle::Command;
use crate::identity::PeerId;
use crate::mailbox::Mailbox;
use crate::name::Name;
use crate::presence::{Presence, Trouble};
use crate::roster::{Peer, Roster};
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use libp2p::gossipsub::PublishError;
use libp2p::request_response::OutboundRequestId;
use libp2p::swarm::dial_opts::{DialOpts, PeerCondition};
use libp2p::{Multiaddr, Swarm};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot, watch};

/// How often the time is looked at: dials that are due, peers that are silent, bans that are over.
const TICK: Duration = Duration::from_millis(200);

/// What a driver is made of.
pub(crate) struct Parts {
    pub(crate) own: PeerId,
    pub(crate) swarm: Swarm<Behaviour>,
    pub(crate) topics: Topics,
    pub(crate) filter: Filter,
    pub(crate) limits: Limits,
    pub(crate) mailbox: Mailbox,
}

/// Who waits for an acknowledgement.
pub(crate) struct Waiting {
    pub(crate) to: PeerId,
    pub(crate) reply: oneshot::Sender<Result<(), SendError>>,
}

pub(crate) struct Driver {
    pub(crate) parts: Parts,
    pub(crate) links: BTreeMap<PeerId, Link>,
    pub(crate) waiting: HashMap<OutboundRequestId, Waiting>,
    pub(crate) listening: BTreeSet<SocketAddr>,
    pub(crate) strangers: u64,
    resolving: FuturesUnordered<BoxFuture<'static, (PeerId, Vec<Multiaddr>)>>,
    presence: watch::Sender<Presence>,
    started: Instant,
}

impl Driver {
    pub(crate) fn new(parts: Parts, roster: Roster) -> (Self, watch::Receiver<Presence>) {
        let (own, listening) = (parts.own, BTreeSet::new());
        let nobody = Presence { own, listening, peers: Vec::new(), strangers: 0, broadcasts_refused: 0 };
        let (presence, seen) = watch::channel(nobody);
        let mut driver = Self {
            parts,
            links: BTreeMap::new(),
            waiting: HashMap::new(),
            listening: BTreeSet::new(),
            strangers: 0,
            resolving: FuturesUnordered::new(),
            presence,
            started: Instant::now(),
        };
        driver.set_roster(roster);
        (driver, seen)
    }

    /// Runs until it is told to stop, or nobody can tell it anything any more.
    pub(crate) async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                event = self.parts.swarm.select_next_some() => self.arrived(event),
                Some((peer, sockets)) = self.resolving.next() => self.resolved(peer, sockets),
                _ = tick.tick() => self.tick(),
                command = commands.recv() => match command {
                    None => return,
                    Some(Command::Stop { reply }) => {
                        drop(self);
                        // Who asked may have gone.
                        let _ = reply.send(());
                        return;
                    }
                    Some(command) => self.obey(command),
                },
            }
        }
    }

    fn obey(&mut self, command: Command) {
        // Replies to callers who no longer wait go nowhere.
        match command {
            Command::Send { to, bytes, reply } => self.send(to, bytes, reply),
            Command::Broadcast { topic, bytes, reply } => {
                let _ = reply.send(self.broadcast(&topic, bytes));
            }
            Command::SetRoster { roster, reply } => {
                self.set_roster(roster);
                let _ = reply.send(());
            }
            Command::Stop { .. } => {}
        }
    }

    fn send(&mut self, to: PeerId, bytes: Vec<u8>, reply: oneshot::Sender<Result<(), SendError>>) {
        let refusal = match self.links.get(&to) {
            None => Some(SendError::NotInRoster(to)),
            Some(link) if !link.is_up() => Some(SendError::NotConnected(to)),
            Some(link) if link.in_flight >= self.parts.limits.in_flight => Some(SendError::TooMany(to)),
            Some(_) => None,
        };
        if let Some(refusal) = refusal {
            let _ = reply.send(Err(refusal));
            return;
        }
        let id = self.parts.swarm.behaviour_mut().direct.send_request(&to.to_libp2p(), Request::Message(bytes));
        self.waiting.insert(id, Waiting { to, reply });
        if let Some(link) = self.links.get_mut(&to) {
            link.in_flight += 1;
        }
    }

    fn broadcast(&mut self, topic: &Name, bytes: Vec<u8>) -> Result<(), BroadcastError> {
        let hash = self.parts.topics.hash(topic).ok_or(BroadcastError::Topic)?.clone();
        match self.parts.swarm.behaviour_mut().gossip.publish(hash, bytes) {
            Ok(_) => Ok(()),
            Err(PublishError::NoPeersSubscribedToTopic) => Err(BroadcastError::Nobody),
            Err(PublishError::AllQueuesFull(_)) => Err(BroadcastError::Busy),
            Err(error) => {
                tracing::error!(%error, "a broadcast could not be made");
                Err(BroadcastError::Unsigned)
            }
        }
    }

    fn set_roster(&mut self, roster: Roster) {
        let now_ms = self.now_ms();
        let peers = roster.without(self.parts.own);
        let gone: Vec<PeerId> = self.links.keys().filter(|id| !peers.contains_key(id)).copied().collect();
        for id in gone {
            self.allow(id, false);
            self.links.remove(&id);
            self.parts.mailbox.tell(id, false);
            self.parts.mailbox.forget(&id);
        }
        for (id, peer) in peers {
            self.enlist(id, peer, now_ms);
        }
        self.publish();
    }

    fn enlist(&mut self, id: PeerId, peer: Peer, now_ms: u64) {
        match self.links.get_mut(&id) {
            Some(link) => link.renew(peer, now_ms),
            None => {
                self.links.insert(id, Link::new(peer, &self.parts.limits, now_ms));
                self.allow(id, true);
            }
        }
    }

    /// Opens or closes the door; closing it disconnects.
    fn allow(&mut self, id: PeerId, allowed: bool) {
        let (peer, gate) = (id.to_libp2p(), &mut self.parts.swarm.behaviour_mut().gate);
        if allowed {
            gate.allow_peer(peer);
        } else {
            gate.disallow_peer(peer);
        }
        self.parts.filter.set_author(peer, allowed);
    }

    /// Shuts a peer out for a while.
    pub(crate) fn shut_out(&mut self, id: PeerId) {
        let now_ms = self.now_ms();
        if let Some(link) = self.links.get_mut(&id) {
            tracing::warn!(peer = %id, name = link.peer.name, "a peer misbehaves and is shut out for a while");
            link.shut_out(&self.parts.limits, now_ms);
        }
        self.allow(id, false);
        self.lost(id, false);
    }

    /// The last connection of a peer is gone, or counts for nothing any more.
    pub(crate) fn lost(&mut self, id: PeerId, silent: bool) {
        let now_ms = self.now_ms();
        if self.links.get_mut(&id).is_some_and(|link| link.lost(silent, &self.parts.limits, now_ms)) {
            self.parts.mailbox.tell(id, false);
        }
        self.publish();
    }

    fn tick(&mut self) {
        let now_ms = self.now_ms();
        let limits = self.parts.limits;
        let ids: Vec<PeerId> = self.links.keys().copied().collect();
        for id in ids {
            let Some(link) = self.links.get_mut(&id) else { continue };
            if link.is_silent(&limits, now_ms) {
                // Closing a dead connection may take the system long; the peer is dialled again meanwhile.
                let _ = self.parts.swarm.disconnect_peer_id(id.to_libp2p());
                self.lost(id, true);
            } else if link.let_in(&limits, now_ms) {
                self.allow(id, true);
            } else if let Some(address) = link.dial(now_ms) {
                self.resolving.push(async move { (id, address.resolve().await) }.boxed());
            }
        }
        self.parts.mailbox.flush();
        self.publish();
    }

    fn resolved(&mut self, id: PeerId, sockets: Vec<Multiaddr>) {
        if sockets.is_empty() {
            return self.dial_failed(id, Some(Trouble::Unresolved));
        }
        // A port of its own for each dial: one that is shared with the listening socket stays taken for a minute after.
        let dial = DialOpts::peer_id(id.to_libp2p())
            .condition(PeerCondition::NotDialing)
            .addresses(sockets)
            .allocate_new_port()
            .build();
        if let Err(error) = self.parts.swarm.dial(dial) {
            tracing::debug!(peer = %id, %error, "not dialled");
            self.dial_failed(id, None);
        }
    }

    pub(crate) fn dial_failed(&mut self, id: PeerId, why: Option<Trouble>) {
        let now_ms = self.now_ms();
        if let Some(link) = self.links.get_mut(&id) {
            link.dial_failed(why, &self.parts.limits, now_ms);
        }
    }

    /// Ms since the start.
    pub(crate) fn now_ms(&self) -> u64 {
        super::link::ms(self.started.elapsed())
    }

    /// Shows the network as it stands.
    pub(crate) fn publish(&self) {
        let now = Presence {
            own: self.parts.own,
            listening: self.listening.clone(),
            peers: self.links.values().map(Link::peering).collect(),
            strangers: self.strangers,
            broadcasts_refused: self.parts.filter.refused(),
        };
        self.presence.send_if_modified(|shown| {
            let changed = *shown != now;
            *shown = now;
            changed
        });
    }
}
