//! `everwatchd even-sim`: the EVEN network under a seed. Exit code 2 when something happened that must not.
//!
//! With `--live` it runs by the clock until it is stopped, and the app that uses the same data directory shows it.

use anyhow::{Context, Result};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Simulate an EVEN network under a seed, and measure it; or let one run.
#[derive(Debug, clap::Args)]
// The flattened arguments have a group of that name.
#[group(skip)]
pub(crate) struct Args {
    #[command(flatten)]
    sim: even_sim::cli::Args,
    /// Let the network run by the clock, for the app with this data directory to show, until Ctrl-C. Where nothing else is
    /// said, one node is passive, one a whale, and one spends twice.
    #[arg(long, requires = "data_dir", conflicts_with_all = ["findings", "conformance", "seeds", "seconds", "json"])]
    live: bool,
    /// With --live: the app's data directory; it is made when it is missing.
    #[arg(long, value_name = "DIR", requires = "live")]
    data_dir: Option<PathBuf>,
}

impl Args {
    /// Whether it needs a runtime, and for which directory.
    pub(crate) fn live_in(&self) -> Option<&Path> {
        self.data_dir.as_deref().filter(|_| self.live)
    }
}

pub(crate) fn simulate(args: &Args) -> Result<ExitCode> {
    let holds = even_sim::cli::run(&args.sim, &mut std::io::stdout().lock())?;
    Ok(ExitCode::from(if holds { 0 } else { 2 }))
}

/// Runs until a signal.
pub(crate) async fn live(args: &Args, data_dir: &Path) -> Result<()> {
    let config = args.sim.live()?;
    let text = format!(
        "An EVEN network of {} nodes (seed {}, epochs of {} s) runs. Everwatch shows it with --data-dir {}. Ctrl-C ends it.\n",
        config.nodes,
        config.seed,
        config.rules.epoch.ms() / 1000,
        data_dir.display()
    );
    let mut said = Ok(());
    let ready = || {
        let mut out = std::io::stdout().lock();
        said = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    };
    app::host_even(config, data_dir, ready, crate::signal::stopped()).await?;
    said.context("cannot write to standard output")
}
