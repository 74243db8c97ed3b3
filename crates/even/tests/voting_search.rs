//! 14 (c), in small: an adversary with less than a third of the weight never makes two rivals final, and does when a rule is
//! left out. The long search is `everwatchd even-sim --conformance`.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests; they say what they found")]

#[path = "votes/adversary.rs"]
mod adversary;
mod votes;

use adversary::{Run, Setting};
use even::voting::Switches;

const FOUR: Setting = Setting { nodes: 4, faulty: 1, chain: false, steps: 70 };
const SEVEN: Setting = Setting { nodes: 7, faulty: 2, chain: false, steps: 120 };

fn breaks(seeds: u64, setting: Setting, switches: Switches) -> usize {
    let found: Vec<u64> = (0..seeds).filter(|seed| Run::breaks(*seed, setting, switches)).collect();
    println!("{setting:?} {switches:?}: {} of {seeds}, {:?}", found.len(), &found[..found.len().min(3)]);
    found.len()
}

#[test]
fn rule_9_6_one_faulty_of_four_never_makes_two_rivals_final() {
    assert_eq!(breaks(1_500, FOUR, Switches::default()), 0);
    assert_eq!(breaks(500, Setting { chain: true, ..FOUR }, Switches::default()), 0);
}

#[test]
fn rule_9_6_two_faulty_of_seven_never_make_two_rivals_final() {
    assert_eq!(breaks(600, SEVEN, Switches::default()), 0);
    assert_eq!(breaks(300, Setting { chain: true, ..SEVEN }, Switches::default()), 0);
}

#[test]
fn rule_9_4_without_the_proviso_of_the_lock_two_rivals_become_final() {
    assert!(breaks(1_500, FOUR, Switches { lock_proviso: false, ..Switches::default() }) > 0);
}

#[test]
fn rule_9_5_when_votes_ignore_certificates_two_rivals_become_final() {
    assert!(breaks(1_500, FOUR, Switches { votes_follow_certificates: false, ..Switches::default() }) > 0);
}

#[test]
fn rule_9_5_when_votes_ignore_the_conflicts_of_what_they_are_for_two_rivals_become_final() {
    let setting = Setting { chain: true, ..FOUR };
    assert!(breaks(1_500, setting, Switches { votes_fit_their_own_conflicts: false, ..Switches::default() }) > 0);
}

#[test]
fn rule_9_3_when_repeated_votes_count_again_two_rivals_become_final() {
    assert!(breaks(1_500, FOUR, Switches { repeats_count_once: false, ..Switches::default() }) > 0);
}

#[test]
fn rule_9_6_with_half_of_the_weight_faulty_the_reader_stops() {
    assert!(breaks(300, Setting { faulty: 2, ..FOUR }, Switches::default()) > 0);
}
