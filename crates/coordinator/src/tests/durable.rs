//! What was acknowledged is on disk; what was not changed nothing; restarts go on exactly there.

use super::*;
use crate::Clock;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, Row};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

async fn sqlite(place: &Place) -> SqliteConnection {
    SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(place.database())).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_are_all_accepted_in_one_order() {
    let place = Place::funded(20).await;
    let client = Arc::new(place.start().await);
    let mut posting = tokio::task::JoinSet::new();
    for number in 1..=20_u8 {
        let client = Arc::clone(&client);
        posting.spawn(async move {
            let mut hashes = Vec::new();
            for step in 0..10 {
                let tx = transfer(&usd(), number, &account(number % 20 + 1), step);
                client.accept(&tx).await;
                hashes.push(tx.ever_hash().to_string());
            }
            hashes
        });
    }
    let posted = posting.join_all().await;
    let mut seen = Vec::new();
    for cursor in [0, 100, 200] {
        let page = client.ok(&format!("/txs?order=asc&count=100&cursor={cursor}")).await;
        for tx in page["txs"].as_array().unwrap() {
            seen.push(tx["everHash"].as_str().unwrap().to_owned());
            assert_eq!(tx["rawId"], json!(seen.len()), "without a gap");
        }
    }
    assert_eq!(seen.len(), 240);
    for hashes in posted {
        let places: Vec<_> = hashes.iter().map(|hash| seen.iter().position(|known| known == hash).unwrap()).collect();
        assert!(places.is_sorted(), "each account's own order is kept");
    }
    Arc::into_inner(client).unwrap().stop().await;
}

#[tokio::test]
async fn a_restart_goes_on_exactly_there() {
    let place = Place::funded(3).await;
    let mut before = Value::Null;
    let mut records = Value::Null;
    for round in 0..4_u64 {
        let client = place.start().await;
        if round > 0 {
            assert_eq!(client.position().await, before);
            assert_eq!(client.ok("/txs?count=100").await, records);
        }
        client.accept(&transfer(&usd(), 1, &account(2), round)).await;
        client.accept(&burn(&usd(), 2, &account(9), 1, 7)).await;
        let spent = transfer(&ar_token(), 3, &account(4), FUNDS);
        client.refuse(&transfer(&ar_token(), 3, &account(4), FUNDS + 1), 400, "err_insufficient_balance").await;
        if round == 0 {
            client.accept(&spent).await;
        } else {
            client.refuse(&spent, 400, "err_insufficient_balance").await;
        }
        before = client.position().await;
        records = client.ok("/txs?count=100").await;
        client.stop().await;
    }
    assert_eq!(before[0], json!(6 + 1 + 4 * 2));
}

#[tokio::test]
async fn a_transaction_takes_effect_once() {
    let place = Place::funded(1).await;
    let client = place.start().await;
    let tx = transfer(&usd(), 1, &account(2), 5);
    client.accept(&tx).await;
    client.refuse(&tx, 400, "err_nonce_too_low").await;
    client.stop().await;
    let client = place.start().await;
    client.refuse(&tx, 400, "err_nonce_too_low").await;
    let balance = client.ok(&format!("/balance/{}/{}", usd().tag(), account(2))).await;
    assert_eq!(balance["balance"]["amount"], json!("5"));
    client.stop().await;
}

