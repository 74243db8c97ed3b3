//! The rules of virtual voting (9.3 to 9.6), one by one. The vectors have more cases of each.
#![allow(clippy::unwrap_used, reason = "tests")]

mod votes;

use even::block::EarlierVotes;
use even::ids::BundleHash;
use even::units::Epoch;
use even::voting::{Ballot, Certificate, Entry, Flaw, Reader, Status};
use std::collections::BTreeSet;
use std::ops::Range;
use votes::{Weights, ballot, entry, message, node, record, vote};

/// Nodes that weigh the same; genesis is 0, and 1 and 2 spend the same address.
struct Scene {
    reader: Reader,
    tables: Weights,
    records: usize,
    tips: Vec<Option<usize>>,
}

impl Scene {
    fn new() -> Self {
        Self::of(4)
    }

    fn of(nodes: usize) -> Self {
        let tables = Weights { leaders: vec![node(0)], ..Weights::of(&vec![1; nodes]) };
        let mut scene = Self { reader: Reader::default(), tables, records: 0, tips: vec![None; nodes] };
        scene.messages([ballot(0, &[], &[], &[]), ballot(1, &[0], &[1], &[]), ballot(2, &[0], &[1], &[])]);
        scene
    }

    fn messages<const N: usize>(&mut self, ballots: [Ballot; N]) {
        for ballot in ballots {
            self.reader.tell_message(ballot).unwrap();
        }
    }

    fn tell(&mut self, entry: &Entry) -> usize {
        self.reader.tell_record(entry, &self.tables).unwrap();
        self.records += 1;
        self.records - 1
    }

    fn tell_all<'a>(&mut self, entries: impl Iterator<Item = &'a Entry>) {
        entries.for_each(|entry| {
            self.tell(entry);
        });
    }

    /// A record of each of these nodes.
    fn each(&mut self, nodes: Range<usize>, seen: &[usize], stamped: &[usize]) {
        nodes.for_each(|of| {
            self.says(of, seen, stamped, &[]);
        });
    }

    /// The next record of a node.
    fn says(&mut self, of: usize, seen: &[usize], stamped: &[usize], votes: &[(usize, u32)]) -> usize {
        let mut entry = entry(self.records, of, self.tips[of], seen, stamped);
        entry.votes = votes.iter().map(|(at, round)| vote(*at, *round)).collect();
        self.tips[of] = Some(self.records);
        self.tell(&entry)
    }

    fn weight(&self, at: usize, round: u32) -> u128 {
        self.reader.weight(&message(at), round)
    }

    fn status(&self, at: usize) -> Status {
        self.reader.status(&message(at)).unwrap()
    }

    /// All see all.
    fn gossip(&mut self) {
        for of in 0..self.tips.len() {
            let seen: Vec<usize> = self.tips.iter().flatten().copied().collect();
            self.says(of, &seen, &[], &[]);
        }
    }
}

#[test]
fn rule_9_3_a_stamp_votes_for_the_message_and_for_its_whole_past() {
    let mut scene = Scene::new();
    scene.messages([ballot(3, &[1], &[3], &[]), ballot(4, &[3], &[], &[])]);
    scene.says(0, &[], &[4], &[]);
    assert_eq!([0, 1, 2, 3, 4].map(|at| scene.weight(at, 0)), [1, 1, 0, 1, 1]);
}

#[test]
fn rule_9_3_of_two_rivals_the_first_has_the_vote_for_ever() {
    let mut scene = Scene::new();
    scene.says(0, &[], &[1, 2], &[]);
    scene.says(0, &[], &[2], &[]);
    assert_eq!((scene.weight(1, 0), scene.weight(2, 0)), (1, 0));
}

