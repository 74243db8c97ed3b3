//! The full circle with three watchmen in three processes, two of whom must agree: money that came in from Ethereum is paid
//! on, withdrawn, co-signed and paid out once, whoever is away or killed; and nothing is signed while the vault is short.
//!
//! `ROUNDS` (4) and `SEED` (1) choose how many kills and which.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::time::Duration;

use detector::model::{BurnFilter, Cover};
use detector::{Config, Detector, View};
use devnet::{ETHEREUM, Payer};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use tests::{Asset, SdkCall, SdkKey, Setup, TestWatchmen, World, eventually, evm, sdk_on};
use tokio::sync::watch;
use tokio::time::sleep;

const ETH: u128 = 1_000_000_000_000_000_000;
const PUSD: u128 = 1_000_000;
/// Batch, depth, signatures, a turn of somebody who may have been killed, and a block.
const PATIENCE: Duration = Duration::from_secs(240);
/// Far more than the burns below.
const AUTO: u128 = 10 * ETH;
/// Long enough for a second payout to show, if there were one.
const AFTERMATH: Duration = Duration::from_secs(8);

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().map_or(usual, |text| text.parse().unwrap())
}

fn account(number: u8) -> String {
    evm(number).account().to_string()
}

/// A world with money in it: the payer has 2 ETH and 1,000 PUSD in the ledger.
async fn world_of(payer: &Payer) -> World {
    let world = World::with_coordinator(Setup::with_evm()).await;
    world.evm_deposit(payer, Asset::Coin, 2 * ETH).await;
    world.evm_deposit(payer, Asset::Token, 1_000 * PUSD).await;
    world
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

#[tokio::test(flavor = "multi_thread")]
async fn what_the_sdk_withdraws_is_cosigned_and_paid_out_exactly_once() {
    let world = World::with_coordinator(Setup::with_evm()).await;
    let _watchmen = TestWatchmen::running(&world, AUTO).await;
    let (alice, bob) = (evm(7), account(8));
    world.ethereum().fund(&alice, 1_000 * PUSD).await;
    let key = |number: u8| SdkKey::Evm(format!("0x{}", format!("{number:02x}").repeat(32)));
    let (host, rpc) = (world.api.url(), world.ethereum().url());
    let [eth, pusd] = [Asset::Coin, Asset::Token].map(|asset| world.payments_in(asset).tag());
    let call = |method, tag: &str, amount: &str, to: &str| {
        SdkCall::new(method, json!({ "tag": tag, "amount": amount, "to": to, "chainType": "ethereum" }))
    };
    let deposits = [("1.5", &eth), ("250.25", &pusd)]
        .map(|(amount, tag)| SdkCall::new("deposit", json!({ "tag": tag, "amount": amount })).by(&key(7)));
    for sent in sdk_on(host, &rpc, &deposits).await {
        world.minted(sent.unwrap()["hash"].as_str().unwrap()).await;
    }
    let (carol, dave) = (account(61), account(62));
    let calls = [
        call("transfer", &eth, "0.5", &bob).by(&key(7)),
        call("transfer", &pusd, "50", &bob).by(&key(7)),
        call("withdraw", &eth, "0.25", &carol).by(&key(7)),
        call("withdraw", &eth, "0.125", &dave).by(&key(8)),
        call("withdraw", &pusd, "50", &dave).by(&key(8)),
    ];
    let answers: Vec<Value> = sdk_on(host, &rpc, &calls).await.into_iter().map(Result::unwrap).collect();
    let burns: Vec<String> =
        answers[2..].iter().map(|answer| answer["everHash"].as_str().unwrap().to_owned()).collect();
    receives(&world, Asset::Coin, &carol, ETH / 4).await;
    receives(&world, Asset::Coin, &dave, ETH / 8).await;
    receives(&world, Asset::Token, &dave, 50 * PUSD).await;
    check_paid(&world, &burns).await;
    let ethereum = world.ethereum();
    assert_eq!(ethereum.holds(Asset::Coin, &ethereum.chain.vault).await, 3 * ETH / 2 - ETH / 4 - ETH / 8);
    assert_eq!(ethereum.holds(Asset::Token, &ethereum.chain.vault).await, 200_250_000);
    Running::start(&world, "watching").await.nothing_is_owed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_of_three_suffice_and_the_third_learns_what_was_paid() {
    let payer = evm(9);
    let mut world = world_of(&payer).await;
    let mut watchmen = TestWatchmen::new(&world, AUTO).await;
    let to = account(63);
    let hash = burn(&mut world, Asset::Coin, &payer, &to, ETH / 4).await;
    watchmen.start(1).await;
    eventually(PATIENCE, "one signs and waits for another", || async {
        let rows = watchmen.list(1).await;
        (signed(&rows, &hash) == Some(1)).then_some(())
    })
    .await;
    sleep(AFTERMATH).await;
    assert_eq!(world.ethereum().holds(Asset::Coin, &to).await, 0, "one of three is not enough");
    watchmen.kill(1).await;
    watchmen.start(0).await;
    watchmen.start(2).await;
    receives(&world, Asset::Coin, &to, ETH / 4).await;
    watchmen.start(1).await;
    eventually(PATIENCE, "who was away knows that it is paid", || async {
        let rows = watchmen.list(1).await;
        let state = row(&rows, &hash)?["state"].as_str()?.to_owned();
        ["executed", "closed"].contains(&state.as_str()).then_some(())
    })
    .await;
    check_paid(&world, &[hash]).await;
}

fn row<'a>(rows: &'a [Value], hash: &str) -> Option<&'a Value> {
    rows.iter().find(|row| row["everHash"] == hash)
}

