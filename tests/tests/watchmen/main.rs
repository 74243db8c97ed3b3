//! The full circle with a watchman in a process of its own for each owner of the vault, two of three of whom must agree: money
//! that came in from Ethereum is paid on, withdrawn, co-signed and paid out once, whoever is away, killed, lied to or lying.
#![allow(clippy::unwrap_used, reason = "tests")]

mod approval;
mod cheating;
mod circle;
mod disagreement;
mod fraud;
mod killing;
mod record;
mod shortfall;
mod siblings;
mod traitor;

use std::collections::BTreeMap;
use std::time::Duration;

use detector::model::{BurnFilter, Cover};
use detector::{Config, Detector, View};
use devnet::{ETHEREUM, Payer};
use serde_json::Value;
use tests::{Asset, Setup, TestWatchmen, World, eventually, evm};
use tokio::sync::watch;
use tokio::time::sleep;

const ETH: u128 = 1_000_000_000_000_000_000;
const PUSD: u128 = 1_000_000;
/// Batch, depth, signatures, a turn of somebody who may have been killed, and a block.
const PATIENCE: Duration = Duration::from_secs(240);
/// Far more than the burns of these tests: nobody is asked.
const AUTO: u128 = 10 * ETH;
/// Long enough for a signature or a second payout to show, if there were one.
const AFTERMATH: Duration = Duration::from_secs(8);

fn account(number: u8) -> String {
    evm(number).account().to_string()
}

/// A world with money in it: the payer has 2 ETH and 1,000 PUSD in the ledger.
async fn world_of(payer: &Payer) -> World {
    let world = World::with_coordinator(Setup::with_evm()).await;
    bring_in(&world, payer).await;
    world
}

async fn bring_in(world: &World, payer: &Payer) {
    world.evm_deposit(payer, Asset::Coin, 2 * ETH).await;
    world.evm_deposit(payer, Asset::Token, 1_000 * PUSD).await;
}

/// Burns and returns the everHash.
async fn burn(world: &mut World, asset: Asset, payer: &Payer, to: &str, amount: u128) -> String {
    let burn = world.payments_in(asset).burn(payer, to, amount, ETHEREUM, world.nonces.fresh());
    world.api.post(&burn).await.unwrap();
    burn.ever_hash().to_string()
}

/// Waits until an account that had nothing on Ethereum has `amount` there.
async fn receives(world: &World, asset: Asset, account: &str, amount: u128) {
    eventually(PATIENCE, "a payout arrives", || async {
        let held = world.ethereum().holds(asset, account).await;
        assert!(held <= amount, "paid {held} instead of {amount}");
        (held == amount).then_some(())
    })
    .await;
}

/// What the vault paid for is just this, each once, and stays so.
async fn check_paid(world: &World, burns: &[String]) {
    sleep(AFTERMATH).await;
    let mut times: BTreeMap<String, usize> = burns.iter().map(|hash| (hash.clone(), 0)).collect();
    for hash in world.ethereum().paid().await {
        *times.get_mut(&hash).unwrap_or_else(|| panic!("{hash} was paid and never burnt")) += 1;
    }
    assert!(times.values().all(|times| *times == 1), "not paid exactly once: {times:?}");
}

/// Nobody signed this burn, neither among watchmen nor on the chain, and nothing was paid for it.
async fn check_untouched(world: &World, watchmen: &TestWatchmen, hash: &str) {
    sleep(AFTERMATH).await;
    for index in 0..watchmen.count() {
        let row = watchmen.row(index, hash).await;
        let signed = row.as_ref().map_or(Some(0), |row| row["signedBy"].as_array().map(Vec::len));
        assert_eq!(signed, Some(0), "watchman {index}: {row:?}");
    }
    let ethereum = world.ethereum();
    assert!(!ethereum.confirmed().await.contains(&hash.to_owned()), "a signature reached the chain");
    assert!(ethereum.payouts_of(hash).await.is_empty(), "it was paid");
}

/// Waits until one of them has the burn in this state.
async fn reaches(watchmen: &TestWatchmen, index: usize, hash: &str, state: &str) {
    eventually(PATIENCE, &format!("watchman {index} has it {state}"), || async {
        (watchmen.row(index, hash).await?["state"] == state).then_some(())
    })
    .await;
}

/// Two of them approve what the first of them shows.
async fn approve(watchmen: &TestWatchmen, by: [usize; 2], hash: &str) {
    let shown = watchmen.tell(by[0], &["show", hash, "--json"]).await;
    let facts: Value = serde_json::from_str(&shown.out).unwrap_or_else(|fault| panic!("{fault}: {shown:?}"));
    let digest = facts["signed"]["digest"].as_str().unwrap();
    for index in by {
        reaches(watchmen, index, hash, "awaiting").await;
        let said = watchmen.tell(index, &["approve", hash, digest, "--by", "Ada"]).await;
        assert_eq!(said.code, Some(0), "{said:?}");
    }
}

/// The keys of what halts the vault, by the word of one watchman.
async fn halts(watchmen: &TestWatchmen, index: usize) -> Vec<String> {
    let status = watchmen.status(index).await;
    status["halts"].as_array().unwrap().iter().map(|halt| halt["key"].as_str().unwrap().to_owned()).collect()
}

/// Arms the vault again for one of them, naming every cause.
async fn rearm(watchmen: &TestWatchmen, index: usize) {
    let keys = halts(watchmen, index).await;
    let mut words = vec!["rearm", ETHEREUM, "--by", "Ada", "--reason", "it was looked into"];
    words.extend(keys.iter().flat_map(|key| ["--key", key]));
    let said = watchmen.tell(index, &words).await;
    assert_eq!(said.code, Some(0), "{said:?}");
}

/// A detector of the test's own that runs until the test ends.
struct Running {
    view: View,
    stop: watch::Sender<bool>,
}

impl Running {
    async fn start(world: &World, folder: &str) -> Self {
        let mut config = Config::from_network(&world.network, world.path(folder)).unwrap();
        config.poll = Duration::from_secs(1);
        let mut detector = Detector::open(config).await.unwrap();
        let (view, (stop, stopped)) = (detector.view(), watch::channel(false));
        tokio::spawn(async move { detector.run(stopped).await });
        Self { view, stop }
    }

    /// Waits until the ledger's view of its debts is: none, and the vault holds what it owes.
    async fn nothing_is_owed(&self) {
        let waiting = BurnFilter { waiting_only: true, ..BurnFilter::default() };
        eventually(PATIENCE, "every burn is seen paid", || async {
            let page = self.view.burns(&waiting, None, 100).await.unwrap();
            let tokens = self.view.solvency().tokens;
            let of_vault = tokens.iter().filter(|token| token.chains.iter().any(|chain| chain.chain == ETHEREUM));
            let covered = of_vault.map(|token| token.verdict == Cover::Covered).collect::<Vec<_>>();
            (page.rows.is_empty() && covered.len() == 2 && !covered.contains(&false)).then_some(())
        })
        .await;
        assert_eq!(self.view.alerts(), []);
        let _ = self.stop.send(true);
    }
}
