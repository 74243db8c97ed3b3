//! Three nodes of one chain, one of which says what is not so: two would be enough to decide, and yet nothing is signed.

use crate::common::{Running, burn, start};
use crate::place::proxy::Proxy;
use crate::site::{Site, hash, until};
use alloy::primitives::B256;
use alloy::sol_types::SolCall;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use vault_evm::contract::EverwatchVault::releasedCall;
use watchman::Config;

/// Runs a watchman over two honest nodes and one that lies as long as it is told to; gives that one's name.
async fn beside_a_liar(
    site: &Site,
    lies: &Arc<AtomicBool>,
    lie: impl Fn(&str, &Value, &mut Value) + Send + Sync + 'static,
) -> (Running, Vec<Proxy>, String) {
    let lies = Arc::clone(lies);
    let liar = Proxy::lying(&site.place.url, move |method, asked, answer| {
        if lies.load(Ordering::Relaxed) {
            lie(method, asked, answer);
        }
    });
    let liar = liar.await;
    let honest = [Proxy::honest(&site.place.url).await, Proxy::honest(&site.place.url).await];
    let network = site.network(&[&honest[0].url, &liar.url, &honest[1].url]);
    let running = start(Config { network, ..site.config() }).await;
    let name = liar.url.trim_start_matches("http://").to_owned();
    (running, honest.into_iter().chain([liar]).collect(), name)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_calls_a_burn_paid_against_the_others_stops_its_signature_and_is_named() {
    let site = Site::new().await;
    site.ledger.show(&burn(hash(1)), true);
    let lies = Arc::new(AtomicBool::new(true));
    let selector = crypto::hexs::encode0x(&releasedCall::SELECTOR);
    let (running, _nodes, liar) = beside_a_liar(&site, &lies, move |method, asked, answer| {
        if method == "eth_call" && asked.to_string().contains(&selector) {
            answer["result"] = json!(B256::with_last_byte(1));
        }
    })
    .await;
    let troubles = || async { running.view.status().await.unwrap().troubles };
    until("it is named", || async { troubles().await.iter().any(|(_, why)| why.contains(&liar)) }).await;
    let row = running.row_of(hash(1), "approved").await;
    assert_eq!(row.waits_for, Some("release_unknown"));
    lies.store(false, Ordering::Relaxed);
    running.row_of(hash(1), "signed").await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_on_another_chain_stops_all_signatures_and_is_named_among_the_sources() {
    let site = Site::new().await;
    site.ledger.show(&burn(hash(1)), true);
    let lies = Arc::new(AtomicBool::new(true));
    let (running, _nodes, liar) = beside_a_liar(&site, &lies, |method, asked, answer| {
        if method == "eth_getBlockByNumber" && asked[0].as_str().is_some_and(|at| at.starts_with("0x")) {
            answer["result"]["hash"] = json!(B256::repeat_byte(0xab));
        }
    })
    .await;
    let named = || async {
        let sources = running.view.status().await.unwrap().sources;
        sources.is_some_and(|sources| sources.differing.iter().any(|name| name.contains(&liar)))
    };
    until("it is named", named).await;
    let facts = running.view.facts(hash(1)).await.unwrap().unwrap();
    assert_eq!(facts.sources.map(|sources| sources.differing.len()), Some(1), "the honest ones are not");
    site.ledger.show(&burn(hash(2)), true);
    until("the second waits for the sources", || async {
        running.row_of(hash(2), "approved").await.waits_for == Some("sources_disagree")
    })
    .await;
    lies.store(false, Ordering::Relaxed);
    running.row_of(hash(2), "signed").await;
    running.stop().await;
}
