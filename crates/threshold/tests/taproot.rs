//! The group on Bitcoin: addresses that anybody can compute, transactions that libsecp256k1 accepts, backups that restore.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;
#[path = "common/signing.rs"]
mod signing;

use bitcoin::absolute::LockTime;
use bitcoin::hashes::Hash;
use bitcoin::key::Secp256k1;
use bitcoin::secp256k1::{Message, XOnlyPublicKey, schnorr};
use bitcoin::sighash::{Prevouts, SighashCache, TapSighashType};
use bitcoin::transaction::Version;
use bitcoin::{Amount, KnownHrp, Network, OutPoint, ScriptBuf, Sequence, Transaction, TxIn, TxOut, Txid, Witness};
use common::{parties, party, rng, shares};
use signing::Session;
use threshold::{Backup, BackupError, Cost, Deposit, FormatError, KeyPath, Spend};

const CHEAP: Cost = Cost { memory_kib: 64, passes: 1, lanes: 1 };

#[test]
fn each_account_has_an_address_of_its_own_that_names_it_in_a_dead_leaf() {
    let shares = shares(2, 3, 1);
    let group = shares[&party(1)].group();
    let one = Deposit::new(group, b"0x5f0ac5160640c8d0b0ea1b7cfcbb5e2dd8c2a7b3").unwrap();
    let other = Deposit::new(group, b"0x5f0ac5160640c8d0b0ea1b7cfcbb5e2dd8c2a7b4").unwrap();
    assert_ne!(one.output_key(), other.output_key());
    assert!(one.address(Network::Bitcoin).to_string().starts_with("bc1p"));
    assert!(one.address(KnownHrp::Regtest).to_string().starts_with("bcrt1p"));
    // OP_RETURN ends a script before anything else is looked at.
    let leaf = one.leaf().as_bytes();
    assert_eq!((leaf[0], leaf[1], leaf.len()), (0x6a, 32, 34));
    // Two implementations agree on the output key, and on the plain one.
    assert_eq!(one.spend().key(group).unwrap(), one.output_key());
    let internal = XOnlyPublicKey::from_slice(&group.x_only()).unwrap();
    let plain = ScriptBuf::new_p2tr(&Secp256k1::new(), internal, None);
    assert_eq!(plain.as_bytes()[2..], Spend::KeyOnly.key(group).unwrap());
}

#[test]
fn the_address_is_the_same_after_refresh_and_removal() {
    let old = shares(2, 3, 2);
    let mut net = common::refresh(&old, &parties([1, 3]), 2, 3);
    net.run();
    let new = net.results().remove(&party(1)).unwrap().share;
    let address = |group| Deposit::new(group, b"account").unwrap().address(Network::Bitcoin);
    assert_eq!(address(old[&party(1)].group()), address(new.group()));
}

