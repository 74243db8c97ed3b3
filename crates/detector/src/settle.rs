//! From an overlay batch to the rows that keep it.

use crate::alert::Alert;
use crate::head::{Head, Overlaid, Tip};
use crate::items::encode_verdicts;
use crate::model::{BatchInfo, Notice};
use crate::vaults::rows;
use everpay::{Amount, TokenIndex, TokenRecord, TokenState, TokenTag};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use store::ledger::{AlertRow, Append};

/// Everything the oldest overlay batch brings, ready to be written.
pub(crate) fn append_of_oldest(head: &Head) -> Option<Append> {
    let oldest = head.overlay.front()?;
    let batch = &oldest.prepared.batch;
    let change = &oldest.change;
    Some(Append {
        number: oldest.number,
        id: batch.id.to_string(),
        parent: batch.parent.map(|id| id.to_string()).unwrap_or_default(),
        height: batch.height,
        block_time_ms: batch.block_time_ms,
        seen_ms: batch.seen_ms,
        verified_ms: oldest.verified_ms,
        items: oldest.prepared.items.len() as u64,
        rejected: oldest.rejected(),
        totals: oldest.carry_after.totals.to_array(),
        state_root: *change.root.as_bytes(),
        carry: oldest.carry_after.encode(),
        header: batch.header.clone(),
        body: Arc::clone(&batch.data),
        verdicts: encode_verdicts(&oldest.verdicts),
        accounts: change
            .accounts
            .iter()
            .map(|c| (c.id.to_bytes(), c.after.as_ref().map(everpay::Account::encode)))
            .collect(),
        tokens: change
            .tokens
            .iter()
            .map(|c| (c.tag.to_string(), c.after.as_ref().map(|s| StoredToken::encode(c.index, s))))
            .collect(),
        mints: rows::mints(oldest),
        burns: rows::burns(oldest),
        credits: rows::credits(oldest),
        findings: findings(oldest),
        entries: oldest.prepared.items.iter().map(|item| item.entry).collect(),
        alerts: alerts(head, oldest),
    })
}

/// A token as stored, under its tag (postcard).
#[derive(Serialize, Deserialize)]
pub(crate) struct StoredToken {
    index: u32,
    chain_id: String,
    supply: Amount,
}

impl StoredToken {
    fn encode(index: TokenIndex, state: &TokenState) -> Vec<u8> {
        let stored = Self { index: index.get(), chain_id: state.chain_id.clone(), supply: state.supply };
        postcard::to_stdvec(&stored).expect("plain data into a growing vector")
    }

    /// The token, `None` for bytes that were not written here.
    pub(crate) fn decode(tag: &str, bytes: &[u8]) -> Option<TokenRecord> {
        let Self { index, chain_id, supply } = postcard::from_bytes(bytes).ok()?;
        Some(TokenRecord {
            tag: TokenTag::from_text(tag),
            index: TokenIndex::new(index),
            state: TokenState { chain_id, supply },
        })
    }
}

fn findings(batch: &Overlaid) -> Vec<(u64, String)> {
    let text = |finding| serde_json::to_string(finding).expect("findings are plain data");
    batch.findings.iter().map(|(index, finding)| (*index as u64 + 1, text(finding))).collect()
}

/// The batch's own alerts, no longer provisional, and those it added consequences to.
fn alerts(head: &Head, batch: &Overlaid) -> Vec<AlertRow> {
    let touched = batch.consequences.iter().map(|(key, _)| key);
    let mut keys: Vec<&String> = batch.alerts.iter().chain(touched).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter()
        .filter_map(|key| head.alerts.get(key))
        .map(|alert| alert_row(&Alert { provisional: false, ..alert.clone() }))
        .collect()
}

/// An alert as stored.
pub(crate) fn alert_row(alert: &Alert) -> AlertRow {
    AlertRow {
        key: alert.key.clone(),
        closed: alert.closed,
        acknowledged: alert.acknowledged,
        raised_ms: alert.raised_ms,
        body: serde_json::to_string(alert).expect("alerts are plain data"),
    }
}

/// After the write: the oldest overlay batch becomes the settled tip and its alerts stand.
pub(crate) fn forget_oldest(head: &mut Head) -> Vec<Notice> {
    let Some(oldest) = head.overlay.pop_front() else { return Vec::new() };
    head.settled = Some(Tip { number: oldest.number, height: oldest.prepared.batch.height });
    head.remember_root(&oldest);
    let mut notices = vec![Notice::Batch(BatchInfo { confirmed: true, ..oldest.info() })];
    for key in &oldest.alerts {
        if let Some(alert) = head.alerts.get_mut(key) {
            alert.provisional = false;
            notices.push(Notice::Alert(Box::new(alert.clone()), false));
        }
    }
    head.refresh();
    notices
}
