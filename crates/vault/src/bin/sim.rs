//! `watchmen-sim --seeds N --from S`: runs seeds of the simulation and names the first that breaks what must hold.

use std::io::Write;
use std::process::ExitCode;
use vault::sim;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut out = std::io::stdout();
    match arguments_of(&arguments) {
        Some((seeds, from)) => run(&mut out, seeds, from),
        None => {
            // A closed pipe is no reason to panic.
            let _ = writeln!(out, "usage: watchmen-sim [--seeds N] [--from S]");
            ExitCode::from(2)
        }
    }
}

fn arguments_of(arguments: &[String]) -> Option<(u64, u64)> {
    let (mut seeds, mut from) = (1_000, 0);
    for pair in arguments.chunks(2) {
        match pair {
            [name, value] if name == "--seeds" => seeds = value.parse().ok()?,
            [name, value] if name == "--from" => from = value.parse().ok()?,
            _ => return None,
        }
    }
    Some((seeds, from))
}

fn run(out: &mut impl Write, seeds: u64, from: u64) -> ExitCode {
    let (mut crashes, mut undone, mut paid) = (0_u64, 0_u64, 0_usize);
    for seed in from..from.saturating_add(seeds) {
        match sim::run(seed) {
            Ok(report) => {
                crashes += u64::from(report.crashes);
                undone += u64::from(report.blocks_undone);
                paid += report.paid;
            }
            Err(failure) => {
                let _ = writeln!(out, "FAILED {failure}\nagain: watchmen-sim --seeds 1 --from {seed}");
                return ExitCode::FAILURE;
            }
        }
    }
    let _ = writeln!(out, "{seeds} seeds hold: {paid} burns paid once, {crashes} crashes, {undone} blocks undone");
    ExitCode::SUCCESS
}
