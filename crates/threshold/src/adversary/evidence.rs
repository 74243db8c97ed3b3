//! Evidence: proofs that convince strangers, accusations that are false, and accusations that cannot be judged here.

use super::common::{self, Envelope, Net, party};
use super::{Behind, Forger, cheat, proven, read};
use crate::ceremony::{ACCUSATION, Ceremony, Evidence};
use crate::error::{Abort, Charge, Refusal};
use crate::party::Party;
use crate::proof::{Proof, ProofError};
use crate::wire::To;

/// A proof that party 3 has against party 2, who changed its body of a round.
fn against<M: Behind>(net: Net<M>, round: u8) -> Proof {
    let mut ends = cheat(net, party(2), round, 0, None);
    ends.remove(&party(3)).flatten().unwrap().proofs.remove(0)
}

#[test]
fn every_changed_byte_of_a_proof_makes_it_worthless() {
    let shares = common::shares(2, 3, 21);
    let all = common::parties(1..=3);
    let proofs = [
        (against(common::dkg(2, 3, 1, 22), 1), Charge::Equivocation, 1),
        (against(common::dkg(2, 3, 1, 22), 3), Charge::SecretValue, 1),
        (against(common::refresh(&shares, &all, 1, 23), 6), Charge::SignatureShare, 5),
        (against(common::repair(&shares, &common::parties([2, 3]), party(1), 1, 24), 1), Charge::Equivocation, 1),
    ];
    for (proof, charge, step) in proofs {
        assert_eq!(proof.check(), Ok((party(2), charge)));
        let bytes = proof.to_bytes();
        for index in (0..bytes.len()).step_by(step) {
            let mut changed = bytes.clone();
            changed[index] ^= 1 << (index % 8);
            let worth = Proof::from_bytes(&changed).is_ok_and(|proof| proof.check().is_ok());
            assert!(!worth, "byte {index} of {charge:?} can be changed");
        }
        for length in [0, 5, 37, 38, bytes.len() - 1] {
            assert!(Proof::from_bytes(&bytes[..length]).is_err());
        }
        assert!(Proof::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
    }
}

/// How everybody honest ends if party 2 commits to something else from the start, and echoes honestly.
fn committed<M: Behind>(mut net: Net<M>, spoil: impl Fn(&mut Vec<u8>)) -> Vec<Abort> {
    net.machines.remove(&party(2));
    let honest: Vec<_> = net.machines.keys().copied().collect();
    let room = net.machines[&honest[0]].rules().room();
    let mut forger = Forger::new(room.minutes.scope, party(2), room);
    let said = net.queue.iter().find(|e| e.from == party(2) && e.to == honest[0]).unwrap().clone();
    let mut body = read(net.machines[&honest[0]].rules(), &said).unwrap().body.to_vec();
    spoil(&mut body);
    net.queue.retain(|envelope| envelope.from != party(2));
    let first = forger.say(1, None, body);
    net.post(party(2), vec![first]);
    net.run();
    // Everybody's echoes say the same, and party 2's may be a copy of another one.
    let room = net.machines[&honest[0]].rules().room();
    let body = room.minutes.said(2, honest[1]).unwrap().body.to_vec();
    let second = forger.say(2, None, body);
    net.post(party(2), vec![second]);
    net.run();
    assert!(net.refused.iter().all(|(_, refusal)| *refusal == Refusal::Finished), "{:?}", net.refused);
    honest.iter().map(|party| net.ended.remove(party).unwrap().err().unwrap()).collect()
}

#[test]
fn commitments_that_are_none_or_without_proof_convict_before_any_secret_leaves() {
    let shares = common::shares(2, 3, 32);
    let all = common::parties(1..=3);
    let helpers = common::parties([2, 3]);
    // 5 is the tag of a compact point, which the library reads and we do not: a point has one encoding.
    let spoils: [fn(&mut Vec<u8>); 2] = [|body| body[0] = 5, |body| *body.last_mut().unwrap() ^= 1];
    let mut ends = Vec::new();
    for spoil in spoils {
        ends.extend(committed(common::dkg(2, 3, 1, 33), spoil));
        ends.extend(committed(common::repair(&shares, &helpers, party(1), 1, 34), spoil));
    }
    ends.extend(committed(common::refresh(&shares, &all, 1, 35), spoils[0]));
    assert_eq!(ends.len(), 10);
    for abort in ends {
        assert_eq!(abort.culprits, [(party(2), Charge::Commitments)].into());
        assert!(proven(&abort));
    }
}

#[test]
fn a_proof_says_what_it_is_about_and_prints_no_value() {
    let proof = against(common::dkg(2, 3, 1, 25), 3);
    assert_eq!(proof.about(), common::roster(2, 3).fingerprint());
    assert_eq!(proof.ceremony(), common::ceremony(1));
    let Evidence::Message(message) = &proof.evidence else { panic!("a value is shown as it was said") };
    assert!(!format!("{proof:?}").contains(&const_hex::encode(&message.body[..])));
}

/// A dealer and an accuser in league show a stranger other commitments than the honest member heard.
#[test]
fn nobody_is_convicted_by_messages_that_it_did_not_hear() {
    // Two runs with the same identities and id: what party 1 deals differs.
    let (mut first, mut second) = (common::dkg(2, 3, 1, 26), common::dkg(2, 3, 1, 27));
    first.run();
    let confirmed = first.machines[&party(2)].machine.resend().pop().unwrap();
    let case = second.machines[&party(3)].rules().case().unwrap();
    while let Some(envelope) = second.next().filter(|envelope| envelope.bytes[6] < 4) {
        second.deliver(envelope);
    }
    let room = second.machines[&party(3)].rules().room();
    let envelope = Envelope { from: party(2), to: party(3), bytes: confirmed.bytes };
    let message = read(second.machines[&party(3)].rules(), &envelope).unwrap();
    let support = [(1, [1, 2, 3].as_slice()), (2, &[2])]
        .into_iter()
        .flat_map(|(round, who)| who.iter().map(move |number| (round, party(*number))))
        .map(|(round, who)| room.minutes.said(round, who).unwrap().clone())
        .collect();
    let mut proof = Proof { case, ceremony: common::ceremony(1), evidence: Evidence::Message(message), support };
    // Its own echo of the second run is there, too, so that it did hear them: it confirmed another result.
    assert_eq!(proof.check(), Ok((party(2), Charge::Confirmation)));
    // With its echo of the first run: it heard other commitments.
    let echo = first.machines[&party(2)].machine.resend().into_iter().find(|sent| sent.bytes[6] == 2).unwrap();
    let envelope = Envelope { from: party(2), to: party(3), bytes: echo.bytes };
    let at = proof.support.iter().position(|message| message.head.round == 2).unwrap();
    proof.support[at] = read(second.machines[&party(3)].rules(), &envelope).unwrap();
    assert_eq!(proof.check(), Err(ProofError::Support));
    // Without any.
    proof.support.remove(at);
    assert_eq!(proof.check(), Err(ProofError::Support));
}

/// Party 3's end, once `accuser` shows it a message of `round` that party 1 says with `body`, before party 3 heard anything.
fn accused<M: Behind>(mut net: Net<M>, accuser: Party, round: u8, to: Option<Party>, body: Vec<u8>) -> Abort {
    let room = net.machines[&party(3)].rules().room();
    let (mut author, mut accuser) =
        (Forger::new(room.minutes.scope, party(1), room), Forger::new(room.minutes.scope, accuser, room));
    let said = author.sign(round, to, body);
    let to = to.map_or([0; 2], Party::bytes);
    let evidence = [&[2, round, 0, 1][..], &to, &said.body, &said.signature].concat();
    let accusation = accuser.say(ACCUSATION, None, evidence);
    let from = accuser.0.me;
    net.queue.clear();
    net.deliver(Envelope { from, to: party(3), bytes: accusation.bytes });
    assert!(net.refused.is_empty(), "{:?}", net.refused);
    net.ended.remove(&party(3)).unwrap().err().unwrap()
}

#[test]
fn who_cannot_judge_names_accuser_and_accused_as_disputed() {
    let shares = common::shares(2, 3, 28);
    let all = common::parties(1..=3);
    let disputed = Abort { disputed: Some((party(2), party(1))), ..Abort::default() };
    // A value, a confirmation: the commitments are not here yet.
    for (round, to) in [(3, Some(party(2))), (4, None)] {
        assert_eq!(accused(common::dkg(2, 3, 1, 29), party(2), round, to, vec![1; 32]), disputed, "round {round}");
    }
    for (round, to) in [(3, Some(party(2))), (6, None), (7, None)] {
        let net = common::refresh(&shares, &all, 1, 30);
        assert_eq!(accused(net, party(2), round, to, vec![1; 32]), disputed, "round {round}");
    }
    let helpers = common::parties([1, 2]);
    let net = common::repair(&shares, &helpers, party(3), 1, 31);
    assert_eq!(accused(net, party(2), 3, Some(party(2)), vec![1; 32]), disputed);
}

#[test]
fn who_accuses_without_proof_is_named() {
    for honest_body in [true, false] {
        let mut net = common::dkg(2, 3, 1, 9);
        let room = net.machines[&party(2)].rules().room();
        let mut forger = Forger::new(room.minutes.scope, party(2), room);
        let first = room.said(1, party(2)).unwrap().clone();
        // Form 2: "the first message of party 1 breaks the rules"; its real one, or one that it never signed.
        let envelope = net.queue.iter().find(|e| e.from == party(1) && e.to == party(2)).unwrap().clone();
        let real = read(net.machines[&party(2)].rules(), &envelope).unwrap();
        let said = if honest_body { &real } else { &first };
        let body = [&[2, 1, 0, 1, 0, 0][..], &said.body, &said.signature].concat();
        let accusation = forger.say(255, None, body);
        let To::All = accusation.to else { panic!("accusations go to all") };
        net.queue.push_front(Envelope { from: party(2), to: party(3), bytes: accusation.bytes });
        let first = net.next().unwrap();
        net.deliver(first);
        let abort = net.ended.remove(&party(3)).unwrap().unwrap_err();
        assert_eq!(abort.culprits, [(party(2), Charge::FalseAccusation)].into());
        assert_eq!(abort.proofs[0].check(), Ok((party(2), Charge::FalseAccusation)));
    }
}
