//! secp256k1: recovery of the signer in bulk (libsecp256k1) and deterministic signing (k256, RFC 6979).
//!
//! Recovery follows the ledger, not the stricter habit of wallets: a high `s` is accepted, and `v` may be 0, 1, 27 or
//! 28. An address is the last 20 bytes of Keccak-256 over the uncompressed key without its first byte.

use std::fmt;

use k256::ecdsa::SigningKey;
use secp256k1::ecdsa::{RecoverableSignature, RecoveryId};
use secp256k1::{Message, PublicKey, Secp256k1, VerifyOnly};

use crate::keccak256;

/// The context of recoveries; build one and share it among threads.
#[derive(Debug)]
pub struct Recoverer {
    context: Secp256k1<VerifyOnly>,
}

impl Default for Recoverer {
    fn default() -> Self {
        Self::new()
    }
}

impl Recoverer {
    /// A context for any number of threads.
    #[must_use]
    pub fn new() -> Self {
        Self { context: Secp256k1::verification_only() }
    }

    /// The address whose key made `sig` = r ‖ s ‖ v over `digest`; `None` when no key can have made it.
    #[must_use]
    pub fn recover(&self, digest: &[u8; 32], sig: &[u8; 65]) -> Option<[u8; 20]> {
        self.recover_key(digest, sig).map(|key| address_of(&key))
    }

    /// The uncompressed key (`04 ‖ x ‖ y`) that made `sig`.
    #[must_use]
    pub fn recover_key(&self, digest: &[u8; 32], sig: &[u8; 65]) -> Option<[u8; 65]> {
        let id = match sig[64] {
            0 | 27 => RecoveryId::Zero,
            1 | 28 => RecoveryId::One,
            _ => return None,
        };
        let sig = RecoverableSignature::from_compact(&sig[..64], id).ok()?;
        let key: PublicKey = self.context.recover_ecdsa(Message::from_digest(*digest), &sig).ok()?;
        Some(key.serialize_uncompressed())
    }
}

/// The address of an uncompressed key `04 ‖ x ‖ y`.
#[must_use]
pub fn address_of(key: &[u8; 65]) -> [u8; 20] {
    let hash = keccak256(&key[1..]);
    hash[12..].try_into().expect("32 - 12 = 20")
}

/// Bytes that are not a private key: zero, or not below the group order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a secp256k1 private key")]
pub struct InvalidKey;

/// A private key of an EVM account. Zeroised on drop by the library; never printed.
#[derive(Clone)]
pub struct EvmKey {
    key: SigningKey,
}

impl fmt::Debug for EvmKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EvmKey({}, secret redacted)", crate::eip55(&self.address()))
    }
}

impl EvmKey {
    /// A key from its 32 bytes, big endian.
    ///
    /// # Errors
    /// Zero, or a number not below the group order.
    pub fn from_bytes(secret: &[u8; 32]) -> Result<Self, InvalidKey> {
        let key = SigningKey::from_bytes(secret.into()).map_err(|_| InvalidKey)?;
        Ok(Self { key })
    }

    /// The account of this key.
    #[must_use]
    pub fn address(&self) -> [u8; 20] {
        address_of(&self.public_key())
    }

    /// The public key, `04 ‖ x ‖ y`.
    #[must_use]
    pub fn public_key(&self) -> [u8; 65] {
        let point = self.key.verifying_key().to_encoded_point(false);
        point.as_bytes().try_into().expect("an uncompressed point has 65 bytes")
    }

