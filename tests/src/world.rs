//! A small world: a gateway, wallets, a network file, and the programs of ours on it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use arweave::{Transaction as ArweaveTransaction, Wallet, Winston};
use crypto::secp::EvmKey;
use devnet::{Api, Child, Nonces, Payer, Payments, Program, free_port, network};
use everpay::AccountId;
use oracle::network::NetworkFile;
use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;

use crate::everwatchd::{everwatchd, run_everwatchd};
use crate::{TestGateway, eventually, wallet, within};

/// How long the slowest step of a test may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);
/// Pause between blocks.
const BLOCK_EVERY: Duration = Duration::from_millis(400);

/// What a world is made with.
#[derive(Debug, Default, Clone)]
pub struct Setup {
    /// A fraud the coordinator commits after so many batches.
    pub cheat: Option<(&'static str, u64)>,
}

/// What `detect --once --json` prints at its end, and its exit code.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Detection {
    /// Exit code.
    #[serde(skip)]
    pub code: Option<i32>,
    /// Height of the newest batch.
    pub height: Option<u64>,
    /// Batches applied.
    pub batches: u64,
    /// Transactions judged.
    pub transactions: u64,
    /// Of them rejected.
    pub rejected: u64,
    /// State root after them.
    pub state_root: String,
    /// Alerts, as printed.
    pub alerts: Vec<Value>,
}

impl Detection {
    /// Ids of the alerts.
    #[must_use]
    pub fn alert_ids(&self) -> Vec<&str> {
        self.alerts.iter().map(|alert| alert["id"].as_str().unwrap()).collect()
    }
}

/// See the module.
#[derive(Debug)]
pub struct World {
    /// The gateway. First, so that it is dropped last of the processes' counterparts.
    pub gateway: TestGateway,
    /// The rollup wallet.
    pub owner: Wallet,
    /// The wallet that holds deposits.
    pub locker: Wallet,
    /// Its network.
    pub network: NetworkFile,
    /// Makes AR payments on it.
    pub payments: Payments,
    /// Nonces for all accounts.
    pub nonces: Nonces,
    /// The coordinator's API.
    pub api: Api,
    coordinator: Option<Child>,
    setup: Setup,
    folder: TempDir,
}

impl World {
    /// A gateway that mines by itself, funded wallets and a network file; nothing of ours runs yet.
    pub async fn new(setup: Setup) -> Self {
        let mut gateway = TestGateway::start().await;
        let folder = tempfile::tempdir().unwrap();
        let (owner, locker, foreign) = (wallet(), wallet(), wallet());
        for (name, wallet) in [("owner", &owner), ("foreign", &foreign)] {
            gateway.fund(wallet).await;
            wallet.save(&folder.path().join(name).with_extension("json")).unwrap();
        }
        gateway.mine(1).await;
        gateway.keep_mining(BLOCK_EVERY);
        let url = format!("http://127.0.0.1:{}", free_port().unwrap());
        let network = network(devnet::Setup {
            owner: owner.address().to_string(),
            locker: locker.address().to_string(),
            fee_recipient: AccountId::ZERO,
            gateways: vec![gateway.url()],
            coordinator: Some(url.clone()),
        });
        std::fs::write(folder.path().join("network.json"), network.to_json().unwrap()).unwrap();
        let payments = Payments::new(&network.rules, network.rules.listed()[0].clone());
        let api = Api::new(url).unwrap();
        Self {
            gateway,
            owner,
            locker,
            network,
            payments,
            nonces: Nonces::default(),
            api,
            coordinator: None,
            setup,
            folder,
        }
    }

    /// A world whose coordinator runs.
    pub async fn with_coordinator(setup: Setup) -> Self {
        let mut world = Self::new(setup).await;
        world.start_coordinator().await;
        world
    }

    /// A path in this world's folder.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Arguments that start a coordinator on this world.
    #[must_use]
    pub fn coordinator_args(&self) -> Vec<OsString> {
        let listen = self.api.url().trim_start_matches("http://").to_owned();
        let mut args: Vec<OsString> =
            ["coordinator", "--seal-interval-ms", "700", "--listen", &listen].map(Into::into).into();
        args.extend(self.paths([("--network", "network.json"), ("--wallet", "owner.json"), ("--data-dir", "pool")]));
        if let Some((id, after)) = self.setup.cheat {
            args.extend(["--cheat", id, "--cheat-after", &after.to_string()].map(Into::into));
            args.extend(self.paths([("--foreign-wallet", "foreign.json")]));
        }
        args
    }

    fn paths<const N: usize>(&self, flags: [(&str, &str); N]) -> Vec<OsString> {
        flags.iter().flat_map(|(flag, name)| [OsString::from(flag), self.path(name).into()]).collect()
    }

    /// Starts the coordinator (again) and waits until it answers.
    pub async fn start_coordinator(&mut self) {
        let mut program = Program::new("coordinator", everwatchd());
        program.args = std::iter::once("--exit-with-parent".into()).chain(self.coordinator_args()).collect();
        let mut child = Child::spawn(&program).unwrap();
        match within(PATIENCE, "the coordinator listens", child.line()).await {
            Some(line) => assert_eq!(line, format!("listening on {}", self.api.url())),
            None => panic!("the coordinator ended: {:?}{}", child.ended().await, child.tail().await),
        }
        self.coordinator = Some(child);
    }

    /// Kills the coordinator with SIGKILL.
    pub async fn kill_coordinator(&mut self) {
        self.coordinator.take().unwrap().kill().await;
    }

