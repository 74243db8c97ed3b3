//! Blocks that drop out of the chain, and deposits with them.

use crate::place::{Place, account};
use crate::{Bot, open, watch_config};
use std::time::Duration;
use vault_evm::watch::DepositState;

#[tokio::test(flavor = "multi_thread")]
async fn a_reorganisation_of_one_to_ten_blocks_takes_a_deposit_with_it_or_moves_it() {
    let place = Place::new().await;
    let mut bot = Bot::new(&place).await;
    let me = place.accounts[0];
    for depth in 1..=10_u64 {
        let below = place.coin(me, 1).await;
        let moved = place.coin(me, 100 + depth).await;
        let lost = place.tokens(place.accounts[1], place.at.token, depth).await;
        // The two are in the lowest of the blocks that will drop out, where there are two of them.
        place.control.mine(depth.saturating_sub(2)).await.unwrap();
        let depth = depth.max(2);
        let (before, gone) = (bot.row(moved).await, bot.row(lost).await);
        let below_before = bot.row(below).await;
        let place_of_moved = depth - 1;
        place.control.reorg(depth, &[(place.raw(moved).await, place_of_moved)]).await.unwrap();

        let after = bot.row(moved).await;
        assert_eq!(after.id, before.id, "the same deposit is the same row");
        assert_eq!(after.block, before.block + place_of_moved, "depth {depth}");
        assert_ne!(after.block_hash, before.block_hash);
        assert_eq!((after.account, after.amount), (Some(account(me)), before.amount));
        assert_ne!(after.state, DepositState::Dropped);
        let gone = (gone.id, bot.row(lost).await);
        assert_eq!((gone.1.id, gone.1.state, gone.1.confirmations), (gone.0, DepositState::Dropped, 0));
        assert_eq!(bot.watcher.view().post(&gone.1.tx, &gone.1.token_id).await.unwrap_err().code(), "not_ready");
        let below_after = bot.row(below).await;
        assert_eq!((below_after.block, below_after.block_hash), (below_before.block, below_before.block_hash));
        assert_eq!(bot.watcher.view().state().scanned, place.tip().await.number);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_block_may_be_replaced_at_the_same_height() {
    let place = Place::new().await;
    let mut bot = Bot::new(&place).await;
    let tx = place.coin(place.accounts[0], 5).await;
    assert_eq!(bot.row(tx).await.state, DepositState::Seen);
    place.control.reorg(1, &[]).await.unwrap();
    assert_eq!(bot.row(tx).await.state, DepositState::Dropped);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reorganisation_while_nobody_watched_is_found_at_the_next_start() {
    let place = Place::new().await;
    let mut bot = Bot::new(&place).await;
    let [kept, lost] = [place.coin(place.accounts[0], 5).await, place.coin(place.accounts[0], 6).await];
    place.control.mine(5).await.unwrap();
    bot.rows().await;
    let folder = bot.folder;
    drop(bot.watcher);
    place.control.reorg(6, &[]).await.unwrap();
    place.control.mine(20).await.unwrap();
    let watcher = open(watch_config(&place, &[&place.url]), folder.path()).await;
    let mut bot = Bot { watcher, folder };
    assert_eq!(bot.row(lost).await.state, DepositState::Dropped);
    assert_eq!(bot.row(kept).await.state, DepositState::Ready);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_chain_under_the_same_name_is_read_from_its_start() {
    let old = Place::new().await;
    // Blocks of another second are others.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let new = Place::new().await;
    assert_eq!(old.at.vault, new.at.vault, "the same accounts deploy at the same addresses");
    let mut bot = Bot::new(&old).await;
    let gone = old.coin(old.accounts[0], 5).await;
    old.control.mine(50).await.unwrap();
    bot.rows().await;
    let folder = bot.folder;
    drop(bot.watcher);
    let here = new.coin(new.accounts[1], 6).await;
    let watcher = open(watch_config(&new, &[&new.url]), folder.path()).await;
    let mut bot = Bot { watcher, folder };
    assert_eq!(bot.row(here).await.state, DepositState::Seen);
    assert_eq!(bot.row(gone).await.state, DepositState::Dropped);
}
