//! A gateway that changes one thing at a time is caught each time, in bounded time.

#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use arweave::{GatewayError, TxError};
use serde_json::{Value, json};
use support::{DataRoute, World, serve, signed};

/// The longest any call may take under the limits of these tests, with much room for a busy machine.
const PATIENCE: Duration = Duration::from_secs(8);

async fn header_of(change: impl FnOnce(&mut Value)) -> Result<(), GatewayError> {
    let tx = signed();
    let mut world = World::new(&tx);
    let path = format!("/tx/{}", tx.id);
    let mut header = world.header.clone();
    change(&mut header);
    world = world.answer(&path, 200, header.to_string());
    let (gateway, _) = serve(world).await;
    let found = gateway.tx(&tx.id).await?.unwrap();
    assert_eq!((found.id(), found.owner()), (tx.id, support::wallet().address()));
    assert_eq!(found.tags(), tx.tags);
    assert!(found.transaction().data.is_empty());
    Ok(())
}

fn flip(text: &Value) -> Value {
    let text = text.as_str().unwrap();
    let (head, tail) = text.split_at(10);
    let other = if tail.starts_with('A') { 'B' } else { 'A' };
    json!(format!("{head}{other}{}", &tail[1..]))
}

#[tokio::test]
async fn an_honest_header_is_believed() {
    header_of(|_| {}).await.unwrap();
    // Whatever a gateway adds or embeds beside the signed content changes nothing.
    header_of(|tx| tx["data"] = json!("Zm9yZWlnbg")).await.unwrap();
    header_of(|tx| tx["owner_address"] = json!("someone")).await.unwrap();
    header_of(|tx| tx["tags"][1]["value"] = json!("A")).await.unwrap();
}

#[tokio::test]
async fn every_tampered_member_is_forgery() {
    let other = arweave::Wallet::generate(2048).unwrap();
    let mut foreign = signed();
    foreign.sign(&other);
    let resigned: Value = serde_json::from_slice(&foreign.to_json()).unwrap();
    type Change = Box<dyn FnOnce(&mut Value)>;
    let cases: Vec<(&str, Change)> = vec![
        ("id is not the hash of the signature", Box::new(|tx| tx["signature"] = flip(&tx["signature"]))),
        ("another transaction", Box::new(|tx| tx["id"] = flip(&tx["id"]))),
        ("another transaction", Box::new(move |tx| *tx = resigned)),
        ("signature does not hold", Box::new(|tx| tx["owner"] = flip(&tx["owner"]))),
        ("impossible length", Box::new(|tx| tx["owner"] = json!("AQAB"))),
        ("signature does not hold", Box::new(|tx| tx["tags"][0]["value"] = json!("ZXZlclBheA"))),
        ("signature does not hold", Box::new(|tx| tx["tags"][1]["value"] = json!("AA"))),
        ("signature does not hold", Box::new(|tx| drop(tx["tags"].as_array_mut().unwrap().pop()))),
        ("signature does not hold", Box::new(|tx| tx["tags"].as_array_mut().unwrap().swap(0, 1))),
        ("signature does not hold", Box::new(|tx| tx["data_size"] = json!("701"))),
        ("signature does not hold", Box::new(|tx| tx["data_root"] = flip(&tx["data_root"]))),
        ("signature does not hold", Box::new(|tx| tx["data_root"] = json!(""))),
        ("signature does not hold", Box::new(|tx| tx["last_tx"] = flip(&tx["last_tx"]))),
        ("signature does not hold", Box::new(|tx| tx["reward"] = json!("1235"))),
        ("signature does not hold", Box::new(|tx| tx["quantity"] = json!("1"))),
        ("signature does not hold", Box::new(|tx| tx["target"] = tx["id"].clone())),
        ("signature does not hold", Box::new(|tx| tx["format"] = json!(1))),
    ];
    for (index, (reason, change)) in cases.into_iter().enumerate() {
        match header_of(change).await {
            Err(GatewayError::Forged { what, .. }) if what.contains(reason) => {}
            other => panic!("case {index} ({reason}): {other:?}"),
        }
    }
}

#[tokio::test]
async fn what_is_no_transaction_is_malformed() {
    let cases: [fn(&mut Value); 9] = [
        |tx| *tx = json!([]),
        |tx| *tx = json!("Accepted"),
        |tx| tx["format"] = json!(3),
        |tx| tx["id"] = json!("short"),
        |tx| tx["quantity"] = json!("-1"),
        |tx| tx["data_size"] = json!("+700"),
        |tx| tx["owner"] = json!("not base64 !"),
        |tx| tx["tags"] = json!([{"name": "QQ"}]),
        |tx| tx["data_root"] = json!("AAAA"),
    ];
    for (index, change) in cases.into_iter().enumerate() {
        let got = header_of(change).await;
        assert!(matches!(got, Err(GatewayError::Malformed { .. })), "case {index}: {got:?}");
    }
}