#[test]
fn rule_9_3_a_stamp_above_both_rivals_votes_for_neither_also_later() {
    let mut scene = Scene::new();
    scene.messages([ballot(3, &[1, 2], &[], &[]), ballot(4, &[1], &[], &[]), ballot(5, &[3, 4], &[], &[])]);
    scene.says(0, &[], &[3], &[]);
    scene.says(0, &[], &[5], &[]);
    assert_eq!((scene.weight(1, 0), scene.weight(2, 0), scene.weight(0, 0)), (0, 0, 1));
    // Above one of them alone, the other does not count.
    scene.messages([ballot(6, &[4], &[], &[])]);
    scene.says(0, &[], &[6], &[]);
    assert_eq!((scene.weight(1, 0), scene.weight(2, 0)), (1, 0));
}

#[test]
fn rule_9_3_a_reattachment_is_no_rival() {
    let mut scene = Scene::new();
    scene.messages([Ballot { bundle: BundleHash(votes::name(1)), ..ballot(3, &[0], &[1], &[]) }]);
    scene.says(0, &[], &[1, 3], &[]);
    assert_eq!((scene.weight(1, 0), scene.weight(3, 0)), (1, 1));
}

#[test]
fn rule_9_3_a_second_vote_in_a_round_is_ignored_also_when_it_repeats_the_first() {
    let mut scene = Scene::new();
    let told = scene.says(3, &[], &[], &[(1, 1), (2, 1), (1, 1)]);
    let told = scene.says(3, &[told], &[], &[(1, 1)]);
    assert_eq!((scene.weight(1, 1), scene.weight(2, 1)), (1, 0));
    scene.says(0, &[told], &[], &[(1, 1)]);
    assert!(scene.reader.locked(&message(1)).is_empty(), "two nodes are no certificate, however often they vote");
}

#[test]
fn rule_9_3_the_votes_on_all_paths_of_an_equivocator_count_once_each() {
    let mut scene = Scene::new();
    scene.says(0, &[], &[1], &[]);
    let fork = entry(1, 0, None, &[], &[2]);
    assert_eq!(scene.reader.tell_record(&fork, &scene.tables).unwrap().equivocated, Some(node(0)));
    scene.reader.tell_record(&entry(2, 0, None, &[], &[2, 0]), &scene.tables).unwrap();
    assert_eq!((scene.weight(1, 0), scene.weight(2, 0)), (1, 1));
    assert_eq!(scene.reader.equivocators(), &BTreeSet::from([node(0)]));
}

#[test]
fn rule_9_4_three_of_four_certify_and_are_locked_with_the_first_record_that_has_seen_it() {
    let mut scene = Scene::new();
    let first = scene.says(0, &[], &[1], &[]);
    let second = scene.says(1, &[], &[1], &[]);
    assert_eq!(scene.status(1), Status::Received, "two thirds are not more than two thirds");
    let third = scene.says(2, &[first], &[1], &[]);
    assert_eq!(scene.status(1), Status::Certified);
    assert!(scene.reader.locked(&message(1)).is_empty(), "nobody has seen all three");
    scene.says(3, &[second, third], &[], &[]);
    assert_eq!(scene.reader.locked(&message(1)), BTreeSet::from([node(3)]));
}

#[test]
fn rule_9_4_locked_leaders_make_it_fast_and_a_locked_quorum_final() {
    let mut scene = Scene::new();
    let seen = [0, 1, 2].map(|of| scene.says(of, &[], &[1], &[]));
    scene.says(0, &seen, &[], &[]);
    assert_eq!(scene.status(1), Status::Fast);
    scene.says(1, &seen, &[], &[]);
    scene.says(2, &seen, &[], &[]);
    assert_eq!((scene.status(1), scene.status(2)), (Status::Final, Status::Rejected));
}

#[test]
fn rule_9_4_who_went_over_to_a_rival_is_not_locked() {
    let mut scene = Scene::new();
    let seen = [0, 1, 2].map(|of| scene.says(of, &[], &[1], &[]));
    scene.says(0, &[], &[], &[(2, 1)]);
    scene.says(0, &seen, &[], &[]);
    // Only earlier records bar it.
    scene.says(1, &seen, &[], &[(2, 1)]);
    assert_eq!(scene.reader.locked(&message(1)), BTreeSet::from([node(1)]));
}

