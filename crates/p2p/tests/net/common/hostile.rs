//! A peer with a key of the roster that does not keep to the protocol: the library itself, without our code.

use super::{PATIENCE, identity};
use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, StreamExt};
use libp2p::gossipsub::{self, IdentTopic, MessageAuthenticity, ValidationMode};
use libp2p::identity::Keypair;
use libp2p::request_response::{self, Codec, ProtocolSupport};
use libp2p::swarm::{NetworkBehaviour, SwarmEvent, dial_opts::DialOpts};
use libp2p::{Multiaddr, PeerId, StreamProtocol, Swarm, SwarmBuilder, noise, ping, tcp, yamux};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// Writes what it is given, and reads what comes.
#[derive(Clone, Default)]
pub(crate) struct Raw;

#[derive(NetworkBehaviour)]
pub(crate) struct Protocols {
    direct: request_response::Behaviour<Raw>,
    gossip: gossipsub::Behaviour,
    ping: ping::Behaviour,
}

pub(crate) struct Hostile {
    swarm: Swarm<Protocols>,
    target: PeerId,
}

/// In whose name broadcasts go out.
pub(crate) enum Author {
    /// Its own, signed.
    Own,
    /// Another's, unsigned.
    Forged(u8),
}

fn keypair(number: u8) -> Keypair {
    Keypair::ed25519_from_bytes([number; 32]).unwrap()
}

impl Hostile {
    /// Connects to a node that has key `number` in its roster.
    pub(crate) async fn connect(number: u8, target: u8, address: SocketAddr, author: Author) -> Self {
        let target: PeerId = identity(target).peer_id().to_string().parse().unwrap();
        let noise = |keys: &Keypair| -> Result<noise::Config, noise::Error> {
            Ok(noise::Config::new(keys)?.with_prologue(b"everwatch/practice".to_vec()))
        };
        let mut swarm = SwarmBuilder::with_existing_identity(keypair(number))
            .with_tokio()
            .with_tcp(tcp::Config::default(), noise, yamux::Config::default)
            .unwrap()
            .with_behaviour(|keys| protocols(keys, author))
            .unwrap()
            .with_swarm_config(|config| config.with_idle_connection_timeout(Duration::from_secs(600)))
            .build();
        let address = Multiaddr::from(address.ip()).with(libp2p::multiaddr::Protocol::Tcp(address.port()));
        swarm.dial(DialOpts::peer_id(target).addresses(vec![address]).build()).unwrap();
        let mut hostile = Self { swarm, target };
        hostile.until(|event| matches!(event, SwarmEvent::ConnectionEstablished { .. })).await;
        hostile
    }

    /// Sends these bytes on a stream of their own and says whether any answer came.
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let id = self.swarm.behaviour_mut().direct.send_request(&self.target, bytes.to_vec());
        let outcome = async {
            loop {
                use request_response::{Event, Message};
                let SwarmEvent::Behaviour(ProtocolsEvent::Direct(event)) = self.swarm.select_next_some().await else {
                    continue;
                };
                match event {
                    Event::Message { message: Message::Response { request_id, response }, .. } if request_id == id => {
                        return (!response.is_empty()).then_some(response);
                    }
                    Event::OutboundFailure { request_id, .. } if request_id == id => return None,
                    _ => {}
                }
            }
        };
        tokio::time::timeout(PATIENCE, outcome).await.expect("an answer or its lack")
    }

    /// Waits until the target listens to broadcasts.
    pub(crate) async fn until_heard(&mut self) {
        let heard = |event: &SwarmEvent<ProtocolsEvent>| {
            matches!(event, SwarmEvent::Behaviour(ProtocolsEvent::Gossip(gossipsub::Event::Subscribed { .. })))
        };
        self.until(heard).await;
    }

    /// Broadcasts these bytes as they are.
    pub(crate) fn broadcast(&mut self, topic: &str, bytes: &[u8]) -> bool {
        self.swarm.behaviour_mut().gossip.publish(IdentTopic::new(topic), bytes).is_ok()
    }

    /// Lets the network run for a while.
    pub(crate) async fn run(&mut self, time: Duration) {
        self.during(tokio::time::sleep(time)).await;
    }

    /// Lets the network run until something else is done.
    pub(crate) async fn during<T>(&mut self, other: impl Future<Output = T>) -> T {
        let run = async {
            loop {
                self.swarm.select_next_some().await;
            }
        };
        tokio::select! {
            never = run => never,
            done = other => done,
        }
    }

    /// Waits until the connection is closed.
    pub(crate) async fn until_closed(&mut self) {
        if self.is_connected() {
            self.until(|event| matches!(event, SwarmEvent::ConnectionClosed { .. })).await;
        }
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.swarm.is_connected(&self.target)
    }

    async fn until(&mut self, mut wanted: impl FnMut(&SwarmEvent<ProtocolsEvent>) -> bool) {
        let seen = async { while !wanted(&self.swarm.select_next_some().await) {} };
        tokio::time::timeout(PATIENCE, seen).await.expect("the event in time");
    }
}

fn protocols(keys: &Keypair, author: Author) -> Protocols {
    let author = match author {
        Author::Own => MessageAuthenticity::Signed(keys.clone()),
        Author::Forged(number) => MessageAuthenticity::Author(keypair(number).public().to_peer_id()),
    };
    let config = gossipsub::ConfigBuilder::default()
        .protocol_id_prefix("/everwatch/practice/gossip")
        .validation_mode(ValidationMode::None)
        .max_transmit_size(1 << 20)
        .build()
        .unwrap();
    let protocol = StreamProtocol::new("/everwatch/practice/message/1");
    Protocols {
        direct: request_response::Behaviour::new(
            [(protocol, ProtocolSupport::Full)],
            request_response::Config::default().with_max_concurrent_streams(1_000),
        ),
        gossip: gossipsub::Behaviour::new(author, config).unwrap(),
        ping: ping::Behaviour::default(),
    }
}

impl Codec for Raw {
    type Protocol = StreamProtocol;
    type Request = Vec<u8>;
    type Response = Vec<u8>;

    async fn read_request<T: AsyncRead + Unpin + Send>(
        &mut self,
        _: &StreamProtocol,
        io: &mut T,
    ) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        io.read_to_end(&mut bytes).await?;
        Ok(bytes)
    }

    async fn read_response<T: AsyncRead + Unpin + Send>(
        &mut self,
        protocol: &StreamProtocol,
        io: &mut T,
    ) -> io::Result<Vec<u8>> {
        self.read_request(protocol, io).await
    }

    async fn write_request<T: AsyncWrite + Unpin + Send>(
        &mut self,
        _: &StreamProtocol,
        io: &mut T,
        bytes: Vec<u8>,
    ) -> io::Result<()> {
        io.write_all(&bytes).await
    }

    async fn write_response<T: AsyncWrite + Unpin + Send>(
        &mut self,
        protocol: &StreamProtocol,
        io: &mut T,
        bytes: Vec<u8>,
    ) -> io::Result<()> {
        self.write_request(protocol, io, bytes).await
    }
}
