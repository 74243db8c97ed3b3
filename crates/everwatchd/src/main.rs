//! `everwatchd`, the headless program: detector, coordinator, EthBot, watchman, shared keys, devnet, the page on loopback, and the vector
//! checks.
//!
//! Each subcommand is a thin driver of its own file over the crates below. Exit codes: 0 done and clean, 1 a fault or a
//! wrong call, 2 and 3 as the subcommand says (see `detect`).

mod coordinator;
mod detect;
mod devnet;
mod ethbot;
mod even_sim;
mod rpc;
mod serve;
mod signal;
mod vault;
mod vectors;
mod watchman;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "everwatchd", version, about = "Watch an everPay ledger without trusting anyone")]
struct Cli {
    /// Stop when standard input closes, so that this program never outlives the one that started it.
    #[arg(long, global = true, hide = true)]
    exit_with_parent: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Replay a ledger from Arweave, verify everything, report what is wrong.
    Detect(detect::Args),
    /// Run a coordinator: accept transactions and store them in order on Arweave.
    Coordinator(coordinator::Args),
    /// Watch the vaults on EVM chains and post the mints of deposits.
    Ethbot(ethbot::Args),
    /// Co-sign and submit payouts: run a watchman, or speak to one that runs.
    Watchman(watchman::Args),
    /// Hold keys together with other watchmen: ceremonies, addresses, signatures.
    Vault(vault::Args),
    /// Run a whole practice network on this machine.
    Devnet(devnet::Args),
    /// Serve the page of a detector on loopback.
    Serve(serve::Args),
    /// Simulate an EVEN network under a seed, and measure it; or let one run.
    EvenSim(even_sim::Args),
    /// Check this program against test vectors.
    Vectors {
        /// Every vector file below this directory is read.
        dir: PathBuf,
    },
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            // Help and version are answers; everything else is a wrong call.
            return ExitCode::from(u8::from(error.use_stderr()));
        }
    };
    start_log();
    if cli.exit_with_parent {
        app::lifetime::exit_with_parent();
    }
    match run(cli.command) {
        Ok(code) => code,
        Err(error) => {
            say_error(&error);
            ExitCode::from(1)
        }
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    if let Command::Vectors { dir } = command {
        let clean = vectors::run(&dir, &mut std::io::stdout().lock())?;
        return Ok(ExitCode::from(u8::from(!clean)));
    }
    if let Command::EvenSim(args) = &command
        && args.live_in().is_none()
    {
        return even_sim::simulate(args);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let code = runtime.block_on(async {
        match command {
            Command::Detect(args) => return detect::run(args).await,
            Command::Coordinator(args) => coordinator::run(args).await?,
            Command::Ethbot(args) => ethbot::run(args).await?,
            Command::Watchman(args) => watchman::run(args).await?,
            Command::Vault(args) => vault::run(args).await?,
            Command::Devnet(args) => devnet::run(args).await?,
            Command::Serve(args) => serve::run(args).await?,
            Command::EvenSim(args) => {
                if let Some(data_dir) = args.live_in() {
                    even_sim::live(&args, data_dir).await?;
                }
            }
            Command::Vectors { .. } => {}
        }
        Ok(ExitCode::SUCCESS)
    });
    // A blocking look-up that hangs must not keep the program from ending.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    code
}

/// Logs go to standard error; `EVERWATCH_LOG` takes the usual filter text.
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("EVERWATCH_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,libp2p_gossipsub=error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// One sentence, the causes behind it on the same line.
fn say_error(error: &anyhow::Error) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "everwatchd: {error:#}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn every_subcommand_has_a_sound_command_line() {
        Cli::command().debug_assert();
    }
}
