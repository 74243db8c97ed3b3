//! Randomness of the operating system, the only source of keys, salts and nonces.

use rand::TryRngCore as _;
use rand::rngs::OsRng;

/// The operating system gave no randomness.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no randomness: {0}")]
pub struct NoRandomness(#[source] rand::rand_core::OsError);

/// Fills `bytes`.
pub(crate) fn fill(bytes: &mut [u8]) -> Result<(), NoRandomness> {
    OsRng.try_fill_bytes(bytes).map_err(NoRandomness)
}

/// A public random value, such as a salt. Secrets are filled in place.
pub(crate) fn array<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    fill(&mut bytes)?;
    Ok(bytes)
}
