//! One node's score from its two shares and its evidence (3.3).

use super::observations::Audits;

/// Where a node stands that is balanced between exchange and stake.
pub const BALANCED_D: f64 = 0.0;

/// How wide the bell is: `phi` falls to a half at `d` = 1/2 (3.4.2).
const BELL_WIDTH: f64 = 4.0;

/// One million: ratings are published in these parts.
const PPM: f64 = 1_000_000.0;

/// Which of the three kinds a node is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It exchanged something and has stake.
    Active,
    /// It exchanged nothing: no rating (1.2 of the paper).
    Passive,
    /// It has no stake: no rating.
    NoStake,
}

/// What the formulas say of a node.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// Kind of node.
    pub state: State,
    /// `I_0`: the part of the audited blocks that it served, 0 without evidence.
    pub accuracy: f64,
    /// `g(K_o)`; `None` for a passive node.
    pub g: Option<f64>,
    /// Signed balance: below 0 exchange dominates, above 0 stake does. `None` unless active.
    pub d: Option<f64>,
    /// Formula (1.6) by the letter; shown, and used for nothing.
    pub literal: Option<f64>,
    /// Height of the bell at `d`; 0 unless active.
    pub phi: f64,
    /// The rating, 0 to 1.
    pub rating: f64,
}

/// A number that is no share of a whole.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("{name} is {value}, which is not between 0 and 1")]
pub struct NotAShare {
    /// `K` or `S`.
    pub name: &'static str,
    /// What was given.
    pub value: f64,
}

/// The score of a node with these shares of all exchange and of all stake.
///
/// # Errors
/// A share outside 0 to 1.
pub fn score(k_o: f64, s_o: f64, audits: Audits) -> Result<Score, NotAShare> {
    let (k_o, s_o) = (share("K", k_o)?, share("S", s_o)?);
    Ok(score_of_shares(k_o, s_o, audits.accuracy()))
}

fn share(name: &'static str, value: f64) -> Result<f64, NotAShare> {
    if (0.0..=1.0).contains(&value) { Ok(value) } else { Err(NotAShare { name, value }) }
}

/// The same for shares that are known to be such.
pub(super) fn score_of_shares(k_o: f64, s_o: f64, accuracy: f64) -> Score {
    Logs { g: curve_k(k_o), ln_s: s_o.ln() }.score(accuracy)
}

/// The logarithms of a node's shares. Infinite where a share is 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct Logs {
    /// `g(K_o)`.
    pub(super) g: f64,
    /// `ln S_o`.
    pub(super) ln_s: f64,
}

impl Logs {
    fn state(self) -> State {
        match (self.g.is_finite(), self.ln_s.is_finite()) {
            (false, _) => State::Passive,
            (true, false) => State::NoStake,
            (true, true) => State::Active,
        }
    }

    /// The rating alone.
    pub(super) fn rating(self, accuracy: f64) -> f64 {
        let d = f64::midpoint(self.ln_s, self.g);
        if d.is_finite() { accuracy * bell(d) } else { 0.0 }
    }

    /// All that the formulas say.
    pub(super) fn score(self, accuracy: f64) -> Score {
        let state = self.state();
        let d = (state == State::Active).then(|| f64::midpoint(self.ln_s, self.g));
        let phi = d.map_or(0.0, bell);
        Score {
            state,
            accuracy,
            g: (state != State::Passive).then_some(self.g),
            d,
            literal: d.map(|d| accuracy * d),
            phi,
            rating: accuracy * phi,
        }
    }
}

/// `g(K)` = ln K / (K − 1), falling from infinity at 0 to 1. Two forms, so that it is exact near 1.
#[must_use]
pub fn curve_k(k_o: f64) -> f64 {
    let x = 1.0 - k_o;
    if x == 0.0 {
        1.0
    } else if x < 0.5 {
        -(-x).ln_1p() / x
    } else {
        k_o.ln() / (k_o - 1.0)
    }
}

/// The signed balance of two shares above 0: formula (1.6) without `I_0`.
#[must_use]
pub fn balance(k_o: f64, s_o: f64) -> f64 {
    f64::midpoint(s_o.ln(), curve_k(k_o))
}

