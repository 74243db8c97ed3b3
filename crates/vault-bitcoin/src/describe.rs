//! What people are shown before they approve, computed from the bytes that are signed.

use std::fmt;

use bitcoin::{Address, Amount, Network, OutPoint, Txid};
use crypto::hexs;

use crate::place::Holder;
use crate::request::SpendRequest;

/// A coin that is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spent {
    /// Where it is.
    pub outpoint: OutPoint,
    /// For whom the output was.
    pub holder: Holder,
    /// What it holds, as the request says; a lie makes the signatures invalid.
    pub value: Amount,
}

/// An output that is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paid {
    /// To which address.
    pub address: Address,
    /// How much.
    pub value: Amount,
    /// Whether it goes back to the vault's own address.
    pub back: bool,
}

/// A spend in words and numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// On which network.
    pub network: Network,
    /// The transaction's id, which signing does not change.
    pub txid: Txid,
    /// What is spent, in the order of the inputs.
    pub inputs: Vec<Spent>,
    /// What is paid, in the order of the outputs.
    pub outputs: Vec<Paid>,
    /// What the miner gets.
    pub fee: Amount,
    /// Size in virtual bytes.
    pub vsize: u64,
    /// The hash of network and request.
    pub digest: [u8; 32],
    /// The digest as words.
    pub check_words: [&'static str; vault::words::WORDS],
}

impl Description {
    /// What leaves the vault, without the fee.
    #[must_use]
    pub fn leaving(&self) -> Amount {
        self.outputs.iter().filter(|paid| !paid.back).map(|paid| paid.value).sum()
    }
}

impl SpendRequest {
    /// What this spend does.
    #[must_use]
    pub fn describe(&self) -> Description {
        let own = self.own().script_pubkey();
        let output = |output: &bitcoin::TxOut| Paid {
            address: Address::from_script(&output.script_pubkey, self.network())
                .expect("a request pays to addresses only"),
            value: output.value,
            back: output.script_pubkey == own,
        };
        Description {
            network: self.network(),
            txid: self.transaction().compute_txid(),
            inputs: self
                .coins()
                .map(|coin| Spent { outpoint: coin.outpoint, holder: coin.holder, value: coin.value })
                .collect(),
            outputs: self.transaction().output.iter().map(output).collect(),
            fee: self.fee(),
            vsize: self.vsize(),
            digest: self.digest(),
            check_words: self.check_words(),
        }
    }
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "network       {}", self.network)?;
        writeln!(f, "transaction   {}", self.txid)?;
        for spent in &self.inputs {
            writeln!(f, "spends        {} BTC of {} ({})", btc(spent.value), spent.holder, spent.outpoint)?;
        }
        for paid in &self.outputs {
            let back = if paid.back { " (back to the vault)" } else { "" };
            writeln!(f, "pays          {} BTC to {}{back}", btc(paid.value), paid.address)?;
        }
        // Tenths of a satoshi, rounded down.
        let tenths = self.fee.to_sat().saturating_mul(10) / self.vsize.max(1);
        let rate = format!("{}.{}", tenths / 10, tenths % 10);
        writeln!(f, "fee           {} BTC, {rate} sat/vB for {} vB", btc(self.fee), self.vsize)?;
        writeln!(f, "digest        {}", hexs::encode(&self.digest))?;
        write!(f, "check words   {}", self.check_words.join(" "))
    }
}

/// With all eight decimals, so that sums are compared digit by digit.
fn btc(amount: Amount) -> String {
    let (whole, part) = (amount.to_sat() / Amount::ONE_BTC.to_sat(), amount.to_sat() % Amount::ONE_BTC.to_sat());
    format!("{whole}.{part:08}")
}
