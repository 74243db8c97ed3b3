//! Reading many blocks, in ranges, with stops at any moment.

use crate::place::Place;
use crate::place::proxy::Proxy;
use crate::{Bot, brief, open, rows, watch_config};
use serde_json::{Value, json};
use std::time::Duration;

/// A chain of some hundred blocks with deposits of two tokens here and there.
async fn busy_place(seed: u64) -> Place {
    let place = Place::new().await;
    let mut random = seed;
    for _ in 0..24 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let [gap, kind, who] = [random >> 60, (random >> 40) % 2, (random >> 50) % 3];
        let from = place.accounts[usize::try_from(who).unwrap()];
        if kind == 0 {
            place.coin(from, 1 + gap).await
        } else {
            place.tokens(from, place.at.token, 1 + gap).await
        };
        place.control.mine(gap).await.unwrap();
    }
    place
}

#[tokio::test(flavor = "multi_thread")]
async fn ranges_of_any_length_bring_the_same_rows() {
    let place = busy_place(1).await;
    let expected: Vec<_> = Bot::new(&place).await.rows().await.iter().map(brief).collect();
    assert_eq!(expected.len(), 24);
    for log_range in [1, 7, 100] {
        let mut config = watch_config(&place, &[&place.url]);
        config.evm.log_range = log_range;
        let rows = Bot::with(config).await.rows().await;
        assert_eq!(rows.iter().map(brief).collect::<Vec<_>>(), expected, "ranges of {log_range}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_begins_at_the_start_block() {
    let place = busy_place(2).await;
    let all = Bot::new(&place).await.rows().await;
    let mut config = watch_config(&place, &[&place.url]);
    config.evm.start_block = all[10].block;
    let some = Bot::with(config).await.rows().await;
    let expected: Vec<_> = all[10..].iter().map(brief).collect();
    assert_eq!(some.iter().map(brief).collect::<Vec<_>>(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_that_a_node_finds_too_long_is_halved() {
    let place = busy_place(3).await;
    let expected: Vec<_> = Bot::new(&place).await.rows().await.iter().map(brief).collect();
    let fussy = Proxy::lying(&place.url, |method, params, answer| {
        let block = |name: &str| {
            let digits = params[0][name].as_str()?.strip_prefix("0x")?.to_owned();
            u64::from_str_radix(&digits, 16).ok()
        };
        if method == "eth_getLogs" && block("toBlock").unwrap() - block("fromBlock").unwrap() >= 9 {
            *answer = json!({ "jsonrpc": "2.0", "id": 1, "error": { "code": -32_005, "message": "range too large" } });
        }
    })
    .await;
    let rows = Bot::with(watch_config(&place, &[&fussy.url])).await.rows().await;
    assert_eq!(rows.iter().map(brief).collect::<Vec<_>>(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn stops_at_any_moment_leave_neither_gap_nor_doubling() {
    let place = busy_place(4).await;
    let expected: Vec<_> = Bot::new(&place).await.rows().await.iter().map(brief).collect();
    let slow = Proxy::honest(&place.url).await;
    let folder = tempfile::tempdir().unwrap();
    let mut config = watch_config(&place, &[&slow.url]);
    config.evm.log_range = 1;
    let mut stops = 0;
    for seed in 0..1000_u64 {
        // A new watcher each time, and its work dropped in the middle of whatever it does.
        let mut watcher = open(config.clone(), folder.path()).await;
        let patience = Duration::from_millis(2 + seed * 37 % 60);
        let done = tokio::time::timeout(patience, watcher.once()).await;
        let known: Vec<_> = rows(&watcher).await.iter().map(|row| (row.tx.clone(), row.symbol.clone())).collect();
        let first: Vec<_> =
            expected[..known.len()].iter().map(|(tx, symbol, ..)| (tx.clone(), symbol.clone())).collect();
        assert_eq!(known, first);
        match done {
            Ok(outcome) => {
                outcome.unwrap();
                break;
            }
            Err(_) => stops += 1,
        }
    }
    assert!(stops >= 5, "only {stops} stops");
    let mut watcher = open(config, folder.path()).await;
    watcher.once().await.unwrap();
    assert_eq!(rows(&watcher).await.iter().map(brief).collect::<Vec<_>>(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_that_was_given_up_is_taken_up_by_the_same_watcher() {
    let place = busy_place(5).await;
    let expected: Vec<_> = Bot::new(&place).await.rows().await.iter().map(brief).collect();
    let mut config = watch_config(&place, &[&place.url]);
    config.evm.log_range = 2;
    let mut bot = Bot::with(config).await;
    for patience in 1..40 {
        let _ = tokio::time::timeout(Duration::from_millis(patience), bot.watcher.once()).await;
    }
    assert_eq!(bot.rows().await.iter().map(brief).collect::<Vec<_>>(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_not_asked_for_counts_for_nothing() {
    let place = busy_place(6).await;
    let liar = Proxy::lying(&place.url, |method, _, answer| {
        if method == "eth_getLogs"
            && let Some(Value::Array(logs)) = answer.get_mut("result")
            && let Some(log) = logs.first_mut()
        {
            log["topics"][0] = json!("0x1111111111111111111111111111111111111111111111111111111111111111");
        }
    })
    .await;
    let mut bot = Bot::with(watch_config(&place, &[&liar.url])).await;
    assert!(bot.watcher.once().await.is_err());
    assert!(rows(&bot.watcher).await.is_empty());
}
