//! The network itself: one task that owns the library's swarm and all that is known of the peers.

mod arrive;
mod behaviour;
mod driver;
mod link;

use crate::address::to_multiaddr;
use crate::config::{Config, Limits, MESSAGE_LEN_MAX, TOPICS_MAX};
use crate::error::StartError;
use crate::gossip::{Filter, Topics};
use crate::handle::Handle;
use crate::identity::Identity;
use crate::mailbox::{Events, mailbox};
use crate::name::Name;
use behaviour::Behaviour;
use driver::{Driver, Parts};
use libp2p::core::upgrade::Version;
use libp2p::{Swarm, SwarmBuilder, TransportError, noise, tcp, yamux};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// How long the system may take to open the listening sockets.
const LISTEN_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a handshake may take.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);
/// Streams of one connection: messages both ways, broadcasts, heartbeats.
const STREAMS_MAX: usize = 128;
/// Commands that wait for the driver.
const COMMANDS_MAX: usize = 64;
/// Connections are kept however long nothing is said.
const IDLE_TIMEOUT: Duration = Duration::from_secs(10 * 365 * 24 * 3_600);

/// Opens the network. Needs a tokio runtime, on which it runs until it is stopped.
///
/// # Errors
/// Why it cannot be opened.
pub async fn start(config: Config) -> Result<(Handle, Events), StartError> {
    let Config { identity, network, listen, roster, topics, limits } = config;
    check(&topics, &limits)?;
    listen.iter().try_for_each(|address| unused(*address))?;
    let own = identity.peer_id();
    let topics = Topics::new(&network, topics);
    let filter = Filter::new(&topics);
    let mut swarm = build(identity, &network, &topics, filter.clone(), &limits)?;
    for address in &listen {
        swarm.listen_on(to_multiaddr(*address)).map_err(|error| refused(*address, error))?;
    }
    let (mailbox, events) = mailbox();
    let (commands, asked) = mpsc::channel(COMMANDS_MAX);
    let (driver, presence) = Driver::new(Parts { own, swarm, topics, filter, limits, mailbox }, roster);
    tokio::spawn(driver.run(asked));
    opened(presence.clone(), listen.len()).await?;
    Ok((Handle::new(commands, presence, limits.acknowledge), events))
}

/// The library shares its listening sockets between all programs of a user that want the same port, each of which would then
/// get some of the connections; a plain socket is refused when somebody listens already.
fn unused(address: SocketAddr) -> Result<(), StartError> {
    std::net::TcpListener::bind(address).map(drop).map_err(|source| StartError::Listen { address, source })
}

/// Waits for as many sockets as were asked for. The driver ends with the channel of commands when this fails.
async fn opened(mut presence: watch::Receiver<crate::Presence>, wanted: usize) -> Result<(), StartError> {
    let all = presence.wait_for(|presence| presence.listening.len() >= wanted);
    match tokio::time::timeout(LISTEN_TIMEOUT, all).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(StartError::ListenTimeout),
    }
}

fn check(topics: &[Name], limits: &Limits) -> Result<(), StartError> {
    if topics.len() > TOPICS_MAX {
        return Err(StartError::Topics);
    }
    let largest = u32::try_from(MESSAGE_LEN_MAX).unwrap_or(u32::MAX);
    let hour = Duration::from_secs(3_600);
    let time = |time: Duration| (Duration::from_millis(1)..=hour).contains(&time);
    let wants = [
        ("messages_per_s", limits.messages_per_s > 0),
        ("messages_burst", limits.messages_burst > 0),
        ("bytes_per_s", limits.bytes_per_s >= largest),
        ("faults_burst", limits.faults_burst > 0),
        ("shut_out", time(limits.shut_out)),
        ("in_flight", (1..=STREAMS_MAX / 4).contains(&limits.in_flight)),
        ("acknowledge", time(limits.acknowledge)),
        ("heartbeat", time(limits.heartbeat)),
        ("redial_min", time(limits.redial_min)),
        ("redial_max", time(limits.redial_max) && limits.redial_max >= limits.redial_min),
    ];
    wants.into_iter().find(|(_, fits)| !fits).map_or(Ok(()), |(name, _)| Err(StartError::Limits(name)))
}

fn build(
    identity: Identity,
    network: &Name,
    topics: &Topics,
    filter: Filter,
    limits: &Limits,
) -> Result<Swarm<Behaviour>, StartError> {
    let prologue = format!("everwatch/{network}").into_bytes();
    let security = move |keypair: &libp2p::identity::Keypair| -> Result<noise::Config, noise::Error> {
        Ok(noise::Config::new(keypair)?.with_prologue(prologue))
    };
    let multiplexer = || {
        let mut config = yamux::Config::default();
        config.set_max_num_streams(STREAMS_MAX);
        config
    };
    let swarm = SwarmBuilder::with_existing_identity(identity.into_keypair())
        .with_tokio()
        .with_tcp(tcp::Config::default().nodelay(true), security, multiplexer)
        .map_err(|error| StartError::Build(error.into()))?
        .with_behaviour(|keypair| Behaviour::new(keypair, network, topics, filter, limits))
        .map_err(|error| StartError::Build(error.into()))?
        // A message leaves together with the name of its protocol instead of one round trip later.
        .with_swarm_config(|config| {
            let config = config.with_substream_upgrade_protocol_override(Version::V1Lazy);
            config.with_idle_connection_timeout(IDLE_TIMEOUT)
        })
        .with_connection_timeout(HANDSHAKE_TIMEOUT)
        .build();
    Ok(swarm)
}

fn refused(address: SocketAddr, error: TransportError<io::Error>) -> StartError {
    let source = match error {
        TransportError::Other(source) => source,
        TransportError::MultiaddrNotSupported(_) => io::Error::from(io::ErrorKind::Unsupported),
    };
    StartError::Listen { address, source }
}
