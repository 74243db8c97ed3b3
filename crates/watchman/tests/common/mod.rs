//! A driver over a ledger that the test tells what to say, and a chain that does not answer.
#![allow(dead_code, reason = "each test program uses its part")]

use everpay::{Amount, EverHash, eth_token};
use futures::future::{BoxFuture, FutureExt};
use keystore::{KdfParams, Keystore, Password, Session};
use oracle::network::NetworkFile;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::sqlite::StoreError;
use tokio::sync::watch;
use vault::burn::{BatchRef, Burn};
use vault::pipeline::{Sources, Timing};
use vault::policy::Policy;
use vault::signature::SignedPayload;
use watchman::{
    AskError, Config, FoundBurn, Ledger, Public, QueueRow, RosterFile, SettingsFiles, Standing, Watchman, WatchmanView,
    add_keys,
};

const KEY: &str = "0101010101010101010101010101010101010101010101010101010101010101";
pub(crate) const HASH: EverHash = EverHash::new([1; 32]);

/// A ledger that shows what it is told to, with nothing wrong.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// Burns, all deep enough; whether each waits for its payout.
    burns: Mutex<Vec<(Burn, bool)>>,
    accused: Mutex<Vec<SignedPayload>>,
    lifted: Mutex<Vec<(String, BTreeSet<String>)>>,
}

impl Told {
    /// A ledger with these burns, all of which wait.
    pub(crate) fn waiting(burns: &[Burn]) -> Arc<Self> {
        let told = Self::default();
        told.burns.lock().unwrap().extend(burns.iter().map(|burn| (burn.clone(), true)));
        Arc::new(told)
    }

    /// Shows a burn from now on.
    pub(crate) fn show(&self, burn: &Burn, waits: bool) {
        self.burns.lock().unwrap().push((burn.clone(), waits));
    }

    /// Shows a burn no longer.
    pub(crate) fn hide(&self, hash: EverHash) {
        self.burns.lock().unwrap().retain(|(burn, _)| burn.ever_hash != hash);
    }

    /// Of what it was told that no burn justifies it.
    pub(crate) fn accused(&self) -> Vec<SignedPayload> {
        self.accused.lock().unwrap().clone()
    }

    /// Halts that people lifted, by chain and causes.
    pub(crate) fn lifted(&self) -> Vec<(String, BTreeSet<String>)> {
        self.lifted.lock().unwrap().clone()
    }

    fn found(&self, wanted: impl Fn(&(Burn, bool)) -> bool) -> Vec<FoundBurn> {
        let burns = self.burns.lock().unwrap();
        let burns = burns.iter().filter(|row| wanted(row));
        burns.map(|(burn, _)| FoundBurn { burn: burn.clone(), depth: Some(9) }).collect()
    }
}

impl Ledger for Told {
    fn standing(&self) -> Standing {
        let sources = Sources { agreeing: 1, needed: 1, differing: BTreeSet::new() };
        Standing {
            alerts: Some(BTreeSet::new()),
            sources: Some(sources),
            tip: Some(15),
            halts: Vec::new(),
            position: (1, format!("0x{}", "00".repeat(32))),
        }
    }

    fn waiting<'a>(
        &'a self,
        _chains: &'a BTreeSet<String>,
        known: &'a BTreeSet<EverHash>,
    ) -> BoxFuture<'a, Result<Vec<FoundBurn>, StoreError>> {
        async { Ok(self.found(|(burn, waits)| *waits && !known.contains(&burn.ever_hash))) }.boxed()
    }

    fn find<'a>(&'a self, burns: &'a [EverHash]) -> BoxFuture<'a, Result<Option<Vec<FoundBurn>>, StoreError>> {
        async { Ok(Some(self.found(|(burn, _)| burns.contains(&burn.ever_hash)))) }.boxed()
    }

    fn accuse<'a>(&'a self, _chain: &'a str, signed: &'a SignedPayload) -> BoxFuture<'a, Result<(), String>> {
        async {
            self.accused.lock().unwrap().push(signed.clone());
            Ok(())
        }
        .boxed()
    }

    fn lift<'a>(
        &'a self,
        chain: &'a str,
        keys: &'a BTreeSet<String>,
        _by: &'a str,
        _reason: &'a str,
    ) -> BoxFuture<'a, Result<(), String>> {
        async {
            self.lifted.lock().unwrap().push((chain.to_owned(), keys.clone()));
            Ok(())
        }
        .boxed()
    }
}

/// The burn of 5 base units of ETH under a hash.
pub(crate) fn burn(hash: EverHash) -> Burn {
    let batch = BatchRef { id: [3; 32], height: 7, time_ms: 1 };
    let to = "0x2222222222222222222222222222222222222222";
    Burn::new(hash, batch, &eth_token(), "ethereum", to, Amount::from(5_u64)).unwrap()
}

