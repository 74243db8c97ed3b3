//! What vaults did: the cursor moves with what was read, verdicts with their alerts, and the way back takes both along.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::collections::BTreeSet;
use store::ledger::{
    ActPlace, ActRange, ActRow, ActState, AlertRow, Brought, Checkpoint, Decided, HaltRow, LedgerStore, Lift,
};

const CHAIN: &str = "ethereum";

fn act(block: u64, signer: Option<u8>) -> ActRow {
    let place = ActPlace { block, index: 3, block_hash: [1; 32], tx: [2; 32] };
    ActRow {
        id: 0,
        place: Some(place),
        signer: signer.map(|signer| [signer; 20]),
        ever_hash: format!("0x{block}"),
        payload: vec![7; 200],
        signature: None,
        seen_ms: 5,
        state: ActState::Open,
        alert_key: None,
    }
}

fn brought(number: u8) -> ActRow {
    ActRow { place: None, signature: Some(vec![3; 65]), payload: vec![number], ..act(0, Some(9)) }
}

fn range(number: u64, acts: Vec<ActRow>) -> ActRange {
    let end = Checkpoint { number, hash: [u8::try_from(number).unwrap(); 32] };
    ActRange { from: number, end, acts, owners: vec![([u8::try_from(number).unwrap(); 20], number)] }
}

fn alert(key: &str, closed: bool) -> AlertRow {
    AlertRow { key: key.to_owned(), closed, acknowledged: false, raised_ms: 1, body: "{}".to_owned() }
}

async fn open(dir: &tempfile::TempDir) -> LedgerStore {
    LedgerStore::open(&dir.path().join("ledger.db")).await.unwrap()
}

/// Blocks 1 to 3 are read; in each of them the vault pays and owner 9 signs.
async fn filled(dir: &tempfile::TempDir) -> LedgerStore {
    let store = open(dir).await;
    assert_eq!(store.take_up_vault(CHAIN, "a", 1).await.unwrap().next, 1);
    for block in 1..=3 {
        let acts =
            vec![ActRow { place: act(block, None).place.map(|p| ActPlace { index: 4, ..p }), ..act(block, Some(9)) }];
        let acts = [vec![act(block, None)], acts].concat();
        assert!(store.append_acts(CHAIN, &range(block, acts)).await.unwrap());
    }
    store
}

