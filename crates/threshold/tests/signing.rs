//! Signing as its users see it: quorums, culprits, nonces. Carriers of all kinds: `signing_carriers`.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;
#[path = "common/signing.rs"]
mod signing;

use common::{Envelope, ceremony, parties, party, rng, shares};
use proptest::prelude::*;
use signing::{Session, item, signed_by};
use threshold::{Charge, Coordinator, MAX_ITEMS, Refusal, Request, SetupError, Signer};

#[test]
fn every_quorum_signs_under_every_form_of_the_key() {
    // Keys with odd and even y, which BIP 340 treats differently.
    for seed in 0..8 {
        let shares = shares(2, 3, seed);
        for quorum in [[1, 2], [1, 3], [2, 3]] {
            let items: Vec<_> = (0..3).map(item).collect();
            let mut session = Session::new(&shares, &parties(quorum), items.clone(), seed);
            session.run();
            signed_by(&session, &items, quorum);
            assert_eq!(session.told.len(), 2);
            assert!(session.refused.is_empty());
        }
    }
}

#[test]
fn one_ceremony_signs_as_many_items_as_allowed_and_no_more() {
    let shares = shares(3, 5, 1);
    let items: Vec<_> = (0..u8::try_from(MAX_ITEMS).unwrap()).map(item).collect();
    let mut session = Session::new(&shares, &parties(1..=3), items.clone(), 1);
    session.run();
    assert_eq!(session.outcome.unwrap().unwrap().signatures.len(), MAX_ITEMS);
    let group = shares[&party(1)].group();
    for count in [0, MAX_ITEMS + 1] {
        let items = vec![item(1); count];
        let refused = Coordinator::new(group.clone(), party(1), &parties(1..=3), items, ceremony(1)).err();
        assert_eq!(refused, Some(SetupError::Items { items: count }));
    }
}

/// Changes a bit of one member's shares; of each member another, for two changes that cancel out give a valid signature.
fn spoil(number: u16) -> impl FnMut(Envelope) -> Vec<Envelope> {
    move |mut envelope| {
        if envelope.from == party(number) && envelope.bytes[6] == 4 {
            *envelope.bytes.last_mut().unwrap() ^= 1 << number;
        }
        vec![envelope]
    }
}

#[test]
fn a_bad_share_names_its_author_and_another_quorum_signs() {
    let shares = shares(2, 3, 7);
    let mut session = Session::new(&shares, &parties([1, 2]), vec![item(0), item(1)], 8);
    session.run_through(spoil(2));
    signed_by(&session, &[item(0), item(1)], [1, 3]);
    assert_eq!(session.coordinator.failed().culprits, [(party(2), Charge::SignatureShare)].into());
}

#[test]
fn all_who_give_bad_shares_are_named_at_once() {
    let shares = shares(3, 5, 9);
    let mut session = Session::new(&shares, &parties([1, 2, 3]), vec![item(1)], 10);
    let (mut second, mut third) = (spoil(2), spoil(3));
    session.run_through(|envelope| second(envelope).into_iter().flat_map(&mut third).collect());
    signed_by(&session, &[item(1)], [1, 4, 5]);
    assert_eq!(session.coordinator.failed().culprits.len(), 2);
}

#[test]
fn without_a_quorum_of_honest_members_nothing_is_signed() {
    let shares = shares(2, 3, 11);
    let mut session = Session::new(&shares, &parties([1, 2]), vec![item(1)], 12);
    let (mut second, mut third) = (spoil(2), spoil(3));
    session.run_through(|envelope| second(envelope).into_iter().flat_map(&mut third).collect());
    let abort = session.outcome.unwrap().unwrap_err();
    assert_eq!(abort.culprits.keys().copied().collect::<Vec<_>>(), [party(2), party(3)]);
    assert!(session.told.is_empty());
}

#[test]
fn who_is_silent_in_either_round_is_passed_over() {
    let shares = shares(2, 3, 13);
    for silent in [2, 4] {
        let mut session = Session::new(&shares, &parties([1, 2]), vec![item(1)], 14);
        session.run_through(|e| if e.from == party(2) && e.bytes[6] == silent { vec![] } else { vec![e] });
        assert_eq!(session.coordinator.waits_for(), [party(2)]);
        let step = session.coordinator.time_out();
        session.follow(step);
        session.run();
        signed_by(&session, &[item(1)], [1, 3]);
        assert_eq!(session.coordinator.failed().absent, [party(2)].into());
    }
}

#[test]
fn who_declines_is_passed_over() {
    let shares = shares(2, 3, 15);
    let mut session = Session::new(&shares, &parties([1, 2]), vec![item(1)], 16);
    let at = session.queue.iter().position(|envelope| envelope.to == party(2)).unwrap();
    let asked = session.queue.remove(at).unwrap();
    let group = shares[&party(2)].group();
    let request = Request::read(group, party(2), asked.from, &asked.bytes).unwrap();
    session.post(party(2), vec![request.decline(group, party(2))]);
    session.run();
    signed_by(&session, &[item(1)], [1, 3]);
    assert_eq!(session.coordinator.failed().declined, [party(2)].into());
}

/// A signer of party 2 with the request it approved, and the package it is sent.
fn at_the_package(seed: u64) -> (Session, Signer, Vec<u8>) {
    let shares = shares(2, 3, 17);
    let mut session = Session::new(&shares, &parties([1, 2]), vec![item(1)], seed);
    let mut package = None;
    session.run_through(|envelope| {
        if envelope.to == party(2) && envelope.bytes[6] == 3 {
            package = Some(envelope.bytes);
            return vec![];
        }
        vec![envelope]
    });
    let signer = session.signers.remove(&party(2)).unwrap();
    (session, signer, package.unwrap())
}

