//! What is a deposit, what is stranded, and how both are shown.

use crate::place::{COIN, NEEDED, Place, Receiver, account, amount, batch};
use crate::{Bot, watch_config};
use alloy::primitives::{Address, U256};
use alloy::sol_types::SolCall;
use devnet::AnvilOptions;
use oracle::network::Finality;
use vault_evm::contract::PracticeToken;
use vault_evm::watch::{DepositFilter, DepositState};

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_is_shown_with_all_that_a_person_wants_to_know() {
    let place = Place::new().await;
    let mut bot = Bot::new(&place).await;
    let (me, tx) = (place.accounts[0], place.tokens(place.accounts[0], place.at.token, 7_000_000).await);
    let block = place.tip().await;
    let row = bot.row(tx).await;
    assert_eq!((row.chain.as_str(), row.symbol.as_deref()), ("ethereum", Some("PUSD")));
    assert_eq!((row.token_id, row.tag), (place.at.token.to_string(), Some(place.rules.listed()[1].tag().to_string())));
    assert_eq!((row.account, row.sender), (Some(account(me)), me.to_string()));
    assert_eq!((row.amount, row.credited), (amount(7_000_000), Some(amount(7_000_000))));
    assert_eq!((row.target_decimals, row.decimals), (Some(6), Some(6)));
    assert_eq!((row.block, row.block_hash, row.time_ms), (block.number, block.hash.to_string(), block.time_ms));
    assert_eq!((row.confirmations, row.needed, row.is_final, row.state), (1, NEEDED, false, DepositState::Seen));
    assert_eq!((row.code, row.mint), (None, None));
    place.control.mine(NEEDED - 1).await.unwrap();
    let row = bot.row(tx).await;
    assert_eq!((row.confirmations, row.is_final, row.state), (NEEDED, false, DepositState::Ready));
    place.control.mine(64).await.unwrap();
    assert!(!bot.row(tx).await.is_final);
    place.control.mine(1).await.unwrap();
    assert!(bot.row(tx).await.is_final);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_transaction_may_bring_several_tokens() {
    let place = Place::new().await;
    let mut bot = Bot::new(&place).await;
    let (me, vault, token) = (place.accounts[0], place.at.vault, place.at.token);
    place.call(me, token, &PracticeToken::approveCall { spender: place.at.batch, value: U256::MAX }).await;
    let pull = |value: u64| PracticeToken::transferFromCall { from: me, to: vault, value: U256::from(value) };
    let both = batch(&[(token, 0, pull(30).abi_encode()), (vault, 5, Vec::new()), (token, 0, pull(12).abi_encode())]);
    let tx = place.send(me, Some(place.at.batch), 5, both).await;
    let mut rows = bot.rows().await;
    rows.retain(|row| row.tx == tx.to_string());
    let found: Vec<_> =
        rows.iter().map(|row| (row.symbol.as_deref(), row.amount, row.account, row.code.as_deref())).collect();
    // The coins were sent by the batch contract: they credit nobody. The tokens are its caller's.
    let coins = (Some("ETH"), amount(5), None, Some("internal"));
    let tokens = (Some("PUSD"), amount(42), Some(account(me)), None);
    assert!(found.len() == 2 && found.contains(&coins) && found.contains(&tokens), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_attributed_is_shown_as_stranded_with_its_reason() {
    let place = Place::new().await;
    let mut bot = Bot::new(&place).await;
    let [me, other] = [place.accounts[0], place.accounts[1]];
    let (vault, token) = (place.at.vault, place.at.token);
    place.send(me, Some(place.at.forwarder), 5, Vec::new()).await;
    let forward = Receiver::forwardCall { to: vault, value: U256::from(5) };
    let internal = place.call(me, place.at.forwarder, &forward).await;
    place.call(other, token, &PracticeToken::approveCall { spender: me, value: U256::MAX }).await;
    let pull = PracticeToken::transferFromCall { from: other, to: vault, value: U256::from(7) };
    let pulled = place.call(me, token, &pull).await;
    let strange = place.tokens(me, place.at.strange, 7).await;
    let greedy = place.tokens(me, place.at.greedy, 1_000).await;
    let nothing = place.tokens(me, token, 0).await;
    let failed = place.tokens(place.accounts[5], token, 7).await;
    place.control.mine(NEEDED).await.unwrap();

    for (tx, code, symbol) in [
        (internal, "internal", Some("ETH")),
        (pulled, "otherSender", Some("PUSD")),
        (strange, "unknownToken", None),
        (greedy, "shortfall", Some("ODD")),
    ] {
        let row = bot.row(tx).await;
        assert_eq!((row.state, row.code.as_deref()), (DepositState::Stranded, Some(code)));
        assert_eq!((row.symbol.as_deref(), row.account, row.credited), (symbol, None, None));
        let refused = bot.watcher.view().post(&row.tx, &row.token_id).await.unwrap_err();
        assert_eq!((refused.code(), refused.detail()), ("stranded", Some(code)));
    }
    let none = [nothing.to_string(), failed.to_string()];
    assert!(bot.rows().await.iter().all(|row| !none.contains(&row.tx)), "nothing came in");
    assert_eq!(bot.row(strange).await.token_id, place.at.strange.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_found_by_account_and_by_being_stranded() {
    let place = Place::new().await;
    let mut bot = Bot::new(&place).await;
    let [me, other] = [place.accounts[0], place.accounts[1]];
    let mine = [place.coin(me, 5).await, place.tokens(me, place.at.token, 6).await];
    let others = place.coin(other, COIN).await;
    let strange = place.tokens(me, place.at.strange, 7).await;
    bot.rows().await;
    let find = async |account_of: Option<Address>, stranded: bool| {
        let filter = DepositFilter { account: account_of.map(account), stranded };
        let page = bot.watcher.view().deposits(filter, None, 100).await.unwrap();
        page.rows.into_iter().map(|row| row.tx).collect::<Vec<_>>()
    };
    assert_eq!(find(Some(me), false).await, [mine[1].to_string(), mine[0].to_string()]);
    assert_eq!(find(Some(other), false).await, [others.to_string()]);
    assert_eq!(find(None, true).await, [strange.to_string()]);
    assert_eq!(find(Some(me), true).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn with_finality_a_deposit_waits_for_the_chains_own_word() {
    let place = Place::with(AnvilOptions { slots_in_an_epoch: Some(4), ..AnvilOptions::default() }).await;
    let mut config = watch_config(&place, &[&place.url]);
    config.evm.finality = Finality::Finalized;
    let mut bot = Bot::with(config).await;
    let tx = place.coin(place.accounts[0], 5).await;
    place.control.mine(NEEDED).await.unwrap();
    let row = bot.row(tx).await;
    assert_eq!((row.state, row.is_final), (DepositState::Seen, false));
    assert!(row.confirmations > NEEDED);
    place.control.mine(8).await.unwrap();
    let row = bot.row(tx).await;
    assert_eq!((row.state, row.is_final), (DepositState::Ready, true));
    let state = bot.watcher.view().state();
    assert!(state.finalized.is_some_and(|finalized| finalized >= row.block && finalized < state.tip.unwrap().number));
}
