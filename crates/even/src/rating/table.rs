//! The rating table of an epoch (3.2, 3.6).

use super::observations::Observations;
use super::score::{Logs, Score, curve_k};

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
    let nodes = Nodes::of(observed);
    match mode {
        Mode::Fixed(reference) => {
            let [raw] = exchange(observed, [reference]);
            nodes.table(Candidate::of(&nodes, reference, raw))
        }
        Mode::Auto => {
            let [mean, max] = exchange(observed, [Reference::Mean, Reference::Max]);
            let (mean, max) =
                (Candidate::of(&nodes, Reference::Mean, mean), Candidate::of(&nodes, Reference::Max, max));
            let entropies = Some(Entropies { mean: mean.entropy, max: max.entropy });
            let chosen = if max.entropy < mean.entropy - ENTROPY_MARGIN { max } else { mean };
            Table { entropies, ..nodes.table(chosen) }
        }
    }
}

/// What no reference changes. Columns, so that logarithms need not wait for each other.
struct Nodes {
    s_o: Vec<f64>,
    ln_s: Vec<f64>,
    accuracy: Vec<f64>,
}

impl Nodes {
    fn of(observed: &Observations) -> Self {
        let stake = whole(&observed.stake);
        let s_o: Vec<f64> = observed.stake.iter().map(|units| part(*units, stake)).collect();
        let ln_s = s_o.iter().map(|share| share.ln()).collect();
        Self { s_o, ln_s, accuracy: observed.audits.iter().map(|audits| audits.accuracy()).collect() }
    }

    fn table(&self, chosen: Candidate) -> Table {
        let Candidate { reference, raw, k_o, g, entropy } = chosen;
        let row = |at: usize| Row {
            k_raw: raw[at],
            k_o: k_o[at],
            s_o: self.s_o[at],
            score: Logs { g: g[at], ln_s: self.ln_s[at] }.score(self.accuracy[at]),
        };
        Table { reference, rows: (0..raw.len()).map(row).collect(), entropy, entropies: None }
    }
}

/// The nodes under one reference, before any row is made.
struct Candidate {
    reference: Reference,
    raw: Vec<f64>,
    k_o: Vec<f64>,
    /// `g(K_o)`.
    g: Vec<f64>,
    entropy: f64,
}

impl Candidate {
    fn of(nodes: &Nodes, reference: Reference, raw: Vec<f64>) -> Self {
        let all = sum(&raw, |raw| raw);
        let k_o: Vec<f64> = raw.iter().map(|raw| share(*raw, all)).collect();
        let g: Vec<f64> = k_o.iter().map(|share| curve_k(*share)).collect();
        let stake = nodes.ln_s.iter().zip(&nodes.accuracy);
        let ratings = g.iter().zip(stake).map(|(g, (ln_s, accuracy))| Logs { g: *g, ln_s: *ln_s }.rating(*accuracy));
        let entropy = entropy(&ratings.collect::<Vec<_>>());
        Self { reference, raw, k_o, g, entropy }
    }
}

/// The Shannon entropy of the ratings' shares of their sum `R`, natural logarithm: `ln R` − Σ r ln r / `R`.
fn entropy(ratings: &[f64]) -> f64 {
    let all = sum(ratings, |rating| rating);
    let weighted = sum(ratings, |rating| if rating > 0.0 { rating * rating.ln() } else { 0.0 });
    if all > 0.0 { all.ln() - weighted / all } else { 0.0 }
}

/// A part of a sum that is made of such parts. A sum is not smaller than a part, but for its last bit.
fn share(raw: f64, all: f64) -> f64 {
    if all > 0.0 { (raw / all).min(1.0) } else { 0.0 }
}

/// The sum of units, as precise as its type.
#[expect(clippy::cast_precision_loss, reason = "a share has the precision of its type")]
fn whole(units: &[u64]) -> f64 {
    units.iter().map(|units| u128::from(*units)).sum::<u128>() as f64
}

