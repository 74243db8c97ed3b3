//! The audit of the vaults: what they paid and what their owners signed, held against the burns that the replay verified
//! (F11, F13).
//!
//! What always holds: what a vault did, how far it is read, and the alerts and halts that follow are written together, so
//! that a detector killed at any moment comes to the alerts of one that starts afresh; a finding about a burn that is not
//! known waits for the end of the ledger; what drops out of the chain takes its alerts along; a burn that turns up late
//! ends the alert that its lack had raised. A payout without a burn halts its vault until a person looked. It moves nothing.

mod acts;
mod alerts;
mod history;
mod judge;
mod reader;
#[cfg(test)]
mod scenarios;

pub(crate) use acts::brought;
pub(crate) use history::{Histories, histories};
pub(crate) use reader::show;

use super::debts::{LedgerSide, payout};
use crate::alert::{Alert, Rule};
use crate::head::Shared;
use crate::model::{Audit, Notice};
use crate::service::now_ms;
use crate::settle::alert_row;
use alerts::Offence;
use futures::future::join_all;
use judge::{Bench, Burn, Verdict};
use reader::Reader;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::ledger::{ActRow, ActState, Decided, HaltRow, LedgerStore};
use store::sqlite::StoreError;
use vault_evm::release::{Finding, Why};

/// Acts judged at once.
const ACTS_MAX: u32 = 256;
/// Looks at open acts in one round.
const LOOKS_MAX: usize = 64;
/// Alerts about one owner's signatures: who signs wrongly so often is known well enough.
const OF_OWNER_MAX: usize = 16;

/// The audit of all vaults. One a detector.
#[derive(Debug)]
pub(crate) struct Auditor {
    shared: Arc<Shared>,
    store: LedgerStore,
    readers: Vec<Reader>,
    /// When the end of the ledger was reached the last two times, Unix ms, the older first.
    heads: [u64; 2],
    /// Acts that wait for the end of the ledger.
    unsure: usize,
}

impl Auditor {
    pub(crate) fn new(shared: Arc<Shared>, store: LedgerStore) -> Self {
        Self { shared, store, readers: Vec::new(), heads: [0; 2], unsure: 0 }
    }

    /// Reads on and judges what can be judged; nothing while the rules are not known.
    pub(crate) async fn round(&mut self) -> Result<(), StoreError> {
        self.take_up();
        for read in join_all(self.readers.iter_mut().map(Reader::round)).await {
            read?;
        }
        let Some(side) = self.shared.read(LedgerSide::of) else { return Ok(()) };
        if side.caught_up && side.reached_ms > self.heads[1] {
            self.heads = [self.heads[1], side.reached_ms];
        }
        self.unsure = 0;
        for reader in &self.readers {
            self.unsure += Look { auditor: self, reader, side: &side }.judge_all().await?;
        }
        self.show_state();
        Ok(())
    }

    /// Whether a chain answers and is not read to its end.
    pub(crate) fn is_reading(&self) -> bool {
        self.readers.iter().any(|reader| !reader.state.read && reader.state.why.is_none())
    }

    /// Whether something waits for the end of the ledger to be reached again.
    pub(crate) fn is_unsure(&self) -> bool {
        self.unsure > 0
    }

    fn take_up(&mut self) {
        if !self.readers.is_empty() {
            return;
        }
        let Some(histories) = self.shared.histories.get() else { return };
        let reader = |(vault, history): &(history::Vault, Arc<dyn history::History>)| {
            Reader::new(vault.clone(), Arc::clone(history), Arc::clone(&self.shared), self.store.clone())
        };
        self.readers = histories.values().map(reader).collect();
    }

    fn show_state(&self) {
        let audits: Vec<Audit> = self.readers.iter().map(|reader| reader.state.clone()).collect();
        if self.shared.change_solvency(|solvency| solvency.audits = audits) {
            self.shared.tell([Notice::Vaults]);
        }
    }
}

/// One look at the acts of one vault.
struct Look<'a> {
    auditor: &'a Auditor,
    reader: &'a Reader,
    side: &'a LedgerSide,
}

