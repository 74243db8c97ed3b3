//! A spend from what is known: coins, payments, a fee rate.
//!
//! All given coins are spent; what is over goes back to the vault's own address, unless it is so little that nodes would not
//! pass it on: then the miner gets it. Choosing coins is the caller's.

use bitcoin::address::NetworkUnchecked;
use bitcoin::{Address, Amount, FeeRate, ScriptBuf, TxOut};

use crate::error::{PlanError, SpendError};
use crate::form;
use crate::place::{Holder, Vault};
use crate::request::{Coin, Mine, SpendRequest, signed_vsize, sum};

/// The least fee rate that nodes pass on everywhere.
pub(crate) const MIN_RATE: FeeRate = FeeRate::BROADCAST_MIN;
/// More was hardly ever paid: a mistake.
pub(crate) const MAX_RATE: FeeRate = FeeRate::from_sat_per_vb_u32(1_000);

/// Somebody who is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// To which address.
    pub to: Address<NetworkUnchecked>,
    /// How much.
    pub value: Amount,
}

impl Vault {
    /// Pays from all of these coins; the vault gets the rest.
    ///
    /// # Errors
    /// A rule of spends, an address of another network, or a fee rate out of bounds.
    pub fn plan(&self, coins: &[Coin], payments: &[Payment], rate: FeeRate) -> Result<SpendRequest, PlanError> {
        let outputs = payments
            .iter()
            .map(|payment| Ok(TxOut { value: payment.value, script_pubkey: self.script(&payment.to)? }))
            .collect::<Result<Vec<_>, PlanError>>()?;
        let rest = self.place(Holder::Vault).map_err(SpendError::Group)?.script_pubkey();
        self.spend(coins, outputs, rest, rate)
    }

    /// Moves all that these coins hold to one address, as when the funds go to another group's key.
    ///
    /// # Errors
    /// As [`Vault::plan`].
    pub fn sweep(
        &self,
        coins: &[Coin],
        to: &Address<NetworkUnchecked>,
        rate: FeeRate,
    ) -> Result<SpendRequest, PlanError> {
        self.spend(coins, Vec::new(), self.script(to)?, rate)
    }

    fn script(&self, address: &Address<NetworkUnchecked>) -> Result<ScriptBuf, PlanError> {
        let checked = address.clone().require_network(self.network());
        checked
            .map(|address| address.script_pubkey())
            .map_err(|_| PlanError::Network(address.assume_checked_ref().to_string()))
    }

    fn spend(
        &self,
        coins: &[Coin],
        mut outputs: Vec<TxOut>,
        rest: ScriptBuf,
        rate: FeeRate,
    ) -> Result<SpendRequest, PlanError> {
        if !(MIN_RATE..=MAX_RATE).contains(&rate) {
            return Err(PlanError::Rate(rate));
        }
        let mut inputs = Vec::with_capacity(coins.len());
        for coin in coins {
            inputs.push(Mine { coin: *coin, place: self.place(coin.holder).map_err(SpendError::Group)? });
        }
        let have = sum(coins.iter().map(|coin| coin.value))?;
        let paid = sum(outputs.iter().map(|output| output.value))?;
        let fee =
            |outputs: &[TxOut]| rate.fee_vb(signed_vsize(&form::unsigned(&inputs, outputs))).ok_or(SpendError::Amounts);
        let without = sum([paid, fee(&outputs)?])?;
        if have < without {
            return Err(SpendError::NotEnough { have, need: without }.into());
        }
        outputs.push(TxOut { value: Amount::ZERO, script_pubkey: rest });
        let over = have.checked_sub(sum([paid, fee(&outputs)?])?).unwrap_or(Amount::ZERO);
        match outputs.last_mut() {
            Some(last) if over >= last.script_pubkey.minimal_non_dust() => last.value = over,
            _ => drop(outputs.pop()),
        }
        Ok(SpendRequest::build(self, inputs, outputs)?)
    }
}
