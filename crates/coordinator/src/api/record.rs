//! A transaction as the API shows it (section 14): the fourteen fields, with a numeric nonce, and what became of it.

use arweave::ArweaveId;
use everpay::{EverHash, Nonce, Transaction};
use serde::Serialize;
use store::pool::Item;
use store::sqlite::StoreError;

/// Every action that this ledger executes succeeds as a whole or is refused; only bundles can fail inside.
const SUCCESS: &str = r#"{"status":"success"}"#;

/// The record of an accepted transaction.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record {
    raw_id: u64,
    /// Arweave id of the batch; empty until it is confirmed.
    id: String,
    token_symbol: String,
    action: String,
    from: String,
    to: String,
    amount: String,
    fee: String,
    fee_recipient: String,
    nonce: i64,
    #[serde(rename = "tokenID")]
    token_id: String,
    chain_type: String,
    #[serde(rename = "chainID")]
    chain_id: String,
    data: String,
    version: String,
    sig: String,
    ever_hash: String,
    status: &'static str,
    internal_status: &'static str,
    /// Block time of the batch, Unix ms; 0 until it is confirmed.
    timestamp: u64,
    /// The transaction that paid a burn; empty until that is settled.
    target_chain_tx_hash: String,
    express: Express,
}

/// Quick withdrawals are not offered: always empty.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Express {
    chain_tx_hash: &'static str,
    withdraw_fee: &'static str,
    refund_ever_hash: &'static str,
    err: &'static str,
}

/// A transaction that no confirmed batch holds yet, as `/tx/pending` shows it: `id` is its number.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PendingRecord {
    id: u64,
    token_tag: String,
    ever_hash: String,
    nonce: i64,
    #[serde(flatten)]
    tx: PendingFields,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct PendingFields {
    token_symbol: String,
    action: String,
    from: String,
    to: String,
    amount: String,
    fee: String,
    fee_recipient: String,
    #[serde(rename = "tokenID")]
    token_id: String,
    chain_type: String,
    #[serde(rename = "chainID")]
    chain_id: String,
    data: String,
    version: String,
    sig: String,
}

fn stored(item: &Item) -> Result<(Transaction, i64), StoreError> {
    let damaged = || StoreError::Damaged(format!("item {} holds no transaction", item.raw_id));
    let tx = Transaction::from_json(&item.tx_data).map_err(|_| damaged())?;
    let nonce = Nonce::parse(&tx.nonce).ok_or_else(damaged)?.get();
    Ok((tx, nonce))
}

impl Record {
    pub(crate) fn of(item: &Item) -> Result<Self, StoreError> {
        let (tx, nonce) = stored(item)?;
        let packaged = item.packaged.as_ref();
        Ok(Self {
            raw_id: item.raw_id,
            id: packaged.map(|p| ArweaveId::from_bytes(p.batch_id).to_string()).unwrap_or_default(),
            token_symbol: tx.token_symbol,
            action: tx.action,
            from: tx.from,
            to: tx.to,
            amount: tx.amount,
            fee: tx.fee,
            fee_recipient: tx.fee_recipient,
            nonce,
            token_id: tx.token_id,
            chain_type: tx.chain_type,
            chain_id: tx.chain_id,
            data: tx.data,
            version: tx.version,
            sig: tx.sig,
            ever_hash: EverHash::new(item.ever_hash).to_string(),
            status: if packaged.is_some() { "packaged" } else { "confirmed" },
            internal_status: SUCCESS,
            timestamp: packaged.map_or(0, |p| p.block_ms),
            target_chain_tx_hash: item.payout.map(|tx| crypto::hexs::encode0x(&tx)).unwrap_or_default(),
            express: Express::default(),
        })
    }
}

impl PendingRecord {
    pub(crate) fn of(item: &Item) -> Result<Self, StoreError> {
        let (tx, nonce) = stored(item)?;
        Ok(Self {
            id: item.raw_id,
            token_tag: item.token_tag.clone(),
            ever_hash: EverHash::new(item.ever_hash).to_string(),
            nonce,
            tx: PendingFields {
                token_symbol: tx.token_symbol,
                action: tx.action,
                from: tx.from,
                to: tx.to,
                amount: tx.amount,
                fee: tx.fee,
                fee_recipient: tx.fee_recipient,
                token_id: tx.token_id,
                chain_type: tx.chain_type,
                chain_id: tx.chain_id,
                data: tx.data,
                version: tx.version,
                sig: tx.sig,
            },
        })
    }
}
