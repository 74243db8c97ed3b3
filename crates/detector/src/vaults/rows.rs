//! What a judged batch brings for the vaults: mints and burns that took effect, and deposits that may still be taken back.

use crate::head::Overlaid;
use crate::judge::amount_of;
use crate::model::VerdictKind;
use crate::prepare::Static;
use everpay::{Action, Checked};
use oracle::{Evidence, MintFinding};
use store::ledger::{BurnRow, CreditRow, MintRow};

/// Bits of an id that number the items of a batch; no batch comes near to as many.
const ITEM_BITS: u32 = 24;

/// Transactions of one kind that took effect, with their item index from 0.
fn effective(batch: &Overlaid, action: Action) -> impl Iterator<Item = (usize, &Checked)> {
    let items = batch.prepared.items.iter().zip(batch.verdicts.iter()).enumerate();
    items.filter_map(move |(index, (item, verdict))| match (&item.checked, verdict.kind) {
        (Static::Sound(checked), VerdictKind::Applied | VerdictKind::NotCheckable) if checked.action == action => {
            Some((index, checked.as_ref()))
        }
        _ => None,
    })
}

/// Mints that took effect.
pub(crate) fn mints(batch: &Overlaid) -> Vec<MintRow> {
    effective(batch, Action::Mint)
        .filter_map(|(_, mint)| {
            Some(MintRow {
                tag: mint.tag.to_string(),
                fingerprint: mint.fingerprint.as_ref()?.to_string(),
                ever_hash: mint.ever_hash.to_string(),
            })
        })
        .collect()
}

/// The id of the burn that is this item, numbered from 1, of a batch.
pub(crate) fn burn_id(batch: u64, item: u64) -> u64 {
    (batch << ITEM_BITS) | item
}

/// Burns that took effect, in order.
pub(crate) fn burns(batch: &Overlaid) -> Vec<BurnRow> {
    let of = &batch.prepared.batch;
    effective(batch, Action::Burn)
        .filter_map(|(index, burn)| {
            Some(BurnRow {
                id: burn_id(batch.number, index as u64 + 1),
                ever_hash: burn.ever_hash.to_string(),
                batch: batch.number,
                batch_id: of.id.to_string(),
                time_ms: of.block_time_ms,
                tag: burn.tag.to_string(),
                chain: burn.target.clone()?,
                sender: burn.from.to_string(),
                recipient: burn.to.to_string(),
                amount: amount_of(burn.amount)?.to_string(),
                fee: amount_of(burn.fee)?.to_string(),
                paid_height: None,
            })
        })
        .collect()
}

/// Verified deposits that were credited, with what was seen.
pub(crate) fn credited(batch: &Overlaid) -> Vec<(String, &Evidence)> {
    effective(batch, Action::Mint)
        .filter_map(|(index, mint)| match batch.findings.get(&index)? {
            MintFinding::Verified { evidence } => Some((mint.ever_hash.to_string(), evidence)),
            MintFinding::Refuted { .. } | MintFinding::NotCheckable { .. } => None,
        })
        .collect()
}

/// The same as stored.
pub(crate) fn credits(batch: &Overlaid) -> Vec<CreditRow> {
    let text = |evidence| serde_json::to_string(evidence).expect("evidence is plain data");
    let credited = credited(batch).into_iter();
    credited
        .map(|(ever_hash, evidence)| CreditRow {
            ever_hash,
            chain: evidence.chain.clone(),
            evidence: text(evidence),
            undone: false,
        })
        .collect()
}
