//! Participants that all know each other, each with its own identity and sockets of crate `p2p`, on loopback.
//!
//! Messages that wait for the same peer travel together, as many as fit: with many ceremonies at once most of the transport's
//! cost is shared. A bundle is for each message its length (4 bytes, big-endian) and the message.
//! Rates are not bounded here as between strangers: how fast it can go is what is measured. Nor is anybody gone who does not
//! answer at once: all share this machine's cores.

use super::PATIENCE;
use super::relay;
use anyhow::{Context, Result, ensure};
use p2p::{Address, Config, Event, Events, Handle, Identity, Limits, MESSAGE_LEN_MAX, Peer, PeerId, Roster};
use std::collections::{BTreeMap, VecDeque};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use threshold::{Outgoing, Party, To};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Messages that wait for a peer.
const QUEUE: usize = 4_096;

/// A participant's place in the network.
pub(super) struct Member {
    party: Party,
    events: Events,
    parties: BTreeMap<PeerId, Party>,
    lines: BTreeMap<Party, mpsc::Sender<Vec<u8>>>,
    /// Who carries the lines; ends only with a fault, or with the member.
    carriers: JoinSet<Result<()>>,
    /// What came in one bundle.
    unpacked: VecDeque<(Party, Vec<u8>)>,
}

/// So many members, connected. With a delay everything takes that long each way.
pub(super) async fn open(members: u16, delay: Option<Duration>) -> Result<Vec<Member>> {
    let mut started = Vec::new();
    for number in 1..=members {
        let identity = Identity::from_secret(rand::random::<[u8; 32]>().into());
        let id = identity.peer_id();
        let (handle, events) = p2p::start(config(identity)?).await?;
        let listens = *handle.presence().listening.first().context("a listening socket")?;
        let address = if let Some(delay) = delay { relay::start(listens, delay).await? } else { listens };
        started.push((Party::new(number)?, id, address, handle, events));
    }
    let everybody: Vec<(Party, PeerId, SocketAddr)> =
        started.iter().map(|(party, id, address, ..)| (*party, *id, *address)).collect();
    let mut joined = Vec::new();
    for (party, _, _, handle, events) in started {
        // Each pair is connected once: the later member calls.
        let peer = |(of, id, address): &(Party, PeerId, SocketAddr)| Peer {
            id: *id,
            addresses: if *of < party { vec![Address::from(*address)] } else { Vec::new() },
            name: of.to_string(),
        };
        handle.set_roster(Roster::new(everybody.iter().map(peer).collect())?).await?;
        joined.push((party, handle, events));
    }
    let mut mesh = Vec::new();
    for (party, handle, events) in joined {
        connected(&handle).await.with_context(|| format!("member {party} and the others"))?;
        let others = everybody.iter().filter(|(of, ..)| *of != party).map(|(of, id, _)| (*id, *of)).collect();
        mesh.push(Member::new(party, &handle, events, others));
    }
    Ok(mesh)
}

fn config(identity: Identity) -> Result<Config> {
    let any = u32::MAX / 4;
    let limits = Limits {
        messages_per_s: any,
        messages_burst: any,
        bytes_per_s: any,
        acknowledge: PATIENCE,
        heartbeat: PATIENCE,
        ..Limits::default()
    };
    let listen = vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 0))];
    let (network, topics, roster) = ("bench".parse()?, Vec::new(), Roster::default());
    Ok(Config { identity, network, listen, roster, topics, limits })
}

async fn connected(handle: &Handle) -> Result<()> {
    let mut presence = handle.watch();
    let all = presence.wait_for(|presence| presence.peers.iter().all(|peer| peer.up));
    timeout(PATIENCE, all).await.context("not connected in time")??;
    Ok(())
}

impl Member {
    fn new(party: Party, handle: &Handle, events: Events, parties: BTreeMap<PeerId, Party>) -> Self {
        let (mut lines, mut carriers) = (BTreeMap::new(), JoinSet::new());
        for (id, other) in &parties {
            let (line, queue) = mpsc::channel(QUEUE);
            lines.insert(*other, line);
            carriers.spawn(carry(handle.clone(), *id, queue));
        }
        Self { party, events, parties, lines, carriers, unpacked: VecDeque::new() }
    }

    /// Its number.
    pub(super) fn party(&self) -> Party {
        self.party
    }

    /// Sends messages.
    pub(super) async fn say(&self, messages: Vec<Outgoing>) -> Result<()> {
        for Outgoing { to, bytes } in messages {
            match to {
                To::One(to) => self.lines.get(&to).context("a line to every member")?.send(bytes).await?,
                To::All => {
                    for line in self.lines.values() {
                        line.send(bytes.clone()).await?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The next message, and who sent it.
    pub(super) async fn next(&mut self) -> Result<(Party, Vec<u8>)> {
        loop {
            if let Some(message) = self.unpacked.pop_front() {
                return Ok(message);
            }
            tokio::select! {
                event = self.events.next() => {
                    if let Event::Message { from, bytes, .. } = event.context("the network runs")? {
                        self.unpack(from, &bytes)?;
                    }
                }
                Some(ended) = self.carriers.join_next() => ended??,
            }
        }
    }

    fn unpack(&mut self, from: PeerId, mut bundle: &[u8]) -> Result<()> {
        let from = *self.parties.get(&from).context("a message of a member")?;
        while let Some((len, rest)) = bundle.split_first_chunk() {
            let len = usize::try_from(u32::from_be_bytes(*len))?;
            let (message, rest) = rest.split_at_checked(len).context("a whole message")?;
            self.unpacked.push_back((from, message.to_vec()));
            bundle = rest;
        }
        ensure!(bundle.is_empty(), "a bundle holds whole messages");
        Ok(())
    }
}

/// Carries what waits for one peer, in bundles, one after the other.
async fn carry(handle: Handle, to: PeerId, mut queue: mpsc::Receiver<Vec<u8>>) -> Result<()> {
    let mut next = queue.recv().await;
    while let Some(first) = next.take() {
        let mut bundle = Vec::new();
        add(&mut bundle, &first)?;
        while let Ok(message) = queue.try_recv() {
            if bundle.len() + 4 + message.len() > MESSAGE_LEN_MAX {
                next = Some(message);
                break;
            }
            add(&mut bundle, &message)?;
        }
        handle.send(to, bundle).await?;
        if next.is_none() {
            next = queue.recv().await;
        }
    }
    Ok(())
}

fn add(bundle: &mut Vec<u8>, message: &[u8]) -> Result<()> {
    bundle.extend(u32::try_from(message.len())?.to_be_bytes());
    bundle.extend(message);
    Ok(())
}
