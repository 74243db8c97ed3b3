//! The coordinator's record of a burn: which transaction paid it, learnt from Ethereum itself.

use super::*;
use tests::{Manner, Proxy};

/// Waits until the coordinator's record of a burn names the transaction that the chain says paid it.
pub(crate) async fn tells_the_payout(world: &World, hash: &str) {
    let path = format!("/tx/{hash}");
    let told = eventually(PATIENCE, "the record names its payout", || async {
        let told = world.api.get(&path).await.ok()?["tx"]["targetChainTxHash"].as_str()?.to_owned();
        (!told.is_empty()).then_some(told)
    })
    .await;
    assert_eq!(world.ethereum().payouts_of(hash).await, [told]);
}

/// What the coordinator says of it now.
async fn told(world: &World, hash: &str) -> String {
    world.api.get(&format!("/tx/{hash}")).await.unwrap()["targetChainTxHash"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_while_the_coordinator_was_away_is_in_its_records_after_a_kill() {
    let payer = evm(13);
    let mut world = world_of(&payer).await;
    let _watchmen = TestWatchmen::running(&world, AUTO).await;
    let (first, second) = (account(67), account(68));
    let before = burn(&mut world, Asset::Coin, &payer, &first, ETH / 8).await;
    tells_the_payout(&world, &before).await;
    let after = burn(&mut world, Asset::Coin, &payer, &second, ETH / 8).await;
    world.settled_root().await;
    world.kill_coordinator().await;
    receives(&world, Asset::Coin, &second, ETH / 8).await;
    sleep(AFTERMATH).await;
    world.start_coordinator().await;
    tells_the_payout(&world, &after).await;
    tells_the_payout(&world, &before).await;
}

/// It has never heard of any payout.
const CONCEALS: Manner = Manner::Json(|_, answer| {
    if let Some(logs) = answer["result"].as_array_mut() {
        logs.retain(|log| log.get("topics").is_none());
    }
});

#[tokio::test(flavor = "multi_thread")]
async fn a_payout_that_only_one_of_two_nodes_saw_is_not_told() {
    let payer = evm(14);
    let mut world = world_of(&payer).await;
    let _watchmen = TestWatchmen::running(&world, AUTO).await;
    // Only the coordinator asks through them: the watchmen read the file before.
    let nodes = [Proxy::start(world.ethereum().url()).await, Proxy::start(world.ethereum().url()).await];
    world.network.evm.get_mut(ETHEREUM).unwrap().rpc = nodes.iter().map(Proxy::url).collect();
    world.save_network();
    world.kill_coordinator().await;
    world.start_coordinator().await;
    nodes[1].turns(CONCEALS);
    let to = account(69);
    let hash = burn(&mut world, Asset::Coin, &payer, &to, ETH / 8).await;
    receives(&world, Asset::Coin, &to, ETH / 8).await;
    sleep(AFTERMATH).await;
    assert_eq!(told(&world, &hash).await, "");
    nodes[1].turns(Manner::Honest);
    tells_the_payout(&world, &hash).await;
}