#[test]
fn rule_9_4_what_spends_a_payment_waits_for_it_and_falls_with_it() {
    let mut scene = Scene::new();
    scene.messages([ballot(3, &[1], &[3], &[1]), ballot(4, &[2], &[4], &[2]), ballot(5, &[4], &[5], &[4])]);
    for of in 0..4 {
        scene.says(of, &[], &[], &[(3, 1)]);
    }
    scene.gossip();
    scene.gossip();
    assert_eq!(scene.status(3), Status::Fast, "decided, and not funded");
    for of in 0..3 {
        scene.says(of, &[], &[1], &[]);
    }
    scene.gossip();
    scene.gossip();
    assert_eq!([1, 3].map(|at| scene.status(at)), [Status::Final; 2]);
    assert_eq!([2, 4, 5].map(|at| scene.status(at)), [Status::Rejected; 3]);
    scene.messages([ballot(6, &[5], &[6], &[5]), ballot(7, &[0], &[1], &[])]);
    assert_eq!([6, 7].map(|at| scene.status(at)), [Status::Rejected; 2], "also when they come late");
}

#[test]
fn rule_7_3_a_reattachment_of_what_is_final_is_final() {
    let mut scene = Scene::new();
    scene.reader.take_as_final(&message(1)).unwrap();
    scene.messages([Ballot { bundle: BundleHash(votes::name(1)), ..ballot(3, &[2], &[1], &[]) }]);
    assert_eq!(scene.status(3), Status::Final);
}

#[test]
fn rule_9_5_a_vote_follows_the_highest_certificate_then_the_weight_then_the_id() {
    let mut scene = Scene::new();
    let next = |scene: &Scene, round| scene.reader.next_vote(&message(1), round, &scene.tables).unwrap();
    assert_eq!(next(&scene, 1), message(1), "the smaller id");
    scene.says(0, &[], &[2], &[]);
    assert_eq!(next(&scene, 1), message(2), "more weight");
    for of in 0..3 {
        scene.says(of, &[], &[], &[(1, 1)]);
    }
    assert_eq!((next(&scene, 1), next(&scene, 2)), (message(2), message(1)), "only certificates of earlier rounds");
    scene.says(3, &[], &[], &[(2, 4)]);
    assert_eq!(next(&scene, 5), message(1), "rather than weight");
    for of in 0..3 {
        scene.says(of, &[], &[], &[(2, 3)]);
    }
    assert_eq!(next(&scene, 5), message(2), "the certificate of the higher round");
    assert_eq!(next(&scene, u32::MAX), message(2));
}

#[test]
fn rule_9_5_a_vote_can_go_by_the_past_of_an_own_record_alone() {
    let mut scene = Scene::new();
    scene.says(0, &[], &[2], &[]);
    scene.says(1, &[], &[], &[]);
    let of = |at| scene.reader.next_vote_of(&node(at), &message(1), 1).unwrap();
    assert_eq!((of(0), of(1), of(2)), (Some(message(2)), Some(message(1)), None));
}

/// 3 conflicts with 2 alone, 2 with both: asked about 3, a node must not overlook the certificate of 1.
#[test]
fn rule_9_5_a_vote_fits_the_conflicts_of_what_it_is_for() {
    let mut scene = Scene::new();
    scene.messages([ballot(12, &[0], &[1, 3], &[]), ballot(13, &[0], &[3], &[])]);
    for of in 0..3 {
        scene.says(of, &[], &[1], &[]);
    }
    scene.says(3, &[], &[12], &[]);
    assert_eq!(scene.reader.next_vote(&message(13), 1, &scene.tables).unwrap(), message(1));
}

