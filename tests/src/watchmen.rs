//! The watchmen of a world: a process of the built program for each owner of its vault, and what the vault paid at their word.

mod caught;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use alloy::primitives::{Address, B256, U256};
use alloy::sol_types::{SolCall, SolEvent};
use devnet::{Child, Seat, Watchmen, evm_address};
use everpay::Amount;
use serde_json::{Value, json};
use vault::policy::Policy;
use vault_evm::contract::{EverwatchVault, PracticeToken};

use crate::everwatchd::{Ended, everwatchd, run_everwatchd};
use crate::{Asset, TestEthereum, World, within};

/// A watchman opens its keystore, its journal and its replay of the ledger; a busy machine takes its time.
const READY: Duration = Duration::from_secs(60);
/// What every watchman has for fees, in wei: 100 ETH.
const FEES_WEI: u128 = 100_000_000_000_000_000_000;

/// The watchmen of a world; they are killed when this is dropped.
#[derive(Debug)]
pub struct TestWatchmen {
    site: Watchmen,
    running: Vec<Option<Child>>,
}

impl TestWatchmen {
    /// Makes as many as the vault has owners. They pay up to `auto` base units of every token unasked and anything more after
    /// a person approved; none of them runs yet.
    pub async fn new(world: &World, auto: u128) -> Self {
        let limits = |_: &_| (Amount::from(auto), Amount::from(u128::MAX));
        Self::with_policy(world, &devnet::open_policy(&world.network.rules, devnet::ETHEREUM, limits)).await
    }

    /// The same under another policy.
    pub async fn with_policy(world: &World, policy: &Policy) -> Self {
        Self::seated(world, |_| (policy.clone(), None)).await
    }

    /// The same, each under a policy that asks above so many base units of its own. The last is the app's with this data
    /// directory, and runs when that does.
    pub async fn beside_app(world: &World, autos: &[u128], app: &Path) -> Self {
        let policy = |auto: u128| {
            let limits = |_: &_| (Amount::from(auto), Amount::from(u128::MAX));
            devnet::open_policy(&world.network.rules, devnet::ETHEREUM, limits)
        };
        Self::seated(world, |index| (policy(autos[index]), (index + 1 == autos.len()).then(|| app.to_owned()))).await
    }

    /// `seat`: the policy of each, and the app's data directory if the app runs it.
    async fn seated(world: &World, seat: impl Fn(usize) -> (Policy, Option<PathBuf>)) -> Self {
        let seat = |(index, secret): (usize, [u8; 32])| {
            let (policy, app) = seat(index);
            Seat { secret: alloy::hex::encode(secret), policy, app }
        };
        let seats: Vec<_> = world.ethereum().owned.secrets().enumerate().map(seat).collect();
        let (network, folder) = (world.path("network.json"), world.path("watchmen"));
        let site = Watchmen::seated(&everwatchd(), &network, &folder, &seats).await.unwrap();
        for index in 0..site.count() {
            let account = evm_address(site.address(index)).unwrap();
            world.ethereum().node().fund(account, FEES_WEI).await.unwrap();
        }
        Self { running: (0..site.count()).map(|_| None).collect(), site }
    }

    /// The same, and all of them run.
    pub async fn running(world: &World, auto: u128) -> Self {
        let mut watchmen = Self::new(world, auto).await;
        watchmen.start_all().await;
        watchmen
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.running.len()
    }

    /// The address of the key with which one of them signs.
    #[must_use]
    pub fn address(&self, index: usize) -> &str {
        self.site.address(index)
    }

    /// Starts those that do not run and have a process of their own.
    pub async fn start_all(&mut self) {
        for index in 0..self.count() {
            if self.running[index].is_none() && !self.site.is_apps(index) {
                self.start(index).await;
            }
        }
    }

    /// Starts one (again) and waits until it listens.
    pub async fn start(&mut self, index: usize) {
        let mut child = Child::spawn(&self.site.program(index)).unwrap();
        match within(READY, "a watchman listens", child.line()).await {
            Some(line) => assert!(line.starts_with("watchman 0x") && line.contains(" listening on "), "{line}"),
            None => panic!("watchman {index} ended: {:?}{}", child.ended().await, child.tail().await),
        }
        self.running[index] = Some(child);
    }

