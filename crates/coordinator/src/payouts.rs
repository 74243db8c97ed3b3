//! What the vault of one chain paid for burns of this ledger: `targetChainTxHash` of their records.
//!
//! The vault's executions are read in order ([`Follower`]), so that each counts once however often this is stopped. What
//! always holds: an execution counts only when enough nodes say it alike and it pays just what the burn says, to whom and in
//! what the burn says; it is told once it is settled; one that drops out of the chain is taken back. What it does not do:
//! pay, judge what pays no burn (detectors do), or hold up the ledger: nodes that are silent are waited for.
//! Source: sections 10, 12 and 14 of the protocol.

use crate::config::Config;
use crate::error::{RunError, StartError};
use crate::shared::{Shared, ended};
use everpay::token::burn_amount;
use everpay::{Action, EverHash, TokenTag, Transaction, target_chain};
use oracle::Payout;
use oracle::network::EvmChain;
use std::sync::Arc;
use std::time::Duration;
use store::pool::{Item, NewPayout};
use store::sqlite::StoreError;
use vault_evm::release::{Event, Events, Follower, Nature, Observer, Step, nature, proposal};
use vault_evm::{EvmDeposits, NoQuorum, VaultTokens};

/// Steps of one turn; the next goes on.
const STEPS_MAX: usize = 256;
/// Longest pause after a fault.
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// Reads one vault.
pub(crate) struct Payouts {
    shared: Arc<Shared>,
    vault: PaidBy,
    start_block: u64,
    observer: Observer,
    /// Where reading stands; opened anew from the disk after a fault.
    follower: Option<Follower>,
    poll: Duration,
}

/// The vault that pays.
struct PaidBy {
    chain_id: u64,
    tokens: VaultTokens,
}

