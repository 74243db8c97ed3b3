//! Bitcoin Core's daemon as a child, on a chain of its own (`regtest`) whose blocks are mined on demand.
//!
//! It listens on loopback only, knows no other node, and keeps everything in its folder; starting again on it goes on.
//! `scripts/bitcoind.sh` builds it and says where it is. **Pitfalls**: miners' rewards can be spent 100 blocks later; the
//! reward halves every 150 blocks; the daemon has no wallet, so money comes from [`BitcoindControl::fund`].

use std::path::{Path, PathBuf};
use std::time::Duration;

use bitcoin::consensus::encode::{deserialize_hex, serialize_hex};
use bitcoin::{Address, Amount, Block, BlockHash, Network, OutPoint, ScriptBuf, Transaction, TxOut};
use json_rpc::{Limits, Rpc};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::child::{Child, Program};
use crate::error::Fault;
use crate::faucet;
use crate::ports::free_port;
use crate::service::{self, Ready};

const NAME: &str = "Bitcoin node (bitcoind)";
const REQUEST: Duration = Duration::from_secs(30);
/// Several blocks of 4 million weight units each would not be answered.
const ANSWER_MAX: usize = 16 << 20;
/// What it logs when it answers.
const READY: Ready = Ready::Line("init message: Done loading");
/// The daemon does not look at its standard input: a shell does, and outlives nobody. It asks the daemon to end when the
/// input closes, and kills it if that does not help.
const LAUNCHER: &str = r#"exec 3<&0
"$@" 3<&- </dev/null & node=$!
{ cat <&3; kill "$node"; sleep 10; kill -KILL "$node"; } >/dev/null 2>&1 & guard=$!
exec 3<&-
wait "$node"; code=$?
kill "$guard" 2>/dev/null
exit "$code""#;

/// How a daemon is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BitcoindOptions {
    /// The program.
    pub program: PathBuf,
    /// Its folder, which must be there.
    pub folder: PathBuf,
    /// Where it answers on loopback; 0 takes a free port.
    pub port: u16,
    /// Where its log is kept; nowhere but in its folder if absent.
    pub log: Option<PathBuf>,
}

/// A running daemon. Dropping it ends it.
#[derive(Debug)]
pub struct Bitcoind {
    child: Child,
    folder: PathBuf,
    url: String,
    rpc: Rpc,
}

impl Bitcoind {
    /// Starts it and waits until it answers.
    ///
    /// # Errors
    /// Whatever kept it from answering, in words; the child is gone then.
    pub async fn start(options: &BitcoindOptions) -> Result<Self, Fault> {
        let port = if options.port == 0 { free_port()? } else { options.port };
        let (child, _) = service::start(&program(options, port), &READY).await?;
        let url = format!("http://127.0.0.1:{port}");
        let limits = Limits { timeout: REQUEST, bytes_max: ANSWER_MAX };
        let rpc = Rpc::new(&url, limits).map_err(|fault| Fault::service(NAME)(fault.to_string()))?;
        let folder = options.folder.clone();
        let rpc = rpc.with_password_file(&cookie(&folder));
        Ok(Self { child, folder, url, rpc })
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The file with name and password for its questions.
    #[must_use]
    pub fn cookie(&self) -> PathBuf {
        cookie(&self.folder)
    }

    /// The process.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// The process, to be stopped or killed by the caller.
    #[must_use]
    pub fn into_child(self) -> Child {
        self.child
    }

    /// A handle for blocks and money that does not own the process.
    #[must_use]
    pub fn control(&self) -> BitcoindControl {
        BitcoindControl { rpc: self.rpc.clone() }
    }
}

fn cookie(folder: &Path) -> PathBuf {
    folder.join("regtest/.cookie")
}

fn program(options: &BitcoindOptions, port: u16) -> Program {
    let fixed = ["-regtest", "-listen=0", "-connect=0", "-dnsseed=0", "-fixedseeds=0", "-server=1", "-txindex=1"];
    let output = ["-printtoconsole=1", "-logtimestamps=0", "-rpcbind=127.0.0.1", "-rpcallowip=127.0.0.1"];
    let mut args = vec!["-c".into(), LAUNCHER.into(), "bitcoind".into(), options.program.clone().into_os_string()];
    args.extend(fixed.iter().chain(&output).map(Into::into));
    let mut folder = std::ffi::OsString::from("-datadir=");
    folder.push(&options.folder);
    args.extend([folder, format!("-rpcport={port}").into()]);
    let mut program = Program::new(NAME, "/bin/sh");
    program.args = args;
    program.log.clone_from(&options.log);
    program.hint = "build it with scripts/bitcoind.sh";
    program
}

/// What only a chain of one's own offers: blocks, money and another history on demand.
#[derive(Debug, Clone)]
pub struct BitcoindControl {
    rpc: Rpc,
}

impl BitcoindControl {
    /// Mines `blocks` blocks with what waits; nobody can spend their rewards but [`BitcoindControl::fund`].
    ///
    /// # Errors
    /// If the daemon does not answer as it should; this holds for every request below.
    pub async fn mine(&self, blocks: u64) -> Result<(), Fault> {
        let faucet = faucet::address().to_string();
        self.request::<Value>("generatetoaddress", json!([blocks, faucet])).await.map(drop)
    }