    /// Kills one with SIGKILL, if it runs.
    pub async fn kill(&mut self, index: usize) {
        if let Some(child) = self.running[index].take() {
            child.kill().await;
        }
    }

    /// The last lines of one that runs, for messages.
    pub async fn tail(&mut self, index: usize) -> String {
        match &mut self.running[index] {
            Some(child) => child.tail().await.to_string(),
            None => "it does not run".to_owned(),
        }
    }

    /// Says something to one that runs, as a person does: `everwatchd watchman …`.
    pub async fn tell(&self, index: usize, words: &[&str]) -> Ended {
        self.say(index, "watchman", words).await
    }

    /// The same about keys that watchmen share, `everwatchd vault …`; the answer, if it succeeds.
    pub async fn vault(&self, index: usize, words: &[&str]) -> Option<Value> {
        let told = self.say(index, "vault", &[words, &["--json"]].concat()).await;
        (told.code == Some(0)).then(|| serde_json::from_str(&told.out).unwrap())
    }

    async fn say(&self, index: usize, group: &str, words: &[&str]) -> Ended {
        let mut args: Vec<OsString> = std::iter::once(&group).chain(words).map(OsString::from).collect();
        args.extend([OsString::from("--data-dir"), self.site.data_dir(index).into()]);
        run_everwatchd(READY, args).await
    }

    /// The burns that one of them knows.
    pub async fn list(&self, index: usize) -> Vec<Value> {
        let told = self.tell(index, &["list", "--json"]).await;
        assert_eq!(told.code, Some(0), "{told:?}");
        told.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// What one of them knows of a burn, if anything.
    pub async fn row(&self, index: usize, ever_hash: &str) -> Option<Value> {
        self.list(index).await.into_iter().find(|row| row["everHash"] == ever_hash)
    }

    /// How one of them stands.
    pub async fn status(&self, index: usize) -> Value {
        let told = self.tell(index, &["status"]).await;
        serde_json::from_str(&told.out).unwrap_or_else(|fault| panic!("{fault}: {told:?}"))
    }
}

impl TestEthereum {
    /// What an account has on the chain.
    pub async fn holds(&self, asset: Asset, account: &str) -> u128 {
        let account = evm_address(account).unwrap();
        let held = match asset {
            Asset::Coin => self.node().balance(account).await.unwrap(),
            Asset::Token => self.tokens_of(account).await,
        };
        u128::try_from(held).unwrap()
    }

    async fn tokens_of(&self, account: Address) -> U256 {
        let data = alloy::hex::encode_prefixed(PracticeToken::balanceOfCall(account).abi_encode());
        let call = json!([{ "to": self.chain.token, "data": data }, "latest"]);
        let answer = self.control().request("eth_call", call).await.unwrap();
        answer.as_str().unwrap().parse().unwrap()
    }

    /// The everHashes of all that the vault paid out, once for each payout, in the chain's order.
    pub async fn paid(&self) -> Vec<String> {
        self.said(EverwatchVault::Execution::SIGNATURE_HASH).await.into_iter().map(|(hash, _)| hash).collect()
    }

    /// The transactions in which the vault paid a burn.
    pub async fn payouts_of(&self, ever_hash: &str) -> Vec<String> {
        let said = self.said(EverwatchVault::Execution::SIGNATURE_HASH).await;
        said.into_iter().filter(|(hash, _)| hash == ever_hash).map(|(_, tx)| tx).collect()
    }

    /// The everHashes for which the vault counted a signature, once for each.
    pub async fn confirmed(&self) -> Vec<String> {
        self.said(EverwatchVault::Submission::SIGNATURE_HASH).await.into_iter().map(|(hash, _)| hash).collect()
    }

    /// The everHash and the transaction of every such event of the vault.
    async fn said(&self, event: B256) -> Vec<(String, String)> {
        let filter = json!([{ "fromBlock": "0x0", "address": self.chain.vault, "topics": [event] }]);
        let logs = self.control().request("eth_getLogs", filter).await.unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let logs = logs.as_array().unwrap().iter();
        logs.map(|log| (text(&log["topics"][3]), text(&log["transactionHash"]))).collect()
    }
}
