//! Starting and stopping: every rule of starting is here, in the order in which it is checked.

use crate::api;
use crate::cheat::{Cheat, Early};
use crate::config::Config;
use crate::error::{RunError, StartError};
use crate::listener::BoundedListener;
use crate::load;
use crate::lock::DataDirLock;
use crate::packager::{Packager, TurnError, check_head};
use crate::payouts::{self, Payouts};
use crate::serial::{OpenBatch, QUEUE_MAX, Serial};
use crate::shared::{Parts, Shared, ended};
use crate::submit::Submission;
use arweave::{Gateway, Limits, Wallet};
use everpay::Tokens;
use oracle::{ArweaveDeposits, Oracle};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use store::pool::Pool;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};

/// Open connections get so long to finish when the coordinator stops.
const GOODBYE_MAX: Duration = Duration::from_secs(5);

/// The coordinator as something to start.
#[derive(Debug, Clone, Copy)]
pub struct Coordinator;

/// A running coordinator. Dropping it stops it, too.
#[derive(Debug)]
pub struct Running {
    addr: SocketAddr,
    stop: Stopper,
    task: JoinHandle<Result<(), RunError>>,
}

/// Stops a [`Running`] coordinator. When the last one of them is dropped, it stops as well.
#[derive(Debug, Clone)]
pub struct Stopper(Arc<watch::Sender<bool>>);

impl Stopper {
    /// Asks it to stop.
    pub fn stop(&self) {
        // Nobody listens any more: it has stopped already.
        let _ = self.0.send(true);
    }
}

impl Running {
    /// Where the API listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Asks it to stop; [`Running::join`] waits until it has.
    pub fn stop(&self) {
        self.stop.stop();
    }

    /// Something that can stop it while somebody else waits for its end.
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        self.stop.clone()
    }

    /// Waits until it has stopped. The data directory is free afterwards.
    ///
    /// # Errors
    /// Why it stopped by itself.
    pub async fn join(self) -> Result<(), RunError> {
        // The stopper lives until the end: to wait is not to stop.
        let Self { stop, task, .. } = self;
        let outcome = task.await.unwrap_or_else(|error| Err(RunError::Bug(error.to_string())));
        drop(stop);
        outcome
    }
}

impl Coordinator {
    /// Starts a coordinator: locks its data directory, loads the ledger, checks wallet, rules and the chain's head, and
    /// listens. When no gateway answers, it serves, and checks the head before it writes to Arweave.
    ///
    /// # Errors
    /// A [`StartError`] that says what to do.
    pub async fn start(config: Config) -> Result<Running, StartError> {
        let gateways = check_config(&config)?;
        let lock = DataDirLock::take(&config.data_dir)?;
        let wallet = Arc::new(load_wallet(&config)?);
        let cheat = config.cheat.clone().map(|plan| Cheat::prepare(plan, &wallet)).transpose()?;
        let fault = |source| StartError::Store { path: config.data_dir.clone(), source };
        let pool = Pool::open(&config.data_dir.join("coordinator.sqlite")).await.map_err(fault)?;
        load::pin(&pool, &config.data_dir, &config.rules).await?;
        let (state, open) = load::load(&pool, &config.data_dir, &config.rules).await?;
        let head_checked = check_head_if_possible(&pool, &gateways, &wallet, &config).await?;
        let listener = TcpListener::bind(config.listen).await;
        let listen_fault = |source| StartError::Listen { addr: config.listen, source };
        let listener = listener.map_err(listen_fault)?;
        let addr = listener.local_addr().map_err(listen_fault)?;

        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        let shared = Arc::new(Shared::new(Parts {
            rules: config.rules.clone(),
            owner: wallet.address(),
            pool,
            oracle: oracle(&config, &gateways)?,
            clock: Arc::clone(&config.clock),
            state,
            queue,
            early: Early::for_plan(config.cheat.as_ref()),
        }));
        shared.publish().await.map_err(fault)?;
        let poll = (config.seal_interval / 4).clamp(Duration::from_millis(250), Duration::from_secs(10));
        let payouts = payouts::readers(&config, &shared, poll)?;
        let packager = Packager {
            shared: Arc::clone(&shared),
            gateways,
            wallet,
            confirmations: config.confirmations,
            poll,
            cheat,
            head_checked,
            posted: HashMap::new(),
        };
        let (stop, stopped) = watch::channel(false);
        let services = Services { shared, waiting, open, packager, payouts, listener, lock };
        let task = tokio::spawn(services.run(config, stopped));
        tracing::info!(%addr, "coordinator listens");
        Ok(Running { addr, stop: Stopper(Arc::new(stop)), task })
    }
}

/// What one coordinator consists of while it runs.
struct Services {
    shared: Arc<Shared>,
    waiting: mpsc::Receiver<Submission>,
    open: OpenBatch,
    packager: Packager,
    payouts: Vec<Payouts>,
    listener: TcpListener,
    lock: DataDirLock,
}

