//! Rating 100,000 nodes, against one pass over the same observations that computes as many logarithms and nothing else.
//!
//! Both references of a speed are rated, as the network does it (3.6 of the reference), with the eleven samples of an epoch
//! that it takes: for each node the logarithm of its stake, and for each reference those of its exchange and of its rating, for
//! the entropy. A table of the protocol has at most 10,000 nodes; this size is a measure only.

use crate::Measure;
use anyhow::{Result, ensure};
use even::rating::{Audits, Mode, NodeObservations, Observations, State, rate};
use std::hint::black_box;
use std::time::{Duration, Instant};

const NODES: usize = 100_000;
const SAMPLES: usize = 11;
/// Of one node.
const LOGARITHMS: usize = 5;
const REPEATS: usize = 30;

/// Measures `even_rate_100k_ratio`.
pub(super) fn measure(report: &mut Vec<Measure>) -> Result<()> {
    let observed = observations()?;
    let table = rate(&observed, Mode::Auto);
    ensure!(table.rows.iter().all(|row| row.score.state == State::Active), "every node needs all its logarithms");
    let [mut bound, mut rated] = [Duration::MAX; 2];
    for _ in 0..REPEATS {
        bound = bound.min(timed(|| one_pass(&observed)));
        rated = rated.min(timed(|| rate(&observed, Mode::Auto)));
    }
    report.push(Measure {
        name: "even_rate_100k_ratio",
        value: rated.as_secs_f64() / bound.as_secs_f64(),
        unit: "ratio",
        note: format!(
            "{NODES} nodes under both references in {:.2} ms, one pass of the {} logarithms over the same {SAMPLES} samples \
             {:.2} ms; best of {REPEATS} turns; at most 3",
            rated.as_secs_f64() * 1e3,
            LOGARITHMS * NODES,
            bound.as_secs_f64() * 1e3,
        ),
    });
    Ok(())
}

fn timed<T>(work: impl Fn() -> T) -> Duration {
    let start = Instant::now();
    black_box(work());
    start.elapsed()
}

/// Reads everything once, in sums that need not wait for each other, and computes as many logarithms for each node.
fn one_pass(observed: &Observations) -> f64 {
    let mut logarithms = [0.0; LOGARITHMS];
    for at in 0..observed.len() {
        let node = observed.node(at);
        let mut sums = [0.0; 4];
        for (power, speed) in node.power.as_chunks::<4>().0.iter().zip(node.speed.as_chunks::<4>().0) {
            sums.iter_mut().zip(power.iter().zip(speed)).for_each(|(sum, (power, speed))| *sum += power + speed);
        }
        let rest = node.power.as_chunks::<4>().1.iter().zip(node.speed.as_chunks::<4>().1);
        let sample: f64 = sums.iter().sum::<f64>() + rest.map(|(power, speed)| power + speed).sum::<f64>();
        let (exchange, stake) = (node.exchanged as f64, node.stake as f64 * node.audits.accuracy());
        let arguments = [sample, exchange, stake, sample * exchange, exchange * stake];
        logarithms.iter_mut().zip(arguments).for_each(|(sum, argument)| *sum += argument.ln());
    }
    logarithms.iter().sum()
}

/// Nodes that all differ; what follows depends on the number alone.
fn observations() -> Result<Observations> {
    let mut observed = Observations::new((0..SAMPLES).map(|at| at as f64).collect())?;
    let mut state = 1_u64;
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 40
    };
    for _ in 0..NODES {
        let power: Vec<f64> = (0..SAMPLES).map(|_| 1.0 + random() as f64).collect();
        let speed: Vec<f64> = (0..SAMPLES).map(|_| 1.0 + random() as f64).collect();
        let (exchanged, stake) = (1 + random(), 1 + random());
        observed.push(&NodeObservations { power: &power, speed: &speed, exchanged, stake, audits: Audits::ALL })?;
    }
    Ok(observed)
}
