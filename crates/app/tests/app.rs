//! The app on a network that nobody serves: starting, answering, one instance, stopping, saying what keeps it from work.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;
use std::time::{Duration, Instant};

use app::api::{Command, CommandError, EventBody, Notifications, Reply, Status, Watching};
use app::{App, Config, NetworkFile, StartError};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(20);
const OWNER: &str = "uGx-QfBXSwABKxjha-00dI7vvfyqIYblY6Z5L6cyTFM";
const VAULT: &str = "0x38741A69785e84399Fcf7c5Ad61D572f7EcB1Dab";
const SECRET: &str = "d0notsh0wth1s";

fn network(owner: &str) -> NetworkFile {
    read(&plain_network(owner))
}

fn read(network: &Value) -> NetworkFile {
    NetworkFile::parse(network.to_string().as_bytes()).unwrap()
}

fn plain_network(owner: &str) -> Value {
    json!({
        "name": "Nowhere", "practice": true, "owner": owner, "gateways": ["http://127.0.0.1:9"], "depth": 2,
        "rules": {
            "owner": owner, "ethChainId": "1", "feeRecipient": "0x6451eB7f668de69Fb4C943Db72bCF2A73DeeC6B1",
            "lockers": {}, "tokens": {"listed": [serde_json::to_value(everpay::ar_token()).unwrap()]},
        },
    })
}

/// The same with vaults on Arweave and on an EVM chain whose one node, behind a key in its path, does not exist.
fn network_with_vaults() -> NetworkFile {
    let mut network = plain_network(OWNER);
    network["rules"]["lockers"] = json!({"arweave": "dH-_dwLlN86fitrFZzi86IVEEQFyYpTzWcqnFh460ys", "ethereum": VAULT});
    network["rules"]["tokens"] = json!({"listed": [everpay::ar_token(), everpay::eth_token()]});
    network["depositConfirmations"] = json!({"ethereum": 3});
    let node = format!("http://127.0.0.1:9/v3/{SECRET}");
    network["evm"] = json!({"ethereum": {"chainId": 1, "rpc": [node], "finality": "finalized", "startBlock": 12}});
    read(&network)
}

fn config(folder: &Path) -> Config {
    Config { network: network(OWNER), data_dir: folder.join("data"), notify: false, desk: None }
}

fn command(name: &str, request: serde_json::Value) -> Command {
    Command::from_json(json!({"command": name, "request": request})).unwrap()
}

