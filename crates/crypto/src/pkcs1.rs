//! RSA PKCS#1 v1.5 verification with SHA-256, the RS256 of passkeys.

use openssl::hash::MessageDigest;
use openssl::sign::Verifier;

use crate::rsa_key::{KeyError, RsaKey};

/// Whether `sig` signs `message` under the key of this modulus (big endian) and exponent.
///
/// # Errors
/// A modulus or exponent out of range.
pub fn verify_sha256(modulus: &[u8], exponent: u32, message: &[u8], sig: &[u8]) -> Result<bool, KeyError> {
    let key = RsaKey::new(modulus, exponent)?;
    if sig.len() != key.signature_len {
        return Ok(false);
    }
    let mut verifier = Verifier::new(MessageDigest::sha256(), &key.key).map_err(|_| KeyError::Library)?;
    // The library reports a malformed signature as an error; for the caller both mean "does not sign".
    Ok(verifier.verify_oneshot(sig, message).unwrap_or(false))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use openssl::pkey::PKey;
    use openssl::rsa::Rsa;
    use openssl::sign::Signer;

    #[test]
    fn accepts_its_own_and_refuses_altered() {
        let private = Rsa::generate(1024).unwrap();
        let modulus = private.n().to_vec();
        let key = PKey::from_rsa(private).unwrap();
        let sig = Signer::new(MessageDigest::sha256(), &key).unwrap().sign_oneshot_to_vec(b"text").unwrap();
        assert_eq!(verify_sha256(&modulus, 65_537, b"text", &sig), Ok(true));
        assert_eq!(verify_sha256(&modulus, 65_537, b"test", &sig), Ok(false));
        assert_eq!(verify_sha256(&modulus, 65_537, b"text", &sig[1..]), Ok(false));
        assert_eq!(verify_sha256(&modulus, 4, b"text", &sig), Err(KeyError::Exponent));
    }
}
