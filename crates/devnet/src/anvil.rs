//! anvil as a child: a real EVM for development, started through `counterparts/anvil.mjs`.
//!
//! Blocks are mined with each transaction, or by time if asked so. **Pitfalls**: with a block time, a sent transaction is
//! not yet mined when its hash is returned; the tags `safe` and `finalized` stay at block 0 with the usual slots of an
//! epoch in a short chain, so set [`AnvilOptions::slots_in_an_epoch`] where finality matters; without a block time, block
//! times run with the clock but at least one second apart, so many blocks at once lead the clock.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::child::{Child, Port, Program};
use crate::error::Fault;
use crate::http;
use crate::service::{self, Ready};

/// Mining many blocks at once takes long; see [`AnvilControl::mine`].
const REQUEST: Duration = Duration::from_secs(30);
/// anvil slows down with the number of blocks asked for at once: 1,024 take about 1.4 s, 10,000 do not end.
const MINE_AT_ONCE: u64 = 500;
const NAME: &str = "Ethereum node (anvil)";
/// What the launcher writes when it answers, before the port.
pub(crate) const ANVIL_READY: Ready = Ready::Line("ready ");

/// How an anvil is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnvilOptions {
    /// Where it listens on loopback; 0 takes a free port.
    pub port: u16,
    /// Its chain id.
    pub chain_id: u64,
    /// Seconds from block to block; `None` mines each transaction at once and no empty blocks.
    pub block_time: Option<u64>,
    /// Blocks per epoch: `safe` is one epoch behind the newest block, `finalized` two. `None` is anvil's own 32.
    pub slots_in_an_epoch: Option<u64>,
    /// File that keeps the chain, also over a kill (which may cost the last second or two); `None` keeps nothing.
    pub state: Option<PathBuf>,
    /// Hard fork by its name, `cancun` for example; `None` is anvil's own newest.
    pub hardfork: Option<&'static str>,
}

impl Default for AnvilOptions {
    /// A fresh chain with id 1 on a free port that mines each transaction at once.
    fn default() -> Self {
        Self { port: 0, chain_id: 1, block_time: None, slots_in_an_epoch: None, state: None, hardfork: None }
    }
}

/// What to start; `counterparts` is the folder found by [`crate::counterparts`].
#[must_use]
pub fn program(counterparts: &Path, options: &AnvilOptions, log: Option<PathBuf>) -> Program {
    let state = options.state.clone().map_or_else(|| "-".into(), PathBuf::into_os_string);
    let mut args = vec![counterparts.join("anvil.mjs").into(), options.port.to_string().into(), state];
    let mut option = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            args.extend([name.into(), value.into()]);
        }
    };
    option("--chain-id", Some(options.chain_id.to_string()));
    option("--block-time", options.block_time.map(|seconds| seconds.to_string()));
    option("--slots-in-an-epoch", options.slots_in_an_epoch.map(|slots| slots.to_string()));
    option("--hardfork", options.hardfork.map(ToOwned::to_owned));
    Program {
        name: NAME,
        program: "node".into(),
        args,
        log,
        hint: "install Node 20.19 or newer",
        port: Some(Port { number: options.port, flag: "--evm-port" }),
        secret_output: false,
    }
}

/// A running anvil. Dropping it ends it.
#[derive(Debug)]
pub struct Anvil {
    child: Child,
    port: u16,
    http: reqwest::Client,
}

impl Anvil {
    /// Starts it and waits until it answers.
    ///
    /// # Errors
    /// Whatever kept it from answering, in words; the child is gone then.
    pub async fn start(program: &Program) -> Result<Self, Fault> {
        let (child, port) = service::start(program, &ANVIL_READY).await?;
        let port = port.parse().map_err(|_| Fault::service(program.name)(format!("it named the port {port:?}")))?;
        Ok(Self { child, port, http: http::client(REQUEST)? })
    }

    /// Where it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
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

    /// A handle for time, money and history that does not own the process.
    #[must_use]
    pub fn control(&self) -> AnvilControl {
        AnvilControl { url: self.url(), http: self.http.clone() }
    }
}

