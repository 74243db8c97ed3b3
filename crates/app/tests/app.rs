//! The app on a network that nobody serves: starting, answering, one instance, stopping, saying what keeps it from work.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;
use std::time::{Duration, Instant};

use app::api::{Command, CommandError, EventBody, Notifications, Reply, Status, Watching};
use app::{App, Config, NetworkFile, StartError};
use serde_json::json;

const PATIENCE: Duration = Duration::from_secs(20);

fn network(owner: &str) -> NetworkFile {
    let text = json!({
        "name": "Nowhere", "practice": true, "owner": owner, "gateways": ["http://127.0.0.1:9"], "depth": 2,
        "rules": {
            "owner": owner, "ethChainId": "1", "feeRecipient": "0x6451eB7f668de69Fb4C943Db72bCF2A73DeeC6B1",
            "lockers": {}, "tokens": {"listed": [serde_json::to_value(everpay::ar_token()).unwrap()]},
        },
    });
    NetworkFile::parse(text.to_string().as_bytes()).unwrap()
}

fn config(folder: &Path) -> Config {
    let owner = "uGx-QfBXSwABKxjha-00dI7vvfyqIYblY6Z5L6cyTFM";
    Config { network: network(owner), data_dir: folder.join("data"), notify: false }
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
