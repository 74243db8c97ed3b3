//! Nodes that lie, differ, lag or die.

use crate::place::Place;
use crate::place::proxy::{Manner, Proxy};
use crate::{Bot, brief, rows, watch_config};
use axum::http::StatusCode;
use serde_json::{Value, json};
use vault_evm::watch::{DepositState, WatchError};

/// Hides the last log of every answer.
fn hide(method: &str, _: &Value, answer: &mut Value) {
    if method == "eth_getLogs"
        && let Some(logs) = answer["result"].as_array_mut()
    {
        logs.pop();
    }
}

fn states(bot: &Bot) -> Vec<&'static str> {
    bot.watcher.view().state().sources.iter().map(|source| source.state).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_that_differ_keep_the_cursor_where_it_is_and_are_named() {
    let place = Place::new().await;
    let liar = Proxy::lying(&place.url, hide).await;
    let mut bot = Bot::with(watch_config(&place, &[&place.url, &format!("{}/secret-key", liar.url)])).await;
    let before = place.tip().await.number;
    assert!(bot.rows().await.is_empty());
    place.coin(place.accounts[0], 5).await;
    assert!(matches!(bot.watcher.once().await, Err(WatchError::Nodes { .. })));
    let state = bot.watcher.view().state();
    assert_eq!((state.scanned, rows(&bot.watcher).await.len()), (before, 0));
    let trouble = state.trouble.unwrap();
    assert_eq!(trouble.code, "disagreement");
    assert!(trouble.subject.contains(&liar.url) && trouble.subject.contains(&place.url), "{trouble:?}");
    assert!(!format!("{trouble:?}{:?}", state.sources).contains("secret"));
    assert_eq!(states(&bot), ["disagrees", "disagrees"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_three_nodes_one_may_lie_and_is_named() {
    let place = Place::new().await;
    let (liar, honest) = (Proxy::lying(&place.url, hide).await, Proxy::honest(&place.url).await);
    let mut bot = Bot::with(watch_config(&place, &[&place.url, &liar.url, &honest.url])).await;
    let tx = place.coin(place.accounts[0], 5).await;
    bot.watcher.once().await.unwrap();
    assert_eq!(states(&bot)[1], "disagrees");
    assert_eq!(bot.row(tx).await.state, DepositState::Seen);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_that_one_of_two_nodes_invents_or_inflates_is_not_stored() {
    let place = Place::new().await;
    for what in ["amount", "sender"] {
        let liar = Proxy::lying(&place.url, move |method, _, answer| {
            if method == "eth_getTransactionReceipt"
                && let Some(log) = answer["result"]["logs"].get_mut(0)
            {
                let word = json!(format!("0x{:064x}", 77));
                if what == "amount" { log["data"] = word } else { log["topics"][1] = word }
            }
        })
        .await;
        let mut bot = Bot::with(watch_config(&place, &[&place.url, &liar.url])).await;
        place.coin(place.accounts[0], 5).await;
        assert!(bot.watcher.once().await.is_err(), "another {what}");
        assert!(rows(&bot.watcher).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_three_nodes_one_may_die() {
    let place = Place::new().await;
    let mut dying = Some(Proxy::honest(&place.url).await);
    let dying_url = dying.as_ref().unwrap().url.clone();
    let honest = Proxy::honest(&place.url).await;
    let mut bot = Bot::with(watch_config(&place, &[&dying_url, &place.url, &honest.url])).await;
    let first = place.coin(place.accounts[0], 5).await;
    bot.row(first).await;
    assert_eq!(states(&bot), ["agrees", "agrees", "agrees"]);
    dying.take();
    let second = place.coin(place.accounts[0], 6).await;
    assert_eq!(bot.row(second).await.state, DepositState::Seen);
    assert_eq!(states(&bot), ["unreachable", "agrees", "agrees"]);
    assert_eq!(bot.watcher.view().state().trouble, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_nodes_none_may_die_and_the_watcher_goes_on_when_it_is_back() {
    let place = Place::new().await;
    let dead = Proxy::start(&place.url, Manner::Says(StatusCode::BAD_GATEWAY, "down".to_owned())).await;
    let mut bot = Bot::with(watch_config(&place, &[&place.url, &dead.url])).await;
    let tx = place.coin(place.accounts[0], 5).await;
    assert!(bot.watcher.once().await.is_err());
    let state = bot.watcher.view().state();
    assert_eq!(state.trouble.as_ref().unwrap().code, "noAnswer");
    assert!(state.trouble.unwrap().subject.contains(&dead.url));
    assert_eq!(states(&bot)[1], "unreachable");

    let honest = Proxy::honest(&place.url).await;
    let folder = bot.folder;
    drop(bot.watcher);
    let watcher = crate::open(watch_config(&place, &[&place.url, &honest.url]), folder.path()).await;
    let mut bot = Bot { watcher, folder };
    assert_eq!(bot.row(tx).await.state, DepositState::Seen);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_of_another_chain_never_counts() {
    let place = Place::new().await;
    let other = Proxy::lying(&place.url, |method, _, answer| {
        if method == "eth_chainId" {
            answer["result"] = json!("0x5");
        }
    })
    .await;
    let mut bot = Bot::with(watch_config(&place, &[&place.url, &other.url])).await;
    assert!(bot.watcher.once().await.is_err());
    assert_eq!(states(&bot)[1], "otherChain");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_behind_is_waited_for_and_contradicts_nobody() {
    let place = Place::new().await;
    place.coin(place.accounts[0], 5).await;
    place.control.mine(10).await.unwrap();
    let old = place.tip().await.number;
    let behind = Proxy::lying(&place.url, move |method, params, answer| {
        if method != "eth_getBlockByNumber" {
            return;
        }
        let number = |text: &str| u64::from_str_radix(text.trim_start_matches("0x"), 16).ok();
        if params[0] == "latest" {
            answer["result"]["number"] = json!(format!("{old:#x}"));
        } else if params[0].as_str().and_then(number).is_some_and(|number| number > old) {
            answer["result"] = Value::Null;
        }
    })
    .await;
    let missed = place.coin(place.accounts[0], 6).await;
    place.control.mine(10).await.unwrap();
    let mut bot = Bot::with(watch_config(&place, &[&place.url, &behind.url])).await;
    let found: Vec<_> = bot.rows().await.iter().map(brief).collect();
    assert_eq!((found.len(), bot.watcher.view().state().scanned), (1, old));
    assert_eq!(bot.watcher.view().state().trouble, None);
    assert_eq!(states(&bot), ["agrees", "behind"]);

    // With a third node the two that are further on are enough.
    let honest = Proxy::honest(&place.url).await;
    let mut bot = Bot::with(watch_config(&place, &[&place.url, &behind.url, &honest.url])).await;
    bot.row(missed).await;
    assert_eq!(states(&bot), ["agrees", "behind", "agrees"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_height_that_one_node_invents_is_not_waited_for() {
    let place = Place::new().await;
    let ahead = Proxy::lying(&place.url, |method, params, answer| {
        if method == "eth_getBlockByNumber" && params[0] == "latest" {
            answer["result"]["number"] = json!("0xffffff");
        }
    })
    .await;
    let honest = Proxy::honest(&place.url).await;
    let tx = place.coin(place.accounts[0], 5).await;
    let mut bot = Bot::with(watch_config(&place, &[&ahead.url, &place.url, &honest.url])).await;
    assert_eq!(bot.row(tx).await.state, DepositState::Seen);
}
