//! The batches already processed, oldest first, with their places.

use std::collections::HashMap;

use arweave::ArweaveId;

/// A chain of processed batches. Every id occurs once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chain {
    ids: Vec<ArweaveId>,
    places: HashMap<ArweaveId, usize>,
}

impl Chain {
    /// Nothing processed yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a batch; false (and no change) if it is in the chain already.
    pub fn push(&mut self, id: ArweaveId) -> bool {
        if self.places.contains_key(&id) {
            return false;
        }
        self.places.insert(id, self.ids.len());
        self.ids.push(id);
        true
    }

    /// Keeps the oldest `len` batches and returns the dropped ones, oldest first.
    pub fn truncate(&mut self, len: usize) -> Vec<ArweaveId> {
        let dropped = self.ids.split_off(len.min(self.ids.len()));
        for id in &dropped {
            self.places.remove(id);
        }
        dropped
    }

    /// The newest batch.
    pub fn head(&self) -> Option<ArweaveId> {
        self.ids.last().copied()
    }

    /// Place of a batch, counted from 0 for the oldest.
    pub fn place(&self, id: &ArweaveId) -> Option<usize> {
        self.places.get(id).copied()
    }

    /// All batches, oldest first.
    pub fn ids(&self) -> &[ArweaveId] {
        &self.ids
    }

    /// Number of batches.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether nothing has been processed.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}

impl FromIterator<ArweaveId> for Chain {
    /// Repeated ids are taken once, at their first place.
    fn from_iter<I: IntoIterator<Item = ArweaveId>>(ids: I) -> Self {
        let mut chain = Self::new();
        for id in ids {
            chain.push(id);
        }
        chain
    }
}