/// Why a turn ended early.
#[derive(Debug, thiserror::Error)]
enum TurnError {
    #[error(transparent)]
    Nodes(#[from] NoQuorum),
    #[error("pool: {0}")]
    Store(#[from] StoreError),
}

/// A reader for each EVM chain of the configuration.
pub(crate) fn readers(config: &Config, shared: &Arc<Shared>, poll: Duration) -> Result<Vec<Payouts>, StartError> {
    let reader = |(chain, evm): (&String, &EvmChain)| {
        let judge = EvmDeposits::new(chain, evm, config.deposit_confirmations(chain), &config.rules)
            .map_err(|error| StartError::Config(error.to_string()))?;
        Ok(Payouts {
            shared: Arc::clone(shared),
            vault: PaidBy { chain_id: evm.chain_id, tokens: judge.tokens().clone() },
            start_block: evm.start_block,
            observer: Observer::new(judge),
            follower: None,
            poll,
        })
    };
    config.evm.iter().map(reader).collect()
}

impl Payouts {
    /// Reads until `stop` says so. A turn that is cut off is picked up from the disk.
    pub(crate) async fn run(mut self, mut stop: tokio::sync::watch::Receiver<bool>) -> Result<(), RunError> {
        let mut pause = self.poll;
        loop {
            let turn = async {
                pause = match self.turn().await {
                    Ok(()) => self.poll,
                    Err(fault) => {
                        self.follower = None;
                        tracing::warn!(chain = self.chain(), %fault, "payouts are not read and will be tried again");
                        (pause * 2).clamp(self.poll, PAUSE_MAX)
                    }
                };
                tokio::time::sleep(pause).await;
            };
            tokio::select! {
                biased;
                () = ended(&mut stop) => return Ok(()),
                () = turn => {}
            }
        }
    }

    fn chain(&self) -> &str {
        self.vault.tokens.chain()
    }

    /// Reads up to the tip and tells what is settled by now.
    async fn turn(&mut self) -> Result<(), TurnError> {
        let mut follower = match self.follower.take() {
            Some(follower) => follower,
            None => self.open().await?,
        };
        let pool = &self.shared.pool;
        for _ in 0..STEPS_MAX {
            match follower.step().await? {
                Step::Read(events) => {
                    let paid = self.paid(&events).await?;
                    if !pool.add_payouts(self.chain(), events.from, events.end, &paid).await? {
                        // The disk is elsewhere, after a write whose end was not learnt: the next turn opens anew.
                        return Ok(());
                    }
                }
                Step::Rewind { next } => {
                    let gone = pool.rewind_payouts(self.chain(), next).await?;
                    tracing::info!(chain = self.chain(), next, gone, "blocks dropped out of the chain");
                }
                Step::CaughtUp(tip) => {
                    if let Some(settled) = self.observer.settled(&tip).await? {
                        pool.settle_payouts(self.chain(), settled).await?;
                    }
                    break;
                }
            }
        }
        self.follower = Some(follower);
        Ok(())
    }

    async fn open(&self) -> Result<Follower, StoreError> {
        let (chain, vault) = (self.chain(), self.vault.tokens.vault());
        let identity = format!("{} {vault} {}", self.vault.chain_id, self.start_block);
        let progress = self.shared.pool.take_up_payouts(chain, &identity, self.start_block).await?;
        Ok(Follower::new(self.observer.clone(), progress))
    }

    /// The burns that `events` paid.
    async fn paid(&self, events: &Events) -> Result<Vec<NewPayout>, StoreError> {
        let mut paid = Vec::new();
        for said in &events.events {
            let Event::Execution(found) = &said.event else { continue };
            let done = nature(found);
            if done == Nature::Administers {
                continue;
            }
            let burn = self.shared.pool.item_by_hash(found.ever_hash.as_bytes()).await?;
            if burn.is_some_and(|burn| self.vault.pays(&burn) == Some(done)) {
                let (ever_hash, tx) = (*found.ever_hash.as_bytes(), said.at.tx.0);
                paid.push(NewPayout { ever_hash, tx, block: said.at.block });
            } else {
                tracing::warn!(chain = self.chain(), ever_hash = %found.ever_hash, tx = %said.at.tx,
                    "the vault paid what no burn here asks for");
            }
        }
        Ok(paid)
    }
}

impl PaidBy {
    /// What paying this item does, if it is a burn that this vault pays.
    fn pays(&self, item: &Item) -> Option<Nature> {
        let tx = Transaction::from_json(&item.tx_data).ok().filter(|tx| tx.action == Action::Burn.as_str())?;
        let chain = target_chain(Action::Burn, &tx.chain_type, &tx.data).ok()?;
        let token =
            self.tokens.by_tag(&TokenTag::from_text(&item.token_tag)).filter(|_| chain == self.tokens.chain())?;
        let payout = Payout {
            ever_hash: EverHash::new(item.ever_hash),
            // The number of the proposal says nothing about what it pays: a burn may stand in sibling batches.
            batch_id: [0; 32],
            token_id: token.id.clone(),
            to: tx.to,
            amount: burn_amount(tx.amount.parse().ok()?, token.spec.decimals, token.target_decimals)?,
        };
        proposal(&payout, &self.tokens, self.chain_id).as_ref().map(nature)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::tests::{account, burn, rules, transfer, usd};
    use everpay::Amount;
    use serde_json::json;

    fn item(tx: &Transaction) -> Item {
        Item {
            raw_id: 1,
            ever_hash: *tx.ever_hash().as_bytes(),
            tx_data: tx.to_json().into_bytes(),
            token_tag: usd().tag().to_string(),
            accepted_ms: 1,
            packaged: None,
            payout: None,
        }
    }

    fn vault() -> PaidBy {
        PaidBy { chain_id: 1, tokens: VaultTokens::new("ethereum", &rules()).unwrap() }
    }

    #[test]
    fn a_burn_is_paid_by_its_amount_of_its_token_to_its_recipient() {
        let Some(Nature::Pays(payment)) = vault().pays(&item(&burn(&usd(), 1, &account(2), 35, 7))) else {
            panic!("it pays");
        };
        assert_eq!((payment.amount, payment.minted), (Amount::from(35_u64), false));
        assert_eq!(payment.to.to_string(), account(2));
        assert_eq!(payment.token.to_string(), usd().id);
    }

    #[test]
    fn what_is_no_burn_for_this_chain_is_paid_by_nothing() {
        assert_eq!(vault().pays(&item(&transfer(&usd(), 1, &account(2), 35))), None);
        let mut elsewhere = burn(&usd(), 1, &account(2), 35, 7);
        elsewhere.data = json!({ "targetChainType": "bsc" }).to_string();
        assert_eq!(vault().pays(&item(&elsewhere)), None);
    }
}
