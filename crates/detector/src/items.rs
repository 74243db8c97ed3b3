//! Batches taken apart for readers: every item with its verdict.

use crate::head::Overlaid;
use crate::model::{BatchInfo, ItemVerdict, TransactionInfo};
use crate::prepare::Static;
use everpay::Transaction;
use store::sqlite::StoreError;

/// A batch with its items.
#[derive(Debug)]
pub(crate) struct ParsedBatch {
    pub(crate) info: BatchInfo,
    items: Vec<(Option<Transaction>, String, ItemVerdict, Option<serde_json::Value>)>,
}

impl ParsedBatch {
    /// Item `number` from 1.
    pub(crate) fn item(&self, number: u64) -> Option<TransactionInfo> {
        let index = usize::try_from(number.checked_sub(1)?).ok()?;
        let (tx, ever_hash, verdict, finding) = self.items.get(index)?;
        Some(TransactionInfo {
            tx: tx.clone(),
            ever_hash: ever_hash.clone(),
            verdict: verdict.clone(),
            batch: self.info.clone(),
            item: number,
            mint_finding: finding.clone(),
        })
    }

    pub(crate) fn newest_first(&self) -> impl Iterator<Item = TransactionInfo> + '_ {
        (1..=self.items.len() as u64).rev().filter_map(|number| self.item(number))
    }
}

/// A batch of the overlay.
pub(crate) fn of_overlay(overlaid: &Overlaid) -> ParsedBatch {
    let items = overlaid.prepared.items.iter().zip(overlaid.verdicts.iter()).enumerate();
    ParsedBatch {
        info: overlaid.info(),
        items: items
            .map(|(index, (item, verdict))| {
                let finding = overlaid.findings.get(&index).and_then(|f| serde_json::to_value(f).ok());
                match &item.checked {
                    Static::Sound(checked) => {
                        (Some(checked.tx.clone()), checked.ever_hash.to_string(), verdict.clone(), finding)
                    }
                    Static::Unsound(rejected) => {
                        (Some(rejected.tx.clone()), rejected.ever_hash.to_string(), verdict.clone(), finding)
                    }
                    Static::Unreadable => (None, String::new(), verdict.clone(), finding),
                }
            })
            .collect(),
    }
}

/// A settled batch. One that does not count (foreign, unparsable) has no verdicts and shows no items.
pub(crate) fn of_store(info: BatchInfo, body: &[u8], verdicts: &[u8]) -> Result<ParsedBatch, StoreError> {
    let verdicts = decode_verdicts(verdicts)?;
    if verdicts.is_empty() {
        return Ok(ParsedBatch { info, items: Vec::new() });
    }
    let parsed = rollup::parse(body).map_err(|error| StoreError::Damaged(format!("batch {}: {error}", info.number)))?;
    let items = parsed
        .iter()
        .zip(verdicts)
        .map(|(item, verdict)| match Transaction::from_json(&item.tx_data) {
            Ok(tx) => {
                let hash = tx.ever_hash().to_string();
                (Some(tx), hash, verdict, None)
            }
            Err(_) => (None, String::new(), verdict, None),
        })
        .collect();
    Ok(ParsedBatch { info, items })
}

/// Verdicts as stored: postcard of the list.
pub(crate) fn encode_verdicts(verdicts: &[ItemVerdict]) -> Vec<u8> {
    postcard::to_stdvec(verdicts).expect("plain data into a growing vector")
}

fn decode_verdicts(blob: &[u8]) -> Result<Vec<ItemVerdict>, StoreError> {
    postcard::from_bytes(blob).map_err(|error| StoreError::Damaged(format!("verdicts: {error}")))
}