/// What only a development chain offers: blocks, money and another history on demand.
#[derive(Debug, Clone)]
pub struct AnvilControl {
    url: String,
    http: reqwest::Client,
}

impl AnvilControl {
    /// Controls the anvil at `url`.
    ///
    /// # Errors
    /// If no HTTP client can be made.
    pub fn new(url: String) -> Result<Self, Fault> {
        Ok(Self { url, http: http::client(REQUEST)? })
    }

    /// Mines `blocks` empty blocks.
    ///
    /// # Errors
    /// If anvil does not answer as it should.
    pub async fn mine(&self, blocks: u64) -> Result<(), Fault> {
        let mut left = blocks;
        while left > 0 {
            let now = left.min(MINE_AT_ONCE);
            self.request("anvil_mine", json!([format!("{now:#x}")])).await?;
            left -= now;
        }
        Ok(())
    }

    /// Number of the newest block.
    ///
    /// # Errors
    /// If anvil does not answer as it should.
    pub async fn height(&self) -> Result<u64, Fault> {
        let answer = self.request("eth_blockNumber", json!([])).await?;
        let digits = answer.as_str().and_then(|text| text.strip_prefix("0x"));
        digits
            .and_then(|digits| u64::from_str_radix(digits, 16).ok())
            .ok_or_else(|| Fault::service(NAME)(format!("its height is {answer}")))
    }

    /// Replaces the newest `depth` blocks by others of the same number with other hashes. They hold nothing but
    /// `transactions`: signed and encoded ones, each with the place of its block among the new ones, from 0.
    ///
    /// # Errors
    /// If anvil does not answer as it should, or `depth` reaches behind the first block.
    pub async fn reorg(&self, depth: u64, transactions: &[(Vec<u8>, u64)]) -> Result<(), Fault> {
        let placed: Vec<Value> =
            transactions.iter().map(|(raw, block)| json!([crypto::hexs::encode0x(raw), block])).collect();
        self.request("anvil_reorg", json!([depth, placed])).await.map(drop)
    }

    /// Sets the balance of `address` (`0x` hex) to `wei`.
    ///
    /// # Errors
    /// If anvil does not answer as it should.
    pub async fn set_balance(&self, address: &str, wei: u128) -> Result<(), Fault> {
        self.request("anvil_setBalance", json!([address, format!("{wei:#x}")])).await.map(drop)
    }

    /// Remembers the chain as it is; the answer is for [`AnvilControl::revert`].
    ///
    /// # Errors
    /// If anvil does not answer as it should.
    pub async fn snapshot(&self) -> Result<String, Fault> {
        let answer = self.request("evm_snapshot", json!([])).await?;
        answer
            .as_str()
            .map(ToOwned::to_owned)
            .ok_or_else(|| Fault::service(NAME)(format!("a snapshot called {answer}")))
    }

    /// Goes back to a snapshot and uses it up.
    ///
    /// # Errors
    /// If anvil does not answer as it should or does not know the snapshot.
    pub async fn revert(&self, snapshot: &str) -> Result<(), Fault> {
        match self.request("evm_revert", json!([snapshot])).await? {
            Value::Bool(true) => Ok(()),
            other => Err(Fault::service(NAME)(format!("going back to snapshot {snapshot} gave {other}"))),
        }
    }

    /// Any JSON-RPC request.
    ///
    /// # Errors
    /// If anvil does not answer, or answers with an error.
    pub async fn request(&self, method: &str, params: Value) -> Result<Value, Fault> {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let ask =
            async { self.http.post(&self.url).json(&body).send().await?.error_for_status()?.json::<Value>().await };
        let mut answer = ask.await.map_err(|fault| Fault::service(NAME)(format!("{method}: {fault}")))?;
        match answer.get("error") {
            None => Ok(answer["result"].take()),
            Some(error) => Err(Fault::service(NAME)(format!("{method}: {error}"))),
        }
    }
}
