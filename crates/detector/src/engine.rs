//! The pipeline behind the fetching: prepare on all cores, judge on one thread, settle. Fed by the service from gateways
//! and by the benchmark from memory.

use crate::head::Shared;
use crate::judge::judge;
use crate::model::Notice;
use crate::prepare::{Fetched, Prepared, prepare};
use crate::settle;
use arweave::Address;
use everpay::Checker;
use oracle::MintFinding;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::ledger::LedgerStore;
use store::sqlite::StoreError;

/// What prepares, judges and settles.
#[derive(Debug, Clone)]
pub(crate) struct Engine {
    pub(crate) shared: Arc<Shared>,
    pub(crate) store: LedgerStore,
    checker: Arc<Checker>,
    owner: Address,
}

impl Engine {
    pub(crate) fn new(shared: Arc<Shared>, store: LedgerStore, owner: Address) -> Self {
        let checker = Arc::new(Checker::new().with_pay_owner(&owner.to_string()));
        Self { shared, store, checker, owner }
    }

    /// Parses and checks a batch on the blocking pool; the checks themselves run on all cores.
    pub(crate) async fn prepare(&self, batch: Fetched) -> Prepared {
        let (checker, owner) = (Arc::clone(&self.checker), self.owner);
        tokio::task::spawn_blocking(move || prepare(&checker, &owner, batch))
            .await
            .expect("preparing neither panics nor is cancelled")
    }

    /// Judges the next batch and takes it into the overlay.
    pub(crate) async fn judge(&self, prepared: Prepared, findings: BTreeMap<usize, MintFinding>, now_ms: u64) {
        let shared = Arc::clone(&self.shared);
        let notices = tokio::task::spawn_blocking(move || {
            shared.write(|head| {
                let number = head.number() + 1;
                let carry = head.carry.clone();
                let ledger = head.ledger.as_mut().expect("the service judges only after the rules are known");
                let judged = judge(ledger, &carry, &prepared, &findings, number, now_ms);
                head.push(Arc::new(prepared), findings, judged, now_ms)
            })
        })
        .await
        .expect("judging neither panics nor is cancelled");
        self.shared.tell(notices);
        self.shared.tell([Notice::Status]);
    }

    /// Settles the oldest batch of the overlay: writes it, then forgets how to undo it.
    ///
    /// # Errors
    /// The database fails; the batch stays in the overlay.
    pub(crate) async fn settle_oldest(&self) -> Result<(), StoreError> {
        let Some(append) = self.shared.read(settle::append_of_oldest) else { return Ok(()) };
        self.store.append(&append).await?;
        let notices = self.shared.write(settle::forget_oldest);
        self.shared.tell(notices);
        Ok(())
    }
}
