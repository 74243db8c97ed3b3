//! A real chain with a real vault, and a judge of the deposits into it.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used, reason = "tests share it, each uses a part")]

pub mod proxy;

use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::sol_types::{SolCall, SolConstructor};
use crypto::secp::EvmKey;
use devnet::{Anvil, AnvilControl, AnvilOptions, anvil_program, counterparts};
use everpay::{
    AccountId, Amount, Checked, Checker, Rules, Target, TokenSpec, Tokens, Transaction, eth_token, sign_evm,
};
use oracle::network::{EvmChain, Finality};
use oracle::{CheckPoint, Evidence, MintFinding, SourceChain};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use vault_evm::contract::{PracticeToken, practice_token_code, vault_code};
use vault_evm::{BlockInfo, EvmDeposits, Limits, Node};

mod odd {
    alloy::sol!(OddToken, "../../contracts/artifacts/OddToken.json");
    alloy::sol!(Receiver, "../../contracts/artifacts/Receiver.json");
    alloy::sol!(Batch, "../../contracts/artifacts/Batch.json");
}
pub use odd::{Batch, OddToken, Receiver};

pub const CHAIN: &str = "ethereum";
pub const NEEDED: u64 = 3;
/// One coin, in wei.
pub const COIN: u64 = 1_000_000_000_000_000_000;
/// Manner of `OddToken` that keeps a fee of every transfer.
const TAKES_FEE: u8 = 4;

/// Addresses on the chain.
#[derive(Debug, Clone, Copy)]
pub struct Contracts {
    pub vault: Address,
    /// Listed, six decimals.
    pub token: Address,
    /// Not listed.
    pub strange: Address,
    /// Listed, keeps a fee of every transfer.
    pub greedy: Address,
    pub batch: Address,
    /// Forwards coins.
    pub forwarder: Address,
}

pub struct Place {
    pub control: AnvilControl,
    pub url: String,
    pub accounts: Vec<Address>,
    pub at: Contracts,
    pub rules: Rules,
    pub anvil: Anvil,
}

/// Keys of the vault's owners; two must agree.
pub fn owners() -> Vec<EvmKey> {
    (1..=3_u8).map(|byte| EvmKey::from_bytes(&[byte; 32]).unwrap()).collect()
}

pub async fn anvil(options: AnvilOptions) -> Anvil {
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../counterparts");
    Anvil::start(&anvil_program(&counterparts(Some(programs)).unwrap(), &options, None)).await.unwrap()
}

/// A token of the ledger with this contract on the chain.
pub fn token(symbol: &str, contract: Address, decimals: u8) -> TokenSpec {
    let target =
        Target { chain_id: "1".to_owned(), chain_type: CHAIN.to_owned(), decimals, token_id: contract.to_string() };
    TokenSpec {
        id: contract.to_string(),
        symbol: symbol.to_owned(),
        targets: BTreeMap::from([(CHAIN.to_owned(), target)]),
        decimals,
        ..eth_token()
    }
}

impl Place {
    pub async fn new() -> Self {
        Self::with(AnvilOptions::default()).await
    }

    pub async fn with(options: AnvilOptions) -> Self {
        let anvil = anvil(options).await;
        let control = anvil.control();
        let accounts = serde_json::from_value(control.request("eth_accounts", json!([])).await.unwrap()).unwrap();
        let zero = Contracts {
            vault: Address::ZERO,
            token: Address::ZERO,
            strange: Address::ZERO,
            greedy: Address::ZERO,
            batch: Address::ZERO,
            forwarder: Address::ZERO,
        };
        let mut place = Self { url: anvil.url(), control, accounts, at: zero, rules: Rules::open("nobody"), anvil };
        place.deploy().await;
        place
    }

