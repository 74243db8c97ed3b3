//! A key is made, its addresses get coins, and Bitcoin Core mines what the keepers sign: after the key generation, after a refresh,
//! a repair and a removal, with one of them away.

use devnet::bitcoin_output;
use everpay::AccountId;
use tests::TestBitcoin;
use vault_bitcoin::bitcoin::{Amount, FeeRate, Network, Transaction, consensus};
use vault_bitcoin::{Holder, Payment, Vault};

use crate::keepers::{Keepers, text};

const ACCOUNTS: [&str; 2] =
    ["0x00000000000000000000000000000000000000AA", "0x00000000000000000000000000000000000000bB"];

/// Coins on deposit addresses of two accounts, spent in one session by these keepers, mined.
async fn spend(bitcoin: &TestBitcoin, keepers: &Keepers, signers: &[usize]) {
    let group = keepers.group(signers[0]).await;
    let vault = Vault::new(keepers.public(signers[0], &group).await, Network::Regtest);
    let holders: Vec<Holder> = ACCOUNTS.map(|account| Holder::Account(AccountId::parse(account).unwrap())).into();
    let mut outputs = Vec::new();
    for (account, holder) in ACCOUNTS.iter().zip(&holders) {
        let told = keepers.tell(signers[0], &["address", account, "--group", &group]).await;
        let address = vault.place(*holder).unwrap().address(Network::Regtest);
        assert_eq!(text(&told["address"]), address.to_string());
        outputs.push(bitcoin_output(&address, Amount::from_sat(100_000)));
    }
    bitcoin.control().fund(&outputs).await.unwrap();
    bitcoin.control().mine(1).await.unwrap();
    let found = bitcoin.core().coins(&vault, &holders).await.unwrap();
    let coins: Vec<_> = found.coins.iter().map(|found| found.coin).collect();
    assert!(coins.len() >= 2, "{found:?}");
    let to = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080".parse().unwrap();
    let payment = Payment { to, value: Amount::from_sat(150_000) };
    let request = vault.plan(&coins, &[payment], FeeRate::from_sat_per_vb_u32(2)).unwrap();
    let psbt = keepers.file("spend.psbt");
    std::fs::write(&psbt, request.to_bytes()).unwrap();
    let session = keepers.tell(signers[0], &["sign", &group, "--psbt", psbt.to_str().unwrap()]).await;
    let id = text(&session["row"]["id"]);
    for index in signers {
        keepers.approve(*index, &id).await;
    }
    let signed = keepers.signed(signers[1], &id).await;
    let transaction: Transaction = consensus::encode::deserialize_hex(&signed).unwrap();
    bitcoin.core().send(&transaction).await.unwrap();
    bitcoin.control().mine(1).await.unwrap();
    let height = bitcoin.control().height().await.unwrap();
    let block = bitcoin.control().block(height).await.unwrap();
    assert!(block.txdata.iter().any(|mined| mined.compute_txid() == transaction.compute_txid()));
}

#[tokio::test(flavor = "multi_thread")]
async fn three_keepers_make_a_key_and_bitcoin_mines_what_two_of_them_sign_through_its_life() {
    let bitcoin = TestBitcoin::start().await;
    let mut keepers = Keepers::running(3).await;
    let group = keepers.make_key("2", &[0, 1, 2]).await;
    keepers.kill(2).await;
    spend(&bitcoin, &keepers, &[0, 1]).await;
    keepers.start(2).await;
    keepers.acquainted(&[0, 1, 2]).await;
    let refresh = text(&keepers.tell(0, &["refresh", &group]).await["row"]["id"]);
    for index in [1, 2] {
        keepers.agree(index, &refresh).await;
    }
    for index in 0..3 {
        keepers.until(index, &refresh, &["done"]).await;
    }
    spend(&bitcoin, &keepers, &[1, 2]).await;
    let group = keepers.group(0).await;
    let removal = text(&keepers.tell(0, &["remove", &group, "2"]).await["row"]["id"]);
    keepers.agree(2, &removal).await;
    for index in [0, 2] {
        keepers.until(index, &removal, &["done"]).await;
    }
    spend(&bitcoin, &keepers, &[2, 0]).await;
    let status = keepers.status(1).await;
    assert_eq!(status["keys"][0]["share"], false, "the removed one holds no share");
}