#[test]
fn rule_9_6_a_reader_that_sees_two_final_rivals_stops() {
    let mut scene = Scene::new();
    let seen: Vec<usize> = (0..3).map(|of| scene.says(of, &[], &[1], &[])).collect();
    scene.each(0..3, &seen, &[]);
    assert_eq!(scene.status(1), Status::Final);
    // Everybody says the contrary on other chains.
    scene.tips = vec![None; 4];
    let seen: Vec<usize> = (0..3).map(|of| scene.says(of, &[], &[2], &[])).collect();
    scene.each(0..3, &seen, &[]);
    let alarm = scene.reader.alarm().unwrap();
    assert_eq!((alarm.one, alarm.other), (message(1), message(2)));
    scene.messages([ballot(5, &[0], &[5], &[])]);
    scene.each(0..4, &[], &[5]);
    scene.gossip();
    scene.gossip();
    assert_ne!(scene.status(5), Status::Final, "nothing becomes final any more");
    assert_eq!(scene.reader.prune(&(Epoch(9)..=Epoch(9)), &scene.tables).messages, 0);
}

/// Two of seven are faulty: 0 and 1. Node 6 votes in the record with which it stamps the rival, by what it knew before, and
/// so overlooks the certificate that its own stamp completes and that locks it.
#[test]
fn rule_9_6_votes_beside_stamps_that_they_do_not_count_make_two_rivals_final() {
    let mut scene = Scene::of(7);
    let for_2: Vec<usize> = (0..4).map(|of| scene.says(of, &[], &[2], &[])).collect();
    scene.tips[..2].fill(None);
    let for_1: Vec<usize> = [0, 1, 4, 5].map(|of| scene.says(of, &[], &[1], &[])).into();
    let all = [for_1.clone(), for_2.clone()].concat();
    scene.says(6, &all, &[], &[]);
    let next = |scene: &Scene| scene.reader.next_vote_of(&node(6), &message(1), 1).unwrap();
    assert_eq!(next(&scene), Some(message(1)), "as much weight, and the smaller id");
    let both = scene.says(6, &[], &[2], &[(1, 1)]);
    assert_eq!(next(&scene), Some(message(2)), "what it would have voted in a record after its stamp");
    let seen = [for_2.clone(), vec![both]].concat();
    scene.tips[..2].clone_from_slice(&[Some(for_2[0]), Some(for_2[1])]);
    scene.each(0..4, &seen, &[]);
    assert_eq!(scene.status(2), Status::Final);
    scene.tips[..2].clone_from_slice(&[Some(for_1[0]), Some(for_1[1])]);
    let votes: Vec<usize> = [0, 1, 4, 5].map(|of| scene.says(of, &for_1, &[], &[(1, 1)])).into();
    let seen = [votes, vec![both]].concat();
    scene.each(0..2, &seen, &[]);
    scene.each(4..7, &seen, &[]);
    assert_eq!(scene.reader.alarm().map(|alarm| alarm.other), Some(message(1)));
}

#[test]
fn rule_c7_the_votes_of_one_chain_are_judged_whatever_other_chains_its_node_has() {
    let mut scene = Scene::new();
    let low = scene.says(0, &[], &[], &[(1, 1)]);
    scene.says(0, &[], &[], &[(2, 4)]);
    let fork = entry(2, 0, Some(low), &[], &[]);
    scene.tell(&fork);
    let before = |previous| scene.reader.votes_before(previous).highest_round(&node(0), &message(1));
    assert_eq!((before(Some(record(1))), before(Some(record(low))), before(Some(fork.id)), before(None)), (4, 1, 1, 0));
}

