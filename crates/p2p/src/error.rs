//! Why a network did not start, or a message did not leave.

use crate::config::{MESSAGE_LEN_MAX, TOPICS_MAX};
use crate::identity::PeerId;
use std::io;
use std::net::SocketAddr;

/// Why a network did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// More topics than are served.
    #[error("at most {TOPICS_MAX} topics")]
    Topics,
    /// A bound or time with which nothing would work; its name.
    #[error("{0} is out of range")]
    Limits(&'static str),
    /// The library refused what it was built with.
    #[error("the transport cannot be built")]
    Build(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// An address is taken, or not ours.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The system gave no word on an address.
    #[error("the listening sockets did not open in time")]
    ListenTimeout,
}

/// The network has been stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the network has been stopped")]
pub struct Stopped;

/// Why a message to one peer was not acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Empty, or longer than a message may be. It did not leave.
    #[error("a message has 1 to {MESSAGE_LEN_MAX} bytes, not {0}")]
    Length(usize),
    /// It did not leave.
    #[error("{0} is not in the roster")]
    NotInRoster(PeerId),
    /// It did not leave.
    #[error("{0} is not connected")]
    NotConnected(PeerId),
    /// Too many messages to this peer wait for their acknowledgement. It did not leave.
    #[error("too many messages to {0} are under way")]
    TooMany(PeerId),
    /// The peer's queue for our messages is full. It was not taken.
    #[error("{0} is busy")]
    Busy(PeerId),
    /// We send more than the peer allows. It was not taken.
    #[error("{0} allows no more messages now")]
    TooFast(PeerId),
    /// No acknowledgement came. It may have arrived all the same.
    #[error("{0} did not acknowledge")]
    Unacknowledged(PeerId),
    /// See [`Stopped`].
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Why a broadcast did not leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BroadcastError {
    /// Empty, or longer than a message may be.
    #[error("a message has 1 to {MESSAGE_LEN_MAX} bytes, not {0}")]
    Length(usize),
    /// A topic that the network was not started with.
    #[error("there is no such topic")]
    Topic,
    /// Nobody who is connected listens to the topic.
    #[error("nobody is there to hear it")]
    Nobody,
    /// The queues to all listeners are full.
    #[error("the queues to all listeners are full")]
    Busy,
    /// The message could not be made, which only a broken key would explain.
    #[error("the message could not be signed")]
    Unsigned,
    /// See [`Stopped`].
    #[error(transparent)]
    Stopped(#[from] Stopped),
}
