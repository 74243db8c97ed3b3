//! The store of the watchers keeps rows and cursor together, and a deposit one row for ever.

#![allow(clippy::unwrap_used, reason = "tests")]

use store::vault::{
    CHECKPOINTS_MAX, Checkpoint, Listing, MintNote, MintState, NewDeposit, Progress, Range, VaultStore,
};

async fn place() -> (tempfile::TempDir, VaultStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = VaultStore::open(&folder.path().join("vault.db")).await.unwrap();
    (folder, store)
}

fn deposit(tx: u8, block: u64) -> NewDeposit {
    NewDeposit {
        tx: [tx; 32],
        token_id: "0x0".to_owned(),
        sender: "s".to_owned(),
        account: Some(format!("account {}", tx % 2)),
        amount: [tx; 32],
        stranded: None,
        block,
        block_hash: [tx; 32],
        time_ms: 1000 * block,
    }
}

fn range(from: u64, to: u64, deposits: Vec<NewDeposit>) -> Range {
    Range { from, end: Checkpoint { number: to, hash: [u8::try_from(to % 251).unwrap(); 32] }, deposits }
}

fn all() -> Listing {
    Listing { limit: 100, ..Listing::default() }
}

#[tokio::test]
async fn a_range_is_written_whole_and_once() {
    let (_folder, store) = place().await;
    assert_eq!(store.take_up("a", "1", 10).await.unwrap(), Progress { next: 10, checkpoints: Vec::new() });
    assert!(store.append("a", &range(10, 19, vec![deposit(1, 12), deposit(2, 15)])).await.unwrap());
    // Again, with a gap, and of a chain that nobody took up.
    assert!(!store.append("a", &range(10, 19, vec![deposit(3, 12)])).await.unwrap());
    assert!(!store.append("a", &range(21, 29, vec![deposit(3, 22)])).await.unwrap());
    assert!(!store.append("b", &range(0, 9, vec![deposit(3, 2)])).await.unwrap());
    assert_eq!(store.deposits("a", &all()).await.unwrap().len(), 2);
    assert!(store.deposits("b", &all()).await.unwrap().is_empty());
    let progress = store.take_up("a", "1", 99).await.unwrap();
    assert_eq!((progress.next, progress.checkpoints.len()), (20, 1));
}

#[tokio::test]
async fn a_deposit_that_comes_back_keeps_its_number_and_its_mint() {
    let (_folder, store) = place().await;
    store.take_up("a", "1", 0).await.unwrap();
    assert!(store.append("a", &range(0, 9, vec![deposit(1, 3), deposit(2, 7)])).await.unwrap());
    let row = store.deposit("a", &[2; 32], "0x0").await.unwrap().unwrap();
    let posted = MintNote { state: MintState::Posted, ever_hash: Some([7; 32]), code: None };
    store.note_mint(row.id, &posted).await.unwrap();

    assert_eq!(store.rewind("a", 5).await.unwrap(), 1);
    let dropped = store.deposit("a", &[2; 32], "0x0").await.unwrap().unwrap();
    assert!(dropped.dropped && dropped.mint == posted);
    assert!(!store.deposit("a", &[1; 32], "0x0").await.unwrap().unwrap().dropped);
    assert_eq!(store.take_up("a", "1", 0).await.unwrap(), Progress { next: 5, checkpoints: Vec::new() });

    assert!(store.append("a", &range(5, 9, vec![deposit(2, 8)])).await.unwrap());
    let back = store.deposit("a", &[2; 32], "0x0").await.unwrap().unwrap();
    assert_eq!((back.id, back.dropped, back.found.block, &back.mint), (row.id, false, 8, &posted));
    // What the coordinator says later does not take away which mint was posted.
    store.note_mint(row.id, &MintNote { state: MintState::Minted, ..MintNote::default() }).await.unwrap();
    let minted = store.deposit("a", &[2; 32], "0x0").await.unwrap().unwrap();
    assert_eq!((minted.mint.state, minted.mint.ever_hash), (MintState::Minted, Some([7; 32])));
}

#[tokio::test]
async fn lists_are_newest_first_and_filtered() {
    let (_folder, store) = place().await;
    store.take_up("a", "1", 0).await.unwrap();
    let mut stranded = deposit(3, 3);
    (stranded.account, stranded.stranded) = (None, Some("internal".to_owned()));
    assert!(
        store.append("a", &range(0, 9, vec![deposit(1, 1), deposit(2, 2), stranded, deposit(5, 5)])).await.unwrap()
    );
    let of = |list: Vec<store::vault::Deposit>| list.iter().map(|row| row.found.tx[0]).collect::<Vec<_>>();
    assert_eq!(of(store.deposits("a", &all()).await.unwrap()), [5, 3, 2, 1]);
    let mine = Listing { account: Some("account 1".to_owned()), ..all() };
    assert_eq!(of(store.deposits("a", &mine).await.unwrap()), [5, 1]);
    assert_eq!(of(store.deposits("a", &Listing { stranded: true, ..all() }).await.unwrap()), [3]);
    let first = store.deposits("a", &Listing { limit: 2, ..all() }).await.unwrap();
    let second = Listing { before: Some(first[1].id), limit: 2, ..all() };
    assert_eq!((of(first), of(store.deposits("a", &second).await.unwrap())), (vec![5, 3], vec![2, 1]));
    // Due: credited, in the chain, deep enough, without a mint.
    let due = store.unminted("a", 4, 0, 10).await.unwrap();
    store.note_mint(due[0].id, &MintNote { state: MintState::Refused, ..MintNote::default() }).await.unwrap();
    assert_eq!((of(due), of(store.unminted("a", 4, 0, 10).await.unwrap())), (vec![1, 2], vec![2]));
}

#[tokio::test]
async fn another_identity_begins_anew_and_leaves_other_chains_alone() {
    let (_folder, store) = place().await;
    for chain in ["a", "b"] {
        store.take_up(chain, "1", 0).await.unwrap();
        assert!(store.append(chain, &range(0, 9, vec![deposit(1, 3)])).await.unwrap());
    }
    assert_eq!(store.take_up("a", "2", 4).await.unwrap(), Progress { next: 4, checkpoints: Vec::new() });
    assert!(store.deposits("a", &all()).await.unwrap().is_empty());
    assert_eq!(store.deposits("b", &all()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn checkpoints_are_bounded_and_the_first_stays() {
    let (_folder, store) = place().await;
    store.take_up("a", "1", 0).await.unwrap();
    let count = u64::from(CHECKPOINTS_MAX) + 10;
    for number in 0..count {
        assert!(store.append("a", &range(number, number, Vec::new())).await.unwrap());
    }
    let numbers: Vec<u64> =
        store.take_up("a", "1", 0).await.unwrap().checkpoints.iter().map(|known| known.number).collect();
    let kept: Vec<u64> = std::iter::once(0).chain(11..count).collect();
    assert_eq!(numbers, kept);
}
