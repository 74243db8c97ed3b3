//! Attaching a signed payment to the graph, and its work (6.4).
//!
//! What always holds: no key is needed here, and what is signed stays the same.

use super::Message;
use crate::hash::zeros;
use crate::ids::{MessageId, NodeId, TransactionHash};
use crate::transaction::{Branches, NONCE_AT, Transaction};
use sha3::{Digest, Sha3_256};
use std::ops::Range;

/// A payment with its signatures, or data, not yet in the graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorised {
    /// At least one.
    transactions: Vec<Transaction>,
}

/// Where a message is attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attachment {
    /// The node that issues it.
    pub issuer: NodeId,
    /// The issuer's previous message.
    pub trunk: Option<MessageId>,
    /// Messages of others: 1 to 8 (M06), none of them the trunk (M08); none for a genesis.
    pub branches: Branches,
}

impl Authorised {
    pub(super) fn new(transactions: Vec<Transaction>) -> Self {
        Self { transactions }
    }

    /// Its transactions.
    #[must_use]
    pub fn transactions(&self) -> &[Transaction] {
        &self.transactions
    }

    /// Links the transactions from the last to the first.
    #[must_use]
    pub fn attach(mut self, to: &Attachment) -> Attached {
        let mut trunk = to.trunk.map_or(TransactionHash::NONE, MessageId::head);
        for transaction in self.transactions.iter_mut().rev() {
            transaction.issuer = to.issuer;
            transaction.branches = to.branches;
            transaction.trunk = trunk;
            transaction.nonce = [0; 24];
            trunk = transaction.hash();
        }
        Attached { transactions: self.transactions }
    }
}

/// A linked message that lacks its work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    transactions: Vec<Transaction>,
}

impl Attached {
    /// The first counter of the range that gives an id with `bits` zero bits: 2^bits attempts on average. Ranges can be
    /// searched side by side.
    #[must_use]
    pub fn search(&self, bits: u32, mut counters: Range<u64>) -> Option<u64> {
        let head = self.transactions[0].encode();
        let (before, rest) = head.split_at(NONCE_AT);
        let after = &rest[8..];
        let prefix = Sha3_256::new_with_prefix(before);
        counters.find(|counter| {
            let hasher = prefix.clone().chain_update(counter.to_le_bytes()).chain_update(after);
            zeros(&hasher.finalize().into()) >= bits
        })
    }

    /// The message with this work.
    #[must_use]
    pub fn with_counter(mut self, counter: u64) -> Message {
        self.transactions[0].nonce[..8].copy_from_slice(&counter.to_le_bytes());
        Message { id: self.transactions[0].hash().message(), transactions: self.transactions }
    }
}

impl Message {
    /// Its payment, to be attached elsewhere: the same bundle, hence no second effect (7.3, L02).
    #[must_use]
    pub fn authorised(&self) -> Authorised {
        Authorised::new(self.transactions.clone())
    }
}
