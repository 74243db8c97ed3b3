//! Peers on loopback sockets, and a way between them that can be cut.

mod hostile;
mod proxy;

pub(crate) use hostile::{Author, Hostile};
pub(crate) use proxy::{Mode, Proxy};

use p2p::{Address, Config, Event, Events, Handle, Identity, Limits, Name, Peer, PeerId, Presence, Roster, start};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::time::timeout;

/// Longer than anything here takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
pub(crate) const ANY_PORT: &str = "127.0.0.1:0";

pub(crate) struct Node {
    pub(crate) handle: Handle,
    pub(crate) events: Events,
    pub(crate) id: PeerId,
}

pub(crate) fn limits() -> Limits {
    Limits {
        heartbeat: Duration::from_millis(500),
        redial_min: Duration::from_millis(50),
        redial_max: Duration::from_millis(400),
        acknowledge: Duration::from_secs(2),
        shut_out: Duration::from_secs(1),
        ..Limits::default()
    }
}

pub(crate) fn identity(number: u8) -> Identity {
    Identity::from_secret([number; 32].into())
}

pub(crate) fn id(number: u8) -> PeerId {
    identity(number).peer_id()
}

pub(crate) fn topic() -> Name {
    "burns".parse().unwrap()
}

pub(crate) fn peer(number: u8, addresses: &[SocketAddr]) -> Peer {
    let addresses = addresses.iter().copied().map(Address::from).collect();
    Peer { id: id(number), addresses, name: format!("peer {number}") }
}

pub(crate) fn roster(peers: &[Peer]) -> Roster {
    Roster::new(peers.to_vec()).unwrap()
}

pub(crate) fn config(number: u8, listen: &str, roster: Roster) -> Config {
    Config {
        identity: identity(number),
        network: "practice".parse().unwrap(),
        listen: vec![listen.parse().unwrap()],
        roster,
        topics: vec![topic()],
        limits: limits(),
    }
}

impl Node {
    pub(crate) async fn start(config: Config) -> Self {
        let id = config.identity.peer_id();
        let (handle, events) = start(config).await.unwrap();
        Self { handle, events, id }
    }

    /// A node that knows nobody yet.
    pub(crate) async fn alone(number: u8) -> Self {
        Self::start(config(number, ANY_PORT, Roster::default())).await
    }

    pub(crate) fn address(&self) -> SocketAddr {
        *self.handle.presence().listening.first().unwrap()
    }

    pub(crate) async fn know(&self, peers: &[Peer]) {
        self.handle.set_roster(roster(peers)).await.unwrap();
    }

    /// Waits until the network looks so.
    pub(crate) async fn until(&self, what: &str, mut looks: impl FnMut(&Presence) -> bool) -> Presence {
        let mut watch = self.handle.watch();
        let seen = timeout(PATIENCE, watch.wait_for(|presence| looks(presence))).await;
        let last = self.handle.presence();
        seen.unwrap_or_else(|_| panic!("not in time: {what}; {last:#?}")).unwrap().clone()
    }

    pub(crate) async fn until_up(&self, peers: &[PeerId]) {
        self.until("peers up", |presence| peers.iter().all(|id| presence.peer(id).is_some_and(|peer| peer.up))).await;
    }

    pub(crate) async fn until_down(&self, id: PeerId) -> Presence {
        self.until("peer down", |presence| presence.peer(&id).is_some_and(|peer| !peer.up)).await
    }

    pub(crate) async fn next(&mut self) -> Event {
        timeout(PATIENCE, self.events.next()).await.expect("an event in time").expect("the network runs")
    }

    /// The next message, whoever comes and goes before.
    pub(crate) async fn message(&mut self) -> (PeerId, p2p::Via, Vec<u8>) {
        loop {
            if let Event::Message { from, via, bytes } = self.next().await {
                return (from, via, bytes);
            }
        }
    }

    /// Broadcasts until somebody listens.
    pub(crate) async fn broadcast(&self, bytes: &[u8]) {
        let heard = async {
            while self.handle.broadcast(&topic(), bytes.to_vec()).await.is_err() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, heard).await.expect("somebody who listens");
    }
}

/// Peers 1 to `count` who all know each other and are up.
pub(crate) async fn all_up(count: u8) -> Vec<Node> {
    let mut nodes = Vec::new();
    for number in 1..=count {
        nodes.push(Node::alone(number).await);
    }
    let peers: Vec<Peer> = (1..=count).zip(&nodes).map(|(number, node)| peer(number, &[node.address()])).collect();
    for node in &nodes {
        node.know(&peers).await;
    }
    for node in &nodes {
        let others: Vec<PeerId> = peers.iter().map(|peer| peer.id).filter(|id| *id != node.id).collect();
        node.until_up(&others).await;
    }
    nodes
}
