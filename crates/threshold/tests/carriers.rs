//! Every message of every round of every ceremony, lost, repeated, late, out of order, changed, replayed: exhaustively for 2 of 3,
//! under a seed for larger groups. Signing has the same in `signing_carriers`.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::BTreeMap;
use std::fmt::Debug;

use common::{Envelope, Machine, Net, parties, party, rng};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::RngCore;
use threshold::{Party, Refusal, Settled, Share};

/// What must come out: the same for everybody, and what it is.
trait Outcome: Debug {
    fn fingerprint(&self) -> Vec<u8>;
}

impl Outcome for Box<Settled> {
    fn fingerprint(&self) -> Vec<u8> {
        self.share.group().id().0.to_vec()
    }
}

impl Outcome for Option<Share> {
    fn fingerprint(&self) -> Vec<u8> {
        self.as_ref().map(|share| share.to_bytes().to_vec()).unwrap_or_default()
    }
}

/// Runs one ceremony again and again, the same each time but for the carrier.
struct Sweep<'a, M: Machine> {
    make: &'a dyn Fn(u8) -> Net<M>,
    all: Vec<Envelope>,
    expected: BTreeMap<Party, Vec<u8>>,
}

fn prints<M: Machine<Result: Outcome>>(net: Net<M>) -> BTreeMap<Party, Vec<u8>> {
    net.results().into_iter().map(|(party, result)| (party, result.fingerprint())).collect()
}

impl<'a, M: Machine<Result: Outcome>> Sweep<'a, M> {
    fn new(make: &'a dyn Fn(u8) -> Net<M>, messages: usize) -> Self {
        let mut net = make(1);
        let all = net.record();
        assert_eq!(all.len(), messages);
        assert!(net.refused.is_empty());
        Self { make, all, expected: prints(net) }
    }

    fn everything(&self) {
        self.any_one_lost();
        self.any_one_late_and_all_others_twice();
        self.any_order(40);
        self.any_byte_changed();
        self.any_replay();
    }

    fn ends_as_expected(&self, net: Net<M>) {
        // Randomness differs where the order does, the shape of the result does not.
        let got = prints(net);
        assert_eq!(got.keys().collect::<Vec<_>>(), self.expected.keys().collect::<Vec<_>>());
        let shape = |prints: &BTreeMap<Party, Vec<u8>>| prints.values().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(shape(&got), shape(&self.expected));
        let mut distinct: Vec<_> = got.values().filter(|print| !print.is_empty()).collect();
        distinct.dedup();
        assert_eq!(distinct.len(), 1);
    }

    fn any_one_lost(&self) {
        for lost in 0..self.all.len() {
            let mut net = (self.make)(1);
            let mut index = 0;
            while let Some(envelope) = net.next() {
                if index != lost {
                    net.deliver(envelope);
                }
                index += 1;
            }
            net.resend();
            net.run();
            self.ends_as_expected(net);
        }
    }

    fn any_one_late_and_all_others_twice(&self) {
        for chosen in 0..self.all.len() {
            let mut net = (self.make)(1);
            let (mut index, mut late) = (0, None);
            while let Some(envelope) = net.next() {
                if index == chosen {
                    late = Some(envelope.clone());
                    net.queue.push_back(envelope);
                } else {
                    net.deliver(envelope.clone());
                    if !net.ended.contains_key(&envelope.to) {
                        net.deliver(envelope);
                    }
                }
                index += 1;
            }
            assert!(net.refused.is_empty(), "{:?}", net.refused);
            net.deliver(late.unwrap());
            assert!(matches!(net.refused.pop(), Some((_, Refusal::Finished))));
            self.ends_as_expected(net);
        }
    }

    fn any_order(&self, seeds: u64) {
        for seed in 0..seeds {
            let (mut net, mut dice) = ((self.make)(1), rng(seed));
            while !net.queue.is_empty() {
                // The first seed is: the last message first.
                let last = net.queue.len() - 1;
                let at = if seed == 0 { last } else { dice.next_u32() as usize % (last + 1) };
                net.queue.swap(at, last);
                let envelope = net.queue.pop_back().unwrap();
                net.deliver(envelope);
            }
            assert!(net.refused.is_empty());
            self.ends_as_expected(net);
        }
    }

    fn any_byte_changed(&self) {
        let mut net = (self.make)(1);
        while let Some(envelope) = net.next() {
            for index in 0..envelope.bytes.len() {
                let mut changed = envelope.clone();
                changed.bytes[index] ^= 1 << (index % 8);
                net.deliver(changed);
                assert!(net.refused.pop().is_some(), "byte {index} of {envelope:?} can be changed");
            }
            for length in [0, 4, 38, 74, 75, envelope.bytes.len() - 1] {
                let mut cut = envelope.clone();
                cut.bytes.truncate(length);
                net.deliver(cut);
                assert!(net.refused.pop().is_some_and(|(_, refusal)| refusal.blames_sender()));
            }
            let mut longer = envelope.clone();
            longer.bytes.push(0);
            net.deliver(longer);
            assert!(matches!(net.refused.pop(), Some((_, Refusal::Length { .. }))));
            net.deliver(envelope);
        }
        self.ends_as_expected(net);
    }

