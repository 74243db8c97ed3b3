//! Refresh, removal and repair: the same key before and after, and nothing old that still combines.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;
#[path = "common/signing.rs"]
mod signing;

use std::collections::BTreeMap;

use common::{ceremony, identity, parties, party, refresh, repair, rng, shares};
use signing::Session;
use threshold::{FormatError, Item, Party, Refresh, Repair, Settlement, SetupError, Share, Spend};

const ITEM: Item = Item { message: [5; 32], spend: Spend::KeyOnly };

fn refreshed(old: &BTreeMap<Party, Share>, keepers: &[u16], seed: u64) -> (BTreeMap<Party, Share>, Settlement) {
    let mut net = refresh(old, &parties(keepers.iter().copied()), 2, seed);
    net.run();
    let mut settlement = None;
    let mut new = BTreeMap::new();
    for (party, refreshed) in net.results() {
        settlement = Some(refreshed.settlement);
        new.insert(party, refreshed.share);
    }
    (new, settlement.unwrap())
}

fn signs(shares: &BTreeMap<Party, Share>, quorum: &[u16]) -> bool {
    let mut session = Session::new(shares, &parties(quorum.iter().copied()), vec![ITEM], 3);
    session.run();
    session.outcome.is_some_and(|outcome| outcome.is_ok())
}

#[test]
fn new_shares_sign_under_the_same_key_and_old_ones_do_not_combine_with_them() {
    for (threshold, members) in [(2, 3), (3, 5)] {
        let old = shares(threshold, members, 1);
        let all: Vec<_> = (1..=members).collect();
        let (new, _) = refreshed(&old, &all, 2);
        let (was, is) = (old[&party(1)].group(), new[&party(1)].group());
        assert_eq!((was.key(), was.generation(), is.generation()), (is.key(), 0, 1));
        assert_ne!(was.id(), is.id());
        assert!(signs(&new, &all[..usize::from(threshold)]));
        assert!(old.keys().all(|party| old[party].to_bytes()[..] != new[party].to_bytes()[..]));
        // One old share among new ones: it is refused at the door as another group's.
        let mut mixed = new.clone();
        mixed.insert(party(1), old[&party(1)].clone());
        assert!(!signs(&mixed, &all[..usize::from(threshold)]));
    }
}

#[test]
fn an_old_secret_under_new_public_data_is_no_share() {
    let old = shares(2, 3, 3);
    let (new, _) = refreshed(&old, &[1, 2, 3], 4);
    let group = new[&party(1)].group();
    assert_eq!(Share::from_bytes(&old[&party(1)].to_bytes(), group).err(), Some(FormatError::Group));
}

#[test]
fn honestly_said_t_old_shares_still_sign() {
    let old = shares(2, 3, 5);
    refreshed(&old, &[1, 2, 3], 6);
    assert!(signs(&old, &[1, 2]));
}

#[test]
fn a_removed_member_has_no_part_in_the_new_generation() {
    let old = shares(3, 5, 7);
    let (new, settlement) = refreshed(&old, &[1, 3, 4, 5], 8);
    let group = new[&party(1)].group();
    assert_eq!(group.roster().members().len(), 4);
    assert_eq!((group.threshold(), group.key()), (3, old[&party(2)].group().key()));
    assert!(signs(&new, &[3, 4, 5]));
    assert!(group.public_share(party(2)).is_none());
    settlement.settles(old[&party(2)].group()).unwrap();
    // The next refresh goes on from there.
    let (newer, _) = refreshed(&new, &[1, 3, 4], 9);
    assert_eq!(newer[&party(1)].group().generation(), 2);
    assert!(signs(&newer, &[1, 3, 4]));
}

#[test]
fn fewer_than_the_threshold_cannot_stay_and_the_removed_cannot_refresh() {
    let old = shares(2, 3, 10);
    let start = |me: u16, keepers: &[u16]| {
        let share = old[&party(me)].clone();
        Refresh::new(share, &parties(keepers.iter().copied()), identity(party(me)), ceremony(2), &mut rng(1)).err()
    };
    assert_eq!(start(1, &[1]), Some(SetupError::TooFew { taking_part: 1, threshold: 2 }));
    assert_eq!(start(3, &[1, 2]), Some(SetupError::Excluded { party: party(3) }));
    assert_eq!(start(1, &[1, 7]), Some(SetupError::NotMember { party: party(7) }));
}

#[test]
fn nobody_destroys_an_old_share_before_everybody_verified() {
    let old = shares(2, 3, 11);
    let all = parties(1..=3);
    // Party 2 falls silent from each round on; whatever the others reached, old shares or new ones sign.
    for silent_from in 1..=7 {
        let mut net = refresh(&old, &all, 2, 12);
        while let Some(envelope) = net.next() {
            if envelope.from != party(2) || envelope.bytes[6] < silent_from {
                net.deliver(envelope);
            }
        }
        for waiting in [1, 3] {
            assert!(!net.ended.contains_key(&party(waiting)), "round {silent_from}: the new share is in force");
            let abort = net.machines.get_mut(&party(waiting)).unwrap().machine.give_up().unwrap();
            assert_eq!(abort.absent, [party(2)].into());
            assert_eq!(abort.in_doubt, silent_from == 7);
        }
        assert!(signs(&old, &[1, 3]));
        assert_eq!(net.machines[&party(1)].staged.is_some(), silent_from >= 4);
    }
}

