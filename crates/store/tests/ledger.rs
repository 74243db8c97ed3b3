//! The detector's database through its public face: atomic appends, restore, indexes behind the cursor.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use store::ledger::{AlertRow, Append, IndexEntry, LedgerStore, MintRow};

fn batch(number: u64, accounts: &[(&str, Option<&[u8]>)], entries: Vec<IndexEntry>) -> Append {
    Append {
        number,
        id: format!("batch-{number}"),
        parent: if number == 1 { String::new() } else { format!("batch-{}", number - 1) },
        height: 100 + number,
        block_time_ms: 1_000 * number,
        seen_ms: 1,
        verified_ms: 2,
        items: entries.len() as u64,
        rejected: 0,
        totals: [number, 0, 0, 0],
        state_root: [u8::try_from(number).unwrap(); 32],
        carry: vec![u8::try_from(number).unwrap()],
        header: b"{}".to_vec(),
        body: format!("body {number}").into_bytes().into(),
        verdicts: vec![7],
        accounts: accounts.iter().map(|(id, v)| (id.as_bytes().to_vec(), v.map(<[u8]>::to_vec))).collect(),
        tokens: vec![("t".to_owned(), Some(vec![u8::try_from(number).unwrap()]))],
        mints: vec![mint(&format!("mint-{number}"))],
        burns: Vec::new(),
        credits: Vec::new(),
        findings: vec![(1, format!("{{\"n\":{number}}}"))],
        entries,
        alerts: vec![],
    }
}

fn mint(fingerprint: &str) -> MintRow {
    MintRow { tag: "t".to_owned(), fingerprint: fingerprint.to_owned(), ever_hash: "0x1".to_owned() }
}

fn entry(hash: i64, from: i64, to: i64) -> IndexEntry {
    IndexEntry { hash, from, to }
}

async fn open(dir: &tempfile::TempDir) -> LedgerStore {
    LedgerStore::open(&dir.path().join("ledger.db")).await.unwrap()
}

/// Every observable answer, to compare before and after work behind the cursor and a reopening.
async fn everything(store: &LedgerStore) -> String {
    let restored = store.restore().await.unwrap();
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        restored,
        store.find_transaction(5).await.unwrap(),
        store.find_transaction(99).await.unwrap(),
        store.find_account(10, (u64::MAX, u64::MAX), 10).await.unwrap(),
        store.find_account(10, (2, 1), 10).await.unwrap(),
        store.find_account(10, (u64::MAX, u64::MAX), 2).await.unwrap(),
        store.batches(None, 10).await.unwrap(),
    )
}

#[tokio::test]
async fn answers_are_the_same_before_and_behind_the_cursor_and_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).await;
    let one = batch(1, &[("a", Some(b"1")), ("b", Some(b"1"))], vec![entry(5, 10, 11), entry(6, 11, 10)]);
    let two = batch(2, &[("a", Some(b"2")), ("c", Some(b"2"))], vec![entry(5, 10, 0)]);
    let three = batch(3, &[("b", None)], vec![entry(-7, 12, 10)]);
    for b in [&one, &two, &three] {
        store.append(b).await.unwrap();
    }
    let before = everything(&store).await;
    assert!(before.contains("[97]: [50]") && before.contains("[99]: [50]") && !before.contains("[98]:"));
    assert!(before.contains("[(1, 1), (2, 1)]"), "both places of hash 5: {before}");
    assert!(before.contains("[(3, 1), (2, 1), (1, 2), (1, 1)]"), "account 10, newest first: {before}");
    let mut steps = 0;
    while store.work_behind().await.unwrap() {
        assert_eq!(before, everything(&store).await, "step {steps}");
        steps += 1;
    }
    assert_eq!(steps, 2, "one fold, one index");
    store.close().await;
    assert_eq!(before, everything(&open(&dir).await).await);
}

#[tokio::test]
async fn a_batch_out_of_order_is_refused_whole() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).await;
    store.append(&batch(1, &[("a", Some(b"1"))], vec![])).await.unwrap();
    let before = everything(&store).await;
    for number in [1, 3] {
        store.append(&batch(number, &[("a", Some(b"9"))], vec![entry(1, 1, 1)])).await.unwrap_err();
    }
    // A fingerprint that exists fails late in the transaction; nothing of the batch may stay.
    let mut doubled = batch(2, &[("a", Some(b"9"))], vec![entry(1, 1, 1)]);
    doubled.mints = vec![mint("mint-1")];
    store.append(&doubled).await.unwrap_err();
    assert_eq!(before, everything(&store).await);
    store.append(&batch(2, &[], vec![])).await.unwrap();
}

#[tokio::test]
async fn an_acknowledgement_outlives_the_same_finding() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).await;
    let row = |acknowledged, closed| AlertRow {
        key: "F2:x".to_owned(),
        closed,
        acknowledged,
        raised_ms: 4,
        body: "{}".to_owned(),
    };
    store.put_alerts(&[row(false, false)]).await.unwrap();
    store.put_alerts(&[row(true, false)]).await.unwrap();
    store.put_alerts(&[row(false, true)]).await.unwrap();
    let all = store.alerts().await.unwrap();
    assert_eq!(all.len(), 1);
    assert!(all[0].acknowledged && all[0].closed);
    assert!(store.claim_notification("F2:x").await.unwrap());
    assert!(!store.claim_notification("F2:x").await.unwrap());
}
