//! `everwatchd even-sim`: the EVEN network under a seed. Exit code 2 when something happened that must not.

use anyhow::Result;
use std::process::ExitCode;

pub(crate) use even_sim::cli::Args;

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let holds = even_sim::cli::run(args, &mut std::io::stdout().lock())?;
    Ok(ExitCode::from(if holds { 0 } else { 2 }))
}
