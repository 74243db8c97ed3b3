//! From the SDK's deposit to money on Ethereum, and who must be there for it.

use super::*;
use serde_json::json;
use tests::{SdkCall, SdkKey, sdk_on};

#[tokio::test(flavor = "multi_thread")]
async fn what_the_sdk_withdraws_is_cosigned_and_paid_out_exactly_once() {
    let world = World::with_coordinator(Setup::with_evm()).await;
    let _watchmen = TestWatchmen::running(&world, AUTO).await;
    let (alice, bob) = (evm(7), account(8));
    world.ethereum().fund(&alice, 1_000 * PUSD).await;
    let key = |number: u8| SdkKey::Evm(format!("0x{}", format!("{number:02x}").repeat(32)));
    let (host, rpc) = (world.api.url(), world.ethereum().url());
    let [eth, pusd] = [Asset::Coin, Asset::Token].map(|asset| world.payments_in(asset).tag());
    let call = |method, tag: &str, amount: &str, to: &str| {
        SdkCall::new(method, json!({ "tag": tag, "amount": amount, "to": to, "chainType": "ethereum" }))
    };
    let deposits = [("1.5", &eth), ("250.25", &pusd)]
        .map(|(amount, tag)| SdkCall::new("deposit", json!({ "tag": tag, "amount": amount })).by(&key(7)));
    for sent in sdk_on(host, &rpc, &deposits).await {
        world.minted(sent.unwrap()["hash"].as_str().unwrap()).await;
    }
    let (carol, dave) = (account(61), account(62));
    let calls = [
        call("transfer", &eth, "0.5", &bob).by(&key(7)),
        call("transfer", &pusd, "50", &bob).by(&key(7)),
        call("withdraw", &eth, "0.25", &carol).by(&key(7)),
        call("withdraw", &eth, "0.125", &dave).by(&key(8)),
        call("withdraw", &pusd, "50", &dave).by(&key(8)),
    ];
    let answers: Vec<Value> = sdk_on(host, &rpc, &calls).await.into_iter().map(Result::unwrap).collect();
    let burns: Vec<String> =
        answers[2..].iter().map(|answer| answer["everHash"].as_str().unwrap().to_owned()).collect();
    receives(&world, Asset::Coin, &carol, ETH / 4).await;
    receives(&world, Asset::Coin, &dave, ETH / 8).await;
    receives(&world, Asset::Token, &dave, 50 * PUSD).await;
    check_paid(&world, &burns).await;
    let ethereum = world.ethereum();
    assert_eq!(ethereum.holds(Asset::Coin, &ethereum.chain.vault).await, 3 * ETH / 2 - ETH / 4 - ETH / 8);
    assert_eq!(ethereum.holds(Asset::Token, &ethereum.chain.vault).await, 200_250_000);
    Running::start(&world, "watching").await.nothing_is_owed().await;
    // The SDK is told which transactions paid.
    for hash in &burns {
        record::tells_the_payout(&world, hash).await;
    }
    let asked = burns.iter().map(|hash| SdkCall::new("txByHash", json!(hash)));
    for (answer, hash) in sdk_on(host, &rpc, &asked.collect::<Vec<_>>()).await.into_iter().zip(&burns) {
        assert_eq!(json!(ethereum.payouts_of(hash).await), json!([answer.unwrap()["targetChainTxHash"]]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_of_three_suffice_and_the_third_learns_what_was_paid() {
    let payer = evm(9);
    let mut world = world_of(&payer).await;
    let mut watchmen = TestWatchmen::new(&world, AUTO).await;
    let to = account(63);
    let hash = burn(&mut world, Asset::Coin, &payer, &to, ETH / 4).await;
    watchmen.start(1).await;
    eventually(PATIENCE, "one signs and waits for another", || async {
        let row = watchmen.row(1, &hash).await?;
        (row["signedBy"].as_array()?.len() == 1).then_some(())
    })
    .await;
    sleep(AFTERMATH).await;
    assert_eq!(world.ethereum().holds(Asset::Coin, &to).await, 0, "one of three is not enough");
    watchmen.kill(1).await;
    watchmen.start(0).await;
    watchmen.start(2).await;
    receives(&world, Asset::Coin, &to, ETH / 4).await;
    watchmen.start(1).await;
    reaches(&watchmen, 1, &hash, "closed").await;
    check_paid(&world, &[hash]).await;
}
