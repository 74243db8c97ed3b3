//! Nodes that lie, lag, refuse or die.

use crate::place::member;
use crate::place::proxy::Proxy;
use crate::world::{PAYEE, Reader, World};
use alloy::primitives::B256;
use serde_json::json;
use vault_evm::NoQuorum;
use vault_evm::contract::EverwatchVault;
use vault_evm::release::{Event, Observer, Outcome, Standing, SubmitError};

const DEAD: &str = "http://127.0.0.1:9";

#[tokio::test(flavor = "multi_thread")]
async fn of_three_nodes_one_may_be_dead() {
    let world = World::new().await;
    let honest = [Proxy::honest(&world.place.url).await, Proxy::honest(&world.place.url).await];
    let judge = world.place.judge_by(&[DEAD, &honest[0].url, &honest[1].url]);
    let one = world.watchman_by(judge.clone(), 1, &[]).await;
    let slot = one.first(&world.signed(&world.coins(1, PAYEE, 30), &[0, 1])).await.unwrap();
    let taken = one.send(&slot).await.unwrap();
    assert_eq!((taken.by.len(), taken.refused.len()), (2, 1));
    assert_eq!(taken.refused[0].0, DEAD);
    assert_eq!(world.outcome(&one, &slot).await, Outcome::Paid);
    assert!(!Reader::new(judge).read().await.is_empty());

    let two = world.watchman_by(world.place.judge_by(&[DEAD, &honest[0].url]), 2, &[]).await;
    let none = two.first(&world.signed(&world.coins(2, PAYEE, 5), &[0, 1])).await;
    assert!(matches!(none, Err(SubmitError::Nodes(NoQuorum::Unavailable { answered: 1, needed: 2, .. }))), "{none:?}");
    assert!(matches!(two.look(&slot).await, Err(NoQuorum::Unavailable { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_node_cannot_move_nonce_price_or_gas() {
    let world = World::new().await;
    let honest = [Proxy::honest(&world.place.url).await, Proxy::honest(&world.place.url).await];
    let straight = world.watchman(1, &[]).await;
    let payout = world.signed(&world.coins(1, PAYEE, 30), &[0, 1]);
    let expected = straight.first(&payout).await.unwrap();
    for value in ["0x0", "0xffffffff"] {
        let liar = Proxy::lying(&world.place.url, move |method, _, answer| {
            let asked = ["eth_getTransactionCount", "eth_gasPrice", "eth_maxPriorityFeePerGas", "eth_estimateGas"];
            if asked.contains(&method) {
                answer["result"] = json!(value);
            }
        });
        let liar = liar.await;
        let judge = world.place.judge_by(&[&liar.url, &honest[0].url, &honest[1].url]);
        let slot = world.watchman_by(judge, 1, &[]).await.first(&payout).await.unwrap();
        assert_eq!(slot, expected, "{value}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invented_execution_or_owner_is_not_believed() {
    let world = World::new().await;
    let one = world.watchman(1, &[]).await;
    world.submit(&one, &world.signed(&world.coins(1, PAYEE, 30), &[0])).await;
    let honest = [Proxy::honest(&world.place.url).await, Proxy::honest(&world.place.url).await];
    // The counted signature passed off as an execution, and a log that another contract wrote.
    let invents = Proxy::lying(&world.place.url, |method, _, answer| {
        let execution = json!(<EverwatchVault::OwnerAddition as alloy::sol_types::SolEvent>::SIGNATURE_HASH);
        for log in answer["result"].as_array_mut().into_iter().flatten().filter(|_| method == "eth_getLogs") {
            if log["topics"][0] == execution {
                log["topics"][1] = json!(B256::left_padding_from(&[9; 20]));
            }
        }
    });
    let foreign = Proxy::lying(&world.place.url, |method, _, answer| {
        for log in answer["result"].as_array_mut().into_iter().flatten().filter(|_| method == "eth_getLogs") {
            *member(log, &["address"]) = json!("0x0000000000000000000000000000000000000009");
        }
    });
    // A submission to another recipient under the same id.
    let bends = Proxy::lying(&world.place.url, |method, _, answer| {
        for log in answer["result"].as_array_mut().into_iter().flatten().filter(|_| method == "eth_getLogs") {
            let bent = log["data"].as_str().unwrap().replace(&"33".repeat(20), &"34".repeat(20));
            log["data"] = json!(bent);
        }
    });
    let hides = Proxy::lying(&world.place.url, |method, _, answer| {
        if method == "eth_getLogs" {
            answer["result"] = json!([]);
        }
    });
    let truth = Reader::new(world.place.judge()).read().await.to_vec();
    assert!(truth.iter().any(|event| matches!(event.event, Event::Submission { .. })));
    let (foreign, bends) = (foreign.await, bends.await);
    for contradictory in [&foreign, &bends] {
        let mut alone = Reader::new(world.place.judge_by(&[&contradictory.url]));
        while alone.step().await.is_ok_and(|more| {
            assert!(more, "a log of another contract, or that lacks its own id, is no answer");
            more
        }) {}
    }
    for liar in [invents.await, foreign, bends, hides.await] {
        let three = world.place.judge_by(&[&liar.url, &honest[0].url, &honest[1].url]);
        assert_eq!(Reader::new(three).read().await, truth);
        let two = world.place.judge_by(&[&liar.url, &honest[0].url]);
        let mut reader = Reader::new(two);
        let fault = loop {
            match reader.step().await {
                Ok(more) => assert!(more, "it is not read to the end"),
                Err(fault) => break fault,
            }
        };
        let read = reader.events;
        assert!(!read.iter().any(|event| matches!(event.event, Event::Submission { .. })), "{fault}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_node_cannot_say_released_or_mined() {
    let world = World::new().await;
    let one = world.watchman(1, &[]).await;
    let coins = world.coins(1, PAYEE, 30);
    let (slot, _) = world.submit(&one, &world.signed(&coins, &[0, 1])).await;
    let honest = [Proxy::honest(&world.place.url).await, Proxy::honest(&world.place.url).await];
    let denies = Proxy::lying(&world.place.url, |method, _, answer| match method {
        "eth_call" => answer["result"] = json!(B256::ZERO),
        "eth_getTransactionCount" => answer["result"] = json!("0x0"),
        _ => {}
    });
    let denies = denies.await;
    let three = world.place.judge_by(&[&denies.url, &honest[0].url, &honest[1].url]);
    let observer = Observer::new(three.clone());
    let tip = observer.tip().await.unwrap();
    assert!(observer.released(coins.ever_hash, &tip).await.unwrap());
    let watchman = world.watchman_by(three, 1, &[]).await;
    assert_eq!(world.outcome(&watchman, &slot).await, Outcome::Paid);
    let two = world.place.judge_by(&[&denies.url, &honest[0].url]);
    assert!(matches!(
        Observer::new(two.clone()).released(coins.ever_hash, &tip).await,
        Err(NoQuorum::Disagreement { .. })
    ));
    let watchman = world.watchman_by(two, 1, &[]).await;
    assert!(matches!(watchman.look(&slot).await, Err(NoQuorum::Disagreement { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_has_a_transaction_has_taken_it_however_it_words_that() {
    let world = World::new().await;
    world.place.automine(false).await;
    let words = json!({ "code": -32000, "message": "what is that again" });
    let strange = words.clone();
    let knows = Proxy::lying(&world.place.url, move |method, _, answer| {
        if method == "eth_sendRawTransaction" {
            *answer = json!({ "jsonrpc": "2.0", "id": 1, "error": strange });
        }
    });
    let refuses = Proxy::lying(&world.place.url, move |method, _, answer| match method {
        "eth_sendRawTransaction" => *answer = json!({ "jsonrpc": "2.0", "id": 1, "error": words }),
        "eth_getTransactionByHash" => answer["result"] = json!(null),
        _ => {}
    });
    let other = Proxy::lying(&world.place.url, |method, _, answer| {
        if method == "eth_sendRawTransaction" {
            *answer = json!({ "jsonrpc": "2.0", "id": 1, "result": B256::repeat_byte(7) });
        }
    });
    let (knows, refuses, other) = (knows.await, refuses.await, other.await);
    let payout = world.signed(&world.coins(1, PAYEE, 30), &[0, 1]);
    let one = world.watchman_by(world.place.judge_by(&[&knows.url, &refuses.url, &other.url]), 1, &[]).await;
    let slot = one.first(&payout).await.unwrap();
    let taken = one.send(&slot).await.unwrap();
    assert_eq!(taken.by, std::slice::from_ref(&knows.url));
    assert_eq!(taken.refused.len(), 2);
    assert!(taken.refused.iter().any(|(name, said)| *name == refuses.url && said.contains("what is that again")));
    let alone = world.watchman_by(world.place.judge_by(&[&refuses.url]), 1, std::slice::from_ref(&slot)).await;
    let none = alone.send(&slot).await;
    assert!(matches!(&none, Err(SubmitError::NotTaken(said)) if said.contains("what is that again")), "{none:?}");
    assert_eq!(alone.look(&slot).await.unwrap(), Standing::Unknown);
}
