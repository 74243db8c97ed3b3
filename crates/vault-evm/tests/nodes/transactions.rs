//! Transactions are what their signatures say, not what a node says.

use crate::NOW;
use crate::place::proxy::Proxy;
use crate::place::{COIN, NEEDED, Place, owners, verdict};
use alloy::consensus::{SignableTransaction, TxEip7702};
use alloy::eips::eip2718::Encodable2718;
use alloy::eips::eip7702::Authorization;
use alloy::primitives::{Address, B256, Signature, U256};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn no_field_of_a_transaction_can_be_changed_and_its_sender_is_not_taken_from_the_node() {
    let place = Place::new().await;
    let (me, other) = (place.accounts[0], place.accounts[1]);
    let deposit = place.coin(me, 5).await;
    place.control.mine(NEEDED).await.unwrap();
    let (mine, others) = (place.mint_of("ETH", deposit, me, 5), place.mint_of("ETH", deposit, other, 5));
    let object = place.control.request("eth_getTransactionByHash", json!([deposit])).await.unwrap();
    let flip = |value: &Value| match value.as_str() {
        Some(text) if text.len() > 2 => {
            let (head, last) = text.split_at(text.len() - 1);
            json!(format!("{head}{}", if last == "1" { "0" } else { "1" }))
        }
        _ => json!("0x01"),
    };
    // Those beside the signed ones may differ from node to node; what matters of them is in the receipt.
    let unsigned = ["blockHash", "blockNumber", "blockTimestamp", "transactionIndex", "from", "gasPrice"];
    for (field, value) in object.as_object().unwrap().clone() {
        if unsigned.contains(&field.as_str()) || (field == "v" && object.get("yParity").is_some()) {
            continue;
        }
        let changed = if value.is_array() { json!([{ "address": other, "storageKeys": [] }]) } else { flip(&value) };
        let name = field.clone();
        let liar = Proxy::lying(&place.url, move |method, _, answer| {
            if method == "eth_getTransactionByHash" {
                answer["result"][&name] = changed.clone();
            }
        });
        let liar = liar.await;
        assert_eq!(verdict(&place.judge_by(&[&liar.url]), &mine, NOW).await, "no answer", "{field}");
    }
    let renames = Proxy::lying(&place.url, move |_, _, answer| {
        if answer["result"]["from"].is_string() {
            answer["result"]["from"] = json!(other);
        }
    });
    let judge = renames.await;
    let judge = place.judge_by(&[&judge.url]);
    assert_eq!(verdict(&judge, &mine, NOW).await, "verified");
    assert_eq!(verdict(&judge, &others, NOW).await, "wrongSender");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_of_a_kind_without_a_signer_credits_nobody() {
    let place = Place::new().await;
    let me = place.accounts[0];
    let deposit = place.coin(me, 5).await;
    place.control.mine(NEEDED).await.unwrap();
    let other_kind = Proxy::lying(&place.url, |method, _, answer| {
        if method == "eth_getTransactionByHash" {
            answer["result"]["type"] = json!("0x7e");
        }
    });
    let judge = other_kind.await;
    let judge = place.judge_by(&[&judge.url]);
    assert_eq!(verdict(&judge, &place.mint_of("ETH", deposit, me, 5), NOW).await, "ambiguous");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_signed_transaction_is_read() {
    let place = Place::new().await;
    let (me, vault) = (place.accounts[0], place.at.vault);
    let list = json!([{ "address": vault, "storageKeys": [B256::ZERO] }]);
    for (kind, extra) in [
        ("0x0", json!({ "gasPrice": "0x77359400" })),
        ("0x1", json!({ "gasPrice": "0x77359400", "accessList": list })),
        ("0x2", json!({ "maxFeePerGas": "0x77359400", "maxPriorityFeePerGas": "0x1", "accessList": list })),
    ] {
        let mut tx = json!({ "from": me, "to": vault, "value": "0x5", "gas": "0x30d40", "type": kind });
        tx.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let hash = place.control.request("eth_sendTransaction", json!([tx])).await.unwrap();
        let hash: B256 = hash.as_str().unwrap().parse().unwrap();
        let found = place.node().transaction(hash).await.unwrap().unwrap();
        assert_eq!((found.signer, found.to), (Some(me), Some(vault)), "{kind}");
        assert_eq!(found.json["type"], kind);
    }
    let found = place.node().transaction(delegating(&place).await).await.unwrap().unwrap();
    let signer = Address::from(owners()[0].address());
    assert_eq!((found.signer, &found.json["type"]), (Some(signer), &json!("0x4")));
    assert_eq!(place.node().transaction(B256::repeat_byte(7)).await.unwrap(), None);
}

/// A transaction of EIP-7702: its sender also gives its account the code of a contract.
async fn delegating(place: &Place) -> B256 {
    let key = &owners()[0];
    place.control.set_balance(&Address::from(key.address()).to_string(), u128::from(COIN)).await.unwrap();
    let sign = |digest: B256| Signature::from_raw_array(&key.sign_digest(&digest.0)).unwrap();
    let grant = Authorization { chain_id: U256::from(1), address: place.at.batch, nonce: 1 };
    let signature = sign(grant.signature_hash());
    let tx = TxEip7702 {
        chain_id: 1,
        nonce: 0,
        gas_limit: 200_000,
        max_fee_per_gas: 2_000_000_000,
        max_priority_fee_per_gas: 1,
        to: place.at.vault,
        value: U256::from(5),
        authorization_list: vec![grant.into_signed(signature)],
        ..TxEip7702::default()
    };
    let signature = sign(tx.signature_hash());
    let raw = tx.into_signed(signature).encoded_2718();
    let hash = place.control.request("eth_sendRawTransaction", json!([crypto::hexs::encode0x(&raw)])).await.unwrap();
    hash.as_str().unwrap().parse().unwrap()
}
