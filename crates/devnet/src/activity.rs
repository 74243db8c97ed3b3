//! The devnet's people: a few accounts that deposit, pay each other and now and then withdraw, steadily and for ever.
//!
//! Which account pays whom, in which token and how much comes from a seed, so that two devnets of one seed look alike; the
//! clock decides only when. Nothing here decides validity: a refusal is logged and the next payment is made.

mod large;

use std::time::Duration;

use everpay::{AccountId, TokenSpec, Transaction};
use oracle::network::NetworkFile;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::api::Api;
use crate::deposits::Deposits;
use crate::error::Fault;
use crate::evm_deposits::{Asset, EvmDeposits};
use crate::keys::Payer;
use crate::network::ETHEREUM;
use crate::payments::{Nonces, Payments};
use crate::service::stopped;
pub(crate) use large::Large;

/// What follows is in thousandths of a handful, see [`Coin::milli`].
const DEPOSIT: u128 = 25_000;
/// An account that brings money and has less than this deposits again.
const DEPOSIT_BELOW: u128 = 5_000;
/// An account with less than this is given something by a rich one.
const GIFT_BELOW: u128 = 200;
const GIFT: u128 = 2_000;
const PAYMENT: std::ops::Range<u128> = 1..83;
/// An account needs this to pay anything.
const ABLE: u128 = 10;
/// About one action in so many is a burn.
const BURN_ONE_IN: u32 = 20;
/// About one action in so many brings a little money from Ethereum, whether it is needed or not: it is to be seen.
const EVM_DEPOSIT_ONE_IN: u32 = 12;
const EVM_DEPOSIT: u128 = 1_000;
/// So many EVM accounts bring money from Ethereum.
const EVM_DEPOSITORS: usize = 2;

/// A thousandth of an AR in winston, and what is of about its worth: 0.000005 ETH, 0.01 of the practice token.
const MILLI_AR: u128 = 1_000_000_000;
const MILLI_AR_IN_WEI: u128 = 5_000_000_000_000;
const MILLI_AR_IN_TOKEN: u128 = 10_000;

/// A token that people pay with.
#[derive(Debug)]
pub(crate) struct Coin {
    pub(crate) payments: Payments,
    /// Base units of a thousandth of a handful, which is 1 AR or what is of about its worth.
    pub(crate) milli: u128,
    /// Chain that its money comes from and goes back to.
    pub(crate) home: Home,
}

/// Where a token's money is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Home {
    Arweave,
    Ethereum(Asset),
}

/// The tokens that people pay with: in the order of the network's list, and about equally dear.
pub(crate) fn coins(network: &NetworkFile) -> Vec<Coin> {
    let kinds = [
        (Home::Arweave, MILLI_AR),
        (Home::Ethereum(Asset::Coin), MILLI_AR_IN_WEI),
        (Home::Ethereum(Asset::Token), MILLI_AR_IN_TOKEN),
    ];
    let coin = |(token, (home, milli)): (&TokenSpec, _)| {
        let payments = Payments::new(&network.rules, token.clone());
        Coin { payments, milli, home }
    };
    network.rules.listed().iter().zip(kinds).map(coin).collect()
}

/// Everything that makes the accounts act.
#[derive(Debug)]
pub(crate) struct Activity {
    pub(crate) api: Api,
    pub(crate) coins: Vec<Coin>,
    pub(crate) deposits: Deposits,
    pub(crate) evm_deposits: EvmDeposits,
    pub(crate) payers: Vec<Payer>,
    pub(crate) chance: Chance,
    pub(crate) large: Large,
}

/// Where the accounts' choices come from.
#[derive(Debug)]
pub(crate) struct Chance {
    rng: StdRng,
    nonces: Nonces,
}

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self { rng: StdRng::seed_from_u64(seed), nonces: Nonces::default() }
    }

    fn one_of(&mut self, choices: &[usize]) -> Option<usize> {
        if choices.is_empty() { None } else { Some(choices[self.rng.random_range(0..choices.len())]) }
    }
}

