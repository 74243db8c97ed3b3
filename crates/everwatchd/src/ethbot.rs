//! `everwatchd ethbot`: watches the vaults on EVM chains and posts the mint of every deposit that is deep enough.
//!
//! One line `watching CHAIN …` a chain on standard output when it is taken up. A kill at any moment costs nothing: reading
//! goes on where it was, and a mint that is posted again counts once. The bot holds no key that guards anything.

use anyhow::{Context, bail};
use oracle::network::NetworkFile;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;
use store::vault::VaultStore;
use tokio::task::JoinSet;
use vault_evm::watch::{WatchConfig, Watcher};

/// Watch the vaults on EVM chains and post mints.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// File that names the network: chains, nodes, vaults, tokens, coordinator.
    #[arg(long, value_name = "FILE")]
    network: PathBuf,
    /// Directory of the bot's database.
    #[arg(long, value_name = "DIR")]
    data_dir: PathBuf,
    /// Use this node of a chain instead of the network's; may be repeated.
    #[arg(long = "rpc", value_name = "CHAIN=URL", value_parser = crate::rpc::parse)]
    rpc: Vec<crate::rpc::ChainNode>,
    /// Base URL of the coordinator, instead of the network's.
    #[arg(long, value_name = "URL")]
    coordinator: Option<String>,
    /// Pause between two looks at a chain (milliseconds).
    #[arg(long, value_name = "MS", default_value_t = 4_000, value_parser = clap::value_parser!(u64).range(50..=600_000))]
    poll_ms: u64,
    /// Read and post what there is now, then stop.
    #[arg(long)]
    once: bool,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let configs = configs(&args)?;
    std::fs::create_dir_all(&args.data_dir).with_context(|| format!("cannot create {}", args.data_dir.display()))?;
    let _lock = lock(&args.data_dir)?;
    let store = VaultStore::open(&args.data_dir.join("ethbot.db")).await?;
    let mut watchers = Vec::new();
    for config in configs {
        let watcher = Watcher::open(config, store.clone()).await?;
        say(&watcher)?;
        watchers.push(watcher);
    }
    let outcome = if args.once { once(watchers).await } else { watch(watchers).await };
    store.close().await;
    outcome
}

fn configs(args: &Args) -> anyhow::Result<Vec<WatchConfig>> {
    let path = args.network.display();
    let text = std::fs::read(&args.network).with_context(|| format!("{path} cannot be read"))?;
    let mut network = NetworkFile::parse(&text).with_context(|| format!("{path} is not a usable network file"))?;
    crate::rpc::replace(&mut network.evm, &args.rpc)?;
    network.validate()?;
    let coordinator = args.coordinator.clone().or(network.coordinator);
    if coordinator.is_none() {
        bail!("no coordinator is known; name one with --coordinator");
    }
    if network.evm.is_empty() {
        bail!("{path} names no EVM chain");
    }
    let needed = |chain: &str| network.deposit_confirmations.get(chain).copied();
    let configs = network.evm.iter().map(|(chain, evm)| WatchConfig {
        chain: chain.clone(),
        evm: evm.clone(),
        confirmations: needed(chain).unwrap_or(detector::DEPOSIT_CONFIRMATIONS_DEFAULT),
        rules: network.rules.clone(),
        coordinator: coordinator.clone(),
        post: true,
        poll: Duration::from_millis(args.poll_ms),
    });
    Ok(configs.collect())
}

/// One bot for each directory: two would post everything twice, and each would find the other's rows.
fn lock(data_dir: &Path) -> anyhow::Result<File> {
    let path = data_dir.join("ethbot.lock");
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    let file = file.with_context(|| format!("{} cannot be opened", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!("another ethbot works in {}", data_dir.display()),
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("{} cannot be locked", path.display())),
    }
}

fn say(watcher: &Watcher) -> anyhow::Result<()> {
    let state = watcher.view().state();
    let nodes: Vec<&str> = state.sources.iter().map(|source| source.name.as_str()).collect();
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "watching {} (chain id {}): vault {} from block {} on; {} of {} must agree",
        state.chain,
        state.chain_id,
        state.locker,
        state.start_block,
        state.sources_needed,
        nodes.join(", ")
    )?;
    Ok(out.flush()?)
}

async fn once(watchers: Vec<Watcher>) -> anyhow::Result<()> {
    for mut watcher in watchers {
        watcher.once().await?;
        let state = watcher.view().state();
        if let Some(trouble) = &state.trouble {
            bail!("{}: {} {}", state.chain, trouble.code, trouble.subject);
        }
        writeln!(std::io::stdout().lock(), "read {} up to block {}", state.chain, state.scanned)?;
    }
    Ok(())
}

/// Until a signal, or until one of them fails for good.
async fn watch(watchers: Vec<Watcher>) -> anyhow::Result<()> {
    let (stop, stopped) = tokio::sync::watch::channel(false);
    tokio::spawn(async move {
        crate::signal::stopped().await;
        let _ = stop.send(true);
    });
    let mut running = JoinSet::new();
    for watcher in watchers {
        running.spawn(watcher.run(stopped.clone()));
    }
    while let Some(ended) = running.join_next().await {
        ended.context("a watcher ended unexpectedly")??;
    }
    Ok(())
}
