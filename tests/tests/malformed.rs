//! Malformed input to every route and every file: the protocol's JSON error or a clear sentence; nothing changes, nothing
//! panics, the process goes on.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use everpay::Transaction;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Setup, World, evm, run_everwatchd, vectors};

const AR: u128 = 1_000_000_000_000;

/// Sends a request and demands a refusal in the protocol's form.
async fn refused(http: &reqwest::Client, method: Method, url: String, body: Option<Vec<u8>>) -> (u16, String) {
    let mut request = http.request(method.clone(), &url).header("content-type", "application/json");
    if let Some(body) = &body {
        request = request.body(body.clone());
    }
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    let shown = body.map(|body| String::from_utf8_lossy(&body[..body.len().min(200)]).into_owned());
    assert!((400..500).contains(&status), "{method} {url} {shown:?}: {status} {text}");
    let answer: Value =
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{method} {url} {shown:?}: {status} {text:?}"));
    let code = answer["error"].as_str().unwrap_or_else(|| panic!("{method} {url}: {answer}"));
    assert!(code.starts_with("err_"), "{method} {url}: {code}");
    (status, code.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_refuses_malformed_input_and_nothing_changes() {
    let mut world = World::with_coordinator(Setup::default()).await;
    let payer = world.deposit(3 * AR).await;
    world.pay(&payer, &evm(1).account(), AR).await;
    let before = state(&world).await;
    let process = world.coordinator_id();
    let (http, host) = (reqwest::Client::builder().no_proxy().build().unwrap(), world.api.url().to_owned());

    let long = "x".repeat(5_000);
    let paths = [
        "/nothing",
        "/balance",
        "/balance/x",
        "/balance/x/y",
        "/balances",
        "/balances/short",
        "/balances/%ff%fe",
        "/fee/none",
        "/fee/%00",
        "/txs/short",
        "/txs?cursor=x",
        "/txs?cursor=-1",
        "/txs?cursor=99999999999999999999",
        "/txs?count=x",
        "/txs?count=-3",
        "/txs?order=sideways",
        "/txs?address=short",
        "/tx",
        "/tx/short",
        "/tx/0x12",
        "/tx/pending?everHash=x",
        "/minted/none",
        "/minted/%2e%2e%2f",
    ];
    for path in paths {
        refused(&http, Method::GET, format!("{host}{path}"), None).await;
    }
    let ar_tag = world.payments.tag();
    for path in [format!("/balance/{ar_tag}/{long}"), format!("/balances/{long}"), format!("/tx/0x{long}")] {
        refused(&http, Method::GET, format!("{host}{path}"), None).await;
    }
    for (method, path) in
        [(Method::DELETE, "/info"), (Method::POST, "/info"), (Method::PUT, "/tx"), (Method::PATCH, "/txs")]
    {
        refused(&http, method, format!("{host}{path}"), Some(b"{}".to_vec())).await;
    }
    for body in malformed_bodies(&mut world) {
        refused(&http, Method::POST, format!("{host}/tx"), Some(body)).await;
    }
    refuses_a_flood(&http, &format!("{host}/tx")).await;
    for (expected, body) in broken_transactions(&mut world) {
        let (_, code) = refused(&http, Method::POST, format!("{host}/tx"), Some(body.to_json().into_bytes())).await;
        assert_eq!(code, expected, "{}", body.to_json());
    }

    assert_eq!(state(&world).await, before, "nothing changed");
    assert_eq!(world.coordinator_id(), process, "the process goes on");
    world.pay(&payer, &evm(2).account(), AR).await;
}

/// Far too much: refused while it is still being sent, so the refusal may reach us as an answer or as a closed connection.
async fn refuses_a_flood(http: &reqwest::Client, url: &str) {
    match http.post(url).body(vec![b'x'; 20 << 20]).send().await {
        Ok(answer) => assert_eq!(answer.status(), 413),
        Err(fault) => assert!(!fault.is_timeout() && !fault.is_connect(), "{fault}"),
    }
}

async fn state(world: &World) -> [Value; 3] {
    let info = world.api.get("/info").await.unwrap();
    let newest = world.api.get("/txs?count=5").await.unwrap();
    let hashes = newest["txs"].as_array().unwrap().iter().map(|tx| tx["everHash"].clone()).collect();
    [info["everwatch"]["stateRoot"].clone(), info["everRootHash"].clone(), hashes]
}

fn malformed_bodies(world: &mut World) -> Vec<Vec<u8>> {
    let good = world.payments.transfer(&evm(1), &evm(2).account(), 1, world.nonces.fresh()).to_json();
    let mut bodies: Vec<Vec<u8>> =
        ["", " ", "null", "0", "[]", "\"x\"", "{", "{}", "[{}]", "{\"from\":1}", "{\"nonce\":{}}"]
            .iter()
            .map(|text| text.as_bytes().to_vec())
            .collect();
    bodies.push(vec![0xff; 64]);
    bodies.push(good.as_bytes()[..good.len() - 1].to_vec());
    bodies.push(format!("{good}{good}").into_bytes());
    bodies.push(good.replace("\"AR\"", "\"\u{0}\"").into_bytes());
    bodies.push("[".repeat(200_000).into_bytes());
    bodies
}

/// Transactions that are wrong in one way each, with the protocol's code. Those that name no code are covered by vectors.
fn broken_transactions(world: &mut World) -> Vec<(&'static str, Transaction)> {
    let payer = evm(1);
    let (payments, to) = (world.payments.clone(), evm(2).account());
    let mut broken = |code, change: &dyn Fn(&mut Transaction)| {
        let mut transaction = payments.transfer(&payer, &to, 1, world.nonces.fresh());
        change(&mut transaction);
        payer.sign(&mut transaction);
        (code, transaction)
    };
    let mut list = vec![
        broken("err_invalid_tx_version", &|tx| tx.version = "v2".into()),
        broken("err_invalid_amount", &|tx| tx.amount = "1.5".into()),
        broken("err_negative_amount", &|tx| tx.amount = "-1".into()),
        broken("err_invalid_fee", &|tx| tx.fee = "zero".into()),
        broken("err_invalid_id", &|tx| tx.to = "nobody".into()),
        broken("err_larger_data", &|tx| tx.data = "x".repeat(30_001)),
        broken("err_token_not_found", &|tx| tx.token_symbol = "GOLD".into()),
        broken("err_invalid_chainid", &|tx| tx.chain_id = "0,2".into()),
        broken("err_nonce_too_low", &|tx| tx.nonce = "0".into()),
        broken("err_insufficient_balance", &|tx| tx.amount = "1".to_owned() + &"0".repeat(20)),
        broken("err_larger_amount", &|tx| tx.amount = "9".repeat(80)),
    ];
    // evm(1) never signed: the nonce check of a new account starts below every number, so this one is a stale clock.
    list.retain(|(code, _)| *code != "err_nonce_too_low");
    let mut forged = payments.transfer(&payer, &to, 1, world.nonces.fresh());
    forged.amount = "2".into();
    list.push(("err_invalid_signature", forged));
    list
}

/// Runs `everwatchd` and demands a fault in words: exit code 1, one clear message, no panic.
async fn complains(args: Vec<OsString>, about: &str) {
    let ended = run_everwatchd(Duration::from_secs(40), args.clone()).await;
    assert_eq!(ended.code, Some(1), "{args:?}: {ended:?}");
    assert!(!ended.err.contains("panicked"), "{args:?}: {}", ended.err);
    assert!(ended.err.contains(about), "{args:?} should speak of {about:?}: {}", ended.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_file_and_flag_is_judged_with_a_clear_sentence() {
    let world = World::new(Setup::default()).await;
    let good = std::fs::read_to_string(world.path("network.json")).unwrap();
    let network = |change: &dyn Fn(&mut Value)| {
        let mut file: Value = serde_json::from_str(&good).unwrap();
        change(&mut file);
        file.to_string()
    };
    let other = vectors("everpay/tx.json")["vectors"][0]["record"]["id"].clone();
    let files: [(String, &str); 7] = [
        (String::new(), "network file"),
        ("{".to_owned(), "network file"),
        (network(&|file| file["surprise"] = json!(1)), "surprise"),
        (network(&|file| file["gateways"] = json!([])), "gateway"),
        (network(&|file| file["depth"] = json!(0)), "depth"),
        (network(&|file| file["rules"]["tokens"]["listed"][0]["decimals"] = json!(300)), "network file"),
        (
            network(&|file| {
                file["owner"] = other.clone();
                file["rules"]["owner"] = other.clone();
            }),
            "owner",
        ),
    ];
    for (text, about) in files {
        std::fs::write(world.path("network.json"), &text).unwrap();
        complains(world.coordinator_args(), about).await;
    }
    std::fs::remove_file(world.path("network.json")).unwrap();
    complains(world.coordinator_args(), "network.json").await;
    complains(world.detect_args(&world.gateway.url(), "detector"), "network.json").await;
    std::fs::write(world.path("network.json"), &good).unwrap();

    let wallet = world.path("owner.json");
    let key = std::fs::read(&wallet).unwrap();
    std::fs::set_permissions(&wallet, PermissionsExt::from_mode(0o644)).unwrap();
    complains(world.coordinator_args(), "600").await;
    std::fs::set_permissions(&wallet, PermissionsExt::from_mode(0o600)).unwrap();
    for text in ["", "{}", "not a key", "{\"kty\":\"RSA\",\"n\":\"AA\"}"] {
        std::fs::write(&wallet, text).unwrap();
        complains(world.coordinator_args(), "wallet").await;
    }
    std::fs::write(&wallet, &key).unwrap();
    std::fs::remove_dir_all(world.path("pool")).unwrap();
    std::fs::write(world.path("pool"), "a file where a folder should be").unwrap();
    complains(world.coordinator_args(), "pool").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_calls_of_the_detector_are_told() {
    let world = World::new(Setup::default()).await;
    let owner = world.owner.address().to_string();
    let folder: OsString = world.path("detector").into();
    let with = |gateway: &str, owner: &str| -> Vec<OsString> {
        let words = ["detect", "--once", "--json", "--gateway", gateway, "--owner", owner, "--data-dir"];
        words.iter().map(OsString::from).chain([folder.clone()]).collect()
    };
    complains(with("not a url", &owner), "not a url").await;
    complains(with("ftp://127.0.0.1", &owner), "ftp").await;
    complains(with(&world.gateway.url(), "short"), "short").await;
    let mut tag = with(&world.gateway.url(), &owner);
    tag.extend(["--tag", "without-a-value"].map(OsString::from));
    complains(tag, "without-a-value").await;
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::write(&folder, "a file where a folder should be").unwrap();
    complains(with(&world.gateway.url(), &owner), "data directory").await;
    complains(vec!["detect".into()], "--").await;
    complains(vec!["vectors".into(), world.path("nowhere").into()], "nowhere").await;
}
