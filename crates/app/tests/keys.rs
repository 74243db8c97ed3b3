//! The keystore in the app: made, opened, locked, filled, emptied, copied; over a real file, with a person at the desk.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::path::Path;
use std::time::Duration;

use app::api::{Command, EventBody};
use app::{App, Config, NetworkFile};
use common::Window;
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(60);
const OWNER: &str = "uGx-QfBXSwABKxjha-00dI7vvfyqIYblY6Z5L6cyTFM";
const PASSWORD: &str = "a long practice password";
const KEY: &str = "0101010101010101010101010101010101010101010101010101010101010101";
const KEY_FILE: &str = include_str!("../../keystore/tests/vectors/ethers-5.8-scrypt.json");

fn network() -> NetworkFile {
    let network = json!({
        "name": "Nowhere", "owner": OWNER, "gateways": ["http://127.0.0.1:9"], "depth": 2,
        "rules": {
            "owner": OWNER, "ethChainId": "1", "feeRecipient": "0x6451eB7f668de69Fb4C943Db72bCF2A73DeeC6B1",
            "lockers": {}, "tokens": {"listed": []},
        },
    });
    NetworkFile::parse(network.to_string().as_bytes()).unwrap()
}

/// An app whose keystore is made and open; nothing here waits for its ledger.
async fn opened(folder: &Path) -> Window {
    let window = Window::opening(network(), folder, PATIENCE);
    window.done("createKeystore", json!({"password": PASSWORD})).await;
    window
}

async fn keystore(window: &Window) -> Value {
    window.done("keystore", json!({})).await
}

fn import(label: &str, source: Value) -> Value {
    json!({"label": label, "source": source})
}

fn evm_key(label: &str) -> Value {
    import(label, json!({"kind": "evmKey", "hex": KEY}))
}

fn labels(view: &Value, list: &str) -> Vec<String> {
    view[list].as_array().unwrap().iter().map(|row| row["label"].as_str().unwrap().to_owned()).collect()
}