/// The first answer that is not `starting`.
async fn opened(app: &App) -> Result<Status, CommandError> {
    let begun = Instant::now();
    loop {
        match app.handle(command("status", json!({}))).await {
            Ok(Reply::Status(status)) => return Ok(status),
            Ok(other) => panic!("{other:?}"),
            Err(error) if error.code != "starting" => return Err(error),
            Err(_) => assert!(begun.elapsed() < PATIENCE, "the core never opened"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_starts_at_once_answers_and_stops() {
    let folder = tempfile::tempdir().unwrap();
    let begun = Instant::now();
    let app = App::start(config(folder.path())).unwrap();
    assert!(begun.elapsed() < Duration::from_secs(1), "starting waited for the core");
    let mut events = app.subscribe();
    let status = opened(&app).await.unwrap();
    assert_eq!((status.network.as_str(), status.practice, status.batches), ("Nowhere", true, 0));
    assert_eq!((status.last_batch, status.notifications), (None, Notifications::Off));
    assert!(matches!(app.handle(command("network", json!({}))).await, Ok(Reply::Network(view)) if view.tokens_listed));
    assert!(
        matches!(app.handle(command("lastHour", json!({}))).await, Ok(Reply::LastHour(hour)) if hour.minutes.len() == 60)
    );
    let page = json!({"cursor": null, "limit": 200});
    assert!(matches!(app.handle(command("batches", page)).await, Ok(Reply::Batches(page)) if page.rows.is_empty()));
    let request = json!({"cursor": null, "limit": 5, "account": null, "action": null, "verdict": null});
    assert!(
        matches!(app.handle(command("transactions", request)).await, Ok(Reply::Transactions(page)) if page.total == 0)
    );
    let account = json!({"account": "0x6451eb7f668de69fb4c943db72bcf2a73deec6b1"});
    match app.handle(command("balances", account)).await {
        Ok(Reply::Balances(view)) => assert_eq!(view.account, "0x6451eB7f668de69Fb4C943Db72bCF2A73DeeC6B1"),
        other => panic!("{other:?}"),
    }
    let mut numbers = Vec::new();
    let mut seen = Vec::new();
    while !seen.contains(&Watching::NoSource) {
        let event = tokio::time::timeout(PATIENCE, events.recv()).await.expect("no source was never told").unwrap();
        numbers.push(event.seq);
        if let EventBody::Status(status) = event.body {
            seen.push(status.watching);
        }
    }
    assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "{numbers:?}");
    app.stop().await;
    app.stop().await;
}

/// The reply to a command as the page gets it.
async fn asked(app: &App, name: &str, request: Value) -> Result<Value, CommandError> {
    Ok(serde_json::to_value(app.handle(command(name, request)).await?).unwrap())
}

/// The chain as soon as its watcher has tried its node.
async fn chain_in_trouble(app: &App) -> Value {
    let begun = Instant::now();
    loop {
        let chains = asked(app, "vaultChains", json!({})).await.unwrap();
        let ethereum = chains["chains"].as_array().unwrap().iter().find(|chain| chain["chain"] == "ethereum").unwrap();
        if !ethereum["trouble"].is_null() {
            return chains;
        }
        assert!(begun.elapsed() < PATIENCE, "no trouble was ever told: {chains}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chain_whose_node_is_silent_is_shown_in_trouble_and_stops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let app = App::start(Config { network: network_with_vaults(), ..config(folder.path()) }).unwrap();
    opened(&app).await.unwrap();
    let chains = chain_in_trouble(&app).await;
    let [arweave, ethereum] = chains["chains"].as_array().unwrap().as_slice() else { panic!("{chains}") };
    assert_eq!((&arweave["chain"], &arweave["watched"]), (&json!("arweave"), &json!(false)));
    assert_eq!((&ethereum["watched"], &ethereum["locker"]), (&json!(true), &json!(VAULT)));
    assert_eq!((&ethereum["chainId"], &ethereum["confirmations"]), (&json!(1), &json!(3)));
    assert_eq!((&ethereum["finality"], &ethereum["startBlock"]), (&json!("finalized"), &json!(12)));
    assert_eq!((&ethereum["tip"], &ethereum["halted"]), (&Value::Null, &Value::Null));
    assert_eq!(ethereum["sources"][0]["name"], "http://127.0.0.1:9");
    let symbols: Vec<_> = ethereum["tokens"].as_array().unwrap().iter().map(|token| token["symbol"].clone()).collect();
    assert_eq!(symbols, ["AR", "ETH"]);
    assert!(!chains.to_string().contains(SECRET), "the key of a node was shown: {chains}");

    let page = json!({"chain": null, "account": null, "stranded": false, "cursor": null, "limit": 20});
    let deposits = asked(&app, "deposits", page.clone()).await.unwrap();
    assert_eq!(deposits, json!({"rows": [], "cursor": null}));
    let code = |answer: Result<Value, CommandError>| answer.unwrap_err().code;
    let of = |chain: &str| {
        let mut page = page.clone();
        page["chain"] = json!(chain);
        page
    };
    assert!(asked(&app, "deposits", of("ethereum")).await.is_ok());
    assert_eq!(code(asked(&app, "deposits", of("arweave")).await), "not_watched");
    let mint = |chain: &str| json!({"chain": chain, "tx": format!("0x{}", "a".repeat(64)), "tokenId": VAULT});
    assert_eq!(code(asked(&app, "postMint", mint("moon")).await), "not_watched");
    assert_eq!(code(asked(&app, "postMint", mint("ethereum")).await), "not_found");
    let burns = json!({"account": null, "waiting": true, "cursor": null, "limit": 20});
    assert_eq!(asked(&app, "burns", burns).await.unwrap(), json!({"rows": [], "cursor": null}));
    let solvency = asked(&app, "solvency", json!({})).await.unwrap();
    assert_eq!(solvency["halts"], json!([]));
    let status = opened(&app).await.unwrap();
    assert!(status.vaults_short.is_empty() && status.halted.is_empty());
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watcher_that_cannot_open_its_data_leaves_the_app_at_work() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { network: network_with_vaults(), ..config(folder.path()) };
    std::fs::create_dir_all(config.data_dir.join("vault.db")).unwrap();
    let app = App::start(config).unwrap();
    opened(&app).await.unwrap();
    let chains = chain_in_trouble(&app).await;
    assert_eq!(chains["chains"][1]["trouble"]["code"], "stopped", "{chains}");
    let page = json!({"chain": "ethereum", "account": null, "stranded": false, "cursor": null, "limit": 20});
    assert_eq!(asked(&app, "deposits", page).await.unwrap_err().code, "core_fault");
    opened(&app).await.unwrap();
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_data_directory_has_one_app_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let app = App::start(config(folder.path())).unwrap();
    let second = App::start(config(folder.path()));
    assert!(matches!(second, Err(StartError::InUse(_))));
    opened(&app).await.unwrap();
    app.stop().await;
    drop(app);
    let app = App::start(config(folder.path())).unwrap();
    opened(&app).await.unwrap();
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_keeps_the_core_from_work_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let app = App::start(config(folder.path())).unwrap();
    opened(&app).await.unwrap();
    app.stop().await;
    drop(app);
    let other = Config { network: network("dH-_dwLlN86fitrFZzi86IVEEQFyYpTzWcqnFh460ys"), ..config(folder.path()) };
    let app = App::start(other).unwrap();
    let error = opened(&app).await.unwrap_err();
    assert_eq!(error.code, "core_fault");
    assert!(error.message.contains("owner"), "{}", error.message);
    app.stop().await;
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let start = App::start(Config { data_dir: file.join("data"), ..config(folder.path()) });
    assert!(matches!(&start, Err(StartError::DataDir(path, _)) if *path == file.join("data")));
    for (name, text) in [("empty", ""), ("list", "[]"), ("huge", &" ".repeat(5 << 20))] {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let told = app::network_file(&path).unwrap_err().to_string();
        assert!(told.contains(name), "{told}");
    }
    assert!(matches!(app::network_file(&folder.path().join("none")), Err(StartError::NetworkFile(..))));
}
