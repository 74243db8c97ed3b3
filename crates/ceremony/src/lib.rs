//! Ceremonies of keys that several hold: the driver around `threshold`'s machines, as `watchman` is around `vault`'s pipeline.
//!
//! Where it stands: people decide through [`Ceremonies`]; words and machines' messages travel over a [`Carrier`] (`p2p`, our own
//! or as a watchman's guest) or are carried by people as text; shares lie in the `keystore`; what a transaction does is read back
//! from its bytes by `vault-bitcoin`.
//! What always holds: what matters is on disk before a word about it leaves, so that a kill at any moment loses at most a ceremony
//! and never a share that counts; a ceremony id is used once; a person's approval is bound to the digest of what was shown;
//! every queue, wait and repetition is bounded; one process drives a directory.
//! What it does not do: decide for people, choose coins or pay fees, send a transaction to a chain, keep a secret outside the
//! keystore or a nonce outside memory.
//! Units: times Unix ms, amounts satoshi. Source: `docs/ceremonies.md`, `docs/threshold.md`.

mod address;
mod book;
mod carrier;
mod clock;
mod config;
pub mod door;
mod driver;
mod error;
mod id;
mod keys;
mod machine;
mod model;
mod plan;
mod record;
mod view;
pub mod wire;

pub use address::{KeyAddress, key_address};
pub use book::FileError;
pub use carrier::Carrier;
pub use config::{Config, Timing};
pub use driver::Driver;
pub use error::{AskError, OpenError, RunError};
pub use id::{Id, ParseIdError};
pub use model::{
    CeremonyDetail, CeremonyMember, CeremonyRow, Culprit, Failure, Invite, KeyRow, Kind, LogLine, Mark, MarkState,
    MemberRow, Network, Note, Notice, Overview, PaidOutput, PeerRow, SessionDetail, SessionMember, SessionRow,
    SessionState, SpentCoin, State, Task,
};
pub use plan::LABEL_CHARS_MAX;
pub use view::{Ceremonies, Opened};
pub use wire::fragment::is_ours;
