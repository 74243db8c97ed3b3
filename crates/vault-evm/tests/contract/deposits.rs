//! Deposits: what the vault says about money that arrives, and how little gas it needs for that.

use alloy::network::TransactionBuilder;
use alloy::primitives::U256;
use alloy::rpc::types::TransactionRequest;
use alloy::sol_types::{SolCall, SolEventInterface};

use crate::chain::SENDER;
use crate::hostile::{Receiver, ReceiverManner};
use crate::vault::{Event, Vault};

/// What the everPay SDK allows a deposit of the coin.
const SDK_GAS: u64 = 25_000;
/// What every transaction costs before any code runs.
const INTRINSIC_GAS: u64 = 21_000;

#[tokio::test]
async fn a_deposit_fits_the_gas_that_the_official_client_allows_it() {
    let vault = Vault::start(2, 3).await;
    for value in [1, 999_999_999_999_u64] {
        let pay = TransactionRequest::default().with_to(vault.address()).with_value(U256::from(value));
        let receipt = vault.chain.send(pay.with_gas_limit(SDK_GAS)).await;
        assert!(receipt.status());
        assert!(receipt.gas_used - INTRINSIC_GAS < 4_000, "{} gas", receipt.gas_used);
        let [log] = receipt.logs() else { panic!("one event") };
        let Event::Deposit(deposit) = Event::decode_log(&log.inner).unwrap().data else { panic!("a deposit") };
        assert_eq!((deposit.sender, deposit.value), (SENDER, U256::from(value)));
    }
}

#[tokio::test]
async fn a_deposit_of_nothing_says_nothing() {
    let vault = Vault::start(2, 3).await;
    let receipt = vault.chain.pay(vault.address(), 0).await;
    assert!(receipt.status() && receipt.logs().is_empty());
}

#[tokio::test]
async fn money_from_a_contract_names_the_contract() {
    let vault = Vault::start(2, 3).await;
    let wallet = vault.chain.receiver(ReceiverManner::Accepts).await;
    vault.chain.pay(wallet, 10).await;
    let forward = Receiver::forwardCall { to: vault.address(), value: U256::from(10) };
    let receipt = vault.chain.call(wallet, forward.abi_encode()).await;
    let Event::Deposit(deposit) = Event::decode_log(&receipt.logs()[0].inner).unwrap().data else {
        panic!("a deposit")
    };
    assert_eq!((deposit.sender, deposit.value), (wallet, U256::from(10)));
}

#[tokio::test]
async fn an_unknown_call_is_refused() {
    let vault = Vault::start(2, 3).await;
    let call = TransactionRequest::default().with_to(vault.address()).with_value(U256::from(1));
    assert!(!vault.chain.send(call.with_input(vec![1, 2, 3, 4])).await.status());
}