/// `units` of `all`; 0 of nothing.
#[expect(clippy::cast_precision_loss, reason = "a share has the precision of its type")]
fn part(units: u64, all: f64) -> f64 {
    if all > 0.0 { units as f64 / all } else { 0.0 }
}

/// `K` of each node under each reference: its part of what was exchanged, times the integral of (1.4).
fn exchange<const N: usize>(observed: &Observations, references: [Reference; N]) -> [Vec<f64>; N] {
    let weights = Weights::of(observed);
    let speeds = references.map(|reference| weights.speed(reference));
    let exchanged = whole(&observed.exchanged);
    let step = observed.times().len();
    let mut raw = [(); N].map(|()| Vec::with_capacity(observed.len()));
    let samples = observed.power.chunks_exact(step).zip(observed.speed.chunks_exact(step));
    for ((power, speed), units) in samples.zip(&observed.exchanged) {
        let (part, power) = (part(*units, exchanged), product(&weights.power, power));
        for (raw, weights) in raw.iter_mut().zip(&speeds) {
            raw.push(part * (power + product(weights, speed)));
        }
    }
    raw
}

/// The sum of what `of` makes of each value, in four sums that do not wait for each other.
fn sum(values: &[f64], of: impl Fn(f64) -> f64) -> f64 {
    let (fours, rest) = values.as_chunks::<4>();
    let mut sums = [0.0; 4];
    for four in fours {
        sums.iter_mut().zip(four).for_each(|(sum, value)| *sum += of(*value));
    }
    sums.iter().sum::<f64>() + rest.iter().map(|value| of(*value)).sum::<f64>()
}

/// Sum of products, as in [`sum`].
fn product(weights: &[f64], samples: &[f64]) -> f64 {
    let ((weights, last), (samples, rest)) = (weights.as_chunks::<4>(), samples.as_chunks::<4>());
    let mut sums = [0.0; 4];
    for (weights, samples) in weights.iter().zip(samples) {
        for lane in 0..4 {
            sums[lane] += weights[lane] * samples[lane];
        }
    }
    let [a, b, c, d] = sums;
    (a + b) + (c + d) + last.iter().zip(rest).map(|(weight, sample)| weight * sample).sum::<f64>()
}

/// What a unit of power or speed counts at each time: (1.2), the reference of speed and (1.4) in one factor.
struct Weights {
    nodes: usize,
    /// The share of the epoch at each time.
    time: Vec<f64>,
    power: Vec<f64>,
    /// All nodes' speed at each time, and the fastest one's.
    speed_sum: Vec<f64>,
    speed_max: Vec<f64>,
}

impl Weights {
    fn of(observed: &Observations) -> Self {
        let step = observed.times().len();
        let [mut power, mut speed_sum, mut speed_max] = [(); 3].map(|()| vec![0.0_f64; step]);
        for (powers, speeds) in observed.power.chunks_exact(step).zip(observed.speed.chunks_exact(step)) {
            power.iter_mut().zip(powers).for_each(|(sum, sample)| *sum += sample);
            speed_sum.iter_mut().zip(speeds).for_each(|(sum, sample)| *sum += sample);
            speed_max.iter_mut().zip(speeds).for_each(|(most, sample)| *most = most.max(*sample));
        }
        let time = observed.sample_weights();
        power.iter_mut().zip(&time).for_each(|(sum, weight)| *sum = half(*weight, *sum));
        Self { nodes: observed.len(), time, power, speed_sum, speed_max }
    }

    fn speed(&self, reference: Reference) -> Vec<f64> {
        #[expect(clippy::cast_precision_loss, reason = "a count of nodes")]
        let (references, nodes) = match reference {
            Reference::Mean => (&self.speed_sum, self.nodes as f64),
            Reference::Max => (&self.speed_max, 1.0),
        };
        self.time.iter().zip(references).map(|(weight, reference)| half(*weight, *reference / nodes)).collect()
    }
}

/// Half of what a weight is of a sum; 0 of nothing.
fn half(weight: f64, sum: f64) -> f64 {
    if sum > 0.0 { weight / (2.0 * sum) } else { 0.0 }
}
