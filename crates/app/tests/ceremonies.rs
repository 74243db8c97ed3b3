//! Three windows make a key together, look after it and sign with it; what a person says no to does not happen. Real programs'
//! cores over real sockets; the coins are made up, no chain is asked.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::path::Path;

use common::Window;
use common::circle::three;
use common::nowhere::PASSWORD;
use serde_json::{Value, json};
use threshold::Group;
use vault_bitcoin::bitcoin::consensus::encode::deserialize_hex;
use vault_bitcoin::bitcoin::{Amount, FeeRate, Network, OutPoint, Transaction};
use vault_bitcoin::{Coin, Holder, Payment, Vault};

const ACCOUNT: &str = "0x6451eB7f668de69Fb4C943Db72bCF2A73DeeC6B1";
const BACKUP_PASSWORD: &str = "another long practice password";

fn named<'a>(view: &'a Value, list: &str, field: &str, value: &str) -> Option<&'a Value> {
    view[list].as_array()?.iter().find(|one| one[field] == value)
}

/// The ceremony that waits for this person.
async fn invited(window: &Window) -> String {
    let waits = |view: &Value| view["ceremonies"].as_array().is_some_and(|all| all.iter().any(is_mine));
    let view = window.until("an invitation", "ceremonies", json!({}), waits).await;
    view["ceremonies"].as_array().unwrap().iter().find(|row| is_mine(row)).unwrap()["id"].as_str().unwrap().to_owned()
}

fn is_mine(row: &Value) -> bool {
    row["myTurn"] == true && row["endedMs"].is_null()
}

async fn ended(window: &Window, id: &str, state: &str) -> Value {
    let over = |view: &Value| view["row"]["state"] == state;
    window.until(&format!("the ceremony is {state}"), "ceremony", json!({"id": id}), over).await
}

async fn compare_all(window: &Window, id: &str) {
    let view = window.done("ceremony", json!({"id": id})).await;
    for one in view["members"].as_array().unwrap().iter().filter(|one| one["compared"] == false) {
        window.done("compareMember", json!({"id": id, "number": one["member"]["number"]})).await;
    }
}

async fn join(window: &Window, id: &str) {
    window.person.says(true);
    window.done("joinCeremony", json!({"id": id})).await;
}

/// Invites the two others once they told their keys.
async fn invite(first: &Window) -> Value {
    let told =
        |view: &Value| view["peers"].as_array().is_some_and(|all| all.iter().all(|peer| peer["key"].is_string()));
    let view = first.until("all keys are known", "ceremonies", json!({}), told).await;
    let peers: Vec<&Value> =
        ["Jun", "Ravi"].iter().map(|name| &named(&view, "peers", "name", name).unwrap()["peer"]).collect();
    let wish = json!({"label": "Harbour", "network": "regtest", "threshold": 2, "peers": peers});
    assert_eq!(first.refused("inviteToKey", wish.clone()).await, "declined");
    first.person.says(true);
    first.done("inviteToKey", wish).await
}

/// All three make a key; its group.
async fn with_key(windows: &[Window; 3]) -> String {
    let made = invite(&windows[0]).await;
    let id = made["row"]["id"].as_str().unwrap().to_owned();
    for window in windows {
        assert_eq!(invited(window).await, id);
        compare_all(window, &id).await;
        join(window, &id).await;
    }
    let mut groups: Vec<Value> = Vec::new();
    for window in windows {
        groups.push(ended(window, &id, "done").await["outcome"].clone());
    }
    assert!(groups.iter().all(|group| group.is_string() && *group == groups[0]), "{groups:?}");
    groups[0].as_str().unwrap().to_owned()
}

