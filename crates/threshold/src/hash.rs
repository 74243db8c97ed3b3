//! Tagged hashes as in BIP 340: no two uses of a hash in this crate can be taken for each other.

use sha2::{Digest, Sha256};

/// SHA-256(SHA-256(tag) ‖ SHA-256(tag) ‖ parts). The parts must be of fixed length, or carry their lengths.
pub(crate) fn tagged(tag: &str, parts: &[&[u8]]) -> [u8; 32] {
    let tag = Sha256::digest(tag.as_bytes());
    let mut hash = Sha256::new_with_prefix(tag);
    hash.update(tag);
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

/// Plain SHA-256 of one body; always goes into a tagged hash afterwards.
pub(crate) fn body(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
