//! Accounts, rules and signed transactions for the ledger's tests. Everything goes through the real checks.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use crypto::secp::EvmKey;
use everpay::{AccountId, Amount, Checked, Checker, Rules, Target, TokenSpec, TokenTag, Tokens, Transaction, ar_token};

/// Number of the account that receives fees.
pub(crate) const FEES: u8 = 9;

/// The key of test account `number`.
pub(crate) fn key(number: u8) -> EvmKey {
    EvmKey::from_bytes(&[number + 1; 32]).unwrap()
}

/// Test account `number`.
pub(crate) fn account(number: u8) -> AccountId {
    AccountId::Evm(key(number).address())
}

pub(crate) fn amount(value: u64) -> Amount {
    Amount::from(value)
}

/// A dollar token: six decimals here, two on its chain, fees for transfers and burns.
pub(crate) fn dollar() -> TokenSpec {
    let ethereum = Target {
        chain_id: "1".into(),
        chain_type: "ethereum".into(),
        decimals: 2,
        token_id: "0xd85476c906b5301e8e9eb58d174a6f96b9dfc5ee".into(),
    };
    // A target without a burn fee, so that the rule can be met.
    let moon = Target { chain_type: "moon".into(), ..ethereum.clone() };
    TokenSpec {
        id: ethereum.token_id.clone(),
        symbol: "USD".into(),
        chain_type: "ethereum".into(),
        chain_id: "1".into(),
        decimals: 6,
        transfer_fee: amount(2),
        bundle_fee: amount(0),
        burn_fees: BTreeMap::from([("ethereum".into(), amount(3))]),
        targets: BTreeMap::from([("ethereum".into(), ethereum), ("moon".into(), moon)]),
        display: true,
    }
}

/// A token native to everPay.
pub(crate) fn native() -> TokenSpec {
    TokenSpec {
        id: "native".into(),
        symbol: "NAT".into(),
        chain_type: "everpay".into(),
        chain_id: "1".into(),
        ..dollar()
    }
}

pub(crate) fn rules() -> Rules {
    Rules {
        owner: "uGx-QfBXSwABKxjha-00dI7vvfyqIYblY6Z5L6cyTFM".into(),
        eth_chain_id: "1".into(),
        fee_recipient: account(FEES),
        lockers: BTreeMap::from([("arweave".into(), "dH-_dwLlN86fitrFZzi86IVEEQFyYpTzWcqnFh460ys".into())]),
        tokens: Tokens::Listed(vec![ar_token(), dollar(), native()]),
    }
}

pub(crate) fn ar() -> TokenTag {
    ar_token().tag()
}

pub(crate) fn usd() -> TokenTag {
    dollar().tag()
}

/// A transaction of account `from`, unsigned.
pub(crate) fn draft(
    token: &TokenSpec,
    action: &str,
    from: u8,
    to: u8,
    amount: u64,
    fee: u64,
    nonce: i64,
) -> Transaction {
    Transaction {
        token_symbol: token.symbol.clone(),
        action: action.into(),
        from: account(from).to_string(),
        to: account(to).to_string(),
        amount: amount.to_string(),
        fee: fee.to_string(),
        fee_recipient: account(FEES).to_string(),
        nonce: nonce.to_string(),
        token_id: token.id.clone(),
        chain_type: token.chain_type.clone(),
        chain_id: token.chain_id.clone(),
        data: String::new(),
        version: "v1".into(),
        sig: String::new(),
    }
}

/// A mint of the AR deposit number `deposit`.
pub(crate) fn mint(from: u8, to: u8, amount: u64, nonce: i64, deposit: u8) -> Transaction {
    let mut tx = draft(&ar_token(), "mint", from, to, amount, 0, nonce);
    tx.data = format!("{{\"id\":\"{}\"}}", crypto::b64::encode(&[deposit; 32]));
    tx
}

/// A mint of the dollar deposit number `deposit`.
pub(crate) fn mint_usd(from: u8, to: u8, amount: u64, nonce: i64, deposit: u8) -> Transaction {
    let mut tx = draft(&dollar(), "mint", from, to, amount, 0, nonce);
    tx.data = format!("{{\"hash\":\"{}\"}}", crypto::hexs::encode0x(&[deposit; 32]));
    tx
}

/// Signs with the key of account `from` and checks.
pub(crate) fn signed(mut tx: Transaction, from: u8) -> Checked {
    everpay::sign_evm(&mut tx, &key(from));
    Checker::new().check(tx, true).unwrap_or_else(|rejected| panic!("{} {}", rejected.refusal, rejected.reason))
}
