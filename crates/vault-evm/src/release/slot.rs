//! Transactions under one nonce, and the key that signs them.

use super::fees::Fees;
use alloy::consensus::{SignableTransaction, TxEip1559, TxEnvelope};
use alloy::eips::eip2718::Encodable2718;
use alloy::primitives::{Address, Signature};
use everpay::EverHash;
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::fmt;

/// Transactions that one nonce may have.
pub const ATTEMPTS_MAX: usize = 32;

/// Why a key did not sign.
pub type SignFault = Box<dyn Error + Send + Sync>;

/// The key that pays for submissions; it needs coins, and no right of the vault's.
pub trait TxSigner: fmt::Debug + Send + Sync {
    /// Its account.
    fn address(&self) -> [u8; 20];

    /// r ‖ s ‖ v over Keccak-256 of an unsigned transaction: its type byte and RLP list.
    ///
    /// # Errors
    /// The key's own reason: a locked keystore, for example.
    fn sign(&self, unsigned: &[u8]) -> Result<[u8; 65], SignFault>;
}

/// A nonce and all that was signed under it, the newest last: at most one of them is ever mined. The caller stores it
/// before the newest is sent, so that a restart goes on with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// The burn that is paid.
    pub ever_hash: EverHash,
    /// The account's nonce.
    pub nonce: u64,
    /// Everything signed, oldest first; never empty.
    pub attempts: Vec<Attempt>,
}

/// One signed transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Its hash.
    pub hash: [u8; 32],
    /// Its bytes, as nodes take them.
    pub raw: Vec<u8>,
    /// What it offers.
    pub fees: Fees,
    /// Most gas that it may use.
    pub gas: u64,
    /// Whether it does nothing but use up the nonce.
    pub cancels: bool,
}

impl Slot {
    /// What was signed last.
    #[must_use]
    pub fn newest(&self) -> Option<&Attempt> {
        self.attempts.last()
    }
}

/// A signer that gave something else than its signature.
#[derive(Debug, thiserror::Error)]
pub enum SigningError {
    /// The key did not sign.
    #[error("the key does not sign: {0}")]
    Refused(#[source] SignFault),
    /// Not a signature by the account over what was asked.
    #[error("the signature is not the account's")]
    Wrong,
}

/// Signs, and checks that it is the account's signature in the one form that chains take.
pub(super) fn sign(tx: TxEip1559, cancels: bool, signer: &dyn TxSigner) -> Result<Attempt, SigningError> {
    let bytes = signer.sign(&tx.encoded_for_signing()).map_err(SigningError::Refused)?;
    let signature = Signature::from_raw_array(&bytes).map_err(|_| SigningError::Wrong)?;
    let by = signature.recover_address_from_prehash(&tx.signature_hash()).map_err(|_| SigningError::Wrong)?;
    if by != Address::from(signer.address()) || signature.normalize_s().is_some() {
        return Err(SigningError::Wrong);
    }
    let fees = Fees { max: tx.max_fee_per_gas, tip: tx.max_priority_fee_per_gas };
    let gas = tx.gas_limit;
    let signed = TxEnvelope::from(tx.into_signed(signature));
    Ok(Attempt { hash: signed.tx_hash().0, raw: signed.encoded_2718(), fees, gas, cancels })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use alloy::consensus::Transaction;
    use alloy::consensus::transaction::SignerRecoverable;
    use alloy::eips::eip2718::Decodable2718;
    use alloy::primitives::{TxKind, U256};
    use crypto::secp::EvmKey;

    #[derive(Debug)]
    enum Hand {
        Honest,
        Other,
        Twin,
        Broken,
        Locked,
    }

    fn key(byte: u8) -> EvmKey {
        EvmKey::from_bytes(&[byte; 32]).unwrap()
    }

    impl TxSigner for Hand {
        fn address(&self) -> [u8; 20] {
            key(1).address()
        }

        fn sign(&self, unsigned: &[u8]) -> Result<[u8; 65], SignFault> {
            let digest = crypto::keccak256(unsigned);
            let mut bytes = key(1).sign_digest(&digest);
            match self {
                Self::Honest => {}
                Self::Other => bytes = key(2).sign_digest(&digest),
                Self::Twin => {
                    let order = "0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
                    let s = order.parse::<U256>().unwrap() - U256::from_be_slice(&bytes[32..64]);
                    bytes[32..64].copy_from_slice(&s.to_be_bytes::<32>());
                    bytes[64] = 55 - bytes[64];
                }
                Self::Broken => bytes = [0; 65],
                Self::Locked => return Err("locked".into()),
            }
            Ok(bytes)
        }
    }

    fn tx() -> TxEip1559 {
        TxEip1559 {
            chain_id: 1,
            nonce: 7,
            gas_limit: 21_000,
            max_fee_per_gas: 9,
            max_priority_fee_per_gas: 2,
            to: TxKind::Call(Address::repeat_byte(3)),
            ..TxEip1559::default()
        }
    }

    #[test]
    fn what_is_signed_is_what_was_built_and_by_the_account() {
        let attempt = sign(tx(), false, &Hand::Honest).unwrap();
        let read = TxEnvelope::decode_2718(&mut attempt.raw.as_slice()).unwrap();
        assert_eq!((read.tx_hash().0, read.nonce(), read.to()), (attempt.hash, 7, Some(Address::repeat_byte(3))));
        assert_eq!(read.recover_signer().unwrap(), Address::from(key(1).address()));
        assert_eq!((attempt.fees, attempt.gas), (Fees { max: 9, tip: 2 }, 21_000));
    }

    #[test]
    fn a_foreign_malleable_or_broken_signature_is_not_taken() {
        for hand in [Hand::Other, Hand::Twin, Hand::Broken] {
            assert!(matches!(sign(tx(), false, &hand), Err(SigningError::Wrong)), "{hand:?}");
        }
        let locked = sign(tx(), false, &Hand::Locked).unwrap_err();
        assert_eq!(locked.to_string(), "the key does not sign: locked");
    }
}
