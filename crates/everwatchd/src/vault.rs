//! `everwatchd vault`: keys that several watchmen hold.
//!
//! `run` drives ceremonies over a network of its own, `watchman run` does so beside paying out; `address` computes a deposit
//! address offline. The other commands speak to the running process, or to the app, over a socket in its data directory that only
//! its user can open. Exit codes: 0 done, 1 refused or a fault.

mod ask;
mod offline;
mod run;
mod show;

pub(crate) use run::Beside;

use clap::Subcommand;
use std::path::PathBuf;

/// Hold keys together with other watchmen.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Drive ceremonies until told to stop; prints `vault PEER listening on …` once others can reach it.
    Run(Box<run::Args>),
    /// The deposit address of an account, step by step.
    Address(offline::Args),
    /// What saved evidence proves, and against whom; nobody is asked.
    CheckProof {
        /// File of `vault proof`.
        file: PathBuf,
    },
    #[command(flatten)]
    Ask(ask::Command),
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    match args.command {
        Command::Run(args) => run::run(*args).await,
        Command::Address(args) => offline::run(args).await,
        Command::CheckProof { file } => offline::check_proof(&file),
        Command::Ask(command) => ask::run(command).await,
    }
}
