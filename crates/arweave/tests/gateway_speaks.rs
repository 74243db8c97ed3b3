//! The smaller routes: status, height, wallets, prices, handing in, hints; with the dialects of real gateways.

#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::sync::atomic::Ordering;

use arweave::{Address, ArweaveId, Gateway, GatewayError, Limits, Posted, Status, Winston};
use serde_json::json;
use support::{World, serve, signed};

const INFO: &str = r#"{"network":"arlocal.N.1","height":12,"current":"abc","blocks":13}"#;

async fn with(path: &str, status: u16, body: &str) -> Gateway {
    serve(World::new(&signed()).answer(path, status, body).answer("/info", 200, INFO)).await.0
}

#[tokio::test]
async fn confirmations_are_counted_from_the_tip() {
    let id = ArweaveId::from_bytes([1; 32]);
    let path = format!("/tx/{id}/status");
    let placed = |height, confirmations| Status::Confirmed { height, confirmations };
    let cases = [
        (200, r#"{"block_height":12,"block_indep_hash":"x","number_of_confirmations":0}"#, placed(12, 1)),
        (200, r#"{"block_height":12,"block_indep_hash":"x","number_of_confirmations":1}"#, placed(12, 1)),
        (200, r#"{"block_height":3,"number_of_confirmations":99}"#, placed(3, 10)),
        (200, "Pending", Status::Pending),
        (202, "Pending", Status::Pending),
        (404, "Not Found.", Status::NotFound),
    ];
    for (status, body, expected) in cases {
        assert_eq!(with(&path, status, body).await.status(&id).await.unwrap(), expected, "{body}");
    }
    let ahead = with(&path, 200, r#"{"block_height":13}"#).await.status(&id).await.unwrap_err();
    assert!(matches!(ahead, GatewayError::Lagging { height: 13, tip: 12 }) && ahead.is_transient());
    let garbage = with(&path, 200, "<html>").await.status(&id).await;
    assert!(matches!(garbage, Err(GatewayError::Malformed { .. })));
}

#[tokio::test]
async fn a_deposit_is_header_and_place() {
    let tx = signed();
    let world = World::new(&tx)
        .answer(&format!("/tx/{}/status", tx.id), 200, r#"{"block_height":10}"#)
        .answer("/info", 200, INFO);
    let (gateway, _) = serve(world).await;
    let (header, status) = gateway.deposit(&tx.id).await.unwrap().unwrap();
    assert_eq!((header.id(), status), (tx.id, Status::Confirmed { height: 10, confirmations: 3 }));
    assert!(gateway.deposit(&ArweaveId::from_bytes([9; 32])).await.unwrap().is_none());
}

#[tokio::test]
async fn small_answers_are_read_and_checked() {
    let wallet = Address::from_bytes([2; 32]);
    let id = ArweaveId::from_bytes([3; 32]);
    let last = format!("/wallet/{wallet}/last_tx");
    for (status, body, expected) in [
        (200, id.to_string(), Some(id)),
        (200, String::new(), None),
        (204, String::new(), None),
        (404, String::new(), None),
    ] {
        assert_eq!(with(&last, status, &body).await.last_tx(&wallet).await.unwrap(), expected);
    }
    assert!(matches!(with(&last, 200, "what?").await.last_tx(&wallet).await, Err(GatewayError::Malformed { .. })));

    let balance = format!("/wallet/{wallet}/balance");
    assert_eq!(with(&balance, 200, "1000000000000000").await.balance(&wallet).await.unwrap(), Winston(10u128.pow(15)));
    assert!(with(&balance, 200, "1e9").await.balance(&wallet).await.is_err());
    assert_eq!(with("/price/99", 200, "7\n").await.price(99, None).await.unwrap(), Winston(7));
    let to = format!("/price/0/{wallet}");
    assert_eq!(with(&to, 200, "8").await.price(0, Some(&wallet)).await.unwrap(), Winston(8));
    assert_eq!(with("/tx_anchor", 200, "AAAA").await.anchor().await.unwrap(), [0, 0, 0]);
    assert_eq!(with("/info", 200, INFO).await.info().await.unwrap().height, 12);

    let block = r#"{"height":5,"timestamp":1700000000,"txs":["[object Object]"]}"#;
    assert_eq!(with("/block/height/5", 200, block).await.block_time(5).await.unwrap(), 1_700_000_000);
    assert!(matches!(
        with("/block/height/6", 200, block).await.block_time(6).await,
        Err(GatewayError::Malformed { .. })
    ));
    assert!(matches!(with("/x", 200, "").await.block_time(7).await, Err(GatewayError::NotFound)));
}

#[tokio::test]
async fn handing_in_knows_the_dialects() {
    let tx = signed();
    let place = format!("/tx/{}/status", tx.id);
    let cases = [
        (200, "Pending", Ok(Posted::Accepted)),
        (202, "Pending", Ok(Posted::Accepted)),
        (208, "Pending", Ok(Posted::AlreadyKnown)),
        // arlocal's answer to a second copy, and the same status for one it does not have.
        (404, "Pending", Ok(Posted::AlreadyKnown)),
        (400, "Pending", Ok(Posted::AlreadyKnown)),
        (404, "", Err(404)),
        (400, "", Err(400)),
        (410, "Pending", Err(410)),
    ];
    for (post_status, status_text, expected) in cases {
        let mut world = World::new(&tx);
        world.post_status = post_status;
        let status = if status_text.is_empty() { 404 } else { 200 };
        let (gateway, _) = serve(world.answer(&place, status, status_text)).await;
        let got = gateway.post(&tx).await.map_err(|error| match error {
            GatewayError::Status { status, .. } => status,
            other => panic!("{other:?}"),
        });
        assert_eq!(got, expected, "{post_status} {status_text}");
    }
}

#[tokio::test]
async fn a_gateway_that_refuses_empty_tag_values_still_gets_the_signed_transaction() {
    let tx = signed();
    let mut world = World::new(&tx);
    world.refuse_empty_values = true;
    let (gateway, world) = serve(world).await;
    assert_eq!(gateway.post(&tx).await.unwrap(), Posted::Accepted);
    assert_eq!(world.hits.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn what_does_not_verify_is_not_handed_in() {
    let mut tx = signed();
    tx.reward = Winston(1);
    let (gateway, world) = serve(World::new(&tx)).await;
    assert!(matches!(gateway.post(&tx).await, Err(GatewayError::Forged { .. })));
    assert_eq!(world.hits.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn hints_are_paged_and_bounded() {
    let ids: Vec<_> = (0..3u8).map(|i| ArweaveId::from_bytes([i; 32])).collect();
    let page = |next: bool| {
        let edges: Vec<_> = ids.iter().map(|id| json!({"cursor": "c", "node": {"id": id}})).collect();
        json!({"data": {"transactions": {"pageInfo": {"hasNextPage": next}, "edges": edges}}}).to_string()
    };
    let owner = Address::from_bytes([1; 32]);
    let last = with("/graphql", 200, &page(false)).await;
    assert_eq!(last.find_by_owner(&owner, &[], 100).await.unwrap(), ids);
    // The same page for ever: the number of pages is bounded.
    let (endless, world) = serve(World::new(&signed()).answer("/graphql", 200, page(true))).await;
    assert_eq!(endless.find_by_owner(&owner, &[], 150).await.unwrap().len(), 9);
    assert_eq!(world.hits.load(Ordering::SeqCst), 3);
    let errors = with("/graphql", 200, r#"{"errors":[{"message":"no"}]}"#).await;
    assert!(matches!(errors.hint(&Default::default(), None).await, Err(GatewayError::Malformed { .. })));
}

#[test]
fn only_web_addresses_are_gateways() {
    for bad in ["", "arweave.net", "ftp://arweave.net", "file:///etc", "http://"] {
        assert!(matches!(Gateway::new(bad, Limits::default()), Err(GatewayError::BadUrl(_))), "{bad}");
    }
    let gateway = Gateway::new("https://arweave.net/sub?x=1#y", Limits::default()).unwrap();
    assert_eq!(gateway.url().as_str(), "https://arweave.net/sub/");
}
