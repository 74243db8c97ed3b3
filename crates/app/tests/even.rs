//! EVEN in the app: a practice network of eight nodes with short epochs, run by the clock and asked as a page asks.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::num::NonZeroU64;
use std::path::Path;
use std::time::{Duration, Instant};

use app::api::EventBody;
use app::{CannotHost, NetworkFile};
use common::Window;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::sync::oneshot::{Sender, channel};
use tokio::task::JoinHandle;

const PATIENCE: Duration = Duration::from_secs(90);
const EPOCH: Duration = Duration::from_secs(2);
const OWNER: &str = "uGx-QfBXSwABKxjha-00dI7vvfyqIYblY6Z5L6cyTFM";

fn opened(folder: &Path) -> Window {
    let network = json!({
        "name": "Nowhere", "owner": OWNER, "gateways": ["http://127.0.0.1:9"], "depth": 2,
        "rules": {
            "owner": OWNER, "ethChainId": "1", "feeRecipient": "0x6451eB7f668de69Fb4C943Db72bCF2A73DeeC6B1",
            "lockers": {}, "tokens": {"listed": []},
        },
    });
    // A ledger that cannot be opened: EVEN needs none.
    std::fs::create_dir_all(folder.join("ledger.db")).unwrap();
    let window = Window::opening(NetworkFile::parse(network.to_string().as_bytes()).unwrap(), folder, PATIENCE);
    window.app.pace_even(EPOCH);
    window
}

fn table(sort: &str) -> Value {
    json!({"sort": sort, "ascending": false, "text": null, "state": null, "watched": false, "offset": 0, "limit": 200})
}

