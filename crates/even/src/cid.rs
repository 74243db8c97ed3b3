//! Content identifiers of this protocol: CIDv1, raw or dag-cbor, SHA3-256 (8.2).
//!
//! What always holds: a value is one of these and has one text and one byte form; every other CID is refused.

use crate::hash::{Hash, sha3};
use crate::ids::ParseError;
use ipld_core::cid::Cid as AnyCid;
use ipld_core::cid::multihash::Multihash;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const SHA3_256: u64 = 0x16;

/// Bytes of a CID: version, codec, hash function, length, digest.
pub const LEN: usize = 36;

/// What the bytes of a block are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Codec {
    /// A fixed layout: transactions and messages.
    Raw,
    /// A signed block.
    DagCbor,
}

impl Codec {
    const fn code(self) -> u64 {
        match self {
            Self::Raw => 0x55,
            Self::DagCbor => 0x71,
        }
    }
}

/// The name of a block by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cid {
    /// What the bytes are.
    pub codec: Codec,
    /// Their SHA3-256.
    pub digest: Hash,
}

impl Cid {
    /// The CID of `bytes`.
    #[must_use]
    pub fn of(codec: Codec, bytes: &[u8]) -> Self {
        Self { codec, digest: sha3(&[bytes]) }
    }

    /// Its byte form.
    #[must_use]
    pub fn bytes(&self) -> [u8; LEN] {
        let mut bytes = [0; LEN];
        bytes[..4].copy_from_slice(&[1, if self.codec == Codec::Raw { 0x55 } else { 0x71 }, 0x16, 32]);
        bytes[4..].copy_from_slice(&self.digest);
        bytes
    }

    fn any(self) -> AnyCid {
        let hash = Multihash::wrap(SHA3_256, &self.digest).expect("32 bytes fit a multihash of 64");
        AnyCid::new_v1(self.codec.code(), hash)
    }

    /// `None` for a CID of another kind.
    fn from_any(cid: &AnyCid) -> Option<Self> {
        let codec = match (cid.version(), cid.codec()) {
            (ipld_core::cid::Version::V1, 0x55) => Codec::Raw,
            (ipld_core::cid::Version::V1, 0x71) => Codec::DagCbor,
            _ => return None,
        };
        let digest = cid.hash().digest().try_into().ok()?;
        (cid.hash().code() == SHA3_256).then_some(Self { codec, digest })
    }
}

impl std::fmt::Display for Cid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.any().fmt(f)
    }
}

impl std::str::FromStr for Cid {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let cid = AnyCid::try_from(text).ok().and_then(|cid| Self::from_any(&cid)).ok_or(ParseError::Cid)?;
        // The library also reads other bases and URLs.
        if cid.to_string() == text { Ok(cid) } else { Err(ParseError::Cid) }
    }
}

impl Serialize for Cid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.collect_str(self) } else { self.any().serialize(serializer) }
    }
}

impl<'de> Deserialize<'de> for Cid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        if deserializer.is_human_readable() {
            return String::deserialize(deserializer)?.parse().map_err(D::Error::custom);
        }
        let cid = AnyCid::deserialize(deserializer)?;
        Self::from_any(&cid).ok_or_else(|| D::Error::custom(ParseError::Cid))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn rule_8_2_a_cid_has_one_text_and_one_byte_form() {
        for codec in [Codec::Raw, Codec::DagCbor] {
            let cid = Cid::of(codec, b"x");
            assert_eq!(cid.to_string().parse::<Cid>().unwrap(), cid);
            assert_eq!(cid.bytes().as_slice(), cid.any().to_bytes());
            for bad in [cid.to_string().to_uppercase(), format!("/ipfs/{cid}"), format!("{cid}a"), String::new()] {
                assert_eq!(bad.parse::<Cid>(), Err(ParseError::Cid), "{bad}");
            }
        }
    }

    #[test]
    fn rule_8_2_other_hashes_and_codecs_are_refused() {
        // SHA-256 of nothing as raw, and dag-pb.
        let sha2 = AnyCid::new_v1(0x55, Multihash::wrap(0x12, &[0; 32]).unwrap());
        let pb = AnyCid::new_v1(0x70, Multihash::wrap(SHA3_256, &[0; 32]).unwrap());
        let short = AnyCid::new_v1(0x55, Multihash::wrap(SHA3_256, &[0; 20]).unwrap());
        for cid in [sha2, pb, short] {
            assert_eq!(cid.to_string().parse::<Cid>(), Err(ParseError::Cid), "{cid}");
        }
    }
}