impl Services {
    /// Runs until stopped or until one part fails; then all parts end, and what is on disk is closed.
    async fn run(self, config: Config, mut stopped: watch::Receiver<bool>) -> Result<(), RunError> {
        let (end, told) = watch::channel(false);
        let mut parts = JoinSet::new();
        let serial = Serial::new(Arc::clone(&self.shared), self.waiting, self.open, &config);
        parts.spawn(serial.run(told.clone()));
        parts.spawn(self.packager.run(told.clone()));
        for chain in self.payouts {
            parts.spawn(chain.run(told.clone()));
        }
        parts.spawn(serve(self.listener, Arc::clone(&self.shared), told));
        let outcome = tokio::select! {
            () = ended(&mut stopped) => Ok(()),
            first = parts.join_next() => first.map_or(Ok(()), flatten),
        };
        // Nobody listens only if all parts are gone already.
        let _ = end.send(true);
        let mut outcome = outcome;
        while let Some(other) = parts.join_next().await {
            outcome = outcome.and(flatten(other));
        }
        if let Err(error) = &outcome {
            tracing::error!(%error, "the coordinator stopped by itself");
        }
        self.shared.pool.close().await;
        drop(self.lock);
        outcome
    }
}

fn flatten(ended: Result<Result<(), RunError>, tokio::task::JoinError>) -> Result<(), RunError> {
    ended.unwrap_or_else(|error| Err(RunError::Bug(error.to_string())))
}

async fn serve(listener: TcpListener, shared: Arc<Shared>, mut told: watch::Receiver<bool>) -> Result<(), RunError> {
    let mut cut = told.clone();
    let goodbye = async move { ended(&mut told).await };
    let server = axum::serve(BoundedListener::new(listener), api::router(shared)).with_graceful_shutdown(goodbye);
    tokio::select! {
        served = async { server.await } => served.map_err(RunError::Serve),
        () = async {
            ended(&mut cut).await;
            tokio::time::sleep(GOODBYE_MAX).await;
        } => Ok(()),
    }
}

fn check_config(config: &Config) -> Result<Vec<Gateway>, StartError> {
    let wrong = |what: String| StartError::Config(what);
    config.rules.validate().map_err(|error| wrong(error.to_string()))?;
    if matches!(config.rules.tokens, Tokens::Open) {
        return Err(wrong("a coordinator needs a token list".to_owned()));
    }
    if config.gateways.is_empty() {
        return Err(wrong("at least one gateway is needed".to_owned()));
    }
    if config.cap_items == 0 || config.cap_bytes == 0 || config.confirmations == 0 || config.seal_interval.is_zero() {
        return Err(wrong("caps, confirmations and the seal interval must be above zero".to_owned()));
    }
    let client = |url: &String| Gateway::new(url, Limits::default()).map_err(|error| wrong(error.to_string()));
    config.gateways.iter().map(client).collect()
}

fn load_wallet(config: &Config) -> Result<Wallet, StartError> {
    let wallet = Wallet::load(&config.wallet)
        .map_err(|error| StartError::Wallet { path: config.wallet.clone(), reason: error.to_string() })?;
    let address = wallet.address().to_string();
    if address == config.rules.owner {
        Ok(wallet)
    } else {
        Err(StartError::NotTheOwner { wallet: address, owner: config.rules.owner.clone() })
    }
}

/// Asks the first gateway that answers whether the chain's head is ours. `false` when none answers: then the packager asks
/// before it writes anything.
async fn check_head_if_possible(
    pool: &Pool,
    gateways: &[Gateway],
    wallet: &Wallet,
    config: &Config,
) -> Result<bool, StartError> {
    for gateway in gateways {
        match check_head(pool, gateway, &wallet.address()).await {
            Ok(()) => return Ok(true),
            Err(TurnError::ForeignHead(head)) => return Err(head.into()),
            Err(TurnError::Store(source)) => return Err(StartError::Store { path: config.data_dir.clone(), source }),
            Err(fault) => tracing::warn!(%fault, gateway = %gateway.url(), "the chain's head could not be checked yet"),
        }
    }
    Ok(false)
}

fn oracle(config: &Config, gateways: &[Gateway]) -> Result<Oracle, StartError> {
    let needed = &config.deposit_confirmations;
    let confirmations = config.deposit_confirmations("arweave");
    // All gateways that are configured must agree before money is made.
    let deposits = ArweaveDeposits::new(gateways.to_vec(), gateways.len(), confirmations, config.rules.clone());
    let oracle = Oracle::new().with("arweave", Arc::new(deposits));
    vault_evm::add_chains(oracle, &config.evm, needed, Config::DEPOSIT_CONFIRMATIONS, &config.rules)
        .map_err(|error| StartError::Config(error.to_string()))
}