    /// r ‖ s ‖ v over a 32-byte digest, v 27 or 28, low s, nonce by RFC 6979.
    #[must_use]
    pub fn sign_digest(&self, digest: &[u8; 32]) -> [u8; 65] {
        let (sig, id) = self.key.sign_prehash_recoverable(digest).expect("a 32-byte digest can always be signed");
        let mut bytes = [0; 65];
        bytes[..64].copy_from_slice(&sig.to_bytes());
        bytes[64] = 27 + id.to_byte();
        bytes
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use k256::ecdsa::{RecoveryId as KId, Signature as KSignature, VerifyingKey};
    use proptest::prelude::*;

    /// The second opinion: recovery by another library, v in the same four forms.
    fn recover_k256(digest: &[u8; 32], sig: &[u8; 65]) -> Option<[u8; 20]> {
        let id = match sig[64] {
            v @ (0 | 1) => v,
            v @ (27 | 28) => v - 27,
            _ => return None,
        };
        let sig = KSignature::from_slice(&sig[..64]).ok()?;
        // k256 insists on a low s: fold a high one and flip the parity, which names the same key.
        let (sig, id) = match sig.normalize_s() {
            Some(low) => (low, id ^ 1),
            None => (sig, id),
        };
        let key = VerifyingKey::recover_from_prehash(digest, &sig, KId::from_byte(id)?).ok()?;
        Some(address_of(key.to_encoded_point(false).as_bytes().try_into().ok()?))
    }

    /// The same r with the other s, which names the same key under the other parity.
    fn negate_s(sig: &[u8; 65]) -> [u8; 65] {
        let parsed = KSignature::from_slice(&sig[..64]).unwrap();
        let (r, s) = parsed.split_scalars();
        let high = KSignature::from_scalars(r.to_bytes(), (-*s.as_ref()).to_bytes()).unwrap();
        let mut out = [0; 65];
        out[..64].copy_from_slice(&high.to_bytes());
        out[64] = sig[64] ^ 1;
        out
    }

    #[test]
    fn known_account() {
        // The first default account of the usual EVM test nodes.
        let secret =
            crate::hexs::decode_array("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80").unwrap();
        let key = EvmKey::from_bytes(&secret).unwrap();
        assert_eq!(crate::eip55(&key.address()), "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
        assert_eq!(format!("{key:?}"), "EvmKey(0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266, secret redacted)");
        assert!(EvmKey::from_bytes(&[0; 32]).is_err());
        assert!(EvmKey::from_bytes(&[0xff; 32]).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn both_libraries_recover_the_signer(secret in any::<[u8; 32]>(), digest in any::<[u8; 32]>()) {
            let Ok(key) = EvmKey::from_bytes(&secret) else { return Ok(()) };
            let recoverer = Recoverer::new();
            let sig = key.sign_digest(&digest);
            let mut short = sig;
            short[64] -= 27;
            for sig in [sig, short] {
                prop_assert_eq!(recoverer.recover(&digest, &sig), Some(key.address()));
                prop_assert_eq!(recover_k256(&digest, &sig), Some(key.address()));
            }
            prop_assert_eq!(recoverer.recover(&digest, &negate_s(&short)), Some(key.address()));
        }

        #[test]
        fn both_libraries_agree_on_any_bytes(digest in any::<[u8; 32]>(), r in any::<[u8; 32]>(), s in any::<[u8; 32]>(), v in prop_oneof![0_u8..4, 25_u8..31, any::<u8>()]) {
            let mut sig = [0; 65];
            sig[..32].copy_from_slice(&r);
            sig[32..64].copy_from_slice(&s);
            sig[64] = v;
            prop_assert_eq!(Recoverer::new().recover(&digest, &sig), recover_k256(&digest, &sig));
        }
    }

    #[test]
    fn edges_of_r_and_s() {
        let recoverer = Recoverer::new();
        let order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
        let order: [u8; 32] = crate::hexs::decode_array(order).unwrap();
        let one = {
            let mut bytes = [0; 32];
            bytes[31] = 1;
            bytes
        };
        for (r, s) in [([0; 32], one), (one, [0; 32]), (order, one), (one, order)] {
            let mut sig = [0; 65];
            sig[..32].copy_from_slice(&r);
            sig[32..64].copy_from_slice(&s);
            assert_eq!(recoverer.recover(&[3; 32], &sig), None);
            assert_eq!(recover_k256(&[3; 32], &sig), None);
        }
    }
}
