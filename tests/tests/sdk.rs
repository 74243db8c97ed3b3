//! The unmodified everPay SDK against a coordinator on a real gateway; what it did is then verified by a detector.
#![allow(clippy::unwrap_used, reason = "tests")]

use devnet::Payer;
use serde_json::{Value, json};
use tests::{SdkCall, SdkKey, Setup, World, accepted_chain, evm, sdk};

const AR: u128 = 1_000_000_000_000;

fn arweave_key(payer: &Payer) -> SdkKey {
    let Payer::Arweave(wallet) = payer else { panic!("not an Arweave account") };
    SdkKey::Jwk(serde_json::from_str(&wallet.to_jwk().unwrap()).unwrap())
}

fn ever_hash(sent: &Value) -> String {
    assert_eq!(sent["status"], "ok", "{sent}");
    sent["everHash"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sdk_does_its_calls_and_a_detector_verifies_them() {
    let mut world = World::with_coordinator(Setup::default()).await;
    let depositor = world.deposit(5 * AR).await;
    let (arweave, ethereum) = (arweave_key(&depositor), SdkKey::Evm(format!("0x{}", "07".repeat(32))));
    let (alice, bob, carol) =
        (depositor.account().to_string(), evm(7).account().to_string(), evm(8).account().to_string());
    let tag = world.payments.tag();
    let host = world.api.url().to_owned();

    let transfer = |to: &str, amount: &str| SdkCall::new("transfer", json!({ "tag": tag, "amount": amount, "to": to }));
    let balance = |account: &str| SdkCall::new("balance", json!({ "tag": tag, "account": account }));
    let withdraw = json!({ "tag": tag, "amount": "0.25", "to": alice, "chainType": "arweave" });
    let sent = sdk(
        &host,
        &[
            SdkCall::new("info", Value::Null),
            balance(&alice),
            transfer(&bob, "2").by(&arweave),
            transfer(&carol, "0.5").by(&ethereum),
            SdkCall::new("withdraw", withdraw).by(&ethereum),
            balance(&bob),
            SdkCall::new("balances", json!({ "account": carol })),
            transfer(&carol, "100").by(&ethereum),
        ],
    )
    .await;
    let ok = |index: usize| sent[index].as_ref().unwrap_or_else(|error| panic!("call {index}: {error}"));
    assert_eq!(ok(0)["owner"], world.owner.address().to_string());
    assert_eq!(ok(0)["tokenList"].as_array().unwrap().len(), 2);
    assert_eq!(ok(1), "5");
    let hashes = [ever_hash(ok(2)), ever_hash(ok(3)), ever_hash(ok(4))];
    // 2 - 0.5 - 0.25 and the fee of the burn.
    assert_eq!(ok(5), "1.249");
    let of_carol = ok(6).as_array().unwrap();
    assert!(of_carol.iter().any(|entry| entry["tag"] == tag && entry["balance"] == "0.5"), "{of_carol:?}");
    assert_eq!(sent[7].as_ref().unwrap_err(), "err_insufficient_balance");

    let seen = sdk(
        &host,
        &[
            SdkCall::new("txs", json!({})),
            SdkCall::new("txs", json!({ "action": "burn" })),
            SdkCall::new("txsByAccount", json!({ "account": carol })),
            SdkCall::new("txsByAccount", json!({ "account": bob, "tag": tag, "withoutAction": "burn" })),
            SdkCall::new("txByHash", json!(hashes[1])),
        ],
    )
    .await;
    let listed = |index: usize| -> Vec<String> {
        let page: &Value = seen[index].as_ref().unwrap();
        page["txs"].as_array().unwrap().iter().map(|tx| tx["everHash"].as_str().unwrap().to_owned()).collect()
    };
    // Newest first, the mint of the deposit last.
    assert_eq!(listed(0)[..3], [hashes[2].clone(), hashes[1].clone(), hashes[0].clone()]);
    assert_eq!(listed(0).len(), 4);
    assert_eq!(listed(1), [hashes[2].clone()]);
    assert_eq!(listed(2), [hashes[1].clone()]);
    assert_eq!(listed(3), [hashes[1].clone(), hashes[0].clone()]);
    let one = seen[4].as_ref().unwrap();
    assert_eq!(
        (&one["everHash"], &one["amount"], &one["from"]),
        (&json!(hashes[1]), &json!("500000000000"), &json!(bob))
    );

    let root = world.settled_root().await;
    let packaged = accepted_chain(&world.gateway.client(), &world.owner.address()).await;
    let on_chain: Vec<_> =
        packaged.iter().flat_map(|batch| &batch.transactions).map(|tx| tx.ever_hash().to_string()).collect();
    assert_eq!(on_chain[1..], hashes, "as accepted, after the mint");
    let detection = world.detect_once("detector").await;
    assert_eq!(detection.alerts, Vec::<Value>::new());
    assert_eq!((detection.code, detection.transactions, detection.rejected), (Some(0), 4, 0), "{detection:?}");
    assert_eq!(detection.batches, packaged.len() as u64);
    assert_eq!(detection.state_root, root, "the detector's root is the coordinator's");
}