#[tokio::test]
async fn a_failed_write_is_undone_for_everybody() {
    let place = Place::funded(2).await;
    let client = place.start().await;
    let before = client.position().await;
    let mut disk = sqlite(&place).await;
    sqlx::query("CREATE TRIGGER full BEFORE INSERT ON history BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        .execute(&mut disk)
        .await
        .unwrap();
    let tx = transfer(&usd(), 1, &account(2), 5);
    let (first, second) = (transfer(&usd(), 2, &account(1), 5), transfer(&usd(), 7, &account(1), 5));
    // The third is refused by the ledger; together with a failed write nobody learns anything but that.
    let answers = futures::future::join3(client.post(&tx), client.post(&first), client.post(&second)).await;
    let failed = (503, json!({ "error": "err_unavailable" }));
    assert_eq!((&answers.0, &answers.1), (&failed, &failed));
    assert_eq!(client.position().await, before);
    assert_eq!(client.get(&format!("/tx/{}", tx.ever_hash())).await.0, 404);
    let count = sqlx::query("SELECT COUNT(*) AS n FROM item").fetch_one(&mut disk).await.unwrap();
    assert_eq!(count.get::<i64, _>("n"), 4);

    sqlx::query("DROP TRIGGER full").execute(&mut disk).await.unwrap();
    disk.close().await.unwrap();
    client.accept(&tx).await;
    assert_eq!(client.position().await[0], json!(5));
    let after = client.position().await;
    client.stop().await;
    let client = place.start().await;
    assert_eq!(client.position().await, after, "memory and disk agree after it");
    client.stop().await;
}

#[tokio::test]
async fn nonces_must_agree_with_the_clock() {
    let now = Arc::new(AtomicU64::new(1_700_000_000_000));
    let mut place = Place::funded(1).await;
    let read = Arc::clone(&now);
    place.config.clock = Arc::new(move || read.load(Ordering::SeqCst)) as Clock;
    let client = place.start().await;
    let with_nonce = |nonce: i64| {
        let mut tx = unsigned(&usd(), "transfer", 1, &account(2), 1);
        tx.nonce = nonce.to_string();
        sign_evm(&mut tx, &key(1));
        tx
    };
    let clock = 1_700_000_000_000_i64;
    for outside in [clock - 100_001, clock + 100_001, 0, -1, i64::MAX, i64::MIN] {
        client.refuse(&with_nonce(outside), 400, "err_invalid_nonce").await;
    }
    client.accept(&with_nonce(clock - 100_000)).await;
    client.refuse(&with_nonce(clock - 100_000), 400, "err_nonce_too_low").await;
    client.accept(&with_nonce(clock + 100_000)).await;
    client.refuse(&with_nonce(clock), 400, "err_nonce_too_low").await;
    now.fetch_add(60_000, Ordering::SeqCst);
    client.accept(&with_nonce(clock + 160_000)).await;
    client.stop().await;
}

#[tokio::test]
async fn batches_end_by_count_by_size_and_by_age() {
    let mut place = Place::funded(2).await;
    place.config.cap_items = 5;
    place.config.seal_interval = Duration::from_secs(2);
    place.config.cap_bytes = 20_000;
    // What is already there is four items of an age that nothing exceeds: that batch is closed at once.
    let client = place.start().await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    for step in 0..11_u64 {
        client.accept(&transfer(&usd(), 1, &account(2), step)).await;
    }
    let mut large = unsigned(&usd(), "transfer", 1, &account(2), 0);
    large.data = "x".repeat(16_000);
    sign_evm(&mut large, &key(1));
    client.accept(&large).await;
    tokio::time::sleep(Duration::from_millis(2600)).await;
    client.stop().await;
    let mut disk = sqlite(&place).await;
    let marks = sqlx::query("SELECT last_raw_id, ever_hash, state_root FROM mark ORDER BY seq")
        .fetch_all(&mut disk)
        .await
        .unwrap();
    let ends: Vec<i64> = marks.iter().map(|mark| mark.get("last_raw_id")).collect();
    // 4 by age at once, then two of five by count; the large one does not fit behind the eleventh: by size; then by age.
    assert_eq!(ends, [4, 9, 14, 15, 16]);
    for mark in &marks {
        let hash: Vec<u8> = sqlx::query("SELECT ever_hash FROM item WHERE raw_id = ?")
            .bind(mark.get::<i64, _>("last_raw_id"))
            .fetch_one(&mut disk)
            .await
            .unwrap()
            .get("ever_hash");
        assert_eq!(hash, mark.get::<Vec<u8>, _>("ever_hash"));
    }
    let head: Vec<u8> =
        sqlx::query("SELECT state_root FROM head").fetch_one(&mut disk).await.unwrap().get("state_root");
    assert_eq!(head, marks[4].get::<Vec<u8>, _>("state_root"), "the root at the last mark is the root now");
}
