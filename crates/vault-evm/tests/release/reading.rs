//! What is read of a vault's doings.

use crate::place::{CHAIN, NEEDED, Receiver, config};
use crate::world::{PAYEE, Reader, World, sign};
use alloy::primitives::{Address, U256};
use oracle::network::{EvmChain, Finality};
use vault_evm::EvmDeposits;
use vault_evm::contract::EverwatchVault::{addOwnerCall, changeRequirementCall, removeOwnerCall, revokeCall};
use vault_evm::release::{Event, Outcome, submission};

/// Events in a few words.
fn words(event: &Event) -> &'static str {
    match event {
        Event::Submission { .. } => "signed",
        Event::SubmissionFailure { .. } => "not counted",
        Event::Execution(_) => "done",
        Event::ExecutionFailure(_) => "failed",
        Event::Revocation { .. } => "revoked",
        Event::OwnerAddition(_) => "owner added",
        Event::OwnerRemoval(_) => "owner removed",
        Event::RequirementChange(_) => "requirement",
        Event::OperatorChange(_) => "operator",
        Event::PausedChange(_) => "pause",
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_the_vault_did_is_read_in_order_whatever_the_ranges() {
    let world = World::new().await;
    let (place, one) = (&world.place, world.watchman(1, &[]).await);
    let coins = world.coins(1, PAYEE, 30);
    let stranger = sign(world.proposal(&coins), &[0]);
    let mut stranger = stranger;
    stranger.signatures.push([7; 65]);
    world.submit(&one, &stranger).await;
    world.submit(&one, &world.signed(&coins, &[1])).await;
    let added = Address::repeat_byte(0x44);
    world.submit(&one, &sign(world.decision(1, &addOwnerCall { owner: added }), &[0, 1])).await;
    let required = changeRequirementCall { newRequired: U256::from(3) };
    world.submit(&one, &sign(world.decision(2, &required), &[0, 1])).await;
    place.call(place.accounts[0], place.at.forwarder, &Receiver::setMannerCall { itsManner: 1 }).await;
    let failing = world.coins(2, place.at.forwarder, 5);
    assert_eq!(world.submit(&one, &world.signed(&failing, &[0, 1, 2])).await.1, Outcome::Failed);
    world.submit(&one, &sign(world.decision(3, &removeOwnerCall { owner: added }), &[0, 1, 2])).await;
    place.control.mine(30).await.unwrap();

    let expected = [
        "owner added",
        "owner added",
        "owner added",
        "requirement",
        "signed",
        "not counted",
        "signed",
        "done",
        "signed",
        "signed",
        "owner added",
        "done",
        "signed",
        "signed",
        "requirement",
        "done",
        "signed",
        "signed",
        "signed",
        "failed",
        "signed",
        "signed",
        "signed",
        "owner removed",
        "done",
    ];
    for log_range in [1, 7, 2_000] {
        let config = EvmChain { log_range, ..config(&[&place.url], Finality::Count) };
        let mut reader = Reader::new(EvmDeposits::new(CHAIN, &config, NEEDED, &place.rules).unwrap());
        let read: Vec<_> = reader.read().await.iter().map(|event| words(&event.event)).collect();
        assert_eq!(read, expected, "in ranges of {log_range}");
        assert!(reader.events.is_sorted_by_key(|event| event.at));
        assert!(reader.ranges.windows(2).all(|pair| pair[0].1 + 1 == pair[1].0), "without gap or doubling");
        assert!(reader.ranges.iter().all(|(from, to)| to - from < log_range));
        assert_eq!(reader.ranges.last().unwrap().1, place.tip().await.number);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_is_read() {
    let world = World::new().await;
    let (place, one) = (&world.place, world.watchman(1, &[]).await);
    // An owner that the chain can send for.
    let owner = place.accounts[4];
    world.submit(&one, &sign(world.decision(1, &addOwnerCall { owner }), &[0, 1])).await;
    let id = world.proposal(&world.coins(1, PAYEE, 30)).tx_hash().into();
    place.call(owner, place.at.vault, &revokeCall { id }).await;
    let mut reader = Reader::new(place.judge());
    assert_eq!(reader.read().await.last().unwrap().event, Event::Revocation { id, owner });
}

#[tokio::test(flavor = "multi_thread")]
async fn signatures_are_read_back_out_of_a_submission_even_a_reverted_one() {
    let world = World::new().await;
    let (place, one, two) = (&world.place, world.watchman(1, &[]).await, world.watchman(2, &[]).await);
    let payout = world.signed(&world.coins(1, PAYEE, 30), &[0, 1]);
    place.automine(false).await;
    let slots = [one.first(&payout).await.unwrap(), two.first(&payout).await.unwrap()];
    one.send(&slots[0]).await.unwrap();
    two.send(&slots[1]).await.unwrap();
    place.control.mine(1).await.unwrap();
    for slot in &slots {
        let tx = place.node().transaction(slot.newest().unwrap().hash.into()).await.unwrap().unwrap();
        let (proposal, signatures) = submission(&tx, place.at.vault, 1).unwrap();
        assert_eq!(proposal, payout.proposal);
        assert_eq!(signatures, payout.signatures.iter().map(|one| one.to_vec()).collect::<Vec<_>>());
        assert_eq!(submission(&tx, place.at.token, 1), None);
    }
    let deposit = place.post(place.accounts[0], Some(place.at.vault), 5, Vec::new()).await;
    let tx = place.node().transaction(deposit).await.unwrap().unwrap();
    assert_eq!(submission(&tx, place.at.vault, 1), None);
}
