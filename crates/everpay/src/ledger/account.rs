//! One account's state: the last nonce and what it holds.

use crate::amount::Amount;
use crate::codec::{DecodeError, Reader, Writer};
use crate::hash::Nonce;

/// Position of a token in this ledger's token table. Stable for a data directory; never part of the state root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenIndex(u32);

impl TokenIndex {
    /// Takes a position that was read from a store.
    #[must_use]
    pub const fn new(position: u32) -> Self {
        Self(position)
    }

    /// The position.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// The state of one account. Balances are sorted by token and never zero.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Account {
    pub(super) nonce: Nonce,
    pub(super) balances: Vec<(TokenIndex, Amount)>,
}

/// Version byte of the stored form.
const VERSION: u8 = 1;

impl Account {
    /// The last nonce used; 0 before the first transaction.
    #[must_use]
    pub fn nonce(&self) -> Nonce {
        self.nonce
    }

    /// What it holds, sorted by token index, without zeros.
    #[must_use]
    pub fn balances(&self) -> &[(TokenIndex, Amount)] {
        &self.balances
    }

    /// What it holds of one token.
    #[must_use]
    pub fn balance(&self, token: TokenIndex) -> Amount {
        self.position(token).map_or(Amount::ZERO, |position| self.balances[position].1)
    }

    /// Whether it is as if it had never been seen; such an account has no leaf in the state tree.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nonce == Nonce::default() && self.balances.is_empty()
    }

    pub(super) fn set_balance(&mut self, token: TokenIndex, amount: Amount) {
        match (self.position(token), amount.is_zero()) {
            (Ok(position), true) => drop(self.balances.remove(position)),
            (Ok(position), false) => self.balances[position].1 = amount,
            (Err(_), true) => {}
            (Err(position), false) => self.balances.insert(position, (token, amount)),
        }
    }

    fn position(&self, token: TokenIndex) -> Result<usize, usize> {
        self.balances.binary_search_by_key(&token, |(token, _)| *token)
    }

    /// The stored form: version 1, nonce (8 bytes), count (4), then per balance the token index (4), the number of
    /// amount bytes (1) and the amount without leading zeros. All big endian.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        self.write(&mut out);
        out.finish()
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// Bytes that [`Account::encode`] cannot have written.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut input = Reader::new(bytes);
        let account = Self::read(&mut input)?;
        input.finish()?;
        Ok(account)
    }

    pub(super) fn write(&self, out: &mut Writer) {
        out.u8(VERSION);
        out.i64(self.nonce.get());
        out.len(self.balances.len());
        for (token, amount) in &self.balances {
            out.u32(token.0);
            out.amount(*amount);
        }
    }

    pub(super) fn read(input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        if input.u8()? != VERSION {
            return Err(DecodeError);
        }
        let nonce = Nonce::new(input.i64()?);
        let mut balances = Vec::new();
        for _ in 0..input.len()? {
            let entry = (TokenIndex(input.u32()?), input.amount()?);
            let sorted = balances.last().is_none_or(|(last, _)| *last < entry.0);
            if !sorted || entry.1.is_zero() {
                return Err(DecodeError);
            }
            balances.push(entry);
        }
        Ok(Self { nonce, balances })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn balances_stay_sorted_and_without_zeros() {
        let mut account = Account::default();
        for (token, amount) in [(3, 5_u64), (1, 7), (3, 0), (2, 0), (1, 9)] {
            account.set_balance(TokenIndex(token), Amount::from(amount));
        }
        assert_eq!(account.balances, [(TokenIndex(1), Amount::from(9_u64))]);
        assert!(!account.is_empty());
        account.set_balance(TokenIndex(1), Amount::ZERO);
        assert!(account.is_empty());
    }

    proptest! {
        #[test]
        fn stored_form_round_trips(nonce in any::<i64>(), entries in prop::collection::btree_map(any::<u32>(), 1_u128.., 0..5)) {
            let balances = entries.into_iter().map(|(token, amount)| (TokenIndex(token), Amount::from(amount))).collect();
            let account = Account { nonce: Nonce::new(nonce), balances };
            let bytes = account.encode();
            prop_assert_eq!(Account::decode(&bytes).unwrap(), account);
            prop_assert!(Account::decode(&bytes[..bytes.len() - 1]).is_err());
        }

        #[test]
        fn any_bytes_are_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            if let Ok(account) = Account::decode(&bytes) {
                prop_assert_eq!(account.encode(), bytes);
            }
        }
    }
}
