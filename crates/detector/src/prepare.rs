//! From the verified bytes of a batch to transactions checked by themselves, on all cores. No ledger, no network.

use arweave::{Address, ArweaveId};
use everpay::{Checked, Checker, Rejected, Transaction};
use rayon::prelude::*;
use std::sync::Arc;
use store::ledger::IndexEntry;

/// A batch as fetched: header verified, data matching its root.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// Arweave id.
    pub id: ArweaveId,
    /// The batch before it by its tag, `None` for the first.
    pub parent: Option<ArweaveId>,
    /// Who signed it.
    pub owner: Address,
    /// Block height.
    pub height: u64,
    /// Block time, Unix ms.
    pub block_time_ms: u64,
    /// When this machine first saw it, Unix ms.
    pub seen_ms: u64,
    /// The verified header as JSON, kept for proofs.
    pub header: Vec<u8>,
    /// The data.
    pub data: Arc<Vec<u8>>,
}

/// What is wrong with a batch as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BatchFault {
    /// Written by somebody else; its items do not count.
    Foreign,
    /// Not in the format; the text says where.
    Unparsable(String),
    /// The link from one item to the one before is broken, first at this item (from 0).
    BrokenLink(usize),
}

/// An item checked by itself.
#[derive(Debug)]
pub(crate) enum Static {
    /// Holds by itself.
    Sound(Box<Checked>),
    /// Does not.
    Unsound(Box<Rejected>),
    /// Is no transaction at all.
    Unreadable,
}

/// An item of a prepared batch.
#[derive(Debug)]
pub(crate) struct PreparedItem {
    pub(crate) tx_id: [u8; 32],
    pub(crate) checked: Static,
    pub(crate) entry: IndexEntry,
}

/// A batch ready to be judged.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) batch: Fetched,
    pub(crate) items: Vec<PreparedItem>,
    pub(crate) first_parent: Option<[u8; 32]>,
    pub(crate) fault: Option<BatchFault>,
}

/// Parses and checks a batch of the chain that `owner` writes. Uses all threads of the current rayon pool.
pub(crate) fn prepare(checker: &Checker, owner: &Address, batch: Fetched) -> Prepared {
    let without_items = |batch, fault| Prepared { batch, items: Vec::new(), first_parent: None, fault: Some(fault) };
    if batch.owner != *owner {
        return without_items(batch, BatchFault::Foreign);
    }
    let parsed = match rollup::parse(&batch.data) {
        Ok(parsed) => parsed,
        Err(error) => return without_items(batch, BatchFault::Unparsable(error.to_string())),
    };
    let fault = rollup::first_break(&parsed).map(BatchFault::BrokenLink);
    let first_parent = parsed.first().and_then(|item| item.parent_id);
    let items = parsed
        .into_par_iter()
        .map(|item| {
            let checked = check(checker, &item.tx_data);
            PreparedItem { tx_id: item.tx_id, entry: entry(&checked), checked }
        })
        .collect();
    Prepared { batch, items, first_parent, fault }
}

fn check(checker: &Checker, data: &[u8]) -> Static {
    match Transaction::from_json(data) {
        Err(_) => Static::Unreadable,
        Ok(tx) => match checker.check(tx, true) {
            Ok(checked) => Static::Sound(Box::new(checked)),
            Err(rejected) => Static::Unsound(rejected),
        },
    }
}

/// What an item may be searched by.
fn entry(checked: &Static) -> IndexEntry {
    match checked {
        Static::Sound(checked) => IndexEntry {
            hash: index_key(checked.ever_hash.as_bytes()),
            from: account_key(&checked.from),
            to: account_key(&checked.to),
        },
        Static::Unsound(rejected) => IndexEntry { hash: index_key(rejected.ever_hash.as_bytes()), from: 0, to: 0 },
        Static::Unreadable => IndexEntry { hash: 0, from: 0, to: 0 },
    }
}

/// The first eight bytes of a hash, as the index keeps them.
pub(crate) fn index_key(hash: &[u8; 32]) -> i64 {
    let [a, b, c, d, e, f, g, h, ..] = *hash;
    i64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// The key of an account in the index.
pub(crate) fn account_key(id: &everpay::AccountId) -> i64 {
    index_key(&crypto::sha256(&id.to_bytes()))
}
