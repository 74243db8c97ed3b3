//! Caps: no identity and no group of leaders can decide or block (9.2).

/// Most that a node weighs, in hundredths of all raw weight.
const CAP_PERCENT: u128 = 22;
/// The denominator is so many hundredths of all raw weight at least.
const DENOMINATOR_PERCENT: u128 = 75;
/// Most that a node weighs, in parts of a million of the denominator.
pub const NODE_CAP_PPM: u32 = (CAP_PERCENT * 1_000_000 / DENOMINATOR_PERCENT) as u32;
/// Most that the leaders weigh together, in parts of a million of all weight; a single one is bounded by [`NODE_CAP_PPM`].
pub const LEADERS_CAP_PPM: u32 = 220_000;
/// Leaders of all nodes with weight: one in so many.
const LEADERS_ONE_IN: usize = 10;
/// Leaders of the effective number of nodes: 22 % squared, in parts of 10,000.
const LEADERS_OF_EFFECTIVE: u128 = 484;

pub(super) struct Capped {
    pub(super) weights: Vec<u128>,
    pub(super) raw_total: u128,
    pub(super) cap: u128,
    pub(super) total: u128,
    pub(super) denominator: u128,
}

/// Cuts the weights. What is cut is nobody's: the denominator stays at three quarters of the whole at least.
pub(super) fn capped(raw: &[u128]) -> Capped {
    let raw_total: u128 = raw.iter().sum();
    let cap = CAP_PERCENT * raw_total / 100;
    let weights: Vec<u128> = raw.iter().map(|raw| (*raw).min(cap)).collect();
    let total: u128 = weights.iter().sum();
    let denominator = total.max((DENOMINATOR_PERCENT * raw_total).div_ceil(100));
    Capped { weights, raw_total, cap, total, denominator }
}

/// How many nodes lead: few enough that together they weigh at most 22 % (Cauchy–Schwarz), one at least.
pub(super) fn leader_count(weights: &[u128]) -> usize {
    let with_weight = weights.iter().filter(|weight| **weight > 0).count();
    let total: u128 = weights.iter().sum();
    let squares: u128 = weights.iter().map(|weight| weight * weight).sum();
    let by_effective = (LEADERS_OF_EFFECTIVE * total * total).checked_div(10_000 * squares);
    match by_effective {
        None => 0,
        Some(count) => {
            let count = usize::try_from(count).unwrap_or(usize::MAX);
            count.min(with_weight.div_ceil(LEADERS_ONE_IN)).max(1)
        }
    }
}
