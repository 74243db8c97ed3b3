//! What whoever drives the machines needs: who said what, leaving, restarts, routing, and stable names.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;
#[path = "common/signing.rs"]
mod signing;

use std::collections::BTreeSet;

use common::{ceremony, dkg, identity, parties, party, repair, rng, shares};
use signing::{Session, item, signed_by};
use threshold::{
    Abort, CeremonyId, Charge, FormatError, Kind, Label, MAX_MESSAGE, Phase, Refusal, Round, SetupError, To, UsedIds,
    forfeit,
};

fn said(rounds: &[Round]) -> Vec<(&'static str, Vec<u16>)> {
    let numbers = |parties: &BTreeSet<threshold::Party>| parties.iter().map(|party| party.number()).collect();
    rounds.iter().map(|round| (round.phase.code(), numbers(&round.done))).collect()
}

#[test]
fn the_table_of_a_key_generation_shows_who_said_what_also_after_it_ended() {
    let mut net = dkg(2, 3, 1, 1);
    while let Some(envelope) = net.next() {
        // Nothing of party 2 reaches party 1 after its first message.
        if (envelope.from, envelope.to) != (party(2), party(1)) || envelope.bytes[6] == 1 {
            net.deliver(envelope);
        }
    }
    let machine = &mut net.machines.get_mut(&party(1)).unwrap().machine;
    let table = [("commitments", vec![1, 2, 3]), ("echo", vec![1, 3]), ("values", vec![3]), ("confirmation", vec![])];
    assert_eq!(said(&machine.progress()), table);
    assert_eq!((machine.round(), machine.waits_for()), (2, vec![party(2)]));
    assert_eq!(machine.progress()[1].missing(), parties([2]));
    assert_eq!(machine.give_up().unwrap().absent, parties([2]));
    assert_eq!(said(&machine.progress()), table);
    assert_eq!((machine.waits_for(), machine.give_up()), (vec![], None));
}

#[test]
fn the_table_of_a_repair_has_only_what_this_participant_hears() {
    let all = shares(2, 3, 2);
    let mut net = repair(&all, &parties([1, 3]), party(2), 1, 3);
    net.run();
    let lost = [("commitments", vec![1, 3]), ("echo", vec![1, 2, 3]), ("parts", vec![]), ("sums", vec![1, 3])];
    assert_eq!(said(&net.machines[&party(2)].progress())[..4], lost);
    let helper = [("parts", vec![1, 3]), ("sums", vec![1]), ("restored", vec![2])];
    assert_eq!(said(&net.machines[&party(1)].progress())[2..], helper);
    for machine in net.machines.values() {
        assert!(machine.progress().iter().all(|round| round.missing().is_empty()));
    }
}

#[test]
fn the_table_of_a_signing_follows_its_attempt() {
    let shares = shares(2, 3, 4);
    let mut session = Session::new(&shares, &parties([1, 2]), vec![item(1)], 5);
    assert_eq!(said(&session.coordinator.progress())[..2], [("request", vec![1]), ("nonces", vec![])]);
    session.run_through(|e| if e.from == party(2) && e.bytes[6] == 4 { vec![] } else { vec![e] });
    let table = session.coordinator.progress();
    assert_eq!(said(&table)[3], ("signature_shares", vec![1]));
    assert_eq!(table[3].missing(), parties([2]));
    let of_signer = said(&session.signers[&party(2)].progress());
    assert_eq!(of_signer[2..], [("package", vec![1]), ("signature_shares", vec![2]), ("signatures", vec![])]);
    let step = session.coordinator.time_out();
    session.follow(step);
    assert_eq!(session.coordinator.attempt(), 1);
    assert_eq!(session.coordinator.progress()[1].due, parties([1, 3]));
    session.run();
    assert_eq!(said(&session.coordinator.progress())[4], ("signatures", vec![1]));
    assert_eq!(said(&session.signers[&party(3)].progress())[4], ("signatures", vec![1]));
    assert_eq!(session.coordinator.give_up(), None);
}

