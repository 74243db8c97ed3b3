//! What happened while nobody looked: before the first start, between two starts, and long after a payout was closed.

use crate::common::burn;
use crate::site::{Site, hash, until};
use serde_json::Value;

#[tokio::test(flavor = "multi_thread")]
async fn a_payout_made_before_the_first_start_is_listed_as_paid_and_fills_no_window_of_today() {
    let site = Site::new().await;
    site.submit(1, &[1, 2]).await;
    site.ledger.show(&burn(hash(1)), false);
    let running = site.start().await;
    let row = running.row_of(hash(1), "executed").await;
    assert!(row.tx.is_some(), "{row:?}");
    site.place.control.mine(3).await.unwrap();
    running.row_of(hash(1), "closed").await;

    site.ledger.show(&burn(hash(2)), true);
    running.row_of(hash(2), "signed").await;
    let facts = running.view.facts(hash(2)).await.unwrap().unwrap();
    let window = facts.counts.iter().find(|limit| limit.rule == "window").unwrap();
    assert_eq!((window.spent.as_deref(), window.max.as_str()), (Some("0"), "100"));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payout_that_no_ledger_shows_is_not_listed() {
    let site = Site::new().await;
    site.submit(1, &[1, 2]).await;
    site.ledger.show(&burn(hash(2)), true);
    let running = site.start().await;
    running.row_of(hash(2), "signed").await;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert_eq!(running.view.queue().await.unwrap().len(), 1);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_reads_on_where_the_last_one_ended_and_notices_what_dropped_out_meanwhile() {
    let site = Site::new().await;
    site.ledger.show(&burn(hash(1)), true);
    let running = site.start().await;
    running.row_of(hash(1), "signed").await;
    site.submit(1, &[1, 2]).await;
    running.row_of(hash(1), "executed").await;
    running.stop().await;
    let path = site.keys.dir.path().join("events-ethereum.json");
    let kept: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(kept["next"].as_u64(), Some(site.place.tip().await.number + 1), "{kept}");
    assert_eq!(kept["burns"].as_object().map(|burns| burns.len()), Some(1));

    site.place.control.reorg(1, &[]).await.unwrap();
    let running = site.start().await;
    running.row_of(hash(1), "signed").await;
    let notices = running.view.facts(hash(1)).await.unwrap().unwrap().history;
    assert!(notices.iter().any(|passed| passed.state == "executed"), "{notices:?}");
    site.submit(1, &[1, 2]).await;
    running.row_of(hash(1), "executed").await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_payout_that_drops_out_late_is_noticed_and_paid_again() {
    let site = Site::new().await;
    site.ledger.show(&burn(hash(1)), true);
    let running = site.start().await;
    running.row_of(hash(1), "signed").await;
    site.submit(1, &[1, 2]).await;
    site.place.control.mine(5).await.unwrap();
    running.row_of(hash(1), "closed").await;
    site.place.control.reorg(6, &[]).await.unwrap();
    running.row_of(hash(1), "signed").await;
    site.submit(1, &[1, 2]).await;
    running.row_of(hash(1), "executed").await;
    until("it is paid once", || async { site.coins_of_payee().await == alloy::primitives::U256::from(5) }).await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_leaves_the_ledger_takes_its_burns_out_of_the_way_to_a_signature() {
    let site = Site::new().await;
    site.ledger.show(&burn(hash(1)), true);
    let running = site.start().await;
    let row = running.row_of(hash(1), "signed").await;
    assert_eq!(row.waits_for, None);
    let mut notices = running.view.subscribe();
    site.ledger.hide(hash(1));
    until("it waits for its batch", || async { running.row_of(hash(1), "signed").await.waits_for == Some("depth") })
        .await;
    let mut codes = Vec::new();
    while let Ok(notice) = notices.try_recv() {
        codes.push(notice.code);
    }
    assert!(codes.contains(&"batch_gone"), "{codes:?}");
    site.ledger.show(&burn(hash(1)), true);
    until("it goes on", || async { running.row_of(hash(1), "signed").await.waits_for.is_none() }).await;
    running.stop().await;
}
