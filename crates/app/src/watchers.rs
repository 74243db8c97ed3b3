//! The deposit watchers: one for each EVM chain of the network, at work beside the detector.
//!
//! What always holds: a watcher that cannot open, ends or panics leaves its chain marked as failed, is started again
//! after a rest, and touches neither the detector nor the other chains; none of them posts a mint unless a person asks.
//! This module decides nothing about deposits.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use oracle::network::{EvmChain, NetworkFile};
use store::vault::VaultStore;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{OnceCell, broadcast, watch};
use tokio::task::JoinSet;
use vault_evm::watch::{WatchConfig, WatchNotice, WatchView, Watcher};

use crate::api::{ChainName, EventBody};
use crate::core::{Shared, with_causes};

/// Name of the database in the data directory.
const DATABASE: &str = "vault.db";
/// A watcher that ended is left alone for this long.
const REST: Duration = Duration::from_secs(15);
/// Notices of a watcher within this time are told as one.
const CALM: Duration = Duration::from_millis(250);

/// How far a chain's watcher has come.
#[derive(Debug, Clone)]
pub(crate) enum Watched {
    Opening,
    Open(WatchView),
    Failed,
}

impl Watched {
    pub(crate) const fn view(&self) -> Option<&WatchView> {
        match self {
            Self::Open(view) => Some(view),
            Self::Opening | Self::Failed => None,
        }
    }
}

/// The watchers by chain.
#[derive(Debug)]
pub(crate) struct Watchers {
    chains: RwLock<BTreeMap<String, Watched>>,
}

impl Watchers {
    /// All chains of the network, none of them open.
    pub(crate) fn new(network: &NetworkFile) -> Self {
        let chains = network.evm.keys().map(|chain| (chain.clone(), Watched::Opening)).collect();
        Self { chains: RwLock::new(chains) }
    }

    /// The watcher of a chain; None when the chain is not watched from here.
    pub(crate) fn of(&self, chain: &str) -> Option<Watched> {
        self.chains.read().unwrap_or_else(PoisonError::into_inner).get(chain).cloned()
    }

    /// Every chain that is watched, with its watcher.
    pub(crate) fn all(&self) -> Vec<(String, Watched)> {
        let chains = self.chains.read().unwrap_or_else(PoisonError::into_inner);
        chains.iter().map(|(chain, watched)| (chain.clone(), watched.clone())).collect()
    }

    fn set(&self, chain: &str, watched: Watched) {
        self.chains.write().unwrap_or_else(PoisonError::into_inner).insert(chain.to_owned(), watched);
    }
}

/// What the runs of one app share.
#[derive(Clone)]
struct Runs {
    shared: Arc<Shared>,
    database: Arc<PathBuf>,
    /// Opened by whoever needs it first; one connection writes for all chains.
    store: Arc<OnceCell<VaultStore>>,
    stopping: watch::Receiver<bool>,
}

/// Runs all watchers until told to stop.
pub(crate) async fn run(shared: Arc<Shared>, data_dir: &Path, stopping: watch::Receiver<bool>) {
    let database = Arc::new(data_dir.join(DATABASE));
    let runs = Runs { shared: Arc::clone(&shared), database, store: Arc::default(), stopping };
    let mut tasks = JoinSet::new();
    for (chain, evm) in &shared.network.evm {
        tasks.spawn(runs.clone().keep(config(&shared.network, chain, evm)));
    }
    while tasks.join_next().await.is_some() {}
    if let Some(store) = runs.store.get() {
        store.close().await;
    }
}

fn config(network: &NetworkFile, chain: &str, evm: &EvmChain) -> WatchConfig {
    let needed = network.deposit_confirmations.get(chain).copied();
    WatchConfig {
        chain: chain.to_owned(),
        evm: evm.clone(),
        confirmations: needed.unwrap_or(detector::DEPOSIT_CONFIRMATIONS_DEFAULT),
        rules: network.rules.clone(),
        coordinator: network.coordinator.clone(),
        post: false,
        poll: Duration::from_secs(if network.practice { 1 } else { 6 }),
    }
}

type Fault = Box<dyn Error + Send + Sync>;

impl Runs {
    /// Keeps one chain watched. Each run is a task of its own, so that a panic in there ends that run only.
    async fn keep(mut self, config: WatchConfig) {
        loop {
            let mut one = JoinSet::new();
            one.spawn(self.clone().once(config.clone()));
            let ended = one.join_next().await;
            if *self.stopping.borrow() {
                return;
            }
            let why = match ended {
                Some(Ok(Err(fault))) => with_causes(fault.as_ref()),
                Some(Err(fault)) => fault.to_string(),
                Some(Ok(Ok(()))) | None => "it ended by itself".to_owned(),
            };
            tracing::error!(chain = config.chain, %why, "the deposit watcher has stopped");
            self.shared.watchers.set(&config.chain, Watched::Failed);
            tell(&self.shared, &config.chain);
            let told = self.stopping.wait_for(|stop| *stop);
            if tokio::time::timeout(REST, told).await.is_ok() {
                return;
            }
        }
    }

    async fn once(self, config: WatchConfig) -> Result<(), Fault> {
        let chain = config.chain.clone();
        let store = self.store.get_or_try_init(|| VaultStore::open(&self.database)).await?;
        let watcher = Watcher::open(config, store.clone()).await?;
        let view = watcher.view();
        let notices = view.subscribe();
        self.shared.watchers.set(&chain, Watched::Open(view));
        tell(&self.shared, &chain);
        tokio::select! {
            ended = watcher.run(self.stopping) => Ok(ended?),
            () = pass_on(Arc::clone(&self.shared), chain, notices) => Ok(()),
        }
    }
}

/// Tells of changes until the watcher is gone.
async fn pass_on(shared: Arc<Shared>, chain: String, mut notices: broadcast::Receiver<WatchNotice>) {
    while !matches!(notices.recv().await, Err(RecvError::Closed)) {
        tokio::time::sleep(CALM).await;
        // What came meanwhile is told with it.
        while notices.try_recv().is_ok() {}
        tell(&shared, &chain);
    }
}

fn tell(shared: &Shared, chain: &str) {
    shared.hub.publish(EventBody::Deposits(ChainName { chain: chain.to_owned() }));
}
