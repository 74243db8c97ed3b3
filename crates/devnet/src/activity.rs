//! The devnet's people: a few accounts that deposit, pay each other and now and then withdraw, steadily and for ever.
//!
//! Which account pays whom and how much comes from a seed, so that two devnets of one seed look alike; the clock decides
//! only when. Nothing here decides validity: a refusal is logged and the next payment is made.

use std::time::Duration;

use everpay::{AccountId, Transaction};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::api::Api;
use crate::deposits::Deposits;
use crate::error::Fault;
use crate::keys::Payer;
use crate::payments::{Nonces, Payments};
use crate::service::stopped;

/// One AR in winston, which is also its base unit in everPay.
const AR: u128 = 1_000_000_000_000;
const DEPOSIT: u128 = 25 * AR;
/// An Arweave account with less than this deposits again.
const DEPOSIT_BELOW: u128 = 5 * AR;
/// An account with less than this is given something by an Arweave account.
const GIFT_BELOW: u128 = AR / 5;
const GIFT: u128 = 2 * AR;
/// About one action in so many is a burn.
const BURN_ONE_IN: u32 = 20;

/// Everything that makes the accounts act.
#[derive(Debug)]
pub(crate) struct Activity {
    pub(crate) api: Api,
    pub(crate) payments: Payments,
    pub(crate) deposits: Deposits,
    pub(crate) payers: Vec<Payer>,
    rng: StdRng,
    nonces: Nonces,
}

impl Activity {
    pub(crate) fn new(api: Api, payments: Payments, deposits: Deposits, payers: Vec<Payer>, seed: u64) -> Self {
        Self { api, payments, deposits, payers, rng: StdRng::seed_from_u64(seed), nonces: Nonces::default() }
    }

    /// Acts until `stop` turns true.
    pub(crate) async fn run(mut self, mut stop: watch::Receiver<bool>) {
        loop {
            let pause = Duration::from_millis(self.rng.random_range(900..1_900));
            tokio::select! {
                () = stopped(&mut stop) => return,
                () = sleep(pause) => {}
            }
            tokio::select! {
                () = stopped(&mut stop) => return,
                acted = self.act() => {
                    if let Err(fault) = acted {
                        // The next round tries again; a service that stays away is its keeper's business.
                        tracing::debug!(%fault, "no activity this time");
                    }
                }
            }
        }
    }

    async fn act(&mut self) -> Result<(), Fault> {
        self.deposit_where_low().await?;
        let signer = &self.payers[0];
        self.deposits.mint_ready(&self.api, &self.payments, signer, &mut self.nonces).await?;
        let balances = self.balances().await?;
        let Some(action) = self.next_action(&balances) else { return Ok(()) };
        match self.api.post(&action).await {
            Ok(()) => tracing::debug!(action = %action.action, amount = %action.amount, from = %action.from, "posted"),
            Err(refused) => tracing::warn!(%refused, action = %action.action, "a payment was not accepted"),
        }
        Ok(())
    }

    /// A gift to somebody who has next to nothing, else a payment, or sometimes a burn. `None` while nobody has anything.
    fn next_action(&mut self, balances: &[u128]) -> Option<Transaction> {
        let nonce = self.nonces.fresh();
        let rich: Vec<usize> = (0..balances.len()).filter(|payer| balances[*payer] > DEPOSIT_BELOW + GIFT).collect();
        let poor = balances.iter().position(|balance| *balance < GIFT_BELOW);
        if let (Some(from), Some(to)) = (self.one_of(&rich), poor) {
            return Some(self.payments.transfer(&self.payers[from], &self.payers[to].account(), GIFT, nonce));
        }
        let able: Vec<usize> = (0..balances.len()).filter(|payer| balances[*payer] > AR / 100).collect();
        let from = self.one_of(&able)?;
        let payer = &self.payers[from];
        let amount = self.rng.random_range(AR / 1_000..AR / 12).min(balances[from] / 2);
        if self.rng.random_ratio(1, BURN_ONE_IN) {
            let home = self.payers[0].account().to_string();
            return Some(self.payments.burn(payer, &home, amount, "arweave", nonce));
        }
        let to = (from + self.rng.random_range(1..self.payers.len())) % self.payers.len();
        Some(self.payments.transfer(payer, &self.payers[to].account(), amount, nonce))
    }

    fn one_of(&mut self, choices: &[usize]) -> Option<usize> {
        if choices.is_empty() { None } else { Some(choices[self.rng.random_range(0..choices.len())]) }
    }

    async fn deposit_where_low(&mut self) -> Result<(), Fault> {
        for payer in self.payers.clone() {
            let Payer::Arweave(wallet) = &payer else { continue };
            let account = payer.account();
            if !self.deposits.is_waiting_for(wallet) && self.balance_of(&account).await? < DEPOSIT_BELOW {
                self.deposits.send(wallet, DEPOSIT).await?;
            }
        }
        Ok(())
    }

    async fn balances(&self) -> Result<Vec<u128>, Fault> {
        let mut balances = Vec::with_capacity(self.payers.len());
        for payer in &self.payers {
            balances.push(self.balance_of(&payer.account()).await?);
        }
        Ok(balances)
    }

    async fn balance_of(&self, account: &AccountId) -> Result<u128, Fault> {
        self.api.balance(&self.payments.tag(), &account.to_string()).await
    }
}
