//! `everwatchd even-sim --live` as a process of its own, and what the app with the same data directory shows of it.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use app::api::EventBody;
use app::{App, Config, NetworkFile};
use serde_json::{Value, json};
use tests::{eventually, run_everwatchd};

const PATIENCE: Duration = Duration::from_secs(60);
const OWNER: &str = "uGx-QfBXSwABKxjha-00dI7vvfyqIYblY6Z5L6cyTFM";

/// A network that runs; killed when the test ends.
struct Live(Child);

impl Live {
    fn start(dir: &Path) -> Self {
        let mut child = Command::new(tests::everwatchd())
            .args(args(dir))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains("10 nodes") && line.contains("seed 7"), "{line:?}");
        Self(child)
    }

    fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([name, &self.0.id().to_string()]).status().unwrap().success());
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn args(dir: &Path) -> Vec<String> {
    let words = "even-sim --live --nodes 10 --seed 7 --epoch 2 --behaviour equivocate=1 --behaviour whale=2 --data-dir";
    words.split(' ').map(str::to_owned).chain([dir.to_str().unwrap().to_owned()]).collect()
}

/// An app that needs no ledger for this.
fn opened(dir: &Path) -> App {
    let network = json!({
        "name": "Nowhere", "owner": OWNER, "gateways": ["http://127.0.0.1:9"], "depth": 2,
        "rules": {
            "owner": OWNER, "ethChainId": "1", "feeRecipient": "0x6451eB7f668de69Fb4C943Db72bCF2A73DeeC6B1",
            "lockers": {}, "tokens": {"listed": []},
        },
    });
    let network = NetworkFile::parse(network.to_string().as_bytes()).unwrap();
    App::start(Config { network, data_dir: dir.to_owned(), notify: false, desk: None }).unwrap()
}

async fn ask(app: &App, command: &str, request: Value) -> Value {
    let command = serde_json::from_value(json!({"command": command, "request": request})).unwrap();
    serde_json::to_value(app.handle(command).await.unwrap()).unwrap()
}

async fn until(app: &App, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
    eventually(PATIENCE, what, || async { Some(ask(app, "even", json!({})).await).filter(|view| holds(view)) }).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_in_a_process_of_its_own_is_shown_found_guilty_and_gone_with_its_process() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("d".repeat(120));
    let app = opened(&dir);
    let mut events = app.subscribe();
    assert_eq!(ask(&app, "even", json!({})).await["source"], "none");

    let mut live = Live::start(&dir);
    let view = until(&app, "it is shown and decides", |view| {
        view["source"] == "process" && view["finalMessages"].as_u64() > Some(10) && !view["tableEpoch"].is_null()
    });
    let view = view.await;
    assert_eq!((&view["nodes"], &view["seed"], &view["epochLengthMs"]), (&json!(10), &json!("7"), &json!(2000)));
    let request = json!({"sort": "weight", "ascending": false, "text": null, "state": null, "watched": false, "offset": 0, "limit": 200});
    let page = ask(&app, "evenNodes", request).await;
    let of = |kind: &str| page["rows"].as_array().unwrap().iter().filter(|row| row["kind"] == kind).count();
    assert_eq!((of("whale"), of("equivocate"), of("passive"), of("honest")), (2, 1, 0, 7), "as the command line says");
    until(&app, "the equivocator is found", |view| view["alerts"].to_string().contains("equivocation")).await;
    let told = std::iter::from_fn(|| events.try_recv().ok()).filter(|event| matches!(event.body, EventBody::Even));
    assert!(told.count() > 0, "pages are told of it");

    let second = run_everwatchd(PATIENCE, args(&dir)).await;
    assert_eq!(second.code, Some(1), "{second:?}");
    assert!(second.err.contains("already"), "{second:?}");
    live.signal("-TERM");
    assert!(live.0.wait().unwrap().success(), "told to stop, it ends well");
    assert!(!dir.join("even.sock").exists());
    until(&app, "it is gone", |view| view["source"] == "none").await;

    let mut killed = Live::start(&dir);
    until(&app, "another is found", |view| view["source"] == "process").await;
    killed.signal("-KILL");
    killed.0.wait().unwrap();
    assert!(dir.join("even.sock").exists(), "nobody took it away");
    until(&app, "nobody answers there", |view| view["source"] == "none").await;
    let _next = Live::start(&dir);
    until(&app, "the next takes its place", |view| view["source"] == "process").await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_makes_no_live_network_is_refused() {
    for more in
        [&["--findings"][..], &["--seeds", "3"], &["--nodes", "0"], &["--epoch", "0"], &["--behaviour", "whale=11"]]
    {
        let folder = tempfile::tempdir().unwrap();
        let mut words = vec!["even-sim", "--live", "--data-dir", folder.path().to_str().unwrap(), "--nodes", "10"];
        words.retain(|word| more[0] != "--nodes" || (*word != "--nodes" && *word != "10"));
        words.extend(more);
        let ended = run_everwatchd(PATIENCE, words).await;
        assert_eq!(ended.code, Some(1), "{more:?}: {ended:?}");
    }
    let without = run_everwatchd(PATIENCE, ["even-sim", "--live"]).await;
    assert!(without.code == Some(1) && without.err.contains("--data-dir"), "{without:?}");
}
