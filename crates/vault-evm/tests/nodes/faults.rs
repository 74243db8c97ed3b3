//! Nodes that die, wait, flood, lag, babble, or are of another chain.

use crate::NOW;
use crate::place::proxy::{Manner, Proxy};
use crate::place::{self, CHAIN, NEEDED, Place, at, config, evidence, verdict};
use alloy::primitives::{Address, B256};
use axum::http::StatusCode;
use devnet::AnvilOptions;
use json_rpc::RpcError;
use oracle::network::Finality;
use oracle::{Fault, MintFinding, SourceChain, Standing};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use vault_evm::quorum::agree;
use vault_evm::{EvmDeposits, Limits, NoQuorum, Node, NodeError};

#[tokio::test(flavor = "multi_thread")]
async fn one_that_dies_or_is_silent_is_neither_a_no_nor_waited_for() {
    let place = Place::new().await;
    let me = place.accounts[0];
    let deposit = place.coin(me, 5).await;
    place.control.mine(NEEDED).await.unwrap();
    let mint = place.mint_of("ETH", deposit, me, 5);
    let honest = [Proxy::honest(&place.url).await, Proxy::honest(&place.url).await];
    let silent = Proxy::start(&place.url, Manner::Waits(Duration::from_secs(60))).await;
    let refuses = Proxy::start(&place.url, Manner::Says(StatusCode::SERVICE_UNAVAILABLE, String::new())).await;
    for dead in ["http://127.0.0.1:9", &silent.url, &refuses.url] {
        let begun = Instant::now();
        let three = place.judge_by(&[dead, &honest[0].url, &honest[1].url]);
        let MintFinding::Verified { evidence } = three.check(&mint, NOW).await.unwrap() else { panic!("{dead}") };
        let mut named = [honest[0].url.clone(), honest[1].url.clone()];
        named.sort();
        assert_eq!(evidence.sources, named);
        assert!(begun.elapsed() < Duration::from_secs(5), "{dead}");
    }
    let two = place.judge_by(&["http://127.0.0.1:9", &honest[0].url]).check(&mint, NOW).await;
    let Err(Fault::Unavailable { answered: 1, needed: 2, last, .. }) = two else { panic!("{two:?}") };
    assert!(last.starts_with("http://127.0.0.1:9: "), "{last}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_lags_says_nothing_about_what_it_may_not_have_seen() {
    let place = Place::new().await;
    let me = place.accounts[0];
    let behind = place.tip().await.number;
    let deposit = place.coin(me, 5).await;
    place.mine_apart(NEEDED + 2).await;
    let mint = place.mint_of("ETH", deposit, me, 5);
    let old = place.control.request("eth_getBlockByNumber", json!([format!("{behind:#x}"), false])).await.unwrap();
    let lags = Proxy::lying(&place.url, move |method, params, answer| match method {
        "eth_getTransactionReceipt" | "eth_getTransactionByHash" => answer["result"] = Value::Null,
        "eth_getBlockByNumber" if params[0] == json!("latest") => answer["result"] = old.clone(),
        _ => {}
    });
    let (lags, honest) = (lags.await, [Proxy::honest(&place.url).await, Proxy::honest(&place.url).await]);
    let then = at(place.tip().await.time_ms - 1);
    assert_eq!(verdict(&place.judge_by(&[&lags.url]), &mint, then).await, "no answer");
    assert_eq!(verdict(&place.judge_by(&[&lags.url, &honest[0].url]), &mint, then).await, "no answer");
    let three = place.judge_by(&[&lags.url, &honest[0].url, &honest[1].url]);
    assert_eq!(verdict(&three, &mint, then).await, "verified");
    let seen = evidence(&place.judge(), &mint).await;
    assert!(matches!(place.judge_by(&[&lags.url]).standing(&seen).await, Err(Fault::Unavailable { .. })));
    assert_eq!(three.standing(&seen).await.unwrap(), Standing::Stands);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_of_another_chain_is_not_asked_further() {
    let place = Place::new().await;
    let elsewhere = place::anvil(AnvilOptions { chain_id: 5, ..AnvilOptions::default() }).await;
    let node = Node::new(&elsewhere.url(), 1, Limits::default()).unwrap();
    for _ in 0..2 {
        let fault = node.tip().await;
        assert!(matches!(fault, Err(NodeError::OtherChain { expected: 1, found: 5 })), "{fault:?}");
    }
    let me = place.accounts[0];
    let deposit = place.coin(me, 5).await;
    place.control.mine(NEEDED).await.unwrap();
    let mint = place.mint_of("ETH", deposit, me, 5);
    let fault = place.judge_by(&[&place.url, &elsewhere.url()]).check(&mint, NOW).await;
    let Err(Fault::Unavailable { last, .. }) = fault else { panic!("{fault:?}") };
    assert!(last.contains("chain 5, not 1"), "{last}");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_bounded_and_must_be_answers() {
    let place = Place::new().await;
    let limits = Limits { timeout: Duration::from_millis(300), bytes_max: 1_000 };
    let ask = async |manner: Manner| {
        let proxy = Proxy::start(&place.url, manner).await;
        Node::new(&proxy.url, 1, limits).unwrap().receipt(B256::ZERO).await.unwrap_err()
    };
    let says = |text: &str| Manner::Says(StatusCode::OK, text.to_owned());
    assert_eq!(ask(Manner::Floods(1_001)).await.code(), "tooLong");
    assert_eq!(ask(Manner::Waits(Duration::from_secs(5))).await.code(), "silent");
    assert_eq!(ask(Manner::Says(StatusCode::TOO_MANY_REQUESTS, "slow down".to_owned())).await.code(), "status");
    for text in ["<html>", "{}", "[]", r#"{"result":"x"}"#, r#"{"jsonrpc":"2.0","id":1}"#] {
        assert_eq!(ask(says(text)).await.code(), "malformed", "{text}");
    }
    assert_eq!(ask(says(r#"{"error":{"code":-32005,"message":"limit"}}"#)).await.code(), "refused");
    let nothing = Proxy::lying(&place.url, |method, _, answer| {
        if method == "eth_getTransactionReceipt" {
            *answer = json!({ "jsonrpc": "2.0", "id": 1 });
        }
    });
    let nothing = nothing.await;
    let fault = Node::new(&nothing.url, 1, limits).unwrap().receipt(B256::ZERO).await.unwrap_err();
    assert_eq!(fault.code(), "malformed", "no result is not a result of null");
    assert!(place.node().receipt(B256::ZERO).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_in_a_url_are_never_shown() {
    let place = Place::new().await;
    let echo = r#"{"error":{"code":1,"message":"/v2/sesame-path?key=sesame-query for user:sesame-word"}}"#;
    let refuses = Proxy::start(&place.url, Manner::Says(StatusCode::OK, echo.to_owned())).await;
    let port = refuses.url.rsplit(':').next().unwrap();
    for port in [port, "9"] {
        let url = format!("http://sesame-user:sesame-word@127.0.0.1:{port}/v2/sesame-path?key=sesame-query");
        let node = Node::new(&url, 1, Limits::default()).unwrap();
        assert_eq!(node.name(), format!("http://127.0.0.1:{port}"));
        let error = node.tip().await.unwrap_err();
        let source = std::error::Error::source(&error).map(ToString::to_string);
        let shown = format!("{node:?} {error} {error:?} {source:?}");
        assert!(!shown.contains("sesame"), "{shown}");
        let judge = EvmDeposits::new(CHAIN, &config(&[&url], Finality::Count), NEEDED, &place.rules).unwrap();
        let mint = place.mint_of("ETH", B256::repeat_byte(7), Address::ZERO, 5);
        let fault = judge.check(&mint, NOW).await.unwrap_err();
        assert!(!format!("{fault} {fault:?}").contains("sesame"), "{fault:?}");
    }
}

#[test]
fn enough_must_say_the_same_and_nothing_else_may_be_said_as_often() {
    // 0 is silence.
    let check = |said: &[u8], needed: usize| {
        let answers = said.iter().enumerate().map(|(index, said)| {
            let answer = if *said == 0 { Err(NodeError::Rpc(RpcError::Status(500))) } else { Ok(*said) };
            (format!("node {index}"), answer)
        });
        agree(answers.collect(), needed, |a, b| a == b).map(|(answer, names)| (answer, names.len()))
    };
    assert_eq!(check(&[1, 1, 1], 2), Ok((1, 3)));
    assert_eq!(check(&[2, 1, 1], 2), Ok((1, 2)));
    assert_eq!(check(&[0, 1, 1], 2), Ok((1, 2)));
    assert_eq!(check(&[1], 1), Ok((1, 1)));
    assert_eq!(check(&[1], 0), Ok((1, 1)), "nobody is never enough");
    assert!(matches!(check(&[1, 2], 1), Err(NoQuorum::Disagreement { .. })));
    assert!(matches!(check(&[1, 2, 3], 2), Err(NoQuorum::Disagreement { .. })));
    assert!(matches!(check(&[0, 0, 1], 2), Err(NoQuorum::Unavailable { answered: 1, needed: 2, .. })));
    assert!(matches!(check(&[], 0), Err(NoQuorum::Unavailable { answered: 0, needed: 1, .. })));
    let torn = check(&[1, 2], 2).unwrap_err();
    assert_eq!(torn.to_string(), "nodes do not agree: node 0 against node 1");
}
