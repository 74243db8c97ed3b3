//! What a real vault holds and has paid (anvil), as one or several nodes tell it.
#![allow(clippy::unwrap_used, reason = "tests")]

mod place;

use alloy::primitives::{Address, B256, U256};
use alloy::sol_types::SolCall;
use everpay::lock_contract::{Proposal, proposal_id};
use everpay::{Amount, EverHash, TokenSpec, Tokens};
use oracle::{Fault, Payout, Reserves, SourceChain};
use place::proxy::Proxy;
use place::{Place, Receiver, amount, owners};
use serde_json::{Value, json};
use vault_evm::contract::{EverwatchVault, PracticeToken};

/// Selector of `released(bytes32)`, which everPay's own contract lacks.
fn asks_released(params: &Value) -> bool {
    let selector = crypto::hexs::encode0x(&EverwatchVault::releasedCall::SELECTOR);
    params[0]["data"].as_str().is_some_and(|data| data.starts_with(&selector))
}

/// A node whose vault is as everPay's own contract: without `released` it knows proposals only.
async fn everpays(place: &Place) -> Proxy {
    Proxy::lying(&place.url, |method, params, answer| {
        if method == "eth_call" && asks_released(params) {
            *answer = json!({ "jsonrpc": "2.0", "id": 1, "error": { "code": 3, "message": "execution reverted" } });
        }
    })
    .await
}

fn payout(place: &Place, burn: u8, token: Address, to: Address, value: u64) -> Payout {
    let known = place.rules.listed().iter().any(|spec| spec.targets["ethereum"].token_id == token.to_string());
    assert!(known, "a listed token");
    Payout {
        ever_hash: EverHash::new([burn; 32]),
        batch_id: [0xb0; 32],
        token_id: token.to_string(),
        to: to.to_string(),
        amount: Amount::from(value),
    }
}

/// Two owners sign and somebody submits, as watchmen will.
async fn pay(place: &Place, payout: &Payout) {
    let (token, to): (Address, Address) = (payout.token_id.parse().unwrap(), payout.to.parse().unwrap());
    let value = U256::from_be_bytes(payout.amount.to_be_bytes());
    if token.is_zero() {
        carry_out(place, payout, to, value, Vec::new()).await;
    } else {
        carry_out(place, payout, token, U256::ZERO, PracticeToken::transferCall { to, value }.abi_encode()).await;
    }
}

async fn carry_out(place: &Place, payout: &Payout, to: Address, value: U256, data: Vec<u8>) {
    let proposal = Proposal {
        chain_id: Amount::from(1_u64),
        contract: place.at.vault.into(),
        proposal_id: proposal_id(payout.batch_id),
        ever_hash: payout.ever_hash,
        to: to.into(),
        value: Amount::from_be_bytes(value.to_be_bytes()),
        data: data.clone(),
    };
    let digest = crypto::eip191_hash(&proposal.tx_hash());
    let call = EverwatchVault::submitCall {
        proposalID: U256::from_be_bytes(payout.batch_id),
        everHash: B256::from(*payout.ever_hash.as_bytes()),
        to,
        value,
        data: data.into(),
        sigs: owners()[..2].iter().map(|key| key.sign_digest(&digest).to_vec().into()).collect(),
    };
    place.call(place.accounts[8], place.at.vault, &call).await;
}

fn held(reserves: &Reserves, token: Address) -> Option<Amount> {
    reserves.tokens.iter().find(|(id, _)| *id == token.to_string()).map(|(_, held)| *held)
}

