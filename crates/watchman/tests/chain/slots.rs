//! Nonces: one payout uses one, nothing stays in the way of others, and our own signature alone is no obstacle.

use crate::common::{burn, start};
use crate::peers::Grace;
use crate::site::{Site, hash, until};
use alloy::primitives::U256;
use serde_json::json;
use vault::pipeline::Timing;
use watchman::Config;

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_a_burn_that_somebody_else_paid_is_cancelled_and_its_nonce_used_up() {
    let site = Site::new().await;
    let (running, grace) = Grace::needed(&site).await;
    site.place.automine(false).await;
    grace.say(&site, site.signed(1, 1)).await;
    until("a submission waits", || async { site.waiting().await.len() == 1 }).await;
    assert_eq!(site.slots(), 1);
    let ours = site.waiting().await.remove(0);
    site.place.control.request("anvil_dropTransaction", json!([ours["hash"]])).await.unwrap();
    site.submit(1, &[1, 2]).await;
    site.place.control.mine(1).await.unwrap();
    running.row_of(hash(1), "executed").await;
    until("it is cancelled", || async {
        site.waiting().await.iter().any(|tx| tx["nonce"] == ours["nonce"] && tx["to"] == tx["from"])
    })
    .await;
    site.place.automine(true).await;
    site.place.control.mine(4).await.unwrap();
    until("nothing is kept", || async { site.slots() == 0 }).await;
    assert_eq!((site.nonce().await, site.coins_of_payee().await), (1, U256::from(5)));
    running.stop().await;
}

/// A watchman that submits its own signature alone after a moment.
fn lonely(site: &Site) -> Config {
    let config = Grace::beside(site);
    Config { timing: Timing { lonely_ms: 300, ..config.timing }, ..config }
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_signature_that_waits_alone_becomes_the_payout_under_the_same_nonce() {
    let site = Site::new().await;
    site.ledger.show(&burn(hash(1)), true);
    site.place.automine(false).await;
    let running = start(lonely(&site)).await;
    let grace = Grace::join(&site, &running).await;
    until("our signature waits alone", || async { site.waiting().await.len() == 1 }).await;
    let alone = site.waiting().await.remove(0);
    grace.say(&site, site.signed(1, 1)).await;
    until("the payout takes its place", || async {
        let waiting = site.waiting().await;
        waiting.len() == 1 && waiting[0]["nonce"] == alone["nonce"] && waiting[0]["hash"] != alone["hash"]
    })
    .await;
    site.place.automine(true).await;
    site.place.control.mine(1).await.unwrap();
    running.row_of(hash(1), "executed").await;
    assert_eq!((site.nonce().await, site.coins_of_payee().await), (1, U256::from(5)));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_signature_that_was_counted_does_not_delay_the_payout_until_it_is_settled() {
    let site = Site::new().await;
    site.ledger.show(&burn(hash(1)), true);
    let running = start(lonely(&site)).await;
    let grace = Grace::join(&site, &running).await;
    until("our signature is counted", || async { site.nonce().await == 1 }).await;
    grace.say(&site, site.signed(1, 1)).await;
    running.row_of(hash(1), "executed").await;
    assert_eq!((site.nonce().await, site.coins_of_payee().await), (2, U256::from(5)), "no block was needed between");
    running.stop().await;
}
