//! Signing of transactions by EVM keys, for wallets and the devnet. Arweave wallets sign [`Transaction::ar_hash`]
//! themselves.

use crypto::secp::EvmKey;

use crate::transaction::Transaction;

/// Signs `tx` as it stands; every other field must be final. `from` is not changed.
pub fn sign_evm(tx: &mut Transaction, key: &EvmKey) {
    tx.sig = crypto::hexs::encode0x(&key.sign_digest(tx.ever_hash().as_bytes()));
}

/// The `sig` field of an Arweave account: its RSA-PSS signature over [`Transaction::ar_hash`] and its modulus.
#[must_use]
pub fn arweave_sig(signature: &[u8], modulus: &[u8]) -> String {
    format!("{},{}", crypto::b64::encode(signature), crypto::b64::encode(modulus))
}
