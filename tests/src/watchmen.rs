//! The watchmen of a world: three processes of the built program, two of whom must agree, and what the vault paid at their word.

use std::ffi::OsString;
use std::time::Duration;

use alloy::primitives::{Address, U256};
use alloy::sol_types::{SolCall, SolEvent};
use devnet::{Child, Watchmen, evm_address};
use everpay::Amount;
use serde_json::{Value, json};
use vault_evm::contract::{EverwatchVault, PracticeToken};

use crate::ethereum::OWNER_NUMBERS;
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
    /// Makes three that pay up to `auto` base units of every token unasked and anything more after a person approved;
    /// none of them runs yet.
    pub async fn new(world: &World, auto: u128) -> Self {
        let secrets = OWNER_NUMBERS.map(|number| format!("{number:02x}").repeat(32));
        let limits = |_: &_| (Amount::from(auto), Amount::from(u128::MAX));
        let policy = devnet::open_policy(&world.network.rules, devnet::ETHEREUM, limits);
        let (network, folder) = (world.path("network.json"), world.path("watchmen"));
        let site = Watchmen::set_up(&everwatchd(), &network, &folder, &secrets, &policy).await.unwrap();
        for index in 0..site.count() {
            let account = evm_address(site.address(index)).unwrap();
            world.ethereum().node().fund(account, FEES_WEI).await.unwrap();
        }
        Self { running: (0..site.count()).map(|_| None).collect(), site }
    }

    /// The same, and all of them run.
    pub async fn running(world: &World, auto: u128) -> Self {
        let mut watchmen = Self::new(world, auto).await;
        for index in 0..watchmen.running.len() {
            watchmen.start(index).await;
        }
        watchmen
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
        let mut args: Vec<OsString> = std::iter::once(&"watchman").chain(words).map(OsString::from).collect();
        args.extend([OsString::from("--data-dir"), self.site.data_dir(index).into()]);
        run_everwatchd(READY, args).await
    }

    /// The burns that one of them knows.
    pub async fn list(&self, index: usize) -> Vec<Value> {
        let told = self.tell(index, &["list", "--json"]).await;
        assert_eq!(told.code, Some(0), "{told:?}");
        told.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
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
        self.said(EverwatchVault::Execution::SIGNATURE_HASH.to_string()).await
    }

    /// The everHashes for which the vault counted a signature, once for each.
    pub async fn confirmed(&self) -> Vec<String> {
        self.said(EverwatchVault::Submission::SIGNATURE_HASH.to_string()).await
    }

    async fn said(&self, event: String) -> Vec<String> {
        let filter = json!([{ "fromBlock": "0x0", "address": self.chain.vault, "topics": [event] }]);
        let logs = self.control().request("eth_getLogs", filter).await.unwrap();
        logs.as_array().unwrap().iter().map(|log| log["topics"][3].as_str().unwrap().to_owned()).collect()
    }
}
