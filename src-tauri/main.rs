//! `everwatch`, the desktop program: reads the command line and opens the window.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = match everwatch::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(answer) => {
            let _ = answer.print();
            // Help and version are answers; everything else is a wrong call.
            return ExitCode::from(u8::from(answer.use_stderr()));
        }
    };
    start_log();
    match everwatch::run(arguments) {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "everwatch: {error:#}");
            ExitCode::from(1)
        }
    }
}

/// Logs go to standard error; `EVERWATCH_LOG` takes the usual filter text.
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("EVERWATCH_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
