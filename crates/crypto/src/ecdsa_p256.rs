//! ECDSA on P-256 with SHA-256, the ES256 of passkeys. Signatures are in DER.

use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::ecdsa::EcdsaSig;
use openssl::nid::Nid;

use crate::sha256;

/// Whether the DER signature `sig` signs `message` under the key with the affine coordinates `x` and `y`.
/// A point that is not on the curve verifies nothing.
#[must_use]
pub fn verify_p256_sha256(x: &[u8; 32], y: &[u8; 32], message: &[u8], sig: &[u8]) -> bool {
    let outcome = (|| {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
        let (x, y) = (BigNum::from_slice(x)?, BigNum::from_slice(y)?);
        let key = EcKey::from_public_key_affine_coordinates(&group, &x, &y)?;
        key.check_key()?;
        EcdsaSig::from_der(sig)?.verify(&sha256(message), &key)
    })();
    let outcome: Result<bool, openssl::error::ErrorStack> = outcome;
    outcome.unwrap_or(false)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use openssl::bn::BigNumContext;

    #[test]
    fn accepts_its_own_and_refuses_altered() {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let key = EcKey::generate(&group).unwrap();
        let (mut x, mut y) = (BigNum::new().unwrap(), BigNum::new().unwrap());
        let mut context = BigNumContext::new().unwrap();
        key.public_key().affine_coordinates(&group, &mut x, &mut y, &mut context).unwrap();
        let x: [u8; 32] = x.to_vec_padded(32).unwrap().try_into().unwrap();
        let y: [u8; 32] = y.to_vec_padded(32).unwrap().try_into().unwrap();
        let sig = EcdsaSig::sign(&sha256(b"text"), &key).unwrap().to_der().unwrap();
        assert!(verify_p256_sha256(&x, &y, b"text", &sig));
        assert!(!verify_p256_sha256(&x, &y, b"test", &sig));
        assert!(!verify_p256_sha256(&x, &x, b"text", &sig), "not on the curve");
        assert!(!verify_p256_sha256(&x, &y, b"text", &sig[..8]));
    }
}
