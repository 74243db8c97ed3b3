//! Conformance (c) of section 14: an adversary who decides when whom reaches what, hides records, and lets less than a third
//! of the weight fork its chains and vote as it likes, never gets two rivals final nor a final one withdrawn.
//!
//! What always holds: honest nodes keep 9.3 to 9.5; the adversary keeps only the form of records (C1 to C7 are not its
//! choice). Half of the runs draw their steps evenly; the others follow a plan that is known to be dangerous: bring some
//! nodes to a lock on one rival, hide it, and lead the rest to the other. With [`Switches`] off the same search finds breaks.

mod court;

pub use court::{Finding, Outcome};

use crate::rng::Rng;
use court::Court;
use even::voting::Switches;
use serde::Serialize;

/// Steps of a run.
const STEPS: usize = 400;

/// What many runs gave.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tally {
    /// Runs.
    pub runs: u64,
    /// Runs in which something became final.
    pub decided: u64,
    /// Runs in which what must not happen did.
    pub broken: u64,
    /// The first seed of these.
    pub first_broken: Option<u64>,
    /// What happened there.
    pub finding: Option<String>,
}

/// A run under a seed: one faulty of four, or two of seven.
#[must_use]
pub fn run(seed: u64, switches: Switches) -> Outcome {
    let mut rng = Rng::new(seed);
    let (nodes, faulty) = if rng.chance(0.7) { (4, 1) } else { (7, 2) };
    let mut court = Court::new(nodes, faulty, switches, rng.fork());
    let directed = rng.chance(0.5);
    for step in 0..STEPS {
        if directed {
            court.directed_step(step)
        } else {
            court.any_step()
        }
        if court.finding().is_some() {
            break;
        }
    }
    court.end();
    court.outcome()
}

/// `seeds` runs from one on.
#[must_use]
pub fn runs(from: u64, seeds: u64, switches: Switches) -> Tally {
    let mut tally = Tally::default();
    for seed in from..from.saturating_add(seeds) {
        let outcome = run(seed, switches);
        tally.runs += 1;
        tally.decided += u64::from(outcome.finals > 0);
        if let Some(finding) = outcome.finding {
            tally.broken += 1;
            if tally.first_broken.is_none() {
                tally.first_broken = Some(seed);
                tally.finding = Some(finding.to_string());
            }
        }
    }
    tally
}
