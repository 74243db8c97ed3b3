//! Transactions for the keepers to sign, of coins that no chain has seen.

use vault_bitcoin::bitcoin::{Amount, FeeRate, Network, OutPoint, Transaction, Txid, consensus, hashes::Hash};
use vault_bitcoin::{Coin, Holder, Payment, SpendRequest, Vault};

use crate::keepers::{Keepers, text};

/// Spends a coin of the key's own address; another number is another coin.
pub(crate) fn spend(group: threshold::Group, coin: u8) -> SpendRequest {
    let vault = Vault::new(group, Network::Regtest);
    let outpoint = OutPoint { txid: Txid::from_byte_array([coin; 32]), vout: 0 };
    let coin = Coin { outpoint, value: Amount::from_sat(90_000), holder: Holder::Vault };
    let to = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080".parse().unwrap();
    let payment = Payment { to, value: Amount::from_sat(50_000) };
    vault.plan(&[coin], &[payment], FeeRate::from_sat_per_vb_u32(2)).unwrap()
}

impl Keepers {
    /// One asks the others to sign; the session.
    pub(crate) async fn ask(&self, index: usize, group: &str, coin: u8) -> String {
        let request = spend(self.public(index, group).await, coin);
        let psbt = self.file("spend.psbt");
        std::fs::write(&psbt, request.to_bytes()).unwrap();
        text(&self.tell(index, &["sign", group, "--psbt", psbt.to_str().unwrap()]).await["row"]["id"])
    }

    /// The first asks, both approve; all three hold the one transaction that came of it.
    pub(crate) async fn sign(&self, signers: [usize; 2], group: &str, coin: u8) {
        let session = self.ask(signers[0], group, coin).await;
        for index in signers {
            self.approve(index, &session).await;
        }
        self.one_transaction(&session).await;
    }

    /// Waits until all three have the transaction, and checks that it is the same, and the one that was asked for.
    pub(crate) async fn one_transaction(&self, session: &str) {
        let signed = self.signed(0, session).await;
        for index in [1, 2] {
            assert_eq!(self.signed(index, session).await, signed, "keeper {index} has another transaction");
        }
        let transaction: Transaction = consensus::encode::deserialize_hex(&signed).unwrap();
        let detail = self.tell(0, &["session", session]).await;
        assert_eq!(detail["txid"], transaction.compute_txid().to_string());
        assert!(transaction.input.iter().all(|input| input.witness.len() == 1));
    }
}
