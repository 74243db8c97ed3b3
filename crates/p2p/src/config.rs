//! What a network is started with.

use crate::identity::Identity;
use crate::name::Name;
use crate::roster::Roster;
use std::net::SocketAddr;
use std::time::Duration;

/// Most bytes of one message.
pub const MESSAGE_LEN_MAX: usize = 64 * 1024;
/// Most topics of a network.
pub const TOPICS_MAX: usize = 8;

/// What a network is started with.
#[derive(Debug)]
pub struct Config {
    /// Our key.
    pub identity: Identity,
    /// Which network: peers of another do not get past the handshake.
    pub network: Name,
    /// Where to listen; port 0 for any. None for a peer that only calls.
    pub listen: Vec<SocketAddr>,
    /// Who may connect.
    pub roster: Roster,
    /// What broadcasts are about; at most [`TOPICS_MAX`].
    pub topics: Vec<Name>,
    /// Bounds and times.
    pub limits: Limits,
}

/// Bounds and times. The rates hold for each peer by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Messages that a peer may send, a second.
    pub messages_per_s: u32,
    /// Messages that a peer may send at once after a pause.
    pub messages_burst: u32,
    /// Bytes that a peer may send, a second; at least [`MESSAGE_LEN_MAX`].
    pub bytes_per_s: u32,
    /// Faults of a peer that are borne at once; one more a second. Beyond, it is shut out.
    pub faults_burst: u32,
    /// How long a peer is shut out.
    pub shut_out: Duration,
    /// Messages to one peer that wait for their acknowledgement.
    pub in_flight: usize,
    /// How long an acknowledgement may take.
    pub acknowledge: Duration,
    /// How often each peer is asked for a sign of life; without one for twice as long, it is gone.
    pub heartbeat: Duration,
    /// The first wait before a peer is dialled again.
    pub redial_min: Duration,
    /// The longest wait before a peer is dialled again.
    pub redial_max: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            messages_per_s: 64,
            messages_burst: 256,
            bytes_per_s: 1024 * 1024,
            faults_burst: 512,
            shut_out: Duration::from_secs(60),
            in_flight: 16,
            acknowledge: Duration::from_secs(10),
            heartbeat: Duration::from_secs(10),
            redial_min: Duration::from_secs(1),
            redial_max: Duration::from_secs(60),
        }
    }
}
