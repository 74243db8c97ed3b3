//! Large burns: what some watchmen ask a person about, now and then.

use everpay::Transaction;

use super::{Chance, Coin, Home, way_out};
use crate::keys::Payer;

/// A burn that some watchmen ask a person about, once in so many actions and so often in a run: nobody may be there to answer.
const BURN: u128 = 500;
const FIRST: u32 = 10;
const EVERY: u32 = 150;
const MOST: u32 = 12;

/// When the next large burn is due.
#[derive(Debug)]
pub(crate) struct Large {
    left: u32,
    wait: u32,
}

impl Default for Large {
    fn default() -> Self {
        Self { left: MOST, wait: FIRST }
    }
}

impl Large {
    /// Counts an action; whether a large burn shall be the next.
    pub(super) fn is_due(&mut self) -> bool {
        self.wait = self.wait.saturating_sub(1);
        self.left > 0 && self.wait == 0
    }

    pub(super) fn made(&mut self) {
        (self.left, self.wait) = (self.left - 1, EVERY);
    }
}

/// A burn of what some watchmen ask a person about, by somebody who has a lot on Ethereum's vault.
pub(super) fn burn(coin: &Coin, payers: &[Payer], balances: &[u128], chance: &mut Chance) -> Option<Transaction> {
    let Home::Ethereum(_) = coin.home else { return None };
    let amount = BURN * coin.milli;
    let rich: Vec<usize> = (0..balances.len()).filter(|payer| balances[*payer] >= 2 * amount).collect();
    let payer = &payers[chance.one_of(&rich)?];
    let (chain, to) = way_out(coin.home, payer, payers)?;
    Some(coin.payments.burn(payer, &to, amount, chain, chance.nonces.fresh()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::super::tests::{coin, payers};
    use super::*;
    use crate::evm_deposits::Asset;

    #[test]
    fn a_large_burn_is_made_now_and_then_and_not_for_ever() {
        let (mut large, mut made) = (Large::default(), Vec::new());
        for action in 1..100_000_u32 {
            if large.is_due() {
                large.made();
                made.push(action);
            }
        }
        assert_eq!(u32::try_from(made.len()).unwrap(), MOST);
        assert_eq!(made[..2], [FIRST, FIRST + EVERY]);
        let (payers, mut chance) = (payers(), Chance::new(7));
        let mut burn = |home, has| super::burn(&coin(home), &payers, &[has; 3], &mut chance);
        let burnt = burn(Home::Ethereum(Asset::Coin), 1_000_000).unwrap();
        assert_eq!((burnt.action.as_str(), burnt.amount.as_str()), ("burn", "500000"));
        assert!(burn(Home::Ethereum(Asset::Coin), 900_000).is_none());
        assert!(burn(Home::Arweave, 9_000_000).is_none(), "no watchman pays AR");
    }
}
