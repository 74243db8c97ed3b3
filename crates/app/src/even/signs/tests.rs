//! Signs of networks that misbehave, and who is told of them.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::num::NonZeroU64;

use even::ids::{MessageId, NodeId};
use even_sim::config::{Behaviour, Config, Share};
use even_sim::network::Network;

use super::*;
use crate::even::book::Book;
use crate::even::snapshot::{Snapshot, Weights};
use crate::even::view;

const EPOCH_MS: u64 = 2_000;

/// A light network of eight, one of them of this kind, after some epochs.
fn shown(behaviour: Behaviour, epochs: u64) -> Snapshot {
    network(8, behaviour, epochs)
}

fn network(nodes: usize, behaviour: Behaviour, epochs: u64) -> Snapshot {
    let mut config: Config = even_sim::live::config(nodes, 3, NonZeroU64::new(EPOCH_MS).unwrap());
    (config.light, config.payments) = (true, 1.0);
    config.behaviours = vec![Share { behaviour, count: 1 }];
    let mut network = Network::new(config).unwrap();
    let mut book = Book::new(&network, 1_000_000).unwrap();
    for ms in (0..epochs * EPOCH_MS).step_by(50) {
        network.run_until(ms);
        book.follow(&network);
        if ms % 1_000 == 0 {
            book.snapshot(&network);
        }
    }
    book.snapshot(&network)
}

fn member(snapshot: &Snapshot, behaviour: Behaviour) -> usize {
    snapshot.members.iter().position(|member| member.kind == behaviour.name()).unwrap()
}

fn codes(snapshot: &Snapshot, watched: &[NodeId]) -> Vec<(String, Option<String>)> {
    let watched: BTreeSet<NodeId> = watched.iter().copied().collect();
    view::of(snapshot, &watched).alerts.into_iter().map(|alert| (alert.code, alert.node)).collect()
}

#[test]
fn a_node_that_forks_its_chain_is_an_equivocation_since_it_was_proven() {
    let snapshot = shown(Behaviour::Equivocate, 8);
    let liar = member(&snapshot, Behaviour::Equivocate);
    let sign = snapshot.signs.iter().find(|sign| sign.code == "equivocation").unwrap();
    assert_eq!(sign.member, Some(liar));
    assert!((1_000_000..snapshot.now_ms).contains(&sign.since_ms));
    let told = codes(&snapshot, &[]);
    assert_eq!(told[0], ("equivocation".to_owned(), Some(snapshot.members[liar].id.to_string())), "the gravest first");
    assert!(!shown(Behaviour::Honest, 4).signs.iter().any(|sign| sign.code == "equivocation"));
}

#[test]
fn a_coin_that_is_spent_twice_is_a_conflict_for_who_watches_its_owner() {
    let snapshot = shown(Behaviour::DoubleSpend, 8);
    let spender = member(&snapshot, Behaviour::DoubleSpend);
    let sign = snapshot.signs.iter().find(|sign| sign.code == "conflict").unwrap();
    assert_eq!(sign.member, Some(spender));
    let named: MessageId = sign.params[0].1.parse().unwrap();
    let message = snapshot.messages.iter().find(|message| message.id == named).unwrap();
    assert!(!message.rivals.is_empty() && message.issuer == spender);
    let conflicts =
        |watched: &[NodeId]| codes(&snapshot, watched).iter().filter(|(code, _)| code == "conflict").count();
    let other = snapshot.members[(spender + 1) % 8].id;
    assert_eq!((conflicts(&[]), conflicts(&[other])), (0, 0));
    assert!(conflicts(&[snapshot.members[spender].id]) > 0);
}

#[test]
fn who_weighs_as_much_as_one_node_may_is_named_with_its_share() {
    let few = network(4, Behaviour::Honest, 1);
    let sign = few.signs.iter().find(|sign| sign.code == "cap_near").unwrap();
    let weight = few.force.weights.ppm(few.force.weights.of[sign.member.unwrap()]);
    let share: f64 = sign.params[0].1.parse().unwrap();
    assert_eq!((sign.params[0].0, share), ("share", f64::from(weight) / 1e6));
    assert!(share > 0.9 * f64::from(even::weight::NODE_CAP_PPM) / 1e6, "{share}");
    assert!(codes(&few, &[]).iter().any(|(code, _)| code == "cap_near"), "it concerns everybody");
    let many = network(40, Behaviour::Honest, 1);
    assert!(many.signs.iter().all(|sign| sign.code != "cap_near"), "{:?}", many.signs);
}

#[test]
fn since_when_is_kept_while_it_lasts_and_forgotten_when_it_ends() {
    let mut since = BTreeMap::new();
    keep(&mut since, &BTreeSet::from([1, 2]), 10);
    keep(&mut since, &BTreeSet::from([2, 3]), 20);
    assert_eq!(since, BTreeMap::from([(2, 10), (3, 20)]));
    keep(&mut since, &BTreeSet::from([1]), 30);
    assert_eq!(since, BTreeMap::from([(1, 30)]), "it comes anew");
}

#[test]
fn two_final_rivals_stand_before_everything_and_concern_the_network() {
    let weights = Weights { of: vec![10, 30], denominator: 100, leaders: vec![1], clipped: BTreeSet::new() };
    let force = InForce { weights, ..InForce::default() };
    let (muted, near_cap) = (BTreeMap::from([(0, 5)]), BTreeMap::from([(1, 7)]));
    let signs = OfState { muted: &muted, near_cap: &near_cap, alarmed_ms: Some(9) }.signs(&force);
    let cap = Sign { params: vec![("share", "0.3".to_owned())], ..Sign::of("cap_near", Some(1), 7) };
    assert_eq!(signs, [Sign::of("two_final", None, 9), Sign::of("equivocation", Some(0), 5), cap]);
    let none = OfState { muted: &BTreeMap::new(), near_cap: &BTreeMap::new(), alarmed_ms: None };
    assert!(none.signs(&force).is_empty());

    let mut snapshot = shown(Behaviour::Equivocate, 8);
    snapshot.signs.push(Sign::of("two_final", None, snapshot.now_ms));
    assert_eq!(codes(&snapshot, &[])[0], ("two_final".to_owned(), None));
}
