//! Misbehaviour on demand. This file exists for the devnet and for tests only: it lets a coordinator commit one fraud that
//! a detector must catch, and it does nothing unless a [`CheatPlan`] is given at the start.
//!
//! What always holds: the coordinator's own ledger and answers stay honest; a false item is put into a batch at sealing
//! time only, and the chain of items stays linked; each plan is carried out once per process.

use crate::config::{CheatId, CheatPlan};
use crate::error::StartError;
use crate::packager::TurnError;
use crate::shared::Shared;
use arweave::Wallet;
use crypto::secp::EvmKey;
use everpay::{Rules, TokenSpec, Transaction, native_chain, sign_evm};
use serde_json::json;
use std::sync::{Arc, Mutex, PoisonError};

/// A plan that waits to be carried out.
pub(crate) struct Cheat {
    plan: CheatPlan,
    foreign: Option<Arc<Wallet>>,
    done: bool,
}

impl Cheat {
    /// Takes a plan; loads the foreign wallet if the plan needs one.
    pub(crate) fn prepare(plan: CheatPlan, owner: &Wallet) -> Result<Self, StartError> {
        let foreign = match (&plan.foreign_wallet, plan.id) {
            (Some(path), CheatId::F8) => {
                let unusable = |reason: String| StartError::Wallet { path: path.clone(), reason };
                let wallet = Wallet::load(path).map_err(|error| unusable(error.to_string()))?;
                if wallet.address() == owner.address() {
                    return Err(unusable("it is the owner's, not a foreign one".to_owned()));
                }
                Some(Arc::new(wallet))
            }
            (None, CheatId::F8) => return Err(StartError::Config("cheat F8 needs a foreign wallet".to_owned())),
            _ => None,
        };
        Ok(Self { plan, foreign, done: false })
    }

    /// Notes that the fraud is on disk.
    pub(crate) fn committed(&mut self, batch: u64) {
        tracing::warn!(id = ?self.plan.id, batch, "cheat committed");
        self.done = true;
    }

    fn is_due(&self, batch: u64) -> bool {
        !self.done && batch > self.plan.after_batches
    }

    /// The wallet that signs this batch a first time, before the owner does (F8).
    pub(crate) fn foreign_wallet(&self, batch: u64) -> Option<Arc<Wallet>> {
        self.foreign.clone().filter(|_| self.is_due(batch))
    }

    /// Puts the false item into a batch whose honest items come after raw id `before`. `false` if there is nothing to do.
    pub(crate) async fn spoil(
        &self,
        shared: &Shared,
        before: u64,
        batch: u64,
        tx_data: &mut Vec<Vec<u8>>,
    ) -> Result<bool, TurnError> {
        if !self.is_due(batch) {
            return Ok(false);
        }
        let (rules, now_ms, middle) = (&shared.rules, shared.now_ms(), tx_data.len() / 2);
        let placed = match self.plan.id {
            CheatId::F1 => Some((middle, wrong_signature(rules, now_ms)?)),
            CheatId::F2 => Some((middle, overspend(rules, now_ms)?)),
            CheatId::F3 => {
                let earlier = shared.pool.items_between(before.saturating_sub(1), before).await?.pop();
                earlier.map(|earlier| (middle, earlier.tx_data))
            }
            CheatId::F4 => Some((middle, forged_mint(rules, now_ms, "arweave")?)),
            CheatId::F4Eth => Some((middle, forged_mint(rules, now_ms, "ethereum")?)),
            CheatId::F4Inflate => match first_mint(tx_data) {
                Some((at, mint)) => Some((at, again(mint, now_ms, "0")?)),
                None => None,
            },
            CheatId::F4Hasten => shared.early.as_ref().and_then(Early::take).map(|item| (middle, item)),
            CheatId::F5 => match first_mint(tx_data) {
                Some((_, mint)) => Some((tx_data.len(), again(mint, now_ms, "")?)),
                None => None,
            },
            CheatId::F8 => None,
        };
        let Some((at, item)) = placed else { return Ok(false) };
        tx_data.insert(at, item);
        Ok(true)
    }
}

/// The newest mint that was refused because its deposit is not deep enough (F4-hasten).
#[derive(Debug, Default)]
pub(crate) struct Early(Mutex<Option<Vec<u8>>>);

impl Early {
    /// A place to keep it, if the plan needs one.
    pub(crate) fn for_plan(plan: Option<&CheatPlan>) -> Option<Self> {
        plan.filter(|plan| plan.id == CheatId::F4Hasten).map(|_| Self::default())
    }

    pub(crate) fn keep(&self, tx_data: &[u8]) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(tx_data.to_vec());
    }

    fn take(&self) -> Option<Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The first mint of a batch and its place.
