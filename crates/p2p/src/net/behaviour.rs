//! The protocols of a connection, put together.

use crate::config::Limits;
use crate::frame::Frames;
use crate::gossip::{self, Filter, Gossip, Topics};
use crate::name::Name;
use crate::roster::PEERS_MAX;
use libp2p::allow_block_list::{self, AllowedPeers};
use libp2p::connection_limits::{self, ConnectionLimits};
use libp2p::identity::Keypair;
use libp2p::request_response::{self, ProtocolSupport};
use libp2p::swarm::NetworkBehaviour;
use libp2p::{StreamProtocol, ping};

/// Connections of one peer: one each way, and one that is dead and does not know it yet.
const PER_PEER_MAX: u32 = 3;
/// Connections whose handshake is not finished.
const PENDING_MAX: u32 = 64;
/// Streams for messages of one connection, both ways.
const MESSAGE_STREAMS_MAX: usize = 64;

/// The protocols of a connection. The order matters: who is not let in is turned away by the first.
#[derive(NetworkBehaviour)]
pub(crate) struct Behaviour {
    pub(crate) gate: allow_block_list::Behaviour<AllowedPeers>,
    pub(crate) bounds: connection_limits::Behaviour,
    pub(crate) ping: ping::Behaviour,
    pub(crate) direct: request_response::Behaviour<Frames>,
    pub(crate) gossip: Gossip,
}

impl Behaviour {
    pub(crate) fn new(
        keypair: &Keypair,
        network: &Name,
        topics: &Topics,
        filter: Filter,
        limits: &Limits,
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let bounds = ConnectionLimits::default()
            .with_max_pending_incoming(Some(PENDING_MAX))
            .with_max_pending_outgoing(Some(PENDING_MAX))
            .with_max_established(u32::try_from(PEERS_MAX).ok().map(|peers| peers * PER_PEER_MAX))
            .with_max_established_per_peer(Some(PER_PEER_MAX));
        let protocol = StreamProtocol::try_from_owned(format!("/everwatch/{network}/message/1"))?;
        let direct = request_response::Config::default()
            .with_request_timeout(limits.acknowledge)
            .with_max_concurrent_streams(MESSAGE_STREAMS_MAX);
        Ok(Self {
            gate: allow_block_list::Behaviour::default(),
            bounds: connection_limits::Behaviour::new(bounds),
            ping: ping::Behaviour::new(
                ping::Config::new().with_interval(limits.heartbeat).with_timeout(limits.heartbeat),
            ),
            direct: request_response::Behaviour::new([(protocol, ProtocolSupport::Full)], direct),
            gossip: gossip::behaviour(keypair, network, topics, filter)?,
        })
    }
}
