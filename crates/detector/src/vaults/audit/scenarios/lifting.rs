//! People arm a vault again.

use super::*;
use crate::view::LiftError;
use std::collections::BTreeSet;

#[tokio::test]
async fn who_names_every_cause_and_a_reason_arms_a_vault_again_and_it_is_kept_who() {
    let mut place = Place::new().await;
    let none = BTreeSet::new();
    assert!(matches!(place.view.lift_halt(CHAIN, &none, "Ada", "looked").await, Err(LiftError::NotHalted)));
    for number in [0x66, 0x67] {
        place.chain.lay(vec![Event::Execution(like(&burn(400, 50), number))]);
    }
    place.look().await;
    let keys: BTreeSet<String> = place.open().into_iter().map(|alert| alert.key).collect();
    assert_eq!(keys.len(), 2);
    let one: BTreeSet<String> = keys.iter().take(1).cloned().collect();
    for (chain, keys, by, reason) in [
        (CHAIN, &one, "Ada", "looked"),
        (CHAIN, &none, "Ada", "looked"),
        ("bsc", &keys, "Ada", "looked"),
        (CHAIN, &keys, " ", "looked"),
        (CHAIN, &keys, "Ada", "\n"),
        (CHAIN, &keys, "Ada", &"x".repeat(2_001)),
    ] {
        place.view.lift_halt(chain, keys, by, reason).await.unwrap_err();
        assert_eq!(place.halts().len(), 2);
    }
    place.view.lift_halt(CHAIN, &keys, "Ada", " paid back by hand ").await.unwrap();
    assert!(place.halts().is_empty());
    let lifted = place.view.lifted_halts(10).await.unwrap();
    let told: Vec<_> = lifted.iter().map(|lift| (lift.by.as_str(), lift.reason.as_str())).collect();
    assert_eq!(told, [("Ada", "paid back by hand"); 2]);
    let stored = place.store.alerts().await.unwrap();
    assert!(stored.iter().all(|row| row.body.contains("paid back by hand")));
    assert!(place.open().iter().all(|alert| alert.param("liftedBy") == "Ada"));
}

#[tokio::test]
async fn a_cause_that_was_lifted_does_not_halt_again_and_a_new_one_does() {
    let mut place = Place::new().await;
    place.chain.lay(executed(&like(&burn(400, 50), 0x66)));
    place.look().await;
    let key = place.view.solvency().halts.remove(0).alert_key;
    place.view.lift_halt(CHAIN, &BTreeSet::from([key.clone()]), "Ada", "looked").await.unwrap();
    let said = place.chain.undo();
    place.chain.lay(Vec::new());
    place.round().await;
    place.chain.lay(said);
    place.restart();
    place.look().await;
    let alert = place.view.alert(&key).unwrap();
    assert_eq!((alert.closed, alert.param("liftedWhy")), (false, "looked"));
    assert!(place.halts().is_empty());
    place.chain.lay(executed(&like(&burn(400, 50), 0x67)));
    place.look().await;
    assert_eq!(place.halts(), ["unknown_burn"]);
}
