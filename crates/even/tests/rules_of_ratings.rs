//! Rules of ratings, weights, forecasts and mailing lists (3, 8.6, 9.1), one by one. The vectors have more cases of each.
#![allow(clippy::unwrap_used, reason = "tests")]

use even::block::EpochRow;
use even::epoch::published;
use even::forecast::{Model, NoForecast, Point, Status, forecast};
use even::ids::NodeId;
use even::mailing::{Candidate, FAN_OUT, mailing_list};
use even::rating::{Audits, Mode, NodeObservations, Observations, Reference, Table, curve_k, rate, score};
use even::weight::{SHARE_UNITS, weigh};

/// Nodes of (power, speed, exchanged, stake), the same all the time.
fn table(nodes: &[(f64, f64, u64, u64)], mode: Mode) -> Table {
    let mut epoch = Observations::new(vec![0.0, 1.0]).unwrap();
    for (power, speed, exchanged, stake) in nodes {
        let (power, speed) = ([*power; 2], [*speed; 2]);
        let node = NodeObservations {
            power: &power,
            speed: &speed,
            exchanged: *exchanged,
            stake: *stake,
            audits: Audits::ALL,
        };
        epoch.push(&node).unwrap();
    }
    rate(&epoch, mode)
}

fn near(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-12
}

#[test]
fn rule_3_2_exchange_and_stake_are_shares_of_the_whole() {
    let nodes = [(1.0, 2.0, 10, 5), (3.0, 2.0, 10, 15), (0.0, 0.0, 0, 0)];
    let rows = table(&nodes, Mode::Fixed(Reference::Mean)).rows;
    assert!(near(rows.iter().map(|row| row.k_o).sum(), 1.0) && near(rows.iter().map(|row| row.s_o).sum(), 1.0));
    assert!(near(rows[1].s_o, 0.75) && rows[1].k_o > rows[0].k_o, "more power for the same exchange");
    // (1.4): the part of the exchange times half of power share and relative speed.
    assert!(near(rows[0].k_raw, 0.5 * f64::midpoint(2.0 / (4.0 / 3.0), 0.25)));
}

#[test]
fn rule_3_2_nothing_of_nothing_is_nothing() {
    let idle = table(&[(0.0, 0.0, 0, 0); 3], Mode::Auto);
    assert!(idle.rows.iter().all(|row| near(row.k_raw + row.k_o + row.s_o + row.score.rating, 0.0)));
    let silent = table(&[(0.0, 0.0, 5, 5); 2], Mode::Auto);
    assert!(silent.rows.iter().all(|row| near(row.k_o, 0.0)), "exchange without any activity");
    assert!(near(Audits::NONE.accuracy(), 0.0), "no evidence is no accuracy");
}

#[test]
fn rule_3_2_speed_is_measured_by_the_mean_or_by_the_fastest() {
    let nodes = [(0.0, 1.0, 1, 1), (0.0, 3.0, 1, 1)];
    let raw = |reference| table(&nodes, Mode::Fixed(reference)).rows[0].k_raw;
    assert!(near(raw(Reference::Mean), 0.5 * 0.25) && near(raw(Reference::Max), 0.5 / 6.0));
}

#[test]
fn rule_3_3_g_falls_to_one_and_is_exact_on_the_way() {
    assert!(near(curve_k(1.0), 1.0) && near(curve_k(0.5), 2.0 * 2.0_f64.ln()));
    // The series 1 + x/2 + x²/3 at x = 1 − K.
    let x = 1e-9;
    assert!((curve_k(1.0 - x) - (1.0 + x / 2.0)).abs() < 1e-15);
    let values: Vec<f64> = (1..1_000).map(|step| curve_k(f64::from(step) / 1_000.0)).collect();
    assert!(values.is_sorted_by(|one, next| one > next));
}

