//! Mints judged by deposits into a real vault on a real chain (anvil).
#![allow(clippy::unwrap_used, reason = "tests")]

mod place;

use alloy::primitives::{Address, B256, U256};
use alloy::sol_types::SolCall;
use devnet::AnvilOptions;
use everpay::{Rules, Tokens};
use oracle::network::Finality;
use oracle::{CheckPoint, Fault, MintFinding, NotCheckable, Oracle, SourceChain, Standing};
use place::{CHAIN, NEEDED, Place, Receiver, at, batch, config, evidence, token, verdict};
use std::collections::BTreeMap;
use vault_evm::contract::PracticeToken;
use vault_evm::{ConfigError, EvmDeposits, add_chains};

const NOW: CheckPoint = CheckPoint::Now;

#[tokio::test(flavor = "multi_thread")]
async fn deposits_are_what_mints_say_or_not() {
    let place = Place::new().await;
    let (judge, me, other, vault) = (place.judge(), place.accounts[0], place.accounts[1], place.at.vault);
    let coin = place.coin(me, 5).await;
    let tokens = place.tokens(me, place.at.token, 7).await;
    let astray = place.send(me, Some(other), 5, Vec::new()).await;
    let strange = place.tokens(me, place.at.strange, 7).await;
    let greedy = place.tokens(me, place.at.greedy, 1_000).await;
    let failed = place.tokens(place.accounts[5], place.at.token, 7).await;
    place.send(me, Some(place.at.forwarder), 5, Vec::new()).await;
    let internal = place.call(me, place.at.forwarder, &Receiver::forwardCall { to: vault, value: U256::from(5) }).await;
    place.call(other, place.at.token, &PracticeToken::approveCall { spender: me, value: U256::MAX }).await;
    let pull = PracticeToken::transferFromCall { from: other, to: vault, value: U256::from(7) };
    let pulled = place.call(me, place.at.token, &pull).await;
    place.control.mine(NEEDED).await.unwrap();

    for (symbol, deposit, to, amount, expected) in [
        ("ETH", coin, me, 5, "verified"),
        ("PUSD", tokens, me, 7, "verified"),
        ("ETH", coin, me, 4, "wrongAmount"),
        ("ETH", coin, me, 6, "wrongAmount"),
        ("ETH", coin, other, 5, "wrongSender"),
        ("PUSD", coin, me, 5, "wrongToken"),
        ("ETH", tokens, me, 7, "wrongToken"),
        ("ETH", astray, me, 5, "wrongTarget"),
        ("PUSD", strange, me, 7, "wrongToken"),
        ("ODD", greedy, me, 1_000, "wrongAmount"),
        ("ODD", greedy, me, 989, "wrongAmount"),
        ("PUSD", failed, place.accounts[5], 7, "failed"),
        ("ETH", internal, me, 5, "wrongSender"),
        ("ETH", internal, place.at.forwarder, 5, "wrongSender"),
        ("PUSD", pulled, me, 7, "wrongSender"),
        ("PUSD", pulled, other, 7, "wrongSender"),
        ("ETH", B256::repeat_byte(7), me, 5, "notFound"),
    ] {
        let mint = place.mint_of(symbol, deposit, to, amount);
        assert_eq!(verdict(&judge, &mint, NOW).await, expected, "{symbol} {deposit} {to} {amount}");
    }
    let arweave = "uGx-QfBXSwABKxjha-00dI7vvfyqIYblY6Z5L6cyTFM";
    assert_eq!(verdict(&judge, &place.mint("ETH", &coin.to_string(), arweave, 5), NOW).await, "wrongSender");
    let unprefixed = coin.to_string().replace("0x", "").to_uppercase();
    assert_eq!(verdict(&judge, &place.mint("ETH", &unprefixed, &me.to_string(), 5), NOW).await, "verified");
    for no_hash in ["0x1234", "latest", "../../secret"] {
        assert_eq!(verdict(&judge, &place.mint("ETH", no_hash, &me.to_string(), 5), NOW).await, "notFound");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_evidence_says_what_was_seen_where() {
    let place = Place::new().await;
    let (judge, me) = (place.judge(), place.accounts[0]);
    let deposit = place.tokens(me, place.at.token, 7).await;
    let block = place.tip().await;
    place.control.mine(NEEDED).await.unwrap();
    let seen = evidence(&judge, &place.mint_of("PUSD", deposit, me, 7)).await;
    assert_eq!((seen.chain.as_str(), seen.deposit), (CHAIN, deposit.to_string()));
    assert_eq!((seen.height, seen.block), (Some(block.number), Some(block.hash.to_string())));
    assert_eq!((seen.confirmations_needed, seen.confirmations_had), (NEEDED, Some(NEEDED + 1)));
    assert_eq!(seen.token, Some(place.at.token.to_string()));
    assert_eq!((seen.target, seen.locker), (Some(place.at.vault.to_string()), Some(place.at.vault.to_string())));
    assert_eq!((seen.quantity.as_deref(), seen.worth.as_deref()), (Some("7"), Some("7")));
    assert_eq!((seen.sender, seen.sources), (Some(me.to_string()), vec![place.url.clone()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn several_deposits_in_one_transaction_count_once_per_token() {
    let place = Place::new().await;
    let (judge, me, other) = (place.judge(), place.accounts[0], place.accounts[1]);
    for owner in [me, other] {
        let approve = PracticeToken::approveCall { spender: place.at.batch, value: U256::MAX };
        place.call(owner, place.at.token, &approve).await;
    }
    let pull = |from: Address, value: u64| {
        let call = PracticeToken::transferFromCall { from, to: place.at.vault, value: U256::from(value) };
        (place.at.token, 0, call.abi_encode())
    };
    let coins = (place.at.vault, 9, Vec::new());
    let twice = batch(&[pull(me, 3), pull(me, 4), coins.clone()]);
    let twice = place.send(me, Some(place.at.batch), 9, twice).await;
    let mixed = place.send(me, Some(place.at.batch), 0, batch(&[pull(me, 3), pull(other, 4)])).await;
    let nothing = place.send(me, Some(place.at.batch), 0, batch(&[pull(me, 3), pull(other, 0)])).await;
    place.control.mine(NEEDED).await.unwrap();
    for (symbol, deposit, amount, expected) in [
        ("PUSD", twice, 7, "verified"),
        ("PUSD", twice, 3, "wrongAmount"),
        ("ETH", twice, 9, "wrongSender"),
        ("PUSD", mixed, 7, "ambiguous"),
        ("PUSD", mixed, 3, "ambiguous"),
        ("PUSD", nothing, 3, "verified"),
    ] {
        let mint = place.mint_of(symbol, deposit, me, amount);
        assert_eq!(verdict(&judge, &mint, NOW).await, expected, "{symbol} {deposit} {amount}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_needs_its_blocks_and_finality_where_asked_for() {
    let slots_in_an_epoch = Some(2);
    let place = Place::with(AnvilOptions { slots_in_an_epoch, ..AnvilOptions::default() }).await;
    let me = place.accounts[0];
    let (counts, waits) = (place.judge(), place.judge_with(&config(&[&place.url], Finality::Finalized)));
    place.automine(false).await;
    let deposit = place.post(me, Some(place.at.vault), 5, Vec::new()).await;
    let mint = place.mint_of("ETH", deposit, me, 5);
    assert_eq!(verdict(&counts, &mint, NOW).await, "notFound", "in no block yet");
    // Two epochs of two blocks later it is final.
    for (blocks, counted, waited) in [
        (1, "tooFewConfirmations", "tooFewConfirmations"),
        (2, "tooFewConfirmations", "tooFewConfirmations"),
        (3, "verified", "tooFewConfirmations"),
        (4, "verified", "tooFewConfirmations"),
        (5, "verified", "verified"),
    ] {
        place.control.mine(1).await.unwrap();
        let verdicts = (verdict(&counts, &mint, NOW).await, verdict(&waits, &mint, NOW).await);
        assert_eq!(verdicts, (counted, waited), "{blocks} blocks");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_verdict_as_of_a_batch_stays_the_same_however_late_it_is_asked_for() {
    let place = Place::new().await;
    let (judge, me) = (place.judge(), place.accounts[0]);
    let mint = place.mint_of("ETH", place.coin(me, 5).await, me, 5);
    let unknown = place.mint_of("ETH", B256::repeat_byte(7), me, 5);
    let first = place.tip().await;
    place.mine_apart(NEEDED + 2).await;
    let time = async |number: u64| place.node().block(number).await.unwrap().unwrap().time_ms;
    let (enough, tip) = (time(first.number + NEEDED - 1).await, place.tip().await.time_ms);
    for round in 0..3 {
        for (time_ms, expected, had) in [
            (first.time_ms - 1, "tooFewConfirmations", 0),
            (first.time_ms, "tooFewConfirmations", 1),
            (enough - 1, "tooFewConfirmations", NEEDED - 1),
            (enough, "verified", NEEDED),
            (tip - 1, "verified", NEEDED),
            (tip + 3_600_000, "verified", NEEDED),
        ] {
            assert_eq!(verdict(&judge, &mint, at(time_ms)).await, expected, "{time_ms} in round {round}");
            let (MintFinding::Verified { evidence } | MintFinding::Refuted { evidence, .. }) =
                judge.check(&mint, at(time_ms)).await.unwrap()
            else {
                panic!("judged before");
            };
            assert_eq!(evidence.confirmations_had, Some(had), "{time_ms} in round {round}");
        }
        assert_eq!(verdict(&judge, &unknown, at(tip - 1)).await, "notFound", "round {round}");
        place.mine_apart(2).await;
    }
    // With slack between the clocks a block somewhat after the batch counts.
    let slack = oracle::network::EvmChain { clock_slack_ms: 1_000, ..config(&[&place.url], Finality::Count) };
    assert_eq!(verdict(&place.judge_with(&slack), &mint, at(enough - 1_000)).await, "verified");
    assert_eq!(verdict(&place.judge_with(&slack), &mint, at(enough - 1_001)).await, "tooFewConfirmations");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_node_may_not_have_seen_yet_it_cannot_deny() {
    let place = Place::new().await;
    let (judge, me) = (place.judge(), place.accounts[0]);
    let mint = place.mint_of("ETH", place.coin(me, 5).await, me, 5);
    let unknown = place.mint_of("ETH", B256::repeat_byte(7), me, 5);
    let tip = place.tip().await.time_ms;
    for mint in [&mint, &unknown] {
        for time_ms in [tip, tip + 60_000] {
            let fault = judge.check(mint, at(time_ms)).await;
            assert!(matches!(fault, Err(Fault::Unavailable { answered: 0, .. })), "{fault:?}");
        }
    }
    assert_eq!(verdict(&judge, &mint, at(tip - 1)).await, "tooFewConfirmations");
    assert_eq!(verdict(&judge, &unknown, at(tip - 1)).await, "notFound");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reorganisation_of_one_to_ten_blocks_undoes_or_moves_a_deposit() {
    let place = Place::new().await;
    let (judge, me) = (place.judge(), place.accounts[0]);
    for depth in 1..=10 {
        let deposit = place.coin(me, 5).await;
        let (mint, raw, block) = (place.mint_of("ETH", deposit, me, 5), place.raw(deposit).await, place.tip().await);
        place.control.mine(NEEDED.max(depth) - 1).await.unwrap();
        let seen = evidence(&judge, &mint).await;
        assert_eq!(judge.standing(&seen).await.unwrap(), Standing::Stands, "{depth}");
        let reaches = NEEDED.max(depth);

        place.control.reorg(reaches, &[]).await.unwrap();
        assert_eq!(verdict(&judge, &mint, NOW).await, "notFound", "{depth}");
        let tip = place.tip().await.number;
        assert_eq!(judge.standing(&seen).await.unwrap(), Standing::Undone { tip }, "{depth}");

        // Mined again in a later block: undone until enough blocks are on top of it.
        place.control.reorg(reaches, &[(raw, reaches - 1)]).await.unwrap();
        assert_eq!(verdict(&judge, &mint, NOW).await, "tooFewConfirmations", "{depth}");
        assert!(matches!(judge.standing(&seen).await.unwrap(), Standing::Undone { .. }), "{depth}");
        place.control.mine(NEEDED - 1).await.unwrap();
        let again = evidence(&judge, &mint).await;
        assert_eq!(again.height, Some(block.number + reaches - 1), "{depth}");
        assert_ne!(again.block, seen.block, "{depth}");
        assert_eq!(judge.standing(&seen).await.unwrap(), Standing::Stands, "{depth}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_becomes_final_and_a_node_behind_it_says_nothing() {
    let slots_in_an_epoch = Some(2);
    let place = Place::with(AnvilOptions { slots_in_an_epoch, ..AnvilOptions::default() }).await;
    let me = place.accounts[0];
    let (counts, waits) = (place.judge(), place.judge_with(&config(&[&place.url], Finality::Finalized)));
    let before = place.control.snapshot().await.unwrap();
    let mint = place.mint_of("ETH", place.coin(me, 5).await, me, 5);
    place.control.mine(NEEDED - 1).await.unwrap();
    let seen = evidence(&counts, &mint).await;
    assert_eq!(waits.standing(&seen).await.unwrap(), Standing::Stands);
    place.control.mine(2).await.unwrap();
    assert_eq!(waits.standing(&seen).await.unwrap(), Standing::Final);
    place.control.mine(64 + NEEDED - 5).await.unwrap();
    assert_eq!(counts.standing(&seen).await.unwrap(), Standing::Stands);
    place.control.mine(1).await.unwrap();
    assert_eq!(counts.standing(&seen).await.unwrap(), Standing::Final);
    place.control.revert(&before).await.unwrap();
    let fault = counts.standing(&seen).await;
    assert!(matches!(fault, Err(Fault::Unavailable { answered: 0, .. })), "{fault:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_that_fails_when_it_is_mined_again_is_undone() {
    let place = Place::new().await;
    let (judge, rich, me) = (place.judge(), place.accounts[0], place.accounts[6]);
    let gift = PracticeToken::transferCall { to: me, value: U256::from(7) };
    place.call(rich, place.at.token, &gift).await;
    let deposit = place.tokens(me, place.at.token, 7).await;
    let (mint, raw) = (place.mint_of("PUSD", deposit, me, 7), place.raw(deposit).await);
    place.control.mine(NEEDED - 1).await.unwrap();
    let seen = evidence(&judge, &mint).await;
    // The gift is gone too, so that there is nothing to deposit.
    place.control.reorg(NEEDED + 1, &[(raw, 0)]).await.unwrap();
    assert_eq!(verdict(&judge, &mint, NOW).await, "failed");
    assert!(matches!(judge.standing(&seen).await.unwrap(), Standing::Undone { .. }));
}

#[tokio::test]
async fn what_nobody_can_check_is_said_to_be_so() {
    let vault = Address::repeat_byte(1);
    let silent = config(&["http://127.0.0.1:9"], Finality::Count);
    let rules = |tokens: Tokens| Rules {
        lockers: BTreeMap::from([(CHAIN.to_owned(), vault.to_string())]),
        tokens,
        ..Rules::open("nobody")
    };
    let listed = |list| rules(Tokens::Listed(list));
    let (eth, usd) = (everpay::eth_token(), token("PUSD", Address::repeat_byte(2), 6));
    let judge = |rules: &Rules| EvmDeposits::new(CHAIN, &silent, NEEDED, rules);
    let mint = place::mint_by_rules(&listed(vec![eth.clone()]), "ETH", &B256::ZERO.to_string(), &vault.to_string(), 1);
    let why = async |rules: Rules| match judge(&rules).unwrap().check(&mint, NOW).await.unwrap() {
        MintFinding::NotCheckable { why } => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(why(rules(Tokens::Open)).await, NotCheckable::UnknownToken);
    assert_eq!(why(listed(vec![usd.clone()])).await, NotCheckable::UnknownToken);
    let mut elsewhere = eth.clone();
    elsewhere.targets.clear();
    assert_eq!(why(listed(vec![elsewhere])).await, NotCheckable::TokenKind);

    let mut twin = usd.clone();
    twin.symbol = "TWIN".to_owned();
    let refused = judge(&listed(vec![usd.clone(), twin])).unwrap_err();
    assert!(matches!(refused, ConfigError::SharedContract { .. }), "{refused}");
    let mut odd = usd;
    odd.targets.get_mut(CHAIN).unwrap().token_id = "0x12".to_owned();
    assert!(matches!(judge(&listed(vec![odd])).unwrap_err(), ConfigError::TokenId { .. }));
    assert!(matches!(judge(&Rules::open("nobody")).unwrap_err(), ConfigError::NoVault(_)));
    let chains = |rpc: &[&str]| BTreeMap::from([(CHAIN.to_owned(), config(rpc, Finality::Count))]);
    let add = |rpc: &[&str]| add_chains(Oracle::new(), &chains(rpc), &BTreeMap::new(), 6, &listed(vec![eth.clone()]));
    assert_eq!(add(&["http://a", "http://b"]).unwrap().chains().collect::<Vec<_>>(), [CHAIN]);
    assert!(matches!(add(&[]).unwrap_err(), ConfigError::NoNode(_)));
    let twice = add(&["http://a/v2/sesame-key", "http://a/v2/sesame-key"]).unwrap_err();
    assert!(matches!(twice, ConfigError::SameNode { .. }));
    assert!(!twice.to_string().contains("sesame"), "{twice}");
    let bad = add(&["ftp://a/sesame-key"]).unwrap_err();
    assert!(!format!("{bad} {bad:?}").contains("sesame"), "{bad:?}");
}
