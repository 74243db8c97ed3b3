//! The rating of the nodes at the end of an epoch (3).
//!
//! What always holds: the same observations give the same rows in the same order; what is not a share, a number or an
//! evidence is refused, never clamped; a rating is in 0 to 1. It is computed in floating point and therefore never decides
//! anything by itself: nodes agree on the integers of an epoch record, within the tolerance of 3.7.
//! What it does not say: how large a node is (3.5). The vote weight (9.1) does.
//! Source: formulas (1.1) to (1.6) of the paper as section 3 of the reference reads them.

mod explain;
mod observations;
mod score;
mod table;

pub use explain::{Parts, explain};
pub use observations::{Audits, NodeObservations, NotObservable, Observations};
pub use score::{
    BALANCED_D, NotAShare, Score, State, balance, bell, counterpart_k, counterpart_s, curve_k, ppm, score,
};
pub use table::{Entropies, Mode, Reference, Row, Table, rate};
