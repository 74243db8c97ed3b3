//! Accounts on a practice Ethereum: their transactions, signed here as wallets sign them, and the node that takes them.
//!
//! What always holds: nonces are asked for with what is pending counted, so one account sends one transaction after the
//! other; every wait ends. What it does not do: decide whether a deposit counts. Only for loopback nodes of play money.

use std::time::Duration;

use alloy::consensus::{SignableTransaction, TxEip1559};
use alloy::eips::eip2718::Encodable2718;
use alloy::primitives::{Address, Signature, TxKind, U256};
use alloy::sol_types::SolCall;
use crypto::secp::EvmKey;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};
use vault_evm::contract::PracticeToken;

use crate::anvil::AnvilControl;
use crate::error::Fault;
use crate::network::CHAIN_ID;

/// How long a sent transaction may take to be in a block.
const MINED_WITHIN: Duration = Duration::from_secs(60);
const ASK_EVERY: Duration = Duration::from_millis(100);
/// What the everPay SDK allows a deposit of the coin, and a deposit of a token.
const COIN_GAS: u64 = 25_000;
const TOKEN_GAS: u64 = 200_000;
/// Enough for any call of the lock contract.
const CALL_GAS: u64 = 1_000_000;
const DEPLOY_GAS: u64 = 8_000_000;
const GWEI: u128 = 1_000_000_000;
const NODE: &str = "Ethereum node (anvil)";

/// What a transaction does.
#[derive(Debug, Clone)]
pub struct EvmCall {
    to: TxKind,
    value: u128,
    input: Vec<u8>,
    gas: u64,
}

impl EvmCall {
    /// Pays `wei` to `to`, with the gas that the everPay SDK gives.
    #[must_use]
    pub fn coin(to: Address, wei: u128) -> Self {
        Self { to: TxKind::Call(to), value: wei, input: Vec::new(), gas: COIN_GAS }
    }

    /// Pays `amount` base units of the ERC-20 token at `token` to `to`.
    #[must_use]
    pub fn token(token: Address, to: Address, amount: u128) -> Self {
        let input = PracticeToken::transferCall { to, value: U256::from(amount) }.abi_encode();
        Self { to: TxKind::Call(token), value: 0, input, gas: TOKEN_GAS }
    }

    /// Makes `amount` base units of the practice token for `to`.
    #[must_use]
    pub fn make_tokens(token: Address, to: Address, amount: u128) -> Self {
        let input = PracticeToken::mintCall { to, value: U256::from(amount) }.abi_encode();
        Self { to: TxKind::Call(token), value: 0, input, gas: TOKEN_GAS }
    }

    /// Calls a contract so.
    #[must_use]
    pub fn contract(to: Address, input: Vec<u8>) -> Self {
        Self { to: TxKind::Call(to), value: 0, input, gas: CALL_GAS }
    }

    /// Creates a contract from its creation code with the arguments behind it.
    #[must_use]
    pub fn create(code: Vec<u8>) -> Self {
        Self { to: TxKind::Create, value: 0, input: code, gas: DEPLOY_GAS }
    }

    /// Signed by `key` as its transaction number `nonce`.
    #[must_use]
    pub fn signed(self, key: &EvmKey, nonce: u64) -> SignedCall {
        let tx = TxEip1559 {
            chain_id: CHAIN_ID,
            nonce,
            gas_limit: self.gas,
            // Far above what a chain without traffic asks for.
            max_fee_per_gas: 100 * GWEI,
            max_priority_fee_per_gas: GWEI,
            to: self.to,
            value: U256::from(self.value),
            access_list: Vec::new().into(),
            input: self.input.into(),
        };
        let signature = Signature::from_raw_array(&key.sign_digest(&tx.signature_hash().0))
            .expect("v of our own signatures is 27 or 28");
        let signed = tx.into_signed(signature);
        SignedCall { hash: signed.hash().to_string(), raw: signed.encoded_2718() }
    }
}

/// A transaction that can be sent, again and again.
#[derive(Debug, Clone)]
pub struct SignedCall {
    hash: String,
    raw: Vec<u8>,
}

impl SignedCall {
    /// Its hash, `0x` and lower-case hex.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Its bytes, as a node takes them.
    #[must_use]
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }
}

/// Where a mined transaction is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mined {
    /// Height of its block.
    pub block: u64,
    /// Hash of that block.
    pub block_hash: String,
    /// Whether it did what it was to do.
    pub succeeded: bool,
    /// The contract it created.
    pub created: Option<Address>,
}

