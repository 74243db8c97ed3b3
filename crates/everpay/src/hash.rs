//! Thirty-two-byte identities, kept apart by type, and the nonce.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Text that is not `0x` and 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a 32-byte hash in hexadecimal")]
pub struct ParseHashError;

macro_rules! hash_types {
    ($($(#[doc = $doc:literal])* $name:ident,)*) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 32]);

        impl $name {
            /// Takes the bytes as they are.
            #[must_use]
            pub const fn new(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&crypto::hexs::encode0x(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseHashError;

            fn from_str(text: &str) -> Result<Self, ParseHashError> {
                let digits = text.strip_prefix("0x").ok_or(ParseHashError)?;
                if digits.len() != 64 {
                    return Err(ParseHashError);
                }
                crypto::hexs::decode_array(digits).map(Self).map_err(|_| ParseHashError)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

hash_types! {
    /// The id of a transaction, whatever its account type: the EIP-191 hash of its message. Text: `0x` and 64 digits.
    EverHash,
    /// The root of the state tree (docs/state-root.md). Text: `0x` and 64 digits.
    StateRoot,
}

/// A sender's number of a transaction: by convention its clock in milliseconds, strictly rising per account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Nonce(i64);

impl Nonce {
    /// Takes the number as it is.
    #[must_use]
    pub const fn new(value: i64) -> Self {
        Self(value)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Reads decimal text: an optional sign and digits, within 64 bits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_text() {
        let text = "0x00000000000000000000000000000000000000000000000000000000000000Ff";
        let hash: Result<EverHash, _> = text.parse();
        assert_eq!(hash.map(|hash| hash.to_string()), Ok(text.to_lowercase()));
        for bad in
            ["", "0x", &text[2..], &text[..65], "0x0x000000000000000000000000000000000000000000000000000000000000ff"]
        {
            assert_eq!(bad.parse::<EverHash>(), Err(ParseHashError), "{bad:?}");
        }
    }

    #[test]
    fn nonce_text() {
        assert_eq!(Nonce::parse("9223372036854775807"), Some(Nonce::new(i64::MAX)));
        assert_eq!(Nonce::parse("-5"), Some(Nonce::new(-5)));
        for bad in ["", "9223372036854775808", "1.0", "0x1", " 1", "1_0", "one"] {
            assert_eq!(Nonce::parse(bad), None, "{bad:?}");
        }
    }
}
