//! The bundle hash: what a message's signatures sign (6.3).
//!
//! What always holds: trunk, branches, issuer and work are outside, so that a payment that got stuck can be attached again
//! without the wallet's key.

use crate::hash::{Domain, dom, sha3};
use crate::ids::BundleHash;
use crate::transaction::Transaction;
use crate::wots::Digits;

const BUNDLE: Domain = dom("EVEN/bundle/1");
/// Network, address, value, tag, obsolete tag, time, index, last index, content.
const ESSENCE_LEN: usize = 140;
const HEADER_LEN: usize = 20;
/// Where the obsolete tag of the head lies in the whole.
const OBSOLETE_TAG_AT: usize = HEADER_LEN + 68;

/// The bundle hash of the transactions as they are.
#[must_use]
pub fn hash(transactions: &[Transaction]) -> BundleHash {
    BundleHash(sha3(&[&essences(transactions)]))
}

/// Counts the head's obsolete tag up until the hash is safe, writes the hash into all, and returns it with the number of
/// steps. Data messages too, for one code path.
///
/// One hash in 57 is safe; without one in 2^192 the count would not end, which no input can bring about.
pub fn finalise(transactions: &mut [Transaction]) -> (BundleHash, u64) {
    let mut bytes = essences(transactions);
    let mut increments = 0;
    let bundle = loop {
        let bundle = BundleHash(sha3(&[&bytes]));
        let Some(head) = transactions.first_mut().filter(|_| !Digits::of(&bundle).is_safe()) else { break bundle };
        head.obsolete_tag = head.obsolete_tag.next();
        bytes[OBSOLETE_TAG_AT..OBSOLETE_TAG_AT + 24].copy_from_slice(&head.obsolete_tag.0);
        increments += 1;
    };
    transactions.iter_mut().for_each(|transaction| transaction.bundle = bundle);
    (bundle, increments)
}

fn essences(transactions: &[Transaction]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER_LEN + transactions.len() * ESSENCE_LEN);
    bytes.extend(BUNDLE);
    bytes.extend(u32::try_from(transactions.len()).unwrap_or(u32::MAX).to_le_bytes());
    let mut after_input = false;
    for transaction in transactions {
        let signature = transaction.value.is_input() || after_input;
        after_input = transaction.value.is_input();
        bytes.extend(transaction.network.0.to_le_bytes());
        bytes.extend(transaction.address.0);
        bytes.extend(transaction.value.units().to_le_bytes());
        bytes.extend(transaction.tag.0);
        bytes.extend(transaction.obsolete_tag.0);
        bytes.extend(transaction.time.0.to_le_bytes());
        bytes.extend(transaction.index.to_le_bytes());
        bytes.extend(transaction.last_index.to_le_bytes());
        bytes.extend(if signature { [0; 32] } else { sha3(&[&transaction.fragment]) });
    }
    bytes
}
