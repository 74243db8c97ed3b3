//! The network under seeds: what must hold whatever happens, and that a seed is a run.
#![allow(clippy::unwrap_used, reason = "tests")]

use even::rating::State;
use even_sim::config::{Behaviour, Config, Share};
use even_sim::conformance;
use even_sim::network::{Network, Peer};
use even_sim::report::Report;
use std::num::NonZeroU64;

fn run(config: Config) -> (Network, Report) {
    let mut network = Network::new(config).unwrap();
    network.run();
    let report = Report::of(&network);
    (network, report)
}

fn light(nodes: usize, seed: u64) -> Config {
    let mut config = Config::new(nodes, seed);
    (config.light, config.duration_ms, config.drain_ms) = (true, 20_000, 40_000);
    config
}

fn of(behaviour: Behaviour, count: usize) -> Share {
    Share { behaviour, count }
}

#[test]
fn rule_9_6_honest_payments_become_final_with_signatures_and_work() {
    let mut config = Config::new(5, 1);
    (config.duration_ms, config.drain_ms) = (5_000, 10_000);
    let (_, report) = run(config);
    assert!(report.issued > 0 && report.payments > 0);
    assert_eq!((report.finals, report.undecided, report.violations), (report.issued, 0, 0), "{report:?}");
}

#[test]
fn a_seed_is_a_run() {
    let json = |seed| {
        let mut config = light(8, seed);
        (config.loss, config.behaviours) = (0.1, vec![of(Behaviour::DoubleSpend, 1)]);
        serde_json::to_string(&run(config).1).unwrap()
    };
    assert_eq!(json(3), json(3));
    assert_ne!(json(3), json(4));
}

#[test]
fn rule_14_d_supply_stays_and_rivals_are_never_both_final_under_dozens_of_seeds() {
    let mut doubles = 0;
    for seed in 0..24 {
        let mut config = light(10, seed);
        config.behaviours = vec![of(Behaviour::DoubleSpend, 1), of(Behaviour::Equivocate, 1)];
        (config.loss, config.payments) = (f64::from(seed as u32 % 3) * 0.05, 1.0);
        let (_, report) = run(config);
        assert_eq!(report.violations, 0, "seed {seed}: {:?}", report.breaks);
        doubles += report.double_spends;
    }
    assert!(doubles > 10, "{doubles} coins were spent twice");
}

#[test]
fn rule_9_5_a_double_spend_is_decided_in_rounds() {
    let mut config = light(10, 2);
    (config.behaviours, config.payments, config.drain_ms) = (vec![of(Behaviour::DoubleSpend, 3)], 1.0, 150_000);
    let (_, report) = run(config);
    assert!(report.double_spends > 0);
    assert_eq!((report.decided, report.violations), (report.double_spends, 0), "{report:?}");
}

#[test]
fn rule_9_6_a_partition_only_delays() {
    let mut config = light(10, 5);
    config.partition = Some("2..15:0.5".parse().unwrap());
    let (_, report) = run(config);
    assert_eq!((report.undecided, report.violations), (0, 0), "{report:?}");
    assert!(report.finality.max > 5.0, "neither half decides alone: {report:?}");
}

#[test]
fn rule_3_7_epochs_are_rated_and_agreed_on_and_actors_stand_where_section_3_5_puts_them() {
    let mut config = light(12, 1).with_epoch_ms(NonZeroU64::new(10_000).unwrap());
    (config.duration_ms, config.rate) = (60_000, 2.0);
    config.behaviours = vec![of(Behaviour::Whale, 1), of(Behaviour::Withhold, 1), of(Behaviour::Passive, 1)];
    let (network, report) = run(config);
    assert!(report.agreed_epochs >= 5, "{report:?}");
    assert_eq!((report.still_split_epochs, report.violations), (0, 0), "{report:?}");
    let find = |kind| network.peers.iter().find(|peer| peer.behaviour == kind).unwrap().node.id();
    let honest = network.peers.iter().find(|peer| peer.behaviour == Behaviour::Honest).unwrap();
    let (_, measured) = honest.node.measured().unwrap();
    let score = |id| {
        let at = measured.nodes.iter().position(|node| *node == id);
        at.map(|at| measured.table.rows[at].score)
    };
    let ordinary = score(honest.node.id()).unwrap();
    assert!(score(find(Behaviour::Whale)).unwrap().rating < ordinary.rating);
    assert!(score(find(Behaviour::Withhold)).unwrap().accuracy < 0.01, "it serves nothing");
    assert!(score(find(Behaviour::Passive)).is_none_or(|score| score.state == State::Passive), "it has no outbox");
    let force = &honest.node.tables().at(honest.node.epoch()).force;
    assert_eq!(force.weight(&find(Behaviour::Withhold)), 0);
}

