//! The public arithmetic that finds culprits: polynomials in the exponent. Secrets pass through only as `secret · G`.

use frost_secp256k1_tr::{Ciphersuite, Secp256K1Sha256TR};
use k256::elliptic_curve::PrimeField;
use k256::elliptic_curve::group::GroupEncoding;
use k256::{CompressedPoint, ProjectivePoint, Scalar};

use crate::party::Party;

/// Whether bytes are compressed points as far as their tags say. The library reads compact ones as well, which would give a point
/// two encodings.
pub(crate) fn compressed(bytes: &[u8]) -> bool {
    bytes.chunks(33).all(|point| matches!(point[0], 2 | 3))
}

/// A compressed point; none for the identity and for what lies on no curve.
pub(crate) fn point(bytes: &[u8]) -> Option<ProjectivePoint> {
    let bytes: [u8; 33] = bytes.try_into().ok()?;
    if !compressed(&bytes) {
        return None;
    }
    Option::from(ProjectivePoint::from_bytes(&CompressedPoint::from(bytes)))
}

/// A list of compressed points.
pub(crate) fn points(bytes: &[u8]) -> Option<Vec<ProjectivePoint>> {
    bytes.chunks(33).map(point).collect()
}

/// The compressed form, 33 bytes; of the identity, zeros, which no reader takes.
pub(crate) fn compress(point: &ProjectivePoint) -> [u8; 33] {
    point.to_bytes().into()
}

fn scalar(bytes: &[u8]) -> Option<Scalar> {
    let bytes: [u8; 32] = bytes.try_into().ok()?;
    Option::from(Scalar::from_repr(bytes.into()))
}

/// `secret · G`; none if the bytes are no scalar.
pub(crate) fn public(secret: &[u8]) -> Option<ProjectivePoint> {
    scalar(secret).map(|secret| ProjectivePoint::GENERATOR * secret)
}

fn at(party: Party) -> Scalar {
    Scalar::from(u64::from(party.number()))
}

/// Σ coefficients[k] · x^k at a party's x.
pub(crate) fn evaluate(coefficients: &[ProjectivePoint], x: Party) -> ProjectivePoint {
    let x = at(x);
    coefficients.iter().rev().fold(ProjectivePoint::IDENTITY, |sum, coefficient| sum * x + coefficient)
}

/// The weight of `one` among `all` when interpolating at `target` (none: at zero, where the secret lies).
pub(crate) fn weight(all: &[Party], one: Party, target: Option<Party>) -> Scalar {
    let target = target.map_or(Scalar::ZERO, at);
    let (mut above, mut below) = (Scalar::ONE, Scalar::ONE);
    for other in all.iter().filter(|other| **other != one) {
        above *= target - at(*other);
        below *= at(one) - at(*other);
    }
    above * Option::<Scalar>::from(below.invert()).expect("parties differ, so no difference is zero")
}

/// The value at `target` of the polynomial through the given points.
pub(crate) fn interpolate(given: &[(Party, ProjectivePoint)], target: Option<Party>) -> ProjectivePoint {
    let all: Vec<_> = given.iter().map(|(party, _)| *party).collect();
    given.iter().map(|(party, value)| *value * weight(&all, *party, target)).sum()
}

/// The proof of knowledge of a key generation: R ‖ μ with R = μ·G − c·φ₀ and R's y even.
pub(crate) fn proves(party: Party, constant: &ProjectivePoint, proof: &[u8]) -> bool {
    let Some((nonce, response)) = proof.split_at_checked(32) else { return false };
    let encoded = [&[2], nonce].concat();
    let (Some(nonce), Some(response)) = (point(&encoded), scalar(response)) else { return false };
    let preimage = [&party.identifier().serialize()[..], &compress(constant), &encoded].concat();
    let Some(challenge) = Secp256K1Sha256TR::HDKG(&preimage) else { return false };
    nonce == ProjectivePoint::GENERATOR * response - *constant * challenge
}