async fn key(window: &Window, group: &str) -> Value {
    let view = window.done("ceremonies", json!({})).await;
    named(&view, "keys", "group", group).unwrap_or_else(|| panic!("{group} is in {view}")).clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_key_is_made_by_people_who_compared_words_and_agreed_in_their_windows() {
    let folder = tempfile::tempdir().unwrap();
    let windows = three(folder.path()).await;
    let made = invite(&windows[0]).await;
    let asked = windows[0].person.was_asked();
    for fact in ["Harbour", "Bitcoin regtest", "Sign together: 2 / 3", "This program: Ada", "Member: Jun: ", "Ravi: "] {
        assert!(asked.contains(fact), "{fact} in {asked}");
    }
    let id = made["row"]["id"].as_str().unwrap().to_owned();
    let jun = &windows[1];
    assert_eq!(invited(jun).await, id);
    jun.until("it counts", "status", json!({}), |status| status["awaiting"] == 1).await;

    while jun.person.last_question().is_some() {}
    assert_eq!(jun.refused("joinCeremony", json!({"id": id})).await, "not_compared");
    assert!(jun.person.last_question().is_none(), "nobody is asked before the words were compared");
    compare_all(jun, &id).await;
    assert_eq!(jun.refused("joinCeremony", json!({"id": id})).await, "declined");
    join(jun, &id).await;
    let detail = jun.done("ceremony", json!({"id": id})).await;
    let words: Vec<&str> = detail["words"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
    let asked = jun.person.was_asked();
    assert!(asked.contains(&format!("Check words: {}", words.join(" "))), "{asked}");
    assert!(asked.contains("Member: 1 Ada: ") && asked.contains(detail["fingerprint"].as_str().unwrap()), "{asked}");

    windows[2].done("stopCeremony", json!({"id": id})).await;
    let stopped = ended(jun, &id, "stopped").await;
    assert!(stopped["row"]["endedMs"].is_number(), "{stopped}");
    assert_eq!(jun.refused("joinCeremony", json!({"id": id})).await, "refused");
    assert_eq!(jun.refused("saveCeremonyProof", json!({"id": id})).await, "not_found", "stopping breaks no rule");
    let again = jun.done("repeatCeremony", json!({"id": id, "without": [3]})).await;
    assert_eq!((&again["row"]["attempt"], &again["row"]["state"]), (&json!(2), &json!("comparing")), "{again}");
    assert_eq!(again["members"].as_array().unwrap().len(), 2);
    assert_eq!(invited(&windows[0]).await, again["row"]["id"].as_str().unwrap());
    assert_eq!(jun.refused("ceremony", json!({"id": "00"})).await, "invalid_request");
    assert_eq!(jun.refused("ceremony", json!({"id": "00".repeat(32)})).await, "not_found");
    for window in windows {
        window.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_key_is_backed_up_drilled_and_gives_addresses_that_anybody_can_compute() {
    let folder = tempfile::tempdir().unwrap();
    let windows = three(folder.path()).await;
    let group = with_key(&windows).await;
    let ada = &windows[0];
    let made = key(ada, &group).await;
    assert_eq!((&made["label"], &made["share"], &made["threshold"]), (&json!("Harbour"), &json!(true), &json!(2)));
    assert!(made["backedUpMs"].is_null() && made["drilledMs"].is_null(), "{made}");

    let backup = folder.path().join("share.backup");
    let wish = |password: &str| json!({"group": group, "password": password});
    assert_eq!(ada.refused("backupShare", wish("short")).await, "weak_password");
    assert_eq!(ada.done("backupShare", wish(BACKUP_PASSWORD)).await["path"], Value::Null, "no file was chosen");
    assert!(key(ada, &group).await["backedUpMs"].is_null());
    ada.person.chooses(&backup);
    assert_eq!(ada.done("backupShare", wish(BACKUP_PASSWORD)).await["path"], backup.display().to_string());
    assert!(key(ada, &group).await["backedUpMs"].is_number());
    ada.person.chooses(&backup);
    assert_eq!(ada.refused("drillShareBackup", wish(PASSWORD)).await, "wrong_password");
    ada.person.chooses(&backup);
    let view = ada.done("drillShareBackup", wish(BACKUP_PASSWORD)).await;
    assert!(named(&view, "keys", "group", &group).unwrap()["drilledMs"].is_number(), "{view}");
    // Somebody else's backup is none of this member's share.
    windows[1].person.chooses(&backup);
    assert_eq!(windows[1].refused("drillShareBackup", wish(BACKUP_PASSWORD)).await, "outdated");

    ada.person.chooses(&backup);
    assert_eq!(ada.refused("restoreShare", json!({"password": BACKUP_PASSWORD})).await, "declined");
    let asked = ada.person.was_asked();
    assert!(asked.contains("Label: Harbour") && asked.contains("Member: 1 Ada"), "{asked}");

    let address = ada.done("keyAddress", json!({"group": group, "account": ACCOUNT})).await;
    let same = windows[2].done("keyAddress", json!({"group": group, "account": ACCOUNT})).await;
    assert_eq!((&address["address"], &address["steps"]), (&same["address"], &same["steps"]));
    assert!(address["address"].as_str().unwrap().starts_with("bcrt1p"), "{address}");
    let command = address["command"].as_str().unwrap();
    let file = ada.folder.join(format!("watchman/group-{group}.everwatch"));
    assert!(command.contains(&file.display().to_string()) && command.ends_with("--network regtest"), "{command}");
    let alone = Group::from_bytes(&std::fs::read(&file).unwrap()).unwrap();
    let alone = Vault::new(alone, Network::Regtest).place(Holder::Account(ACCOUNT.parse().unwrap())).unwrap();
    assert_eq!(address["address"], alone.address(Network::Regtest).to_string());
    assert_eq!(ada.refused("keyAddress", json!({"group": group, "account": "nobody"})).await, "invalid_account");
    let own = ada.done("keyAddress", json!({"group": group, "account": null})).await;
    assert!(own["account"].is_null() && own["address"] != address["address"], "{own}");

    // A restart loses nothing, and a share that is here is not taken from a backup.
    let [ada, jun, ravi] = windows;
    let at = ada.folder.clone();
    ada.close().await;
    let ada = Window::open(common::nowhere::network(), &at, common::nowhere::PATIENCE).await;
    let locked = ada.done("ceremonies", json!({})).await;
    assert_eq!((&locked["mode"], &locked["keys"]), (&json!("locked"), &json!([])));
    ada.unlock(PASSWORD).await;
    let there = |view: &Value| named(view, "keys", "group", &group).is_some();
    ada.until("the key is shown again", "ceremonies", json!({}), there).await;
    let kept = key(&ada, &group).await;
    assert!(kept["share"] == true && kept["drilledMs"].is_number(), "{kept}");
    ada.person.chooses(&backup);
    ada.person.says(true);
    assert_eq!(ada.refused("restoreShare", json!({"password": BACKUP_PASSWORD})).await, "known");
    let words = ada.done("carryMessages", json!({"id": null, "number": 0})).await;
    let text = words["parts"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect::<Vec<_>>();
    assert!(!text.is_empty(), "{words}");
    jun.done("takeMessages", json!({"text": text.join("\n")})).await;
    assert_eq!(jun.refused("takeMessages", json!({"text": "nothing of ours"})).await, "bad_text");
    for window in [ada, jun, ravi] {
        window.close().await;
    }
}

/// A spend of two coins that nobody has: of the account's deposit address and of the key's own.
fn spend(group: &Group) -> (Vault, String) {
    let vault = Vault::new(group.clone(), Network::Regtest);
    let account = Holder::Account(ACCOUNT.parse().unwrap());
    let coin = |byte: u8, holder| {
        let outpoint: OutPoint = format!("{}:{byte}", format!("{byte:02x}").repeat(32)).parse().unwrap();
        Coin { outpoint, value: Amount::from_sat(100_000_000), holder }
    };
    let to = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080".parse().unwrap();
    let payment = Payment { to, value: Amount::from_sat(150_000_000) };
    let rate = FeeRate::from_sat_per_vb_u32(5);
    let request = vault.plan(&[coin(1, account), coin(2, Holder::Vault)], &[payment], rate).unwrap();
    (vault, crypto::b64::encode_std(request.to_bytes()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_transaction_is_signed_by_two_people_who_saw_what_it_does() {
    let folder = tempfile::tempdir().unwrap();
    let windows = three(folder.path()).await;
    let group = with_key(&windows).await;
    let (vault, psbt) = spend(&group_of(folder.path(), &windows[0], &group).await);
    let [ada, jun, ravi] = &windows;
    assert_eq!(ada.refused("askToSign", json!({"group": group, "psbt": "AAAA"})).await, "bad_psbt");
    let asked = ada.done("askToSign", json!({"group": group, "psbt": psbt})).await;
    let id = asked["row"]["id"].as_str().unwrap().to_owned();
    assert_eq!((&asked["row"]["state"], &asked["row"]["inputs"]), (&json!("asked"), &json!(2)));

    for window in [ada, jun, ravi] {
        let here = window.until("the session is here", "session", json!({"id": id}), |_| true).await;
        assert_eq!(
            (&here["digest"], &here["words"], &here["txid"]),
            (&asked["digest"], &asked["words"], &asked["txid"])
        );
    }
    jun.until("it counts", "status", json!({}), |status| status["awaiting"] == 1).await;
    assert_eq!(jun.refused("approveSession", json!({"id": id})).await, "declined");
    let seen = jun.person.was_asked();
    let digest = asked["digest"].as_str().unwrap();
    for fact in ["Pays: 1.50 BTC → bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", digest, ACCOUNT, "Harbour"] {
        assert!(seen.contains(fact), "{fact} in {seen}");
    }
    let still = jun.done("session", json!({"id": id})).await;
    assert_eq!(still["row"]["state"], "asked", "a no to the window is no word to the others");

    ravi.done("lockKeystore", json!({})).await;
    assert_eq!(ravi.refused("approveSession", json!({"id": id})).await, "locked");
    for window in [ada, jun] {
        window.person.says(true);
        window.done("approveSession", json!({"id": id})).await;
    }
    let signed = |view: &Value| view["row"]["state"] == "signed";
    let done = ada.until("it is signed", "session", json!({"id": id}), signed).await;
    let transaction: Transaction = deserialize_hex(done["transaction"].as_str().unwrap()).unwrap();
    assert_eq!(done["txid"], transaction.compute_txid().to_string());
    assert!(transaction.input.iter().all(|input| input.witness.len() == 1), "key path only");
    assert_eq!(crypto::hexs::encode(&vault.group().id().0), group);
    let request = ceremony::door::Request::Session { id: id.parse().unwrap() };
    let shown = ceremony::door::ask(&ada.folder.join("watchman"), &request).await.unwrap();
    assert_eq!((&shown["digest"], &shown["words"]), (&done["digest"], &done["words"]), "the second surface");
    let decide = ceremony::door::Request::Decline { id: id.parse().unwrap() };
    let refused = ceremony::door::ask(&ada.folder.join("watchman"), &decide).await.unwrap_err().to_string();
    assert!(refused.contains("window"), "{refused}");
    let theirs = ravi.until("all are told", "session", json!({"id": id}), signed).await;
    assert_eq!(theirs["transaction"], done["transaction"]);

    // The same again is another session; a person may decline it.
    let again = ada.done("askToSign", json!({"group": group, "psbt": psbt})).await;
    let again = again["row"]["id"].as_str().unwrap().to_owned();
    for window in [ada, jun] {
        window.until("the second session is here", "session", json!({"id": again}), |_| true).await;
        window.done("declineSession", json!({"id": again})).await;
    }
    let failed = |view: &Value| view["row"]["state"] == "failed" || view["row"]["state"] == "declined";
    ada.until("too few are left", "session", json!({"id": again}), failed).await;
    for window in windows {
        window.close().await;
    }
}

/// The public data of a group, out of a backup of a member's share.
async fn group_of(folder: &Path, window: &Window, group: &str) -> Group {
    let file = folder.join("for-its-group.backup");
    window.person.chooses(&file);
    window.done("backupShare", json!({"group": group, "password": BACKUP_PASSWORD})).await;
    let backup = threshold::Backup::from_bytes(std::fs::read(&file).unwrap());
    backup.open(BACKUP_PASSWORD.as_bytes()).unwrap().group().clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn shares_are_refreshed_in_a_task_that_every_person_joins() {
    let folder = tempfile::tempdir().unwrap();
    let windows = three(folder.path()).await;
    let group = with_key(&windows).await;
    let [ada, jun, ravi] = &windows;
    let before = key(ada, &group).await;
    let refresh = json!({"group": group, "kind": "refresh", "number": null});
    assert_eq!(ada.refused("startKeyTask", refresh.clone()).await, "declined");
    let bad = json!({"group": group, "kind": "remove", "number": 9});
    assert_eq!(ada.refused("startKeyTask", bad).await, "invalid_request");
    ada.person.says(true);
    let begun = ada.done("startKeyTask", refresh.clone()).await;
    let asked = ada.person.was_asked();
    assert!(asked.contains("Whoever stole enough old shares"), "{asked}");
    assert_eq!(key(ada, &group).await["busy"], begun["row"]["id"]);
    let id = begun["row"]["id"].as_str().unwrap().to_owned();
    for window in [jun, ravi] {
        assert_eq!(invited(window).await, id);
        join(window, &id).await;
    }
    let mut outcome = String::new();
    for window in &windows {
        outcome = ended(window, &id, "done").await["outcome"].as_str().unwrap().to_owned();
        let after = key(window, &outcome).await;
        assert_eq!((&after["key"], &after["generation"]), (&before["key"], &json!(1)));
        assert_eq!(
            (&after["share"], &after["backedUpMs"]),
            (&json!(true), &Value::Null),
            "a backup is of one generation"
        );
    }
    assert_ne!(outcome, group);
    assert_eq!(ada.refused("startKeyTask", refresh).await, "not_found", "the old generation is no key any more");
    for window in windows {
        window.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_watchman_there_is_nothing_and_nothing_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let window = Window::open(common::nowhere::network(), folder.path(), common::nowhere::PATIENCE).await;
    let view = window.done("ceremonies", json!({})).await;
    assert_eq!((&view["mode"], &view["keys"], &view["ownKey"]), (&json!("notSetUp"), &json!([]), &Value::Null));
    let id = "00".repeat(32);
    for (name, request) in [
        ("ceremony", json!({"id": id})),
        ("approveSession", json!({"id": id})),
        ("backupShare", json!({"group": id, "password": BACKUP_PASSWORD})),
        ("carryMessages", json!({"id": null, "number": 0})),
        ("takeMessages", json!({"text": ""})),
    ] {
        assert_eq!(window.refused(name, request).await, "not_set_up", "{name}");
    }
    window.close().await;
}
