//! What was seen of the nodes in one epoch (3.1), all of it derived from public data.

/// Blocks of an audit (8.7): what was not served of what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Audits {
    blanks: u32,
    total: u32,
}

/// Samples that do not describe an epoch.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum NotObservable {
    /// Fewer than two samples, or times that do not grow.
    #[error("an epoch needs at least two samples at growing times")]
    Times,
    /// Another number of samples than times.
    #[error("{given} samples for {times} times")]
    Samples {
        /// How many were given.
        given: usize,
        /// How many times there are.
        times: usize,
    },
    /// A sample that is negative or no number.
    #[error("{0} is no measure")]
    Measure(f64),
    /// More blanks than audits.
    #[error("{blanks} blanks of {total} audits")]
    Blanks {
        /// Not served.
        blanks: u32,
        /// Asked.
        total: u32,
    },
}

impl Audits {
    /// Nothing was asked: no evidence.
    pub const NONE: Self = Self { blanks: 0, total: 0 };
    /// Everything that was asked was served.
    pub const ALL: Self = Self { blanks: 0, total: 1 };

    /// `blanks` of `total` were not served.
    ///
    /// # Errors
    /// More blanks than audits.
    pub const fn new(blanks: u32, total: u32) -> Result<Self, NotObservable> {
        if blanks > total { Err(NotObservable::Blanks { blanks, total }) } else { Ok(Self { blanks, total }) }
    }

    /// `I_0`, the accuracy: the served part; 0 without evidence (3.2).
    #[must_use]
    pub fn accuracy(self) -> f64 {
        if self.total == 0 { 0.0 } else { 1.0 - f64::from(self.blanks) / f64::from(self.total) }
    }
}

/// One node's part of an epoch.
#[derive(Debug, Clone, Copy)]
pub struct NodeObservations<'a> {
    /// `P_i` at every time: nominal work per second.
    pub power: &'a [f64],
    /// `V_i` at every time: final messages stamped per second.
    pub speed: &'a [f64],
    /// `K_i`: final messages stamped in the epoch.
    pub exchanged: u64,
    /// `S_i`: stake at the start of the epoch.
    pub stake: u64,
    /// What audits found.
    pub audits: Audits,
}

/// An epoch: the nodes in the order in which they were added, their samples side by side in memory.
#[derive(Debug, Clone)]
pub struct Observations {
    times: Vec<f64>,
    pub(super) power: Vec<f64>,
    pub(super) speed: Vec<f64>,
    pub(super) exchanged: Vec<u64>,
    pub(super) stake: Vec<u64>,
    pub(super) audits: Vec<Audits>,
}

