//! Published vectors: BIP 340's for the independent check, the FROST crate's for its arithmetic through our types and for ours
//! that finds culprits.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use frost_core::round1::Nonce;
use frost_secp256k1_tr::round1::{SigningCommitments, SigningNonces};
use frost_secp256k1_tr::{SigningPackage, round2};
use serde_json::Value;

use crate::check::verify_signature;
use crate::curve;
use crate::group::Group;
use crate::identity::Identity;
use crate::party::Party;
use crate::roster::Roster;
use crate::share::Share;
use crate::sign::Spend;
use crate::testrun;

fn hex(value: &Value) -> Vec<u8> {
    const_hex::decode(value.as_str().unwrap()).unwrap()
}

#[test]
fn the_check_agrees_with_every_vector_of_bip_340() {
    let mut seen = (0, 0);
    for line in include_str!("../tests/vectors/bip340-test-vectors.csv").lines().skip(1) {
        let fields: Vec<_> = line.split(',').collect();
        let bytes = |index: usize| const_hex::decode(fields[index]).unwrap();
        let (key, signature) = (bytes(2).try_into().unwrap(), bytes(5).try_into().unwrap());
        let accepted = verify_signature(&key, &bytes(4), &signature).is_ok();
        assert_eq!(accepted, fields[6] == "TRUE", "vector {}", fields[0]);
        if accepted { seen.0 += 1 } else { seen.1 += 1 }
    }
    assert_eq!(seen, (9, 10));
}

#[test]
fn the_crates_signing_vector_comes_out_through_our_types() {
    let vector: Value = serde_json::from_str(include_str!("../tests/vectors/frost-secp256k1-tr-3.0.0.json")).unwrap();
    let inputs = &vector["inputs"];
    let party = |value: &Value| Party::new(u16::try_from(value.as_u64().unwrap()).unwrap()).unwrap();
    let secrets: BTreeMap<_, _> = inputs["participant_shares"]
        .as_array()
        .unwrap()
        .iter()
        .map(|share| (party(&share["identifier"]), hex(&share["participant_share"])))
        .collect();
    let group = group(&hex(&inputs["verifying_key_key"]), &secrets);
    let (mut nonces, mut commitments) = (BTreeMap::new(), BTreeMap::new());
    for output in vector["round_one_outputs"]["outputs"].as_array().unwrap() {
        let party = party(&output["identifier"]);
        let nonce = |name: &str| Nonce::deserialize(&hex(&output[name])).unwrap();
        let made = SigningNonces::from_nonces(nonce("hiding_nonce"), nonce("binding_nonce"));
        let published = SigningCommitments::from(&made);
        let expected = [hex(&output["hiding_nonce_commitment"]), hex(&output["binding_nonce_commitment"])].concat();
        assert_eq!(testrun::encode(&published).unwrap(), expected);
        commitments.insert(party.identifier(), published);
        nonces.insert(party, made);
    }
    let package = SigningPackage::new(commitments, &hex(&inputs["message"]));
    let mut parts = BTreeMap::new();
    for output in vector["round_two_outputs"]["outputs"].as_array().unwrap() {
        let party = party(&output["identifier"]);
        let share = Share::from_secret(&group, party, &secrets[&party]).unwrap();
        let part = round2::sign(&package, &nonces[&party], share.package()).unwrap();
        assert_eq!(part.serialize(), hex(&output["sig_share"]));
        assert_eq!(testrun::share_verifies(&group, &package, party, &part.serialize()), Some(true));
        parts.insert(party, part);
    }
    let signature = testrun::aggregate(&group, Spend::Plain, &package, &parts).unwrap();
    assert_eq!(signature[..], hex(&vector["final_output"]["sig"]));
}

/// A group of 2 of 3 with these secrets, read as if it came from outside.
fn group(key: &[u8], secrets: &BTreeMap<Party, Vec<u8>>) -> Group {
    let identity = |party: &Party| Identity::from_secret(&[party.number() as u8; 32]).unwrap().peer_key();
    let roster = Roster::new(2, secrets.keys().map(|party| (*party, identity(party))).collect()).unwrap();
    let mut bytes = [&b"EVTG"[..], &[1], &[0; 4], &roster.to_bytes(), key].concat();
    secrets.values().for_each(|secret| bytes.extend(curve::compress(&curve::public(secret).unwrap())));
    Group::from_bytes(&bytes).unwrap()
}

#[test]
fn the_crates_key_generation_vector_passes_the_arithmetic_that_finds_culprits() {
    let vector: Value =
        serde_json::from_str(include_str!("../tests/vectors/frost-secp256k1-tr-3.0.0-dkg.json")).unwrap();
    let dealer = |number: u16| &vector["inputs"][number.to_string()];
    let points = |number: u16| {
        let commitments = dealer(number)["vss_commitments"].as_array().unwrap();
        curve::points(&commitments.iter().flat_map(hex).collect::<Vec<_>>()).unwrap()
    };
    for number in 1..=3 {
        let party = Party::new(number).unwrap();
        let proof = hex(&dealer(number)["proof_of_knowledge"]);
        assert!(curve::proves(party, &points(number)[0], &proof));
        assert!(!curve::proves(Party::new(9).unwrap(), &points(number)[0], &proof));
        // What a participant received, by sender.
        for (from, value) in dealer(number)["signing_shares"].as_object().unwrap() {
            let value = curve::public(&hex(value)).unwrap();
            assert_eq!(value, curve::evaluate(&points(from.parse().unwrap()), party), "{from} to {number}");
        }
    }
}
