//! The message: one bundle of transactions, the unit of validation and of conflict (section 6).
//!
//! What always holds: a [`Message`] keeps M01 to M16, or the rules of a genesis; its id commits to every byte of it.
//! What it does not do: know other messages. Whether parents exist and inputs are covered is the ledger's business.

pub mod bundle;
mod check;
mod compose;
mod genesis;
mod link;
mod rule;

pub use check::{Linked, check, read};
pub use compose::{Bundled, ComposeError, Draft, Output, Payment, SignError, Spend};
pub use genesis::{GenesisRefusal, genesis};
pub use link::{Attached, Attachment, Authorised};
pub use rule::Rule;

use crate::cid::{Cid, Codec};
use crate::ids::{Address, BundleHash, MessageId, Network, NodeId};
use crate::transaction::{LEN, Transaction};
use crate::units::{Amount, Time};

/// Most transactions of a message.
pub const TRANSACTIONS_MAX: usize = 64;

/// A message that keeps the structural rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    id: MessageId,
    /// At least one.
    transactions: Vec<Transaction>,
}

impl Message {
    /// Its name: the hash of its head (6.1.3).
    #[must_use]
    pub const fn id(&self) -> MessageId {
        self.id
    }

    /// Its transactions in order.
    #[must_use]
    pub fn transactions(&self) -> &[Transaction] {
        &self.transactions
    }

    /// The transaction with index 0.
    #[must_use]
    pub fn head(&self) -> &Transaction {
        &self.transactions[0]
    }

    /// What its signatures sign: the same for a payment that was attached again.
    #[must_use]
    pub fn bundle(&self) -> BundleHash {
        self.head().bundle
    }

    /// Its network.
    #[must_use]
    pub fn network(&self) -> Network {
        self.head().network
    }

    /// The node that issued it.
    #[must_use]
    pub fn issuer(&self) -> NodeId {
        self.head().issuer
    }

    /// When it was issued, as its issuer says.
    #[must_use]
    pub fn time(&self) -> Time {
        self.head().time
    }

    /// The messages of others that it names.
    #[must_use]
    pub fn branches(&self) -> &[MessageId] {
        &self.head().branches
    }

    /// The issuer's previous message; `None` for its first.
    #[must_use]
    pub fn trunk(&self) -> Option<MessageId> {
        let trunk = self.transactions[self.transactions.len() - 1].trunk;
        (trunk.0 != [0; 32]).then(|| trunk.message())
    }

    /// All messages that it names: the trunk, then the branches.
    pub fn parents(&self) -> impl Iterator<Item = MessageId> + '_ {
        self.trunk().into_iter().chain(self.branches().iter().copied())
    }

    /// What it takes, in order.
    pub fn inputs(&self) -> impl Iterator<Item = (Address, Amount)> + '_ {
        let inputs = self.transactions.iter().filter(|transaction| transaction.value.is_input());
        inputs.map(|transaction| (transaction.address, transaction.value.amount()))
    }

    /// What it pays, in order.
    pub fn outputs(&self) -> impl Iterator<Item = &Transaction> + '_ {
        self.transactions.iter().filter(|transaction| transaction.value.is_output())
    }

    /// It moves nothing (6.2).
    #[must_use]
    pub fn is_data(&self) -> bool {
        self.transactions.iter().all(|transaction| transaction.value.units() == 0)
    }

    /// The data of a transaction with what continues it: following ones of value 0 with the same address and tag (6.8).
    /// Zero bytes at the end are padding and left out. Empty for an index that does not exist.
    #[must_use]
    pub fn data(&self, index: usize) -> Vec<u8> {
        let Some(first) = self.transactions.get(index) else { return Vec::new() };
        let rest = self.transactions[index + 1..].iter();
        let more =
            rest.take_while(|next| next.value.units() == 0 && (next.address, next.tag) == (first.address, first.tag));
        let mut data: Vec<u8> = std::iter::once(first).chain(more).flat_map(|part| part.fragment).collect();
        data.truncate(data.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1));
        data
    }

    /// Its bytes: the transactions one after the other.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut blob = Vec::with_capacity(self.transactions.len() * LEN);
        self.transactions.iter().for_each(|transaction| blob.extend_from_slice(&transaction.encode()));
        blob
    }

    /// The CID of its bytes.
    #[must_use]
    pub fn cid(&self) -> Cid {
        Cid::of(Codec::Raw, &self.encode())
    }
}
