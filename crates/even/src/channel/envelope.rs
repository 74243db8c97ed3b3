//! Sealing to one reader's public key: RFC 9180 in base mode, one shot (10.1).
//!
//! What always holds: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305; a key of small order is refused; what is
//! opened is what was sealed for this key, under this purpose, with this associated data.
//! What it does not do: say who sealed. Base mode has no sender; what is inside must be signed.
//!
//! Source: RFC 9180, sections 6.1 and 7.1; the arithmetic is the crate `hpke`'s.

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256 as Dhkem;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable, single_shot_open, single_shot_seal_with_rng};
use std::convert::Infallible;
use zeroize::Zeroizing;

type PublicKey = <Dhkem as Kem>::PublicKey;
pub(super) type PrivateKey = <Dhkem as Kem>::PrivateKey;

/// Bytes of a public key, and of the encapsulated one in front of what is sealed.
pub(super) const KEY_LEN: usize = 32;
/// Bytes of the code of authentication at its end.
pub(super) const TAG_LEN: usize = 16;

/// The key pair of a seed (RFC 9180, `DeriveKeyPair`).
pub(super) fn key_pair(seed: &[u8; 32]) -> (PrivateKey, [u8; KEY_LEN]) {
    let (private, public) = Dhkem::derive_keypair(seed);
    (private, public.to_bytes().into())
}

/// Encapsulated key, then what was sealed; `None` for a public key that nobody can have. `fresh`: 32 bytes that are used
/// nowhere else, as the ephemeral key comes from them.
pub(super) fn seal(
    reader: &[u8; KEY_LEN],
    [info, aad, plain]: [&[u8]; 3],
    fresh: Zeroizing<[u8; 32]>,
) -> Option<Vec<u8>> {
    let reader = PublicKey::from_bytes(reader).ok()?;
    let sealed = single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, Dhkem>(
        &OpModeS::Base,
        &reader,
        info,
        plain,
        aad,
        &mut Once(fresh),
    );
    let (key, sealed) = sealed.ok()?;
    Some([&key.to_bytes()[..], &sealed].concat())
}

/// What [`seal`] sealed; `None` for anything else.
pub(super) fn open(secret: &PrivateKey, [info, aad, sealed]: [&[u8]; 3]) -> Option<Zeroizing<Vec<u8>>> {
    let (key, sealed) = sealed.split_at_checked(KEY_LEN)?;
    let key = <Dhkem as Kem>::EncappedKey::from_bytes(key).ok()?;
    let mode = OpModeR::Base;
    let plain = single_shot_open::<ChaCha20Poly1305, HkdfSha256, Dhkem>(&mode, secret, &key, info, sealed, aad);
    plain.ok().map(Zeroizing::new)
}

/// Randomness that was passed in, where the library wants a source of it: it draws the seed of the ephemeral key, once.
struct Once(Zeroizing<[u8; 32]>);

impl TryRng for Once {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        unreachable!("key generation draws bytes")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        unreachable!("key generation draws bytes")
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.copy_from_slice(&self.0[..]);
        Ok(())
    }
}

impl TryCryptoRng for Once {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn hex<const N: usize>(text: &str) -> [u8; N] {
        const_hex::decode_to_array(text).unwrap()
    }

    /// RFC 9180, A.2.1, first encryption: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305, base mode.
    #[test]
    fn rule_10_1_sealing_is_that_of_rfc_9180() {
        let fresh = hex("909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b");
        let reader = hex("4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a");
        let secret: [u8; 32] = hex("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb");
        let secret = PrivateKey::from_bytes(&secret).unwrap();
        let (info, aad): (&[u8], &[u8]) = (b"Ode on a Grecian Urn", b"Count-0");
        let want = concat!(
            "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a",
            "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28",
        );
        let sealed = seal(&reader, [info, aad, b"Beauty is truth, truth beauty"], Zeroizing::new(fresh)).unwrap();
        assert_eq!(const_hex::encode(&sealed), want);
        assert_eq!(open(&secret, [info, aad, &sealed]).unwrap().as_slice(), b"Beauty is truth, truth beauty");
        for (info, aad) in [(&b"Ode"[..], aad), (info, b"Count-1")] {
            assert!(open(&secret, [info, aad, &sealed]).is_none());
        }
    }
}
