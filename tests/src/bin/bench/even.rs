//! The EVEN protocol: validation, rating, votes, and whole networks under a seed.

mod network;
mod rating;
mod validate;
mod voting;

use crate::Measure;
use anyhow::Result;

pub(crate) use network::simulate;

/// Measures everything of EVEN.
pub(crate) fn measure(report: &mut Vec<Measure>) -> Result<()> {
    validate::measure(report)?;
    rating::measure(report)?;
    voting::measure(report)?;
    network::measure(report)
}