    async fn deploy(&mut self) {
        let addresses: Vec<Address> = owners().iter().map(|key| key.address().into()).collect();
        let greedy = OddToken::constructorCall { itsManner: TAKES_FEE }.abi_encode();
        let honest = Receiver::constructorCall { itsManner: 0 }.abi_encode();
        self.at = Contracts {
            vault: self.create(vault_code(&addresses, 2)).await,
            token: self.create(practice_token_code("Practice dollar", "PUSD", 6)).await,
            strange: self.create(practice_token_code("Strange dollar", "XUSD", 6)).await,
            greedy: self.create([OddToken::BYTECODE.as_ref(), &greedy].concat()).await,
            batch: self.create(Batch::BYTECODE.to_vec()).await,
            forwarder: self.create([Receiver::BYTECODE.as_ref(), &honest].concat()).await,
        };
        for account in self.accounts.clone().into_iter().take(3) {
            for contract in [self.at.token, self.at.strange] {
                let call = PracticeToken::mintCall { to: account, value: U256::from(COIN) };
                self.call(account, contract, &call).await;
            }
            self.call(account, self.at.greedy, &OddToken::mintCall { to: account, value: U256::from(COIN) }).await;
        }
        let listed = vec![eth_token(), token("PUSD", self.at.token, 6), token("ODD", self.at.greedy, 18)];
        self.rules = Rules {
            lockers: BTreeMap::from([(CHAIN.to_owned(), self.at.vault.to_string())]),
            tokens: Tokens::Listed(listed),
            ..Rules::open("nobody")
        };
    }

    /// Hands over a transaction of an account whose key anvil holds; it need not be mined yet.
    pub async fn post(&self, from: Address, to: Option<Address>, value: u64, data: Vec<u8>) -> B256 {
        let (value, data) = (U256::from(value), Bytes::from(data));
        let tx = json!({ "from": from, "to": to, "value": value, "data": data, "gas": "0x7a1200" });
        self.control.request("eth_sendTransaction", json!([tx])).await.unwrap().as_str().unwrap().parse().unwrap()
    }

    /// As [`Place::post`], until it is mined.
    pub async fn send(&self, from: Address, to: Option<Address>, value: u64, data: Vec<u8>) -> B256 {
        let hash = self.post(from, to, value, data).await;
        self.receipt(hash).await;
        hash
    }

