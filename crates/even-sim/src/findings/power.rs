//! What it takes to have a third of the weight (9.1), and what computing power by itself does (3.5).

use super::people::{Population, mean};
use super::{line, percent};
use crate::rng::Rng;
use even::rating::{Audits, Mode, NodeObservations, Observations, Reference, rate};

/// Identities that an owner splits into: no cap bites.
const IDENTITIES: usize = 50;
const HONEST: usize = 200;
const DRAWS: usize = 4;
/// The step in which shares are tried.
const STEP: f64 = 0.005;
/// All exchange but a thousandth: hashing without limit.
const UNLIMITED: f64 = 0.999;

/// Shares of exchange and stake of an owner who has this share of what is asked about.
type Resources = fn(f64) -> (f64, f64);

pub(super) fn report(rng: &mut Rng, out: &mut String) {
    line(
        out,
        "\n### What a third of the weight costs\n\n200 honest nodes, spread of their logarithms as in the head; the owner is split in 50.\n\n| resource | spread 0 | 0.5 | 1 |\n|---|---|---|---|",
    );
    let spreads = [0.0, 0.5, 1.0];
    let kinds: [(&str, Resources); 3] = [
        ("stake, with unlimited hashing", |share| (UNLIMITED, share)),
        ("both in balance", |share| (share, share)),
        ("stake, with 5 % of the exchange", |share| (0.05, share)),
    ];
    for (name, of) in kinds {
        let figures: Vec<String> = spreads.iter().map(|spread| format!("{:.3}", needed(*spread, of, rng))).collect();
        line(out, &format!("| {name} | {} |", figures.join(" | ")));
    }
    skewed(rng, out);
    computing_power(rng, out);
}

/// The smallest share that gives an owner a third of the denominator.
fn needed(spread: f64, of: Resources, rng: &mut Rng) -> f64 {
    let populations: Vec<Population> = (0..DRAWS).map(|_| Population::spread(HONEST, spread, rng)).collect();
    let weight = |share: f64| {
        let (exchange, stake) = of(share);
        let actor = (exchange / IDENTITIES as f64, stake / IDENTITIES as f64);
        mean(populations.iter().map(|all| all.with(&vec![actor; IDENTITIES]).weight_of(HONEST..HONEST + IDENTITIES)))
    };
    let mut shares = (1..200).map(|step| f64::from(step) * STEP);
    shares.find(|share| weight(*share) >= 1.0 / 3.0).unwrap_or(1.0)
}

fn skewed(rng: &mut Rng, out: &mut String) {
    let populations: Vec<Population> = (0..DRAWS).map(|_| Population::section_12(1_000, rng)).collect();
    let weight = |count: usize| {
        let actor = (0.05 / count as f64, 0.6 / count as f64);
        mean(populations.iter().map(|all| all.with(&vec![actor; count]).weight_of(1_000..1_000 + count)))
    };
    line(
        out,
        &format!(
            "\n60 % of the stake with 5 % of the exchange, in the population of section 12: {} of D as one identity, {} in 50.",
            percent(weight(1)),
            percent(weight(IDENTITIES)),
        ),
    );
}

/// The part of the integrand of (1.4) that computing power has: what is lost when nobody stamps with any.
fn computing_power(rng: &mut Rng, out: &mut String) {
    const NODES: usize = 1_000;
    let nodes: Vec<(f64, f64)> = (0..NODES).map(|_| ((1.2 * rng.normal()).exp(), (1.2 * rng.normal()).exp())).collect();
    let raw = |with_power: f64, reference: Reference| -> f64 {
        let Ok(mut observed) = Observations::new(vec![0.0, 1.0]) else { return 0.0 };
        for (power, speed) in &nodes {
            let (power, speed) = ([power * with_power; 2], [*speed; 2]);
            let node = NodeObservations { power: &power, speed: &speed, exchanged: 1, stake: 1, audits: Audits::ALL };
            // Two finite samples for two times.
            let _ = observed.push(&node);
        }
        rate(&observed, Mode::Fixed(reference)).rows.iter().map(|row| row.k_raw).sum()
    };
    let part = |reference| 1.0 - raw(0.0, reference) / raw(1.0, reference);
    line(
        out,
        &format!(
            "\nComputing power is {:.2} % of the integrand of (1.4) among 1,000 nodes when speeds are compared with their mean, {:.1} % when with the fastest.",
            100.0 * part(Reference::Mean),
            100.0 * part(Reference::Max),
        ),
    );
}
