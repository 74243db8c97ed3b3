//! How long one signing ceremony takes between participants that are a simulated round trip of 100 ms apart: every connection
//! goes through a relay that holds each byte back for half of it.

use super::{create, mesh, sign};
use crate::Measure;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

const ROUND_TRIP: Duration = Duration::from_millis(100);
const CEREMONIES: usize = 20;

/// What the process measured: seconds of each ceremony, in order of size.
#[derive(Serialize, Deserialize)]
pub(crate) struct Latency {
    /// Until the coordinator has the signature.
    released: Vec<f64>,
    /// Until everybody who signed has it.
    known: Vec<f64>,
}

/// The line of the report.
pub(super) fn report(name: &'static str, measured: &Latency) -> Measure {
    let median = |seconds: &[f64]| seconds.get(seconds.len() / 2).copied().unwrap_or(f64::NAN);
    Measure {
        name,
        value: median(&measured.released),
        unit: "s",
        note: format!(
            "until libsecp256k1 accepted the signature, median of {CEREMONIES} one after the other, longest {:.3}; {:.3} until every \
             signer has it; two round trips of {} ms over crate p2p",
            measured.released.last().copied().unwrap_or(f64::NAN),
            median(&measured.known),
            ROUND_TRIP.as_millis(),
        ),
    }
}

/// The measured process.
pub(crate) fn measure_apart(threshold: &str, members: &str) -> Result<Latency> {
    let (threshold, members) = (threshold.parse()?, members.parse()?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut mesh = mesh::open(members, Some(ROUND_TRIP / 2)).await?;
        let mut shares = create(&mut mesh, threshold).await?;
        shares.truncate(usize::from(threshold));
        let _idle = mesh.split_off(shares.len());
        let (mut released, mut known) = (Vec::new(), Vec::new());
        for _ in 0..CEREMONIES {
            let began = Instant::now();
            let seconds = |end: &Instant| end.duration_since(began).as_secs_f64();
            let ends = sign(&mut mesh, &shares, 1).await?;
            released.push(ends.first().map(seconds).context("a coordinator")?);
            known.push(ends.iter().map(seconds).fold(0.0, f64::max));
        }
        [&mut released, &mut known].into_iter().for_each(|list| list.sort_by(f64::total_cmp));
        Ok(Latency { released, known })
    })
}
