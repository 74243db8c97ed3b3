//! What can be said of posting without a coordinator that answers; with a real one see the end-to-end tests.

use crate::place::{NEEDED, Place};
use crate::{Bot, watch_config};
use std::time::Duration;
use tokio::sync::watch;
use vault_evm::watch::{DepositState, WatchError, WatchNotice, Watcher};

const NOBODY: &str = "http://127.0.0.1:9";

#[tokio::test(flavor = "multi_thread")]
async fn posting_by_hand_says_why_it_cannot_be() {
    let place = Place::new().await;
    let mut bot = Bot::new(&place).await;
    let tx = place.coin(place.accounts[0], 5).await;
    let row = bot.row(tx).await;
    let post = async |bot: &Bot, tx: &str, token: &str| bot.watcher.view().post(tx, token).await.unwrap_err().code();
    assert_eq!(post(&bot, &row.tx, &row.token_id).await, "not_ready");
    for (tx, token) in
        [("0x12", row.token_id.as_str()), (&row.tx, "0x12"), (&row.tx, &place.at.token.to_string()), ("", "")]
    {
        assert_eq!(post(&bot, tx, token).await, "not_found", "{tx} {token}");
    }
    place.control.mine(NEEDED).await.unwrap();
    assert_eq!(bot.row(tx).await.state, DepositState::Ready);
    assert_eq!(post(&bot, &row.tx, &row.token_id.to_uppercase().replace("0X", "0x")).await, "no_coordinator");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_coordinator_costs_nothing_but_time() {
    let place = Place::new().await;
    let mut config = watch_config(&place, &[&place.url]);
    (config.coordinator, config.post) = (Some(NOBODY.to_owned()), true);
    let mut bot = Bot::with(config).await;
    let txs = [place.coin(place.accounts[0], 5).await, place.coin(place.accounts[0], 6).await];
    place.control.mine(NEEDED).await.unwrap();
    for _ in 0..2 {
        for tx in txs {
            let row = bot.row(tx).await;
            assert_eq!((row.state, row.mint), (DepositState::Ready, None));
        }
        assert_eq!(bot.watcher.view().state().trouble.unwrap().code, "coordinatorSilent");
    }
    let row = bot.row(txs[0]).await;
    assert_eq!(bot.watcher.view().post(&row.tx, &row.token_id).await.unwrap_err().code(), "unreachable");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_watcher_tells_what_changed_and_stops_when_told() {
    let place = Place::new().await;
    let bot = Bot::new(&place).await;
    let (view, (stop, stopped)) = (bot.watcher.view(), watch::channel(false));
    let mut notices = view.subscribe();
    let running = tokio::spawn(bot.watcher.run(stopped));
    place.coin(place.accounts[0], 5).await;
    let told = async { while notices.recv().await.unwrap() != WatchNotice::Deposits {} };
    tokio::time::timeout(Duration::from_secs(20), told).await.unwrap();
    assert_eq!(view.state().scanned, view.state().tip.unwrap().number);
    stop.send(true).unwrap();
    tokio::time::timeout(Duration::from_secs(5), running).await.unwrap().unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn configurations_that_cannot_be_used_are_refused() {
    let place = Place::new().await;
    let refused = async |change: &dyn Fn(&mut vault_evm::watch::WatchConfig)| {
        let mut config = watch_config(&place, &[&place.url]);
        change(&mut config);
        let folder = tempfile::tempdir().unwrap();
        let store = store::vault::VaultStore::open(&folder.path().join("vault.db")).await.unwrap();
        Watcher::open(config, store).await.unwrap_err()
    };
    let error = refused(&|config| config.coordinator = Some("host".to_owned())).await;
    assert!(matches!(error, WatchError::Coordinator));
    let error = refused(&|config| config.evm.rpc = vec!["ftp://key@host".to_owned()]).await;
    assert!(matches!(error, WatchError::Config(_)) && !error.to_string().contains("key"), "{error}");
    let error = refused(&|config| config.rules.lockers.clear()).await;
    assert!(matches!(error, WatchError::Config(_)));
}
