//! Payouts that drop out of the chain.

use crate::place::{CHAIN, NEEDED, config};
use crate::world::{PAYEE, Reader, World};
use alloy::primitives::U256;
use oracle::network::{EvmChain, Finality};
use serde_json::json;
use vault_evm::EvmDeposits;
use vault_evm::release::{Event, Outcome, Standing};

fn executions(events: &[vault_evm::release::VaultEvent]) -> usize {
    events.iter().filter(|event| matches!(event.event, Event::Execution(_))).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payout_that_drops_out_is_sent_again_and_paid_once() {
    let world = World::new().await;
    let one = world.watchman(1, &[]).await;
    let coins = world.coins(1, PAYEE, 30);
    let observer = world.observer();
    let mut reader = Reader::new(world.place.judge());
    for depth in 1..=5_u64 {
        let coins = world.coins(u8::try_from(depth).unwrap(), PAYEE, 3);
        let (slot, outcome) = world.submit(&one, &world.signed(&coins, &[0, 1])).await;
        assert_eq!(outcome, Outcome::Paid);
        world.place.control.mine(depth - 1).await.unwrap();
        assert_eq!(executions(reader.read().await), usize::try_from(depth).unwrap());

        world.place.control.reorg(depth, &[]).await.unwrap();
        assert_eq!(one.look(&slot).await.unwrap(), Standing::Unknown, "depth {depth}");
        assert!(!observer.released(coins.ever_hash, &observer.tip().await.unwrap()).await.unwrap());
        assert_eq!(executions(reader.read().await), usize::try_from(depth - 1).unwrap(), "it is gone");

        one.send(&slot).await.unwrap();
        assert_eq!(world.outcome(&one, &slot).await, Outcome::Paid);
        assert_eq!(executions(reader.read().await), usize::try_from(depth).unwrap());
        assert_eq!(world.coins_of(PAYEE).await, U256::from(3 * depth));
    }
    assert_eq!(reader.rewinds, 5);
    assert!(observer.released(coins.ever_hash, &observer.tip().await.unwrap()).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn on_the_new_branch_another_watchman_was_faster() {
    let world = World::new().await;
    let (one, two) = (world.watchman(1, &[]).await, world.watchman(2, &[]).await);
    let payout = world.signed(&world.coins(1, PAYEE, 30), &[0, 1]);
    world.place.automine(false).await;
    let other = two.first(&payout).await.unwrap();
    world.place.automine(true).await;
    let (slot, outcome) = world.submit(&one, &payout).await;
    assert_eq!(outcome, Outcome::Paid);
    world.place.control.reorg(1, &[(other.newest().unwrap().raw.clone(), 0)]).await.unwrap();
    assert_eq!(world.outcome(&two, &other).await, Outcome::Paid);
    assert_eq!(one.look(&slot).await.unwrap(), Standing::Unknown);
    one.send(&slot).await.unwrap();
    assert_eq!(world.outcome(&one, &slot).await, Outcome::Reverted);
    assert_eq!(world.coins_of(PAYEE).await, U256::from(30));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_that_grows_shorter_while_it_is_read_is_read_on() {
    let world = World::new().await;
    let (place, one) = (&world.place, world.watchman(1, &[]).await);
    world.submit(&one, &world.signed(&world.coins(1, PAYEE, 3), &[0, 1])).await;
    place.control.mine(40).await.unwrap();
    let config = EvmChain { log_range: 4, ..config(&[&place.url], Finality::Count) };
    let judge = EvmDeposits::new(CHAIN, &config, NEEDED, &place.rules).unwrap();
    for read_before in [3, 14] {
        let mut reader = Reader::new(judge.clone());
        for _ in 0..read_before {
            reader.step().await.unwrap();
        }
        place.control.request("anvil_rollback", json!([15])).await.unwrap();
        let mut faults = 0;
        while reader.step().await.unwrap_or_else(|_| {
            faults += 1;
            true
        }) {
            assert!(faults < 2, "the tip is asked anew");
        }
        assert_eq!(executions(&reader.events), 1);
        place.control.mine(15).await.unwrap();
        assert_eq!(executions(reader.read().await), 1);
        assert_eq!(reader.next(), place.tip().await.number + 1);
    }
}