/// The bell: `phi(d)` = 1 / (1 + 4 d²).
#[must_use]
pub fn bell(d: f64) -> f64 {
    1.0 / (1.0 + BELL_WIDTH * d * d)
}

/// The stake share that gives the balance `d` beside an exchange share; above 1 where no stake is enough.
#[must_use]
pub fn counterpart_s(k_o: f64, d: f64) -> f64 {
    (2.0 * d - curve_k(k_o)).exp()
}

/// The exchange share that gives the balance `d` beside a stake share; `None` where no share does. `g` falls strictly, so
/// that halving an interval of its logarithm finds it.
#[must_use]
pub fn counterpart_k(s_o: f64, d: f64) -> Option<f64> {
    let wanted = 2.0 * d - s_o.ln();
    if wanted.is_nan() || wanted < 1.0 {
        return None;
    }
    let (mut low, mut high) = (f64::MIN_POSITIVE.ln(), 0.0_f64);
    if wanted > curve_k(low.exp()) {
        return None;
    }
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if curve_k(middle.exp()) > wanted {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(f64::midpoint(low, high).exp())
}

/// A rating or accuracy as published: parts of a million, half to even.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 10^6 by the type's meaning")]
pub fn ppm(part: f64) -> u32 {
    (part * PPM).round_ties_even() as u32
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const SERVED: Audits = Audits::ALL;

    fn rating(k_o: f64, s_o: f64) -> f64 {
        score(k_o, s_o, SERVED).unwrap().rating
    }

    #[test]
    fn rule_3_3_passive_nodes_and_nodes_without_stake_have_no_rating() {
        assert_eq!(score(0.0, 0.0, SERVED).unwrap().state, State::Passive);
        assert_eq!(score(0.0, 0.5, SERVED).unwrap().state, State::Passive);
        let no_stake = score(0.5, 0.0, SERVED).unwrap();
        assert_eq!((no_stake.state, no_stake.d, no_stake.rating), (State::NoStake, None, 0.0));
    }

    #[test]
    fn rule_3_3_what_is_no_share_is_refused() {
        for bad in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert!(score(bad, 0.5, SERVED).is_err());
            assert!(score(0.5, bad, SERVED).is_err());
        }
    }

    #[test]
    fn rule_3_4_the_properties_that_the_paper_claims_hold() {
        assert!((rating(1.0, 1.0) - 0.5).abs() < 1e-12, "P1: all of both is the average level");
        assert!((rating(1.0, (-1.0_f64).exp()) - 1.0).abs() < 1e-12, "P2: the maximum is at balance");
        assert!(rating(0.001, 0.3) < 0.04 && rating(0.3, 0.001) < 0.04, "P3: neither all tokens nor a super pool");
        assert!(rating(1e-9, 0.001) < 0.01, "P4: nearly passive");
        let half = score(0.01, 0.01, Audits::new(5, 10).unwrap()).unwrap();
        assert!((half.rating - rating(0.01, 0.01) / 2.0).abs() < 1e-12, "P5: blanks reduce it");
        assert!((rating(0.001, 0.001) - 1.0).abs() < 1e-3, "an ordinary node of 1,000 is at balance");
    }

    #[test]
    fn rule_3_4_5_the_balance_line_is_where_the_paper_puts_it() {
        for k in [1e-6_f64, 0.01, 0.3, 0.5, 0.9] {
            let s = counterpart_s(k, BALANCED_D);
            assert!((s - k.powf(1.0 / (1.0 - k))).abs() < 1e-9, "{k}");
            assert!((counterpart_k(s, BALANCED_D).unwrap() / k - 1.0).abs() < 1e-9, "{k}");
        }
        assert!((counterpart_s(0.5, 0.0) - 0.25).abs() < 1e-12);
        assert_eq!(counterpart_k(1.0, 0.0), None, "all of the stake is beyond every exchange");
    }

    #[test]
    fn rule_3_4_5_a_uniform_network_is_at_balance() {
        for (nodes, wanted) in [(2.0, 0.675), (10.0, 0.939), (100.0, 0.998)] {
            assert!((rating(1.0 / nodes, 1.0 / nodes) - wanted).abs() < 0.0005, "{nodes}");
        }
    }
}
