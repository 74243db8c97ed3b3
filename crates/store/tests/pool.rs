//! The pool refuses what would break its promises, and writes all of a change or nothing.

#![allow(clippy::unwrap_used, reason = "tests")]

use store::pool::{Confirmed, NewItem, NewMark, NewSeal, Pool, SealState, StateChange};

struct Place {
    _folder: tempfile::TempDir,
    pool: Pool,
}

async fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let pool = Pool::open(&folder.path().join("pool.sqlite")).await.unwrap();
    pool.pin("owner", "{}", &[0; 32]).await.unwrap();
    Place { _folder: folder, pool }
}

fn item(number: u8) -> NewItem {
    NewItem {
        ever_hash: [number; 32],
        tx_data: vec![number; 10],
        listed: vec!["a".to_owned(), format!("b{number}")],
        token_tag: "tag".to_owned(),
        action: "transfer".to_owned(),
        fingerprint: (number % 2 == 1).then(|| format!("deposit {number}")),
        accepted_ms: 1000,
    }
}

fn change(root: u8) -> StateChange {
    StateChange { root: [root; 32], accounts: vec![("a".to_owned(), Some(vec![root]))], tokens: Vec::new() }
}

fn mark(last_raw_id: u64) -> NewMark {
    let number = u8::try_from(last_raw_id).unwrap();
    NewMark { last_raw_id, ever_hash: [number; 32], state_root: [number; 32], marked_ms: 5 }
}

fn seal(mark: u64, id: u8, parent: Option<u8>) -> NewSeal {
    NewSeal {
        mark,
        foreign_owner: false,
        batch_id: [id; 32],
        parent: parent.map(|id| [id; 32]),
        header: "{}".to_owned(),
        body: vec![id; 100],
        last_item: [id; 32],
        anchor_height: 7,
    }
}

fn confirmed(id: u8) -> Confirmed {
    Confirmed { batch_id: [id; 32], height: 9, block_ms: 77, root_hash: [1; 32], ever_root_hash: [2; 32] }
}

#[tokio::test]
async fn an_append_is_whole_or_not_at_all() {
    let Place { pool, _folder } = place().await;
    pool.append(0, &[item(1), item(2)], &change(2), Some(&mark(2))).await.unwrap();
    let good = (pool.head().await.unwrap(), pool.accounts().await.unwrap(), pool.mints().await.unwrap());
    // Behind another head; with a hash, and with a deposit, that is there already.
    let mut same_deposit = item(5);
    same_deposit.fingerprint = Some("deposit 1".to_owned());
    assert!(pool.append(0, &[item(3)], &change(3), None).await.is_err());
    assert!(pool.append(3, &[item(3)], &change(3), None).await.is_err());
    assert!(pool.append(2, &[item(4), item(1)], &change(3), None).await.is_err());
    assert!(pool.append(2, &[item(4), same_deposit], &change(3), None).await.is_err());
    // A mark where there is one.
    assert!(pool.append(2, &[], &change(2), Some(&mark(2))).await.is_err());
    assert_eq!(good, (pool.head().await.unwrap(), pool.accounts().await.unwrap(), pool.mints().await.unwrap()));
    assert_eq!(pool.items_between(0, 100).await.unwrap().len(), 2);
    assert!(pool.item_by_hash(&[4; 32]).await.unwrap().is_none());
    assert_eq!(pool.item_by_fingerprint("deposit 1").await.unwrap().unwrap().raw_id, 1);
    assert!(pool.pin("another", "{}", &[0; 32]).await.is_err(), "pinned once");
}

#[tokio::test]
async fn batches_are_confirmed_in_order_and_siblings_replace() {
    let Place { pool, _folder } = place().await;
    for number in 1..=3 {
        pool.append(u64::from(number) - 1, &[item(number)], &change(number), Some(&mark(number.into()))).await.unwrap();
    }
    pool.add_seals(&[seal(1, 11, None), seal(2, 12, Some(11)), seal(3, 13, Some(12))]).await.unwrap();
    assert!(pool.add_seals(&[seal(3, 13, Some(12))]).await.is_err(), "one batch id once");
    let live = pool.live_seals().await.unwrap();
    assert!(pool.confirm(&live[1], Some(&confirmed(12))).await.is_err(), "not before the one it follows");
    assert_eq!(pool.live_seals().await.unwrap(), live);
    pool.confirm(&live[0], Some(&confirmed(11))).await.unwrap();

    pool.replace_seals(live[1].position, &[seal(2, 22, Some(11)), seal(3, 23, Some(22))]).await.unwrap();
    let siblings = pool.live_seals().await.unwrap();
    assert_eq!(siblings.iter().map(|seal| seal.batch_id[0]).collect::<Vec<_>>(), [22, 23]);
    assert!(siblings.iter().all(|seal| seal.state == SealState::Live && seal.body.is_some()));
    assert_eq!(pool.last_seal().await.unwrap().unwrap().batch_id, [23; 32]);
    for known in [11, 12, 13, 22, 23] {
        assert!(pool.knows_batch(&[known; 32]).await.unwrap(), "replaced ones stay known: {known}");
    }
    assert!(!pool.knows_batch(&[99; 32]).await.unwrap());
    let newest: Vec<(u8, u64)> =
        pool.newest_batches(2).await.unwrap().iter().map(|(id, mark)| (id[0], mark.seq)).collect();
    assert_eq!(newest, [(23, 3), (22, 2)]);

    let items = pool.items_between(0, 3).await.unwrap();
    assert_eq!(items[0].packaged.as_ref().map(|p| (p.batch_id, p.block_ms)), Some(([11; 32], 77)));
    assert!(items[1].packaged.is_none() && items[2].packaged.is_none());
    assert_eq!(pool.last_confirmed().await.unwrap().unwrap().seq, 1);
    assert_eq!(pool.last_mark().await.unwrap().unwrap().seq, 3);
}
