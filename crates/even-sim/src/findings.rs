//! Which promises of the paper hold: the figures of sections 3.5 and 9.1, computed again by the crate's own rules.
//!
//! The population is that of section 12 of the reference: 1,000 nodes, exchange and stake log-normal (spreads of the
//! logarithm 1.2 and 1.6, correlation 0.5); actors are added with the stated share of the totals. Every figure is over
//! several populations. `docs/even-findings.md` quotes what comes out.

mod alive;
mod people;
mod power;

use crate::rng::Rng;
use people::{Population, mean};
use std::fmt::Write;

/// Populations that a figure is the mean of.
const DRAWS: usize = 8;
const NODES: usize = 1_000;

/// The findings as Markdown, from a seed.
#[must_use]
pub fn report(seed: u64) -> String {
    let mut out =
        format!("Computed by `everwatchd even-sim --findings --seed {seed}`, {DRAWS} populations of {NODES}.\n");
    let mut rng = Rng::new(seed);
    let populations: Vec<Population> = (0..DRAWS).map(|_| Population::section_12(NODES, &mut rng)).collect();
    let parts = [scale, owners, splitting, actors, leaders];
    for part in parts {
        part(&populations, &mut out);
    }
    power::report(&mut rng, &mut out);
    alive::report(seed, &mut out);
    out
}

fn line(out: &mut String, text: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{text}");
}

fn percent(part: f64) -> String {
    format!("{:.1} %", 100.0 * part)
}

/// The part of the exchange in the first 100 places of a list.
fn scale(populations: &[Population], out: &mut String) {
    let first = |by: fn(&Population) -> Vec<f64>| {
        mean(populations.iter().map(|all| {
            let key = by(all);
            let mut order: Vec<usize> = (0..all.len()).collect();
            order.sort_by(|one, other| key[*other].total_cmp(&key[*one]));
            order.iter().take(100).map(|at| all.exchange(*at)).sum()
        }))
    };
    let dust = populations[0].with(&[(1e-7, 1e-7)]);
    line(
        out,
        "\n### The rating does not see scale\n\n| order of the list | exchange in the first 100 of 1,000 |\n|---|---|",
    );
    line(out, &format!("| rating | {} |", percent(first(Population::ratings))));
    line(out, "| random | 10.0 % |");
    line(out, &format!("| weight | {} |", percent(first(Population::weights))));
    line(out, &format!("| exchange | {} |", percent(first(|all| (0..all.len()).map(|at| all.exchange(at)).collect()))));
    line(out, &format!("\nA node with 10^-7 of both: rating {:.3}.", dust.rating(NODES)));
}

/// Who buys both resources.
fn owners(populations: &[Population], out: &mut String) {
    line(
        out,
        "\n### Buying both resources\n\n| share of both | rating | part of the nodes below it | weight / D, one identity | in 50 |\n|---|---|---|---|---|",
    );
    for share in [0.1, 0.3, 0.6] {
        let with: Vec<Population> = populations.iter().map(|all| all.with(&[(share, share)])).collect();
        let split: Vec<Population> =
            populations.iter().map(|all| all.with(&vec![(share / 50.0, share / 50.0); 50])).collect();
        let rating = mean(with.iter().map(|all| all.rating(NODES)));
        let below = mean(with.iter().map(|all| {
            let ratings = all.ratings();
            ratings[..NODES].iter().filter(|other| **other < ratings[NODES]).count() as f64 / NODES as f64
        }));
        let one = mean(with.iter().map(|all| all.weight_of(NODES..NODES + 1)));
        let many = mean(split.iter().map(|all| all.weight_of(NODES..NODES + 50)));
        line(
            out,
            &format!(
                "| {} | {rating:.2} | {} | {} | {} |",
                percent(share),
                percent(below),
                percent(one),
                percent(many)
            ),
        );
    }
}

/// One owner in many identities.
fn splitting(populations: &[Population], out: &mut String) {
    line(
        out,
        "\n### Splitting 10 % of both resources\n\n| identities | part of all ratings | part of all weight |\n|---|---|---|",
    );
    for count in [1_usize, 100, 1_000] {
        let share = 0.1 / count as f64;
        let with: Vec<Population> = populations.iter().map(|all| all.with(&vec![(share, share); count])).collect();
        let ratings = mean(with.iter().map(|all| {
            let ratings = all.ratings();
            ratings[NODES..].iter().sum::<f64>() / ratings.iter().sum::<f64>()
        }));
        let weight = mean(with.iter().map(|all| all.weight_of(NODES..NODES + count)));
        line(out, &format!("| {count} | {} | {} |", percent(ratings), percent(weight)));
    }
}

/// Whale and super pool, open and hidden.
fn actors(populations: &[Population], out: &mut String) {
    line(
        out,
        "\n### Whale and super pool\n\n| actor | exchange | stake | literal (1.6) | rating | weight / D |\n|---|---|---|---|---|---|",
    );
    let kinds = [
        ("whale", 0.001, 0.3),
        ("super pool", 0.3, 0.001),
        ("whale that declares a little", 0.001, 0.001),
        ("ordinary node", 0.001, 0.001),
    ];
    for (name, exchange, stake) in kinds {
        let with: Vec<Population> = populations.iter().map(|all| all.with(&[(exchange, stake)])).collect();
        let rating = mean(with.iter().map(|all| all.rating(NODES)));
        let literal = even::rating::balance(exchange, stake);
        let weight = mean(with.iter().map(|all| all.weight_of(NODES..NODES + 1)));
        line(out, &format!("| {name} | {exchange} | {stake} | {literal:.4} | {rating:.3} | {} |", percent(weight)));
    }
}

/// Dust identities and the leader subnet.
fn leaders(populations: &[Population], out: &mut String) {
    line(
        out,
        "\n### Leaders and dust\n\n| identities | first tenth by weight | effective nodes | leaders | their part of all weight |\n|---|---|---|---|---|",
    );
    for dust in [0_usize, 5_000] {
        let with: Vec<Population> = populations.iter().map(|all| all.with(&vec![(1e-8, 1e-8); dust])).collect();
        let tables: Vec<_> = with.iter().map(Population::table).collect();
        let of = |value: &dyn Fn(&even::weight::WeightTable) -> f64| mean(tables.iter().map(value));
        let tenth = of(&|table| {
            let mut weights: Vec<u128> = table.nodes.values().map(|node| node.weight).collect();
            weights.sort_unstable_by_key(|weight| std::cmp::Reverse(*weight));
            let first: u128 = weights.iter().take(weights.len().div_ceil(10)).sum();
            first as f64 / table.total as f64
        });
        let effective = of(&|table| table.effective_milli as f64 / 1000.0);
        let count = of(&|table| table.leader_count as f64);
        let share = of(&|table| table.leaders_weight() as f64 / table.total as f64);
        line(
            out,
            &format!("| {} | {} | {effective:.1} | {count:.1} | {} |", NODES + dust, percent(tenth), percent(share)),
        );
    }
}
