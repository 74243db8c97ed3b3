//! The usual way, a failing receiver, and what is refused before it costs anything.

use crate::place::{Receiver, owners};
use crate::world::{PAYEE, World, sign};
use alloy::primitives::{Address, U256};
use vault_evm::contract::EverwatchVault::setOperatorCall;
use vault_evm::release::{FeePolicy, Outcome, Standing, Submission, SubmitError};

#[tokio::test(flavor = "multi_thread")]
async fn two_of_three_pay_coins_and_tokens_and_nobody_pays_again() {
    let world = World::new().await;
    let (one, two) = (world.watchman(1, &[]).await, world.watchman(2, &[]).await);
    let coins = world.coins(1, PAYEE, 30);
    let tokens = world.tokens(2, world.place.at.token, PAYEE, 400);
    let (slot, outcome) = world.submit(&one, &world.signed(&coins, &[0, 2])).await;
    assert_eq!(outcome, Outcome::Paid);
    let (_, outcome) = world.submit(&two, &world.signed(&tokens, &[1, 0])).await;
    assert_eq!(outcome, Outcome::Paid);
    assert_eq!((world.coins_of(PAYEE).await, world.tokens_of(PAYEE).await), (U256::from(30), U256::from(400)));

    let Standing::Mined(mined) = one.look(&slot).await.unwrap() else { panic!() };
    assert!(!mined.settled, "two blocks of three");
    world.place.control.mine(1).await.unwrap();
    let standing = one.look(&slot).await.unwrap();
    assert!(matches!(standing, Standing::Mined(mined) if mined.settled) && !standing.is_dead());
    let refused = one.again(&slot, &world.signed(&coins, &[0, 1])).await;
    assert!(matches!(refused, Err(SubmitError::StillAlive)), "what is paid is not tried again: {refused:?}");
    let refused = two.first(&world.signed(&coins, &[0, 1])).await;
    assert!(matches!(&refused, Err(SubmitError::WouldRevert(why)) if why.contains("released")), "{refused:?}");
    let observer = world.observer();
    let tip = observer.tip().await.unwrap();
    assert!(observer.released(coins.ever_hash, &tip).await.unwrap());
    assert!(!observer.released(world.coins(3, PAYEE, 1).ever_hash, &tip).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_alone_is_counted_and_the_rest_may_follow_by_another() {
    let world = World::new().await;
    let (one, two) = (world.watchman(1, &[]).await, world.watchman(2, &[]).await);
    let coins = world.coins(1, PAYEE, 30);
    let (_, outcome) = world.submit(&one, &world.signed(&coins, &[0])).await;
    assert_eq!(outcome, Outcome::Counted);
    assert_eq!(world.coins_of(PAYEE).await, U256::ZERO);
    let (_, outcome) = world.submit(&two, &world.signed(&coins, &[1])).await;
    assert_eq!(outcome, Outcome::Paid);
    assert_eq!(world.coins_of(PAYEE).await, U256::from(30));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_receiver_stays_payable_and_is_paid_later_without_new_signatures() {
    let world = World::new().await;
    let (place, one) = (&world.place, world.watchman(1, &[]).await);
    let receiver = place.at.forwarder;
    place.call(place.accounts[0], receiver, &Receiver::setMannerCall { itsManner: 1 }).await;
    let coins = world.coins(1, receiver, 30);
    let (slot, outcome) = world.submit(&one, &world.signed(&coins, &[0, 1])).await;
    assert_eq!(outcome, Outcome::Failed);
    let without = Submission { proposal: world.proposal(&coins), signatures: Vec::new() };
    let early = one.again(&slot, &without).await;
    assert!(matches!(early, Err(SubmitError::StillAlive)), "its block may drop out: {early:?}");

    place.call(place.accounts[0], receiver, &Receiver::setMannerCall { itsManner: 0 }).await;
    place.control.mine(2).await.unwrap();
    let slot = one.again(&slot, &without).await.unwrap();
    one.send(&slot).await.unwrap();
    assert_eq!(world.outcome(&one, &slot).await, Outcome::Paid);
    assert_eq!(world.coins_of(receiver).await, U256::from(30));
}

/// `BurnsGas`: with whatever gas, the vault sees a starved call.
#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_burns_all_gas_costs_nothing() {
    let world = World::new().await;
    let (place, one) = (&world.place, world.watchman(1, &[]).await);
    place.call(place.accounts[0], place.at.forwarder, &Receiver::setMannerCall { itsManner: 2 }).await;
    let refused = one.first(&world.signed(&world.coins(1, place.at.forwarder, 30), &[0, 1])).await;
    assert!(matches!(refused, Err(SubmitError::WouldRevert(_))), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn gas_has_a_floor_and_fees_have_a_cap() {
    let world = World::new().await;
    let one = world.watchman(1, &[]).await;
    let payout = world.signed(&world.coins(1, PAYEE, 30), &[0, 1]);
    let attempt = one.first(&payout).await.unwrap().attempts.remove(0);
    assert!(attempt.gas >= 500_000 && attempt.fees.max <= FeePolicy::default().cap, "{attempt:?}");
    assert!(attempt.fees.tip >= FeePolicy::default().tip_min);
    let purse = || std::sync::Arc::new(crate::world::Purse(owners().remove(0)));
    for (policy, expected) in [
        (FeePolicy { cap: 1, tip_min: 0, ..FeePolicy::default() }, "gas costs"),
        (FeePolicy { gas_max: 400_000, ..FeePolicy::default() }, "it needs 500000 gas"),
    ] {
        let poor = vault_evm::release::Submitter::new(world.place.judge(), purse(), policy, &[]);
        let refused = poor.first(&payout).await.unwrap_err().to_string();
        assert!(refused.starts_with(expected), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_belong_to_the_vault_or_the_slot_is_not_signed() {
    let world = World::new().await;
    let one = world.watchman(1, &[]).await;
    let payout = world.signed(&world.coins(1, PAYEE, 30), &[0, 1]);
    let mut other = payout.clone();
    other.proposal.contract = [9; 20];
    assert!(matches!(one.first(&other).await, Err(SubmitError::Misplaced)));
    let many = sign(payout.proposal.clone(), &[0; 51]);
    assert!(matches!(one.first(&many).await, Err(SubmitError::Misplaced)));
    let slot = one.first(&payout).await.unwrap();
    let another = world.signed(&world.coins(2, PAYEE, 30), &[0, 1]);
    assert!(matches!(one.raise(&slot, &another).await, Err(SubmitError::Misplaced)));
    assert!(matches!(one.again(&slot, &another).await, Err(SubmitError::Misplaced)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_stops_payouts_before_they_cost_anything() {
    let world = World::new().await;
    let (place, one) = (&world.place, world.watchman(1, &[]).await);
    let operator = place.accounts[5];
    let decision = world.decision(1, &setOperatorCall { newOperator: operator });
    let (_, outcome) = world.submit(&one, &sign(decision, &[0, 1])).await;
    assert_eq!(outcome, Outcome::Paid, "carried out");
    let pause = vault_evm::contract::EverwatchVault::setPausedCall { newPaused: true };
    place.call(operator, place.at.vault, &pause).await;
    let observer = world.observer();
    let state = observer.state(observer.tip().await.unwrap()).await.unwrap();
    assert_eq!((state.paused, state.operator, state.required), (true, operator, 2));
    let mut expected: Vec<Address> = owners().iter().map(|key| key.address().into()).collect();
    expected.sort_unstable();
    assert_eq!(state.owners, expected);
    let refused = one.first(&world.signed(&world.coins(1, PAYEE, 30), &[0, 1])).await;
    assert!(matches!(&refused, Err(SubmitError::WouldRevert(why)) if why.contains("paused")), "{refused:?}");
}
