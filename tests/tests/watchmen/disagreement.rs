//! Sources that contradict each other: nothing is signed, and who differs is named.

use super::*;
use tests::{Manner, Proxy};

/// Pays a burn, has one of two sources turn, and sees that nothing is signed until it is well again.
async fn blocks(mut world: World, payer: &Payer, source: &Proxy, lie: Manner, first: u8) {
    let watchmen = TestWatchmen::running(&world, AUTO).await;
    let (before, after) = (account(first), account(first + 1));
    let one = burn(&mut world, Asset::Coin, payer, &before, ETH / 4).await;
    receives(&world, Asset::Coin, &before, ETH / 4).await;
    source.turns(lie);
    let two = burn(&mut world, Asset::Coin, payer, &after, ETH / 4).await;
    let name = source.address.to_string();
    for index in 0..watchmen.count() {
        eventually(PATIENCE, "every watchman names who differs", || async {
            let status = watchmen.status(index).await;
            let named = [&status["sources"]["differing"], &status["troubles"]].map(Value::to_string);
            named.iter().any(|told| told.contains(&name)).then_some(())
        })
        .await;
    }
    check_untouched(&world, &watchmen, &two).await;
    source.turns(Manner::Honest);
    receives(&world, Asset::Coin, &after, ETH / 4).await;
    check_paid(&world, &[one, two]).await;
}

/// Every batch is in another block than it is.
const DISPLACED: Manner = Manner::Json(|asked, answer| {
    if asked.path.ends_with("/status")
        && let Some(height) = answer["block_height"].as_u64()
    {
        answer["block_height"] = (height - 1).into();
    }
});

#[tokio::test(flavor = "multi_thread")]
async fn while_two_gateways_disagree_nobody_signs_and_the_one_that_differs_is_named() {
    let payer = evm(19);
    let mut world = world_of(&payer).await;
    let second = Proxy::start(world.gateway.url()).await;
    world.network.gateways.push(second.url());
    world.save_network();
    blocks(world, &payer, &second, DISPLACED, 79).await;
}

/// Whatever it is asked of a contract, it says yes: every burn is paid already.
const SAYS_PAID: Manner = Manner::Json(|asked, answer| {
    let is_call = serde_json::from_slice::<Value>(&asked.body).is_ok_and(|asked| asked["method"] == "eth_call");
    if is_call && answer["result"].as_str().is_some_and(|word| word.len() == 66) {
        answer["result"] = format!("0x{:064x}", 1).into();
    }
});

/// It knows other blocks.
const FORKED: Manner = Manner::Json(|asked, answer| {
    let method = serde_json::from_slice::<Value>(&asked.body).map(|asked| asked["method"].clone());
    if method.is_ok_and(|method| method == "eth_getBlockByNumber") && answer["result"].is_object() {
        answer["result"]["hash"] = format!("0x{}", "ab".repeat(32)).into();
    }
});

async fn nodes(number: u8, lie: Manner) {
    let payer = evm(number);
    let mut world = world_of(&payer).await;
    let nodes = [Proxy::start(world.ethereum().url()).await, Proxy::start(world.ethereum().url()).await];
    world.network.evm.get_mut(ETHEREUM).unwrap().rpc = nodes.iter().map(Proxy::url).collect();
    world.save_network();
    blocks(world, &payer, &nodes[1], lie, number + 60).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_node_says_that_everything_is_paid_nobody_signs_and_it_is_named() {
    nodes(21, SAYS_PAID).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_node_knows_other_blocks_nobody_signs_and_it_is_named() {
    nodes(23, FORKED).await;
}
