//! A burn's payout is told once it is settled, goes with its block, and is kept with the cursor that found it.

#![allow(clippy::unwrap_used, reason = "tests")]

use store::pool::{NewItem, NewPayout, Pool, StateChange};
use store::vault::{Checkpoint, Progress};

const CHAIN: &str = "ethereum";

/// A pool with a transfer and two burns, everHashes 1 to 3.
async fn place() -> (tempfile::TempDir, Pool) {
    let folder = tempfile::tempdir().unwrap();
    let pool = Pool::open(&folder.path().join("pool.sqlite")).await.unwrap();
    pool.pin("owner", "{}", &[0; 32]).await.unwrap();
    let item = |(number, action): (u8, &str)| NewItem {
        ever_hash: [number; 32],
        tx_data: vec![number],
        listed: vec!["a".to_owned()],
        token_tag: "tag".to_owned(),
        action: action.to_owned(),
        fingerprint: None,
        accepted_ms: 1,
    };
    let items = [(1, "transfer"), (2, "burn"), (3, "burn")].map(item);
    pool.append(0, &items, &StateChange::default(), None).await.unwrap();
    pool.take_up_payouts(CHAIN, "1", 10).await.unwrap();
    (folder, pool)
}

fn end(number: u64) -> Checkpoint {
    Checkpoint { number, hash: [u8::try_from(number).unwrap(); 32] }
}

fn paid(burn: u8, block: u64) -> NewPayout {
    NewPayout { ever_hash: [burn; 32], tx: [burn + 100; 32], block }
}

/// The payouts that the three items tell.
async fn told(pool: &Pool) -> [Option<u8>; 3] {
    let mut told = [None; 3];
    for (place, number) in told.iter_mut().zip(1..) {
        let item = pool.item_by_hash(&[number; 32]).await.unwrap().unwrap();
        *place = item.payout.map(|tx| tx[0]);
    }
    let listed = pool.items_between(0, 3).await.unwrap();
    assert_eq!(listed.iter().map(|item| item.payout.map(|tx| tx[0])).collect::<Vec<_>>(), told);
    told
}

#[tokio::test]
async fn a_payout_is_told_once_its_block_is_settled_and_by_burns_only() {
    let (_folder, pool) = place().await;
    assert!(pool.add_payouts(CHAIN, 10, end(20), &[paid(1, 12), paid(2, 12), paid(3, 20)]).await.unwrap());
    assert_eq!(told(&pool).await, [None; 3]);
    pool.settle_payouts("bsc", 30).await.unwrap();
    assert_eq!(told(&pool).await, [None; 3], "another chain");
    pool.settle_payouts(CHAIN, 19).await.unwrap();
    assert_eq!(told(&pool).await, [None, Some(102), None]);
    pool.settle_payouts(CHAIN, 20).await.unwrap();
    assert_eq!(told(&pool).await, [None, Some(102), Some(103)]);
}

#[tokio::test]
async fn what_drops_out_of_the_chain_is_no_payout_until_it_is_found_again() {
    let (_folder, pool) = place().await;
    assert!(pool.add_payouts(CHAIN, 10, end(15), &[paid(2, 12)]).await.unwrap());
    assert!(pool.add_payouts(CHAIN, 16, end(20), &[paid(3, 18)]).await.unwrap());
    pool.settle_payouts(CHAIN, 20).await.unwrap();
    assert_eq!(pool.rewind_payouts(CHAIN, 16).await.unwrap(), 1);
    assert_eq!(told(&pool).await, [None, Some(102), None]);
    assert!(pool.add_payouts(CHAIN, 16, end(21), &[paid(3, 21)]).await.unwrap());
    assert_eq!(told(&pool).await, [None, Some(102), None], "it is young again");
    pool.settle_payouts(CHAIN, 21).await.unwrap();
    assert_eq!(told(&pool).await, [None, Some(102), Some(103)]);
}

#[tokio::test]
async fn rows_and_cursor_move_together_and_a_range_counts_once() {
    let (folder, pool) = place().await;
    assert!(pool.add_payouts(CHAIN, 10, end(15), &[]).await.unwrap());
    for from in [10, 17] {
        assert!(!pool.add_payouts(CHAIN, from, end(20), &[paid(2, 18)]).await.unwrap(), "{from}");
    }
    pool.close().await;
    let pool = Pool::open(&folder.path().join("pool.sqlite")).await.unwrap();
    let progress = pool.take_up_payouts(CHAIN, "1", 10).await.unwrap();
    assert_eq!(progress, Progress { next: 16, checkpoints: vec![end(15)] });
    pool.settle_payouts(CHAIN, 99).await.unwrap();
    assert_eq!(told(&pool).await, [None; 3]);
}

#[tokio::test]
async fn another_vault_is_read_from_its_own_beginning() {
    let (_folder, pool) = place().await;
    assert!(pool.add_payouts(CHAIN, 10, end(15), &[paid(2, 12)]).await.unwrap());
    pool.settle_payouts(CHAIN, 15).await.unwrap();
    let progress = pool.take_up_payouts(CHAIN, "2", 7).await.unwrap();
    assert_eq!(progress, Progress { next: 7, checkpoints: Vec::new() });
    assert_eq!(told(&pool).await, [None; 3]);
}