#[test]
fn rule_3_3_the_rating_is_the_bell_of_the_balance_by_what_was_served() {
    let half = Audits::new(1, 2).unwrap();
    let (whole, served) = (score(0.2, 0.2, Audits::ALL).unwrap(), score(0.2, 0.2, half).unwrap());
    let d = f64::midpoint(0.2_f64.ln(), curve_k(0.2));
    assert!(near(whole.d.unwrap(), d) && near(whole.rating, 1.0 / (1.0 + 4.0 * d * d)));
    assert!(near(served.rating, whole.rating / 2.0) && near(served.literal.unwrap(), d / 2.0));
}

#[test]
fn rule_3_3_a_rating_is_published_in_millionths_half_to_even() {
    let ppm = |rating: f64| {
        let mut row = table(&[(1.0, 1.0, 1, 1)], Mode::Auto).rows[0];
        row.score.rating = rating;
        published(NodeId([1; 32]), &row).rating_ppm
    };
    assert_eq!([0.0, 0.000_000_5, 0.000_001_5, 0.000_002_5, 1.0].map(ppm), [0, 0, 2, 2, 1_000_000]);
}

#[test]
fn rule_3_6_the_less_undecided_reference_is_taken_and_the_mean_when_both_are_alike() {
    let alike = table(&[(1.0, 1.0, 1, 1), (1.0, 1.0, 1, 1)], Mode::Auto);
    let entropies = alike.entropies.unwrap();
    assert!(near(entropies.mean, entropies.max) && near(entropies.mean, 2.0_f64.ln()));
    assert_eq!(alike.reference, Reference::Mean);
    // One fast node of many: whichever is chosen has the lower entropy.
    for fast in [2.0, 50.0, 1_000.0] {
        let mut nodes = vec![(1.0, 1.0, 10, 10); 9];
        nodes.push((90.0, fast, 10, 10));
        let auto = table(&nodes, Mode::Auto);
        let of = |reference| table(&nodes, Mode::Fixed(reference)).entropy;
        let lower = if of(Reference::Max) < of(Reference::Mean) - 1e-9 { Reference::Max } else { Reference::Mean };
        assert_eq!(auto.reference, lower, "{fast}");
        assert!(near(auto.entropy, of(lower)));
    }
}

fn points(ratings: &[f64]) -> Vec<Point> {
    (0_u32..).zip(ratings).map(|(at, rating)| Point { time: f64::from(at), rating: *rating }).collect()
}

#[test]
fn rule_3_8_three_points_or_a_far_horizon_say_only_the_last_value() {
    for (ratings, horizon, status) in
        [(&[0.1, 0.2, 0.3][..], 1.0, Status::Hold), (&[0.1, 0.2, 0.3, 0.4], 2.1, Status::Stale)]
    {
        let said = forecast(&points(ratings), horizon).unwrap();
        assert_eq!((said.status, said.model, said.low, said.high), (status, Model::Last, 0.0, 1.0));
        assert!(near(said.value, ratings[ratings.len() - 1]) && said.half.is_none());
    }
    assert_eq!(forecast(&points(&[0.1, 0.2, 0.3, 0.4]), 2.0).unwrap().status, Status::Ok, "two mean gaps");
}

#[test]
fn rule_3_8_the_simplest_model_that_does_about_as_well_is_taken() {
    let model = |ratings: &[f64]| forecast(&points(ratings), 1.0).unwrap().model;
    assert_eq!(model(&[0.5; 12]), Model::Last);
    let line: Vec<f64> = (0_u32..12).map(|at| 0.2 + 0.03 * f64::from(at)).collect();
    assert_eq!(model(&line), Model::Polynomial(1));
    let bow: Vec<f64> = (0_u32..12).map(|at| 0.2 + 0.005 * f64::from(at * at)).collect();
    assert_eq!(model(&bow), Model::Polynomial(2));
    assert!(near(forecast(&points(&line), 1.0).unwrap().value, 0.56), "where the line goes");
}

