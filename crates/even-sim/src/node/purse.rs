//! The coins of a node's wallet. Every address is used once: a coin is spent whole, and the rest goes to a fresh address.

use crate::craft::Craft;
use crate::post::{Coin, Post};
use even::ids::Address;
use even::units::Amount;
use std::collections::{BTreeMap, VecDeque};

/// What can be spent, and the addresses at which something may arrive.
#[derive(Debug, Default)]
pub(super) struct Purse {
    next: u64,
    own: BTreeMap<Address, u64>,
    coins: VecDeque<Coin>,
}

impl Purse {
    /// An address that nobody has seen.
    pub(super) fn fresh(&mut self, craft: &Craft) -> (u64, Address) {
        let index = self.next;
        self.next += 1;
        let address = craft.address(index);
        self.own.insert(address, index);
        (index, address)
    }

    /// Takes note of what the checkpoint gives to an own address.
    pub(super) fn fund(&mut self, address: &Address, amount: Amount) {
        if let Some(index) = self.own.get(address) {
            self.coins.push_back(Coin { index: *index, amount });
        }
    }

    /// Takes note of a final message.
    pub(super) fn settle(&mut self, post: &Post) {
        for output in post.effect.outputs.iter().filter(|output| output.stake.is_none()) {
            self.fund(&output.to, output.amount);
        }
        for address in post.effect.spends() {
            self.own.remove(address);
        }
    }

    /// A coin that holds at least `amount`: never offered again.
    pub(super) fn take(&mut self, amount: Amount) -> Option<Coin> {
        let at = self.coins.iter().position(|coin| coin.amount >= amount)?;
        self.coins.remove(at)
    }

    /// How many coins can be spent.
    #[must_use]
    pub(super) fn coins(&self) -> usize {
        self.coins.len()
    }

    /// All that can be spent.
    #[must_use]
    pub(super) fn balance(&self) -> u64 {
        self.coins.iter().map(|coin| coin.amount.units()).sum()
    }
}