/// How many signatures a watchman has for a burn.
fn signed(rows: &[Value], hash: &str) -> Option<usize> {
    row(rows, hash)?["signedBy"].as_array().map(Vec::len)
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_of_watchmen_at_any_moment_pays_every_burn_exactly_once() {
    let (rounds, seed) = (number("ROUNDS", 4), number("SEED", 1));
    let mut rng = StdRng::seed_from_u64(seed);
    let payer = evm(10);
    let mut world = world_of(&payer).await;
    let mut watchmen = TestWatchmen::running(&world, AUTO).await;
    let mut burns = Vec::new();
    for round in 0..rounds {
        let to = account(100 + u8::try_from(round % 100).unwrap());
        let hash = burn(&mut world, Asset::Coin, &payer, &to, ETH / 1_000).await;
        burns.push((hash, Asset::Coin, to.clone(), ETH / 1_000));
        let hash = burn(&mut world, Asset::Token, &payer, &to, PUSD).await;
        burns.push((hash, Asset::Token, to, PUSD));
        sleep(Duration::from_millis(rng.random_range(200..6_000))).await;
        let victims = rng.random_range(1..8_u8);
        for index in (0..3).filter(|index| victims & (1 << index) != 0) {
            watchmen.kill(index).await;
        }
        sleep(Duration::from_millis(rng.random_range(0..1_500))).await;
        for index in (0..3).filter(|index| victims & (1 << index) != 0) {
            watchmen.start(index).await;
        }
    }
    for (_, asset, to, amount) in &burns {
        receives(&world, *asset, to, *amount).await;
    }
    let hashes: Vec<String> = burns.into_iter().map(|(hash, ..)| hash).collect();
    check_paid(&world, &hashes).await;
    Running::start(&world, "watching").await.nothing_is_owed().await;
}

/// The keys of what halts the vault, by the word of one watchman.
async fn halts(watchmen: &TestWatchmen, index: usize) -> Vec<String> {
    let told = watchmen.tell(index, &["status"]).await;
    let status: Value = serde_json::from_str(&told.out).unwrap_or_else(|fault| panic!("{fault}: {told:?}"));
    let halts = status["halts"].as_array().unwrap();
    halts.iter().map(|halt| halt["key"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_vault_is_short_nobody_signs_and_afterwards_people_arm_it_again() {
    let payer = evm(11);
    let mut world = world_of(&payer).await;
    let watchmen = TestWatchmen::running(&world, AUTO).await;
    let (before, after) = (account(64), account(65));
    let first = burn(&mut world, Asset::Coin, &payer, &before, ETH / 4).await;
    receives(&world, Asset::Coin, &before, ETH / 4).await;

    let (control, vault) = (world.ethereum().control(), world.ethereum().chain.vault.clone());
    control.set_balance(&vault, ETH).await.unwrap();
    let second = burn(&mut world, Asset::Coin, &payer, &after, ETH / 4).await;
    for index in 0..3 {
        eventually(PATIENCE, "every watchman halts", || async {
            let knows = row(&watchmen.list(index).await, &second).is_some();
            (knows && !halts(&watchmen, index).await.is_empty()).then_some(())
        })
        .await;
    }
    world.settled_root().await;
    sleep(AFTERMATH).await;
    for index in 0..3 {
        let rows = watchmen.list(index).await;
        assert_eq!(signed(&rows, &second), Some(0), "{rows:?}");
    }
    assert!(!world.ethereum().confirmed().await.contains(&second), "a signature reached the chain");
    assert_eq!(world.ethereum().holds(Asset::Coin, &after).await, 0);

    control.set_balance(&vault, 7 * ETH / 4).await.unwrap();
    sleep(AFTERMATH).await;
    assert_eq!(world.ethereum().holds(Asset::Coin, &after).await, 0, "nobody armed it");
    for index in [0, 1] {
        let keys = halts(&watchmen, index).await;
        let mut words = vec!["rearm", ETHEREUM, "--by", "Ada", "--reason", "the missing ETH is back"];
        words.extend(keys.iter().flat_map(|key| ["--key", key]));
        let said = watchmen.tell(index, &words).await;
        assert_eq!(said.code, Some(0), "{said:?}");
    }
    receives(&world, Asset::Coin, &after, ETH / 4).await;
    check_paid(&world, &[first, second]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_policy_does_not_pass_waits_for_two_persons_who_saw_its_digest() {
    let payer = evm(12);
    let mut world = world_of(&payer).await;
    let watchmen = TestWatchmen::running(&world, 0).await;
    let to = account(66);
    let hash = burn(&mut world, Asset::Token, &payer, &to, 30 * PUSD).await;
    for index in 0..3 {
        eventually(PATIENCE, "a person is asked", || async {
            let rows = watchmen.list(index).await;
            (row(&rows, &hash)?["state"] == "awaiting").then_some(())
        })
        .await;
    }
    let shown = watchmen.tell(0, &["show", &hash, "--json"]).await;
    let facts: Value = serde_json::from_str(&shown.out).unwrap_or_else(|fault| panic!("{fault}: {shown:?}"));
    let fields = &facts["signed"];
    assert_eq!(fields["to"].as_str().unwrap().to_lowercase(), to.to_lowercase(), "{facts}");
    assert_eq!((&fields["call"], &fields["amount"]), (&json!("transfer"), &json!("30000000")), "{facts}");
    let digest = fields["digest"].as_str().unwrap();
    let other = format!("0x{}", "11".repeat(32));
    let wrong = watchmen.tell(1, &["approve", &hash, &other, "--by", "Ada"]).await;
    assert_eq!(wrong.code, Some(1), "{wrong:?}");
    let said = watchmen.tell(0, &["approve", &hash, digest, "--by", "Ada"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    sleep(AFTERMATH).await;
    assert_eq!(world.ethereum().holds(Asset::Token, &to).await, 0, "one person is not enough");
    let said = watchmen.tell(2, &["approve", &hash, digest, "--by", "Grace"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    receives(&world, Asset::Token, &to, 30 * PUSD).await;
    check_paid(&world, &[hash]).await;
}