#[test]
fn rule_3_8_only_the_last_twelve_points_count_and_value_and_band_stay_ratings() {
    let mut long: Vec<f64> = vec![0.9, 0.0, 0.7, 0.1];
    long.extend((0_u32..12).map(|at| 0.3 + 0.06 * f64::from(at)));
    let (all, last) = (points(&long), points(&long[4..]));
    let (said, same) = (forecast(&all, 1.5).unwrap(), forecast(&last, 1.5).unwrap());
    assert_eq!(said.model, same.model);
    assert!(near(said.value, 1.0) && near(same.value, 1.0), "the line leaves what a rating can be");
    assert!(said.low >= 0.0 && said.high <= 1.0);
    assert_eq!(forecast(&[], 1.0), Err(NoForecast::Empty));
    assert_eq!(forecast(&last, 0.0), Err(NoForecast::Horizon(0.0)));
}

fn candidate(at: u8, weight: u128, rating_ppm: u32, exchange: u32) -> Candidate {
    Candidate { node: NodeId([at; 32]), weight, rating_ppm, exchange }
}

#[test]
fn rule_8_6_the_list_goes_by_weight_rating_exchange_and_id_for_five_of_eight() {
    let me = NodeId([1; 32]);
    let all = [
        candidate(1, 99, 9, 9),
        candidate(9, 5, 1, 1),
        candidate(8, 5, 1, 1),
        candidate(7, 5, 1, 2),
        candidate(6, 5, 2, 0),
        candidate(5, 6, 0, 0),
        candidate(4, 0, 0, 0),
    ];
    let list = mailing_list(&me, &all, FAN_OUT, &[0; 32]);
    let order: Vec<u8> = list.by_order.iter().map(|node| node.0[0]).collect();
    assert_eq!(order, [5, 6, 7, 8, 9], "never oneself, the heaviest first");
    assert_eq!(list.drawn, [NodeId([4; 32])]);
}

#[test]
fn rule_8_6_the_rest_is_drawn_by_a_secret_of_the_node() {
    let all: Vec<Candidate> = (2..100).map(|at| candidate(at, 1, 0, 0)).collect();
    let draw = |seed| mailing_list(&NodeId([1; 32]), &all, FAN_OUT, &[seed; 32]);
    let (one, other) = (draw(1), draw(2));
    assert_eq!((one.by_order.len(), one.drawn.len()), (5, 3));
    assert_eq!(one, draw(1));
    assert!(one.by_order == other.by_order && one.drawn != other.drawn);
    assert!(one.drawn.iter().all(|node| !one.by_order.contains(node)));
}

fn row(at: u8, exchange: u32, stake: u32) -> EpochRow {
    EpochRow { node: NodeId([at; 32]), accuracy_ppm: 1_000_000, rating_ppm: 1, exchange, stake }
}

#[test]
fn rule_9_1_exchange_counts_for_at_most_three_times_the_stake() {
    // One percent of the stake, nearly all of the exchange.
    let rows = [row(1, 900_000_000, 10_000_000), row(2, 50_000_000, 495_000_000), row(3, 50_000_000, 495_000_000)];
    let table = weigh(&rows);
    let bounded = |at: u8| table.nodes[&NodeId([at; 32])].bounded_exchange;
    assert_eq!(bounded(1), 30_000_000);
    assert_eq!(bounded(2), (u64::from(SHARE_UNITS) - 30_000_000) / 2, "the others share what it loses");
    // b is twice the harmonic mean of 0.03 and 0.01.
    assert_eq!(table.nodes[&NodeId([1; 32])].raw, 1_000_000 * 15_000_000);
}

#[test]
fn rule_9_1_the_scarcer_resource_bounds_the_weight_and_passive_nodes_have_none() {
    let passive = EpochRow { rating_ppm: 0, ..row(3, 1, 300_000_000) };
    let blind = EpochRow { accuracy_ppm: 500_000, ..row(4, 300_000_000, 300_000_000) };
    let rows = [row(1, 300_000_000, 100_000_000), row(2, 300_000_000, 300_000_000), passive, blind];
    let raw = |at: u8| weigh(&rows).nodes[&NodeId([at; 32])].raw;
    assert!(raw(1) <= 1_000_000 * 2 * 100_000_000);
    assert_eq!(raw(3), 0);
    assert_eq!(raw(4) * 2, raw(2), "half of the audited blocks, half of the weight");
}
