//! A vault of a group that was made in the test, and coins in it.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "shared by tests that use parts of it")]

use std::collections::BTreeMap;

use bitcoin::hashes::Hash;
use bitcoin::{Amount, FeeRate, Network, OutPoint, Txid};
use everpay::AccountId;
use threshold::{Party, Share};
use vault_bitcoin::{Coin, Holder, Payment, SpendRequest, Vault};

use crate::common::{party, shares};

pub const ALICE: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
pub const BOB: &str = "dQzTM9hXV5MD1fRniOKI3MvPF_-8b2XDLmpfcMN9hi8";

pub fn account(text: &str) -> Holder {
    Holder::Account(AccountId::parse(text).unwrap())
}

/// Shares of a 2-of-3 group, and its vault.
pub fn vault(seed: u64) -> (BTreeMap<Party, Share>, Vault) {
    let shares = shares(2, 3, seed);
    let vault = Vault::new(shares[&party(1)].group().clone(), Network::Regtest);
    (shares, vault)
}

pub fn coin(number: u8, sat: u64, holder: Holder) -> Coin {
    let outpoint = OutPoint { txid: Txid::from_byte_array([number; 32]), vout: number.into() };
    Coin { outpoint, value: Amount::from_sat(sat), holder }
}

/// Of Alice, of Bob, and of the vault itself.
pub fn coins() -> [Coin; 3] {
    [coin(3, 50_000, account(ALICE)), coin(1, 70_000, account(BOB)), coin(2, 30_000, Holder::Vault)]
}

/// To an address of somebody else.
pub fn payment(sat: u64) -> Payment {
    let to = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080".parse().unwrap();
    Payment { to, value: Amount::from_sat(sat) }
}

pub fn rate(sat_per_vb: u64) -> FeeRate {
    FeeRate::from_sat_per_vb(sat_per_vb).unwrap()
}

pub fn request(vault: &Vault) -> SpendRequest {
    vault.plan(&coins(), &[payment(100_000)], rate(2)).unwrap()
}
