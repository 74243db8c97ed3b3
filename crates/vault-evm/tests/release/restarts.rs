//! Submitters that die between signing and mining, stuck transactions, nonces.

use crate::world::{PAYEE, World};
use alloy::primitives::U256;
use vault_evm::release::{Outcome, Slot, Standing, SubmitError};

/// What a watchman has on disk.
fn stored(slot: &Slot) -> Slot {
    let text = serde_json::to_string(slot).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submitter_that_dies_between_sending_and_mining_goes_on_with_its_slot() {
    let world = World::new().await;
    world.place.automine(false).await;
    let payout = world.signed(&world.coins(1, PAYEE, 30), &[0, 1]);
    let one = world.watchman(1, &[]).await;
    let slot = stored(&one.first(&payout).await.unwrap());
    one.send(&slot).await.unwrap();
    drop(one);

    let one = world.watchman(1, std::slice::from_ref(&slot)).await;
    let tx = slot.newest().unwrap().hash;
    assert_eq!(one.look(&slot).await.unwrap(), Standing::Waiting { tx });
    assert!(matches!(one.again(&slot, &payout).await, Err(SubmitError::StillAlive)));
    assert_eq!(one.send(&slot).await.unwrap().tx, tx, "what a node has already it has taken");
    let next = one.first(&world.signed(&world.coins(2, PAYEE, 5), &[0, 1])).await.unwrap();
    assert_eq!(next.nonce, slot.nonce + 1);
    one.send(&next).await.unwrap();
    world.place.control.mine(1).await.unwrap();
    for slot in [&slot, &next] {
        assert_eq!(world.outcome(&one, slot).await, Outcome::Paid);
    }
    assert_eq!(world.coins_of(PAYEE).await, U256::from(35));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submitter_that_dies_before_sending_sends_the_same_bytes() {
    let world = World::new().await;
    let payout = world.signed(&world.coins(1, PAYEE, 30), &[0, 1]);
    let slot = stored(&world.watchman(1, &[]).await.first(&payout).await.unwrap());
    let one = world.watchman(1, std::slice::from_ref(&slot)).await;
    assert_eq!(one.look(&slot).await.unwrap(), Standing::Unknown);
    assert!(matches!(one.again(&slot, &payout).await, Err(SubmitError::StillAlive)));
    // The nonce belongs to the slot though no node has heard of it.
    let next = one.first(&world.signed(&world.coins(2, PAYEE, 5), &[0, 1])).await.unwrap();
    assert_eq!(next.nonce, slot.nonce + 1);
    one.send(&slot).await.unwrap();
    one.send(&next).await.unwrap();
    assert_eq!((world.outcome(&one, &slot).await, world.outcome(&one, &next).await), (Outcome::Paid, Outcome::Paid));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_memory_the_nonce_follows_what_waits() {
    let world = World::new().await;
    world.place.automine(false).await;
    let one = world.watchman(1, &[]).await;
    let slot = one.first(&world.signed(&world.coins(1, PAYEE, 30), &[0, 1])).await.unwrap();
    one.send(&slot).await.unwrap();
    let forgetful = world.watchman(1, &[]).await;
    let next = forgetful.first(&world.signed(&world.coins(2, PAYEE, 5), &[0, 1])).await.unwrap();
    assert_eq!(next.nonce, slot.nonce + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stuck_submission_is_replaced_under_its_nonce_and_paid_once() {
    let world = World::new().await;
    world.place.automine(false).await;
    let one = world.watchman(1, &[]).await;
    let coins = world.coins(1, PAYEE, 30);
    let mut slot = one.first(&world.signed(&coins, &[0, 1])).await.unwrap();
    one.send(&slot).await.unwrap();
    for raise in 1..4_usize {
        // Signatures that came in since go along.
        slot = one.raise(&slot, &world.signed(&coins, &[0, 1, 2])).await.unwrap();
        one.send(&slot).await.unwrap();
        let [.., last, new] = slot.attempts.as_slice() else { panic!() };
        assert!(new.fees.max * 8 >= last.fees.max * 9 && new.fees.tip * 8 >= last.fees.tip * 9, "{raise}");
        assert_eq!(one.look(&slot).await.unwrap(), Standing::Waiting { tx: new.hash });
    }
    world.place.control.mine(1).await.unwrap();
    let mined = world.mined(&one, &slot).await;
    assert_eq!((mined.tx, mined.outcome), (slot.newest().unwrap().hash, Outcome::Paid));
    assert_eq!(world.coins_of(PAYEE).await, U256::from(30));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_attempt_that_is_mined_after_all_is_found() {
    let world = World::new().await;
    world.place.automine(false).await;
    let one = world.watchman(1, &[]).await;
    let payout = world.signed(&world.coins(1, PAYEE, 30), &[0, 1]);
    let slot = one.first(&payout).await.unwrap();
    one.send(&slot).await.unwrap();
    // Signed and stored; the program died before it was sent.
    let raised = one.raise(&slot, &payout).await.unwrap();
    world.place.control.mine(1).await.unwrap();
    let mined = world.mined(&one, &raised).await;
    assert_eq!((mined.tx, mined.outcome), (slot.newest().unwrap().hash, Outcome::Paid));
    assert!(matches!(one.send(&raised).await, Err(SubmitError::NotTaken(_))), "the nonce is used");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_watchman_takes_over_and_what_is_stuck_is_cancelled() {
    let world = World::new().await;
    world.place.automine(false).await;
    let (one, two) = (world.watchman(1, &[]).await, world.watchman(2, &[]).await);
    let payout = world.signed(&world.coins(1, PAYEE, 30), &[0, 1]);
    let stuck = one.first(&payout).await.unwrap();
    one.send(&stuck).await.unwrap();
    world.forget(&stuck).await;
    assert_eq!(one.look(&stuck).await.unwrap(), Standing::Unknown);
    let other = two.first(&payout).await.unwrap();
    two.send(&other).await.unwrap();
    world.place.control.mine(1).await.unwrap();
    assert_eq!(world.outcome(&two, &other).await, Outcome::Paid);

    assert!(matches!(one.raise(&stuck, &payout).await, Err(SubmitError::WouldRevert(_))));
    let cancelled = one.cancel(&stuck).await.unwrap();
    assert_eq!(cancelled.nonce, stuck.nonce);
    one.send(&cancelled).await.unwrap();
    world.place.control.mine(1).await.unwrap();
    assert_eq!(world.outcome(&one, &cancelled).await, Outcome::Cancelled);
    assert_eq!(world.coins_of(PAYEE).await, U256::from(30));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_that_submit_the_same_payout_at_once_pay_once() {
    let world = World::new().await;
    world.place.automine(false).await;
    let (one, two) = (world.watchman(1, &[]).await, world.watchman(2, &[]).await);
    let payout = world.signed(&world.coins(1, PAYEE, 30), &[0, 1]);
    let slots = [one.first(&payout).await.unwrap(), two.first(&payout).await.unwrap()];
    one.send(&slots[0]).await.unwrap();
    two.send(&slots[1]).await.unwrap();
    world.place.control.mine(1).await.unwrap();
    let mut outcomes = [world.outcome(&one, &slots[0]).await, world.outcome(&two, &slots[1]).await];
    outcomes.sort_by_key(|outcome| *outcome != Outcome::Paid);
    assert_eq!(outcomes, [Outcome::Paid, Outcome::Reverted]);
    assert_eq!(world.coins_of(PAYEE).await, U256::from(30));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nonce_that_something_else_used_up_is_dead_only_when_that_is_settled() {
    let world = World::new().await;
    let one = world.watchman(1, &[]).await;
    let payout = world.signed(&world.coins(1, PAYEE, 30), &[0, 1]);
    let lost = one.first(&payout).await.unwrap();
    // The same key in a program that knows nothing of the slot.
    let (_, outcome) =
        world.submit(&world.watchman(1, &[]).await, &world.signed(&world.coins(2, PAYEE, 5), &[0, 1])).await;
    assert_eq!(outcome, Outcome::Paid);
    assert_eq!(one.look(&lost).await.unwrap(), Standing::Replaced { settled: false });
    assert!(matches!(one.again(&lost, &payout).await, Err(SubmitError::StillAlive)));
    world.place.control.mine(2).await.unwrap();
    assert_eq!(one.look(&lost).await.unwrap(), Standing::Replaced { settled: true });
    let slot = one.again(&lost, &payout).await.unwrap();
    assert_eq!(slot.nonce, lost.nonce + 1);
    one.send(&slot).await.unwrap();
    assert_eq!(world.outcome(&one, &slot).await, Outcome::Paid);
}
