//! `even-sim`: the subcommand `everwatchd even-sim` as a program of its own, which builds without the rest.

use clap::Parser;
use even_sim::cli::{self, Args};
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run(&Args::parse(), &mut std::io::stdout().lock()) {
        Ok(holds) => ExitCode::from(u8::from(!holds)),
        Err(fault) => {
            // A closed pipe is no reason to panic.
            let _ = writeln!(std::io::stderr(), "even-sim: {fault}");
            ExitCode::from(1)
        }
    }
}
