//! Money from Ethereum, end to end: the everPay SDK pays into the vault, the deposit bot mints, the SDK pays on and
//! withdraws, and detectors verify all of it on the chain itself.
#![allow(clippy::unwrap_used, reason = "tests")]

use detector::model::BurnFilter;
use detector::{Config, Detector};
use devnet::{NotPosted, Payer, evm_address};
use everpay::{Amount, Target, TokenSpec, Tokens, eth_token};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tests::{Asset, SdkCall, SdkKey, Setup, TestEthereum, World, evm, sdk_on};

const ETH: u128 = 1_000_000_000_000_000_000;
const PUSD: u128 = 1_000_000;

fn ok(answers: &[Result<Value, String>], index: usize) -> &Value {
    answers[index].as_ref().unwrap_or_else(|error| panic!("call {index}: {error}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_sdk_deposits_is_minted_paid_on_and_burnt_and_the_burn_waits() {
    let world = World::with_coordinator(Setup::with_evm()).await;
    let watching = world.start_detector("running");
    let (alice, bob) = (evm(7), evm(8));
    world.ethereum().fund(&alice, 1_000 * PUSD).await;
    let key = SdkKey::Evm(format!("0x{}", "07".repeat(32)));
    let (host, rpc) = (world.api.url(), world.ethereum().url());
    let [eth, pusd] = [Asset::Coin, Asset::Token].map(|asset| world.payments_in(asset).tag());
    let (alice, bob) = (alice.account().to_string(), bob.account().to_string());

    let deposit = |tag: &str, amount: &str| SdkCall::new("deposit", json!({ "tag": tag, "amount": amount })).by(&key);
    let sent = sdk_on(host, &rpc, &[deposit(&eth, "1.5"), deposit(&pusd, "250.25")]).await;
    for (index, amount) in [(0, 3 * ETH / 2), (1, 250_250_000)] {
        let mint = world.minted(ok(&sent, index)["hash"].as_str().unwrap()).await;
        assert_eq!((&mint["to"], &mint["amount"]), (&json!(alice), &json!(amount.to_string())), "{mint}");
        assert_eq!(mint["fee"], "0", "{mint}");
    }
    let vault = evm_address(&world.ethereum().chain.vault).unwrap();
    assert_eq!(world.ethereum().node().balance(vault).await.unwrap().to_string(), (3 * ETH / 2).to_string());

    let balance =
        |tag: &str, account: &str| SdkCall::new("balance", json!({ "tag": tag, "account": account })).by(&key);
    let transfer =
        |tag: &str, amount: &str| SdkCall::new("transfer", json!({ "tag": tag, "amount": amount, "to": bob })).by(&key);
    let withdraw = |tag: &str, amount: &str| {
        let params = json!({ "tag": tag, "amount": amount, "to": alice, "chainType": "ethereum" });
        SdkCall::new("withdraw", params).by(&key)
    };
    let done = sdk_on(
        host,
        &rpc,
        &[
            transfer(&eth, "0.5"),
            transfer(&pusd, "50"),
            withdraw(&eth, "0.25"),
            withdraw(&pusd, "0.25"),
            balance(&eth, &alice),
            balance(&pusd, &alice),
            balance(&eth, &bob),
        ],
    )
    .await;
    assert_eq!([4, 5, 6].map(|index| ok(&done, index).clone()), [json!("0.75"), json!("200"), json!("0.5")]);
    let burns = [2, 3].map(|index| ok(&done, index)["everHash"].as_str().unwrap().to_owned());
    for hash in &burns {
        let burn = world.api.get(&format!("/tx/{hash}")).await.unwrap()["tx"].clone();
        assert_eq!((&burn["action"], &burn["targetChainTxHash"]), (&json!("burn"), &json!("")), "it waits: {burn}");
    }
    check_detectors(&world, watching, 6).await;
    assert_eq!(waiting_burns(&world, "fresh").await, [burns[1].clone(), burns[0].clone()], "newest first");
}

/// The burns that the detector with its data in `folder` shows as waiting for their payout.
async fn waiting_burns(world: &World, folder: &str) -> Vec<String> {
    let config = Config::from_network(&world.network, world.path(folder)).unwrap();
    let view = Detector::open(config).await.unwrap().view();
    let waiting = BurnFilter { waiting_only: true, ..BurnFilter::default() };
    view.burns(&waiting, None, 10).await.unwrap().rows.into_iter().map(|burn| burn.ever_hash).collect()
}

/// A detector that watched and a fresh one: nothing to complain of, and the coordinator's root.
async fn check_detectors(world: &World, watching: devnet::Child, transactions: u64) {
    let root = world.settled_root().await;
    watching.stop().await;
    for folder in ["running", "fresh"] {
        let detection = world.detect_once(folder).await;
        assert_eq!(detection.alerts, Vec::<Value>::new(), "{folder}");
        assert_eq!((detection.code, detection.rejected), (Some(0), 0), "{folder}: {detection:?}");
        assert_eq!((detection.transactions, &detection.state_root), (transactions, &root), "{folder}: {detection:?}");
    }
}

/// The code of a refusal.
fn refused(answer: Result<(), NotPosted>) -> String {
    match answer {
        Err(NotPosted::Refused { code, .. }) => code,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mint_posted_by_hand_is_believed_only_as_far_as_the_chain_bears_it_out() {
    let mut world = World::new(Setup::with_evm()).await;
    world.start_coordinator().await;
    let watching = world.start_detector("running");
    let (payer, stranger) = (evm(3), evm(4));
    world.ethereum().fund(&payer, 0).await;
    let (sent, _) = world.ethereum().deposit(&payer, Asset::Coin, ETH).await;
    let deposit = world.ethereum().transaction(sent.hash()).await;

    let hasty = world.mint_by_hand(Asset::Coin, &stranger, &deposit, &payer, ETH).await;
    assert_eq!(refused(hasty), "err_mint_not_confirmed");
    world.ethereum().bury(sent.hash(), world.network.deposit_confirmations[devnet::ETHEREUM]).await;
    let cases: [(Asset, &Payer, u128); 3] =
        [(Asset::Coin, &payer, 10 * ETH), (Asset::Coin, &stranger, ETH), (Asset::Token, &payer, ETH)];
    for (asset, to, amount) in cases {
        let forged = world.mint_by_hand(asset, &stranger, &deposit, to, amount).await;
        assert_eq!(refused(forged), "err_invalid_mint_tx", "{asset:?} {amount}");
    }
    world.mint_by_hand(Asset::Coin, &stranger, &deposit, &payer, ETH).await.unwrap();
    let again = world.mint_by_hand(Asset::Coin, &payer, &deposit, &payer, ETH).await;
    assert_eq!(refused(again), "err_tx_minted");
    check_detectors(&world, watching, 1).await;
}

/// The coin of a second chain.
fn bnb() -> TokenSpec {
    const CHAIN: &str = "bsc";
    let eth = eth_token();
    let target = Target { chain_type: CHAIN.to_owned(), ..eth.targets[devnet::ETHEREUM].clone() };
    TokenSpec {
        symbol: "BNB".to_owned(),
        chain_type: CHAIN.to_owned(),
        burn_fees: BTreeMap::from([(CHAIN.to_owned(), Amount::ZERO)]),
        targets: BTreeMap::from([(CHAIN.to_owned(), target)]),
        ..eth
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_chains_bring_money_side_by_side() {
    let mut world = World::new(Setup::with_evm()).await;
    let second = TestEthereum::start().await;
    let network = &mut world.network;
    let Tokens::Listed(tokens) = &mut network.rules.tokens else { panic!("a devnet lists its tokens") };
    tokens.push(bnb());
    network.rules.lockers.insert("bsc".to_owned(), second.chain.vault.clone());
    let mut config = network.evm[devnet::ETHEREUM].clone();
    config.rpc = vec![second.url()];
    network.evm.insert("bsc".to_owned(), config);
    network.deposit_confirmations.insert("bsc".to_owned(), 2);
    world.save_network();
    world.start_coordinator().await;
    world.start_bot().await;

    let payer = evm(5);
    second.fund(&payer, 0).await;
    let (sent, _) = second.deposit(&payer, Asset::Coin, 3 * ETH).await;
    world.evm_deposit(&payer, Asset::Coin, ETH).await;
    let mint = world.minted(sent.hash()).await;
    assert_eq!((&mint["tokenSymbol"], &mint["amount"]), (&json!("BNB"), &json!((3 * ETH).to_string())), "{mint}");
    let root = world.settled_root().await;
    let detection = world.detect_once("fresh").await;
    assert_eq!((detection.code, detection.alerts.len()), (Some(0), 0), "{detection:?}");
    assert_eq!((detection.transactions, detection.state_root), (2, root));
}
