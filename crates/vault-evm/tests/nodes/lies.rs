//! Nodes that say what is not so.

use crate::NOW;
use crate::place::proxy::Proxy;
use crate::place::{NEEDED, Place, evidence, verdict};
use alloy::primitives::{B256, U256};
use oracle::{Fault, SourceChain, Standing};
use serde_json::{Value, json};

/// The last word of the first log in a receipt: the value that came in.
fn say_value(answer: &mut Value, value: u64) {
    if answer["result"]["logs"][0].is_object() {
        answer["result"]["logs"][0]["data"] = json!(B256::from(U256::from(value)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_lies_is_outvoted_by_two_and_stops_one() {
    let place = Place::new().await;
    let (me, other) = (place.accounts[0], place.accounts[1]);
    let deposit = place.coin(me, 5).await;
    place.control.mine(NEEDED).await.unwrap();
    let honest = [Proxy::honest(&place.url).await, Proxy::honest(&place.url).await];
    let hides = |method: &str, _: &Value, answer: &mut Value| {
        if method == "eth_getTransactionReceipt" {
            answer["result"] = Value::Null;
        }
    };
    let inflates = |method: &str, _: &Value, answer: &mut Value| {
        if method == "eth_getTransactionReceipt" {
            say_value(answer, 50);
        }
    };
    let redirects = move |method: &str, _: &Value, answer: &mut Value| {
        if method == "eth_getTransactionReceipt" && answer["result"]["logs"][0].is_object() {
            answer["result"]["logs"][0]["topics"][1] = json!(other.into_word());
        }
    };
    let liars = [
        Proxy::lying(&place.url, hides).await,
        Proxy::lying(&place.url, inflates).await,
        Proxy::lying(&place.url, redirects).await,
    ];
    for liar in &liars {
        let three = place.judge_by(&[&liar.url, &honest[0].url, &honest[1].url]);
        let two = place.judge_by(&[&liar.url, &honest[0].url]);
        for (claim, expected) in [
            (place.mint_of("ETH", deposit, me, 5), "verified"),
            (place.mint_of("ETH", deposit, me, 50), "wrongAmount"),
            (place.mint_of("ETH", deposit, other, 5), "wrongSender"),
        ] {
            assert_eq!(verdict(&three, &claim, NOW).await, expected);
        }
        let fault = two.check(&place.mint_of("ETH", deposit, me, 5), NOW).await;
        let named = matches!(&fault, Err(Fault::Disagreement { sides, .. }) if sides.concat().len() == 2);
        assert!(named, "both are named, for nobody knows which of two lies: {fault:?}");
    }
    let seen = evidence(&place.judge(), &place.mint_of("ETH", deposit, me, 5)).await;
    let three = place.judge_by(&[&liars[0].url, &honest[0].url, &honest[1].url]);
    assert_eq!(three.standing(&seen).await.unwrap(), Standing::Stands, "one that hides it undoes nothing");
    let two = place.judge_by(&[&liars[0].url, &honest[0].url]);
    assert!(matches!(two.standing(&seen).await, Err(Fault::Disagreement { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_deposit_in_two_different_blocks_is_a_disagreement() {
    let place = Place::new().await;
    let me = place.accounts[0];
    let deposit = place.coin(me, 5).await;
    let block = place.tip().await.hash;
    place.control.mine(NEEDED).await.unwrap();
    let fork = Proxy::lying(&place.url, move |_, _, answer| {
        let other = answer.to_string().replace(&block.to_string(), &B256::repeat_byte(7).to_string());
        *answer = serde_json::from_str(&other).unwrap();
    });
    let (fork, honest) = (fork.await, Proxy::honest(&place.url).await);
    let mint = place.mint_of("ETH", deposit, me, 5);
    assert_eq!(verdict(&place.judge_by(&[&fork.url]), &mint, NOW).await, "verified");
    let fault = place.judge_by(&[&fork.url, &honest.url]).check(&mint, NOW).await;
    assert!(matches!(fault, Err(Fault::Disagreement { .. })), "{fault:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_of_a_block_that_is_not_in_the_chain_is_no_receipt() {
    let place = Place::new().await;
    let me = place.accounts[0];
    let deposit = place.coin(me, 5).await;
    let block = place.tip().await.hash;
    place.control.mine(NEEDED).await.unwrap();
    // In harmony with its logs, but not with the node's own chain.
    let liar = Proxy::lying(&place.url, move |method, _, answer| {
        if method == "eth_getTransactionReceipt" {
            let other = answer.to_string().replace(&block.to_string(), &B256::repeat_byte(7).to_string());
            *answer = serde_json::from_str(&other).unwrap();
        }
    });
    let liar = liar.await;
    let mint = place.mint_of("ETH", deposit, me, 5);
    assert_eq!(verdict(&place.judge_by(&[&liar.url]), &mint, NOW).await, "no answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invented_deposit_does_not_have_its_hash() {
    let place = Place::new().await;
    let me = place.accounts[0];
    let (real, invented) = (place.coin(me, 5).await, B256::repeat_byte(7));
    place.control.mine(NEEDED).await.unwrap();
    let mut renamed = Vec::new();
    for method in ["eth_getTransactionByHash", "eth_getTransactionReceipt"] {
        let object = place.control.request(method, json!([real])).await.unwrap();
        let text = object.to_string().replace(&real.to_string(), &invented.to_string());
        renamed.push((method, serde_json::from_str::<Value>(&text).unwrap()));
    }
    let invents = Proxy::lying(&place.url, move |method, params, answer| {
        if let Some((_, object)) = renamed.iter().find(|(name, _)| *name == method && params[0] == json!(invented)) {
            answer["result"] = object.clone();
        }
    });
    let invents = invents.await;
    let fault = place.judge_by(&[&invents.url]).check(&place.mint_of("ETH", invented, me, 5), NOW).await;
    let Err(Fault::Unavailable { answered: 0, last, .. }) = fault else { panic!("{fault:?}") };
    assert!(last.contains("do not have its hash"), "{last}");
    let honest = [Proxy::honest(&place.url).await, Proxy::honest(&place.url).await];
    let three = place.judge_by(&[&invents.url, &honest[0].url, &honest[1].url]);
    assert_eq!(verdict(&three, &place.mint_of("ETH", invented, me, 5), NOW).await, "notFound");
}

#[tokio::test(flavor = "multi_thread")]
async fn receipt_logs_and_block_must_belong_together() {
    let place = Place::new().await;
    let me = place.accounts[0];
    let deposit = place.coin(me, 5).await;
    place.control.mine(NEEDED).await.unwrap();
    let mint = place.mint_of("ETH", deposit, me, 5);
    let (hash, number) = (json!(B256::repeat_byte(7)), json!("0x1"));
    let log = |field: &'static str, value: &Value| (vec!["logs", "0", field], value.clone());
    for (path, value) in [
        (vec!["transactionHash"], hash.clone()),
        (vec!["blockHash"], hash.clone()),
        (vec!["blockNumber"], number.clone()),
        log("transactionHash", &hash),
        log("blockHash", &hash),
        log("blockNumber", &number),
        log("removed", &json!(true)),
        (vec!["status"], Value::Null),
    ] {
        let shown = format!("{path:?}");
        let liar = Proxy::lying(&place.url, move |method, _, answer| {
            if method == "eth_getTransactionReceipt" {
                let pointer = format!("/result/{}", path.join("/"));
                *answer.pointer_mut(&pointer).unwrap() = value.clone();
            }
        });
        let liar = liar.await;
        assert_eq!(verdict(&place.judge_by(&[&liar.url]), &mint, NOW).await, "no answer", "{shown}");
    }
}