impl Observations {
    /// An epoch sampled at these times, of any unit and origin.
    ///
    /// # Errors
    /// [`NotObservable::Times`].
    pub fn new(times: Vec<f64>) -> Result<Self, NotObservable> {
        let grow = times.windows(2).all(|pair| pair[0] < pair[1] && pair[1].is_finite());
        if times.len() < 2 || !grow || !times[0].is_finite() {
            return Err(NotObservable::Times);
        }
        let (power, speed, exchanged) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { times, power, speed, exchanged, stake: Vec::new(), audits: Vec::new() })
    }

    /// Adds a node.
    ///
    /// # Errors
    /// Samples that do not fit; nothing was added then.
    pub fn push(&mut self, node: &NodeObservations<'_>) -> Result<(), NotObservable> {
        for samples in [node.power, node.speed] {
            self.fits(samples)?;
        }
        self.power.extend_from_slice(node.power);
        self.speed.extend_from_slice(node.speed);
        self.exchanged.push(node.exchanged);
        self.stake.push(node.stake);
        self.audits.push(node.audits);
        Ok(())
    }

    /// Puts other observations in the place of one node's: what would be if.
    ///
    /// # Errors
    /// Samples that do not fit; nothing was changed then.
    ///
    /// # Panics
    /// There is no node at `at`.
    pub fn replace(&mut self, at: usize, node: &NodeObservations<'_>) -> Result<(), NotObservable> {
        assert!(at < self.len(), "no node {at}");
        for samples in [node.power, node.speed] {
            self.fits(samples)?;
        }
        let place = at * self.times.len()..(at + 1) * self.times.len();
        self.power[place.clone()].copy_from_slice(node.power);
        self.speed[place].copy_from_slice(node.speed);
        (self.exchanged[at], self.stake[at], self.audits[at]) = (node.exchanged, node.stake, node.audits);
        Ok(())
    }

    /// One node's part.
    ///
    /// # Panics
    /// There is no node at `at`.
    #[must_use]
    pub fn node(&self, at: usize) -> NodeObservations<'_> {
        let place = at * self.times.len()..(at + 1) * self.times.len();
        NodeObservations {
            power: &self.power[place.clone()],
            speed: &self.speed[place],
            exchanged: self.exchanged[at],
            stake: self.stake[at],
            audits: self.audits[at],
        }
    }

    /// The mean of a node's samples over the epoch, each weighing what it lasts (1.4).
    #[must_use]
    pub fn mean(&self, samples: &[f64]) -> f64 {
        self.sample_weights().iter().zip(samples).map(|(weight, sample)| weight * sample).sum()
    }

    /// How many nodes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.exchanged.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.exchanged.is_empty()
    }

    /// When it was sampled.
    #[must_use]
    pub fn times(&self) -> &[f64] {
        &self.times
    }

    /// The trapezoid rule divided by the interval: what a sample at each time counts (1.4). They sum to 1.
    pub(super) fn sample_weights(&self) -> Vec<f64> {
        let interval = self.times[self.times.len() - 1] - self.times[0];
        let gap = |at: usize| self.times.get(at + 1).map_or(0.0, |next| next - self.times[at]);
        let before = |at: usize| at.checked_sub(1).map_or(0.0, gap);
        (0..self.times.len()).map(|at| f64::midpoint(before(at), gap(at)) / interval).collect()
    }

    fn fits(&self, samples: &[f64]) -> Result<(), NotObservable> {
        if samples.len() != self.times.len() {
            return Err(NotObservable::Samples { given: samples.len(), times: self.times.len() });
        }
        let bad = samples.iter().find(|sample| !sample.is_finite() || **sample < 0.0);
        bad.map_or(Ok(()), |bad| Err(NotObservable::Measure(*bad)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn rule_3_2_steps_of_any_length_weigh_what_they_last() {
        let epoch = Observations::new(vec![0.0, 10.0, 100.0]).unwrap();
        assert_eq!(epoch.sample_weights(), [0.05, 0.5, 0.45]);
        let moved = Observations::new(vec![5.0, 6.0, 15.0]).unwrap();
        assert_eq!(moved.sample_weights(), [0.05, 0.5, 0.45], "neither origin nor unit matter");
    }

    #[test]
    fn rule_3_3_what_cannot_have_been_observed_is_refused() {
        for times in [vec![], vec![1.0], vec![0.0, 0.0], vec![2.0, 1.0], vec![0.0, f64::NAN], vec![f64::NAN, 1.0]] {
            assert_eq!(Observations::new(times).unwrap_err(), NotObservable::Times);
        }
        let mut epoch = Observations::new(vec![0.0, 1.0]).unwrap();
        for bad in [vec![1.0], vec![1.0, -1.0], vec![f64::NAN, 1.0], vec![1.0, f64::INFINITY]] {
            let node = |power, speed| NodeObservations { power, speed, exchanged: 1, stake: 1, audits: Audits::ALL };
            assert!(epoch.push(&node(&bad, &[1.0, 1.0])).is_err());
            assert!(epoch.push(&node(&[1.0, 1.0], &bad)).is_err());
        }
        assert!(epoch.is_empty());
        assert!(Audits::new(2, 1).is_err());
        assert!(Audits::NONE.accuracy().abs() < f64::EPSILON, "no evidence is no proof of service");
    }
}
