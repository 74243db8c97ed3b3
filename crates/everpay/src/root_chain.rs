//! The two rolling hashes a coordinator publishes over its packaged transactions (section 11).

use crate::hash::EverHash;

/// Both chains; each starts from the empty string.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RootChain {
    root_hash: Option<[u8; 32]>,
    ever_root_hash: Option<[u8; 32]>,
}

impl RootChain {
    /// Before the first transaction.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Continues from stored hashes; `None` for a chain that has not begun.
    #[must_use]
    pub fn resume(root_hash: Option<[u8; 32]>, ever_root_hash: Option<[u8; 32]>) -> Self {
        Self { root_hash, ever_root_hash }
    }

    /// Appends one transaction and the Arweave id of its batch.
    pub fn push(&mut self, batch_id: &[u8; 32], ever_hash: &EverHash) {
        let ever = ever_hash.as_bytes();
        self.root_hash = Some(next_root(self.root_hash.as_ref().map_or(&[], |hash| hash), &[batch_id, ever]));
        self.ever_root_hash = Some(next_root(self.ever_root_hash.as_ref().map_or(&[], |hash| hash), &[ever]));
    }

    /// Over batch ids and transaction ids; `None` before the first.
    #[must_use]
    pub fn root_hash(&self) -> Option<&[u8; 32]> {
        self.root_hash.as_ref()
    }

    /// Over transaction ids only; `None` before the first.
    #[must_use]
    pub fn ever_root_hash(&self) -> Option<&[u8; 32]> {
        self.ever_root_hash.as_ref()
    }
}

/// One step of such a chain: Keccak-256 over the hash before and what is new.
#[must_use]
pub fn next_root(before: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    crypto::keccak256(&[before, &parts.concat()].concat())
}

/// `0x` and digits, or empty text before the first transaction: the form of the API.
#[must_use]
pub fn root_text(hash: Option<&[u8; 32]>) -> String {
    hash.map_or(String::new(), |hash| crypto::hexs::encode0x(hash))
}