#[test]
fn a_nonce_is_used_for_one_package_only() {
    let (_, mut signer, package) = at_the_package(1);
    let first = signer.receive(party(1), &package, &mut rng(1)).unwrap().send;
    // The very same package gets the very same answer.
    assert_eq!(signer.receive(party(1), &package, &mut rng(2)).unwrap().send, first);
    // Any other package of this attempt gets none, even if it is well made: here with the quorum's other commitments.
    let mut other = package.clone();
    let last = other.len();
    let (head, tail) = (other[last - 66..last - 33].to_vec(), other[last - 33..].to_vec());
    other.truncate(last - 66);
    other.extend([tail, head].concat());
    assert_eq!(signer.receive(party(1), &other, &mut rng(1)).err(), Some(Refusal::NonceUsed));
}

#[test]
fn a_package_that_is_refused_takes_the_nonce_along() {
    let (_, mut signer, package) = at_the_package(2);
    let mut spoiled = package.clone();
    *spoiled.last_mut().unwrap() ^= 1;
    assert!(signer.receive(party(1), &spoiled, &mut rng(1)).is_err());
    assert_eq!(signer.receive(party(1), &package, &mut rng(1)).err(), Some(Refusal::NonceUsed));
}

#[test]
fn a_package_without_a_full_quorum_or_with_strangers_is_refused() {
    // Count, quorum and members follow head (75) and attempt.
    for (at, value) in [(77, 1), (81, 1), (81, 9), (79, 2)] {
        let (_, mut signer, mut package) = at_the_package(3);
        package[at] = value;
        assert!(signer.receive(party(1), &package, &mut rng(1)).is_err(), "byte {at} as {value}");
    }
}

#[test]
fn a_signer_answers_nobody_but_the_coordinator_and_signs_nothing_but_what_it_approved() {
    let (session, mut signer, package) = at_the_package(4);
    assert_eq!(signer.receive(party(3), &package, &mut rng(1)).err(), Some(Refusal::NotMember { party: party(3) }));
    // The coordinator asks for another attempt, with another message.
    let group = session.shares[&party(1)].group().clone();
    let (_, asked) = Coordinator::new(group, party(1), &parties([1, 2]), vec![item(2)], ceremony(9)).unwrap();
    let mut other = asked[1].bytes.clone();
    other[75] = 1;
    assert_eq!(signer.receive(party(1), &other, &mut rng(1)).err(), Some(Refusal::Attempt));
}

#[test]
fn a_package_of_one_attempt_is_worth_nothing_in_the_next() {
    let shares = shares(2, 3, 18);
    let mut session = Session::new(&shares, &parties([1, 2]), vec![item(1)], 19);
    let (mut spoiled, mut first) = (spoil(2), None);
    session.run_through(|envelope| {
        if envelope.to == party(1) && envelope.bytes[6] == 3 && first.is_none() {
            first = Some(envelope.clone());
        }
        // The last message of the second attempt never arrives, so that the signer still waits.
        if envelope.bytes[6] == 5 { vec![] } else { spoiled(envelope) }
    });
    session.deliver(first.unwrap());
    assert!(matches!(session.refused.pop(), Some((_, Refusal::Attempt))));
}

#[test]
fn a_finished_signature_that_does_not_verify_is_refused() {
    let shares = shares(2, 3, 20);
    let mut session = Session::new(&shares, &parties([1, 2]), vec![item(1)], 21);
    session.run_through(|mut envelope| {
        if envelope.bytes[6] == 5 {
            envelope.bytes[80] ^= 1;
        }
        vec![envelope]
    });
    assert!(session.told.is_empty());
    assert!(session.refused.iter().all(|(_, refusal)| *refusal == Refusal::BadSignature));
}

#[test]
fn shares_of_another_generation_or_group_do_not_take_part() {
    let mut mixed = shares(2, 3, 22);
    let foreign = shares(2, 3, 23);
    mixed.insert(party(2), foreign[&party(2)].clone());
    let mut session = Session::new(&mixed, &parties([1, 2]), vec![item(1)], 24);
    session.run();
    assert!(session.outcome.is_none());
    assert!(matches!(session.refused.pop(), Some((_, Refusal::Group))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn larger_groups_sign_in_any_order_and_name_every_spoiler(
        seed in any::<u64>(),
        (members, threshold, bad) in (3u16..8).prop_flat_map(|n| (Just(n), 2..n)).prop_flat_map(|(n, t)| (Just(n), Just(t), 0..=n - t)),
    ) {
        let shares = shares(threshold, members, seed % 16);
        let mut session = Session::new(&shares, &parties(1..=threshold), vec![item(1), item(2)], seed);
        let mut dice = rng(seed);
        while !session.queue.is_empty() {
            use rand_chacha::rand_core::RngCore;
            let at = dice.next_u32() as usize % session.queue.len();
            let mut envelope = session.queue.swap_remove_back(at).unwrap();
            if envelope.from.number() <= bad && envelope.bytes[6] == 4 {
                *envelope.bytes.last_mut().unwrap() ^= 1 << envelope.from.number();
            }
            session.deliver(envelope);
        }
        let signatures = session.outcome.unwrap().unwrap();
        prop_assert!(signatures.signers.iter().all(|signer| signer.number() > bad));
        prop_assert!(session.coordinator.failed().culprits.keys().all(|culprit| culprit.number() <= bad));
    }
}