impl Activity {
    /// Acts until `stop` turns true.
    pub(crate) async fn run(mut self, mut stop: watch::Receiver<bool>) {
        loop {
            let pause = Duration::from_millis(self.chance.rng.random_range(900..1_900));
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
        for coin in 0..self.coins.len() {
            // One chain that stays away must not stop the other's money.
            if let Err(fault) = self.deposit_where_low(coin).await {
                tracing::debug!(%fault, "no deposit this time");
            }
        }
        self.mint_ready().await?;
        let coin = self.chance.rng.random_range(0..self.coins.len());
        let balances = self.balances(coin).await?;
        let large = if self.large.is_due() {
            large::burn(&self.coins[coin], &self.payers, &balances, &mut self.chance)
        } else {
            None
        };
        if large.is_some() {
            self.large.made();
        }
        let usual = || next_action(&self.coins[coin], &self.payers, &balances, &mut self.chance);
        let Some(action) = large.or_else(usual) else { return Ok(()) };
        match self.api.post(&action).await {
            Ok(()) => tracing::debug!(action = %action.action, amount = %action.amount, from = %action.from, "posted"),
            Err(refused) => tracing::warn!(%refused, action = %action.action, "a payment was not accepted"),
        }
        Ok(())
    }

    /// Mints what came in on Arweave; on Ethereum that is the deposit bot's work.
    async fn mint_ready(&mut self) -> Result<(), Fault> {
        self.evm_deposits.drop_minted(&self.api).await;
        let Some(coin) = self.coins.iter().find(|coin| coin.home == Home::Arweave) else { return Ok(()) };
        self.deposits.mint_ready(&self.api, &coin.payments, &self.payers[0], &mut self.chance.nonces).await
    }

    async fn deposit_where_low(&mut self, coin: usize) -> Result<(), Fault> {
        let (home, milli) = (self.coins[coin].home, self.coins[coin].milli);
        for payer in self.depositors(home) {
            if self.is_waiting_for(&payer, home) {
                continue;
            }
            let sum = if self.is_low(coin, &payer.account()).await? {
                DEPOSIT * milli
            } else if home != Home::Arweave && self.chance.rng.random_ratio(1, EVM_DEPOSIT_ONE_IN * self.evm_choices())
            {
                EVM_DEPOSIT * milli
            } else {
                continue;
            };
            match (&payer, home) {
                (Payer::Arweave(wallet), Home::Arweave) => self.deposits.send(wallet, sum).await?,
                (Payer::Evm(key), Home::Ethereum(asset)) => self.evm_deposits.send(key, asset, sum).await?,
                (Payer::Arweave(_), Home::Ethereum(_)) | (Payer::Evm(_), Home::Arweave) => {}
            }
        }
        Ok(())
    }

    /// How many deposits from Ethereum there are to choose from with each action.
    fn evm_choices(&self) -> u32 {
        let coins = self.coins.iter().filter(|coin| coin.home != Home::Arweave).count();
        u32::try_from(coins * EVM_DEPOSITORS).unwrap_or(u32::MAX)
    }

    /// The accounts that bring money from a chain.
    fn depositors(&self, home: Home) -> Vec<Payer> {
        let of_home = |payer: &&Payer| matches!(payer, Payer::Arweave(_)) == (home == Home::Arweave);
        let most = if home == Home::Arweave { usize::MAX } else { EVM_DEPOSITORS };
        self.payers.iter().filter(of_home).take(most).cloned().collect()
    }

    fn is_waiting_for(&self, payer: &Payer, home: Home) -> bool {
        match (payer, home) {
            (Payer::Arweave(wallet), _) => self.deposits.is_waiting_for(wallet),
            (Payer::Evm(key), Home::Ethereum(asset)) => self.evm_deposits.is_waiting_for(key, asset),
            (Payer::Evm(_), Home::Arweave) => false,
        }
    }

    async fn is_low(&self, coin: usize, account: &AccountId) -> Result<bool, Fault> {
        let coin = &self.coins[coin];
        let balance = self.api.balance(&coin.payments.tag(), &account.to_string()).await?;
        Ok(balance < DEPOSIT_BELOW * coin.milli)
    }

    /// What every payer has, in the coin's base units.
    async fn balances(&self, coin: usize) -> Result<Vec<u128>, Fault> {
        let tag = self.coins[coin].payments.tag();
        let mut balances = Vec::with_capacity(self.payers.len());
        for payer in &self.payers {
            balances.push(self.api.balance(&tag, &payer.account().to_string()).await?);
        }
        Ok(balances)
    }
}

/// A gift to somebody who has next to nothing, else a payment, or sometimes a burn. `None` while nobody has anything.
fn next_action(coin: &Coin, payers: &[Payer], balances: &[u128], chance: &mut Chance) -> Option<Transaction> {
    let nonce = chance.nonces.fresh();
    let above =
        |least: u128| (0..balances.len()).filter(|payer| balances[*payer] > least * coin.milli).collect::<Vec<_>>();
    let poor = balances.iter().position(|balance| *balance < GIFT_BELOW * coin.milli);
    if let (Some(from), Some(to)) = (chance.one_of(&above(DEPOSIT_BELOW + GIFT)), poor) {
        let gift = GIFT * coin.milli;
        return Some(coin.payments.transfer(&payers[from], &payers[to].account(), gift, nonce));
    }
    let from = chance.one_of(&above(ABLE))?;
    let payer = &payers[from];
    let amount = (chance.rng.random_range(PAYMENT) * coin.milli).min(balances[from] / 2);
    if chance.rng.random_ratio(1, BURN_ONE_IN) {
        let (chain, to) = way_out(coin.home, payer, payers)?;
        return Some(coin.payments.burn(payer, &to, amount, chain, nonce));
    }
    let to = (from + chance.rng.random_range(1..payers.len())) % payers.len();
    Some(coin.payments.transfer(payer, &payers[to].account(), amount, nonce))
}

/// Chain and account that a burn is paid out to: the burner's own where it has one on that chain.
fn way_out(home: Home, payer: &Payer, payers: &[Payer]) -> Option<(&'static str, String)> {
    let on_chain = |payer: &&Payer| matches!(payer, Payer::Arweave(_)) == (home == Home::Arweave);
    let to = Some(payer).filter(on_chain).or_else(|| payers.iter().find(on_chain))?;
    let chain = if home == Home::Arweave { "arweave" } else { ETHEREUM };
    Some((chain, to.account().to_string()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crypto::secp::EvmKey;
    use everpay::{Rules, ar_token, eth_token};

    pub(super) fn payers() -> Vec<Payer> {
        let wallet = arweave::Wallet::generate(2048).unwrap();
        let evm = |number: u8| Payer::Evm(EvmKey::from_bytes(&[number; 32]).unwrap());
        vec![Payer::Arweave(Box::new(wallet)), evm(1), evm(2)]
    }

    pub(super) fn coin(home: Home) -> Coin {
        let token = if home == Home::Arweave { ar_token() } else { eth_token() };
        Coin { payments: Payments::new(&Rules::open("owner"), token), milli: 1_000, home }
    }

    /// What a thousand choices were, by action and, for burns, recipient.
    fn thousand(home: Home, balances: &[u128]) -> (Vec<Transaction>, Vec<Payer>) {
        let (payers, coin, mut chance) = (payers(), coin(home), Chance::new(7));
        let made = (0..1_000).filter_map(|_| next_action(&coin, &payers, balances, &mut chance)).collect();
        (made, payers)
    }

    #[test]
    fn nobody_pays_more_than_half_of_what_it_has() {
        let (made, payers) = thousand(Home::Ethereum(Asset::Coin), &[0, 300_000, 11_000]);
        assert_eq!(made.len(), 1_000);
        for action in made {
            let has = if action.from == payers[1].account().to_string() { 300_000 } else { 11_000 };
            assert!(action.amount.parse::<u128>().unwrap() <= has / 2, "{action:?}");
        }
        assert!(thousand(Home::Arweave, &[0, 0, 0]).0.is_empty());
    }

    #[test]
    fn burns_go_to_an_account_of_the_tokens_own_chain() {
        for home in [Home::Arweave, Home::Ethereum(Asset::Token)] {
            let (made, payers) = thousand(home, &[900_000, 900_000, 900_000]);
            let burns: Vec<_> = made.into_iter().filter(|action| action.action == "burn").collect();
            assert!((20..90).contains(&burns.len()), "{}", burns.len());
            for burn in burns {
                let to = payers.iter().find(|payer| payer.account().to_string() == burn.to).unwrap();
                assert_eq!(matches!(to, Payer::Arweave(_)), home == Home::Arweave, "{burn:?}");
            }
        }
    }

    #[test]
    fn whoever_has_nothing_is_given_something_first() {
        let (made, payers) = thousand(Home::Arweave, &[9_000_000, 0, 500_000]);
        let poor = payers[1].account().to_string();
        assert!(made.iter().all(|action| action.to == poor && action.amount == "2000000"), "{:?}", made[0]);
    }
}