#[test]
fn who_leaves_in_any_round_ends_the_ceremony_for_all_and_is_named_for_it() {
    for round in 1..=4 {
        let mut net = dkg(2, 3, 1, 6);
        let mut left = false;
        while let Some(envelope) = net.next() {
            if !left && envelope.from == party(2) && envelope.bytes[6] == round {
                let machine = &mut net.machines.get_mut(&party(2)).unwrap().machine;
                let Some(message) = machine.leave(&mut rng(1)) else {
                    assert!(round == 4 && (machine.in_doubt() || net.ended.contains_key(&party(2))), "round {round}");
                    break;
                };
                net.queue.clear();
                net.post(party(2), vec![message.clone()]);
                let Label { kind, round, from, to, .. } = Label::read(&message.bytes).unwrap();
                assert_eq!((kind, round, from, to), (Kind::Create, 254, party(2), To::All));
                left = true;
                continue;
            }
            net.deliver(envelope);
        }
        for other in [1, 3].map(party).iter().filter(|_| left) {
            let abort = net.ended.remove(other).unwrap().unwrap_err();
            assert_eq!(abort, Abort { left: parties([2]), ..Abort::default() });
        }
    }
}

#[test]
fn nobody_can_say_for_another_that_it_left() {
    let mut net = dkg(2, 3, 1, 7);
    let first = net.queue.iter().find(|e| e.from == party(1) && e.to == party(2)).unwrap().clone();
    let left = forfeit(&first.bytes, party(2), &identity(party(2)), &mut rng(1)).unwrap();
    let forged = forfeit(&first.bytes, party(2), &identity(party(3)), &mut rng(1)).unwrap();
    let mut machine = net.machines.remove(&party(3)).unwrap().machine;
    assert_eq!(machine.receive(party(2), &forged.bytes, &mut rng(1)).err(), Some(Refusal::Signature));
    assert!(machine.receive(party(1), &left.bytes, &mut rng(1)).is_err());
    for index in 0..left.bytes.len() {
        let mut changed = left.bytes.clone();
        changed[index] ^= 1;
        assert!(machine.receive(party(2), &changed, &mut rng(1)).is_err(), "byte {index}");
    }
    let longer = [&left.bytes[..], &[0]].concat();
    assert!(matches!(machine.receive(party(2), &longer, &mut rng(1)), Err(Refusal::Length { .. })));
    let abort = machine.receive(party(2), &left.bytes, &mut rng(1)).unwrap().outcome.unwrap().unwrap_err();
    assert_eq!(abort.left, parties([2]));
}

#[test]
fn a_helper_that_said_everything_may_go() {
    let all = shares(2, 3, 8);
    let mut net = repair(&all, &parties([1, 3]), party(2), 1, 9);
    let mut gone = None;
    while let Some(envelope) = net.next() {
        if envelope.from == party(3) && envelope.bytes[6] == 4 && gone.is_none() {
            let machine = net.machines.get_mut(&party(3)).unwrap();
            gone = machine.leave(&mut rng(1));
            let left = gone.clone().unwrap().bytes;
            net.deliver(envelope);
            // To the other helper: whatever it hears of this one, it heard.
            net.deliver(common::Envelope { from: party(3), to: party(1), bytes: left });
            continue;
        }
        net.deliver(envelope);
    }
    let restored = net.ended.remove(&party(2)).unwrap().unwrap().unwrap();
    assert_eq!(restored.to_bytes(), all[&party(2)].to_bytes());
    assert!(net.ended[&party(1)].is_ok());
}

#[test]
fn a_signer_that_lost_its_part_in_a_restart_says_so_and_another_one_signs() {
    let shares = shares(2, 3, 10);
    for lost_at in [1, 3] {
        let mut session = Session::new(&shares, &parties([1, 2]), vec![item(1)], 11);
        let mut answers = Vec::new();
        session.run_through(|envelope| {
            if envelope.to == party(2) && envelope.bytes[6] == lost_at {
                let answer = forfeit(&envelope.bytes, party(2), &identity(party(2)), &mut rng(1)).unwrap();
                answers.push(answer);
                return vec![];
            }
            vec![envelope]
        });
        session.post(party(2), answers);
        session.run();
        signed_by(&session, &[item(1)], [1, 3]);
        assert_eq!(session.coordinator.failed().declined, parties([2]));
    }
}

