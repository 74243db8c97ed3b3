//! Withdrawals that were signed here: their nonces, and those whose fate nobody has said yet.
//!
//! In memory only: after a restart the ledger and the coordinator know what was accepted.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use everpay::{EverHash, Transaction};

/// Withdrawals that are remembered.
const KEPT_MAX: usize = 64;

/// What was signed here, oldest first.
#[derive(Debug, Default)]
pub(super) struct Sent(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    last_nonce: u64,
    list: VecDeque<One>,
}

#[derive(Debug)]
struct One {
    tx: Transaction,
    hash: EverHash,
    open: bool,
}

/// Whether two transactions ask for the same, whenever they were signed.
fn is_same(one: &Transaction, other: &Transaction) -> bool {
    let unsigned = |tx: &Transaction| Transaction { nonce: String::new(), sig: String::new(), ..tx.clone() };
    unsigned(one) == unsigned(other)
}

impl Sent {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A nonce: the clock, above `after` and above every one given before.
    pub(super) fn nonce(&self, now_ms: u64, after: u64) -> u64 {
        let mut kept = self.kept();
        kept.last_nonce = now_ms.max(after.saturating_add(1)).max(kept.last_nonce.saturating_add(1));
        kept.last_nonce
    }

    /// The signed transaction that asked for the same as `draft` and whose fate is not known.
    pub(super) fn open_one(&self, draft: &Transaction) -> Option<Transaction> {
        self.kept().list.iter().find(|one| one.open && is_same(&one.tx, draft)).map(|one| one.tx.clone())
    }

    /// Remembers a transaction before it leaves.
    pub(super) fn leaves(&self, tx: &Transaction) {
        let hash = tx.ever_hash();
        let mut kept = self.kept();
        if kept.list.iter().any(|one| one.hash == hash) {
            return;
        }
        if kept.list.len() >= KEPT_MAX {
            // One whose fate is known goes first.
            let place = kept.list.iter().position(|one| !one.open).unwrap_or(0);
            kept.list.remove(place);
        }
        kept.list.push_back(One { tx: tx.clone(), hash, open: true });
    }

    /// Its fate is known: `accepted`, or it never will be.
    pub(super) fn settle(&self, hash: &EverHash, accepted: bool) {
        let mut kept = self.kept();
        if accepted {
            if let Some(one) = kept.list.iter_mut().find(|one| one.hash == *hash) {
                one.open = false;
            }
        } else {
            kept.list.retain(|one| one.hash != *hash);
        }
    }

    /// Whether it left from here.
    pub(super) fn knows(&self, hash: &EverHash) -> bool {
        self.kept().list.iter().any(|one| one.hash == *hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tx(amount: &str, nonce: &str) -> Transaction {
        Transaction {
            amount: amount.to_owned(),
            nonce: nonce.to_owned(),
            sig: "s".to_owned(),
            ..Transaction::default()
        }
    }

    #[test]
    fn nonces_follow_the_clock_and_never_repeat() {
        let sent = Sent::default();
        assert_eq!(sent.nonce(100, 0), 100);
        assert_eq!(sent.nonce(100, 0), 101);
        assert_eq!(sent.nonce(90, 0), 102);
        assert_eq!(sent.nonce(90, 500), 501);
        assert_eq!(sent.nonce(1000, 500), 1000);
    }

    #[test]
    fn what_may_have_been_accepted_is_not_signed_again() {
        let sent = Sent::default();
        let first = tx("5", "1");
        sent.leaves(&first);
        assert_eq!(sent.open_one(&tx("5", "2")), Some(first.clone()));
        assert_eq!(sent.open_one(&tx("6", "2")), None);
        sent.settle(&first.ever_hash(), true);
        assert_eq!(sent.open_one(&tx("5", "2")), None, "it was accepted: the same again is another withdrawal");
        assert!(sent.knows(&first.ever_hash()));
        let second = tx("5", "3");
        sent.leaves(&second);
        sent.settle(&second.ever_hash(), false);
        assert!(sent.open_one(&tx("5", "4")).is_none() && !sent.knows(&second.ever_hash()));
    }

    #[test]
    fn the_list_is_bounded_and_keeps_those_whose_fate_is_open() {
        let sent = Sent::default();
        let open = tx("open", "0");
        sent.leaves(&open);
        for n in 0..2 * KEPT_MAX {
            let done = tx("done", &n.to_string());
            sent.leaves(&done);
            sent.settle(&done.ever_hash(), true);
        }
        assert!(sent.knows(&open.ever_hash()));
        assert_eq!(sent.kept().list.len(), KEPT_MAX);
    }
}
