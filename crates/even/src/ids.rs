//! What things are called: nodes, addresses, messages, bundles, blocks, tags, networks.
//!
//! What always holds: one value has one text. Hashes are lower-case hexadecimal, addresses bech32m (2.7), blocks their CID.
//! In JSON they are their text, in the binary encodings of this protocol their bytes.

mod address;
pub(crate) mod bytes32;
mod tag;

pub use address::Address;
pub use bytes32::{BundleHash, ChannelId, MessageId, NodeId, ReaderId, TransactionHash};
pub use tag::Tag;

use crate::cid::{Cid, Codec};
use crate::hash::Hash;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Text that does not name what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Not 64 lower-case hexadecimal digits.
    #[error("expected 64 lower-case hexadecimal digits")]
    Hex,
    /// Not a bech32m text with prefix `even` and 32 bytes.
    #[error("expected an address: bech32m with the prefix even")]
    Address,
    /// Not the CID of a block of this protocol in its one text form.
    #[error("expected a CIDv1 in base32 of raw or dag-cbor with SHA3-256")]
    Cid,
    /// Not the identity of an Ed25519 key.
    #[error("expected the peer id of an Ed25519 key")]
    PeerId,
}

/// The network a message belongs to (6.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Network(pub u32);

impl Network {
    /// Value at stake.
    pub const MAIN: Self = Self(0x4556_454D);
    /// Public tests.
    pub const TEST: Self = Self(0x4556_454E);
    /// One machine.
    pub const LOCAL: Self = Self(0x4556_4544);
}

/// A signed block: the digest of its bytes. Links to it are CIDs of codec dag-cbor (8.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockId(pub Hash);

impl BlockId {
    /// Its CID.
    #[must_use]
    pub const fn cid(self) -> Cid {
        Cid { codec: Codec::DagCbor, digest: self.0 }
    }
}

impl std::fmt::Display for BlockId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.cid().fmt(f)
    }
}

impl Serialize for BlockId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.cid().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for BlockId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Cid::deserialize(deserializer)? {
            Cid { codec: Codec::DagCbor, digest } => Ok(Self(digest)),
            Cid { codec: Codec::Raw, .. } => Err(serde::de::Error::custom("a link to raw bytes instead of a block")),
        }
    }
}
