//! The mint of a deposit in the protocol's form (section 9), made and signed here.
//!
//! A mint carries no fee and needs no balance, and anybody may sign it: what counts is the deposit that it names. So the
//! key is made at random at every start, lives in memory only, and guards nothing.

use super::shared::now_ms;
use crate::node::ChainTx;
use crate::tokens::ListedToken;
use crypto::secp::EvmKey;
use everpay::{AccountId, Checked, Checker, DATA_LEN_MAX, Rejected, Rules, Transaction, sign_evm};
use rand::TryRngCore;
use serde_json::{Map, Value};
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{Mutex, MutexGuard};

/// Members of a transaction object that a mint takes over (section 9); a node may send anything else.
const MEMBERS: [&str; 20] = [
    "hash",
    "nonce",
    "blockHash",
    "blockNumber",
    "transactionIndex",
    "chainId",
    "from",
    "to",
    "value",
    "gas",
    "gasPrice",
    "maxFeePerGas",
    "maxPriorityFeePerGas",
    "type",
    "v",
    "r",
    "s",
    "yParity",
    INPUT,
    ACCESS_LIST,
];
const INPUT: &str = "input";
const ACCESS_LIST: &str = "accessList";

/// Makes mints for one chain.
#[derive(Debug)]
pub(super) struct Minter {
    chain: String,
    fee_recipient: AccountId,
    key: EvmKey,
    nonce: AtomicU64,
    turn: Mutex<()>,
    checker: Checker,
}

impl Minter {
    /// With a new key. `None` when the system gives no random numbers.
    pub(super) fn new(chain: &str, rules: &Rules) -> Option<Self> {
        Some(Self {
            chain: chain.to_owned(),
            fee_recipient: rules.fee_recipient,
            key: random_key()?,
            nonce: AtomicU64::new(0),
            turn: Mutex::new(()),
            checker: Checker::new(),
        })
    }

    /// Waits until nobody else signs and posts; a mint that is to be posted is made while this is held.
    pub(super) async fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// The mint of what `tx` brought of `token` for `account`; `amount` is in the ledger's base units.
    pub(super) fn mint(
        &self,
        tx: &ChainTx,
        token: &ListedToken,
        account: AccountId,
        amount: everpay::Amount,
    ) -> Result<Checked, Box<Rejected>> {
        let spec = &token.spec;
        let mut mint = Transaction {
            token_symbol: spec.symbol.clone(),
            action: "mint".to_owned(),
            from: AccountId::Evm(self.key.address()).to_string(),
            to: account.to_string(),
            amount: amount.to_string(),
            fee: "0".to_owned(),
            fee_recipient: self.fee_recipient.to_string(),
            nonce: self.fresh_nonce().to_string(),
            token_id: spec.id.clone(),
            chain_type: spec.chain_type.clone(),
            chain_id: spec.chain_id.clone(),
            data: data(tx, &self.chain),
            version: "v1".to_owned(),
            sig: String::new(),
        };
        sign_evm(&mut mint, &self.key);
        self.checker.check(mint, true)
    }

    /// The clock in ms, and never the same number twice.
    fn fresh_nonce(&self) -> u64 {
        let now = now_ms();
        let next = |last: u64| Some(now.max(last + 1));
        match self.nonce.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next) {
            Ok(last) | Err(last) => now.max(last + 1),
        }
    }
}

/// The transaction object with its chain. Call data beyond what a transaction may carry are left out: the deposit is found
/// by its hash.
fn data(tx: &ChainTx, chain: &str) -> String {
    let member = |name: &str| tx.json.get(name).filter(|value| !value.is_null()).cloned();
    let mut object: Map<String, Value> =
        MEMBERS.iter().filter_map(|name| Some(((*name).to_owned(), member(name)?))).collect();
    object.insert("hash".to_owned(), tx.hash.to_string().into());
    object.insert("targetChainType".to_owned(), chain.into());
    for large in [None, Some(INPUT), Some(ACCESS_LIST)] {
        large.and_then(|name| object.remove(name));
        let text = Value::Object(object.clone()).to_string();
        if text.len() <= DATA_LEN_MAX {
            return text;
        }
    }
    // A node that puts thousands of digits into a small number.
    serde_json::json!({ "hash": tx.hash, "targetChainType": chain }).to_string()
}

fn random_key() -> Option<EvmKey> {
    // A random number is no key once in 2^128 times.
    (0..4).find_map(|_| {
        let mut secret = [0; 32];
        rand::rngs::OsRng.try_fill_bytes(&mut secret).ok()?;
        EvmKey::from_bytes(&secret).ok()
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use alloy::primitives::{B256, Bytes};

    fn tx(input: usize) -> ChainTx {
        let hash = B256::repeat_byte(0xAB);
        let json = serde_json::json!({
            "hash": hash, "nonce": "0x1", "value": "0x5", "input": format!("0x{}", "00".repeat(input)),
            "gasPrice": null, "TargetChainType": "moon", "junk": "x".repeat(DATA_LEN_MAX),
        });
        ChainTx { hash, signer: None, to: None, input: Bytes::new(), json }
    }

    #[test]
    fn data_hold_the_transaction_and_its_chain_and_nothing_foreign() {
        let text = data(&tx(4), "ethereum");
        let object: Value = serde_json::from_str(&text).unwrap();
        // In whatever order: that is the JSON library's choice.
        let mut names: Vec<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["hash", "input", "nonce", "targetChainType", "value"]);
        assert_eq!(object["targetChainType"], "ethereum");
    }

    #[test]
    fn data_stay_within_what_a_transaction_may_carry() {
        let text = data(&tx(DATA_LEN_MAX), "ethereum");
        assert!(text.len() <= DATA_LEN_MAX && !text.contains("input") && text.contains("nonce"), "{text}");
    }

    #[test]
    fn nonces_rise_even_when_the_clock_stands() {
        let rules = Rules::open("o");
        let minter = Minter::new("ethereum", &rules).unwrap();
        let nonces: Vec<u64> = (0..1000).map(|_| minter.fresh_nonce()).collect();
        assert!(nonces.is_sorted_by(|a, b| a < b));
    }
}
