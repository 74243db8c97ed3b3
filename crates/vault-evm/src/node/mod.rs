//! One JSON-RPC node of an EVM chain: few typed questions, each bounded in time and size.
//!
//! What always holds: nothing is asked of a node before it named the right chain id; a transaction's hash is recomputed
//! and its signer recovered; a receipt and its logs belong to the transaction that was asked for. Heights, block hashes
//! and absence are the node's word, which is why several are asked ([`crate::quorum`]). The URL may hold a key: only
//! [`Node::name`] is ever shown. What it does not do: repeat a failed question; the caller asks again.

mod block;
mod error;
mod receipt;
mod send;
mod transaction;

pub use block::BlockInfo;
pub use error::NodeError;
pub use json_rpc::Limits;
pub use receipt::Receipt;
pub use transaction::ChainTx;

use alloy::primitives::{Address, B256, Bytes, U64, U256};
use alloy::rpc::types::{Filter, Log};
use json_rpc::{Rpc, RpcError};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::OnceCell;

/// What a node says of one transaction, as far as it holds together.
pub(crate) fn read_answers(transaction: Value, receipt: Value) -> Option<(ChainTx, Receipt)> {
    let hash: B256 = transaction.get("hash")?.as_str()?.parse().ok()?;
    let receipt: receipt::Wire = serde_json::from_value(receipt).ok()?;
    Some((ChainTx::read(transaction, hash).ok()?, receipt.read(hash).ok()?))
}

/// A node. Cloning shares the connection and what is known of it.
#[derive(Debug, Clone)]
pub struct Node {
    rpc: Rpc,
    chain_id: u64,
    right_chain: Arc<OnceCell<()>>,
}

/// The nodes at these URLs, all of the chain `chain_id`.
///
/// # Errors
/// [`RpcError::Url`].
pub fn nodes(urls: &[String], chain_id: u64) -> Result<Vec<Node>, NodeError> {
    urls.iter().map(|url| Node::new(url, chain_id, Limits::default())).collect()
}

impl Node {
    /// A node at `url` that must be of the chain `chain_id`. Nothing is asked yet.
    ///
    /// # Errors
    /// [`RpcError::Url`], or no HTTP client can be made.
    pub fn new(url: &str, chain_id: u64, limits: Limits) -> Result<Self, NodeError> {
        Ok(Self { rpc: Rpc::new(url, limits)?, chain_id, right_chain: Arc::default() })
    }

    /// Scheme, host and port: all of its URL that may be shown.
    #[must_use]
    pub fn name(&self) -> &str {
        self.rpc.name()
    }

    /// Whether both are the same endpoint.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.rpc.is_same(&other.rpc)
    }

    /// The newest block.
    ///
    /// # Errors
    /// No answer that counts; this holds for every question below.
    pub async fn tip(&self) -> Result<BlockInfo, NodeError> {
        self.block_by("latest").await?.ok_or(NodeError::Contradiction("it has no newest block"))
    }

    /// The newest block that the chain calls final; `None` where it has no such notion or no such block yet.
    ///
    /// # Errors
    /// As [`Node::tip`].
    pub async fn finalized(&self) -> Result<Option<BlockInfo>, NodeError> {
        match self.block_by("finalized").await {
            // How nodes of chains without finality answer an unknown word.
            Err(NodeError::Rpc(RpcError::Refused { code: -32_602 | -32_600 | -39_001, .. })) => Ok(None),
            other => other,
        }
    }

    /// The block at a height; `None` when there is none yet.
    ///
    /// # Errors
    /// As [`Node::tip`].
    pub async fn block(&self, number: u64) -> Result<Option<BlockInfo>, NodeError> {
        let block = self.block_by(&format!("{number:#x}")).await?;
        if block.is_some_and(|block| block.number != number) {
            return Err(NodeError::Contradiction("it gives another block than was asked for"));
        }
        Ok(block)
    }

    /// The block at a height that the node must have reached.
    ///
    /// # Errors
    /// As [`Node::tip`]; [`NodeError::Lagging`] when there is none yet.
    pub(crate) async fn block_at(&self, number: u64) -> Result<BlockInfo, NodeError> {
        self.block(number).await?.ok_or(NodeError::Lagging { tip: number.saturating_sub(1) })
    }

    /// A transaction that is in a block or waits for one; `None` when the node knows none of this hash.
    ///
    /// # Errors
    /// As [`Node::tip`]; also when the fields do not hash to `hash`.
    pub async fn transaction(&self, hash: B256) -> Result<Option<ChainTx>, NodeError> {
        const METHOD: &str = "eth_getTransactionByHash";
        match self.ask::<Option<Value>>(METHOD, json!([hash])).await? {
            Some(object) => ChainTx::read(object, hash).map(Some),
            None => Ok(None),
        }
    }

    /// The receipt of a transaction that is in a block of the node's present chain.
    ///
    /// # Errors
    /// As [`Node::tip`]; also when receipt, logs and block do not belong together.
    pub async fn receipt(&self, hash: B256) -> Result<Option<Receipt>, NodeError> {
        let found = self.ask::<Option<receipt::Wire>>("eth_getTransactionReceipt", json!([hash])).await?;
        let Some(receipt) = found.map(|wire| wire.read(hash)).transpose()? else { return Ok(None) };
        let block = self.block(receipt.block_number).await?;
        if block.is_none_or(|block| block.hash != receipt.block_hash) {
            return Err(NodeError::Contradiction("the receipt's block is not the block of that height"));
        }
        Ok(Some(receipt))
    }

    /// The logs that a filter matches.
    ///
    /// # Errors
    /// As [`Node::tip`]; many nodes refuse a range that they find too long.
    pub async fn logs(&self, filter: &Filter) -> Result<Vec<Log>, NodeError> {
        self.ask("eth_getLogs", json!([filter])).await
    }

    /// Coins of an address after the block of this hash.
    ///
    /// # Errors
    /// As [`Node::tip`].
    pub async fn balance(&self, address: Address, block: B256) -> Result<U256, NodeError> {
        self.ask("eth_getBalance", json!([address, { "blockHash": block }])).await
    }

    /// What a contract answers after the block of this hash. Empty when there is no contract.
    ///
    /// # Errors
    /// As [`Node::tip`]; a revert is told apart by [`NodeError::is_revert`].
    pub async fn call(&self, to: Address, data: Bytes, block: B256) -> Result<Bytes, NodeError> {
        self.ask("eth_call", json!([{ "to": to, "data": data }, { "blockHash": block }])).await
    }

    async fn block_by(&self, which: &str) -> Result<Option<BlockInfo>, NodeError> {
        const METHOD: &str = "eth_getBlockByNumber";
        let block: Option<block::Wire> = self.ask(METHOD, json!([which, false])).await?;
        block.map(|wire| wire.read().ok_or(NodeError::Contradiction("a block of an impossible time"))).transpose()
    }

    async fn ask<T: DeserializeOwned>(&self, method: &'static str, params: Value) -> Result<T, NodeError> {
        self.right_chain.get_or_try_init(|| self.check_chain()).await?;
        Ok(self.rpc.request(method, params).await?)
    }

    /// Asked before anything else, and again until it was answered rightly once.
    async fn check_chain(&self) -> Result<(), NodeError> {
        let found = self.rpc.request::<U64>("eth_chainId", json!([])).await?.to();
        if found == self.chain_id { Ok(()) } else { Err(NodeError::OtherChain { expected: self.chain_id, found }) }
    }
}
