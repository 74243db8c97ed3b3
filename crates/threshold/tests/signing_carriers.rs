//! Every message of a signing, lost, repeated, late, out of order, changed, replayed: exhaustively for 2 of 3, under a seed for
//! larger groups.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;
#[path = "common/signing.rs"]
mod signing;

use common::{Envelope, ceremony, parties, party, rng, shares};
use rand_chacha::rand_core::RngCore;
use signing::{Session, item, signed_by, verified};
use threshold::{Charge, Refusal};

/// A request, commitments, a package, shares and signatures: each from or to two signers.
const MESSAGES: usize = 10;

fn recorded(session: &mut Session) -> Vec<Envelope> {
    let mut all = Vec::new();
    session.run_through(|envelope| {
        all.push(envelope.clone());
        vec![envelope]
    });
    all
}

#[test]
fn every_changed_byte_of_every_message_fails_the_attempt_at_most_and_never_gives_another_signature() {
    let shares = shares(2, 3, 2);
    let items = [item(1)];
    let lengths: Vec<_> = recorded(&mut Session::new(&shares, &parties([1, 2]), items.to_vec(), 3))
        .iter()
        .map(|envelope| envelope.bytes.len())
        .collect();
    assert_eq!(lengths.len(), MESSAGES);
    for (chosen, length) in lengths.into_iter().enumerate() {
        for at in 0..length {
            let mut session = Session::new(&shares, &parties([1, 2]), items.to_vec(), 3);
            let mut index = 0;
            session.run_through(|mut envelope| {
                if index == chosen {
                    envelope.bytes[at] ^= 1 << (at % 8);
                }
                index += 1;
                vec![envelope]
            });
            verified(&session, &items);
            let noticed = !session.refused.is_empty() || !session.coordinator.failed().culprits.is_empty();
            // Another message in a request is another thing to approve, and its commitments serve the real one.
            assert!(noticed || session.outcome.is_some(), "message {chosen}, byte {at}");
        }
    }
}

#[test]
fn a_commitment_in_another_encoding_of_the_same_point_convicts_its_author() {
    let shares = shares(2, 3, 12);
    for tag in [0, 4, 5] {
        let mut session = Session::new(&shares, &parties([1, 2]), vec![item(1)], 13);
        session.run_through(|mut envelope| {
            if envelope.from == party(2) && envelope.bytes[6] == 2 {
                envelope.bytes[76] = tag;
            }
            vec![envelope]
        });
        signed_by(&session, &[item(1)], [1, 3]);
        assert_eq!(session.coordinator.failed().culprits, [(party(2), Charge::Content)].into());
    }
}

#[test]
fn any_one_message_may_be_lost_and_sent_again() {
    let shares = shares(2, 3, 4);
    for lost in 0..MESSAGES {
        let mut session = Session::new(&shares, &parties([1, 2]), vec![item(1)], 5);
        let mut index = 0;
        session.run_through(|envelope| {
            index += 1;
            if index == lost + 1 { vec![] } else { vec![envelope] }
        });
        let again = session.coordinator.resend();
        session.post(party(1), again);
        session.run();
        signed_by(&session, &[item(1)], [1, 2]);
        assert_eq!(session.told.len(), 2);
        assert!(session.refused.iter().all(|(_, refusal)| *refusal == Refusal::Finished), "{:?}", session.refused);
    }
}

#[test]
fn any_one_message_may_come_late_and_all_others_twice() {
    let shares = shares(2, 3, 6);
    for chosen in 0..MESSAGES {
        let mut session = Session::new(&shares, &parties([1, 2]), vec![item(2)], 7);
        let mut index = 0;
        while let Some(envelope) = session.queue.pop_front() {
            if index == chosen {
                session.queue.push_back(envelope);
            } else {
                session.deliver(envelope.clone());
                session.deliver(envelope);
            }
            index += 1;
        }
        signed_by(&session, &[item(2)], [1, 2]);
        let harmless = |refusal: &Refusal| matches!(refusal, Refusal::Finished | Refusal::NonceUsed);
        assert!(session.refused.iter().all(|(_, refusal)| harmless(refusal)), "{:?}", session.refused);
    }
}

#[test]
fn no_message_of_one_signing_is_taken_in_another() {
    let shares = shares(2, 3, 8);
    let first = recorded(&mut Session::new(&shares, &parties([1, 2]), vec![item(1)], 9));
    let mut second = Session::of(ceremony(10), &shares, &parties([1, 2]), vec![item(1)], 9);
    let mut round = 0;
    while let Some(envelope) = second.queue.pop_front() {
        // Before each new round, once both signers are there, everything of the first signing again.
        if envelope.bytes[6] > round && second.signers.len() == 2 {
            first.iter().cloned().for_each(|old| second.deliver(old));
            assert_eq!(second.refused.len(), MESSAGES);
            // The coordinator is at its end before the last round.
            let foreign = |refusal| matches!(refusal, Refusal::Ceremony | Refusal::Finished);
            assert!(second.refused.drain(..).all(|(_, refusal)| foreign(refusal)));
        }
        round = envelope.bytes[6];
        second.deliver(envelope);
    }
    signed_by(&second, &[item(1)], [1, 2]);
}

#[test]
fn larger_groups_sign_through_loss_repetition_and_disorder() {
    for (threshold, members, seeds) in [(3, 5, 6), (5, 9, 3)] {
        let shares = shares(threshold, members, 10);
        for seed in 0..seeds {
            let items = [item(1), item(2), item(3)];
            let mut session = Session::new(&shares, &parties(1..=threshold), items.to_vec(), seed);
            let mut dice = rng(seed);
            for _ in 0..40 {
                while !session.queue.is_empty() {
                    let at = dice.next_u32() as usize % session.queue.len();
                    let envelope = session.queue.swap_remove_back(at).unwrap();
                    match dice.next_u32() % 6 {
                        0 => {}
                        1 => {
                            session.deliver(envelope.clone());
                            session.deliver(envelope);
                        }
                        _ => session.deliver(envelope),
                    }
                }
                let again = session.coordinator.resend();
                session.post(party(1), again);
            }
            signed_by(&session, &items, 1..=threshold);
            assert_eq!(session.told.len(), usize::from(threshold));
        }
    }
}

#[test]
fn larger_groups_never_sign_anything_else_when_bytes_change_at_random() {
    let shares = shares(3, 5, 11);
    for seed in 0..40 {
        let items = [item(1), item(2)];
        let mut session = Session::new(&shares, &parties(1..=3), items.to_vec(), seed);
        let mut dice = rng(seed);
        session.run_through(|mut envelope| {
            if dice.next_u32().is_multiple_of(4) {
                let at = dice.next_u32() as usize % envelope.bytes.len();
                envelope.bytes[at] ^= 1 << (dice.next_u32() % 8);
            }
            vec![envelope]
        });
        verified(&session, &items);
        for told in session.told.values() {
            for (item, signature) in items.iter().zip(&told.signatures) {
                let key = item.spend.key(shares[&party(1)].group()).unwrap();
                threshold::verify_signature(&key, &item.message, signature).unwrap();
            }
        }
    }
}
