//! Canonical dag-cbor (8.3): one value has one encoding, and only that one is read.
//!
//! What always holds: what is decoded encodes to the same bytes, which also refuses absent members that stand for a default;
//! nothing longer than an object of the wire is read; depth is bounded by the types that are read.
//! What it does not do: refuse floating point numbers in a [`Value`]; no type of this protocol has one.
//!
//! Source: the dag-cbor specification; `serde_ipld_dagcbor` sorts keys and refuses longer forms, other orders, indefinite
//! lengths and other tags.

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use ipld_core::ipld::Ipld as Value;

/// Longest object on the wire (8.8).
pub const LEN_MAX: usize = 1 << 20;

/// Bytes that are no canonical encoding of the expected value.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// More than [`LEN_MAX`].
    #[error("{0} bytes are more than an object may have")]
    Long(usize),
    /// No such value in these bytes.
    #[error("not the expected dag-cbor: {0}")]
    Shape(String),
    /// Another encoding than the canonical one.
    #[error("not canonical dag-cbor")]
    NotCanonical,
}

/// The encoding of `value`.
///
/// # Panics
/// Never for the types of this protocol: they hold only what dag-cbor has.
#[must_use]
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    serde_ipld_dagcbor::to_vec(value).expect("the value is made of integers, bytes, texts, lists, maps and links")
}

/// The value whose canonical encoding `bytes` is.
///
/// # Errors
/// Too long, of another shape, or not canonical.
pub fn decode<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    if bytes.len() > LEN_MAX {
        return Err(DecodeError::Long(bytes.len()));
    }
    let value = serde_ipld_dagcbor::from_slice(bytes).map_err(|error| DecodeError::Shape(error.to_string()))?;
    if encode(&value) == bytes { Ok(value) } else { Err(DecodeError::NotCanonical) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn refused(hex: &str) -> bool {
        decode::<Value>(&const_hex::decode(hex).unwrap()).is_err()
    }

    #[test]
    fn rule_8_3_only_the_canonical_form_is_read() {
        let cases = [
            ("1800", "an integer in a longer form"),
            ("580101", "a length in a longer form"),
            ("a2626262016161 02", "keys not by length"),
            ("a2616201616102", "keys not by bytes"),
            ("a2616101616102", "a key twice"),
            ("9f01ff", "an indefinite length"),
            ("f7", "undefined"),
            ("c100", "another tag than 42"),
            ("0101", "bytes after the value"),
            ("61ff", "text that is not UTF-8"),
            ("9b00ffffffffffffff", "a list longer than the input"),
            ("", "nothing"),
        ];
        for (hex, what) in cases {
            assert!(refused(&hex.replace(' ', "")), "{what}");
        }
        assert!(!refused("a361610162626202 6363636303".replace(' ', "").as_str()));
    }

    #[test]
    fn rule_8_3_depth_and_length_are_bounded() {
        assert!(refused(&("81".repeat(50_000) + "00")));
        assert!(matches!(decode::<Value>(&vec![0; LEN_MAX + 1]), Err(DecodeError::Long(_))));
    }
}
