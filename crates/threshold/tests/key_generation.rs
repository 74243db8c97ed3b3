//! Key generation as its users see it: its result, and members that stay away or say two things.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{ceremony, dkg, identity, party, rng, roster};
use proptest::prelude::*;
use threshold::{Dkg, FormatError, Group, Party, Roster, Settlement, SetupError, Share};

#[test]
fn members_end_with_one_group_and_shares_that_outlive_a_restart() {
    for (threshold, members) in [(2, 2), (2, 3), (3, 3), (3, 5), (7, 10)] {
        let mut net = dkg(threshold, members, 1, 1);
        net.run();
        let results = net.results();
        let group = results[&party(1)].share.group().clone();
        assert_eq!(group, Group::from_bytes(&group.to_bytes()).unwrap());
        for (party, created) in results {
            assert_eq!(created.share.group().id(), group.id());
            let again = Share::from_bytes(&created.share.to_bytes(), &group).unwrap();
            assert_eq!(again.party(), party);
            assert_eq!(again.to_bytes(), created.share.to_bytes());
        }
    }
}

#[test]
fn a_member_that_missed_the_last_confirmation_learns_from_a_settlement_that_its_share_counts() {
    let mut net = dkg(2, 3, 1, 11);
    while let Some(envelope) = net.next() {
        if envelope.to != party(3) || envelope.bytes[6] != 4 {
            net.deliver(envelope);
        }
    }
    let waiting = net.machines.get_mut(&party(3)).unwrap();
    assert!(waiting.machine.give_up().unwrap().in_doubt);
    let staged = waiting.staged.take().unwrap();
    let told = net.ended.remove(&party(1)).unwrap().unwrap().settlement;
    let told = Settlement::from_bytes(&told.to_bytes()).unwrap();
    told.creates(&roster(2, 3)).unwrap();
    assert_eq!(told.group().id(), staged.group().id());
    assert!(told.creates(&roster(3, 3)).is_err());
    assert!(told.settles(staged.group()).is_err());
}

#[test]
fn whoever_stays_away_in_any_round_is_named_and_no_key_is_in_force() {
    for silent_from in 1..=4 {
        let mut net = dkg(2, 3, 1, 7);
        while let Some(envelope) = net.next() {
            if envelope.from != party(2) || envelope.bytes[6] < silent_from {
                net.deliver(envelope);
            }
        }
        for waiting in [1, 3] {
            let machine = net.machines.get_mut(&party(waiting)).unwrap();
            assert_eq!(machine.machine.waits_for(), [party(2)]);
            let abort = machine.machine.give_up().unwrap();
            assert_eq!(abort.absent, [party(2)].into());
            assert!(abort.culprits.is_empty());
            assert!(!net.ended.contains_key(&party(waiting)));
            // Who confirmed keeps its share: somebody else may have seen all confirmations.
            assert_eq!((abort.in_doubt, machine.staged.is_some()), (silent_from == 4, silent_from == 4));
        }
    }
}

#[test]
fn who_says_two_things_is_named_by_everybody_with_proof() {
    // Party 2 runs the ceremony twice with other randomness, and shows each of the others one face.
    let mut net = dkg(2, 3, 1, 8);
    let (_, other_face) = Dkg::new(roster(2, 3), party(2), identity(party(2)), ceremony(1), &mut rng(99)).unwrap();
    while let Some(mut envelope) = net.next() {
        if envelope.from == party(2) && envelope.to == party(3) && envelope.bytes[6] == 1 {
            envelope.bytes = other_face[0].bytes.clone();
        }
        net.deliver(envelope);
    }
    for honest in [1, 3] {
        let abort = net.ended.remove(&party(honest)).unwrap().unwrap_err();
        assert_eq!(abort.culprits, [(party(2), threshold::Charge::Equivocation)].into());
    }
}