    async fn receipt(&self, hash: B256) -> Value {
        for _ in 0..500 {
            let receipt = self.control.request("eth_getTransactionReceipt", json!([hash])).await.unwrap();
            if !receipt.is_null() {
                return receipt;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{hash} was not mined");
    }

    pub async fn call<C: SolCall>(&self, from: Address, to: Address, call: &C) -> B256 {
        self.send(from, Some(to), 0, call.abi_encode()).await
    }

    async fn create(&self, code: Vec<u8>) -> Address {
        let hash = self.send(self.accounts[9], None, 0, code).await;
        self.receipt(hash).await["contractAddress"].as_str().unwrap().parse().unwrap()
    }

    /// Coins, sent as a wallet sends them.
    pub async fn coin(&self, from: Address, value: u64) -> B256 {
        self.send(from, Some(self.at.vault), value, Vec::new()).await
    }

    /// Tokens, sent as a wallet sends them.
    pub async fn tokens(&self, from: Address, contract: Address, value: u64) -> B256 {
        let call = PracticeToken::transferCall { to: self.at.vault, value: U256::from(value) };
        self.call(from, contract, &call).await
    }

    /// Mines blocks whose times are two seconds apart; those of `control.mine` share one.
    pub async fn mine_apart(&self, blocks: u64) {
        self.control.request("anvil_mine", json!([format!("{blocks:#x}"), "0x2"])).await.unwrap();
    }

    /// The signed bytes of a transaction.
    pub async fn raw(&self, hash: B256) -> Vec<u8> {
        let raw = self.control.request("eth_getRawTransactionByHash", json!([hash])).await.unwrap();
        crypto::hexs::decode(raw.as_str().unwrap()).unwrap()
    }

    pub async fn automine(&self, on: bool) {
        self.control.request("evm_setAutomine", json!([on])).await.unwrap();
    }

    pub fn node(&self) -> Node {
        Node::new(&self.url, 1, Limits::default()).unwrap()
    }

    pub async fn tip(&self) -> BlockInfo {
        self.node().tip().await.unwrap()
    }

    /// The judge that asks this chain directly.
    pub fn judge(&self) -> EvmDeposits {
        self.judge_by(&[&self.url])
    }

    pub fn judge_by(&self, urls: &[&str]) -> EvmDeposits {
        self.judge_with(&config(urls, Finality::Count))
    }

    pub fn judge_with(&self, config: &EvmChain) -> EvmDeposits {
        EvmDeposits::new(CHAIN, config, NEEDED, &self.rules).unwrap()
    }

    pub fn mint(&self, symbol: &str, deposit: &str, to: &str, amount: u64) -> Checked {
        mint_by_rules(&self.rules, symbol, deposit, to, amount)
    }

    pub fn mint_of(&self, symbol: &str, deposit: B256, to: Address, amount: u64) -> Checked {
        self.mint(symbol, &deposit.to_string(), &to.to_string(), amount)
    }
}

/// A mint by a stranger, as anybody may post it.
pub fn mint_by_rules(rules: &Rules, symbol: &str, deposit: &str, to: &str, amount: u64) -> Checked {
    let key = EvmKey::from_bytes(&[9; 32]).unwrap();
    let spec = rules.listed().iter().find(|spec| spec.symbol == symbol).unwrap();
    let mut tx = Transaction {
        token_symbol: spec.symbol.clone(),
        action: "mint".to_owned(),
        from: crypto::eip55(&key.address()),
        to: to.to_owned(),
        amount: amount.to_string(),
        fee: "0".to_owned(),
        fee_recipient: String::new(),
        nonce: "1".to_owned(),
        token_id: spec.id.clone(),
        chain_type: spec.chain_type.clone(),
        chain_id: spec.chain_id.clone(),
        data: json!({ "hash": deposit, "targetChainType": CHAIN }).to_string(),
        version: "v1".to_owned(),
        sig: String::new(),
    };
    sign_evm(&mut tx, &key);
    Checker::new().check(tx, true).unwrap()
}

pub fn config(urls: &[&str], finality: Finality) -> EvmChain {
    EvmChain {
        chain_id: 1,
        rpc: urls.iter().map(|url| (*url).to_owned()).collect(),
        finality,
        start_block: 0,
        clock_slack_ms: 0,
        log_range: 2_000,
    }
}

pub fn at(time_ms: u64) -> CheckPoint {
    CheckPoint::AtBatch { height: 1, time_ms }
}

/// `verified`, the reason of a refutation, `not checkable`, or `no answer`.
pub async fn verdict(judge: &EvmDeposits, mint: &Checked, at: CheckPoint) -> &'static str {
    match judge.check(mint, at).await {
        Ok(MintFinding::Verified { .. }) => "verified",
        Ok(MintFinding::Refuted { reason, .. }) => reason.code(),
        Ok(MintFinding::NotCheckable { .. }) => "not checkable",
        Err(_) => "no answer",
    }
}

/// The evidence of a mint that must be verified now.
pub async fn evidence(judge: &EvmDeposits, mint: &Checked) -> Evidence {
    match judge.check(mint, CheckPoint::Now).await.unwrap() {
        MintFinding::Verified { evidence } => evidence,
        other => panic!("{other:?}"),
    }
}

pub fn account(address: Address) -> AccountId {
    AccountId::Evm(address.into())
}

pub fn amount(value: u64) -> Amount {
    Amount::from(value)
}

/// Calls of `Batch.pay`, one by one.
pub fn batch(calls: &[(Address, u64, Vec<u8>)]) -> Vec<u8> {
    let call = Batch::payCall {
        to: calls.iter().map(|(to, _, _)| *to).collect(),
        value: calls.iter().map(|(_, value, _)| U256::from(*value)).collect(),
        data: calls.iter().map(|(_, _, data)| data.clone().into()).collect(),
    };
    call.abi_encode()
}

/// The value of a JSON object's member, for tampering.
pub fn member<'a>(value: &'a mut Value, path: &[&str]) -> &'a mut Value {
    path.iter().fold(value, |value, name| &mut value[*name])
}
