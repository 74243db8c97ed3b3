//! Ethereum nodes that lie, disagree or die: no mint and no alert comes of it, whoever waits goes on when they are well
//! again, and one bad node among three changes nothing.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use devnet::{Child, ETHEREUM};
use serde_json::Value;
use tests::{Asset, Manner, Proxy, Setup, World, evm, run_everwatchd};

const ETH: u128 = 1_000_000_000_000_000_000;
/// Longer than it takes to mint a deposit when all is well.
const LONG: Duration = Duration::from_secs(12);

/// Every event that pays something pays twice as much.
const INFLATES: Manner = Manner::Json(|_, answer| inflate(answer));
/// It has never heard of any event or receipt.
const CONCEALS: Manner = Manner::Json(|_, answer| conceal(answer));

/// The ways of a bad node, with names for folders and messages.
const WAYS: [(&str, Manner); 3] = [("inflates", INFLATES), ("conceals", CONCEALS), ("dead", Manner::Dead)];

/// Doubles the sum of every event, wherever it stands.
fn inflate(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(inflate),
        Value::Object(members) if members.contains_key("topics") => {
            if let Some(sum) = members["data"].as_str().and_then(|data| u128::from_str_radix(data.get(2..)?, 16).ok()) {
                members["data"] = format!("0x{:064x}", sum * 2).into();
            }
        }
        Value::Object(members) => members.values_mut().for_each(inflate),
        _ => {}
    }
}

/// Takes away every event and every receipt.
fn conceal(value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.retain(|item| item.get("topics").is_none());
            items.iter_mut().for_each(conceal);
        }
        Value::Object(members) if members.contains_key("cumulativeGasUsed") => *value = Value::Null,
        Value::Object(members) => members.values_mut().for_each(conceal),
        _ => {}
    }
}

/// A world whose programs ask `count` nodes.
async fn world_with(count: usize) -> (World, Vec<Proxy>) {
    let mut world = World::new(Setup::with_evm()).await;
    let mut proxies = Vec::new();
    for _ in 0..count {
        proxies.push(Proxy::start(world.ethereum().url()).await);
    }
    world.network.evm.get_mut(ETHEREUM).unwrap().rpc = proxies.iter().map(Proxy::url).collect();
    world.save_network();
    world.start_coordinator().await;
    world.start_bot().await;
    (world, proxies)
}

/// Pays an ETH into the vault; nobody waits for the mint.
async fn deposit(world: &World, number: u8) -> String {
    let payer = evm(number);
    world.ethereum().fund(&payer, 0).await;
    world.ethereum().deposit(&payer, Asset::Coin, ETH).await.0.hash().to_owned()
}

async fn is_minted(world: &World, deposit: &str) -> bool {
    world.api.get(&format!("/minted/{deposit}")).await.is_ok()
}

/// A fresh detector accuses nobody and says that it is not done.
async fn detector_waits(world: &World, folder: &str) {
    let unwell = world.detect_once(folder).await;
    assert_eq!(unwell.alerts, Vec::<Value>::new(), "{folder}: {unwell:?}");
    assert_eq!((unwell.code, unwell.batches), (Some(3), 0), "{folder}: {unwell:?}");
}

/// A bot that starts now does not get through, and says which node it is about.
async fn bot_names(world: &World, bad: &Proxy, folder: &str) {
    let (network, data) = (world.path("network.json"), world.path(folder));
    let args = ["ethbot".as_ref(), "--network".as_ref(), network.as_os_str(), "--data-dir".as_ref(), data.as_os_str()];
    let ended = run_everwatchd(LONG * 3, args.into_iter().chain(["--once".as_ref()])).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains(&bad.address.to_string()), "{ended:?}");
}

async fn all_is_well(world: &World, running: Child) {
    let root = world.settled_root().await;
    running.stop().await;
    for folder in ["running", "fresh"] {
        let detection = world.detect_once(folder).await;
        assert_eq!(detection.alerts, Vec::<Value>::new(), "{folder}");
        assert_eq!((detection.code, &detection.state_root), (Some(0), &root), "{folder}: {detection:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_two_nodes_disagree_nothing_is_minted_and_nobody_is_accused() {
    let (world, nodes) = world_with(2).await;
    let running = world.start_detector("running");
    world.minted(&deposit(&world, 1).await).await;
    for (number, (way, manner)) in (2..).zip(WAYS) {
        nodes[1].turns(manner);
        let sent = deposit(&world, number).await;
        tokio::time::sleep(LONG).await;
        assert!(!is_minted(&world, &sent).await, "{way}");
        detector_waits(&world, way).await;
        bot_names(&world, &nodes[1], &format!("bot-{way}")).await;
        nodes[1].turns(Manner::Honest);
        world.minted(&sent).await;
    }
    all_is_well(&world, running).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_node_of_three_that_lies_or_dies_changes_nothing() {
    let (world, nodes) = world_with(3).await;
    let running = world.start_detector("running");
    for (number, (way, manner)) in (1..).zip(WAYS) {
        let bad = &nodes[usize::from(number) % nodes.len()];
        bad.turns(manner);
        let mint = world.minted(&deposit(&world, number).await).await;
        assert_eq!(mint["amount"], ETH.to_string(), "{way}");
        world.settled_root().await;
        let detection = world.detect_once(way).await;
        assert_eq!((detection.code, detection.alerts), (Some(0), Vec::new()), "{way}");
        bad.turns(Manner::Honest);
    }
    all_is_well(&world, running).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_detector_whose_own_node_is_away_waits_and_comes_to_the_same_root_later() {
    let (world, nodes) = world_with(1).await;
    world.minted(&deposit(&world, 5).await).await;
    let root = world.settled_root().await;
    nodes[0].turns(Manner::Dead);
    detector_waits(&world, "alone").await;
    nodes[0].turns(Manner::Honest);
    let well = world.detect_once("alone").await;
    assert_eq!((well.code, well.state_root, well.alerts), (Some(0), root, Vec::new()));
}