    /// Number of the newest block.
    ///
    /// # Errors
    /// As [`BitcoindControl::mine`].
    pub async fn height(&self) -> Result<u64, Fault> {
        self.request("getblockcount", json!([])).await
    }

    /// The block of a height.
    ///
    /// # Errors
    /// As [`BitcoindControl::mine`]; also when there is none.
    pub async fn block(&self, height: u64) -> Result<Block, Fault> {
        let hash: String = self.request("getblockhash", json!([height])).await?;
        let hash: BlockHash = hash.parse().map_err(|_| Fault::service(NAME)(format!("a block called {hash}")))?;
        let text: String = self.request("getblock", json!([hash.to_string(), 0])).await?;
        deserialize_hex(&text).map_err(|fault| Fault::service(NAME)(format!("block {height}: {fault}")))
    }

    /// Pays for these outputs in one transaction and mines it; returns where they are. Mines more if there is no money yet.
    ///
    /// # Errors
    /// As [`BitcoindControl::mine`]; also when the outputs cost more than the richest reward.
    pub async fn fund(&self, outputs: &[TxOut]) -> Result<Vec<OutPoint>, Fault> {
        if faucet::richest(&self.chain().await?).is_none() {
            self.mine(faucet::MATURITY + 1).await?;
        }
        let short = || Fault::service(NAME)("its miner's rewards do not pay for these outputs".to_owned());
        let coin = faucet::richest(&self.chain().await?).ok_or_else(short)?;
        let transaction = faucet::pay(&coin, outputs).ok_or_else(short)?;
        self.send(&transaction).await?;
        self.mine(1).await?;
        let txid = transaction.compute_txid();
        Ok((0..).take(outputs.len()).map(|vout| OutPoint { txid, vout }).collect())
    }

    /// Hands a transaction over.
    ///
    /// # Errors
    /// As [`BitcoindControl::mine`]; also when it is refused.
    pub async fn send(&self, transaction: &Transaction) -> Result<(), Fault> {
        self.request::<Value>("sendrawtransaction", json!([serialize_hex(transaction)])).await.map(drop)
    }

    /// Replaces the newest `depth` blocks by one more with what waits, which includes what the old ones held.
    ///
    /// # Errors
    /// As [`BitcoindControl::mine`].
    pub async fn reorg(&self, depth: u64) -> Result<(), Fault> {
        let height = self.height().await?;
        let first: String = self.request("getblockhash", json!([(height + 1).saturating_sub(depth)])).await?;
        self.request::<Value>("invalidateblock", json!([first])).await?;
        // A reward to another address, or the same block would come out that was just called invalid.
        let other = Address::p2wsh(&ScriptBuf::from_bytes(first.into_bytes()), Network::Regtest).to_string();
        self.request::<Value>("generatetoaddress", json!([1, other])).await?;
        self.mine(depth).await
    }

    /// Any JSON-RPC request.
    ///
    /// # Errors
    /// As [`BitcoindControl::mine`].
    pub async fn request<T: DeserializeOwned>(&self, method: &'static str, params: Value) -> Result<T, Fault> {
        self.rpc.request(method, params).await.map_err(|fault| Fault::service(NAME)(fault.to_string()))
    }

    /// The whole chain: a test's is short.
    async fn chain(&self) -> Result<Vec<Block>, Fault> {
        let mut blocks = Vec::new();
        for height in 0..=self.height().await? {
            blocks.push(self.block(height).await?);
        }
        Ok(blocks)
    }
}

/// What an output holds: for [`BitcoindControl::fund`].
#[must_use]
pub fn output(address: &Address, value: Amount) -> TxOut {
    TxOut { value, script_pubkey: address.script_pubkey() }
}
