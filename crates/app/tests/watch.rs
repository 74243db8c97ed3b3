//! The watchman in the app on a network that nobody serves: setting it up, locking, stopping, changing its rules; what a person
//! says no to does not happen.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::BTreeSet;
use std::path::Path;

use common::Window;
use common::nowhere::{PASSWORD, PATIENCE, VAULT, network, policy};
use serde_json::{Value, json};
use watchman::door::{self, Request};

const KEY: &str = "0101010101010101010101010101010101010101010101010101010101010101";

async fn open(folder: &Path) -> Window {
    Window::open(network(), folder, PATIENCE).await
}

async fn is(window: &Window, mode: &str, signing: &str) -> Value {
    let now = |view: &Value| view["mode"] == mode && view["signing"] == signing;
    window.watchman(&format!("{mode} and {signing}"), now).await
}

/// Makes a keystore with one account; returns the id of its key.
async fn with_account(window: &Window) -> String {
    window.done("createKeystore", json!({"password": PASSWORD})).await;
    let source = json!({"kind": "evmKey", "hex": KEY});
    let view = window.done("importAccount", json!({"label": "Ada", "source": source})).await;
    view["accounts"][0]["id"].as_str().unwrap().to_owned()
}

/// A watchman alone in its roster, running.
async fn with_watchman(folder: &Path) -> Window {
    let window = open(folder).await;
    let key = with_account(&window).await;
    window.person.says(true);
    let identity = window.done("setUpWatchman", wish(&key, "", "")).await;
    let roster = roster(&identity, 0);
    window.person.says(true);
    window.done("setUpWatchman", wish(&key, &roster, &policy("100"))).await;
    window.running().await;
    window
}

fn wish(key: &str, roster: &str, policy: &str) -> Value {
    json!({"key": key, "listen": "127.0.0.1:0", "roster": roster, "policy": policy})
}

fn roster(identity: &Value, more: usize) -> String {
    let own =
        json!({"owner": identity["owner"], "peer": identity["peer"], "name": "Ada", "addresses": ["127.0.0.1:7000"]});
    let other = |number: usize| {
        let peer = p2p::Identity::from_secret([u8::try_from(number).unwrap(); 32].into()).peer_id();
        json!({"owner": format!("0x{}", "22".repeat(20)), "peer": peer.to_string(), "name": "Jun", "addresses": []})
    };
    let members: Vec<Value> = std::iter::once(own).chain((1..=more).map(other)).collect();
    json!({"quarantineHours": 48, "members": members}).to_string()
}

