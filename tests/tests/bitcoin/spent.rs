//! From deposits to a mined transaction, and on to the next one.

use tests::TestBitcoin;
use vault_bitcoin::{Holder, SpendRequest, Tried};

use crate::vault::{TestVault, holders, payment, rate};

#[tokio::test(flavor = "multi_thread")]
async fn deposits_of_three_accounts_are_found_and_spent_with_one_ceremony() {
    let bitcoin = TestBitcoin::start().await;
    let core = bitcoin.core();
    let (watchmen, deposits) = TestVault::with_deposits(&bitcoin, 1).await;
    let everybody = [&holders()[..], &[Holder::Vault]].concat();
    let found = core.coins(&watchmen.vault, &everybody).await.unwrap();
    assert_eq!(found.height, core.height().await.unwrap());
    let mut coins: Vec<_> = found.coins.iter().map(|found| found.coin).collect();
    coins.sort_by_key(|coin| coin.outpoint);
    assert_eq!(coins, deposits);
    assert!(found.coins.iter().all(|found| found.confirmations == 1 && found.can_be_spent()));

    // What a second watchman reads from the bytes is what all sign.
    let planned = watchmen.vault.plan(&coins, &[payment(100_000)], rate(2)).unwrap();
    let request = SpendRequest::from_bytes(&watchmen.vault, planned.to_bytes()).unwrap();
    let transaction = watchmen.signed(&request);
    assert_eq!(core.try_out(&transaction).await.unwrap(), Tried::Accepted { vsize: request.vsize() });
    assert_eq!(core.confirmations(&transaction).await.unwrap(), None);
    assert_eq!(core.send(&transaction).await.unwrap(), request.describe().txid);
    assert_eq!(core.send(&transaction).await.unwrap(), request.describe().txid, "sending again changes nothing");
    assert_eq!(core.confirmations(&transaction).await.unwrap(), Some(0));
    bitcoin.control().mine(3).await.unwrap();
    assert_eq!(core.confirmations(&transaction).await.unwrap(), Some(3));
    assert_eq!(core.send(&transaction).await.unwrap(), request.describe().txid, "mined");

    // Only what came back is left, and moves on to the key of another group.
    let left = core.coins(&watchmen.vault, &everybody).await.unwrap().coins;
    assert_eq!(left.iter().map(|found| found.coin.holder).collect::<Vec<_>>(), [Holder::Vault]);
    let next = TestVault::new(2).vault;
    let to = next.place(Holder::Vault).unwrap().address(next.network()).into_unchecked();
    let moved = watchmen.vault.sweep(&[left[0].coin], &to, rate(1)).unwrap();
    core.send(&watchmen.signed(&moved)).await.unwrap();
    bitcoin.control().mine(1).await.unwrap();
    let arrived = core.coins(&next, &[Holder::Vault]).await.unwrap().coins;
    assert_eq!(arrived[0].coin.value, left[0].coin.value - moved.fee());
    assert_eq!(core.coins(&watchmen.vault, &everybody).await.unwrap().coins, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_coins_as_a_ceremony_signs_are_spent_at_once() {
    let bitcoin = TestBitcoin::start().await;
    let core = bitcoin.core();
    let watchmen = TestVault::new(3);
    let place = watchmen.vault.place(holders()[0]).unwrap().address(watchmen.vault.network());
    let output = devnet::bitcoin_output(&place, vault_bitcoin::bitcoin::Amount::from_sat(10_000));
    bitcoin.control().fund(&vec![output; vault_bitcoin::MAX_INPUTS]).await.unwrap();
    let found = core.coins(&watchmen.vault, &holders()).await.unwrap().coins;
    let coins: Vec<_> = found.iter().map(|found| found.coin).collect();
    assert_eq!(coins.len(), vault_bitcoin::MAX_INPUTS);
    let request = watchmen.vault.plan(&coins, &[payment(600_000)], rate(1)).unwrap();
    let transaction = watchmen.signed(&request);
    assert_eq!(core.try_out(&transaction).await.unwrap(), Tried::Accepted { vsize: request.vsize() });
    core.send(&transaction).await.unwrap();
    bitcoin.control().mine(1).await.unwrap();
    assert_eq!(core.confirmations(&transaction).await.unwrap(), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spend_that_its_chain_takes_back_is_mined_again() {
    let bitcoin = TestBitcoin::start().await;
    let core = bitcoin.core();
    let (watchmen, coins) = TestVault::with_deposits(&bitcoin, 4).await;
    let transaction = watchmen.signed(&watchmen.vault.plan(&coins, &[payment(50_000)], rate(2)).unwrap());
    core.send(&transaction).await.unwrap();
    bitcoin.control().mine(2).await.unwrap();
    bitcoin.control().reorg(2).await.unwrap();
    assert_eq!(core.confirmations(&transaction).await.unwrap(), Some(3), "in the first of three new blocks");
}
