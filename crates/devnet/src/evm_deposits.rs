//! Deposits of the devnet's EVM accounts: a payment of the coin or of the practice token into the vault, as a wallet makes
//! it. The mint is the deposit bot's business; here a deposit only waits until the coordinator knows it.
//!
//! What it does not do: remember anything from run to run. An account whose deposit was on its way when the devnet was
//! stopped may deposit once more; that is its right.

use std::time::{Duration, Instant};

use alloy::primitives::Address;
use crypto::secp::EvmKey;

use crate::api::Api;
use crate::error::Fault;
use crate::evm::{EvmCall, EvmNode, address};
use crate::network::PracticeChain;

/// What an account is given when it has less, in wei: 100 ETH.
const GRANT_WEI: u128 = 100_000_000_000_000_000_000;
/// A deposit that nobody minted after so long is no reason to wait with the next one.
const FORGET_AFTER: Duration = Duration::from_secs(120);

/// What is deposited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asset {
    Coin,
    Token,
}

/// A deposit that is not in the ledger yet.
#[derive(Debug)]
struct Waiting {
    account: [u8; 20],
    asset: Asset,
    hash: String,
    since: Instant,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct EvmDeposits {
    node: EvmNode,
    vault: Address,
    token: Address,
    waiting: Vec<Waiting>,
}

impl EvmDeposits {
    pub(crate) fn new(node: EvmNode, chain: &PracticeChain) -> Result<Self, Fault> {
        Ok(Self { node, vault: address(&chain.vault)?, token: address(&chain.token)?, waiting: Vec::new() })
    }

    pub(crate) fn is_waiting_for(&self, key: &EvmKey, asset: Asset) -> bool {
        self.waiting.iter().any(|waiting| waiting.account == key.address() && waiting.asset == asset)
    }

    /// Sends `amount` base units from the account of `key` into the vault; returns when that is in a block.
    pub(crate) async fn send(&mut self, key: &EvmKey, asset: Asset, amount: u128) -> Result<(), Fault> {
        let account = Address::from(key.address());
        self.node.fund(account, GRANT_WEI).await?;
        let deposit = match asset {
            Asset::Coin => EvmCall::coin(self.vault, amount),
            Asset::Token => {
                self.node.send(key, EvmCall::make_tokens(self.token, account, amount)).await?;
                EvmCall::token(self.token, self.vault, amount)
            }
        };
        let (sent, _) = self.node.send(key, deposit).await?;
        let hash = sent.hash().to_owned();
        self.waiting.push(Waiting { account: key.address(), asset, hash, since: Instant::now() });
        Ok(())
    }

    /// Drops what the coordinator knows by now, and what has waited too long.
    pub(crate) async fn drop_minted(&mut self, api: &Api) {
        let mut index = 0;
        while index < self.waiting.len() {
            let waiting = &self.waiting[index];
            let minted = api.get(&format!("/minted/{}", waiting.hash)).await.is_ok();
            if minted || waiting.since.elapsed() > FORGET_AFTER {
                self.waiting.swap_remove(index);
            } else {
                index += 1;
            }
        }
    }
}