#[test]
fn a_transaction_that_spends_several_deposits_is_signed_in_one_ceremony() {
    let shares = shares(2, 3, 4);
    let group = shares[&party(1)].group();
    let deposits: Vec<_> = (0..5u8).map(|n| Deposit::new(group, &[n]).unwrap()).collect();
    let funding: Vec<_> = deposits
        .iter()
        .map(|deposit| TxOut { value: Amount::from_sat(50_000), script_pubkey: deposit.script_pubkey() })
        .collect();
    let mut transaction = Transaction {
        version: Version::TWO,
        lock_time: LockTime::ZERO,
        input: (0..5)
            .map(|vout| TxIn {
                previous_output: OutPoint { txid: Txid::from_byte_array([vout as u8 + 1; 32]), vout },
                script_sig: ScriptBuf::new(),
                sequence: Sequence::ENABLE_RBF_NO_LOCKTIME,
                witness: Witness::new(),
            })
            .collect(),
        output: vec![TxOut { value: Amount::from_sat(249_000), script_pubkey: funding[0].script_pubkey.clone() }],
    };
    let sighashes: Vec<[u8; 32]> = {
        let mut cache = SighashCache::new(&transaction);
        let prevouts = Prevouts::All(&funding);
        let hash = |index| cache.taproot_key_spend_signature_hash(index, &prevouts, TapSighashType::Default);
        (0..5).map(hash).map(|hash| hash.unwrap().to_byte_array()).collect()
    };
    let items = deposits.iter().zip(&sighashes).map(|(deposit, hash)| deposit.item(*hash)).collect();
    let mut session = Session::new(&shares, &parties([2, 3]), items, 5);
    session.run();
    let signatures = session.outcome.unwrap().unwrap().signatures;
    // libsecp256k1 as Bitcoin Core has it: the output key on the chain, the hash of the input.
    let curve = Secp256k1::verification_only();
    for (index, signature) in signatures.iter().enumerate() {
        let key = XOnlyPublicKey::from_slice(&funding[index].script_pubkey.as_bytes()[2..]).unwrap();
        let message = Message::from_digest(sighashes[index]);
        let signature = schnorr::Signature::from_slice(signature).unwrap();
        curve.verify_schnorr(&signature, &message, &key).unwrap();
        assert!(curve.verify_schnorr(&signature, &Message::from_digest(sighashes[(index + 1) % 5]), &key).is_err());
        transaction.input[index].witness = Witness::from_slice(&[signature.as_ref()]);
    }
    assert!(transaction.input.iter().all(|input| input.witness.len() == 1));
}

#[test]
fn a_backup_restores_share_and_group_with_the_password_only() {
    let share = shares(3, 5, 6).remove(&party(4)).unwrap();
    let backup = Backup::seal(&share, b"correct horse", CHEAP, &mut rng(1)).unwrap();
    assert_eq!(backup.claims().unwrap(), share.group().x_only());
    let restored = Backup::from_bytes(backup.to_bytes().to_vec()).open(b"correct horse").unwrap();
    assert_eq!(restored.to_bytes(), share.to_bytes());
    assert_eq!(restored.group(), share.group());
    assert!(matches!(backup.open(b"correct horsf"), Err(BackupError::Password)));
    let secret = share.to_bytes();
    assert!(!backup.to_bytes().windows(32).any(|window| window == &secret[72..104]), "the secret is in the clear");
}

#[test]
fn every_changed_byte_of_a_backup_is_found() {
    let share = shares(2, 2, 7).remove(&party(1)).unwrap();
    let backup = Backup::seal(&share, b"pw", CHEAP, &mut rng(1)).unwrap();
    let bytes = backup.to_bytes();
    for index in 0..bytes.len() {
        let mut changed = bytes.to_vec();
        changed[index] ^= 1;
        assert!(Backup::from_bytes(changed).open(b"pw").is_err(), "byte {index}");
    }
    for length in [0, 4, 88, bytes.len() - 1] {
        assert!(Backup::from_bytes(bytes[..length].to_vec()).open(b"pw").is_err());
    }
}

#[test]
fn a_backup_cannot_ask_for_unbounded_work() {
    let share = shares(2, 2, 8).remove(&party(1)).unwrap();
    let mut bytes = Backup::seal(&share, b"pw", CHEAP, &mut rng(1)).unwrap().to_bytes().to_vec();
    bytes[37..41].copy_from_slice(&u32::MAX.to_be_bytes());
    assert!(matches!(Backup::from_bytes(bytes).open(b"pw"), Err(BackupError::Cost)));
}

#[test]
fn the_drill_finds_a_backup_of_an_earlier_generation() {
    let old = shares(2, 3, 9);
    let backup = Backup::seal(&old[&party(1)], b"pw", CHEAP, &mut rng(1)).unwrap();
    backup.drill(b"pw", &old[&party(1)]).unwrap();
    let mut net = common::refresh(&old, &parties(1..=3), 2, 10);
    net.run();
    let new = net.results().remove(&party(1)).unwrap().share;
    assert!(matches!(backup.drill(b"pw", &new), Err(BackupError::Outdated)));
    assert!(matches!(backup.drill(b"px", &new), Err(BackupError::Password)));
    assert!(matches!(Backup::from_bytes(vec![]).open(b"pw"), Err(BackupError::Format(FormatError::Length))));
}
