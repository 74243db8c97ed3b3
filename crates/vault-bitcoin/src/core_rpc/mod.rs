//! A Bitcoin Core node: few typed questions, each bounded in time and size.
//!
//! What always holds: nothing is asked of a node before it named the right network; a coin that it tells is one that was asked
//! for, at an amount that can be; a transaction that it names is the one that it was given. What unspent outputs there are,
//! how deep they lie, and absence are the node's word: run your own. What it does not do: repeat a failed question, keep a
//! wallet, or guess a fee.
//! Source: the RPC help of Bitcoin Core 31; works from version 28 on (JSON-RPC 2.0).

mod answers;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bitcoin::consensus::encode::serialize_hex;
use bitcoin::{BlockHash, Network, ScriptBuf, Transaction, Txid};
use json_rpc::{Limits, Rpc, RpcError};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::place::{Holder, Vault};
use crate::request::Coin;
use answers::{ChainInfo, Depth, Scan, Trial, Txt};
use threshold::FormatError;

/// A node reads its whole set of unspent outputs for a scan.
const SCAN: Duration = Duration::from_secs(600);
/// Blocks until a coinbase output can be spent.
const COINBASE_MATURITY: u64 = 100;
/// Core's code for what it does not find.
const NOT_FOUND: i64 = -5;
/// Core's code for a transaction that is in a block already.
const ALREADY_MINED: i64 = -27;

/// A node, for one network. Cloning shares the connection and what is known of it.
#[derive(Clone, Debug)]
pub struct Core {
    rpc: Rpc,
    network: Network,
    right_network: Arc<OnceCell<()>>,
}

/// Why a node gave no answer that counts.
#[derive(Debug, thiserror::Error)]
pub enum CoreError {
    /// No answer.
    #[error(transparent)]
    Rpc(#[from] RpcError),
    /// A node of another network.
    #[error("it is a node of the network {found}, not {expected}")]
    OtherNetwork {
        /// The one that was configured.
        expected: Network,
        /// Its own word, shortened.
        found: String,
    },
    /// An answer that contradicts itself or the question.
    #[error("it contradicts itself: {0}")]
    Contradiction(&'static str),
    /// The group's public data do not fit together.
    #[error(transparent)]
    Group(#[from] FormatError),
}

/// A coin on the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoundCoin {
    /// The coin.
    pub coin: Coin,
    /// How deep it lies: 1 in the newest block.
    pub confirmations: u64,
    /// A miner's reward, which can be spent only when it lies 100 blocks deep.
    pub coinbase: bool,
}

impl FoundCoin {
    /// Whether the next block may spend it.
    #[must_use]
    pub fn can_be_spent(&self) -> bool {
        !self.coinbase || self.confirmations >= COINBASE_MATURITY
    }
}

/// What a scan found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// At which block.
    pub block: BlockHash,
    /// Its height.
    pub height: u64,
    /// The unspent outputs in blocks, by holder, then by place.
    pub coins: Vec<FoundCoin>,
}

/// What a node would do with a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tried {
    /// Pass it on.
    Accepted {
        /// Its size in virtual bytes, as the node counts.
        vsize: u64,
    },
    /// Refuse it.
    Refused {
        /// Why, in the node's words, shortened.
        reason: String,
    },
}

impl Core {
    /// The node at `url`, with the file that holds `name:password`, such as its cookie. Nothing is asked yet.
    ///
    /// # Errors
    /// [`RpcError::Url`], or no HTTP client can be made.
    pub fn new(url: &str, password_file: &Path, network: Network, limits: Limits) -> Result<Self, CoreError> {
        let rpc = Rpc::new(url, limits)?.with_password_file(password_file);
        Ok(Self { rpc, network, right_network: Arc::default() })
    }

    /// Scheme, host and port: all of its URL that may be shown.
    #[must_use]
    pub fn name(&self) -> &str {
        self.rpc.name()
    }

