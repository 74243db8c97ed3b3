//! `everwatchd coordinator`: serves the everPay API and puts batches on Arweave until it is told to stop.
//!
//! The first line on standard output is `listening on http://ADDRESS`, for people and for programs that start it with
//! port 0. SIGINT and SIGTERM stop it in order; a kill at any moment loses nothing that was acknowledged.

use crate::rpc::{self, ChainNode};
use anyhow::Context;
use coordinator::{CheatId, CheatPlan, Config, Coordinator};
use oracle::network::NetworkFile;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Serve the everPay API and package batches.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// File that names the network: owner, rules, gateways.
    #[arg(long, value_name = "FILE")]
    network: PathBuf,
    /// Rollup wallet (JWK file), readable by its user only.
    #[arg(long, value_name = "FILE")]
    wallet: PathBuf,
    /// Directory of the pool.
    #[arg(long, value_name = "DIR")]
    data_dir: PathBuf,
    /// Address of the public API.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Use this gateway instead of the network's; may be repeated.
    #[arg(long = "gateway", value_name = "URL")]
    gateways: Vec<String>,
    /// A JSON-RPC node of an EVM chain, instead of those that the network file names for it; may be repeated.
    #[arg(long, value_name = "CHAIN=URL", value_parser = rpc::parse)]
    rpc: Vec<ChainNode>,
    /// Close a batch when its first item is so old (milliseconds).
    #[arg(long, value_name = "MS", default_value_t = 120_000)]
    seal_interval_ms: u64,
    /// Close a batch at so many items.
    #[arg(long, value_name = "N", default_value_t = 9_999)]
    cap_items: u64,
    /// Close a batch before its body grows beyond so many bytes.
    #[arg(long, value_name = "N", default_value_t = 8 * 1024 * 1024)]
    cap_bytes: u64,
    /// Accept nonces so far from the clock (milliseconds).
    #[arg(long, value_name = "MS", default_value_t = 100_000)]
    nonce_window_ms: u64,
    /// Commit a fraud, for a devnet and for tests only: F1, F2, F3, F4, F4-eth, F4-inflate,
    /// F4-hasten, F5 or F8.
    #[arg(long, value_name = "ID", hide = true)]
    cheat: Option<CheatId>,
    /// Commit it in the first batch that so many batches precede.
    #[arg(long, value_name = "N", default_value_t = 2, hide = true)]
    cheat_after: u64,
    /// Wallet that signs the foreign batch of F8.
    #[arg(long, value_name = "FILE", hide = true)]
    foreign_wallet: Option<PathBuf>,
}

impl Args {
    fn into_config(self) -> anyhow::Result<Config> {
        let mut network = read_network(&self.network)?;
        rpc::replace(&mut network.evm, &self.rpc)?;
        network.validate()?;
        if self.cheat.is_some() && !network.practice {
            anyhow::bail!("a cheat is possible on a practice network only; {} is not one", network.name);
        }
        let gateways = if self.gateways.is_empty() { network.gateways } else { self.gateways };
        let mut config = Config::new(self.data_dir, self.wallet, gateways, network.rules, self.listen);
        config.seal_interval = Duration::from_millis(self.seal_interval_ms);
        config.cap_items = self.cap_items;
        config.cap_bytes = self.cap_bytes;
        config.confirmations = network.depth;
        config.deposit_confirmations = network.deposit_confirmations;
        config.evm = network.evm;
        config.nonce_window = Duration::from_millis(self.nonce_window_ms);
        config.cheat =
            self.cheat.map(|id| CheatPlan { id, after_batches: self.cheat_after, foreign_wallet: self.foreign_wallet });
        Ok(config)
    }
}

fn read_network(path: &Path) -> anyhow::Result<NetworkFile> {
    let text = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    NetworkFile::parse(&text).with_context(|| format!("{} is not a usable network file", path.display()))
}

/// Runs a coordinator until a signal, or until it stops by itself.
pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let running = Coordinator::start(args.into_config()?).await?;
    {
        let mut out = std::io::stdout().lock();
        writeln!(out, "listening on http://{}", running.addr())?;
        out.flush()?;
    }
    let stop = running.stopper();
    let told = tokio::spawn(async move {
        crate::signal::stopped().await;
        stop.stop();
    });
    let outcome = running.join().await;
    told.abort();
    Ok(outcome?)
}