impl Look<'_> {
    /// Judges what is open, and again what lacked a burn. Returns how many wait for the end of the ledger.
    async fn judge_all(&self) -> Result<usize, StoreError> {
        let (store, chain) = (&self.auditor.store, self.reader.vault.chain());
        let mut unsure = 0;
        for _ in 0..LOOKS_MAX {
            let rows = store.acts_in(chain, ActState::Open, ACTS_MAX).await?;
            let (decided, waiting) = self.judge(&rows).await?;
            unsure = waiting;
            if decided == 0 {
                break;
            }
        }
        self.judge(&store.acts_in(chain, ActState::NoBurn, ACTS_MAX).await?).await?;
        Ok(unsure)
    }

    /// Judges these acts; returns how many were decided, and how many wait for the end of the ledger.
    async fn judge(&self, rows: &[ActRow]) -> Result<(usize, usize), StoreError> {
        if rows.is_empty() {
            return Ok((0, 0));
        }
        let Auditor { shared, store, heads, .. } = self.auditor;
        let burns = self.burns(rows).await?;
        let mut paid = Vec::new();
        for ever_hash in rows.iter().map(|row| &row.ever_hash).collect::<BTreeSet<_>>() {
            paid.extend(store.payouts_of(self.reader.vault.chain(), ever_hash).await?);
        }
        let bench = Bench {
            vault: &self.reader.vault,
            owners: &self.reader.owners,
            burns: &burns,
            read: self.reader.state.read,
            complete_to_ms: heads[0],
        };
        let verdicts = bench.judge(rows, &paid)?;
        let unsure = verdicts.iter().filter(|verdict| **verdict == Verdict::Unsure).count();
        let (decided, alerts) = self.decide(rows, verdicts, &burns);
        if decided.acts.is_empty() {
            return Ok((0, unsure));
        }
        store.decide_acts(&decided).await?;
        show(shared, alerts);
        Ok((decided.acts.len(), unsure))
    }

    /// The burns that these acts name, settled or in the overlay.
    async fn burns(&self, rows: &[ActRow]) -> Result<BTreeMap<String, Burn>, StoreError> {
        let (store, chain) = (&self.auditor.store, self.reader.vault.chain());
        let mut burns = BTreeMap::new();
        for ever_hash in rows.iter().map(|row| &row.ever_hash).collect::<BTreeSet<_>>() {
            let settled = store.burn_of(ever_hash).await?;
            let is_settled = settled.is_some();
            let row = settled.or_else(|| self.side.fresh_burns.iter().find(|row| row.ever_hash == *ever_hash).cloned());
            // What another vault owes justifies nothing here.
            let Some(row) = row.filter(|row| row.chain == chain) else { continue };
            let payout = payout(&self.side.rules, &row);
            burns.insert(ever_hash.clone(), Burn { row, payout, settled: is_settled });
        }
        Ok(burns)
    }

    /// What is to be written and shown.
    fn decide(&self, rows: &[ActRow], verdicts: Vec<Verdict>, burns: &BTreeMap<String, Burn>) -> (Decided, Vec<Alert>) {
        let (mut decided, mut alerts) = (Decided::default(), BTreeMap::new());
        for (row, verdict) in rows.iter().zip(verdicts) {
            match verdict {
                Verdict::Waits | Verdict::Unsure => {}
                Verdict::Right => {
                    alerts.extend(self.ended(row).map(|alert| (alert.key.clone(), alert)));
                    decided.acts.push((row.id, ActState::Justified, None));
                }
                Verdict::Wrong(finding) if row.state == ActState::NoBurn && finding.why == Why::UnknownBurn => {}
                Verdict::Wrong(finding) => self.offence(row, &finding, burns, &mut decided, &mut alerts),
            }
        }
        decided.alerts = alerts.values().map(alert_row).collect();
        (decided, alerts.into_values().collect())
    }

    /// The alert that ends because a burn turned up.
    fn ended(&self, row: &ActRow) -> Option<Alert> {
        let open = self.known(row.alert_key.as_ref()?).filter(|alert| !alert.closed)?;
        Some(Alert { closed: true, ..open })
    }

    fn known(&self, key: &str) -> Option<Alert> {
        self.auditor.shared.read(|head| head.alerts.get(key).cloned())
    }

    fn offence(
        &self,
        row: &ActRow,
        finding: &Finding,
        burns: &BTreeMap<String, Burn>,
        decided: &mut Decided,
        alerts: &mut BTreeMap<String, Alert>,
    ) {
        let offence = Offence {
            vault: &self.reader.vault,
            row,
            finding,
            burn: burns.get(&row.ever_hash),
            batch: self.side.batch,
        };
        let key = offence.key();
        let state = if finding.why == Why::UnknownBurn { ActState::NoBurn } else { ActState::Offence };
        let known = alerts.get(&key).cloned().or_else(|| self.known(&key));
        if known.is_none() && self.is_enough(finding, alerts) {
            tracing::warn!(%key, "one more signature of an owner who signs without a burn");
            decided.acts.push((row.id, ActState::Offence, None));
            return;
        }
        decided.acts.push((row.id, state, Some(key.clone())));
        let is_told = known.as_ref().is_some_and(|known| !known.closed && known.code == finding.why.code());
        if !is_told {
            let alert = offence.alert(now_ms()).continuing(known.as_ref());
            if alert.rule == Rule::F11 {
                decided.halts.push(halt(&alert, self.reader.vault.chain()));
            }
            tracing::warn!(%key, code = alert.code, "no burn justifies it");
            alerts.insert(key, alert);
        }
    }

    /// Whether enough is told about the signer of this.
    fn is_enough(&self, finding: &Finding, fresh: &BTreeMap<String, Alert>) -> bool {
        let Some(signer) = finding.signer.map(|signer| signer.to_string()) else { return false };
        let chain = self.reader.vault.chain();
        let of_signer = |alert: &&Alert| {
            alert.rule == Rule::F13 && alert.param("signer") == signer && alert.param("chain") == chain
        };
        let known = self.auditor.shared.read(|head| head.alerts.values().filter(of_signer).count());
        known + fresh.values().filter(of_signer).count() >= OF_OWNER_MAX
    }
}

fn halt(alert: &Alert, chain: &str) -> HaltRow {
    HaltRow {
        chain: chain.to_owned(),
        alert_key: alert.key.clone(),
        code: alert.code.clone(),
        since_ms: alert.raised_ms,
    }
}
