//! kill -9 of the deposit bot and the coordinator while deposits flow, and another history of Ethereum: every deposit that
//! stands is minted exactly once, and one that is undone after its mint is an alert and halts the vault.
//!
//! `ROUNDS` (10) and `SEED` (1) choose how many kills and which.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use detector::{Config, Detector, Severity, View};
use devnet::{ETHEREUM, EvmCall, EvmNode, Payer, evm_address};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::Value;
use tests::{Asset, Setup, World, accepted_chain, eventually, evm, evm_key};
use tokio::sync::watch;
use tokio::task::JoinSet;

const ETH: u128 = 1_000_000_000_000_000_000;
const PUSD: u128 = 1_000_000;
const PATIENCE: Duration = Duration::from_secs(90);

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().map_or(usual, |text| text.parse().unwrap())
}

/// Deposits small sums again and again until told to stop; returns the hashes.
async fn depositor(node: EvmNode, calls: [EvmCall; 2], payer: Payer, stop: Arc<AtomicBool>) -> Vec<String> {
    let mut sent = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        for call in &calls {
            let (deposit, _) = node.send(evm_key(&payer), call.clone()).await.unwrap();
            sent.push(deposit.hash().to_owned());
        }
    }
    sent
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_at_any_moment_mints_every_deposit_exactly_once() {
    let (rounds, seed) = (number("ROUNDS", 10), number("SEED", 1));
    let mut rng = StdRng::seed_from_u64(seed);
    let mut world = World::with_coordinator(Setup::with_evm()).await;
    let running = world.start_detector("running");
    let stop = Arc::new(AtomicBool::new(false));
    let mut depositors = JoinSet::new();
    for payer in [evm(1), evm(2)] {
        let ethereum = world.ethereum();
        ethereum.fund(&payer, 1_000_000 * PUSD).await;
        let calls = [ethereum.deposit_call(Asset::Coin, ETH / 1_000), ethereum.deposit_call(Asset::Token, PUSD)];
        depositors.spawn(depositor(ethereum.node(), calls, payer, Arc::clone(&stop)));
    }
    for round in 0..rounds {
        tokio::time::sleep(Duration::from_millis(rng.random_range(500..3_500))).await;
        let (bot, coordinator) = [(true, false), (false, true), (true, true)][rng.random_range(0..3)];
        if coordinator {
            world.kill_coordinator().await;
        }
        if bot {
            world.kill_bot().await;
            world.start_bot().await;
        }
        if coordinator {
            world.start_coordinator().await;
        }
        assert!(!depositors.is_empty(), "round {round}");
    }
    stop.store(true, Ordering::Relaxed);
    let sent: Vec<String> = depositors.join_all().await.into_iter().flatten().collect();
    for deposit in &sent {
        world.minted(deposit).await;
    }
    assert!(sent.len() as u64 >= rounds, "hardly any deposits: {}", sent.len());
    let root = world.settled_root().await;
    check_mints(&world, &sent).await;
    running.stop().await;
    for folder in ["running", "fresh"] {
        let detection = world.detect_once(folder).await;
        assert_eq!(detection.alerts, Vec::<Value>::new(), "{folder}, seed {seed}");
        assert_eq!((detection.code, &detection.state_root), (Some(0), &root), "{folder}, seed {seed}: {detection:?}");
    }
}

/// What lies on Arweave: one mint for each deposit, none for anything else, and together what the vault holds.
async fn check_mints(world: &World, sent: &[String]) {
    let batches = accepted_chain(&world.gateway.client(), &world.owner.address()).await;
    let mut mints: BTreeMap<String, usize> = sent.iter().map(|deposit| (deposit.clone(), 0)).collect();
    let mut coins = 0_u128;
    for mint in batches.iter().flat_map(|batch| &batch.transactions).filter(|item| item.action == "mint") {
        let data: Value = serde_json::from_str(&mint.data).unwrap();
        *mints.get_mut(data["hash"].as_str().unwrap()).expect("a mint without a deposit") += 1;
        if mint.token_symbol == "ETH" {
            coins += mint.amount.parse::<u128>().unwrap();
        }
    }
    let wrong: Vec<_> = mints.iter().filter(|(_, count)| **count != 1).collect();
    assert!(wrong.is_empty(), "not minted exactly once: {wrong:?}");
    let vault = evm_address(&world.ethereum().chain.vault).unwrap();
    assert_eq!(world.ethereum().node().balance(vault).await.unwrap().to_string(), coins.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_that_moves_to_another_block_is_minted_once() {
    let world = World::with_coordinator(Setup::with_evm()).await;
    let (ethereum, payer) = (world.ethereum(), evm(5));
    ethereum.fund(&payer, 0).await;
    let (sent, before) = ethereum.deposit(&payer, Asset::Coin, ETH).await;
    let depth = ethereum.control().height().await.unwrap() - before.block + 1;
    ethereum.control().reorg(depth, &[(sent.raw().to_vec(), 0)]).await.unwrap();
    world.minted(sent.hash()).await;
    let after = ethereum.node().mined(sent.hash()).await.unwrap().unwrap();
    assert_ne!(after.block_hash, before.block_hash, "it was in another block");
    let root = world.settled_root().await;
    check_mints(&world, &[sent.hash().to_owned()]).await;
    let detection = world.detect_once("fresh").await;
    assert_eq!((detection.code, detection.state_root), (Some(0), root));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mint_whose_deposit_is_undone_is_an_alert_and_halts_the_vault() {
    let world = World::with_coordinator(Setup::with_evm()).await;
    let mut config = Config::from_network(&world.network, world.path("running")).unwrap();
    config.poll = Duration::from_secs(1);
    let mut detector = Detector::open(config.clone()).await.unwrap();
    let (view, (stop, stopped)) = (detector.view(), watch::channel(false));
    let running = tokio::spawn(async move { detector.run(stopped).await });

    let (ethereum, payer) = (world.ethereum(), evm(6));
    ethereum.fund(&payer, 0).await;
    let (sent, mined) = ethereum.deposit(&payer, Asset::Coin, ETH).await;
    world.minted(sent.hash()).await;
    let root = world.settled_root().await;
    eventually(PATIENCE, "the mint is replayed", || async { (view.status().state_root == root).then_some(()) }).await;
    assert!(view.alerts().is_empty() && view.solvency().halts.is_empty());

    let depth = ethereum.control().height().await.unwrap() - mined.block + 1;
    ethereum.control().reorg(depth, &[]).await.unwrap();
    let undone = eventually(PATIENCE, "the undone mint is an alert", || async {
        view.alerts().into_iter().find(|alert| alert.rule.id() == "F4")
    })
    .await;
    assert_eq!((undone.code.as_str(), undone.severity), ("mint_undone", Severity::Critical), "{undone:?}");
    let short = eventually(PATIENCE, "the vault is short", || async {
        view.alerts().into_iter().find(|alert| alert.rule.id() == "F12")
    })
    .await;
    assert_eq!((short.code.as_str(), short.severity), ("vault_short", Severity::Critical), "{short:?}");
    check_halts(&view);
    stop.send(true).unwrap();
    running.await.unwrap().unwrap();
    // It stays halted: nobody who starts the detector again may miss it.
    check_halts(&Detector::open(config).await.unwrap().view());
}

fn check_halts(view: &View) {
    let halts = view.solvency().halts;
    assert!(halts.iter().any(|halt| halt.chain == ETHEREUM), "{halts:?}");
}
