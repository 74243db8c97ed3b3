//! The second opinion: libsecp256k1 on every signature before it is released, because the audit of the FROST crates does not
//! cover the BIP 340 variant.

use std::sync::LazyLock;

use secp256k1::{All, Scalar, Secp256k1, XOnlyPublicKey, schnorr};
use thiserror::Error;

use crate::hash::tagged;

/// Constant tables; no secret passes through that is not the caller's.
pub(crate) static CURVE: LazyLock<Secp256k1<All>> = LazyLock::new(Secp256k1::new);

/// The signature is not valid for the key and the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("libsecp256k1 does not accept the signature")]
pub struct CheckFailed;

/// BIP 340 verification by libsecp256k1.
///
/// # Errors
/// If the key is no x coordinate of a point, or the signature is not valid.
pub fn verify_signature(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> Result<(), CheckFailed> {
    let key = XOnlyPublicKey::from_byte_array(*key).map_err(|_| CheckFailed)?;
    let signature = schnorr::Signature::from_byte_array(*signature);
    CURVE.verify_schnorr(&signature, message, &key).map_err(|_| CheckFailed)
}

/// The BIP 341 output key of an internal key and a script tree (none: an empty one), computed by libsecp256k1.
pub(crate) fn output_key(internal: &[u8; 32], root: Option<&[u8; 32]>) -> Result<[u8; 32], CheckFailed> {
    let tweak = tagged("TapTweak", &[internal, root.map_or(&[][..], |root| &root[..])]);
    let tweak = Scalar::from_be_bytes(tweak).map_err(|_| CheckFailed)?;
    let internal = XOnlyPublicKey::from_byte_array(*internal).map_err(|_| CheckFailed)?;
    let (output, _) = internal.add_tweak(&CURVE, &tweak).map_err(|_| CheckFailed)?;
    Ok(output.serialize())
}
