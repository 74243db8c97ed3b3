//! What the contract promises, written a second time as plainly as possible: no storage layout, no calls, no gas.

use std::collections::{BTreeMap, BTreeSet};

use alloy::primitives::B256;

use crate::vault::Proposal;

/// An owner by the number of its key.
pub type Key = u8;

/// A decision about the contract itself.
#[derive(Debug, Clone)]
pub enum Decision {
    Add(Key),
    Remove(Key),
    Replace(Key, Key),
    Require(u64),
    Pause(bool),
}

/// What a proposal wants; whether money can move is the world's business, not the contract's.
#[derive(Debug, Clone)]
pub enum Wish {
    Pay,
    Decide(Decision),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Confirmation {
    InTerm(u64),
    Revoked,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    Reverts(&'static str),
    /// For each signature whether it confirms; then whether it was tried, and if so, whether it was carried out.
    Counts(Vec<bool>, Option<bool>),
}

#[derive(Debug, Clone, Default)]
pub struct Model {
    pub owners: BTreeMap<Key, u64>,
    pub required: u64,
    pub paused: bool,
    pub released: BTreeSet<B256>,
    terms: u64,
    executed: BTreeSet<Proposal>,
    required_at_first: BTreeMap<Proposal, u64>,
    confirmed: BTreeMap<(Proposal, Key), Confirmation>,
}

impl Model {
    pub fn new(required: u64, owners: u8) -> Self {
        let mut model = Self { required, ..Self::default() };
        for owner in 0..owners {
            model.begin_term(owner);
        }
        model
    }

    /// `signers`: whose good signature each is, `None` for one that is nobody's. `possible`: whether the money could move.
    pub fn submit(&mut self, proposal: &Proposal, wish: &Wish, signers: &[Option<Key>], possible: bool) -> Expected {
        let pays = matches!(wish, Wish::Pay);
        if pays && self.paused {
            return Expected::Reverts("paused");
        }
        if pays && self.released.contains(&proposal.ever_hash) {
            return Expected::Reverts("released");
        }
        if self.executed.contains(proposal) {
            return Expected::Reverts("tx_executed");
        }
        let counted = signers.iter().map(|signer| self.confirm(proposal, *signer)).collect();
        if !self.is_confirmed(proposal) {
            return Expected::Counts(counted, None);
        }
        let done = match wish {
            Wish::Pay => possible,
            Wish::Decide(decision) => self.decide(decision),
        };
        if done {
            self.executed.insert(proposal.clone());
            if pays {
                self.released.insert(proposal.ever_hash);
            }
        }
        Expected::Counts(counted, Some(done))
    }

    pub fn revoke(&mut self, proposal: &Proposal, owner: Key) -> bool {
        let may = self.owners.contains_key(&owner) && !self.executed.contains(proposal);
        if may {
            self.confirmed.insert((proposal.clone(), owner), Confirmation::Revoked);
        }
        may
    }

    pub fn counts(&self, proposal: &Proposal, owner: Key) -> bool {
        let confirmation = self.confirmed.get(&(proposal.clone(), owner));
        self.owners.get(&owner).is_some_and(|term| confirmation == Some(&Confirmation::InTerm(*term)))
    }

    pub fn is_executed(&self, proposal: &Proposal) -> bool {
        self.executed.contains(proposal)
    }

    fn confirm(&mut self, proposal: &Proposal, signer: Option<Key>) -> bool {
        let Some((signer, term)) = signer.and_then(|key| Some((key, *self.owners.get(&key)?))) else { return false };
        let slot = self.confirmed.entry((proposal.clone(), signer)).or_insert(Confirmation::InTerm(term));
        let counts = *slot == Confirmation::InTerm(term);
        if counts {
            self.required_at_first.entry(proposal.clone()).or_insert(self.required);
        }
        counts
    }

    fn is_confirmed(&self, proposal: &Proposal) -> bool {
        let Some(at_first) = self.required_at_first.get(proposal) else { return false };
        let count = self.owners.keys().filter(|owner| self.counts(proposal, **owner)).count();
        count as u64 >= self.required.max(*at_first)
    }

    fn decide(&mut self, decision: &Decision) -> bool {
        let before = self.clone();
        let good = match *decision {
            Decision::Add(key) => self.begin_term(key),
            Decision::Remove(key) => self.owners.remove(&key).is_some() && self.owners.len() as u64 >= self.required,
            Decision::Replace(key, other) => self.owners.remove(&key).is_some() && self.begin_term(other),
            Decision::Require(number) => {
                self.required = number;
                number > 0 && number <= self.owners.len() as u64
            }
            Decision::Pause(pause) => {
                self.paused = pause;
                true
            }
        };
        if !good {
            *self = before;
        }
        good
    }

    fn begin_term(&mut self, key: Key) -> bool {
        if self.owners.contains_key(&key) {
            return false;
        }
        self.terms += 1;
        self.owners.insert(key, self.terms);
        true
    }
}
