//! RSA public keys as the ledgers give them: a modulus, and nearly always the exponent 65537.

use openssl::bn::BigNum;
use openssl::pkey::{PKey, Public};
use openssl::rsa::Rsa;

/// Smallest and largest modulus accepted, in bits. Real keys have 4096 (accounts) and 2048 (passkeys).
const MODULUS_BITS: std::ops::RangeInclusive<i32> = 512..=8192;

/// A modulus or exponent no signature will be checked against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The modulus has fewer than 512 or more than 8192 bits, or is even.
    #[error("RSA modulus out of range")]
    Modulus,
    /// The exponent is not an odd number of 3 to 2^31 - 1.
    #[error("RSA exponent out of range")]
    Exponent,
    /// The key could not be built.
    #[error("RSA key not accepted by the library")]
    Library,
}

/// A checked key and the length of its signatures in bytes.
#[derive(Debug, Clone)]
pub(crate) struct RsaKey {
    pub(crate) key: PKey<Public>,
    pub(crate) signature_len: usize,
}

impl RsaKey {
    /// `modulus` big endian; leading zeros are ignored.
    pub(crate) fn new(modulus: &[u8], exponent: u32) -> Result<Self, KeyError> {
        if exponent < 3 || exponent > i32::MAX.unsigned_abs() || exponent.is_multiple_of(2) {
            return Err(KeyError::Exponent);
        }
        // Bounded before any arithmetic: the bytes are foreign.
        let start = modulus.iter().position(|byte| *byte != 0).unwrap_or(modulus.len());
        let modulus = &modulus[start..];
        if modulus.len() > 1024 {
            return Err(KeyError::Modulus);
        }
        let n = BigNum::from_slice(modulus).map_err(|_| KeyError::Library)?;
        if !MODULUS_BITS.contains(&n.num_bits()) || !n.is_odd() {
            return Err(KeyError::Modulus);
        }
        let e = BigNum::from_u32(exponent).map_err(|_| KeyError::Library)?;
        let rsa = Rsa::from_public_components(n, e).map_err(|_| KeyError::Library)?;
        let key = PKey::from_rsa(rsa).map_err(|_| KeyError::Library)?;
        Ok(Self { key, signature_len: modulus.len() })
    }
}