fn network() -> NetworkFile {
    let owner = "uGx-QfBXSwABKxjha-00dI7vvfyqIYblY6Z5L6cyTFM";
    let file = json!({
        "name": "N", "practice": true, "owner": owner, "gateways": ["http://127.0.0.1:9"], "depth": 3,
        "evm": {"ethereum": {"chainId": 1, "rpc": ["http://127.0.0.1:9"]}},
        "rules": {
            "owner": owner, "ethChainId": "1", "feeRecipient": "0x6451eB7f668de69Fb4C943Db72bCF2A73DeeC6B1",
            "lockers": {"ethereum": "0x6451eB7f668de69Fb4C943Db72bCF2A73DeeC6B1"},
            "tokens": {"listed": [serde_json::to_value(eth_token()).unwrap()]},
        },
    });
    NetworkFile::parse(file.to_string().as_bytes()).unwrap()
}

/// A policy that asks about everything up to `most`.
pub(crate) fn policy(most: u64) -> Policy {
    let limits =
        json!({ "payoutMax": most.to_string(), "window": null, "recipient": null, "delay": null, "autoUpTo": "0" });
    let tokens = json!({ eth_token().tag().to_string(): limits });
    let text = json!({ "version": 1, "stopped": false, "tokens": tokens, "deny": [], "allow": null });
    Policy::parse(&text.to_string()).unwrap()
}

/// A keystore with a watchman's keys, and room for its files.
pub(crate) struct Place {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) session: Arc<Session>,
    pub(crate) public: Public,
}

impl Place {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let password = Password::new("correct horse").unwrap();
        let made = Keystore::create(&dir.path().join("keys"), &password, KdfParams::insecure_for_tests()).unwrap();
        let session = Arc::new(made.unlock(&password, detector::now_ms(), 600_000).unwrap());
        let public = add_keys(&session, "watchman", KEY).unwrap();
        Self { dir, session, public }
    }

    /// A roster of this watchman alone, under a name.
    pub(crate) fn roster(&self, name: &str) -> RosterFile {
        let (owner, peer) = (self.public.owner.to_string(), self.public.peer.to_string());
        let member = json!({ "owner": owner, "peer": peer, "name": name, "addresses": [] });
        RosterFile::parse(&json!({ "quarantineHours": 0, "members": [member] }).to_string()).unwrap()
    }

    pub(crate) fn files(&self) -> SettingsFiles {
        let path = |name| self.dir.path().join(name);
        SettingsFiles { policy: path("policy"), roster: path("roster") }
    }

    /// A watchman that asks about everything up to 100, of a ledger where one burn waits, on a chain that does not answer.
    pub(crate) fn config(&self) -> Config {
        Config {
            data_dir: self.dir.path().to_owned(),
            network: network(),
            owner: self.public.owner,
            session: Arc::clone(&self.session),
            roster: self.roster("A"),
            policy: policy(100),
            files: Some(self.files()),
            listen: vec!["127.0.0.1:0".parse().unwrap()],
            ledger: Told::waiting(&[burn(HASH)]),
            timing: Timing::default(),
            fees: vault_evm::release::FeePolicy::default(),
            poll: Duration::from_millis(50),
        }
    }

    /// Runs that watchman.
    pub(crate) async fn start(&self) -> Running {
        start(self.config()).await
    }
}

pub(crate) async fn start(config: Config) -> Running {
    let (watchman, view) = Watchman::open(config).await.unwrap();
    let (stop, stopped) = watch::channel(false);
    Running { view, stop, ended: tokio::spawn(watchman.run(stopped)) }
}

pub(crate) struct Running {
    pub(crate) view: WatchmanView,
    stop: watch::Sender<bool>,
    ended: tokio::task::JoinHandle<Result<(), watchman::RunError>>,
}

impl Running {
    pub(crate) async fn row(&self, state: &str) -> QueueRow {
        self.row_of(HASH, state).await
    }

    pub(crate) async fn row_of(&self, hash: EverHash, state: &str) -> QueueRow {
        for _ in 0..400 {
            let row = self.view.queue().await.unwrap().into_iter().find(|row| row.ever_hash == hash);
            if let Some(row) = row.filter(|row| row.state == state) {
                return row;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never {state}: {:?}", self.view.queue().await);
    }

    pub(crate) async fn stop(self) {
        self.stop.send(true).unwrap();
        self.ended.await.unwrap().unwrap();
        assert!(matches!(self.view.queue().await, Err(AskError::Stopped)));
    }
}