fn codes(view: &Value, list: &str, member: &str) -> Vec<String> {
    view[list].as_array().unwrap().iter().map(|one| one[member].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watchman_is_set_up_in_two_steps_that_a_person_confirms() {
    let folder = tempfile::tempdir().unwrap();
    let window = open(folder.path()).await;
    let view = is(&window, "notSetUp", "notSetUp").await;
    assert_eq!((&view["owner"], &view["vaults"][0]["contract"]), (&Value::Null, &json!(VAULT)));
    assert_eq!(window.refused("policy", json!({})).await, "not_set_up");
    assert_eq!(window.refused("setUpWatchman", wish("k", "", "")).await, "locked");
    let key = with_account(&window).await;

    assert_eq!(window.refused("setUpWatchman", wish(&key, "", "")).await, "declined");
    assert_eq!(window.done("watchman", json!({})).await["peer"], Value::Null);
    for bad in [wish("nobody", "", ""), json!({"key": key, "listen": "nowhere", "roster": "", "policy": ""})] {
        assert_eq!(window.refused("setUpWatchman", bad).await, "invalid_request");
    }
    window.person.says(true);
    let identity = window.done("setUpWatchman", wish(&key, "", "")).await;
    assert!(identity["peer"].as_str().unwrap().starts_with("12D3KooW") && identity["mode"] == "notSetUp", "{identity}");

    // The roster of somebody else is none for this one.
    let mut strange = identity.clone();
    strange["peer"] = json!(p2p::Identity::from_secret([9; 32].into()).peer_id().to_string());
    window.person.says(true);
    assert_eq!(window.refused("setUpWatchman", wish(&key, &roster(&strange, 0), &policy("1"))).await, "refused");
    window.person.says(true);
    window.done("setUpWatchman", wish(&key, &roster(&identity, 1), &policy("1"))).await;
    let asked = window.person.was_asked();
    let member = window.running().await["members"][0].clone();
    let words: Vec<_> = member["words"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
    assert_eq!(words.len(), 8);
    assert!(asked.contains(&words.join(" ")) && asked.contains("Jun"), "{asked}");
    assert!(asked.contains("Loosens: tokens/ethereum-eth") && asked.contains("9.00 ETH"), "{asked}");
    assert_eq!(window.refused("setUpWatchman", wish(&key, "", "")).await, "refused");
    let accounts = window.done("keystore", json!({})).await;
    assert_eq!(accounts["accounts"][0]["watchman"], true);
    window.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_opens_with_the_keystore_watches_while_locked_and_is_seen_from_a_second_surface() {
    let folder = tempfile::tempdir().unwrap();
    let window = with_watchman(folder.path()).await;
    let head = window.done("watchman", json!({})).await["journalHead"].clone();
    window.close().await;

    let window = open(folder.path()).await;
    let locked = is(&window, "locked", "locked").await;
    assert!(locked["owner"].is_string() && locked["journalHead"].is_null(), "{locked}");
    assert_eq!(window.refused("policy", json!({})).await, "locked");
    assert_eq!(window.refused("stopSigning", json!({"chain": null})).await, "not_running");
    let rearm = json!({"chain": "ethereum", "keys": ["k"], "reason": "fine"});
    assert_eq!(window.refused("rearmVault", rearm).await, "locked", "what it guards is not armed while it cannot sign");
    let status = window.done("status", json!({})).await;
    assert_eq!((&status["signing"], &status["awaiting"]), (&json!("locked"), &json!(0)));
    window.unlock(PASSWORD).await;
    let running = window.running().await;
    assert!(running["journalEntries"].as_u64().unwrap() > 0 && running["journalHead"] != head, "{running}");

    let data = window.folder.join("watchman");
    assert_eq!(running["dataDir"], data.display().to_string());
    let seen = door::ask(&data, &Request::Status).await.unwrap();
    assert_eq!(seen["owner"], running["owner"]);
    let halt = Request::Halt { chain: "ethereum".into(), key: "k".into() };
    let refused = door::ask(&data, &halt).await.unwrap_err().to_string();
    assert!(refused.contains("window"), "{refused}");

    window.done("lockKeystore", json!({})).await;
    is(&window, "running", "locked").await;
    assert_eq!(window.done("policy", json!({})).await["stopped"], false);
    window.unlock(PASSWORD).await;
    window.watchman("it is unlocked", |view| view["signing"] != "locked").await;
    window.close().await;
    assert!(door::ask(&data, &Request::Status).await.is_err(), "the door is closed with the app");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_is_one_command_and_arming_again_takes_a_person_and_every_cause() {
    let folder = tempfile::tempdir().unwrap();
    let window = with_watchman(folder.path()).await;
    assert_eq!(window.refused("stopSigning", json!({"chain": "moon"})).await, "not_found");
    window.done("lockKeystore", json!({})).await;
    let stopped = window.done("stopSigning", json!({"chain": null})).await;
    assert_eq!(codes(&stopped, "halts", "cause"), ["person"]);
    let keys = codes(&stopped, "halts", "key");
    let rearm = |keys: &[String], reason: &str| json!({"chain": "ethereum", "keys": keys, "reason": reason});
    assert_eq!(window.refused("rearmVault", rearm(&keys, "fine")).await, "locked");
    window.unlock(PASSWORD).await;
    is(&window, "running", "stopped").await;
    assert_eq!(window.refused("rearmVault", rearm(&keys, "fine")).await, "declined");
    assert_eq!(window.refused("rearmVault", rearm(&[], "fine")).await, "not_found");
    assert_eq!(window.refused("rearmVault", rearm(&["other".into()], "fine")).await, "not_found");
    window.person.says(true);
    let armed = window.done("rearmVault", rearm(&keys, "it was a drill")).await;
    assert_eq!(armed["halts"], json!([]));
    let asked = window.person.was_asked();
    assert!(asked.contains("it was a drill") && asked.contains(&keys[0]), "{asked}");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_policy_changes_only_as_it_was_shown_and_confirmed() {
    let folder = tempfile::tempdir().unwrap();
    let window = with_watchman(folder.path()).await;
    let looser = json!({"text": policy("5000000000000000000")});
    let preview = window.done("previewPolicy", looser.clone()).await;
    let [change] = preview["changes"].as_array().unwrap().as_slice() else { panic!("{preview}") };
    assert_eq!((&change["loosens"], &change["token"]["symbol"]), (&json!(true), &json!("ETH")));
    assert!(change["path"].as_str().unwrap().ends_with("/autoUpTo"), "{change}");
    let bad = window.done("previewPolicy", json!({"text": "{"})).await;
    assert!(bad["error"].is_string() && bad["changes"] == json!([]), "{bad}");
    assert_eq!(window.refused("savePolicy", json!({"text": "{}"})).await, "invalid_request");

    assert_eq!(window.refused("savePolicy", looser.clone()).await, "declined");
    let asked = window.person.was_asked();
    assert!(asked.starts_with("Loosens: tokens/ethereum-eth") && asked.contains("→ 5.00 ETH"), "{asked}");
    assert_eq!(window.done("policy", json!({})).await["tokens"][0]["autoUpTo"], "100");
    let file = folder.path().join("watchman/policy.sealed");
    let before = std::fs::read(&file).unwrap();
    window.person.says(true);
    assert_eq!(window.done("savePolicy", looser).await["tokens"][0]["autoUpTo"], "5000000000000000000");
    window.close().await;
    let saved = std::fs::read(&file).unwrap();
    std::fs::write(&file, before).unwrap();
    let window = open(folder.path()).await;
    window.unlock(PASSWORD).await;
    let failed = window.watchman("the policy before it is refused", |view| view["mode"] == "failed").await;
    assert_eq!(failed["why"]["code"], "settings");
    window.close().await;
    std::fs::write(&file, saved).unwrap();

    let window = open(folder.path()).await;
    window.unlock(PASSWORD).await;
    let kept = window.done("policy", json!({})).await;
    assert_eq!(kept["tokens"][0]["autoUpTo"], "5000000000000000000");
    assert_eq!(kept["unlisted"], json!([]));
    window.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_roster_takes_somebody_in_after_a_confirmation_and_never_leaves_this_watchman_out() {
    let folder = tempfile::tempdir().unwrap();
    let window = with_watchman(folder.path()).await;
    let identity = window.done("watchman", json!({})).await;
    let more = json!({"text": roster(&identity, 1)});
    let preview = window.done("previewRoster", more.clone()).await;
    assert_eq!(codes(&preview, "changes", "path"), [format!("members/0x{}", "22".repeat(20))]);
    assert_eq!(window.refused("saveRoster", more.clone()).await, "declined");
    let mut strange = identity.clone();
    strange["owner"] = json!(format!("0x{}", "33".repeat(20)));
    assert_eq!(window.refused("saveRoster", json!({"text": roster(&strange, 0)})).await, "refused");
    window.person.says(true);
    let saved = window.done("saveRoster", more).await;
    let names: BTreeSet<String> = codes(&saved, "members", "name").into_iter().collect();
    assert_eq!(names, ["Ada", "Jun"].map(str::to_owned).into());
    let jun = saved["members"].as_array().unwrap().iter().find(|member| member["name"] == "Jun").unwrap();
    assert!(jun["quarantineUntilMs"].as_u64().is_some_and(|until| until > detector::now_ms()), "{jun}");
    assert_eq!(window.refused("pardonMember", json!({"owner": "0x12"})).await, "invalid_request");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_somebody_changed_keeps_the_watchman_from_running_and_the_app_runs_on() {
    let folder = tempfile::tempdir().unwrap();
    let window = with_watchman(folder.path()).await;
    window.close().await;
    let sealed = folder.path().join("watchman/policy.sealed");
    let text = std::fs::read_to_string(&sealed).unwrap();
    std::fs::write(&sealed, text.replace("\"100\"", "\"900\"")).unwrap();
    let window = open(folder.path()).await;
    window.unlock(PASSWORD).await;
    let failed = window.watchman("it failed", |view| view["mode"] == "failed").await;
    assert_eq!((&failed["why"]["code"], &failed["signing"]), (&json!("settings"), &json!("blocked")));
    assert_eq!(window.done("payouts", json!({"limit": 10})).await["counts"], json!([0, 0, 0, 0]));
    let hash = format!("0x{}", "0a".repeat(32));
    assert_eq!(window.refused("approvePayout", json!({"everHash": hash})).await, "not_running");
    std::fs::write(&sealed, text).unwrap();
    window.done("lockKeystore", json!({})).await;
    window.unlock(PASSWORD).await;
    window.running().await;
    window.close().await;
}