    /// The number of the newest block.
    ///
    /// # Errors
    /// No answer that counts; this holds for every question below.
    pub async fn height(&self) -> Result<u64, CoreError> {
        self.ask("getblockcount", json!([])).await
    }

    /// The vault's unspent outputs in blocks, for these holders. A node does one scan at a time, which takes minutes on the main
    /// network.
    ///
    /// # Errors
    /// As [`Core::height`]; also while another scan runs.
    pub async fn coins(&self, vault: &Vault, holders: &[Holder]) -> Result<Found, CoreError> {
        let mut places: BTreeMap<ScriptBuf, Holder> = BTreeMap::new();
        for holder in holders {
            places.insert(vault.place(*holder)?.script_pubkey(), *holder);
        }
        let wanted: Vec<_> = places.keys().map(|script| format!("raw({})", script.to_hex_string())).collect();
        self.check_network().await?;
        let scan: Scan = self.rpc.request_within(SCAN, "scantxoutset", json!(["start", wanted])).await?;
        scan.read(&places)
    }

    /// Whether the node would pass a transaction on. Nothing is sent.
    ///
    /// # Errors
    /// As [`Core::height`].
    pub async fn try_out(&self, transaction: &Transaction) -> Result<Tried, CoreError> {
        let trials: Vec<Trial> = self.ask("testmempoolaccept", json!([[serialize_hex(transaction)]])).await?;
        match <[Trial; 1]>::try_from(trials) {
            Ok([trial]) => trial.read(transaction),
            Err(_) => Err(CoreError::Contradiction("it tried another number of transactions than one")),
        }
    }

    /// Hands a transaction over. `Ok`: the node has it, now or from before.
    ///
    /// # Errors
    /// As [`Core::height`]; also when the node refuses it.
    pub async fn send(&self, transaction: &Transaction) -> Result<Txid, CoreError> {
        let txid = transaction.compute_txid();
        match self.ask::<Txt<Txid>>("sendrawtransaction", json!([serialize_hex(transaction)])).await {
            Ok(Txt(named)) if named == txid => Ok(txid),
            Ok(_) => Err(CoreError::Contradiction("it names another transaction than it was given")),
            Err(CoreError::Rpc(RpcError::Refused { code: ALREADY_MINED, .. })) => Ok(txid),
            Err(error) => Err(error),
        }
    }

    /// How deep a transaction lies: 0 when it waits for a block, `None` when the node does not know it. A node without an
    /// index of transactions (`txindex`) knows one in a block as long as one of its outputs is unspent.
    ///
    /// # Errors
    /// As [`Core::height`].
    pub async fn confirmations(&self, transaction: &Transaction) -> Result<Option<u64>, CoreError> {
        let txid = transaction.compute_txid();
        match self.ask::<Depth>("getrawtransaction", json!([txid.to_string(), 1])).await {
            Ok(depth) => return Ok(Some(depth.confirmations)),
            Err(CoreError::Rpc(RpcError::Refused { code: NOT_FOUND, .. })) => {}
            Err(error) => return Err(error),
        }
        for output in 0..transaction.output.len() {
            if let Some(depth) = self.ask::<Option<Depth>>("gettxout", json!([txid.to_string(), output])).await? {
                return Ok(Some(depth.confirmations));
            }
        }
        Ok(None)
    }

    async fn ask<T: DeserializeOwned>(&self, method: &'static str, params: Value) -> Result<T, CoreError> {
        self.check_network().await?;
        Ok(self.rpc.request(method, params).await?)
    }

    async fn check_network(&self) -> Result<(), CoreError> {
        let ask = async || {
            let found = self.rpc.request::<ChainInfo>("getblockchaininfo", json!([])).await?.chain;
            if Network::from_core_arg(&found) == Ok(self.network) {
                return Ok(());
            }
            Err(CoreError::OtherNetwork { expected: self.network, found: answers::short(&found) })
        };
        self.right_network.get_or_try_init(ask).await.map(drop)
    }
}
