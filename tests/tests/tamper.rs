//! A gateway that lies, stalls or is dead: what it alters is never applied, and every wait ends.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use devnet::free_port;
use tests::{Detection, Manner, Proxy, Setup, World, evm, run_everwatchd};

const AR: u128 = 1_000_000_000_000;

/// Flips a bit in the data of transactions.
const DATA: Manner = Manner::Bytes(|asked, bytes| {
    if what(&asked.path) == Part::Data {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
    }
});
/// Cuts the data short.
const SHORT_DATA: Manner = Manner::Bytes(|asked, bytes| {
    if what(&asked.path) == Part::Data {
        bytes.truncate(bytes.len() / 2);
    }
});
/// Changes a tag of headers.
const TAG: Manner = Manner::Json(|asked, json| {
    if what(&asked.path) == Part::Header {
        json["tags"][1]["value"] = "OS4wLjA".into();
    }
});
/// Replaces the signature of headers by another transaction's bytes.
const SIGNATURE: Manner = Manner::Json(|asked, json| {
    if what(&asked.path) == Part::Header {
        json["signature"] = json["owner"].clone();
    }
});
/// Answers with another owner.
const OWNER: Manner = Manner::Json(|asked, json| {
    if what(&asked.path) == Part::Header {
        json["owner"] = json["signature"].clone();
    }
});
/// Sends something that is not JSON.
const GARBAGE: Manner = Manner::Bytes(|_, bytes| *bytes = b"<html>nothing here</html>".to_vec());

/// A part of a transaction.
#[derive(PartialEq)]
enum Part {
    Data,
    Header,
    Other,
}

/// What a path asks for.
fn what(path: &str) -> Part {
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let is_id = |text: &str| text.len() == 43;
    match parts[..] {
        [id] | ["tx", id, "data"] if is_id(id) => Part::Data,
        ["tx", id] if is_id(id) => Part::Header,
        _ => Part::Other,
    }
}

/// A settled ledger and its root.
async fn ledger() -> (World, String) {
    let mut world = World::with_coordinator(Setup::default()).await;
    let payer = world.deposit(3 * AR).await;
    world.pay(&payer, &evm(1).account(), AR).await;
    let root = world.settled_root().await;
    (world, root)
}

async fn lied_to(world: &World, lie: &str, manner: Manner) -> Detection {
    let proxy = Proxy::start(world.gateway.url()).await;
    proxy.turns(manner);
    let mut args = world.detect_args(&proxy.url(), lie);
    args.extend(["--once", "--json"].map(Into::into));
    let ended = run_everwatchd(Duration::from_secs(180), args).await;
    let last = ended.out.lines().last().unwrap_or_default();
    let mut detection: Detection =
        serde_json::from_str(last).unwrap_or_else(|fault| panic!("{lie}: {fault}: {ended:?}"));
    detection.code = ended.code;
    assert_eq!((detection.batches, detection.transactions), (0, 0), "{lie}: nothing of it is applied: {detection:?}");
    detection
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_gateway_alters_is_never_applied() {
    let (world, root) = ledger().await;
    for (lie, manner) in [("data", DATA), ("short data", SHORT_DATA)] {
        let detection = lied_to(&world, lie, manner).await;
        assert!(detection.alert_ids().iter().all(|id| *id == "F8"), "{lie}: {detection:?}");
        assert!(!detection.alerts.is_empty(), "{lie}: it is told");
        assert_ne!(detection.code, Some(0), "{lie}");
    }
    for (lie, manner) in [("tag", TAG), ("signature", SIGNATURE), ("owner", OWNER), ("garbage", GARBAGE)] {
        let detection = lied_to(&world, lie, manner).await;
        assert!(matches!(detection.code, Some(2 | 3)), "{lie}: {detection:?}");
    }
    // The same data folder sees the truth as soon as somebody tells it.
    let honest = world.detect_once("tag").await;
    assert_eq!((honest.code, honest.state_root), (Some(0), root));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_gateway_is_not_waited_for_without_end() {
    let (world, _) = ledger().await;
    let detection = lied_to(&world, "silence", Manner::Silent).await;
    assert_eq!(detection.code, Some(3), "unfinished: {detection:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_gateway_is_unfinished_business() {
    let world = World::new(Setup::default()).await;
    let dead = format!("http://127.0.0.1:{}", free_port().unwrap());
    let detection = world.detect_once_from(&dead, "dead").await;
    assert_eq!((detection.code, detection.batches), (Some(3), 0), "{detection:?}");
}
