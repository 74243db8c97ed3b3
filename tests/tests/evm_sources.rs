//! Ethereum nodes that lie, disagree or die: no mint and no alert comes of it, whoever waits goes on when they are well
//! again, and one bad node among three changes nothing.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use devnet::{Child, ETHEREUM};
use serde_json::Value;
use tests::{Asset, Setup, World, evm, run_everwatchd};
use tokio::task::JoinHandle;

const ETH: u128 = 1_000_000_000_000_000_000;
/// Longer than it takes to mint a deposit when all is well.
const LONG: Duration = Duration::from_secs(12);

/// What a node does with the answers of the real one behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Manner {
    Honest,
    /// Every event that pays something pays twice as much.
    Inflates,
    /// It has never heard of any event or receipt.
    Conceals,
    /// It answers nothing but failures.
    Dead,
}

/// A node in front of the real one.
struct Proxy {
    address: SocketAddr,
    manner: Arc<AtomicU8>,
    server: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

struct Behind {
    http: reqwest::Client,
    node: String,
    manner: Arc<AtomicU8>,
}

impl Proxy {
    async fn start(node: String) -> Self {
        let manner = Arc::new(AtomicU8::new(Manner::Honest as u8));
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let behind = Behind { http, node, manner: Arc::clone(&manner) };
        let app = axum::Router::new().fallback(answer).with_state(Arc::new(behind));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { address, manner, server }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn turns(&self, manner: Manner) {
        self.manner.store(manner as u8, Ordering::SeqCst);
    }
}

async fn answer(State(behind): State<Arc<Behind>>, body: Bytes) -> Response {
    let manner = behind.manner.load(Ordering::SeqCst);
    if manner == Manner::Dead as u8 {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    let request = behind.http.post(&behind.node).header("content-type", "application/json").body(body);
    let Ok(answer) = request.send().await else { return StatusCode::BAD_GATEWAY.into_response() };
    let mut answer: Value = answer.json().await.unwrap();
    if manner == Manner::Inflates as u8 {
        inflate(&mut answer);
    }
    if manner == Manner::Conceals as u8 {
        conceal(&mut answer);
    }
    ([("content-type", "application/json")], answer.to_string()).into_response()
}

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
    for (number, manner) in [(2, Manner::Inflates), (3, Manner::Conceals), (4, Manner::Dead)] {
        nodes[1].turns(manner);
        let sent = deposit(&world, number).await;
        tokio::time::sleep(LONG).await;
        assert!(!is_minted(&world, &sent).await, "{manner:?}");
        detector_waits(&world, &format!("{manner:?}")).await;
        bot_names(&world, &nodes[1], &format!("bot-{manner:?}")).await;
        nodes[1].turns(Manner::Honest);
        world.minted(&sent).await;
    }
    all_is_well(&world, running).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_node_of_three_that_lies_or_dies_changes_nothing() {
    let (world, nodes) = world_with(3).await;
    let running = world.start_detector("running");
    for (number, manner) in [(1, Manner::Inflates), (2, Manner::Conceals), (3, Manner::Dead)] {
        let bad = &nodes[usize::from(number) % nodes.len()];
        bad.turns(manner);
        let mint = world.minted(&deposit(&world, number).await).await;
        assert_eq!(mint["amount"], ETH.to_string(), "{manner:?}");
        world.settled_root().await;
        let detection = world.detect_once(&format!("{manner:?}")).await;
        assert_eq!((detection.code, detection.alerts), (Some(0), Vec::new()), "{manner:?}");
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