#[tokio::test]
async fn absent_and_pending_headers_are_not_there_yet() {
    let tx = signed();
    let path = format!("/tx/{}", tx.id);
    for (status, body) in [(404, "Not Found"), (202, "Pending"), (200, "Pending"), (410, "")] {
        let (gateway, _) = serve(World::new(&tx).answer(&path, status, body)).await;
        assert!(gateway.tx(&tx.id).await.unwrap().is_none(), "{status}");
    }
    let (gateway, _) = serve(World::new(&tx).answer(&path, 200, "x".repeat(100 << 10))).await;
    assert!(matches!(gateway.tx(&tx.id).await, Err(GatewayError::TooLarge { .. })));
}

async fn data_of(route: DataRoute) -> Result<Vec<u8>, GatewayError> {
    let tx = signed();
    let mut world = World::new(&tx);
    world.data_route = route;
    let (gateway, _) = serve(world).await;
    let header = gateway.tx(&tx.id).await.unwrap().unwrap();
    let start = Instant::now();
    let data = gateway.data(&header).await;
    assert!(start.elapsed() < PATIENCE, "took {:?}", start.elapsed());
    if let Ok(data) = &data {
        assert_eq!(*data, tx.data);
    }
    data
}

#[tokio::test]
async fn data_comes_from_whichever_route_is_right() {
    for route in [DataRoute::Honest, DataRoute::OnlyNode, DataRoute::OnlyRaw, DataRoute::FlippedRaw] {
        data_of(route).await.unwrap();
    }
}

#[tokio::test]
async fn altered_data_is_named_as_such() {
    let cases = [
        (DataRoute::FlippedByte, TxError::DataRootMismatch),
        (DataRoute::Short, TxError::DataSizeMismatch),
        (DataRoute::OneByteMore, TxError::DataSizeMismatch),
        (DataRoute::Endless, TxError::DataSizeMismatch),
    ];
    for (route, expected) in cases {
        match data_of(route).await {
            Err(GatewayError::Altered { why, .. }) => assert_eq!(why, expected),
            other => panic!("{expected}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn slow_and_broken_bodies_end_as_transient_faults() {
    for route in [DataRoute::Drip, DataRoute::Stall, DataRoute::Broken] {
        let error = data_of(route).await.unwrap_err();
        assert!(matches!(error, GatewayError::Unreachable(_)) && error.is_transient(), "{error:?}");
    }
}

#[tokio::test]
async fn absent_data_is_absent_not_altered() {
    for route in [DataRoute::Absent, DataRoute::Pending] {
        assert!(matches!(data_of(route).await, Err(GatewayError::NotFound)));
    }
}

#[tokio::test]
async fn a_redirect_away_from_the_gateway_is_not_followed() {
    assert!(data_of(DataRoute::RedirectAway).await.is_err());
}

#[tokio::test]
async fn data_over_the_limit_is_not_even_asked_for() {
    let mut tx = arweave::Transaction::new_data(vec![0; 2 << 20], Vec::new());
    tx.sign(support::wallet());
    let (gateway, world) = serve(World::new(&tx)).await;
    let header = gateway.tx(&tx.id).await.unwrap().unwrap();
    let before = world.hits.load(Ordering::SeqCst);
    assert!(matches!(gateway.data(&header).await, Err(GatewayError::TooLarge { limit }) if limit == 1 << 20));
    assert_eq!(world.hits.load(Ordering::SeqCst), before);
}

#[tokio::test]
async fn a_few_server_faults_are_ridden_out_and_many_are_reported() {
    let tx = signed();
    let (gateway, world) = serve(World::new(&tx)).await;
    world.failing.store(2, Ordering::SeqCst);
    assert!(gateway.tx(&tx.id).await.unwrap().is_some());
    world.failing.store(u32::MAX, Ordering::SeqCst);
    world.hits.store(0, Ordering::SeqCst);
    let error = gateway.tx(&tx.id).await.unwrap_err();
    assert!(matches!(&error, GatewayError::Status { status: 503, reason } if reason == "come back later"));
    assert!(error.is_transient());
    assert_eq!(world.hits.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn refusals_and_forgeries_are_not_retried() {
    let tx = signed();
    let path = format!("/tx/{}", tx.id);
    for (status, body) in [(403, "no"), (200, "{")] {
        let (gateway, world) = serve(World::new(&tx).answer(&path, status, body)).await;
        assert!(!gateway.tx(&tx.id).await.unwrap_err().is_transient());
        assert_eq!(world.hits.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn silence_and_absence_of_a_gateway_are_bounded() {
    let tx = signed();
    let mut world = World::new(&tx);
    world.delay = Duration::from_secs(60);
    let (silent, _) = serve(world).await;
    let gone = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let gone = arweave::Gateway::new(&gone, support::limits()).unwrap();
    for gateway in [silent, gone] {
        let start = Instant::now();
        let error = gateway.tx(&tx.id).await.unwrap_err();
        assert!(matches!(error, GatewayError::Unreachable(_)) && error.is_transient());
        assert!(start.elapsed() < PATIENCE);
    }
}