#[test]
fn a_signer_that_leaves_never_signs_and_a_coordinator_that_gives_up_names_the_silent() {
    let shares = shares(2, 3, 12);
    let mut session = Session::new(&shares, &parties([1, 2]), vec![item(1)], 13);
    let mut package = None;
    session.run_through(|envelope| {
        if envelope.to == party(2) && envelope.bytes[6] == 3 {
            package = Some(envelope.bytes);
            return vec![];
        }
        vec![envelope]
    });
    let signer = session.signers.get_mut(&party(2)).unwrap();
    assert!(signer.leave().is_some());
    assert_eq!(signer.leave(), None);
    assert_eq!(signer.receive(party(1), &package.unwrap(), &mut rng(1)).err(), Some(Refusal::Finished));
    assert_eq!(session.coordinator.give_up().unwrap().absent, parties([2]));
    assert_eq!((session.coordinator.give_up(), session.coordinator.waits_for()), (None, vec![]));
}

#[test]
fn who_left_is_not_answered_so_that_two_of_them_do_not_talk_for_ever() {
    let net = dkg(2, 3, 1, 14);
    let first = net.queue.iter().find(|e| e.from == party(1) && e.to == party(2)).unwrap().clone();
    let left = forfeit(&first.bytes, party(2), &identity(party(2)), &mut rng(1)).unwrap();
    let again = forfeit(&left.bytes, party(3), &identity(party(3)), &mut rng(1));
    assert_eq!(again, Err(Refusal::Round { round: 254 }));
    let own = forfeit(&first.bytes, party(1), &identity(party(1)), &mut rng(1));
    assert_eq!(own, Err(Refusal::Recipient));
    assert!(forfeit(&first.bytes[..74], party(2), &identity(party(2)), &mut rng(1)).is_err());
}

#[test]
fn an_id_is_new_each_time_and_used_once() {
    let mut dice = rng(15);
    let (one, other) = (CeremonyId::generate(&mut dice), CeremonyId::generate(&mut dice));
    assert_ne!(one, other);
    let mut used = UsedIds::default();
    used.claim(one).unwrap();
    assert_eq!(used.claim(one), Err(SetupError::UsedId { ceremony: one }));
    assert!(used.contains(one) && !used.contains(other));
    // As it comes back from a record.
    let mut again: UsedIds = used.iter().collect();
    assert_eq!(again, used);
    assert!(again.claim(one).is_err() && again.claim(other).is_ok());
}

#[test]
fn the_longest_message_of_all_fits_the_bound_for_carriers() {
    // A package of 64 items for a quorum of 100 is longer than any accusation, which shows 9.6 kB at most.
    let package = 75 + 1 + 2 + 2 * 100 + threshold::MAX_ITEMS * 100 * 66;
    assert_eq!(package, MAX_MESSAGE);
}

#[test]
fn a_label_says_what_the_head_says_and_refuses_what_is_none() {
    let net = dkg(2, 3, 4, 16);
    let bytes = &net.queue[0].bytes;
    let label = Label::read(bytes).unwrap();
    assert_eq!((label.kind, label.ceremony, label.round), (Kind::Create, ceremony(4), 1));
    assert_eq!((label.group, label.to), (common::roster(2, 3).fingerprint(), To::All));
    for (index, value) in [(0, 0), (4, 2), (5, 9), (71, 1), (73, 1)] {
        let mut changed = bytes.clone();
        changed[index] = value;
        assert!(Label::read(&changed).is_err(), "byte {index}");
    }
    assert!(Label::read(&bytes[..74]).is_err());
}

#[test]
fn reasons_have_names_of_their_own() {
    let distinct = |codes: &[&'static str]| {
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len());
        assert!(codes.iter().all(|code| code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')));
    };
    use Charge::*;
    let charges =
        [Equivocation, Commitments, Echo, SecretValue, Confirmation, SignatureShare, FalseAccusation, Charge::Content];
    distinct(&charges.map(Charge::code));
    distinct(&[Kind::Create, Kind::Refresh, Kind::Repair, Kind::Sign].map(Kind::code));
    distinct(&[Phase::Commitments, Phase::Echo, Phase::Values, Phase::Ready, Phase::ReadyEcho].map(Phase::code));
    assert_eq!(Refusal::Content(FormatError::Curve).code(), "content");
    assert_eq!(SetupError::Generation.code(), "generation");
    assert_eq!(FormatError::Checksum.code(), "checksum");
}
