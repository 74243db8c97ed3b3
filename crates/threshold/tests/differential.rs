//! A second implementation of FROST, written by others, signs with our shares: under the key that our addresses are made of.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{parties, party, rng, shares};
use schnorr_fun::Message;
use schnorr_fun::binonce::NonceKeyPair;
use schnorr_fun::frost::{SecretShare, SharedKey, new_without_nonce_generation};
use sha2::Sha256;
use threshold::{Party, Share, verify_signature};

/// Our share in the other implementation's form: index and secret, 32 bytes each.
fn foreign(share: &Share) -> SecretShare {
    let mut bytes = [0; 64];
    bytes[30..32].copy_from_slice(&share.party().number().to_be_bytes());
    bytes[32..].copy_from_slice(&share.to_bytes()[72..104]);
    SecretShare::from_bytes(bytes).unwrap()
}

fn foreign_signature(shares: &BTreeMap<Party, Share>, quorum: &BTreeSet<Party>, message: &[u8; 32]) -> [u8; 64] {
    let frost = new_without_nonce_generation::<Sha256>();
    let message = Message::raw(message);
    let all: Vec<_> = quorum.iter().map(|party| foreign(&shares[party])).collect();
    let images = all.iter().map(SecretShare::share_image);
    let key = SharedKey::from_share_images(images).non_zero().unwrap();
    let group = shares[&party(1)].group();
    assert_eq!(key.threshold(), usize::from(group.threshold()));
    assert_eq!(key.public_key().to_bytes(), *group.key());
    let even = key.clone().into_xonly();
    let mut dice = rng(5);
    let nonces: BTreeMap<_, _> = all.iter().map(|share| (share.index, NonceKeyPair::random(&mut dice))).collect();
    let public = nonces.iter().map(|(index, nonce)| (*index, nonce.public())).collect();
    let session = frost.coordinator_sign_session(&even, public, message);
    let signer = frost.party_sign_session(even.public_key(), session.parties(), session.agg_binonce(), message);
    let parts = all
        .iter()
        .map(|share| {
            let paired = key.pair_secret_share(*share).unwrap().into_xonly();
            (share.index, signer.sign(&paired, nonces[&share.index].clone()))
        })
        .collect();
    session.verify_and_combine_signature_shares(&even, parts).unwrap().to_bytes()
}

#[test]
fn another_implementation_signs_with_our_shares_under_our_key() {
    for (threshold, members, seed) in [(2, 3, 1), (2, 3, 2), (2, 3, 3), (3, 5, 4), (4, 4, 5)] {
        let shares = shares(threshold, members, seed);
        let quorum: BTreeSet<_> = shares.keys().rev().take(usize::from(threshold)).copied().collect();
        let signature = foreign_signature(&shares, &quorum, &[3; 32]);
        verify_signature(&shares[&party(1)].group().x_only(), &[3; 32], &signature).unwrap();
    }
}

#[test]
fn another_implementation_signs_with_refreshed_shares_under_the_old_key() {
    let old = shares(2, 3, 6);
    let mut net = common::refresh(&old, &parties([1, 3]), 2, 7);
    net.run();
    let new: BTreeMap<_, _> = net.results().into_iter().map(|(party, refreshed)| (party, refreshed.share)).collect();
    let signature = foreign_signature(&new, &parties([1, 3]), &[4; 32]);
    verify_signature(&old[&party(1)].group().x_only(), &[4; 32], &signature).unwrap();
}
