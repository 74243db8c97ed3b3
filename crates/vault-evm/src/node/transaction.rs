//! Transactions as nodes show them: hash recomputed, signer recovered.

use super::NodeError;
use alloy::consensus::Transaction as _;
use alloy::consensus::TxEnvelope;
use alloy::consensus::transaction::SignerRecoverable;
use alloy::eips::eip2718::Encodable2718;
use alloy::primitives::{Address, B256, Bytes, U64, keccak256};
use alloy::rpc::types::Transaction;
use json_rpc::RpcError;
use serde::Deserialize;
use serde_json::Value;

/// A transaction whose fields hash to its hash.
#[derive(Debug, Clone, PartialEq)]
pub struct ChainTx {
    /// Its hash.
    pub hash: B256,
    /// Who signed it; `None` when nobody can be named: a transaction of the chain itself, or of a kind unknown here.
    pub signer: Option<Address>,
    /// Whom it calls; `None` for the creation of a contract.
    pub to: Option<Address>,
    /// Call data.
    pub input: Bytes,
    /// The object as the node gave it: the body of a mint's `data`. Members other than those above are not verified.
    pub json: Value,
}

/// What tells the kind of a transaction.
#[derive(Deserialize)]
struct Kind {
    hash: B256,
    #[serde(rename = "type", default)]
    kind: U64,
}

/// Kinds that are signed by an account and can be hashed here: legacy to EIP-7702.
const KINDS: u64 = 4;

impl ChainTx {
    pub(super) fn read(json: Value, hash: B256) -> Result<Self, NodeError> {
        let malformed = |source| RpcError::Malformed { method: "eth_getTransactionByHash", source: Some(source) };
        let kind = Kind::deserialize(&json).map_err(malformed)?;
        if kind.hash != hash {
            return Err(NodeError::Contradiction("the transaction is another one"));
        }
        if kind.kind > U64::from(KINDS) {
            return Ok(Self { hash, signer: None, to: None, input: Bytes::new(), json });
        }
        let envelope: TxEnvelope = Transaction::deserialize(&json).map_err(malformed)?.into_inner();
        if keccak256(envelope.encoded_2718()) != hash {
            return Err(NodeError::Contradiction("the transaction's fields do not have its hash"));
        }
        let signer = envelope.recover_signer().ok();
        Ok(Self { hash, signer, to: envelope.to(), input: envelope.input().clone(), json })
    }
}
