//! A burn in two sibling batches: the same items under the same parent, signed anew. It is paid once, whichever of them a
//! watchman saw first.

use super::*;
use arweave::{ArweaveId, Transaction as ArweaveTransaction};
use tests::accepted_chain;

/// Posts the newest batch once more: its body and its parent in a transaction of its own. Returns the ids of both.
async fn seal_again(world: &World) -> (ArweaveId, ArweaveId) {
    let client = world.gateway.client();
    let id = client.last_tx(&world.owner.address()).await.unwrap().unwrap();
    let header = client.tx(&id).await.unwrap().unwrap();
    let body = client.data(&header).await.unwrap();
    let mut sibling = ArweaveTransaction::new_data(body, header.tags().to_vec());
    sibling.last_tx = client.anchor().await.unwrap();
    sibling.reward = client.price(sibling.data_size, None).await.unwrap();
    sibling.sign(&world.owner);
    client.post(&sibling).await.unwrap();
    assert_ne!(sibling.id, id);
    (id, sibling.id)
}

/// Waits until the newest batch holds this transaction in a block.
async fn packaged(world: &World, hash: &str) {
    eventually(PATIENCE, "the burn is in a batch", || async {
        let chain = accepted_chain(&world.gateway.client(), &world.owner.address()).await;
        let newest = chain.last()?;
        newest.transactions.iter().any(|tx| tx.ever_hash().to_string() == hash).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burn_that_is_sealed_again_while_watchmen_look_on_is_paid_once() {
    let payer = evm(25);
    let mut world = world_of(&payer).await;
    let watchmen = TestWatchmen::running(&world, AUTO).await;
    let to = account(85);
    let hash = burn(&mut world, Asset::Coin, &payer, &to, ETH / 4).await;
    packaged(&world, &hash).await;
    // The coordinator would be right to stop at a batch that it did not write.
    world.kill_coordinator().await;
    seal_again(&world).await;
    receives(&world, Asset::Coin, &to, ETH / 4).await;
    check_paid(&world, std::slice::from_ref(&hash)).await;
    for index in 0..watchmen.count() {
        reaches(&watchmen, index, &hash, "closed").await;
        let status = watchmen.status(index).await;
        assert!(status["peers"].as_array().unwrap().iter().all(|peer| peer["accused"] == false), "{status}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signed_under_the_first_sibling_alone_is_not_accused_and_the_others_pay_under_the_second() {
    let payer = evm(26);
    let mut world = world_of(&payer).await;
    let mut watchmen = TestWatchmen::new(&world, AUTO).await;
    let to = account(86);
    let hash = burn(&mut world, Asset::Coin, &payer, &to, ETH / 4).await;
    watchmen.start(0).await;
    reaches(&watchmen, 0, &hash, "signed").await;
    world.kill_coordinator().await;
    let (first, second) = seal_again(&world).await;
    world.gateway.mine(world.network.depth + 1).await;
    watchmen.start(1).await;
    watchmen.start(2).await;
    receives(&world, Asset::Coin, &to, ETH / 4).await;
    check_paid(&world, std::slice::from_ref(&hash)).await;
    for (index, batch) in [(0, first), (1, second), (2, second)] {
        reaches(&watchmen, index, &hash, "closed").await;
        let shown = watchmen.tell(index, &["show", &hash, "--json"]).await;
        let facts: Value = serde_json::from_str(&shown.out).unwrap_or_else(|fault| panic!("{fault}: {shown:?}"));
        assert_eq!(facts["signed"]["batch"], batch.to_string(), "watchman {index}: {facts}");
        let status = watchmen.status(index).await;
        assert!(status["peers"].as_array().unwrap().iter().all(|peer| peer["accused"] == false), "{status}");
    }
}
