//! What is read from a node's answers, and what each must keep to count.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use bitcoin::{Amount, BlockHash, Denomination, OutPoint, ScriptBuf, Transaction, Txid};
use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;

use super::{CoreError, Found, FoundCoin, Tried};
use crate::place::Holder;
use crate::request::Coin;

/// Most characters of a node's own words that are kept.
const WORDS_MAX: usize = 200;

pub(super) fn short(words: &str) -> String {
    words.chars().filter(|c| !c.is_control()).take(WORDS_MAX).collect()
}

/// A value that is written as text.
pub(super) struct Txt<T>(pub(super) T);

impl<'de, T: FromStr<Err: std::fmt::Display>> Deserialize<'de> for Txt<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map(Self).map_err(de::Error::custom)
    }
}

#[derive(Deserialize)]
pub(super) struct ChainInfo {
    pub(super) chain: String,
}

#[derive(Deserialize)]
pub(super) struct Depth {
    /// Absent while it waits for a block.
    #[serde(default)]
    pub(super) confirmations: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Trial {
    txid: Txt<Txid>,
    /// Absent when the node did not get that far.
    #[serde(default)]
    allowed: bool,
    vsize: Option<u64>,
    reject_reason: Option<String>,
}

impl Trial {
    pub(super) fn read(self, transaction: &Transaction) -> Result<Tried, CoreError> {
        if self.txid.0 != transaction.compute_txid() {
            return Err(CoreError::Contradiction("it tried another transaction than it was given"));
        }
        match (self.allowed, self.vsize) {
            (true, Some(vsize)) => Ok(Tried::Accepted { vsize }),
            (true, None) => Err(CoreError::Contradiction("it accepts a transaction without a size")),
            (false, _) => Ok(Tried::Refused { reason: short(self.reject_reason.as_deref().unwrap_or("no reason")) }),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Scan {
    success: bool,
    height: u64,
    bestblock: Txt<BlockHash>,
    unspents: Vec<Unspent>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Unspent {
    txid: Txt<Txid>,
    vout: u32,
    script_pub_key: String,
    /// Bitcoin as a JSON number, read as text: no float comes near it.
    amount: Box<RawValue>,
    coinbase: bool,
    height: u64,
}

impl Scan {
    pub(super) fn read(self, places: &BTreeMap<ScriptBuf, Holder>) -> Result<Found, CoreError> {
        if !self.success {
            return Err(CoreError::Contradiction("its scan did not end"));
        }
        let mut seen = BTreeSet::new();
        let mut coins = Vec::with_capacity(self.unspents.len());
        for unspent in self.unspents {
            let found = unspent.read(places, self.height).map_err(CoreError::Contradiction)?;
            if !seen.insert(found.coin.outpoint) {
                return Err(CoreError::Contradiction("its scan names a coin twice"));
            }
            coins.push(found);
        }
        coins.sort_by_key(|found| (found.coin.holder, crate::form::input_order(&found.coin.outpoint)));
        Ok(Found { block: self.bestblock.0, height: self.height, coins })
    }
}

impl Unspent {
    fn read(self, places: &BTreeMap<ScriptBuf, Holder>, tip: u64) -> Result<FoundCoin, &'static str> {
        let script = ScriptBuf::from_hex(&self.script_pub_key).map_err(|_| "a coin of its scan has no script")?;
        let holder = *places.get(&script).ok_or("its scan names a coin that was not asked for")?;
        let value = Amount::from_str_in(self.amount.get(), Denomination::Bitcoin)
            .ok()
            .filter(|value| *value <= Amount::MAX_MONEY)
            .ok_or("a coin of its scan has no amount that can be")?;
        let depth = tip.checked_sub(self.height).ok_or("a coin of its scan lies above the newest block")?;
        let outpoint = OutPoint { txid: self.txid.0, vout: self.vout };
        let confirmations = depth.saturating_add(1);
        Ok(FoundCoin { coin: Coin { outpoint, value, holder }, confirmations, coinbase: self.coinbase })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const TXID: &str = "00000000000000000000000000000000000000000000000000000000000000aa";

    fn places() -> BTreeMap<ScriptBuf, Holder> {
        BTreeMap::from([(ScriptBuf::from_hex("51").unwrap(), Holder::Vault)])
    }

    fn unspent(script: &str, amount: &str, height: u64) -> String {
        format!(
            r#"{{"txid":"{TXID}","vout":1,"scriptPubKey":"{script}","desc":"raw(51)","amount":{amount},"coinbase":false,"height":{height}}}"#
        )
    }

    fn scan(success: bool, unspents: &[String]) -> Result<Found, CoreError> {
        let all = unspents.join(",");
        let text = format!(
            r#"{{"success":{success},"txouts":9,"height":7,"bestblock":"{TXID}","unspents":[{all}],"total_amount":1.0}}"#
        );
        serde_json::from_str::<Scan>(&text).unwrap().read(&places())
    }

    #[test]
    fn amounts_are_read_to_the_satoshi() {
        for (text, sat) in [("0.00000001", 1), ("20999999.97690000", 2_099_999_997_690_000), ("0.1", 10_000_000)] {
            let found = scan(true, &[unspent("51", text, 7)]).unwrap();
            assert_eq!((found.coins[0].coin.value.to_sat(), found.coins[0].confirmations), (sat, 1), "{text}");
        }
    }

    #[test]
    fn a_scan_that_tells_what_cannot_be_does_not_count() {
        let good = unspent("51", "1.00000000", 3);
        assert_eq!(scan(true, std::slice::from_ref(&good)).unwrap().coins[0].confirmations, 5);
        for (what, success, unspents) in [
            ("it did not end", false, vec![good.clone()]),
            ("a coin twice", true, vec![good.clone(), good]),
            ("a script that was not asked for", true, vec![unspent("52", "1.0", 3)]),
            ("no script", true, vec![unspent("zz", "1.0", 3)]),
            ("less than nothing", true, vec![unspent("51", "-1.0", 3)]),
            ("parts of a satoshi", true, vec![unspent("51", "0.000000001", 3)]),
            ("more than all", true, vec![unspent("51", "21000000.00000001", 3)]),
            ("a float's exponent", true, vec![unspent("51", "1e-8", 3)]),
            ("a text", true, vec![unspent("51", "\"1.0\"", 3)]),
            ("above the newest block", true, vec![unspent("51", "1.0", 8)]),
        ] {
            assert!(matches!(scan(success, &unspents), Err(CoreError::Contradiction(_))), "{what}");
        }
    }

    #[test]
    fn a_trial_of_another_transaction_does_not_count() {
        let trial: Trial = serde_json::from_str(&format!(r#"{{"txid":"{TXID}","allowed":true,"vsize":1}}"#)).unwrap();
        let unsigned = crate::form::unsigned(&[], &[]);
        assert!(matches!(trial.read(&unsigned), Err(CoreError::Contradiction(_))));
    }
}