#[tokio::test(flavor = "multi_thread")]
async fn reserves_are_all_that_is_there_however_it_came() {
    let mut place = Place::new().await;
    let (me, vault) = (place.accounts[0], place.at.vault);
    place.coin(me, 5).await;
    place.send(me, Some(place.at.forwarder), 4, Vec::new()).await;
    place.call(me, place.at.forwarder, &Receiver::forwardCall { to: vault, value: U256::from(4) }).await;
    place.tokens(me, place.at.token, 7).await;
    place.tokens(me, place.at.strange, 9).await;
    // A listed token without a contract, and one whose contract knows no balances.
    let mut listed: Vec<TokenSpec> = place.rules.listed().to_vec();
    listed.push(place::token("GONE", Address::repeat_byte(0x77), 18));
    listed.push(place::token("MUTE", vault, 18));
    place.rules.tokens = Tokens::Listed(listed);
    let tip = place.tip().await;
    let reserves = place.judge().reserves(&[]).await.unwrap();
    assert_eq!((reserves.height, reserves.time_ms), (tip.number, tip.time_ms));
    assert_eq!((reserves.block, reserves.sources), (tip.hash.to_string(), vec![place.url.clone()]));
    let mut found = reserves.tokens;
    found.sort();
    let mut expected = vec![
        (everpay::eth_token().id, amount(9)),
        (place.at.token.to_string(), amount(7)),
        (place.at.greedy.to_string(), amount(0)),
    ];
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!(reserves.paid, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn payouts_are_found_in_our_contract_and_in_everpays() {
    let place = Place::new().await;
    let (me, to) = (place.accounts[0], Address::repeat_byte(0x33));
    place.coin(me, 100).await;
    place.tokens(me, place.at.token, 100).await;
    let coins = payout(&place, 1, Address::ZERO, to, 30);
    let tokens = payout(&place, 2, place.at.token, to, 40);
    let waits = payout(&place, 3, Address::ZERO, to, 30);
    let beyond = payout(&place, 4, Address::ZERO, to, 1_000);
    let nowhere = Payout { to: "uGx-QfBXSwABKxjha-00dI7vvfyqIYblY6Z5L6cyTFM".to_owned(), ..waits.clone() };
    let asked = [coins.clone(), waits, tokens.clone(), beyond.clone(), nowhere];
    let everpays = everpays(&place).await;
    let judges = [place.judge(), place.judge_by(&[&everpays.url])];
    for judge in &judges {
        assert_eq!(judge.reserves(&asked).await.unwrap().paid, []);
    }
    for payout in [&coins, &tokens, &beyond] {
        pay(&place, payout).await;
    }
    for judge in &judges {
        let reserves = judge.reserves(&asked).await.unwrap();
        assert_eq!(reserves.paid, [coins.ever_hash, tokens.ever_hash], "what could not be paid is not");
        assert_eq!(held(&reserves, Address::ZERO), Some(amount(70)));
        assert_eq!(held(&reserves, place.at.token), Some(amount(60)));
    }
    // The same burn in another batch is another proposal: only our contract knows that the burn is paid.
    let sibling = [Payout { batch_id: [0xb1; 32], ..coins }];
    assert_eq!(judges[0].reserves(&sibling).await.unwrap().paid.len(), 1);
    assert_eq!(judges[1].reserves(&sibling).await.unwrap().paid.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_another_chain_is_paid_out_by_making_it() {
    let mut place = Place::new().await;
    let (token, to) = (place.at.token, Address::repeat_byte(0x33));
    let Tokens::Listed(list) = &mut place.rules.tokens else { panic!("listed") };
    let spec = list.iter_mut().find(|spec| spec.targets["ethereum"].token_id == token.to_string()).unwrap();
    spec.chain_type = "arweave,ethereum".to_owned();
    let everpays = everpays(&place).await;
    let judge = place.judge_by(&[&everpays.url]);
    let asked = [payout(&place, 1, token, to, 40)];
    assert_eq!(judge.reserves(&asked).await.unwrap().paid, []);
    let make = PracticeToken::mintCall { to, value: U256::from(40) }.abi_encode();
    carry_out(&place, &asked[0], token, U256::ZERO, make).await;
    assert_eq!(judge.reserves(&asked).await.unwrap().paid, [asked[0].ever_hash]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_does_not_answer_about_a_payout_does_not_say_that_it_is_unpaid() {
    let place = Place::new().await;
    let asked = [payout(&place, 1, Address::ZERO, Address::repeat_byte(0x33), 30)];
    let limited = Proxy::lying(&place.url, |method, params, answer| {
        if method == "eth_call" && asks_released(params) {
            *answer = json!({ "jsonrpc": "2.0", "id": 1, "error": { "code": -32005, "message": "rate limit" } });
        }
    });
    let limited = limited.await;
    let fault = place.judge_by(&[&limited.url]).reserves(&asked).await;
    assert!(matches!(fault, Err(Fault::Unavailable { answered: 0, .. })), "{fault:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn enough_nodes_must_give_the_same_reserves_at_the_same_block() {
    let place = Place::new().await;
    place.coin(place.accounts[0], 5).await;
    let behind = place.tip().await;
    place.coin(place.accounts[0], 5).await;
    let tip = place.tip().await;
    let honest = [Proxy::honest(&place.url).await, Proxy::honest(&place.url).await];
    let inflates = Proxy::lying(&place.url, |method, _, answer| {
        if method == "eth_getBalance" {
            answer["result"] = json!("0xffff");
        }
    });
    let old = format!("{:#x}", behind.number);
    let old = place.control.request("eth_getBlockByNumber", json!([old, false])).await.unwrap();
    let lags = Proxy::lying(&place.url, move |method, params, answer| {
        if method == "eth_getBlockByNumber" && params[0] == json!("latest") {
            answer["result"] = old.clone();
        }
    });
    let forks = Proxy::lying(&place.url, |method, _, answer| {
        if method == "eth_getBlockByNumber" {
            answer["result"]["hash"] = json!(B256::repeat_byte(7));
        }
    });
    let (inflates, lags, forks) = (inflates.await, lags.await, forks.await);
    for odd in [&inflates.url, &lags.url, &forks.url, "http://127.0.0.1:9"] {
        let three = place.judge_by(&[odd, &honest[0].url, &honest[1].url]);
        let reserves = three.reserves(&[]).await.unwrap();
        assert_eq!(reserves.block, tip.hash.to_string(), "{odd}");
        assert_eq!(held(&reserves, Address::ZERO), Some(amount(10)), "{odd}");
    }
    for odd in [&inflates.url, &forks.url] {
        let fault = place.judge_by(&[odd, &honest[0].url]).reserves(&[]).await;
        assert!(matches!(fault, Err(Fault::Disagreement { .. })), "{fault:?}");
    }
    // Two that both count: the newest block that both have.
    let reserves = place.judge_by(&[&lags.url, &honest[0].url]).reserves(&[]).await.unwrap();
    assert_eq!((reserves.height, held(&reserves, Address::ZERO)), (behind.number, Some(amount(5))));
    let fault = place.judge_by(&["http://127.0.0.1:9", &honest[0].url]).reserves(&[]).await;
    assert!(matches!(fault, Err(Fault::Unavailable { answered: 1, needed: 2, .. })), "{fault:?}");
}
