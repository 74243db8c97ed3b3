//! What Bitcoin Core refuses: every changed bit of a signature, every changed field, other keys, a missing tweak.

use tests::TestBitcoin;
use threshold::{Item, Spend};
use vault_bitcoin::bitcoin::absolute::LockTime;
use vault_bitcoin::bitcoin::{Amount, OutPoint, Sequence, Transaction, Witness, transaction};
use vault_bitcoin::{Core, SpendRequest, Tried};

use crate::common::parties;
use crate::signing::Session;
use crate::vault::{TestVault, holders, payment, rate};

const BAD_SIGNATURE: &str = "Invalid Schnorr signature";

type Change<'a> = &'a dyn Fn(&mut Transaction);

async fn world() -> (TestBitcoin, Core, TestVault, SpendRequest, Transaction) {
    let bitcoin = TestBitcoin::start().await;
    let core = bitcoin.core();
    let (watchmen, coins) = TestVault::with_deposits(&bitcoin, 1).await;
    let request = watchmen.vault.plan(&coins, &[payment(100_000)], rate(2)).unwrap();
    let transaction = watchmen.signed(&request);
    (bitcoin, core, watchmen, request, transaction)
}

/// Refused for a reason that says so.
async fn refused(core: &Core, transaction: &Transaction, reason: &str, what: &str) {
    match core.try_out(transaction).await.unwrap() {
        Tried::Refused { reason: said } => assert!(said.contains(reason), "{what}: {said}"),
        Tried::Accepted { .. } => panic!("{what}: accepted"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_flipped_bit_of_every_witness_is_refused() {
    let (bitcoin, core, _, _, transaction) = world().await;
    for input in 0..transaction.input.len() {
        let signature = transaction.input[input].witness[0].to_vec();
        for bit in 0..signature.len() * 8 {
            let mut flipped = signature.clone();
            flipped[bit / 8] ^= 0x80 >> (bit % 8);
            let mut changed = transaction.clone();
            changed.input[input].witness = Witness::from_slice(&[flipped]);
            refused(&core, &changed, BAD_SIGNATURE, &format!("input {input}, bit {bit}")).await;
        }
    }
    core.send(&transaction).await.unwrap();
    bitcoin.control().mine(1).await.unwrap();
    assert_eq!(core.confirmations(&transaction).await.unwrap(), Some(1), "unchanged it is mined");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_changed_field_is_refused() {
    let (_bitcoin, core, watchmen, _, transaction) = world().await;
    let changed = |change: Change<'_>| {
        let mut changed = transaction.clone();
        change(&mut changed);
        changed
    };
    let other = watchmen.vault.place(holders()[0]).unwrap().script_pubkey();
    let changes: [(&str, Change<'_>); 8] = [
        ("one satoshi less is paid", &|tx| tx.output[0].value -= Amount::ONE_SAT),
        ("somebody else is paid", &|tx| tx.output[0].script_pubkey = other.clone()),
        ("an output is gone", &|tx| drop(tx.output.pop())),
        ("the outputs are swapped", &|tx| tx.output.reverse()),
        ("an input and what comes back are gone", &|tx| drop((tx.input.pop(), tx.output.remove(0)))),
        ("the witnesses are swapped", &|tx| {
            let first = tx.input[0].witness.clone();
            tx.input[0].witness = std::mem::replace(&mut tx.input[1].witness, first);
        }),
        ("another sequence", &|tx| tx.input[1].sequence = Sequence::ENABLE_LOCKTIME_NO_RBF),
        ("another version", &|tx| tx.version = transaction::Version::ONE),
    ];
    for (what, change) in changes {
        refused(&core, &changed(change), BAD_SIGNATURE, what).await;
    }
    refused(&core, &changed(&|tx| tx.lock_time = LockTime::from_consensus(1)), BAD_SIGNATURE, "a time lock").await;
    let elsewhere =
        |tx: &mut Transaction| tx.input[0].previous_output = OutPoint { vout: 9, ..tx.input[0].previous_output };
    refused(&core, &changed(&elsewhere), "missing-inputs", "another coin").await;
    let all = |tx: &mut Transaction| {
        // The same signature with a byte that says SIGHASH_ALL.
        let signature = [&tx.input[0].witness[0], &[1]].concat();
        tx.input[0].witness = Witness::from_slice(&[signature]);
    };
    refused(&core, &changed(&all), BAD_SIGNATURE, "another kind of signature").await;
    refused(&core, &changed(&|tx| tx.input[0].witness = Witness::new()), "Witness program", "no signature").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signatures_under_another_form_of_the_key_are_refused() {
    let (_bitcoin, core, watchmen, request, transaction) = world().await;
    let place = |holder| watchmen.vault.place(holder).unwrap();
    let wrong = [
        ("no tweak", Spend::Plain),
        ("the tweak without the account's leaf", Spend::KeyOnly),
        ("the tweak of another account", Spend::Tree(place(holders()[2]).root().unwrap())),
    ];
    assert_eq!(request.coins().next().unwrap().holder, holders()[0]);
    for (what, spend) in wrong {
        let items: Vec<_> = request.items().into_iter().map(|item| Item { spend, ..item }).collect();
        let mut session = Session::new(&watchmen.shares, &parties([1, 2]), items, 8);
        session.run();
        let signatures = session.outcome.unwrap().unwrap().signatures;
        assert!(request.finalise(&signatures).is_err(), "{what}: our own check");
        let mut changed = transaction.clone();
        changed.input[0].witness = Witness::from_slice(&[signatures[0]]);
        refused(&core, &changed, BAD_SIGNATURE, what).await;
    }
    let stranger = TestVault::new(2).sign(&request);
    let mut changed = transaction.clone();
    changed.input[0].witness = Witness::from_slice(&[stranger[0]]);
    refused(&core, &changed, BAD_SIGNATURE, "another group").await;
}
