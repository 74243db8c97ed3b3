//! One node's chain of records up to a tip: what it voted, what it has seen. An honest node has one.

use super::bits::Bits;
use super::prune::Numbers;
use crate::ids::{Address, BlockId, BundleHash};
use std::collections::{BTreeMap, BTreeSet};

/// A message by number and a round.
pub(super) type Pair = (usize, u32);

#[derive(Debug, Clone, Default)]
pub(super) struct Path {
    /// Its number.
    pub(super) node: usize,
    /// Its last record.
    pub(super) tip: Option<BlockId>,
    /// Records in the past of the tip, itself included.
    pub(super) seen: Bits,
    /// What it voted for in round 0.
    pub(super) voted: Bits,
    /// Messages that it passed and did not vote for: they still count when a later cone is looked at.
    pub(super) passed: BTreeSet<usize>,
    /// Addresses of which it is not known any more whether it voted for a spender: it votes for none in round 0.
    pub(super) blocked: BTreeSet<Address>,
    /// What it voted for in later rounds, and by round and address; `None` like `blocked`.
    pub(super) voted_later: BTreeSet<Pair>,
    pub(super) later: BTreeMap<(u32, Address), Option<BundleHash>>,
    /// The highest round of a vote that its records carry for a payment, by address.
    pub(super) carried: BTreeMap<Address, BTreeMap<BundleHash, u32>>,
    /// Weight of the votes in its past that do not make a certificate yet.
    pub(super) tally: BTreeMap<Pair, u128>,
    /// Certificates in its past: of round 0, and of later ones.
    pub(super) certified: Bits,
    pub(super) certified_later: BTreeSet<Pair>,
    /// What it chose at forgotten addresses, where it is not what closed them; `None`: nothing, or it is not known.
    pub(super) odd: BTreeMap<Address, Option<BundleHash>>,
    /// What it chose at addresses forgotten until then is not known.
    pub(super) unknown_until: u32,
}

impl Path {
    /// Whether it has looked at a message, and so at everything below it.
    pub(super) fn has_processed(&self, message: usize) -> bool {
        self.voted.contains(message) || self.passed.contains(&message)
    }

    pub(super) fn has_certificate(&self, pair: Pair) -> bool {
        if pair.1 == 0 { self.certified.contains(pair.0) } else { self.certified_later.contains(&pair) }
    }

    pub(super) fn certify(&mut self, pair: Pair) {
        self.tally.remove(&pair);
        if pair.1 == 0 {
            self.certified.insert(pair.0);
        } else {
            self.certified_later.insert(pair);
        }
    }

    /// Remembers that a record carries this vote, whether it counts or not.
    pub(super) fn carry(&mut self, spends: &[Address], bundle: BundleHash, round: u32) {
        for address in spends {
            let highest = self.carried.entry(*address).or_default().entry(bundle).or_default();
            *highest = (*highest).max(round);
        }
    }

    /// Whether a record of this path carries a vote of a round above `round` for a rival (9.4).
    pub(super) fn went_over(&self, spends: &[Address], bundle: BundleHash, round: u32) -> bool {
        self.carried_at(spends).any(|(voted, highest)| *voted != bundle && *highest > round)
    }

    /// The highest round of a vote for a payment from one of the addresses.
    pub(super) fn highest_round(&self, spends: &[Address]) -> u32 {
        self.carried_at(spends).map(|(_, round)| *round).max().unwrap_or(0)
    }

    fn carried_at<'a>(&'a self, spends: &'a [Address]) -> impl Iterator<Item = (&'a BundleHash, &'a u32)> {
        spends.iter().filter_map(|address| self.carried.get(address)).flatten()
    }

    /// After some were forgotten.
    pub(super) fn renumber(&mut self, messages: &Numbers, records: &Numbers) {
        let pair = |(message, round): Pair| messages.renamed(message).map(|message| (message, round));
        self.seen = self.seen.renumbered(records);
        self.voted = self.voted.renumbered(messages);
        self.certified = self.certified.renumbered(messages);
        self.passed = self.passed.iter().filter_map(|at| messages.renamed(*at)).collect();
        self.voted_later = self.voted_later.iter().copied().filter_map(pair).collect();
        self.certified_later = self.certified_later.iter().copied().filter_map(pair).collect();
        let tally = std::mem::take(&mut self.tally);
        self.tally = tally.into_iter().filter_map(|(at, weight)| pair(at).map(|at| (at, weight))).collect();
    }
}