fn first_mint(tx_data: &[Vec<u8>]) -> Option<(usize, Transaction)> {
    let parsed = tx_data.iter().enumerate().filter_map(|(at, item)| Some((at, Transaction::from_json(item).ok()?)));
    let mut mints = parsed.filter(|(_, tx)| tx.action == "mint");
    mints.next()
}

/// The same mint by a stranger, with `zeros` behind its amount.
fn again(mint: Transaction, now_ms: u64, zeros: &str) -> Result<Vec<u8>, TurnError> {
    let key = throw_away_key(now_ms, "mint again")?;
    let mut tx = Transaction {
        from: crypto::eip55(&key.address()),
        amount: format!("{}{zeros}", mint.amount),
        nonce: now_ms.to_string(),
        ..mint
    };
    sign_evm(&mut tx, &key);
    Ok(tx.to_json().into_bytes())
}

/// A key that nobody knows of, another one each time.
fn throw_away_key(now_ms: u64, purpose: &str) -> Result<EvmKey, TurnError> {
    let seed = crypto::sha256(format!("everwatch cheat {purpose} {now_ms}").as_bytes());
    EvmKey::from_bytes(&seed).map_err(|_| TurnError::Bug("a hash that is no key".to_owned()))
}

fn draft(rules: &Rules, token: &TokenSpec, key: &EvmKey, now_ms: u64) -> Transaction {
    Transaction {
        token_symbol: token.symbol.clone(),
        action: "transfer".to_owned(),
        from: crypto::eip55(&key.address()),
        to: rules.fee_recipient.to_string(),
        amount: "0".to_owned(),
        fee: token.transfer_fee.to_string(),
        fee_recipient: rules.fee_recipient.to_string(),
        nonce: now_ms.to_string(),
        token_id: token.id.clone(),
        chain_type: token.chain_type.clone(),
        chain_id: token.chain_id.clone(),
        data: String::new(),
        version: "v1".to_owned(),
        sig: String::new(),
    }
}

fn first_token(rules: &Rules) -> Result<&TokenSpec, TurnError> {
    rules.listed().first().ok_or_else(|| TurnError::Bug("no token is listed".to_owned()))
}

/// F1: a transfer with one flipped bit in its signature.
fn wrong_signature(rules: &Rules, now_ms: u64) -> Result<Vec<u8>, TurnError> {
    let key = throw_away_key(now_ms, "F1")?;
    let token = first_token(rules)?;
    let mut tx = draft(rules, token, &key, now_ms);
    tx.amount = one_coin(token);
    let mut sig = key.sign_digest(tx.ever_hash().as_bytes());
    // The last byte of s: whatever is recovered now, it is another key or none.
    sig[63] ^= 1;
    tx.sig = crypto::hexs::encode0x(&sig);
    Ok(tx.to_json().into_bytes())
}

/// F2: a well-signed transfer of what its sender does not have.
fn overspend(rules: &Rules, now_ms: u64) -> Result<Vec<u8>, TurnError> {
    let key = throw_away_key(now_ms, "F2")?;
    let token = first_token(rules)?;
    let mut tx = draft(rules, token, &key, now_ms);
    tx.amount = one_coin(token);
    sign_evm(&mut tx, &key);
    Ok(tx.to_json().into_bytes())
}

/// F4 and F4-eth: a well-signed mint of the first token that comes from a chain, for a deposit that nobody made.
fn forged_mint(rules: &Rules, now_ms: u64, chain: &str) -> Result<Vec<u8>, TurnError> {
    let key = throw_away_key(now_ms, "F4")?;
    let token = rules.listed().iter().find(|token| native_chain(&token.chain_type) == Some(chain));
    let token = token.ok_or_else(|| TurnError::Bug(format!("no token comes from {chain}")))?;
    let deposit = crypto::sha256(format!("no such deposit {now_ms}").as_bytes());
    let locker = rules.lockers.get(chain).map_or("", String::as_str);
    let mut tx = draft(rules, token, &key, now_ms);
    tx.action = "mint".to_owned();
    tx.to.clone_from(&tx.from);
    tx.amount = one_coin(token);
    tx.fee = "0".to_owned();
    let data = match chain {
        "arweave" => json!({
            "format": 2, "id": crypto::b64::encode(&deposit), "target": locker, "quantity": one_coin(token),
            "targetChainType": chain,
        }),
        _ => json!({
            "hash": crypto::hexs::encode0x(&deposit), "from": tx.from, "to": locker, "value": one_coin(token),
            "targetChainType": chain,
        }),
    };
    tx.data = data.to_string();
    sign_evm(&mut tx, &key);
    Ok(tx.to_json().into_bytes())
}

fn one_coin(token: &TokenSpec) -> String {
    format!("1{}", "0".repeat(usize::from(token.decimals)))
}
