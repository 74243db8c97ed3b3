//! Who is there, as people and the caller see it.

use crate::identity::PeerId;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

/// The network as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presence {
    /// Ourselves.
    pub own: PeerId,
    /// Where we listen.
    pub listening: BTreeSet<SocketAddr>,
    /// The peers of the roster without ourselves, by identity.
    pub peers: Vec<Peering>,
    /// Incoming connections that came to nothing: of nobody in the roster, of another network, beyond what is served at
    /// once, or with an unfinished handshake.
    pub strangers: u64,
    /// Broadcasts that were kept out: by an author outside the roster, on another topic, more than two
    /// minutes from our clock.
    pub broadcasts_refused: u64,
}

/// One peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peering {
    /// Its identity.
    pub id: PeerId,
    /// What people call it.
    pub name: String,
    /// Whether it is connected and answers.
    pub up: bool,
    /// Since when, Unix ms.
    pub since_ms: u64,
    /// When it last gave a sign of life, Unix ms.
    pub last_seen_ms: Option<u64>,
    /// How long its last answer to a heartbeat took.
    pub rtt_ms: Option<u64>,
    /// Why it is not up.
    pub trouble: Option<Trouble>,
    /// What came and went.
    pub counters: Counters,
}

/// What came from a peer and went to it since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Messages taken from it, its broadcasts included.
    pub taken: u64,
    /// Messages of it that were refused: too many, or no room.
    pub refused: u64,
    /// Streams of it that were closed because they could not be read.
    pub malformed: u64,
    /// Messages that it acknowledged.
    pub acknowledged: u64,
    /// Messages to it that were not acknowledged.
    pub unacknowledged: u64,
}

/// Why a peer is not up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The roster gives no address of it, so that it must call us.
    NoAddress,
    /// Its name is not known to the system's resolver.
    Unresolved,
    /// Nobody answers at its address.
    Unreachable,
    /// Somebody with another key answers at its address.
    OtherIdentity,
    /// It closed the connection before it answered: we may not be in its roster.
    TurnedAway,
    /// It stopped answering.
    Silent,
    /// It closed the connection.
    Gone,
    /// It misbehaved and is shut out for a while.
    ShutOut,
}

impl Trouble {
    /// The code by which pages know it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoAddress => "no_address",
            Self::Unresolved => "unresolved",
            Self::Unreachable => "unreachable",
            Self::OtherIdentity => "other_identity",
            Self::TurnedAway => "turned_away",
            Self::Silent => "silent",
            Self::Gone => "gone",
            Self::ShutOut => "shut_out",
        }
    }
}

impl Presence {
    /// What is known of a peer.
    #[must_use]
    pub fn peer(&self, id: &PeerId) -> Option<&Peering> {
        self.peers.iter().find(|peer| peer.id == *id)
    }
}

/// The wall clock.
pub(crate) fn unix_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
