//! RSA-PSS verification as Arweave accounts use it: SHA-256, MGF1 with SHA-256, any salt length.
//!
//! Signers in use write salts of 0, 32 and 478 bytes (the largest for 4096 bits); a verifier with one fixed length
//! would refuse valid ledger entries. The exponent is always 65537. Signing lives with the wallet, not here.

use openssl::hash::MessageDigest;
use openssl::rsa::Padding;
use openssl::sign::{RsaPssSaltlen, Verifier};

use crate::rsa_key::{KeyError, RsaKey};

/// The exponent of every Arweave key.
const EXPONENT: u32 = 65_537;

/// A public key with the exponent 65537.
#[derive(Debug, Clone)]
pub struct PublicKey(RsaKey);

impl PublicKey {
    /// A key from its modulus, big endian.
    ///
    /// # Errors
    /// A modulus outside 512 to 8192 bits, or even.
    pub fn from_modulus(modulus: &[u8]) -> Result<Self, KeyError> {
        RsaKey::new(modulus, EXPONENT).map(Self)
    }

    /// Whether `sig` signs `digest`. The digest is the message of the PSS scheme, so it is hashed once more inside.
    #[must_use]
    pub fn verify(&self, digest: &[u8; 32], sig: &[u8]) -> bool {
        self.verify_message(digest, sig)
    }

    /// Whether `sig` signs the bytes of `message`, which are hashed with SHA-256 inside.
    #[must_use]
    pub fn verify_message(&self, message: &[u8], sig: &[u8]) -> bool {
        // When verifying, the "maximum" constant of the library (-2) means: take the length from the signature.
        self.verify_with(message, sig, RsaPssSaltlen::MAXIMUM_LENGTH)
    }

    /// Like [`PublicKey::verify`], for one salt length in bytes only.
    #[must_use]
    pub fn verify_with_salt(&self, digest: &[u8; 32], sig: &[u8], salt_len: u16) -> bool {
        self.verify_with(digest, sig, RsaPssSaltlen::custom(i32::from(salt_len)))
    }

    fn verify_with(&self, message: &[u8], sig: &[u8], salt: RsaPssSaltlen) -> bool {
        // A shorter signature would be read as a number with leading zeros; the reference refuses it.
        if sig.len() != self.0.signature_len {
            return false;
        }
        let outcome = (|| {
            let mut verifier = Verifier::new(MessageDigest::sha256(), &self.0.key)?;
            verifier.set_rsa_padding(Padding::PKCS1_PSS)?;
            verifier.set_rsa_pss_saltlen(salt)?;
            verifier.set_rsa_mgf1_md(MessageDigest::sha256())?;
            verifier.verify_oneshot(sig, message)
        })();
        // The library reports a malformed signature as an error; for the caller both mean "does not sign".
        outcome.unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use openssl::pkey::PKey;
    use openssl::rsa::Rsa;
    use openssl::sign::Signer;

    fn sign(key: &Rsa<openssl::pkey::Private>, digest: &[u8; 32], salt: i32) -> Vec<u8> {
        let key = PKey::from_rsa(key.clone()).unwrap();
        let mut signer = Signer::new(MessageDigest::sha256(), &key).unwrap();
        signer.set_rsa_padding(Padding::PKCS1_PSS).unwrap();
        signer.set_rsa_pss_saltlen(RsaPssSaltlen::custom(salt)).unwrap();
        signer.set_rsa_mgf1_md(MessageDigest::sha256()).unwrap();
        signer.sign_oneshot_to_vec(digest).unwrap()
    }

    #[test]
    fn every_salt_length_and_no_altered_signature() {
        let private = Rsa::generate(1024).unwrap();
        let key = PublicKey::from_modulus(&private.n().to_vec()).unwrap();
        let digest = [7; 32];
        for salt in [0, 1, 32, 64, 94] {
            let sig = sign(&private, &digest, salt);
            assert!(key.verify(&digest, &sig), "salt {salt}");
            assert!(key.verify_with_salt(&digest, &sig, u16::try_from(salt).unwrap()));
            assert!(!key.verify_with_salt(&digest, &sig, 33));
            assert!(!key.verify(&[8; 32], &sig), "another digest");
            let mut bad = sig.clone();
            bad[60] ^= 1;
            assert!(!key.verify(&digest, &bad), "flipped bit");
            assert!(!key.verify(&digest, &sig[1..]), "short");
            assert!(!key.verify(&digest, &[&[0], &sig[..]].concat()), "leading zero");
        }
        assert!(!key.verify(&digest, &[]));
        assert!(!key.verify(&digest, &[0xff; 128]), "not below the modulus");
    }

    #[test]
    fn modulus_bounds() {
        assert_eq!(PublicKey::from_modulus(&[]).unwrap_err(), KeyError::Modulus);
        assert_eq!(PublicKey::from_modulus(&[0xff; 32]).unwrap_err(), KeyError::Modulus);
        assert_eq!(PublicKey::from_modulus(&[0xff; 1025]).unwrap_err(), KeyError::Modulus);
        assert_eq!(PublicKey::from_modulus(&[0xfe; 512]).unwrap_err(), KeyError::Modulus, "even");
        assert!(PublicKey::from_modulus(&[0xff; 512]).is_ok());
        assert!(!PublicKey::from_modulus(&[0xff; 512]).unwrap().verify(&[0; 32], &[1; 512]));
    }
}