    /// Into another run, to somebody else, from somebody else, before its time, and after the end.
    fn any_replay(&self) {
        let mut other = (self.make)(2);
        for envelope in &self.all {
            other.deliver(envelope.clone());
            assert!(matches!(other.refused.pop(), Some((_, Refusal::Ceremony))));
            let mut turned = envelope.clone();
            turned.from = party(9);
            other.deliver(turned);
            assert!(matches!(other.refused.pop(), Some((_, Refusal::NotMember { .. }))));
        }
        other.run();
        self.ends_as_expected(other);
        let mut again = (self.make)(1);
        for envelope in &self.all {
            let third = again.machines.keys().copied().find(|p| *p != envelope.from && *p != envelope.to);
            let Some(third) = third else { continue };
            let stolen = Envelope { from: third, ..envelope.clone() };
            again.deliver(stolen);
            assert!(matches!(again.refused.pop(), Some((_, Refusal::Sender { .. }))));
        }
        // What this very run said earlier, with the same randomness, is this run's own.
        for envelope in self.all.iter().rev() {
            again.deliver(envelope.clone());
        }
        assert!(again.refused.is_empty());
    }
}

#[test]
fn key_generation_stands_every_carrier() {
    Sweep::new(&|number| common::dkg(2, 3, number, 1), 24).everything();
}

#[test]
fn refresh_stands_every_carrier() {
    let old = common::shares(2, 3, 2);
    Sweep::new(&|number| common::refresh(&old, &parties(1..=3), number, 3), 42).everything();
}

#[test]
fn removal_stands_every_carrier() {
    let old = common::shares(2, 3, 4);
    Sweep::new(&|number| common::refresh(&old, &parties([1, 3]), number, 5), 14).everything();
}

#[test]
fn repair_stands_every_carrier() {
    let all = common::shares(2, 3, 6);
    Sweep::new(&|number| common::repair(&all, &parties([1, 3]), party(2), number, 7), 16).everything();
}

/// Loses, repeats, changes and reorders at random, and sends again a few times.
fn storm<M: Machine>(net: &mut Net<M>, dice: &mut ChaCha20Rng) {
    for _ in 0..3 {
        while !net.queue.is_empty() {
            let at = dice.next_u32() as usize % net.queue.len();
            let envelope = net.queue.swap_remove_back(at).unwrap();
            match dice.next_u32() % 8 {
                0 => {}
                1 => {
                    net.deliver(envelope.clone());
                    net.deliver(envelope);
                }
                2 => {
                    let mut changed = envelope.clone();
                    let at = dice.next_u32() as usize % changed.bytes.len();
                    changed.bytes[at] ^= 1 << (dice.next_u32() % 8);
                    net.deliver(changed);
                    net.deliver(envelope);
                }
                _ => net.deliver(envelope),
            }
        }
        net.resend();
    }
    net.run();
}

#[test]
fn larger_groups_refresh_remove_and_repair_in_a_storm() {
    for (threshold, members, leaves, seeds) in [(3, 5, 2, 4), (2, 6, 5, 2), (5, 9, 9, 2)] {
        let old = common::shares(threshold, members, 8);
        for seed in 0..seeds {
            let mut dice = rng(seed);
            let mut net = common::refresh(&old, &parties(1..=members), 2, seed);
            storm(&mut net, &mut dice);
            let new: BTreeMap<_, _> =
                net.results().into_iter().map(|(party, settled)| (party, settled.share)).collect();
            let mut net = common::refresh(&new, &parties((1..=members).filter(|p| *p != leaves)), 3, seed);
            storm(&mut net, &mut dice);
            let new: BTreeMap<_, _> =
                net.results().into_iter().map(|(party, settled)| (party, settled.share)).collect();
            let lost = *new.keys().next().unwrap();
            let helpers = new.keys().copied().filter(|party| *party != lost).take(usize::from(threshold)).collect();
            let mut net = common::repair(&new, &helpers, lost, 4, seed);
            storm(&mut net, &mut dice);
            let restored = net.results().remove(&lost).unwrap().unwrap();
            assert_eq!(restored.to_bytes(), new[&lost].to_bytes());
        }
    }
}

#[test]
fn no_ceremony_takes_a_message_of_another_kind() {
    let old = common::shares(2, 3, 9);
    let all = parties(1..=3);
    let create = common::dkg(2, 3, 1, 10).record();
    let refresh = common::refresh(&old, &all, 1, 11).record();
    let repair = common::repair(&old, &parties([1, 3]), party(2), 1, 12).record();
    fn refuses<M: Machine>(mut net: Net<M>, foreign: &[Envelope]) {
        for envelope in foreign {
            net.deliver(envelope.clone());
            assert!(matches!(net.refused.pop(), Some((_, Refusal::Kind))));
        }
    }
    refuses(common::dkg(2, 3, 1, 10), &[refresh.clone(), repair.clone()].concat());
    refuses(common::refresh(&old, &all, 1, 11), &[create.clone(), repair].concat());
    refuses(common::repair(&old, &parties([1, 3]), party(2), 1, 12), &[create, refresh].concat());
}
