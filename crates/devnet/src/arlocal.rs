//! arlocal as a child: a real Arweave gateway for development, started through `counterparts/arlocal.mjs`.
//!
//! Blocks are mined on demand. **Pitfall**: never ask for several blocks in one request: transactions would go into the
//! last of them and report the first one's height.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::child::{Child, Port, Program};
use crate::error::Fault;
use crate::http;
use crate::service::{self, Ready};

const REQUEST: Duration = Duration::from_secs(10);
/// At least a second between blocks: arlocal orders blocks by the second when it resumes.
const BLOCK_EVERY: Duration = Duration::from_millis(1_050);
/// What the launcher writes when it answers, before the port.
pub(crate) const READY: Ready = Ready::Line("ready ");

/// Finds the folder `counterparts`: `given`, or beside one of the folders above this program, or above the working folder.
///
/// # Errors
/// [`Fault::CounterpartsMissing`], or [`Fault::PackagesMissing`] if `npm ci` was not run in it.
pub fn counterparts(given: Option<PathBuf>) -> Result<PathBuf, Fault> {
    let found = match given {
        Some(folder) => Some(folder).filter(|folder| folder.join("arlocal.mjs").is_file()),
        None => [std::env::current_exe(), std::env::current_dir()]
            .iter()
            .flatten()
            .flat_map(|start| start.ancestors())
            .map(|folder| folder.join("counterparts"))
            .find(|folder| folder.join("arlocal.mjs").is_file()),
    };
    let folder = found.ok_or(Fault::CounterpartsMissing)?;
    if !folder.join("node_modules/arlocal/package.json").is_file() {
        return Err(Fault::PackagesMissing(folder));
    }
    Ok(folder)
}

/// What to start: `port` 0 takes a free one. The directory keeps everything; starting again on it goes on.
#[must_use]
pub fn program(counterparts: &Path, directory: &Path, port: u16, log: Option<PathBuf>) -> Program {
    Program {
        name: "Arweave gateway (arlocal)",
        program: "node".into(),
        args: vec![counterparts.join("arlocal.mjs").into(), port.to_string().into(), directory.into()],
        log,
        hint: "install Node 20.19 or newer",
        port: Some(Port { number: port, flag: "--gateway-port" }),
        secret_output: false,
    }
}

/// A running arlocal.
#[derive(Debug)]
pub struct Arlocal {
    child: Child,
    port: u16,
    http: reqwest::Client,
}

impl Arlocal {
    /// Starts it and waits until it answers.
    ///
    /// # Errors
    /// Whatever kept it from answering, in words; the child is gone then.
    pub async fn start(program: &Program) -> Result<Self, Fault> {
        let (child, port) = service::start(program, &READY).await?;
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

    /// A handle for mining and minting that does not own the process.
    #[must_use]
    pub fn control(&self) -> Control {
        Control { url: self.url(), http: self.http.clone() }
    }
}

/// What only a development gateway offers: blocks and money on demand.
#[derive(Debug, Clone)]
pub struct Control {
    url: String,
    http: reqwest::Client,
}

impl Control {
    /// Controls the arlocal at `url`.
    ///
    /// # Errors
    /// If no HTTP client can be made.
    pub fn new(url: String) -> Result<Self, Fault> {
        Ok(Self { url, http: http::client(REQUEST)? })
    }

    /// Mines one block; returns the new height.
    ///
    /// # Errors
    /// If arlocal does not answer as it should.
    pub async fn mine(&self) -> Result<u64, Fault> {
        let answer = self.get("/mine").await?;
        let block: serde_json::Value = serde_json::from_str(&answer).unwrap_or_default();
        block["height"].as_u64().ok_or_else(|| Fault::service("mining a block")(answer))
    }

    /// Mines as time goes by, until it is dropped.
    pub(crate) async fn mine_for_ever(&self) {
        let mut clock = interval(BLOCK_EVERY);
        // Never two blocks in a hurry, whatever was missed.
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            clock.tick().await;
            if let Err(fault) = self.mine().await {
                tracing::debug!(%fault, "no block this time");
            }
        }
    }

    /// Gives `winston` to an address.
    ///
    /// # Errors
    /// If arlocal does not answer as it should.
    pub async fn mint(&self, address: &str, winston: u128) -> Result<(), Fault> {
        self.get(&format!("/mint/{address}/{winston}")).await.map(drop)
    }

    async fn get(&self, path: &str) -> Result<String, Fault> {
        let ask = async {
            let answer = self.http.get(format!("{}{path}", self.url)).send().await?.error_for_status()?;
            answer.text().await
        };
        ask.await.map_err(|fault| Fault::service("Arweave gateway (arlocal)")(fault.to_string()))
    }
}
