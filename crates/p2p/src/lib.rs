//! Authenticated transport between peers that know each other: watchmen now, other nodes later.
//!
//! Where it stands: [`start`] opens the network for one identity; the caller keeps a [`Handle`] to send with and [`Events`]
//! to read. Messages are opaque here: `watchman::talk` says what they mean.
//! What always holds: a connection lives only between identities of the roster, each proven by its ed25519 key in the
//! Noise handshake, under one network name; every message is at most [`MESSAGE_LEN_MAX`] bytes, every queue and every
//! wait is bounded; a peer that sends too much, or what cannot be read, is refused, counted, and shut out for a while;
//! nobody's flood takes the room of another.
//! Units: sizes in bytes, times in ms; times that people see are Unix ms.
//! What it does not do: find peers (no DHT, mDNS, relay or identify), keep messages over a restart, order them, or say what
//! they mean. An acknowledgement says that a message waits in the other's memory, not that it was acted on. Broadcasts are
//! best effort: who needs to be sure asks. They are signed, not secret: every peer reads them, and the library may log them.
//! Source: libp2p specifications of Noise, Yamux, Ping and GossipSub 1.1.

mod address;
mod backoff;
mod conduct;
mod config;
mod error;
mod frame;
#[doc(hidden)]
pub mod fuzzing;
mod gossip;
mod handle;
mod identity;
mod mailbox;
mod name;
mod net;
mod presence;
mod roster;

pub use address::{Address, ParseAddressError};
pub use config::{Config, Limits, MESSAGE_LEN_MAX, TOPICS_MAX};
pub use error::{BroadcastError, SendError, StartError, Stopped};
pub use handle::Handle;
pub use identity::{Identity, ParsePeerIdError, PeerId};
pub use mailbox::{Event, Events, Via};
pub use name::{Name, ParseNameError};
pub use net::start;
pub use presence::{Counters, Peering, Presence, Trouble};
pub use roster::{ADDRESSES_MAX, PEERS_MAX, Peer, Roster, RosterError};