fn rows(page: &Value) -> &Vec<Value> {
    page["rows"].as_array().unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// The rows once some epochs were measured: the newest speeds show it.
async fn rated(window: &Window) -> Value {
    let measured = |page: &Value| rows(page).iter().any(|row| row["history"].as_array().unwrap().len() >= 4);
    window.until("ratings", "evenNodes", table("weight"), measured).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_practice_network_is_started_rated_and_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let window = opened(folder.path());
    let none = window.done("even", json!({})).await;
    assert_eq!((&none["source"], &none["nodes"]), (&json!("none"), &json!(0)));
    assert!(rows(&window.done("evenNodes", table("rating")).await).is_empty());
    for (nodes, seed) in [(3, "1"), (201, "1"), (8, ""), (8, "-1"), (8, "18446744073709551616")] {
        let request = json!({"nodes": nodes, "seed": seed});
        assert_eq!(window.refused("startEven", request).await, "invalid_request", "{nodes} {seed}");
    }

    let started = window.done("startEven", json!({"nodes": 8, "seed": "7"})).await;
    assert_eq!((&started["source"], &started["seed"], &started["nodes"]), (&json!("here"), &json!("7"), &json!(8)));
    assert_eq!(window.refused("startEven", json!({"nodes": 8, "seed": null})).await, "busy");
    let page = rated(&window).await;
    assert_eq!((rows(&page).len(), &page["total"]), (8, &json!(8)));
    let weights: Vec<f64> = rows(&page).iter().map(|row| number(&row["weightPpm"])).collect();
    assert!(weights.is_sorted_by(|a, b| a >= b) && weights[0] > 0.0, "{weights:?}");
    let shares: f64 = rows(&page).iter().map(|row| number(&row["exchange"])).sum();
    assert!((shares - 1.0).abs() < 1e-9, "{shares}");
    assert_eq!(rows(&page).iter().filter(|row| row["kind"] == "passive" && row["state"] == "passive").count(), 1);

    let view = window
        .until("messages are final and a table of the network's own is in force", "even", json!({}), |view| {
            number(&view["finalMessages"]) > 10.0 && !view["tableEpoch"].is_null()
        })
        .await;
    let leaders = view["leaders"].as_array().unwrap();
    assert!(!leaders.is_empty() && number(&view["leadersPpm"]) < number(&view["nodeCapPpm"]), "{view}");
    assert!(number(&view["finalityMs"]) > 0.0 && view["alarm"].is_null());
    assert!((0.0..=1.0).contains(&number(&view["balance"])) && number(&view["effectiveMilli"]) > 1_000.0);

    let begun = Instant::now();
    let stopped = window.done("stopEven", json!({})).await;
    assert!(begun.elapsed() < Duration::from_secs(1), "stopping took {:?}", begun.elapsed());
    assert_eq!(stopped["source"], "none");
    assert_eq!(window.refused("evenNode", json!({"node": "0".repeat(64)})).await, "not_found");
    window.done("startEven", json!({"nodes": 4, "seed": null})).await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_is_explained_and_other_inputs_move_its_rating_the_right_way() {
    let folder = tempfile::tempdir().unwrap();
    let window = opened(folder.path());
    window.done("startEven", json!({"nodes": 8, "seed": "7"})).await;
    rated(&window).await;
    let page = window.done("evenNodes", table("balance")).await;
    let whale = rows(&page).iter().find(|row| row["kind"] == "whale").unwrap();
    let node = whale["node"].as_str().unwrap();

    let detail = window.done("evenNode", json!({"node": node})).await;
    let history = detail["history"].as_array().unwrap();
    for pair in history.windows(2) {
        let parts: f64 = ["exchange", "stake", "accuracy"].iter().map(|part| number(&pair[1]["parts"][part])).sum();
        let change = number(&pair[1]["rating"]) - number(&pair[0]["rating"]);
        assert!((parts - change).abs() < 1e-9, "{pair:?}");
    }
    let (d, bell) = (detail["curve"]["d"].as_array().unwrap(), detail["curve"]["bell"].as_array().unwrap());
    let top = bell.iter().position(|height| number(height) > 1.0 - 1e-12).unwrap();
    assert!(number(&d[top]).abs() < 1e-12 && d.len() == bell.len());
    assert!(!detail["ahead"].as_array().unwrap().is_empty() && !detail["reasons"].as_array().unwrap().is_empty());

    let ask = |stake: Value, activity: Value| json!({"node": node, "capacity": null, "speed": null, "activity": activity, "stake": stake});
    let same = window.done("evenWhatIf", ask(Value::Null, Value::Null)).await;
    assert_eq!(same["before"]["rating"], same["after"]["rating"]);
    assert_eq!(same["before"]["weight"], same["after"]["weight"]);
    assert!(number(&same["before"]["d"]) > 0.0, "a whale is stake heavy: {}", same["before"]);
    let units: u64 = same["before"]["stakeUnits"].as_str().unwrap().parse().unwrap();
    let lighter = window.done("evenWhatIf", ask(json!((units / 2).to_string()), Value::Null)).await;
    assert!(number(&lighter["after"]["d"]) < number(&lighter["before"]["d"]));
    assert!(number(&lighter["after"]["rating"]) > number(&lighter["before"]["rating"]));
    let idle = window.done("evenWhatIf", ask(Value::Null, json!(0))).await;
    assert_eq!((&idle["after"]["state"], &idle["after"]["rating"]), (&json!("passive"), &json!(0.0)));
    assert_eq!(idle["after"]["weight"], "0");
    for stake in ["", "-1", "1e3", "1000000000000001"] {
        assert_eq!(window.refused("evenWhatIf", ask(json!(stake), Value::Null)).await, "invalid_request", "{stake}");
    }
    window.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_become_final_and_show_who_voted_for_them() {
    let folder = tempfile::tempdir().unwrap();
    let window = opened(folder.path());
    window.done("startEven", json!({"nodes": 8, "seed": "7"})).await;
    let is_final = |message: &Value| {
        message["status"] == "final" && message["kind"] == "payment" && number(&message["votesPpm"]) > 0.0
    };
    let some_final = |page: &Value| page["messages"].as_array().unwrap().iter().any(is_final);
    let page = window.until("a final payment", "evenMessages", json!({"limit": 300, "node": null}), some_final).await;
    let messages = page["messages"].as_array().unwrap();
    assert!(messages.is_sorted_by_key(|message| message["timeMs"].as_u64().unwrap()));
    let message = messages.iter().find(|message| is_final(message)).unwrap();
    assert!(number(&message["finalityMs"]) > 0.0 && message["amount"].is_string());

    let detail = window.done("evenMessage", json!({"id": message["id"]})).await;
    let rounds = detail["rounds"].as_array().unwrap();
    assert!(number(&rounds[0]["weightPpm"]) > 666_666.0 && number(&rounds[0]["voters"]) >= 3.0, "{detail}");
    assert!(number(&detail["lockedPpm"]) > 666_666.0 && number(&detail["transactions"]) > 0.0);
    let sum = |list: &str| -> u64 {
        detail[list]
            .as_array()
            .unwrap()
            .iter()
            .map(|field| field["value"].as_str().unwrap().parse::<u64>().unwrap())
            .sum()
    };
    assert_eq!(sum("inputs"), sum("outputs"), "nothing is lost");
    let own = window.done("evenMessages", json!({"limit": 5, "node": message["issuer"]})).await;
    let own = own["messages"].as_array().unwrap();
    assert!((1..=5).contains(&own.len()) && own.iter().all(|other| other["issuer"] == message["issuer"]));
    for limit in [0, 301] {
        assert_eq!(window.refused("evenMessages", json!({"limit": limit, "node": null})).await, "invalid_request");
    }
    assert_eq!(window.refused("evenMessage", json!({"id": "7".repeat(64)})).await, "not_found");
    window.close().await;
}

/// Lets a network run beside the app in the same folder, until the sender is used or dropped.
fn hosted(folder: &Path) -> (Sender<()>, JoinHandle<Result<(), CannotHost>>) {
    let config = even_sim::live::config(8, 7, NonZeroU64::new(2_000).unwrap());
    let (stop, stopped) = channel();
    let folder = folder.to_owned();
    let stopped = async move { drop(stopped.await) };
    let run = async move { app::host_even(config, &folder, || {}, stopped).await };
    (stop, tokio::spawn(run))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_in_another_process_is_shown_while_none_runs_here() {
    let folder = tempfile::tempdir().unwrap();
    let window = opened(folder.path());
    let (stop, hosting) = hosted(folder.path());
    let there = |view: &Value| view["source"] == "process" && number(&view["finalMessages"]) > 3.0;
    let view = window.until("it is found", "even", json!({}), there).await;
    assert_eq!((&view["seed"], &view["nodes"]), (&json!("7"), &json!(8)));
    let (_stop, second) = hosted(folder.path());
    assert!(matches!(second.await.unwrap(), Err(CannotHost::InUse(_))));

    let page = rated(&window).await;
    let node = rows(&page)[0]["node"].clone();
    window.done("watchEvenNode", json!({"node": node, "watched": true})).await;
    let mut watched = table("rating");
    watched["watched"] = json!(true);
    assert_eq!(rows(&window.done("evenNodes", watched).await).len(), 1, "the watch-list is the asker's");
    let detail = window.done("evenNode", json!({"node": node})).await;
    assert!(!detail["history"].as_array().unwrap().is_empty());
    let asked = json!({"node": node, "capacity": null, "speed": null, "activity": 0, "stake": null});
    assert_eq!(window.done("evenWhatIf", asked).await["after"]["state"], "passive");
    let messages = window.done("evenMessages", json!({"limit": 300, "node": null})).await;
    let id = messages["messages"][0]["id"].clone();
    assert_eq!(window.done("evenMessage", json!({"id": id})).await["message"]["id"], id);
    assert_eq!(window.refused("evenMessages", json!({"limit": 0, "node": null})).await, "invalid_request");
    assert_eq!(window.refused("evenNode", json!({"node": "0".repeat(64)})).await, "not_found");

    let mine = window.done("startEven", json!({"nodes": 4, "seed": "9"})).await;
    assert_eq!((&mine["source"], &mine["nodes"]), (&json!("here"), &json!(4)), "one's own comes first");
    let stopped = window.done("stopEven", json!({})).await;
    assert_ne!(stopped["source"], "here");
    window.until("the other is found again", "even", json!({}), |view| view["source"] == "process").await;
    stop.send(()).unwrap();
    hosting.await.unwrap().unwrap();
    assert_eq!(window.done("even", json!({})).await["source"], "none");
    assert!(!folder.path().join("even.sock").exists());
    window.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_answer_at_the_socket_is_an_error_and_a_dead_socket_is_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let window = opened(folder.path());
    let socket = folder.path().join("even.sock");
    drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(window.done("even", json!({})).await["source"], "none", "left by a process that was killed");
    let (stop, hosting) = hosted(folder.path());
    window.until("it took the place", "even", json!({}), |view| view["source"] == "process").await;
    stop.send(()).unwrap();
    hosting.await.unwrap().unwrap();

    let listener = tokio::net::UnixListener::bind(&socket).unwrap();
    let liar = tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut line = String::new();
            BufReader::new(&mut stream).read_line(&mut line).await.unwrap();
            // A view where the question was that, else nonsense.
            let view = json!({"source": "here"});
            let _ = stream.write_all(format!("{}\n", json!({"done": view})).as_bytes()).await;
        }
    });
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(window.done("even", json!({})).await["source"], "none", "half a view is no view");
    liar.abort();
    window.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_watch_list_outlives_a_restart_and_events_come_once_a_second_at_most() {
    let folder = tempfile::tempdir().unwrap();
    let window = opened(folder.path());
    window.done("startEven", json!({"nodes": 4, "seed": "9"})).await;
    let page = window.done("evenNodes", table("label")).await;
    let node = rows(&page)[2]["node"].clone();
    window.done("watchEvenNode", json!({"node": node, "watched": true})).await;
    assert_eq!(window.refused("watchEvenNode", json!({"node": "nobody", "watched": true})).await, "invalid_request");
    let mut events = window.app.subscribe();
    let (begun, mut told) = (Instant::now(), 0);
    while begun.elapsed() < Duration::from_secs(3) {
        let next = tokio::time::timeout(Duration::from_millis(500), events.recv()).await;
        told += u32::from(next.is_ok_and(|event| matches!(event.unwrap().body, EventBody::Even)));
    }
    assert!((1..=4).contains(&told), "{told} events in three seconds");
    window.close().await;

    let window = opened(folder.path());
    window.done("startEven", json!({"nodes": 4, "seed": "9"})).await;
    let mut request = table("label");
    request["watched"] = json!(true);
    let page = window.done("evenNodes", request).await;
    assert_eq!((rows(&page).len(), &rows(&page)[0]["node"]), (1, &node));
    window.done("watchEvenNode", json!({"node": node, "watched": false})).await;
    assert_eq!(std::fs::read_to_string(folder.path().join("even-watched.json")).unwrap(), "[]");
    window.close().await;
}
