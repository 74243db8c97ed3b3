//! Step 1 of 9.1: a node's exchange counts for at most three times its stake share, whatever it computes.

use super::SHARE_UNITS;
use crate::block::EpochRow;

/// Times the stake share.
const FACTOR: u128 = 3;

/// The bounded exchange of each row, in [`SHARE_UNITS`]. What bounded rows lose is shared out among the others in proportion
/// to their exchange, which can bound more of them: repeated until nothing changes, at most once a row.
pub(super) fn bounded(rows: &[EpochRow]) -> Vec<u64> {
    let mut is_bounded = vec![false; rows.len()];
    loop {
        let (left, open) = left_and_open(rows, &is_bounded);
        let mut added = false;
        for (row, bounded) in rows.iter().zip(&mut is_bounded) {
            if !*bounded && left * u128::from(row.exchange) > FACTOR * u128::from(row.stake) * open {
                (*bounded, added) = (true, true);
            }
        }
        if !added {
            let share = |row: &EpochRow| (left * u128::from(row.exchange)).checked_div(open).unwrap_or(0);
            let value = |(row, bounded): (&EpochRow, &bool)| {
                let value = if *bounded { FACTOR * u128::from(row.stake) } else { share(row) };
                u64::try_from(value).unwrap_or(u64::MAX)
            };
            return rows.iter().zip(&is_bounded).map(value).collect();
        }
    }
}

/// What the bounded rows leave, and the exchange of the others. Rows are bounded together only while they leave something:
/// their parts of `left` are more than what they get.
fn left_and_open(rows: &[EpochRow], is_bounded: &[bool]) -> (u128, u128) {
    let (mut taken, mut open) = (0, 0);
    for (row, bounded) in rows.iter().zip(is_bounded) {
        if *bounded {
            taken += FACTOR * u128::from(row.stake);
        } else {
            open += u128::from(row.exchange);
        }
    }
    (u128::from(SHARE_UNITS).saturating_sub(taken), open)
}