#[test]
fn a_member_that_missed_the_last_words_learns_from_a_settlement_which_share_counts() {
    let old = shares(2, 3, 13);
    let mut net = refresh(&old, &parties(1..=3), 2, 14);
    while let Some(envelope) = net.next() {
        if envelope.to != party(3) || envelope.bytes[6] != 7 {
            net.deliver(envelope);
        }
    }
    assert!(net.machines.get_mut(&party(3)).unwrap().machine.give_up().unwrap().in_doubt);
    let staged = net.machines[&party(3)].staged.clone().unwrap();
    let told = net.ended.remove(&party(1)).unwrap().unwrap().settlement;
    let told = Settlement::from_bytes(&told.to_bytes()).unwrap();
    told.settles(old[&party(3)].group()).unwrap();
    assert_eq!(told.group().id(), staged.group().id());
    // Not of another group, not of its own result, and not with one byte changed.
    assert!(told.settles(staged.group()).is_err());
    assert!(told.settles(shares(2, 3, 99)[&party(1)].group()).is_err());
    let bytes = told.to_bytes();
    for index in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[index] ^= 1;
        let settles = Settlement::from_bytes(&changed).is_ok_and(|s| s.settles(old[&party(3)].group()).is_ok());
        assert!(!settles, "byte {index}");
    }
}

#[test]
fn members_that_keep_different_members_refuse_each_other() {
    let old = shares(2, 3, 15);
    let mut net = refresh(&old, &parties(1..=3), 2, 16);
    let (machine, send) =
        Refresh::new(old[&party(1)].clone(), &parties([1, 2]), identity(party(1)), ceremony(2), &mut rng(1)).unwrap();
    drop(machine);
    net.queue.clear();
    net.post(party(1), send);
    net.run();
    assert_eq!(net.refused.len(), 2);
    assert!(net.refused.iter().all(|(_, refusal)| *refusal == threshold::Refusal::Group));
}

#[test]
fn a_lost_share_is_restored_exactly_by_any_quorum_of_helpers() {
    let all = shares(2, 4, 20);
    for lost in 1..=4u16 {
        for helpers in [vec![1, 2], vec![3, 4], vec![1, 4], vec![1, 2, 3, 4]] {
            let helpers: Vec<u16> = helpers.into_iter().filter(|helper| *helper != lost).collect();
            if helpers.len() < 2 {
                continue;
            }
            let mut net = repair(&all, &parties(helpers), party(lost), 2, u64::from(lost));
            net.run();
            for (member, restored) in net.results() {
                let expected = (member == party(lost)).then(|| all[&member].to_bytes());
                assert_eq!(restored.map(|share| share.to_bytes()), expected);
            }
        }
    }
}

#[test]
fn a_share_of_a_refreshed_generation_is_restored_too() {
    let (new, _) = refreshed(&shares(3, 5, 21), &[1, 2, 3, 4, 5], 22);
    let mut net = repair(&new, &parties([2, 4, 5]), party(1), 3, 23);
    net.run();
    let restored = net.results().remove(&party(1)).unwrap().unwrap();
    assert_eq!(restored.to_bytes(), new[&party(1)].to_bytes());
}

#[test]
fn repair_takes_a_quorum_of_helpers_and_never_the_member_itself() {
    let all = shares(3, 4, 24);
    let group = all[&party(1)].group();
    let start = |helpers: &[u16]| {
        let helpers = parties(helpers.iter().copied());
        Repair::restore(group, party(1), &helpers, identity(party(1)), ceremony(2)).err()
    };
    assert_eq!(start(&[2, 3]), Some(SetupError::TooFew { taking_part: 2, threshold: 3 }));
    assert_eq!(start(&[1, 2, 3]), Some(SetupError::Excluded { party: party(1) }));
    assert_eq!(start(&[2, 3, 4]), None);
}

#[test]
fn a_silent_helper_is_named() {
    let all = shares(2, 3, 25);
    for silent_from in 1..=4 {
        let mut net = repair(&all, &parties([1, 2]), party(3), 2, 26);
        while let Some(envelope) = net.next() {
            if envelope.from != party(2) || envelope.bytes[6] < silent_from {
                net.deliver(envelope);
            }
        }
        let machine = net.machines.get_mut(&party(if silent_from == 4 { 3 } else { 1 })).unwrap();
        assert_eq!(machine.give_up().unwrap().absent, [party(2)].into(), "round {silent_from}");
    }
}
