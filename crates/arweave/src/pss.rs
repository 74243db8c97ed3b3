//! RSA-PSS as Arweave uses it: SHA-256, exponent 65537, owners of 2048 to 8192 bits, any salt length.

use crypto::pss::PublicKey;

/// Smallest owner accepted, in bytes of modulus (2048 bits).
pub(crate) const OWNER_LEN_MIN: usize = 256;
/// Largest owner accepted, in bytes of modulus (8192 bits).
pub(crate) const OWNER_LEN_MAX: usize = 1024;

/// Whether the length of an owner is one this crate judges.
pub(crate) fn owner_len_ok(owner: &[u8]) -> bool {
    (OWNER_LEN_MIN..=OWNER_LEN_MAX).contains(&owner.len())
}

/// Whether `signature` is the owner's over `message` (any length; PSS hashes it with SHA-256).
pub(crate) fn verify(owner: &[u8], message: &[u8], signature: &[u8]) -> bool {
    owner_len_ok(owner) && PublicKey::from_modulus(owner).is_ok_and(|key| key.verify_message(message, signature))
}
