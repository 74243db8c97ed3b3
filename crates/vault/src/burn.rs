//! What a watchman knows of a burn by its own replay, and the vault that would pay it.

use everpay::{Amount, EverHash, TokenSpec, TokenTag, token};
use serde::{Deserialize, Serialize};

/// A batch on the accepted chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchRef {
    /// Its Arweave id, decoded.
    pub id: [u8; 32],
    /// Height of its Arweave block.
    pub height: u64,
    /// Time of that block, Unix ms.
    pub time_ms: u64,
}

/// A burn that a vault owes. Two values with one everHash are one burn, whatever their batches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Burn {
    /// The burn's transaction.
    pub ever_hash: EverHash,
    /// The first batch on the accepted chain that holds it.
    pub batch: BatchRef,
    /// The token in the ledger.
    pub tag: TokenTag,
    /// The chain that pays.
    pub chain: String,
    /// Id of the token there.
    pub token_id: String,
    /// Who is paid there, as the burn spells it.
    pub to: String,
    /// How much, in the ledger's base units.
    pub amount: Amount,
    /// How much, in the base units of the chain that pays.
    pub target_amount: Amount,
}

/// Why a transaction is no burn that a vault could owe.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BurnError {
    /// The ledger lists no such target.
    #[error("{0} cannot be burnt to {1}")]
    NoTarget(TokenTag, String),
    /// No whole number of units there, or beyond 256 bits.
    #[error("{0} base units are no whole amount on the target chain")]
    NotWhole(Amount),
}

impl Burn {
    /// The burn of `amount` ledger units of a listed token.
    ///
    /// # Errors
    /// When the token cannot be paid out on `chain` in that amount.
    pub fn new(
        ever_hash: EverHash,
        batch: BatchRef,
        token: &TokenSpec,
        chain: &str,
        to: &str,
        amount: Amount,
    ) -> Result<Self, BurnError> {
        let target = token.targets.get(chain).ok_or_else(|| BurnError::NoTarget(token.tag(), chain.to_owned()))?;
        let target_amount =
            token::burn_amount(amount, token.decimals, target.decimals).ok_or(BurnError::NotWhole(amount))?;
        Ok(Self {
            ever_hash,
            batch,
            tag: token.tag(),
            chain: chain.to_owned(),
            token_id: target.token_id.clone(),
            to: to.to_owned(),
            amount,
            target_amount,
        })
    }

    /// Whether both are the same payout. Sibling batches may hold the same burn; nothing else may differ.
    #[must_use]
    pub fn is_same_payout(&self, other: &Self) -> bool {
        let other = Self { batch: self.batch.clone(), ..other.clone() };
        *self == other
    }
}

/// The vault of one chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vault {
    /// The chain as the ledger names it.
    pub chain: String,
    /// What holds the funds there.
    pub lock: Lock,
}

/// What holds funds on a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lock {
    /// A lock contract.
    Evm {
        /// EIP-155 id of the chain.
        chain_id: u64,
        /// The contract.
        contract: [u8; 20],
    },
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use everpay::{Target, eth_token};

    fn batch(id: u8) -> BatchRef {
        BatchRef { id: [id; 32], height: 7, time_ms: 1000 }
    }

    #[test]
    fn a_burn_is_paid_in_the_target_chains_units_or_not_at_all() {
        let mut token = eth_token();
        let six = Target { decimals: 6, ..token.targets["ethereum"].clone() };
        token.targets.insert("bsc".to_owned(), six);
        let hash = EverHash::new([1; 32]);
        let burn = |chain: &str, amount: u64| {
            let amount = Amount::from(amount);
            Burn::new(hash, batch(1), &token, chain, "0x", amount).map(|burn| burn.target_amount)
        };
        assert_eq!(burn("ethereum", 5), Ok(Amount::from(5_u64)));
        assert_eq!(burn("bsc", 3_000_000_000_000), Ok(Amount::from(3_u64)));
        assert_eq!(burn("bsc", 3_000_000_000_001), Err(BurnError::NotWhole(Amount::from(3_000_000_000_001_u64))));
        assert_eq!(burn("moon", 1), Err(BurnError::NoTarget(token.tag(), "moon".to_owned())));
    }

    #[test]
    fn a_burn_in_two_sibling_batches_is_the_same_payout() {
        let hash = EverHash::new([1; 32]);
        let first = Burn::new(hash, batch(1), &eth_token(), "ethereum", "0xa", Amount::from(1_u64)).unwrap();
        let sibling = Burn { batch: batch(2), ..first.clone() };
        let other = Burn { to: "0xb".to_owned(), ..first.clone() };
        assert!(first.is_same_payout(&sibling));
        assert!(!first.is_same_payout(&other));
    }
}
