//! A vault of three watchmen with deposits on the chain.

use std::collections::BTreeMap;

use devnet::bitcoin_output;
use everpay::AccountId;
use tests::TestBitcoin;
use threshold::{Party, Share};
use vault_bitcoin::bitcoin::{Amount, FeeRate, Network, Transaction};
use vault_bitcoin::{Coin, Holder, Payment, SpendRequest, Vault};

use crate::common::{parties, party, shares};
use crate::signing::Session;

/// An address of an EVM chain, of Arweave, and another of an EVM chain.
const ACCOUNTS: [&str; 3] = [
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "dQzTM9hXV5MD1fRniOKI3MvPF_-8b2XDLmpfcMN9hi8",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
];

pub(crate) fn holders() -> [Holder; 3] {
    ACCOUNTS.map(|text| Holder::Account(AccountId::parse(text).unwrap()))
}

/// Two of three watchmen sign.
pub(crate) struct TestVault {
    pub(crate) shares: BTreeMap<Party, Share>,
    pub(crate) vault: Vault,
}

impl TestVault {
    pub(crate) fn new(seed: u64) -> Self {
        let shares = shares(2, 3, seed);
        let vault = Vault::new(shares[&party(1)].group().clone(), Network::Regtest);
        Self { shares, vault }
    }

    /// A deposit of each account, in a block.
    pub(crate) async fn with_deposits(bitcoin: &TestBitcoin, seed: u64) -> (Self, Vec<Coin>) {
        let it = Self::new(seed);
        let sums = [70_000, 50_000, 12_345].map(Amount::from_sat);
        let outputs: Vec<_> = holders()
            .into_iter()
            .zip(sums)
            .map(|(holder, sum)| bitcoin_output(&it.vault.place(holder).unwrap().address(Network::Regtest), sum))
            .collect();
        let outpoints = bitcoin.control().fund(&outputs).await.unwrap();
        let coins = holders().into_iter().zip(sums).zip(outpoints);
        let coins = coins.map(|((holder, value), outpoint)| Coin { outpoint, value, holder }).collect();
        (it, coins)
    }

    /// Signatures of members 1 and 3 for all inputs, from one ceremony.
    pub(crate) fn sign(&self, request: &SpendRequest) -> Vec<[u8; 64]> {
        let mut session = Session::new(&self.shares, &parties([1, 3]), request.items(), 7);
        session.run();
        session.outcome.unwrap().unwrap().signatures
    }

    pub(crate) fn signed(&self, request: &SpendRequest) -> Transaction {
        request.finalise(&self.sign(request)).unwrap()
    }
}

pub(crate) fn payment(sat: u64) -> Payment {
    let to = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080".parse().unwrap();
    Payment { to, value: Amount::from_sat(sat) }
}

pub(crate) fn rate(sat_per_vb: u64) -> FeeRate {
    FeeRate::from_sat_per_vb(sat_per_vb).unwrap()
}
