//! `everwatchd watchman run`: detector and watchman in one process.

use super::{KeystoreArgs, line, secrets};
use crate::rpc::{self, ChainNode};
use crate::vault::Beside;
use anyhow::{Context, anyhow, bail};
use detector::Detector;
use everpay::AccountId;
use keystore::{Session, SessionState, UNLOCK_MS_MAX};
use oracle::network::NetworkFile;
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::task::JoinSet;
use vault::signature::Owner;
use vault_evm::release::FeePolicy;
use watchman::door::{Access, Door};
use watchman::{Config, Notice, SettingsFiles, Watchman};

/// How often the keystore is kept open for longer.
const EXTEND: Duration = Duration::from_secs(24 * 3_600);

/// Run a watchman.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// File that names the network: ledger, chains, vaults, tokens.
    #[arg(long, value_name = "FILE")]
    network: PathBuf,
    /// Directory of the journal, the replay and the socket.
    #[arg(long, value_name = "DIR")]
    data_dir: PathBuf,
    #[command(flatten)]
    keystore: KeystoreArgs,
    /// The account whose key signs.
    #[arg(long, value_name = "ADDRESS")]
    account: String,
    /// The sealed roster: who the watchmen are and where they are reached.
    #[arg(long, value_name = "FILE")]
    roster: PathBuf,
    /// The sealed policy.
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// Where the other watchmen reach this one; may be repeated.
    #[arg(long, value_name = "ADDRESS")]
    listen: Vec<SocketAddr>,
    /// Use this node of a chain instead of the network's; may be repeated.
    #[arg(long = "rpc", value_name = "CHAIN=URL", value_parser = rpc::parse)]
    rpc: Vec<ChainNode>,
    /// Most that is offered for a unit of gas (gwei).
    #[arg(long, value_name = "GWEI", default_value_t = 500, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    gas_price_max: u64,
    /// Pause between two looks at ledger and chains (milliseconds); 1000 on a practice network, 5000 else.
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(50..=600_000))]
    poll_ms: Option<u64>,
    /// Print a JSON line for each thing that happens.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args) -> anyhow::Result<()> {
    let network = network(&args)?;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&args.data_dir);
    made.with_context(|| format!("{} cannot be made", args.data_dir.display()))?;
    let ledger_dir = args.data_dir.join("ledger");
    let mut detector = Detector::open(detector::Config::from_network(&network, ledger_dir)?).await?;
    let json = args.json;
    let data_dir = args.data_dir.clone();
    let (config, session) = config(args, network, Arc::new(detector.view())).await?;
    let (watchman, view) = Watchman::open(config).await?;
    let door = Door::open(&data_dir, Access::Decide)?;
    let (stop, stopped) = watch::channel(false);
    let mut beside = JoinSet::new();
    beside.spawn(tell(view.subscribe(), json));
    beside.spawn(door.serve(view.clone()));
    let ceremonies = Beside { data_dir, session: Arc::clone(&session), watchman: view.clone() };
    beside.spawn(ceremonies.run(stopped.clone()));
    beside.spawn(keep_open(session));
    beside.spawn(crate::signal::stopped());
    let mut working = JoinSet::new();
    let watching = stopped.clone();
    working.spawn(async move { detector.run(watching).await.map_err(anyhow::Error::from) });
    working.spawn(async move { watchman.run(stopped).await.map_err(anyhow::Error::from) });
    say_ready(&view).await?;
    let first = tokio::select! {
        Some(ended) = working.join_next() => Some(ended),
        _ = beside.join_next() => None,
    };
    let _ = stop.send(true);
    let mut ended: Vec<_> = first.into_iter().collect();
    while let Some(next) = working.join_next().await {
        ended.push(next);
    }
    ended.into_iter().try_for_each(|ended| ended.context("a part ended unexpectedly")?)
}

async fn say_ready(view: &watchman::WatchmanView) -> anyhow::Result<()> {
    let status = view.status().await?;
    let listening = if status.listening.is_empty() { "nothing".to_owned() } else { status.listening.join(", ") };
    line::say(&format!("watchman {} listening on {listening}", status.owner))
}

fn network(args: &Args) -> anyhow::Result<NetworkFile> {
    let path = args.network.display();
    let text = std::fs::read(&args.network).with_context(|| format!("{path} cannot be read"))?;
    let mut network = NetworkFile::parse(&text).with_context(|| format!("{path} is not a usable network file"))?;
    rpc::replace(&mut network.evm, &args.rpc)?;
    network.validate()?;
    Ok(network)
}

async fn config(
    args: Args,
    network: NetworkFile,
    ledger: Arc<detector::View>,
) -> anyhow::Result<(Config, Arc<Session>)> {
    let owner = owner(&args.account)?;
    let timing = watchman::usual_timing(network.practice);
    let poll = args.poll_ms.map_or_else(|| watchman::usual_poll(network.practice), Duration::from_millis);
    let (listen, gas) = (args.listen.clone(), u128::from(args.gas_price_max));
    let (data_dir, from) = (args.data_dir.clone(), SettingsFiles { policy: args.policy, roster: args.roster });
    let files = Some(from.clone());
    let opened = tokio::task::spawn_blocking(move || {
        let session = Arc::new(secrets::unlock(&args.keystore)?);
        let policy = watchman::open_policy(&from.policy, &args.data_dir, &session);
        let policy = policy.with_context(|| format!("{} is no usable policy", from.policy.display()))?;
        let roster = watchman::open_roster(&from.roster, &args.data_dir, &session);
        let roster = roster.with_context(|| format!("{} is no usable roster", from.roster.display()))?;
        anyhow::Ok((session, policy, roster))
    });
    let (session, policy, roster) = opened.await??;
    let fees = FeePolicy { cap: gas * 1_000_000_000, ..FeePolicy::default() };
    let kept = Arc::clone(&session);
    let config =
        Config { data_dir, network, owner, session, roster, policy, files, listen, ledger, timing, fees, poll };
    Ok((config, kept))
}

fn owner(account: &str) -> anyhow::Result<Owner> {
    match AccountId::parse(account) {
        Ok(AccountId::Evm(address)) => Ok(Owner::new(address)),
        _ => bail!("{account:?} is not the address of an EVM account"),
    }
}

/// The keystore stays open for as long as this program runs.
pub(crate) async fn keep_open(session: Arc<Session>) {
    loop {
        tokio::time::sleep(EXTEND).await;
        let now_ms = detector::now_ms();
        if session.extend(now_ms, UNLOCK_MS_MAX).is_err() || session.tick(now_ms) == SessionState::Locked {
            tracing::warn!("the keystore locked itself; nothing is signed until a new start");
        }
    }
}

async fn tell(mut notices: broadcast::Receiver<Notice>, json: bool) {
    loop {
        let notice = match notices.recv().await {
            Ok(notice) => notice,
            Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => return std::future::pending().await,
        };
        if !json {
            tracing::info!(code = notice.code, ever_hash = ?notice.ever_hash, detail = notice.detail, "watchman");
            continue;
        }
        // A closed terminal must not end the watching.
        let _ = serde_json::to_string(&notice).map_err(|error| anyhow!(error)).and_then(|text| line::say(&text));
    }
}
