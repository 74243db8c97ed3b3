//! The names that are 32 bytes.

use super::ParseError;
use crate::cid::{Cid, Codec};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Exactly 64 lower-case digits.
fn parse_hex(text: &str) -> Result<[u8; 32], ParseError> {
    let lower = text.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    let mut bytes = [0; 32];
    if !lower || const_hex::decode_to_slice(text, &mut bytes).is_err() {
        return Err(ParseError::Hex);
    }
    Ok(bytes)
}

/// Bytes of exactly the right number, from a binary format.
pub(crate) struct Exactly32;

impl<'de> serde::de::Visitor<'de> for Exactly32 {
    type Value = [u8; 32];

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("32 bytes")
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<[u8; 32], E> {
        bytes.try_into().map_err(|_| E::invalid_length(bytes.len(), &self))
    }
}

/// Text in formats that people read, bytes in the others.
macro_rules! serde_as_text_or_bytes {
    ($name:ident) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(self)
                } else {
                    serializer.serialize_bytes(&self.0)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
                } else {
                    deserializer.deserialize_bytes($crate::ids::bytes32::Exactly32).map(Self)
                }
            }
        }
    };
}
pub(super) use serde_as_text_or_bytes;

macro_rules! hex_name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 32]);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&const_hex::encode(self.0))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl std::str::FromStr for $name {
            type Err = ParseError;

            fn from_str(text: &str) -> Result<Self, ParseError> {
                parse_hex(text).map(Self)
            }
        }

        serde_as_text_or_bytes!($name);
    };
}

hex_name!(
    /// A node: its Ed25519 public key (2.5). Not every value is a valid key; nothing verifies under those that are not.
    NodeId
);
hex_name!(
    /// A message: the hash of its head (6.1.3).
    MessageId
);
hex_name!(
    /// A transaction: the hash of its 1536 bytes (6.1.2).
    TransactionHash
);
hex_name!(
    /// What the signatures of a message sign (6.3). A payment keeps it when it is attached again.
    BundleHash
);

hex_name!(
    /// A channel: the Ed25519 public key that its messages are signed with (10.2).
    ChannelId
);
hex_name!(
    /// A reader of channels: the X25519 public key that invitations are sealed to (10.1). Not every value is a key that
    /// somebody can have; those that are not are refused when an invitation is made.
    ReaderId
);

impl MessageId {
    /// The name of its head as a transaction, which is the same hash.
    #[must_use]
    pub const fn head(self) -> TransactionHash {
        TransactionHash(self.0)
    }
}

impl TransactionHash {
    /// No transaction: the trunk of a node's first message.
    pub const NONE: Self = Self([0; 32]);

    /// The message whose head this is.
    #[must_use]
    pub const fn message(self) -> MessageId {
        MessageId(self.0)
    }

    /// The CID of the transaction's bytes.
    #[must_use]
    pub const fn cid(self) -> Cid {
        Cid { codec: Codec::Raw, digest: self.0 }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_hash_has_one_text() {
        let text = "ab".repeat(32);
        let id: MessageId = text.parse().unwrap();
        assert_eq!(id.to_string(), text);
        assert_eq!(serde_json::from_str::<MessageId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
        for bad in [text.to_uppercase(), format!("0x{}", &text[2..]), format!("0x{text}"), text[1..].into(), "é".into()]
        {
            assert_eq!(bad.parse::<MessageId>(), Err(ParseError::Hex), "{bad}");
        }
    }
}