#[test]
fn rule_3_7_who_only_follows_has_the_state_and_the_tables_of_the_readers() {
    let mut config = light(60, 3).with_epoch_ms(NonZeroU64::new(10_000).unwrap());
    (config.duration_ms, config.rate, config.payments) = (60_000, 4.0, 1.0);
    config.readers = 7;
    let (network, report) = run(config);
    assert_eq!((report.violations, report.undecided), (0, 0), "{report:?}");
    assert!(report.agreed_epochs >= 4, "{report:?}");
    let reader = network.peers.iter().find(|peer| peer.node.role().reads).unwrap();
    let table = |peer: &Peer| {
        let table = peer.node.tables().at(peer.node.epoch());
        (table.measured, table.beacon)
    };
    let followers: Vec<_> = network.peers.iter().filter(|peer| !peer.node.role().reads).collect();
    assert_eq!(followers.len(), 53);
    assert!(table(reader).0.is_some());
    assert!(followers.iter().all(|peer| table(peer) == table(reader)));
    assert!(followers.iter().all(|peer| peer.node.ledger() == reader.node.ledger()));
}

#[test]
fn what_a_long_run_remembers_stays_bounded() {
    let mut config = Config::new(5, 1).with_epoch_ms(NonZeroU64::new(1_000).unwrap());
    (config.duration_ms, config.rate, config.rules.memory_epochs) = (u64::MAX, 8.0, 2);
    let mut network = Network::new(config).unwrap();
    let mut held = |epochs: u64| {
        network.run_until(epochs * 1_000);
        let most =
            |of: fn(&even_sim::node::Held) -> usize| network.peers.iter().map(|peer| of(&peer.node.held())).max();
        let sizes = [most(|held| held.messages), most(|held| held.roots), most(|held| held.records)];
        [sizes[0].unwrap(), sizes[1].unwrap(), sizes[2].unwrap(), network.remembered()]
    };
    let (early, late) = (held(110), held(330));
    for (early, late) in early.into_iter().zip(late) {
        assert!(early > 0 && 2 * late <= 3 * early + 60, "{early} things became {late} in three times the time");
    }
}

#[test]
fn rule_7_8_a_passive_node_pays_for_its_branches() {
    let mut config = Config::new(6, 4);
    (config.duration_ms, config.drain_ms, config.payments) = (8_000, 15_000, 1.0);
    config.behaviours = vec![of(Behaviour::Passive, 2)];
    let (network, report) = run(config);
    assert_eq!((report.undecided, report.violations), (0, 0), "{report:?}");
    let passive: Vec<_> =
        network.peers.iter().filter(|peer| peer.behaviour == Behaviour::Passive).map(|peer| peer.node.id()).collect();
    let honest = network.peers.iter().find(|peer| peer.behaviour == Behaviour::Honest).unwrap();
    let theirs: Vec<_> = honest.node.posts().filter(|post| passive.contains(&post.issuer)).collect();
    assert!(!theirs.is_empty());
    assert!(theirs.iter().all(|post| !post.tickets.is_empty() && !post.tickets[0].paid.is_empty()));
}

#[test]
fn rule_14_c_no_adversary_with_less_than_a_third_gets_two_rivals_final() {
    let kept = conformance::runs(1, 60, even::voting::Switches::default());
    assert_eq!((kept.broken, kept.runs), (0, 60), "{kept:?}");
    assert!(kept.decided > 30);
}

#[test]
fn rule_14_c_the_same_search_breaks_what_lacks_a_rule() {
    let all = even::voting::Switches::default();
    let proviso = conformance::runs(1, 30, even::voting::Switches { lock_proviso: false, ..all });
    let follow = conformance::runs(1, 30, even::voting::Switches { votes_follow_certificates: false, ..all });
    assert!(proviso.broken > 0 && follow.broken > 0, "{proviso:?} {follow:?}");
}