#[test]
fn a_second_signed_message_to_the_same_member_is_proof_at_once() {
    let mut net = dkg(2, 3, 1, 9);
    let (_, other_face) = Dkg::new(roster(2, 3), party(2), identity(party(2)), ceremony(1), &mut rng(99)).unwrap();
    net.post(party(2), other_face);
    net.run();
    for honest in [1, 3] {
        let abort = net.ended.remove(&party(honest)).unwrap().unwrap_err();
        assert_eq!(abort.culprits, [(party(2), threshold::Charge::Equivocation)].into());
    }
}

#[test]
fn impossible_rosters_and_foreign_identities_start_nothing() {
    let members = roster(2, 3).members().clone();
    for threshold in [0, 1, 4] {
        let refused = Roster::new(threshold, members.clone()).unwrap_err();
        assert_eq!(refused, FormatError::Threshold { threshold, members: 3 });
    }
    for number in [0, 101, u16::MAX] {
        assert_eq!(Party::new(number), Err(FormatError::Party { number }));
    }
    let mut twins = members.clone();
    twins.insert(party(4), members[&party(1)]);
    assert_eq!(Roster::new(2, twins).unwrap_err(), FormatError::Members);
    let foreign = Dkg::new(roster(2, 3), party(1), identity(party(2)), ceremony(1), &mut rng(1));
    assert_eq!(foreign.err(), Some(SetupError::Identity { party: party(1) }));
    let nobody = Dkg::new(roster(2, 3), party(4), identity(party(4)), ceremony(1), &mut rng(1));
    assert_eq!(nobody.err(), Some(SetupError::NotMember { party: party(4) }));
}

#[test]
fn every_changed_byte_of_a_share_or_group_is_found() {
    let share = common::shares(2, 3, 10).remove(&party(1)).unwrap();
    let bytes = share.to_bytes();
    for index in 0..bytes.len() {
        let mut changed = bytes.to_vec();
        changed[index] ^= 1;
        assert!(Share::from_bytes(&changed, share.group()).is_err(), "byte {index} of the share");
    }
    let bytes = share.group().to_bytes();
    for index in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[index] ^= 1;
        // Generation and ceremony keys are free, but another group has another id, which its shares name.
        let other = Group::from_bytes(&changed);
        assert!(other.is_err() || other.is_ok_and(|other| Share::from_bytes(&share.to_bytes(), &other).is_err()));
    }
}

#[test]
fn public_shares_that_do_not_make_up_the_key_are_no_group() {
    let group = common::shares(2, 4, 12)[&party(1)].group().clone();
    let bytes = group.to_bytes();
    let end = bytes.len();
    // Two members' public shares change places; then the last one becomes the first.
    let mut swapped = bytes[..end - 66].to_vec();
    swapped.extend([&bytes[end - 33..], &bytes[end - 66..end - 33]].concat());
    assert_eq!(Group::from_bytes(&swapped), Err(FormatError::Inconsistent));
    let mut repeated = bytes[..end - 33].to_vec();
    repeated.extend(group.public_share(party(1)).unwrap());
    assert_eq!(Group::from_bytes(&repeated), Err(FormatError::Inconsistent));
    // A higher threshold than the shares really have.
    let mut higher = bytes;
    higher[10] = 3;
    assert_eq!(Group::from_bytes(&higher), Err(FormatError::Inconsistent));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn larger_groups_agree_under_any_order_with_repetitions_and_losses(
        seed in any::<u64>(),
        (members, threshold) in (2u16..8).prop_flat_map(|n| (Just(n), 2..=n)),
    ) {
        let mut net = dkg(threshold, members, 1, seed);
        let mut dice = rng(!seed);
        for _ in 0..4 {
            while !net.queue.is_empty() {
                use rand_chacha::rand_core::RngCore;
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
        let results = net.results();
        let id = results[&party(1)].share.group().id();
        prop_assert!(results.values().all(|created| created.share.group().id() == id));
    }
}
