//! SHA3-256, SHAKE256, domain prefixes and leading zero bits (2.1, 2.2, 2.4).
//!
//! What always holds: every hash that is not a plain content hash starts with a [`dom`] prefix, so that no input of one
//! purpose is an input of another.
//!
//! Source: FIPS 202.

use sha3::digest::{ExtendableOutput, Update, XofReader};
use sha3::{Digest, Sha3_256, Shake256};

/// A SHA3-256 value.
pub type Hash = [u8; 32];

/// A domain prefix.
pub type Domain = [u8; 16];

/// The ASCII string padded with zero bytes to 16 (2.2).
///
/// # Panics
/// A longer string; meant for constants, where that is an error of compilation.
#[must_use]
pub const fn dom(name: &str) -> Domain {
    let bytes = name.as_bytes();
    assert!(bytes.len() <= 16, "a domain name has at most 16 bytes");
    let mut padded = [0; 16];
    let mut at = 0;
    while at < bytes.len() {
        padded[at] = bytes[at];
        at += 1;
    }
    padded
}

/// `H` of the parts one after the other.
#[must_use]
pub fn sha3(parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha3_256::new();
    for part in parts {
        Digest::update(&mut hasher, part);
    }
    hasher.finalize().into()
}

/// Fills `out` with `XOF` of the parts one after the other.
pub fn shake(parts: &[&[u8]], out: &mut [u8]) {
    let mut hasher = Shake256::default();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize_xof().read(out);
}

/// Leading zero bits, most significant bit of byte 0 first (2.4): 0 to 256.
#[must_use]
pub fn zeros(hash: &Hash) -> u32 {
    let mut bits = 0;
    for byte in hash {
        bits += byte.leading_zeros();
        if *byte != 0 {
            break;
        }
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_2_1_hashes_are_those_of_fips_202() {
        let empty = "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a";
        assert_eq!(const_hex::encode(sha3(&[])), empty);
        assert_eq!(sha3(&[b"ab", b"", b"c"]), sha3(&[b"abc"]));
        let mut out = [0; 8];
        shake(&[b""], &mut out);
        assert_eq!(const_hex::encode(out), "46b9dd2b0ba88d13");
    }

    #[test]
    fn rule_2_2_domain_names_are_padded_with_zeros() {
        assert_eq!(&dom("EVEN/rec/1"), b"EVEN/rec/1\0\0\0\0\0\0");
    }

    #[test]
    fn rule_2_4_zero_bits_are_counted_from_the_most_significant_one() {
        let mut hash = [0; 32];
        assert_eq!(zeros(&hash), 256);
        hash[1] = 0b0001_0000;
        assert_eq!(zeros(&hash), 11);
        hash[0] = 0x80;
        assert_eq!(zeros(&hash), 0);
    }
}
