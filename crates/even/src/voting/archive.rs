//! What stays of what was forgotten: names, verdicts, closed addresses, and what is held below.

use super::prune::Numbers;
use crate::ids::{Address, BlockId, BundleHash, MessageId};
use std::collections::BTreeMap;

/// A forgotten message.
#[derive(Debug, Clone)]
pub(super) struct Gone {
    /// Else rejected.
    pub(super) is_final: bool,
    pub(super) bundle: BundleHash,
    pub(super) spends: Box<[Address]>,
    below: usize,
}

/// An address of forgotten messages: one of its spenders is final.
#[derive(Debug, Clone, Copy)]
pub(super) struct Closed {
    /// What closed it.
    pub(super) bundle: BundleHash,
    /// By which pruning it was forgotten.
    pub(super) pruning: u32,
}

/// What is held right below something forgotten.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Below {
    /// Messages, or records.
    pub(super) held: Vec<usize>,
    /// The last record of the same node that is.
    pub(super) previous: Option<usize>,
}

/// Equal lists are kept once: there are few, since little is held below what is forgotten.
#[derive(Debug, Clone, Default)]
struct Floor {
    all: Vec<Below>,
    numbers: BTreeMap<Below, usize>,
}

impl Floor {
    fn add(&mut self, below: &Below) -> usize {
        if let Some(number) = self.numbers.get(below) {
            return *number;
        }
        self.numbers.insert(below.clone(), self.all.len());
        self.all.push(below.clone());
        self.all.len() - 1
    }

    /// Two lists may become equal; the numbers stay.
    fn change(&mut self, change: impl Fn(&Below) -> Below) {
        self.all.iter_mut().for_each(|below| *below = change(below));
        self.numbers = self.all.iter().enumerate().map(|(at, below)| (below.clone(), at)).collect();
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct Archive {
    messages: BTreeMap<MessageId, Gone>,
    records: BTreeMap<BlockId, usize>,
    closed: BTreeMap<Address, Closed>,
    below_messages: Floor,
    below_records: Floor,
    /// How often was pruned.
    pub(super) prunings: u32,
}

impl Archive {
    pub(super) fn message(&self, id: &MessageId) -> Option<&Gone> {
        self.messages.get(id)
    }

    pub(super) fn below(&self, gone: &Gone) -> &[usize] {
        &self.below_messages.all[gone.below].held
    }

    /// Held messages right below forgotten ones.
    pub(super) fn held_below_messages(&self) -> impl Iterator<Item = usize> + '_ {
        self.below_messages.all.iter().flat_map(|below| &below.held).copied()
    }

    /// What is held below a forgotten record.
    pub(super) fn record(&self, id: &BlockId) -> Option<&Below> {
        self.records.get(id).map(|number| &self.below_records.all[*number])
    }

    pub(super) fn closed(&self, address: &Address) -> Option<&Closed> {
        self.closed.get(address)
    }

    /// The forgotten final message that spends one of the addresses in another payment. Only an alarm needs its name.
    pub(super) fn final_rival(&self, spends: &[Address], bundle: BundleHash) -> Option<MessageId> {
        let closed = spends.iter().filter_map(|address| self.closed.get(address));
        let by = closed.map(|closed| closed.bundle).find(|closed| *closed != bundle)?;
        self.messages.iter().find(|(_, gone)| gone.is_final && gone.bundle == by).map(|(id, _)| *id)
    }

    pub(super) fn close(&mut self, address: Address, bundle: BundleHash) {
        let pruning = self.prunings;
        self.closed.entry(address).or_insert(Closed { bundle, pruning });
    }

    pub(super) fn add_message(&mut self, id: MessageId, is_final: bool, what: (BundleHash, &[Address]), below: &Below) {
        let below = self.below_messages.add(below);
        self.messages.insert(id, Gone { is_final, bundle: what.0, spends: what.1.into(), below });
    }

    pub(super) fn add_record(&mut self, id: BlockId, below: &Below) {
        let below = self.below_records.add(below);
        self.records.insert(id, below);
    }

    /// After some of what is held was forgotten, too.
    pub(super) fn renumber(&mut self, messages: &Numbers, records: &Numbers) {
        self.below_messages.change(|below| messages.floor_of(below));
        self.below_records.change(|below| records.floor_of(below));
    }

    pub(super) fn len(&self) -> (usize, usize) {
        (self.messages.len(), self.records.len())
    }
}
