//! The two kinds of 32-byte names on Arweave, and its unit of money.
//!
//! A transaction id and a wallet address look alike (43 characters of base64url); they are different types so
//! that one cannot stand for the other. Only the canonical spelling is read: unused low bits must be zero.

use std::fmt;
use std::str::FromStr;

use crypto::b64;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Text that is not a 43-character base64url name of 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an Arweave id: 43 characters of base64url expected")]
pub struct ParseIdError;

/// Length of an id or address as text.
pub(crate) const TEXT_LEN: usize = 43;

macro_rules! name_of_32_bytes {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name([u8; 32]);

        impl $name {
            /// Wraps the raw bytes.
            pub const fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The raw bytes.
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }

            /// Reads the raw bytes from a slice; `None` unless it has 32 of them.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&b64::encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                if text.len() != TEXT_LEN {
                    return Err(ParseIdError);
                }
                let bytes = b64::decode(text).map_err(|_| ParseIdError)?;
                Self::from_slice(&bytes).ok_or(ParseIdError)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    };
}

name_of_32_bytes! {
    /// Id of a transaction: SHA-256 of its signature. Shown as 43 characters of base64url.
    ArweaveId
}

name_of_32_bytes! {
    /// Address of a wallet: SHA-256 of the owner's RSA modulus. Shown as 43 characters of base64url.
    Address
}

impl Address {
    /// The address of an owner, given the big-endian RSA modulus.
    pub fn of_owner(owner: &[u8]) -> Self {
        Self(crypto::sha256(owner))
    }
}

/// Money in winston, the smallest unit (10¹² winston = 1 AR). Text on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Winston(pub u128);

impl Winston {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The sum, or `None` if it does not fit.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference, or `None` if `other` is larger.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }
}

impl fmt::Display for Winston {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for Winston {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl Serialize for Winston {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Winston {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn text_round_trips_and_only_the_canonical_form_is_read() {
        let id = ArweaveId::from_bytes([7; 32]);
        assert_eq!(id.to_string().parse::<ArweaveId>(), Ok(id));
        let text = id.to_string();
        let loose = format!("{}d", &text[..42]);
        assert_ne!(loose, text);
        for bad in ["", &text[1..], &format!("{text}A"), &format!("{}=", &text[..42]), &loose] {
            assert_eq!(bad.parse::<ArweaveId>(), Err(ParseIdError), "{bad}");
        }
    }

    #[test]
    fn serde_uses_the_text() {
        let id = Address::from_bytes([0; 32]);
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, format!("\"{}\"", "A".repeat(43)));
        assert_eq!(serde_json::from_str::<Address>(&json).unwrap(), id);
        assert!(serde_json::from_str::<Address>("\"AA\"").is_err());
    }
}
