//! What moved a rating from one epoch to the next, as signed parts that add up.

use super::score::score_of_shares;
use super::table::Row;

/// How much of the change of a rating each of its three causes brought. The parts sum to the change.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Parts {
    /// The share of the exchange.
    pub exchange: f64,
    /// The share of the stake.
    pub stake: f64,
    /// The accuracy: the part of the audits that was served.
    pub accuracy: f64,
}

/// The orders in which three causes can come.
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

/// Splits the change from `before` to `after`. Each cause brings its mean over all orders in which the causes can come
/// (Shapley's value), so that no order is preferred and nothing is left over.
#[must_use]
pub fn explain(before: &Row, after: &Row) -> Parts {
    let causes = |row: &Row| [row.k_o, row.s_o, row.score.accuracy];
    let (old, new) = (causes(before), causes(after));
    let mut parts = [0.0; 3];
    for order in ORDERS {
        let mut point = old;
        let mut height = rating(point);
        for cause in order {
            point[cause] = new[cause];
            let next = rating(point);
            parts[cause] += (next - height) / 6.0;
            height = next;
        }
    }
    let [exchange, stake, accuracy] = parts;
    Parts { exchange, stake, accuracy }
}

fn rating([k_o, s_o, accuracy]: [f64; 3]) -> f64 {
    score_of_shares(k_o, s_o, accuracy).rating
}

#[cfg(test)]
mod tests {
    #![allow(clippy::float_cmp, reason = "what did not change brought nothing at all")]
    use super::*;

    fn row(k_o: f64, s_o: f64, accuracy: f64) -> Row {
        Row { k_raw: k_o, k_o, s_o, score: score_of_shares(k_o, s_o, accuracy) }
    }

    #[test]
    fn the_parts_add_up_to_the_change() {
        let rows = [row(0.1, 0.2, 1.0), row(0.01, 0.3, 0.5), row(0.0, 0.1, 1.0), row(0.3, 0.0, 0.2)];
        for before in &rows {
            for after in &rows {
                let parts = explain(before, after);
                let change = after.score.rating - before.score.rating;
                assert!((parts.exchange + parts.stake + parts.accuracy - change).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn what_did_not_change_brought_nothing() {
        let parts = explain(&row(0.1, 0.1, 1.0), &row(0.1, 0.4, 1.0));
        assert_eq!((parts.exchange, parts.accuracy), (0.0, 0.0));
        assert!(parts.stake < 0.0);
    }
}