/// The words of a phrase with their places, as a person types them.
fn typed(phrase: &Value, places: &[usize]) -> Value {
    places.iter().map(|place| json!({"place": place, "word": phrase["words"][place - 1]})).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_keystore_is_made_locked_and_opened_though_the_ledger_cannot_be() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("ledger.db")).unwrap();
    let window = Window::opening(network(), folder.path(), PATIENCE);
    let before = keystore(&window).await;
    assert_eq!(
        (&before["exists"], &before["unlocked"], &before["native"]),
        (&json!(false), &json!(false), &json!(true))
    );
    assert_eq!(window.refused("unlockKeystore", json!({"password": PASSWORD, "minutes": null})).await, "no_keystore");
    assert_eq!(window.refused("createKeystore", json!({"password": "seven77"})).await, "weak_password");
    let mut events = window.app.subscribe();
    let made = window.done("createKeystore", json!({"password": PASSWORD})).await;
    assert_eq!((&made["exists"], &made["unlocked"], &made["accounts"]), (&json!(true), &json!(true), &json!([])));
    assert!(matches!(events.recv().await.unwrap().body, EventBody::Keystore | EventBody::Reloaded));
    assert_eq!(window.refused("createKeystore", json!({"password": PASSWORD})).await, "keystore_exists");

    window.done("importAccount", evm_key("Ada")).await;
    let locked = window.done("lockKeystore", json!({})).await;
    assert_eq!(
        (&locked["unlocked"], &locked["accounts"], &locked["leftMs"]),
        (&json!(false), &json!([]), &Value::Null)
    );
    for (name, request) in [
        ("extendUnlock", json!({})),
        ("importAccount", evm_key("Jun")),
        ("newPhrase", json!({"words": 12})),
        ("backupKeystore", json!({"password": PASSWORD})),
    ] {
        assert_eq!(window.refused(name, request).await, "locked", "{name}");
    }
    for wrong in ["another long password", "short", ""] {
        let code = window.refused("unlockKeystore", json!({"password": wrong, "minutes": null})).await;
        assert_eq!(code, "wrong_password", "{wrong:?}");
    }
    for minutes in [0, 1441] {
        let request = json!({"password": PASSWORD, "minutes": minutes});
        assert_eq!(window.refused("unlockKeystore", request).await, "invalid_request");
    }
    let open = window.done("unlockKeystore", json!({"password": PASSWORD, "minutes": 3})).await;
    assert_eq!(labels(&open, "accounts"), ["Ada"]);
    assert!((100_000..=180_000).contains(&open["leftMs"].as_u64().unwrap()), "{open}");
    window.done("setAutoLock", json!({"minutes": 60})).await;
    let longer = window.done("extendUnlock", json!({})).await;
    assert!(longer["leftMs"].as_u64().unwrap() > 3_500_000, "{longer}");
    assert_eq!(window.refused("status", json!({})).await, "core_fault", "the ledger of this test cannot be opened");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_phrase_makes_an_account_once_it_was_written_down() {
    let folder = tempfile::tempdir().unwrap();
    let window = opened(folder.path()).await;
    let add = |check: Value| json!({"label": "Savings", "check": check});
    assert_eq!(window.refused("addNewAccount", add(json!([]))).await, "no_phrase");
    assert_eq!(window.refused("newPhrase", json!({"words": 13})).await, "invalid_request");
    window.done("newPhrase", json!({"words": 24})).await;
    let phrase = window.done("newPhrase", json!({"words": 12})).await;
    assert_eq!(phrase["words"].as_array().unwrap().len(), 12);
    let mut wrong = typed(&phrase, &[2, 5, 12]);
    wrong[1]["word"] = json!("zzz");
    for check in [typed(&phrase, &[2, 5]), typed(&phrase, &[2, 2, 2]), wrong, json!([{"place": 0, "word": "a"}])] {
        assert_eq!(window.refused("addNewAccount", add(check)).await, "wrong_words");
    }
    let view = window.done("addNewAccount", add(typed(&phrase, &[2, 5, 12]))).await;
    assert_eq!(view["accounts"][0]["account"], phrase["account"]);
    assert_eq!(window.refused("addNewAccount", add(typed(&phrase, &[1, 2, 3]))).await, "no_phrase");

    let words: Vec<_> = phrase["words"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
    let source = json!({"kind": "phrase", "phrase": words.join(" "), "passphrase": "", "index": 0});
    assert_eq!(window.refused("importAccount", import("Again", source)).await, "key_exists");

    let phrase = window.done("newPhrase", json!({"words": 12})).await;
    window.done("lockKeystore", json!({})).await;
    window.unlock(PASSWORD).await;
    assert_eq!(
        window.refused("addNewAccount", add(typed(&phrase, &[1, 2, 3]))).await,
        "no_phrase",
        "locking forgets it"
    );
    window.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_of_other_wallets_come_in_and_what_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let window = opened(folder.path()).await;
    let wallet = arweave::Wallet::generate(2048).unwrap();
    let jwk = wallet.to_jwk().unwrap();
    let phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow";
    for (label, source) in [
        ("Hex", json!({"kind": "evmKey", "hex": format!("0x{KEY}")})),
        ("File", json!({"kind": "keyFile", "json": KEY_FILE, "password": "correct horse"})),
        ("Phrase", json!({"kind": "phrase", "phrase": phrase, "passphrase": "", "index": 3})),
        ("Arweave", json!({"kind": "arweave", "json": jwk.as_str()})),
    ] {
        window.done("importAccount", import(label, source)).await;
    }
    let view = keystore(&window).await;
    assert_eq!(labels(&view, "accounts"), ["Hex", "File", "Phrase", "Arweave"]);
    assert_eq!(view["accounts"][1]["account"], "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
    assert_eq!(view["accounts"][3]["account"], wallet.address().to_string());
    assert_eq!((&view["accounts"][0]["kind"], &view["accounts"][3]["kind"]), (&json!("evm"), &json!("arweave")));

    for (request, code) in [
        (evm_key("Twice"), "key_exists"),
        (import("Hex", json!({"kind": "evmKey", "hex": "02".repeat(32)})), "bad_label"),
        (import("", json!({"kind": "evmKey", "hex": "02".repeat(32)})), "bad_label"),
        (import("X", json!({"kind": "evmKey", "hex": "00".repeat(32)})), "bad_key"),
        (import("X", json!({"kind": "arweave", "json": "{}"})), "bad_key"),
        (import("X", json!({"kind": "keyFile", "json": KEY_FILE, "password": "another"})), "wrong_password"),
        (import("X", json!({"kind": "keyFile", "json": "{}", "password": "x"})), "bad_key"),
        (import("X", json!({"kind": "phrase", "phrase": "legal winner", "passphrase": "", "index": 0})), "bad_key"),
    ] {
        assert_eq!(window.refused("importAccount", request.clone()).await, code, "{request}");
    }
    let id = view["accounts"][0]["id"].clone();
    let renamed = window.done("renameKey", json!({"id": id, "label": "Household"})).await;
    assert_eq!(labels(&renamed, "accounts")[0], "Household");
    assert_eq!(window.refused("renameKey", json!({"id": id, "label": "File"})).await, "bad_label");
    assert_eq!(window.refused("renameKey", json!({"id": "00".repeat(16), "label": "Y"})).await, "not_found");
    assert_eq!(window.refused("renameKey", json!({"id": "x", "label": "Y"})).await, "invalid_request");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_goes_only_when_a_person_says_so_in_their_language() {
    let folder = tempfile::tempdir().unwrap();
    let window = opened(folder.path()).await;
    let view = window.done("importAccount", evm_key("Ada")).await;
    let remove = json!({"id": view["accounts"][0]["id"]});
    assert_eq!(window.refused("removeKey", remove.clone()).await, "declined");
    let english = window.person.last_question().unwrap();
    assert!(english.text.contains("Ada") && english.text.contains(view["accounts"][0]["account"].as_str().unwrap()));
    assert_eq!((english.yes.as_str(), english.no.as_str()), ("Remove", "Cancel"));
    window.done("setLanguage", json!({"language": "zh"})).await;
    assert_eq!(window.refused("setLanguage", json!({"language": "xx"})).await, "invalid_request");
    assert_eq!(window.refused("removeKey", remove.clone()).await, "declined");
    assert_eq!(window.person.last_question().unwrap().yes, "移除");
    assert_eq!(labels(&keystore(&window).await, "accounts"), ["Ada"]);
    window.person.says(true);
    assert_eq!(window.done("removeKey", remove.clone()).await["accounts"], json!([]));
    assert_eq!(window.refused("removeKey", remove).await, "not_found");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_brings_a_lost_key_back_and_changes_nothing_that_was_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let window = opened(folder.path()).await;
    let view = window.done("importAccount", evm_key("Ada")).await;
    let id = view["accounts"][0]["id"].clone();
    window.done("importAccount", import("Jun", json!({"kind": "evmKey", "hex": "02".repeat(32)}))).await;
    let other = json!({"password": "the backup's password"});
    assert_eq!(window.done("backupKeystore", other.clone()).await, json!({"path": null}), "nothing was chosen");
    let path = folder.path().join("copy.everwatch");
    window.person.chooses(&path);
    assert_eq!(window.refused("backupKeystore", json!({"password": "short"})).await, "weak_password");
    assert_eq!(window.done("backupKeystore", other.clone()).await["path"], path.display().to_string());
    window.person.chooses(&path);
    assert_eq!(window.refused("backupKeystore", other.clone()).await, "file", "a file that stands there is kept");

    window.person.says(true);
    window.done("removeKey", json!({"id": id})).await;
    assert_eq!(window.refused("restoreKeystore", json!({"takeTheirs": []})).await, "not_found", "no preview was made");
    assert_eq!(window.done("previewRestore", other.clone()).await["path"], Value::Null);
    window.person.chooses(&path);
    assert_eq!(window.refused("previewRestore", json!({"password": PASSWORD})).await, "wrong_password");
    window.person.chooses(&path);
    let preview = window.done("previewRestore", other.clone()).await;
    assert_eq!((labels(&preview, "added"), labels(&preview, "present")), (vec!["Ada".into()], vec!["Jun".into()]));
    assert_eq!(window.refused("restoreKeystore", json!({"takeTheirs": []})).await, "declined");
    assert!(window.person.was_asked().contains("Ada"));
    window.person.says(true);
    let restored = window.done("restoreKeystore", json!({"takeTheirs": []})).await;
    assert_eq!(labels(&restored, "accounts"), ["Jun", "Ada"]);

    let jun = restored["accounts"][0]["id"].clone();
    window.done("renameKey", json!({"id": jun, "label": "June"})).await;
    window.person.chooses(&path);
    assert_eq!(labels(&window.done("previewRestore", other).await, "differing"), ["Jun"]);
    window.done("renameKey", json!({"id": jun, "label": "July"})).await;
    window.person.says(true);
    let stale = window.refused("restoreKeystore", json!({"takeTheirs": [jun]})).await;
    assert_eq!(stale, "refused", "the keys changed after the preview");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_password_opens_the_file_from_then_on_and_no_secret_lies_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let window = opened(folder.path()).await;
    window.done("importAccount", evm_key("Ada")).await;
    let change = |current: &str, new: &str| json!({"current": current, "new": new});
    assert_eq!(
        window.refused("changePassword", change("not the password", "another one entirely")).await,
        "wrong_password"
    );
    assert_eq!(window.refused("changePassword", change(PASSWORD, "short")).await, "weak_password");
    window.done("changePassword", change(PASSWORD, "another one entirely")).await;
    window.close().await;

    let window = Window::opening(network(), folder.path(), PATIENCE);
    assert_eq!(keystore(&window).await["unlocked"], false);
    assert_eq!(
        window.refused("unlockKeystore", json!({"password": PASSWORD, "minutes": null})).await,
        "wrong_password"
    );
    window.unlock("another one entirely").await;
    assert_eq!(labels(&keystore(&window).await, "accounts"), ["Ada"]);
    window.close().await;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let holds = |secret: &[u8]| bytes.windows(secret.len()).any(|window| window == secret);
        for secret in [PASSWORD.as_bytes(), b"another one entirely", KEY.as_bytes(), &[1; 32]] {
            assert!(!holds(secret), "{} holds a secret", path.display());
        }
    }
}

#[test]
fn a_request_with_a_secret_is_never_printed() {
    for (command, request) in [
        ("createKeystore", json!({"password": "hush-hush"})),
        ("unlockKeystore", json!({"password": "hush-hush", "minutes": null})),
        ("changePassword", json!({"current": "hush-hush", "new": "hush-hush"})),
        ("importAccount", import("L", json!({"kind": "evmKey", "hex": "hush-hush"}))),
        ("importAccount", import("L", json!({"kind": "keyFile", "json": "hush-hush", "password": "hush-hush"}))),
        ("addNewAccount", json!({"label": "L", "check": [{"place": 1, "word": "hush-hush"}]})),
    ] {
        let read = Command::from_json(json!({"command": command, "request": request})).unwrap();
        assert!(!format!("{read:?}").contains("hush"), "{command}");
    }
    let wrong = json!({"command": "unlockKeystore", "request": {"password": "x", "minutes": "hush-hush"}});
    let error = Command::from_json(wrong).unwrap_err();
    assert!(!format!("{error:?}").contains("hush"), "{error:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_saved_where_the_person_chooses() {
    let folder = tempfile::tempdir().unwrap();
    let window = Window::opening(network(), &folder.path().join("data"), PATIENCE);
    let save = json!({"name": "withdrawals.csv", "text": "a,b\r\n1,2\r\n"});
    assert_eq!(window.done("saveText", save.clone()).await, json!({"path": null}));
    let path = folder.path().join("list.csv");
    window.person.chooses(&path);
    assert_eq!(window.done("saveText", save).await["path"], path.display().to_string());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "a,b\r\n1,2\r\n");
    let elsewhere = json!({"name": "../list.csv", "text": ""});
    assert_eq!(window.refused("saveText", elsewhere).await, "invalid_request");
    window.person.chooses(&folder.path().join("none").join("list.csv"));
    assert_eq!(window.refused("saveText", json!({"name": "list.csv", "text": ""})).await, "file");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_window_what_needs_a_person_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { network: network(), data_dir: folder.path().to_owned(), notify: false, desk: None };
    let app = App::start(config).unwrap();
    let ask = async |name: &str, request: Value| {
        let command = Command::from_json(json!({"command": name, "request": request})).unwrap();
        app.handle(command).await.map(|reply| serde_json::to_value(reply).unwrap())
    };
    ask("createKeystore", json!({"password": PASSWORD})).await.unwrap();
    let view = ask("importAccount", evm_key("Ada")).await.unwrap();
    assert_eq!(view["native"], false);
    for (name, request) in [
        ("removeKey", json!({"id": view["accounts"][0]["id"]})),
        ("backupKeystore", json!({"password": PASSWORD})),
        ("previewRestore", json!({"password": PASSWORD})),
        ("saveText", json!({"name": "a.csv", "text": ""})),
    ] {
        assert_eq!(ask(name, request).await.unwrap_err().code, "needs_window", "{name}");
    }
    app.stop().await;
}
