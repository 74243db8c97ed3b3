//! `everwatchd watchman`: makes, runs and asks a watchman.
//!
//! `init` puts a watchman's secrets into a new keystore, `seal` seals its policy or its roster, `trust` says that sealed files
//! are the newest, `run` runs detector and watchman in one process and prints one line `watchman ADDRESS listening on …` once
//! peers can reach it. The other commands speak to the running process, or to the app, over a socket in its data directory
//! that only its user can open. Exit codes: 0 done, 1 refused or a fault.

mod ask;
pub(crate) mod line;
pub(crate) mod run;
mod seal;
pub(crate) mod secrets;

use clap::Subcommand;
use std::path::PathBuf;

/// Co-sign and submit payouts.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a keystore with a watchman's keys; prints the account's address and the identity between watchmen.
    Init {
        #[command(flatten)]
        keystore: KeystoreArgs,
        /// What the keys are called in the keystore.
        #[arg(long, value_name = "NAME", default_value = "watchman")]
        name: String,
        /// File with the private key of an EVM account in hex, readable by its user only; `-` for standard input.
        #[arg(long, value_name = "FILE")]
        key_file: PathBuf,
    },
    /// Seal a policy or a roster with the key in the keystore; prints what changes, and the new number.
    Seal(seal::Args),
    /// Say that sealed files are the newest, after the numbers in the data directory were lost.
    Trust(seal::TrustArgs),
    /// Run a watchman until it is told to stop.
    Run(run::Args),
    #[command(flatten)]
    Ask(ask::Command),
}

/// A keystore and what opens it.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct KeystoreArgs {
    /// The keystore.
    #[arg(long, value_name = "FILE")]
    keystore: PathBuf,
    /// File with its password, readable by its user only.
    #[arg(long, value_name = "FILE")]
    password_file: PathBuf,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    match args.command {
        Command::Init { keystore, name, key_file } => {
            let made = tokio::task::spawn_blocking(move || secrets::init(&keystore, &name, &key_file)).await??;
            line::say(&format!("{} {}", made.owner, made.peer))
        }
        Command::Seal(args) => seal::run(args).await,
        Command::Trust(args) => seal::trust(args).await,
        Command::Run(args) => run::run(args).await,
        Command::Ask(command) => ask::run(command).await,
    }
}
