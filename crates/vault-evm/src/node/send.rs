//! What is asked of a node to get a transaction into a block. Prices and nonces are the node's word alone.

use super::{Node, NodeError};
use alloy::primitives::{Address, B256, Bytes, U64, U128};
use json_rpc::RpcError;
use serde_json::{Value, json};

impl Node {
    /// Hands over a signed transaction. `Ok`: the node has it, now or from before.
    ///
    /// # Errors
    /// As [`Node::tip`]; a refusal is an error only when the node does not know the transaction already.
    pub async fn send(&self, raw: &[u8], hash: B256) -> Result<(), NodeError> {
        match self.ask::<B256>("eth_sendRawTransaction", json!([Bytes::copy_from_slice(raw)])).await {
            Ok(named) if named == hash => Ok(()),
            Ok(_) => Err(NodeError::Contradiction("it names another transaction than it was given")),
            // Nodes word "already known" differently.
            Err(refusal @ NodeError::Rpc(RpcError::Refused { .. })) => match self.transaction(hash).await {
                Ok(Some(_)) => Ok(()),
                _ => Err(refusal),
            },
            Err(error) => Err(error),
        }
    }

    /// Transactions of an account in blocks up to the one of this hash: the nonce of its next one.
    ///
    /// # Errors
    /// As [`Node::tip`].
    pub async fn nonce(&self, account: Address, block: B256) -> Result<u64, NodeError> {
        self.count(account, json!({ "blockHash": block })).await
    }

    /// As [`Node::nonce`], with those that wait for a block.
    ///
    /// # Errors
    /// As [`Node::tip`].
    pub async fn pending_nonce(&self, account: Address) -> Result<u64, NodeError> {
        self.count(account, json!("pending")).await
    }

    /// Gas that a call from an account would need after the newest block, whatever waits.
    ///
    /// # Errors
    /// As [`Node::tip`]; a call that would fail is told apart by [`NodeError::is_revert`].
    pub async fn gas(&self, from: Address, to: Address, data: &Bytes) -> Result<u64, NodeError> {
        let call = json!({ "from": from, "to": to, "data": data });
        Ok(self.ask::<U64>("eth_estimateGas", json!([call, "latest"])).await?.to())
    }

    /// Price of gas, tip included, wei.
    ///
    /// # Errors
    /// As [`Node::tip`].
    pub async fn gas_price(&self) -> Result<u128, NodeError> {
        Ok(self.ask::<U128>("eth_gasPrice", json!([])).await?.to())
    }

    /// The usual tip, wei; 0 from a node that knows none.
    ///
    /// # Errors
    /// As [`Node::tip`].
    pub async fn gas_tip(&self) -> Result<u128, NodeError> {
        match self.ask::<U128>("eth_maxPriorityFeePerGas", json!([])).await {
            Ok(tip) => Ok(tip.to()),
            Err(NodeError::Rpc(RpcError::Refused { .. })) => Ok(0),
            Err(error) => Err(error),
        }
    }

    async fn count(&self, account: Address, at: Value) -> Result<u64, NodeError> {
        Ok(self.ask::<U64>("eth_getTransactionCount", json!([account, at])).await?.to())
    }
}
