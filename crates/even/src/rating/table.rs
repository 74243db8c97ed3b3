//! The rating table of an epoch (3.2, 3.6).

use super::observations::Observations;
use super::score::{Score, score_of_shares};

/// What a node's speed is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reference {
    /// The mean of all nodes.
    Mean,
    /// The fastest.
    Max,
}

/// How the reference is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// As said.
    Fixed(Reference),
    /// The one with the lower entropy, the mean when they do not differ (3.6).
    Auto,
}

/// Entropies that differ by less are the same (3.6).
const ENTROPY_MARGIN: f64 = 1e-9;

/// One node's row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// Value of formula (1.4) before it is made a share.
    pub k_raw: f64,
    /// `K_o`: share of all exchange.
    pub k_o: f64,
    /// `S_o`: share of all stake.
    pub s_o: f64,
    /// What the formulas say.
    pub score: Score,
}

/// The entropies of the ratings' shares under both references.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entropies {
    /// Under [`Reference::Mean`].
    pub mean: f64,
    /// Under [`Reference::Max`].
    pub max: f64,
}

/// The nodes' rows, in the order of the observations.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// What speeds were compared with.
    pub reference: Reference,
    /// The rows.
    pub rows: Vec<Row>,
    /// Shannon entropy of the ratings' shares, natural logarithm.
    pub entropy: f64,
    /// Both, when the choice was left to them.
    pub entropies: Option<Entropies>,
}

/// Rates the nodes of an epoch.
#[must_use]
pub fn rate(observed: &Observations, mode: Mode) -> Table {
    match mode {
        Mode::Fixed(reference) => rate_by(observed, reference),
        Mode::Auto => {
            let (mean, max) = (rate_by(observed, Reference::Mean), rate_by(observed, Reference::Max));
            let entropies = Some(Entropies { mean: mean.entropy, max: max.entropy });
            let chosen = if max.entropy < mean.entropy - ENTROPY_MARGIN { max } else { mean };
            Table { entropies, ..chosen }
        }
    }
}

fn rate_by(observed: &Observations, reference: Reference) -> Table {
    let weights = sample_weights(observed, reference);
    let exchanged: u128 = observed.exchanged.iter().map(|units| u128::from(*units)).sum();
    let stake: u128 = observed.stake.iter().map(|units| u128::from(*units)).sum();
    let step = observed.times().len();
    let samples = observed.power.chunks_exact(step).zip(observed.speed.chunks_exact(step));
    let raw: Vec<f64> = samples
        .zip(&observed.exchanged)
        .map(|((power, speed), units)| part(*units, exchanged) * weights.activity(power, speed))
        .collect();
    let all: f64 = raw.iter().sum();
    let rows: Vec<Row> = raw
        .iter()
        .zip(observed.stake.iter().zip(&observed.audits))
        .map(|(k_raw, (units, audits))| {
            // A sum of parts is not smaller than a part, but for its last bit.
            let k_o = if all > 0.0 { (k_raw / all).min(1.0) } else { 0.0 };
            let s_o = part(*units, stake);
            Row { k_raw: *k_raw, k_o, s_o, score: score_of_shares(k_o, s_o, audits.accuracy()) }
        })
        .collect();
    let entropy = entropy(&rows);
    Table { reference, rows, entropy, entropies: None }
}

/// `units` of `all`; 0 of nothing.
#[expect(clippy::cast_precision_loss, reason = "a share has the precision of its type")]
fn part(units: u64, all: u128) -> f64 {
    if all == 0 { 0.0 } else { units as f64 / all as f64 }
}

/// What a unit of power or speed counts at each time: (1.2), the reference of speed and (1.4) in one factor.
struct Weights {
    power: Vec<f64>,
    speed: Vec<f64>,
}

impl Weights {
    /// The integral of (1.4) for one node.
    fn activity(&self, power: &[f64], speed: &[f64]) -> f64 {
        let sum = |weights: &[f64], samples: &[f64]| {
            weights.iter().zip(samples).map(|(weight, sample)| weight * sample).sum::<f64>()
        };
        sum(&self.power, power) + sum(&self.speed, speed)
    }
}

fn sample_weights(observed: &Observations, reference: Reference) -> Weights {
    let step = observed.times().len();
    let mut power = vec![0.0; step];
    let mut speed = vec![0.0; step];
    for node in observed.power.chunks_exact(step) {
        power.iter_mut().zip(node).for_each(|(sum, sample)| *sum += sample);
    }
    for node in observed.speed.chunks_exact(step) {
        let put = |(sum, sample): (&mut f64, &f64)| match reference {
            Reference::Mean => *sum += sample,
            Reference::Max => *sum = sum.max(*sample),
        };
        speed.iter_mut().zip(node).for_each(put);
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of nodes")]
    let nodes = if reference == Reference::Mean { observed.len() as f64 } else { 1.0 };
    let half = |weight: f64, sum: f64| if sum > 0.0 { weight / (2.0 * sum) } else { 0.0 };
    let weights = observed.sample_weights();
    Weights {
        power: weights.iter().zip(&power).map(|(weight, sum)| half(*weight, *sum)).collect(),
        speed: weights.iter().zip(&speed).map(|(weight, sum)| half(*weight, *sum / nodes)).collect(),
    }
}

fn entropy(rows: &[Row]) -> f64 {
    let all: f64 = rows.iter().map(|row| row.score.rating).sum();
    let shares = rows.iter().map(|row| row.score.rating / all).filter(|share| *share > 0.0);
    shares.map(|share| -share * share.ln()).sum()
}