/// One node of a practice Ethereum, as wallets use it.
#[derive(Debug, Clone)]
pub struct EvmNode(AnvilControl);

impl EvmNode {
    /// The node that `control` controls.
    #[must_use]
    pub fn new(control: AnvilControl) -> Self {
        Self(control)
    }

    async fn call(&self, method: &str, params: Value) -> Result<Value, Fault> {
        self.0.request(method, params).await
    }

    /// What an account has, in wei.
    ///
    /// # Errors
    /// The node does not answer as it should.
    pub async fn balance(&self, account: Address) -> Result<U256, Fault> {
        quantity(&self.call("eth_getBalance", json!([account, "latest"])).await?)
    }

    /// Whether there is a contract at `address`.
    ///
    /// # Errors
    /// The node does not answer as it should.
    pub async fn has_code(&self, address: Address) -> Result<bool, Fault> {
        Ok(self.call("eth_getCode", json!([address, "latest"])).await?.as_str().is_some_and(|code| code.len() > 2))
    }

    /// Sees to it that `account` has at least `wei`; a development node gives it.
    ///
    /// # Errors
    /// The node does not answer as it should.
    pub async fn fund(&self, account: Address, wei: u128) -> Result<(), Fault> {
        if self.balance(account).await? < U256::from(wei) {
            self.0.set_balance(&account.to_string(), wei).await?;
        }
        Ok(())
    }

    /// Signs `call` with the next nonce of `key`'s account; nothing is sent.
    ///
    /// # Errors
    /// The node does not answer as it should.
    pub async fn sign(&self, key: &EvmKey, call: EvmCall) -> Result<SignedCall, Fault> {
        let account = Address::from(key.address());
        let nonce = number(&self.call("eth_getTransactionCount", json!([account, "pending"])).await?)?;
        Ok(call.signed(key, nonce))
    }

    /// Hands over a signed transaction; it is in no block yet.
    ///
    /// # Errors
    /// The node does not answer as it should.
    pub async fn post(&self, signed: &SignedCall) -> Result<(), Fault> {
        self.call("eth_sendRawTransaction", json!([crypto::hexs::encode0x(signed.raw())])).await.map(drop)
    }

    /// Signs and sends `call`, and waits until it is in a block.
    ///
    /// # Errors
    /// The node does not answer as it should; or it was mined without success, or not mined in time.
    pub async fn send(&self, key: &EvmKey, call: EvmCall) -> Result<(SignedCall, Mined), Fault> {
        let signed = self.sign(key, call).await?;
        self.post(&signed).await?;
        let wait = async {
            loop {
                if let Some(mined) = self.mined(signed.hash()).await? {
                    return Ok(mined);
                }
                sleep(ASK_EVERY).await;
            }
        };
        let late = || Fault::service(NODE)(format!("transaction {} was not mined", signed.hash()));
        let mined: Mined = timeout(MINED_WITHIN, wait).await.map_err(|_| late())??;
        if mined.succeeded {
            Ok((signed, mined))
        } else {
            Err(Fault::service(NODE)(format!("transaction {} was reverted", signed.hash())))
        }
    }

    /// Where a transaction was mined; `None` while it is in no block.
    ///
    /// # Errors
    /// The node does not answer as it should.
    pub async fn mined(&self, hash: &str) -> Result<Option<Mined>, Fault> {
        let receipt = self.call("eth_getTransactionReceipt", json!([hash])).await?;
        if receipt.is_null() {
            return Ok(None);
        }
        let block_hash = receipt["blockHash"].as_str().unwrap_or_default().to_owned();
        let created = receipt["contractAddress"].as_str().map(address).transpose()?;
        Ok(Some(Mined {
            block: number(&receipt["blockNumber"])?,
            block_hash,
            succeeded: number(&receipt["status"])? == 1,
            created,
        }))
    }
}

/// An EVM address from its text.
///
/// # Errors
/// It is none.
pub fn address(text: &str) -> Result<Address, Fault> {
    let bytes = crypto::hexs::decode_array::<20>(text);
    bytes.map(Address::from).map_err(|_| Fault::service(NODE)(format!("{text:?} is not an address")))
}

fn quantity(value: &Value) -> Result<U256, Fault> {
    let read = value.as_str().and_then(|text| U256::from_str_radix(text.strip_prefix("0x")?, 16).ok());
    read.ok_or_else(|| Fault::service(NODE)(format!("{value} is not a number")))
}

fn number(value: &Value) -> Result<u64, Fault> {
    u64::try_from(quantity(value)?).map_err(|_| Fault::service(NODE)(format!("{value} is too large a number")))
}
