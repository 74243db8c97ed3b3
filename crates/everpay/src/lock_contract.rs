//! The lock contract's hashes and signatures (section 12), as everPay's deployed contracts compute them.

use crypto::secp::Recoverer;

use crate::amount::Amount;
use crate::hash::EverHash;

/// A proposal to the lock contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Chain the contract was deployed on.
    pub chain_id: Amount,
    /// The contract.
    pub contract: [u8; 20],
    /// Number of the proposal: the Arweave id of the batch, read as a big-endian integer.
    pub proposal_id: Amount,
    /// The burn.
    pub ever_hash: EverHash,
    /// Who is called.
    pub to: [u8; 20],
    /// Coins sent, base units.
    pub value: Amount,
    /// Call data.
    pub data: Vec<u8>,
}

/// Why the contract reverts on a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureRevert {
    /// Not 65 bytes.
    #[error("invalid_sig_len")]
    Length,
    /// v is neither 27 nor 28.
    #[error("invalid_sig_v")]
    V,
}

impl Proposal {
    /// The id that owners sign: Keccak-256 over the packed fields.
    #[must_use]
    pub fn tx_hash(&self) -> [u8; 32] {
        crypto::keccak256_parts(&[
            &self.chain_id.to_be_bytes(),
            &self.contract,
            &self.proposal_id.to_be_bytes(),
            self.ever_hash.as_bytes(),
            &self.to,
            &self.value.to_be_bytes(),
            &self.data,
        ])
    }
}

/// The address the contract recovers from a signature of an id; the zero address when nobody can have signed.
///
/// # Errors
/// Where the contract reverts.
pub fn ec_address(recoverer: &Recoverer, tx_hash: &[u8; 32], sig: &[u8]) -> Result<[u8; 20], SignatureRevert> {
    let sig: &[u8; 65] = sig.try_into().map_err(|_| SignatureRevert::Length)?;
    if !matches!(sig[64], 27 | 28) {
        return Err(SignatureRevert::V);
    }
    Ok(recoverer.recover(&crypto::eip191_hash(tx_hash), sig).unwrap_or_default())
}

/// The proposal number of a batch.
#[must_use]
pub fn proposal_id(batch_id: [u8; 32]) -> Amount {
    Amount::from_be_bytes(batch_id)
}
