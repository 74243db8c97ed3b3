//! Members that break the rules with their own valid signatures, which no outsider can do.

#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../tests/common/mod.rs"]
mod common;
mod evidence;

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::ceremony::{Ceremony, Room, Signed};
use crate::error::{Abort, Charge};
use crate::party::Party;
use crate::proof::Proof;
use crate::rules::Rules;
use crate::wire::{Head, Outgoing, Scope};
use common::{Envelope, Machine, Net, identity, party, rng};

/// Signs whatever it is told to as a member.
struct Forger(Room);

impl Forger {
    fn new(scope: Scope, me: Party, peers: &Room) -> Self {
        Self(Room::new(scope, me, peers.minutes.peers.clone(), identity(me)))
    }

    /// What a message says, before it is sealed.
    fn sign(&mut self, round: u8, to: Option<Party>, body: Vec<u8>) -> Signed {
        self.0.sign(round, to, Zeroizing::new(body), &mut rng(77))
    }

    fn say(&mut self, round: u8, to: Option<Party>, body: Vec<u8>) -> Outgoing {
        match to {
            None => self.0.tell_all(round, body, &mut rng(77)),
            Some(to) => self.0.tell(round, to, Zeroizing::new(body), &mut rng(77)).unwrap(),
        }
    }
}

/// Reads a message as its recipient does.
fn read<C: Ceremony>(machine: &C, envelope: &Envelope) -> Option<Signed> {
    let room = machine.room();
    let (head, payload) = Head::read(room.minutes.scope, envelope.from, room.me, &envelope.bytes).ok()?;
    let need = machine.rules().slot(head.round, head.from, head.to)?;
    room.open(head, payload, need).ok()
}

/// A ceremony's rules behind a test's machine.
trait Behind: Machine {
    type Rules: Ceremony;
    fn rules(&self) -> &Self::Rules;
}

impl<M: Ceremony + common::Phased> Behind for common::Staging<M> {
    type Rules = M;
    fn rules(&self) -> &M {
        &self.machine
    }
}

impl Behind for crate::Repair {
    type Rules = Self;
    fn rules(&self) -> &Self {
        self
    }
}

/// Runs a ceremony in which `culprit` changes one byte of its bodies of one round, and signs that; towards one or all.
fn cheat<M: Behind>(mut net: Net<M>, culprit: Party, round: u8, index: usize, only: Option<Party>) -> Ends {
    let room = net.machines[&culprit].rules().room();
    let mut forger = Forger::new(room.minutes.scope, culprit, room);
    let mut changed = 0;
    while let Some(mut envelope) = net.next() {
        let aimed = only.is_none_or(|only| envelope.to == only);
        let chosen = envelope.from == culprit && envelope.bytes[6] == round && aimed;
        if let Some(message) = read(net.machines[&envelope.to].rules(), &envelope).filter(|_| chosen) {
            let mut body = message.body.to_vec();
            let at = index % body.len();
            body[at] ^= 1;
            envelope.bytes = forger.say(round, message.head.to, body).bytes;
            changed += 1;
        }
        net.deliver(envelope);
    }
    assert!(changed > 0, "nothing was changed in round {round}");
    net.ended.remove(&culprit);
    net.ended.into_iter().map(|(party, result)| (party, result.err())).collect()
}

type Ends = BTreeMap<Party, Option<Abort>>;

/// Bytes to change: every third of a short body, every 7th of a longer one, which meets every field, and the last.
fn places(length: usize) -> impl Iterator<Item = usize> {
    (0..length).step_by(if length > 64 { 7 } else { 3 }).chain([length - 1])
}

/// Everybody honest ended, and names the culprit alone.
fn only_the_culprit_is_named(ends: &Ends, honest: usize, culprit: Party, what: &str) {
    assert_eq!(ends.len(), honest, "{what}: somebody still waits");
    for (party, abort) in ends {
        let abort = abort.as_ref().unwrap_or_else(|| panic!("{what}: {party} accepted"));
        assert_eq!(abort.culprits.keys().collect::<Vec<_>>(), [&culprit], "{what}: {party} says {abort:?}");
        assert_eq!(abort.disputed, None, "{what}");
        assert!(proven(abort), "{what}: {party} has no proof");
    }
}

/// Whether every culprit is proven so that a stranger is convinced by the bytes alone.
fn proven(abort: &Abort) -> bool {
    let shown: BTreeMap<_, _> = abort
        .proofs
        .iter()
        .map(|proof| {
            let read = Proof::from_bytes(&proof.to_bytes()).unwrap();
            assert_eq!(read, *proof);
            read.check().unwrap()
        })
        .collect();
    shown == abort.culprits
}

#[test]
fn key_generation_names_whoever_signs_a_changed_byte_in_any_round_to_all() {
    for (round, length) in [(1, 130), (2, 288), (3, 32), (4, 32)] {
        for index in places(length) {
            let ends = cheat(common::dkg(2, 3, 1, 3), party(2), round, index, None);
            only_the_culprit_is_named(&ends, 2, party(2), &format!("round {round}, byte {index}"));
        }
    }
}

#[test]
fn key_generation_names_whoever_signs_a_changed_byte_to_one_only() {
    for (round, length) in [(1, 130), (2, 288), (3, 32), (4, 32)] {
        for index in places(length) {
            let ends = cheat(common::dkg(2, 3, 1, 4), party(2), round, index, Some(party(3)));
            if round == 4 {
                // The other one had everybody's confirmation already; it holds a share of a key that is never used.
                assert_eq!(ends[&party(3)].as_ref().unwrap().culprits, [(party(2), Charge::Confirmation)].into());
            } else {
                only_the_culprit_is_named(&ends, 2, party(2), &format!("round {round}, byte {index}"));
            }
        }
    }
}

#[test]
fn refresh_names_whoever_signs_a_changed_byte_in_any_round() {
    let shares = common::shares(2, 3, 5);
    let all = common::parties(1..=3);
    for (round, length) in [(1, 33), (2, 288), (3, 32), (4, 98), (5, 288), (6, 32), (7, 32)] {
        for index in places(length) {
            let ends = cheat(common::refresh(&shares, &all, 2, 6), party(1), round, index, None);
            only_the_culprit_is_named(&ends, 2, party(1), &format!("round {round}, byte {index}"));
            assert!(ends.values().flatten().all(|abort| abort.in_doubt == (round == 7)), "round {round}");
        }
    }
}

#[test]
fn repair_names_whoever_signs_a_changed_byte_in_any_round() {
    let shares = common::shares(2, 3, 7);
    let helpers = common::parties([1, 3]);
    for (round, length) in [(1, 66), (2, 192), (3, 32)] {
        for index in places(length) {
            let ends = cheat(common::repair(&shares, &helpers, party(2), 2, 8), party(3), round, index, None);
            only_the_culprit_is_named(&ends, 2, party(3), &format!("round {round}, byte {index}"));
        }
    }
    for index in places(32) {
        let ends = cheat(common::repair(&shares, &helpers, party(2), 2, 8), party(3), 4, index, None);
        only_the_culprit_is_named(&ends, 2, party(3), &format!("round 4, byte {index}"));
    }
}
