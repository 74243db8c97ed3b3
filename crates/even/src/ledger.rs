//! Balances under final messages, and what is checked before a message is stamped (7).
//!
//! What always holds: no unit appears or disappears under any sequence of messages, in any order; an address is spent from
//! once; a bundle takes effect once; what is refused changed nothing. Since balances only grow until their single spend, the
//! order in which final messages are applied does not matter (7.6).
//! What it does not do: decide between rivals (`voting` does), or know which messages exist: the caller says so.
//! Source: 7 and 4.8 of the reference.

mod check;
mod effect;
mod ticket;

pub use check::{Context, Pending, Rule};
pub use effect::{Effect, Payment};
pub use ticket::{Offer, PaidOffer};

use crate::ids::{Address, BundleHash, NodeId};
use crate::units::Amount;
use std::collections::{BTreeMap, BTreeSet};

/// The state under all final messages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ledger {
    balances: BTreeMap<Address, Amount>,
    /// Spent from by a final message (7.2).
    closed: BTreeSet<Address>,
    /// What lies on closed addresses: nobody can spend it.
    stranded: BTreeMap<Address, Amount>,
    applied: BTreeSet<BundleHash>,
    /// Staked outputs that are not spent, by the address that holds them (4.8).
    stakes: BTreeMap<Address, Vec<(NodeId, Amount)>>,
}

/// What a final message did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// It took effect.
    Effect,
    /// Its bundle had taken effect before: a reattachment (L02).
    Again,
}

/// A final message that cannot be applied: two rivals are final, or the state is not that of its network. The reader must
/// stop finalising and raise an alarm (9.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// A final message spends what another one spent.
    #[error("{0} is spent by two final messages")]
    SpentTwice(Address),
    /// A final message spends more than was there.
    #[error("{0} holds less than a final message spends")]
    Uncovered(Address),
    /// More units than there are.
    #[error("more units on {0} than there are")]
    TooMuch(Address),
}

impl Ledger {
    /// The state after genesis, whose effect has outputs alone.
    ///
    /// # Errors
    /// [`Broken`] when it is none.
    pub fn genesis(effect: &Effect) -> Result<Self, Broken> {
        let mut ledger = Self::default();
        ledger.apply(effect)?;
        Ok(ledger)
    }

    /// Applies a final message.
    ///
    /// # Errors
    /// [`Broken`]; nothing was changed then.
    pub fn apply(&mut self, effect: &Effect) -> Result<Applied, Broken> {
        if self.applied.contains(&effect.bundle) {
            return Ok(Applied::Again);
        }
        self.applicable(effect)?;
        self.applied.insert(effect.bundle);
        for (address, amount) in &effect.inputs {
            self.spend(*address, *amount);
        }
        for payment in &effect.outputs {
            self.receive(payment);
        }
        Ok(Applied::Effect)
    }

    fn applicable(&self, effect: &Effect) -> Result<(), Broken> {
        for (address, amount) in &effect.inputs {
            if self.closed.contains(address) {
                return Err(Broken::SpentTwice(*address));
            }
            self.balance(address).checked_sub(*amount).ok_or(Broken::Uncovered(*address))?;
        }
        let mut sums: BTreeMap<Address, Amount> = BTreeMap::new();
        for payment in &effect.outputs {
            let held = || if self.closed.contains(&payment.to) { &self.stranded } else { &self.balances };
            let sum = sums.entry(payment.to).or_insert_with(|| held().get(&payment.to).copied().unwrap_or_default());
            *sum = sum.checked_add(payment.amount).ok_or(Broken::TooMuch(payment.to))?;
        }
        Ok(())
    }

    /// Takes the amount and closes the address; what is left on it is stranded.
    fn spend(&mut self, address: Address, amount: Amount) {
        self.stakes.remove(&address);
        self.closed.insert(address);
        let held = self.balances.remove(&address).unwrap_or_default();
        let left = held.checked_sub(amount).unwrap_or_default();
        if left > Amount::ZERO {
            self.stranded.insert(address, left);
        }
    }

    fn receive(&mut self, payment: &Payment) {
        let is_closed = self.closed.contains(&payment.to);
        let place = if is_closed { &mut self.stranded } else { &mut self.balances };
        let held = place.entry(payment.to).or_default();
        // The sum was checked before anything changed.
        *held = held.checked_add(payment.amount).unwrap_or(Amount::SUPPLY);
        if let (false, Some(node)) = (is_closed, payment.stake) {
            self.stakes.entry(payment.to).or_default().push((node, payment.amount));
        }
    }

    /// What can be spent from an address.
    #[must_use]
    pub fn balance(&self, address: &Address) -> Amount {
        self.balances.get(address).copied().unwrap_or_default()
    }

    /// What lies on a closed address.
    #[must_use]
    pub fn stranded(&self, address: &Address) -> Amount {
        self.stranded.get(address).copied().unwrap_or_default()
    }

    /// Whether a final message spent from it.
    #[must_use]
    pub fn is_closed(&self, address: &Address) -> bool {
        self.closed.contains(address)
    }

    /// Whether a final message had this bundle.
    #[must_use]
    pub fn is_applied(&self, bundle: &BundleHash) -> bool {
        self.applied.contains(bundle)
    }

    /// Addresses with something to spend.
    pub fn balances(&self) -> impl Iterator<Item = (&Address, Amount)> {
        self.balances.iter().map(|(address, amount)| (address, *amount))
    }

    /// The stake of every node: what counts from the next epoch on (4.8).
    #[must_use]
    pub fn stakes(&self) -> BTreeMap<NodeId, Amount> {
        let mut stakes: BTreeMap<NodeId, Amount> = BTreeMap::new();
        for (node, amount) in self.stakes.values().flatten() {
            let sum = stakes.entry(*node).or_default();
            *sum = sum.checked_add(*amount).unwrap_or(Amount::SUPPLY);
        }
        stakes
    }

    /// All units, stranded ones too: constant (14 d).
    #[must_use]
    pub fn supply(&self) -> u128 {
        self.balances.values().chain(self.stranded.values()).map(|amount| u128::from(amount.units())).sum()
    }
}
