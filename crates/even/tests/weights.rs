//! Conformance (b) and (e) of section 14: what weights and ratings hold on random tables, dust included.
#![allow(clippy::unwrap_used, reason = "tests")]

use even::block::EpochRow;
use even::ids::NodeId;
use even::rating::{Audits, Mode, NodeObservations, Observations, Reference, Table, rate};
use even::weight::{InForce, SHARE_UNITS, is_quorum, weigh};
use proptest::collection::vec;
use proptest::prelude::*;

fn row(at: usize, exchange: u32, stake: u32) -> EpochRow {
    let mut id = [0; 32];
    id[..8].copy_from_slice(&u64::try_from(at).unwrap().to_be_bytes());
    EpochRow { node: NodeId(id), accuracy_ppm: 1_000_000, rating_ppm: 1, exchange, stake }
}

/// Shares of a whole, from any numbers.
fn shares(parts: &[u32]) -> Vec<u32> {
    let all: u64 = parts.iter().map(|part| u64::from(*part)).sum::<u64>().max(1);
    let share = |part: &u32| u32::try_from(u64::from(*part) * u64::from(SHARE_UNITS) / all).unwrap();
    parts.iter().map(share).collect()
}

fn rows(parts: &[(u32, u32)]) -> Vec<EpochRow> {
    let exchange = shares(&parts.iter().map(|part| part.0).collect::<Vec<_>>());
    let stake = shares(&parts.iter().map(|part| part.1).collect::<Vec<_>>());
    exchange.iter().zip(&stake).enumerate().map(|(at, (k, s))| row(at, *k, *s)).collect()
}

/// Some large, some middling, much dust.
fn part() -> impl Strategy<Value = u32> {
    prop_oneof![0..1_000_000_u32, 0..1_000_u32, 0..3_u32]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// 14 (b), 9.1: splitting an identity gains nothing but what is lost in rounding.
    #[test]
    fn rule_9_1_the_identities_of_one_owner_never_weigh_more_than_one(
        parts in vec((part(), part()), 2..40), into in 2..20_u32,
    ) {
        let whole = rows(&parts);
        let mut split = whole[1..].to_vec();
        let (k, s) = (whole[0].exchange, whole[0].stake);
        let pieces: Vec<EpochRow> = (0..into).map(|at| {
            let piece = |whole: u32| whole / into + u32::from(at < whole % into);
            row(1_000 + usize::try_from(at).unwrap(), piece(k), piece(s))
        }).collect();
        split.extend(&pieces);
        let (one, many) = (weigh(&whole), weigh(&split));
        let raw = |table: &even::weight::WeightTable, id: &NodeId| table.nodes[id].raw;
        let split_raw: u128 = pieces.iter().map(|piece| raw(&many, &piece.node)).sum();
        // A piece's exchange is rounded down by less than a unit, so that the others may gain that much.
        let slack = 4 * 1_000_000 * u128::from(into + 2);
        prop_assert!(split_raw <= raw(&one, &whole[0].node) + slack);
    }

    /// 14 (b), 9.2: no node can decide or block, nor can the leaders, whatever the dust.
    #[test]
    fn rule_9_2_neither_one_node_nor_the_leaders_can_decide_or_block(parts in vec((part(), part()), 1..200)) {
        let table = weigh(&rows(&parts));
        prop_assert!(table.total <= table.denominator);
        for node in table.nodes.values() {
            prop_assert!(3 * node.weight < table.denominator || table.denominator == 0);
        }
        let leaders = table.leaders_weight();
        prop_assert!(!is_quorum(leaders, table.denominator));
        prop_assert!(3 * leaders < table.denominator || table.denominator == 0, "the others decide without them");
        prop_assert_eq!(table.leader_count == 0, table.order.is_empty());
    }

    /// The same for the table in force after any change.
    #[test]
    fn rule_9_2_a_table_in_force_keeps_its_bounds_while_it_drifts(
        before in vec((part(), part()), 5..30), after in vec((part(), part()), 5..30),
    ) {
        let first = InForce::genesis(&rows(&before));
        let next = first.next(&rows(&after), std::collections::BTreeSet::new());
        let all: u128 = next.nodes().map(|(_, weight)| weight).sum();
        prop_assert!(all <= next.denominator());
        prop_assert!(next.nodes().all(|(_, weight)| 3 * weight < next.denominator()));
    }
}

fn epoch(nodes: &[(f64, f64, u64, u64)], [power, speed]: [f64; 2], [k, s]: [u64; 2]) -> Table {
    let mut epoch = Observations::new(vec![0.0, 60.0, 200.0]).unwrap();
    for (p, v, exchanged, stake) in nodes {
        let (p, v) = ([p * power, p * power / 2.0, 0.0], [v * speed, 0.0, v * speed]);
        let (exchanged, stake) = (exchanged * k, stake * s);
        epoch.push(&NodeObservations { power: &p, speed: &v, exchanged, stake, audits: Audits::ALL }).unwrap();
    }
    rate(&epoch, Mode::Fixed(Reference::Mean))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// 14 (e): what counts are proportions.
    #[test]
    fn rule_14_e_ratings_do_not_change_with_the_scale_of_any_input(
        nodes in vec((0.0..100.0_f64, 0.0..100.0_f64, 0..1_000_u64, 0..1_000_u64), 1..30),
        factors in (0.001..1_000.0_f64, 0.001..1_000.0_f64, 1..1_000_u64, 1..1_000_u64),
    ) {
        let (power, speed, k, s) = factors;
        let (one, other) = (epoch(&nodes, [1.0, 1.0], [1, 1]), epoch(&nodes, [power, speed], [k, s]));
        for (a, b) in one.rows.iter().zip(&other.rows) {
            prop_assert!((a.score.rating - b.score.rating).abs() < 1e-9);
            prop_assert_eq!(a.score.state, b.score.state);
        }
    }
}
