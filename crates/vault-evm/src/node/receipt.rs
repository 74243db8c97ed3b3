//! What is read from receipts.

use super::NodeError;
use alloy::primitives::{B256, U64};
use alloy::rpc::types::Log;
use serde::Deserialize;

/// What a transaction did, in the block where it did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Hash of the transaction.
    pub tx: B256,
    /// Hash of the block.
    pub block_hash: B256,
    /// Its height.
    pub block_number: u64,
    /// Whether it succeeded.
    pub success: bool,
    /// What contracts said, in order.
    pub logs: Vec<Log>,
}

/// A receipt as nodes write it; every chain adds members of its own.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Wire {
    transaction_hash: B256,
    block_hash: B256,
    block_number: U64,
    status: U64,
    logs: Vec<Log>,
}

impl Wire {
    pub(super) fn read(self, tx: B256) -> Result<Receipt, NodeError> {
        if self.transaction_hash != tx {
            return Err(NodeError::Contradiction("the receipt is another transaction's"));
        }
        let of_this = |log: &Log| {
            !log.removed
                && log.transaction_hash == Some(tx)
                && log.block_hash == Some(self.block_hash)
                && log.block_number == Some(self.block_number.to())
        };
        if !self.logs.iter().all(of_this) {
            return Err(NodeError::Contradiction("a receipt holds a log of something else"));
        }
        Ok(Receipt {
            tx,
            block_hash: self.block_hash,
            block_number: self.block_number.to(),
            success: self.status == U64::from(1),
            logs: self.logs,
        })
    }
}
