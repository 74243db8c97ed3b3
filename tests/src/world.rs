//! A small world: a gateway, on wish an Ethereum with a vault, wallets, a network file, and the programs of ours on it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use arweave::{Transaction as ArweaveTransaction, Wallet, Winston};
use crypto::secp::EvmKey;
use devnet::{Api, Child, Nonces, Payer, Payments, Program, free_port, network};
use everpay::AccountId;
use oracle::network::NetworkFile;
use serde_json::Value;
use tempfile::TempDir;

use crate::everwatchd::everwatchd;
use crate::{Owners, TestEthereum, TestGateway, eventually, wallet, within};

mod detection;
mod evm;

pub use detection::Detection;

/// How long the slowest step of a test may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);
/// Pause between blocks.
const BLOCK_EVERY: Duration = Duration::from_millis(400);

/// What a world is made with.
#[derive(Debug, Default, Clone)]
pub struct Setup {
    /// A fraud the coordinator commits after so many batches.
    pub cheat: Option<(&'static str, u64)>,
    /// With an Ethereum: ETH and the practice token come in through its vault, and the deposit bot runs beside the
    /// coordinator.
    pub evm: bool,
    /// Who owns the vault.
    pub owners: Owners,
}

impl Setup {
    /// A coordinator that cheats so after so many batches.
    #[must_use]
    pub fn cheating(id: &'static str, after: u64) -> Self {
        Self { cheat: Some((id, after)), ..Self::default() }
    }

    /// An honest world with an Ethereum.
    #[must_use]
    pub fn with_evm() -> Self {
        Self { evm: true, ..Self::default() }
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
    ethereum: Option<TestEthereum>,
    coordinator: Option<Child>,
    bot: Option<Child>,
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
        let ethereum = if setup.evm { Some(TestEthereum::start_owned(setup.owners).await) } else { None };
        let network = network(devnet::Setup {
            owner: owner.address().to_string(),
            locker: locker.address().to_string(),
            fee_recipient: AccountId::ZERO,
            gateways: vec![gateway.url()],
            coordinator: Some(url.clone()),
            ethereum: ethereum.as_ref().map(|ethereum| (ethereum.chain.clone(), vec![ethereum.url()])),
        });
        let payments = Payments::new(&network.rules, network.rules.listed()[0].clone());
        let api = Api::new(url).unwrap();
        let world = Self {
            gateway,
            owner,
            locker,
            network,
            payments,
            nonces: Nonces::default(),
            api,
            ethereum,
            coordinator: None,
            bot: None,
            setup,
            folder,
        };
        world.save_network();
        world
    }

    /// A world whose coordinator runs, and its deposit bot if there is an Ethereum.
    pub async fn with_coordinator(setup: Setup) -> Self {
        let mut world = Self::new(setup).await;
        world.start_coordinator().await;
        if world.ethereum.is_some() {
            world.start_bot().await;
        }
        world
    }

    /// Writes the network file; programs that start from now on read it as it is.
    pub fn save_network(&self) {
        std::fs::write(self.path("network.json"), self.network.to_json().unwrap()).unwrap();
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