    /// Kills the coordinator and starts it again with another setup.
    pub async fn restart_coordinator(&mut self, setup: Setup) {
        self.kill_coordinator().await;
        self.setup = setup;
        self.start_coordinator().await;
    }

    /// Whether the coordinator's process is still the one that was started.
    #[must_use]
    pub fn coordinator_id(&self) -> Option<u32> {
        self.coordinator.as_ref().and_then(Child::id)
    }

    /// Sends `winston` of a new Arweave account to the locker, waits until it is deep enough, and has it minted.
    /// Returns the account.
    pub async fn deposit(&mut self, winston: u128) -> Payer {
        let wallet = wallet();
        self.gateway.fund(&wallet).await;
        let deposit = self.send_deposit(&wallet, winston).await;
        let payer = Payer::Arweave(Box::new(wallet));
        let mint = self.payments.mint(&payer, &deposit, self.nonces.fresh());
        self.api.post(&mint).await.unwrap();
        payer
    }

    /// Sends AR to the locker and waits until the deposit is deep enough.
    pub async fn send_deposit(&self, wallet: &Wallet, winston: u128) -> ArweaveTransaction {
        let client = self.gateway.client();
        let mut deposit = ArweaveTransaction::transfer(self.locker.address(), Winston(winston));
        deposit.last_tx = client.anchor().await.unwrap();
        deposit.reward = Winston(65_595_508);
        deposit.sign(wallet);
        client.post(&deposit).await.unwrap();
        let depth = self.network.deposit_confirmations["arweave"];
        eventually(PATIENCE, "a deposit is deep enough", || async {
            match client.status(&deposit.id).await.unwrap() {
                arweave::Status::Confirmed { confirmations, .. } => (confirmations >= depth).then_some(()),
                _ => None,
            }
        })
        .await;
        deposit
    }

    /// Pays `amount` winston and expects the acknowledgement. Returns the everHash.
    pub async fn pay(&mut self, from: &Payer, to: &AccountId, amount: u128) -> String {
        let payment = self.payments.transfer(from, to, amount, self.nonces.fresh());
        self.api.post(&payment).await.unwrap();
        payment.ever_hash().to_string()
    }

    /// Waits until everything that the coordinator accepted is in a batch that is deep enough; returns the state root
    /// that the coordinator claims for it.
    pub async fn settled_root(&self) -> String {
        let gateway = self.gateway.client();
        let root = eventually(PATIENCE, "everything accepted is packaged", || async {
            let newest = self.api.get("/txs?count=1").await.ok()?["txs"][0].clone();
            let info = self.api.get("/info").await.ok()?;
            let checkpoint =
                info["everwatch"]["checkpoints"].as_array()?.iter().max_by_key(|c| c["rawId"].as_u64())?.clone();
            (newest["status"] == "packaged" && checkpoint["rawId"] == newest["rawId"])
                .then(|| checkpoint["stateRoot"].as_str().unwrap().to_owned())
        })
        .await;
        let last = gateway.last_tx(&self.owner.address()).await.unwrap().unwrap();
        eventually(PATIENCE, "the last batch is deep enough", || async {
            match gateway.status(&last).await.unwrap() {
                arweave::Status::Confirmed { confirmations, .. } => (confirmations >= self.network.depth).then_some(()),
                _ => None,
            }
        })
        .await;
        root
    }

    /// Arguments of a detector on this world that asks `gateway` and keeps its data in `folder`.
    #[must_use]
    pub fn detect_args(&self, gateway: &str, folder: &str) -> Vec<OsString> {
        let owner = self.owner.address().to_string();
        let mut args: Vec<OsString> = ["detect", "--gateway", gateway, "--owner", &owner].map(Into::into).into();
        args.extend(["--coordinator", self.api.url()].map(Into::into));
        args.extend(self.paths([("--network", "network.json"), ("--data-dir", folder)]));
        args
    }

    /// Runs `detect --once --json` against this world's gateway with the data in `folder`.
    pub async fn detect_once(&self, folder: &str) -> Detection {
        self.detect_once_from(&self.gateway.url(), folder).await
    }

    /// The same against another gateway.
    pub async fn detect_once_from(&self, gateway: &str, folder: &str) -> Detection {
        let mut args = self.detect_args(gateway, folder);
        args.extend(["--once", "--json"].map(Into::into));
        let ended = run_everwatchd(PATIENCE, args).await;
        let last = ended.out.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
        let mut detection: Detection = serde_json::from_str(last).unwrap_or_else(|fault| panic!("{fault}: {ended:?}"));
        detection.code = ended.code;
        detection
    }

    /// A detector that keeps running; its standard output are JSON lines.
    #[must_use]
    pub fn start_detector(&self, folder: &str) -> Child {
        let mut program = Program::new("detector", everwatchd());
        program.args = std::iter::once("--exit-with-parent".into()).collect();
        program.args.extend(self.detect_args(&self.gateway.url(), folder));
        program.args.push("--json".into());
        Child::spawn(&program).unwrap()
    }
}

/// An EVM account of a test, made from a number.
#[must_use]
pub fn evm(number: u8) -> Payer {
    Payer::Evm(EvmKey::from_bytes(&[number; 32]).unwrap())
}

/// Reads a JSON file of the test vectors.
#[must_use]
pub fn vectors(name: &str) -> Value {
    let path: &Path = &crate::repository().join("tests/vectors").join(name);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}
