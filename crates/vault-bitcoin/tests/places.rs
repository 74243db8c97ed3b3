//! Addresses of a group: one for the vault, one for each account, computed step by step without asking anybody.

#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../../threshold/tests/common/mod.rs"]
mod common;
mod support;

use bitcoin::key::{Secp256k1, TapTweak};
use bitcoin::secp256k1::{Scalar, XOnlyPublicKey};
use bitcoin::{Address, Network, TapNodeHash, hashes::Hash};
use common::{parties, party};
use everpay::AccountId;
use support::{ALICE, BOB, account, vault};
use threshold::Group;
use vault_bitcoin::{Holder, Vault};

const DOCUMENT: &str = include_str!("../../../docs/bitcoin.md");
const EXAMPLE: &str = include_str!("example.group");

fn tagged(tag: &str, bytes: &[u8]) -> [u8; 32] {
    let tag = crypto::sha256(tag.as_bytes());
    crypto::sha256_parts(&[&tag, &tag, bytes])
}

#[test]
fn the_documents_example_is_what_this_program_derives() {
    let group = Group::from_bytes(&crypto::hexs::decode(EXAMPLE.trim()).unwrap()).unwrap();
    let derived = Vault::new(group, Network::Regtest).derivation(AccountId::parse(ALICE).unwrap()).unwrap().to_string();
    for line in derived.lines() {
        assert!(DOCUMENT.contains(&format!("    {line}\n")), "docs/bitcoin.md lacks\n    {line}");
    }
}

#[test]
fn each_step_can_be_taken_with_other_tools() {
    let (_, vault) = vault(1);
    let derived = vault.derivation(AccountId::parse(BOB).unwrap()).unwrap();
    let leaf = [&[0x6a, 0x20][..], &tagged("everwatch/threshold/account/1", BOB.as_bytes())].concat();
    let root = tagged("TapLeaf", &[&[0xc0, 0x22][..], &leaf].concat());
    let tweak = tagged("TapTweak", &[&derived.internal_key[..], &root].concat());
    assert_eq!((derived.leaf.as_bytes(), derived.root, derived.tweak), (&leaf[..], root, tweak));
    let (curve, internal) = (Secp256k1::new(), XOnlyPublicKey::from_slice(&derived.internal_key).unwrap());
    let (output, _) = internal.add_tweak(&curve, &Scalar::from_be_bytes(tweak).unwrap()).unwrap();
    assert_eq!(derived.output_key, output.serialize());
    // And by another implementation at once.
    let (tweaked, _) = internal.tap_tweak(&curve, Some(TapNodeHash::from_byte_array(root)));
    assert_eq!(derived.address, Address::p2tr_tweaked(tweaked, Network::Regtest));
}

#[test]
fn every_account_has_one_address_however_it_is_spelt_and_the_vault_has_its_own() {
    let (_, vault) = vault(1);
    let address = |holder| vault.place(holder).unwrap().address(Network::Regtest).to_string();
    assert_eq!(address(account(ALICE)), address(account(&ALICE.to_lowercase())));
    let all = [address(account(ALICE)), address(account(BOB)), address(Holder::Vault)];
    assert!(all.iter().all(|one| one.starts_with("bcrt1p") && one.len() == 64), "{all:?}");
    assert!(all[0] != all[1] && all[1] != all[2] && all[0] != all[2]);
    let key = XOnlyPublicKey::from_slice(&vault.group().x_only()).unwrap();
    assert_eq!(all[2], Address::p2tr(&Secp256k1::new(), key, None, Network::Regtest).to_string());
    let (_, other) = support::vault(2);
    assert_ne!(all[0], other.place(account(ALICE)).unwrap().address(Network::Regtest).to_string());
}

#[test]
fn new_shares_and_a_member_less_leave_every_address_as_it_was() {
    let (shares, vault) = vault(3);
    let mut net = common::refresh(&shares, &parties([1, 3]), 2, 3);
    net.run();
    let group = net.results().remove(&party(1)).unwrap().share.group().clone();
    assert_ne!(&group, vault.group());
    let renewed = Vault::new(group, Network::Regtest);
    for holder in [account(ALICE), Holder::Vault] {
        assert_eq!(renewed.place(holder).unwrap(), vault.place(holder).unwrap());
    }
}
