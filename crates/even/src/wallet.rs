//! What a wallet must do beside signing, as data and steps (4.7).
//!
//! What always holds: an index permits one signature, and only after its keeper says that its use is on disk; an address
//! that was used is never offered again.
//! What it does not do: look addresses up or store anything.

use crate::ids::Address;
use crate::keys::{OneTimeKey, Seed};
use crate::units::Amount;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Unused addresses in a row that end a search (4.7).
pub const GAP: u32 = 20;

/// The search for the addresses of a seed that were ever used, from index 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scan {
    next: u64,
    unused: u32,
    used: BTreeSet<u64>,
}

impl Scan {
    /// The index to look up next; `None` when the search is over.
    #[must_use]
    pub fn wanted(&self) -> Option<u64> {
        (self.unused < GAP).then_some(self.next)
    }

    /// Tells whether the ledger knows the address of the wanted index, in a final message or a pending one.
    pub fn tell(&mut self, used: bool) {
        if used {
            self.used.insert(self.next);
            self.unused = 0;
        } else {
            self.unused += 1;
        }
        self.next += 1;
    }

    /// The indexes that were found.
    #[must_use]
    pub fn used(&self) -> &BTreeSet<u64> {
        &self.used
    }
}

/// Which indexes of an account have signed or must not be shown again. Its keeper stores it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Book {
    account: u32,
    signed: BTreeSet<u64>,
    seen: BTreeSet<u64>,
}

/// The key of this index has signed before (5.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the one-time key {0} was used before")]
pub struct AlreadyUsed(pub u64);

impl Book {
    /// The empty book of an account.
    #[must_use]
    pub fn new(account: u32) -> Self {
        Self { account, ..Self::default() }
    }

    /// Notes what the ledger shows: addresses that were paid, and those that were spent. Do this before signing whenever a
    /// backup was restored: an older book does not know what signed since.
    pub fn note(&mut self, index: u64, spent: bool) {
        self.seen.insert(index);
        if spent {
            self.signed.insert(index);
        }
    }

    /// The lowest index to be shown for a receipt: after every one that was ever used.
    #[must_use]
    pub fn fresh(&self) -> u64 {
        let after = |used: &BTreeSet<u64>| used.last().map_or(0, |last| last.saturating_add(1));
        after(&self.signed).max(after(&self.seen))
    }

    /// Notes that an index signs. The book must be on disk before [`Claim::stored`].
    ///
    /// # Errors
    /// It has signed before.
    pub fn claim(&mut self, index: u64) -> Result<Claim, AlreadyUsed> {
        if !self.signed.insert(index) {
            return Err(AlreadyUsed(index));
        }
        Ok(Claim(Permit { account: self.account, index }))
    }
}

/// An index that is about to sign.
#[derive(Debug)]
#[must_use = "an index that was claimed is lost unless its permit is used"]
pub struct Claim(Permit);

impl Claim {
    /// The keeper has written the book that holds this claim where a crash does not lose it.
    #[must_use]
    pub fn stored(self) -> Permit {
        self.0
    }
}

/// The permission to sign once with one key.
#[derive(Debug)]
pub struct Permit {
    account: u32,
    index: u64,
}

impl Permit {
    /// The key.
    #[must_use]
    pub fn key(self, seed: &Seed) -> OneTimeKey {
        seed.key(self.account, self.index)
    }
}

/// What the ledger knows of one own address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holding {
    /// The address.
    pub address: Address,
    /// What final messages left on it.
    pub settled: Amount,
    /// What messages that are not final would pay to it.
    pub incoming: Amount,
    /// A final message has spent it: nothing on it can move any more (7.2).
    pub closed: bool,
}

/// What a wallet shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Funds {
    /// Can be spent.
    pub settled: Amount,
    /// Not final yet.
    pub incoming: Amount,
    /// Lost on closed addresses.
    pub stranded: Amount,
}

impl Funds {
    /// The sums over a wallet's addresses; `None` when they exceed the supply, which no valid ledger shows.
    pub fn of(holdings: impl IntoIterator<Item = Holding>) -> Option<Self> {
        let mut funds = Self::default();
        for holding in holdings {
            let settled = if holding.closed { &mut funds.stranded } else { &mut funds.settled };
            *settled = settled.checked_add(holding.settled)?;
            let incoming = if holding.closed { &mut funds.stranded } else { &mut funds.incoming };
            *incoming = incoming.checked_add(holding.incoming)?;
        }
        Some(funds)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use zeroize::Zeroizing;

    #[test]
    fn rule_4_7_a_scan_ends_after_twenty_unused_addresses_in_a_row() {
        let known = [0, 3, 23];
        let mut scan = Scan::default();
        while let Some(index) = scan.wanted() {
            scan.tell(known.contains(&index));
        }
        assert_eq!(scan.used(), &BTreeSet::from(known));
        assert_eq!(scan.next, 44);
    }

    #[test]
    fn rule_4_7_a_used_address_is_not_shown_again() {
        let mut book = Book::new(0);
        assert_eq!(book.fresh(), 0);
        book.note(4, false);
        assert_eq!(book.fresh(), 5);
        let _permit = book.claim(9).unwrap().stored();
        assert_eq!(book.fresh(), 10);
    }

    #[test]
    fn rule_5_7_an_index_signs_once_even_after_its_book_was_stored_and_read_again() {
        let mut book = Book::new(2);
        let seed = Seed::new(Zeroizing::new([1; 32]));
        assert_eq!(book.claim(7).unwrap().stored().key(&seed).address(), seed.address(2, 7));
        let mut again: Book = crate::cbor::decode(&crate::cbor::encode(&book)).unwrap();
        assert_eq!(again.claim(7).unwrap_err(), AlreadyUsed(7));
        again.note(8, true);
        assert_eq!(again.claim(8).unwrap_err(), AlreadyUsed(8));
    }

    #[test]
    fn rule_4_7_funds_are_shown_apart() {
        let amount = |units| Amount::new(units).unwrap();
        let holding = |settled, incoming, closed| Holding {
            address: Address([0; 32]),
            settled: amount(settled),
            incoming: amount(incoming),
            closed,
        };
        let funds = Funds::of([holding(10, 1, false), holding(20, 0, false), holding(5, 2, true)]).unwrap();
        assert_eq!(funds, Funds { settled: amount(30), incoming: amount(1), stranded: amount(7) });
        assert_eq!(Funds::of([holding(crate::units::SUPPLY, 0, false), holding(1, 0, false)]), None);
    }
}