#[test]
fn a_certificate_shows_another_reader_why_a_message_is_final_and_no_altered_one_does() {
    let mut scene = Scene::new();
    let stamps: Vec<Entry> = (0..4).map(|of| entry(of, of, None, &[], &[1])).collect();
    let locks: Vec<Entry> = (0..4).map(|of| entry(4 + of, of, Some(of), &[0, 1, 2, 3], &[])).collect();
    scene.tell_all(stamps.iter().chain(&locks[..3]));
    let proof = scene.reader.certificate(&message(1)).unwrap();
    assert_eq!(scene.reader.certificate(&message(2)), None);
    let (mut knows, mut lacks) = (Scene::new(), Scene::new());
    knows.tell_all(stamps.iter().chain(&locks));
    lacks.tell_all(stamps.iter().chain(&locks[..2]));
    let check = |scene: &Scene, proof: &Certificate| scene.reader.check_certificate(proof, &scene.tables);
    assert_eq!(check(&knows, &proof), Ok(()));
    assert_eq!(check(&lacks, &proof), Err(Flaw::Witness(proof.locks[2].record)));
    let mut altered = proof.clone();
    altered.locks.truncate(2);
    assert_eq!(check(&knows, &altered), Err(Flaw::Quorum));
    altered.locks.push(altered.locks[1]);
    assert_eq!(check(&knows, &altered), Err(Flaw::Witness(altered.locks[1].record)));
    altered = proof.clone();
    altered.locks[0].weight += 1;
    assert_eq!(check(&knows, &altered), Err(Flaw::Weight(altered.locks[0].node)));
    altered = proof.clone();
    altered.message = message(2);
    assert_eq!(check(&knows, &altered), Err(Flaw::Quorum));
}

#[test]
fn what_is_forgotten_keeps_its_verdict_and_rejects_its_late_rivals() {
    let mut scene = Scene::new();
    scene.each(0..4, &[], &[1]);
    scene.gossip();
    scene.gossip();
    let pruned = scene.reader.prune(&(Epoch(1)..=Epoch(2)), &scene.tables);
    assert_eq!((pruned.messages, pruned.nodes), (3, 0));
    assert_eq!((scene.reader.held().messages, scene.reader.held().records), (0, 0));
    assert_eq!([0, 1, 2].map(|at| scene.status(at)), [Status::Final, Status::Final, Status::Rejected]);
    let heir = Ballot { epoch: Epoch(1), ..ballot(4, &[1], &[4], &[2]) };
    let late = Ballot { epoch: Epoch(1), ..ballot(3, &[0, 2], &[1, 9], &[]) };
    let next = Ballot { epoch: Epoch(1), ..ballot(5, &[1, 3], &[5], &[1]) };
    scene.messages([late, heir, next]);
    assert_eq!([3, 4].map(|at| scene.status(at)), [Status::Rejected; 2]);
    scene.each(0..4, &[], &[5]);
    scene.gossip();
    scene.gossip();
    assert_eq!(scene.status(5), Status::Final);
}

#[test]
fn memory_follows_what_is_open_and_not_the_history() {
    let mut scene = Scene::new();
    let (mut most, mut forgotten) = (0, 0);
    for step in 3..600 {
        let epoch = u32::try_from(step / 20).unwrap();
        scene.messages([Ballot {
            epoch: Epoch(epoch),
            ..ballot(step, &[if step == 3 { 0 } else { step - 1 }], &[step], &[])
        }]);
        let seen: Vec<usize> = scene.tips.iter().flatten().copied().collect();
        // The last node is away: it does not keep the others from forgetting.
        scene.says(step % 3, &seen, &[step], &[]);
        if step % 20 == 0 {
            scene.reader.prune(&(Epoch(epoch - 1)..=Epoch(epoch)), &scene.tables);
            let held = scene.reader.held();
            (most, forgotten) = (most.max(held.messages + held.records), held.forgotten.0 + held.forgotten.1);
        }
    }
    assert!(most < 100, "held {most}");
    assert!(forgotten > 1_000, "forgot {forgotten}");
    // It comes back and stamps what is new, above a past that is forgotten.
    scene.says(3, &[], &[599], &[]);
    assert_eq!(scene.status(300), Status::Final);
}