#[tokio::test]
async fn a_range_is_taken_once_and_the_cursor_survives_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(&dir).await;
    assert!(!store.append_acts(CHAIN, &range(3, vec![act(3, None)])).await.unwrap());
    store.close().await;
    let store = open(&dir).await;
    let progress = store.take_up_vault(CHAIN, "a", 1).await.unwrap();
    assert_eq!((progress.next, progress.checkpoints.len()), (4, 3));
    assert_eq!(store.acts_in(CHAIN, ActState::Open, 100).await.unwrap().len(), 6);
    assert_eq!(store.owners_of(CHAIN).await.unwrap(), [[1; 20], [2; 20], [3; 20]].into());
    // Under another identity nothing that was read holds.
    assert_eq!(store.take_up_vault(CHAIN, "b", 7).await.unwrap().next, 7);
    assert!(store.acts_in(CHAIN, ActState::Open, 100).await.unwrap().is_empty());
    assert!(store.owners_of(CHAIN).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_was_decided_rests_with_its_alerts_and_justified_signatures_are_not_kept() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(&dir).await;
    let rows = store.acts_in(CHAIN, ActState::Open, 100).await.unwrap();
    let halt = HaltRow { chain: CHAIN.to_owned(), alert_key: "k".to_owned(), code: "c".to_owned(), since_ms: 2 };
    let mut acts: Vec<_> = rows[..4].iter().map(|row| (row.id, ActState::Justified, None)).collect();
    acts.push((rows[4].id, ActState::Offence, Some("k".to_owned())));
    acts.push((rows[5].id, ActState::NoBurn, Some("l".to_owned())));
    let alerts = vec![alert("k", false), alert("l", false)];
    store.decide_acts(&Decided { acts, alerts, halts: vec![halt.clone()] }).await.unwrap();
    assert!(store.acts_in(CHAIN, ActState::Open, 100).await.unwrap().is_empty());
    assert_eq!(
        store.payouts_of(CHAIN, "0x1").await.unwrap().len(),
        1,
        "a payout is remembered: the next one is the second"
    );
    assert_eq!(store.acts_in(CHAIN, ActState::NoBurn, 100).await.unwrap()[0].alert_key.as_deref(), Some("l"));
    assert_eq!(store.halts().await.unwrap(), [halt]);
    assert_eq!(store.alerts_resting_on(CHAIN, 3).await.unwrap(), ["k", "l"]);
    assert!(store.alerts_resting_on(CHAIN, 4).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_way_back_forgets_what_dropped_out_and_ends_alerts_that_rest_on_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(&dir).await;
    assert_eq!(store.bring_act(CHAIN, &brought(1), 2).await.unwrap(), Brought::Taken);
    let rows = store.acts_in(CHAIN, ActState::Open, 100).await.unwrap();
    let of = |block: u64, signer: bool| {
        let found =
            rows.iter().find(|row| row.place.is_some_and(|p| p.block == block) && row.signer.is_some() == signer);
        found.unwrap().id
    };
    let brought = rows.iter().find(|row| row.place.is_none()).unwrap().id;
    let decided = [(of(2, false), "both"), (of(3, false), "both"), (of(3, true), "brought"), (brought, "brought")]
        .map(|(id, key)| (id, ActState::Offence, Some(key.to_owned())));
    let keys = ["both", "brought"].map(|key| alert(key, false)).to_vec();
    store.decide_acts(&Decided { acts: decided.to_vec(), alerts: keys, halts: vec![] }).await.unwrap();
    assert!(store.alerts_resting_on(CHAIN, 3).await.unwrap().is_empty());
    assert_eq!(store.alerts_resting_on(CHAIN, 2).await.unwrap(), ["both"]);
    store.rewind_acts(CHAIN, 2, &[alert("both", true)]).await.unwrap();
    assert_eq!(store.take_up_vault(CHAIN, "a", 1).await.unwrap().next, 2);
    assert_eq!(store.owners_of(CHAIN).await.unwrap(), [[1; 20]].into());
    let closed: Vec<_> = store.alerts().await.unwrap().into_iter().map(|row| (row.key, row.closed)).collect();
    assert_eq!(closed, [("both".to_owned(), true), ("brought".to_owned(), false)]);
    assert!(store.append_acts(CHAIN, &range(2, vec![act(2, None)])).await.unwrap());
}

#[tokio::test]
async fn signatures_that_are_brought_are_kept_once_and_so_many_of_each_signer() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).await;
    assert_eq!(store.bring_act(CHAIN, &brought(1), 2).await.unwrap(), Brought::NoChain);
    store.take_up_vault(CHAIN, "a", 1).await.unwrap();
    for (number, expected) in
        [(1, Brought::Taken), (1, Brought::Known), (2, Brought::Taken), (3, Brought::TooMany), (2, Brought::Known)]
    {
        assert_eq!(store.bring_act(CHAIN, &brought(number), 2).await.unwrap(), expected);
    }
    let other = ActRow { signer: Some([8; 20]), ..brought(3) };
    assert_eq!(store.bring_act(CHAIN, &other, 2).await.unwrap(), Brought::Taken);
}

#[tokio::test]
async fn a_halt_is_lifted_with_all_its_causes_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).await;
    let halt = |chain: &str, key: &str| HaltRow {
        chain: chain.to_owned(),
        alert_key: key.to_owned(),
        code: "c".to_owned(),
        since_ms: 2,
    };
    let halts = [halt(CHAIN, "a"), halt(CHAIN, "b"), halt("bsc", "a")];
    store.put_vault_alerts(&[alert("a", false)], &halts, &[]).await.unwrap();
    let lift = |keys: &'static [&str]| keys.iter().map(|key| (*key).to_owned()).collect::<BTreeSet<String>>();
    for keys in [lift(&["a"]), lift(&[]), lift(&["a", "b", "c"])] {
        let lift = Lift { chain: CHAIN, keys: &keys, by: "Ada", reason: "looked", at_ms: 9 };
        assert!(!store.lift_halts(&lift, &[]).await.unwrap());
        assert_eq!(store.halts().await.unwrap().len(), 3);
    }
    let keys = lift(&["a", "b"]);
    let lift = Lift { chain: CHAIN, keys: &keys, by: "Ada", reason: "looked", at_ms: 9 };
    assert!(store.lift_halts(&lift, &[alert("a", true)]).await.unwrap());
    assert!(!store.lift_halts(&lift, &[]).await.unwrap(), "once");
    assert_eq!(store.halts().await.unwrap(), [halt("bsc", "a")]);
    store.put_vault_alerts(&[], &halts, &[]).await.unwrap();
    assert_eq!(store.halts().await.unwrap().len(), 1, "a cause that was lifted does not halt again");
    let lifted = store.lifted_halts(1).await.unwrap();
    assert_eq!(
        (lifted.len(), lifted[0].by.as_str(), lifted[0].reason.as_str(), lifted[0].at_ms),
        (1, "Ada", "looked", 9)
    );
    assert!(store.alerts().await.unwrap()[0].closed);
}
