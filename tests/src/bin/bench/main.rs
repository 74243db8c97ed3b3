//! The benchmarks: `make bench`. Writes `target/bench/report.json`, a flat list of `{name, value, unit, note}`.
//!
//! Speed is a ratio to a bound measured in the same run, or a limit that a person feels. What memory
//! and caches of another part would colour runs in a process of its own. `bench PART` runs one part and writes
//! nothing.

mod even;
mod frost;
mod gas;
mod latency;
mod ledger;
mod watchmen;

use anyhow::{Context, Result};
use serde::Serialize;
use std::ffi::OsStr;
use std::fmt::Debug;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One line of the report.
#[derive(Debug, Serialize)]
struct Measure {
    name: &'static str,
    value: f64,
    unit: &'static str,
    note: String,
}

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["replay", file, dir] => print(&ledger::replay(Path::new(file), Path::new(dir))?),
        ["restart", dir] => print(&ledger::restart(Path::new(dir))?),
        ["network", nodes, seconds, rate] => print(&even::simulate(nodes, seconds, rate)?),
        ["ceremonies", threshold, members, repeats] => print(&frost::ceremonies(threshold, members, repeats)?),
        ["latency", threshold, members] => print(&frost::latency(threshold, members)?),
        [] => all(),
        [name] if PARTS.iter().any(|(part, _)| part == name) => run(|part| part == *name).map(drop),
        _ => anyhow::bail!("usage: bench [PART], PART one of {:?}", PARTS.map(|(name, _)| name)),
    }
}

/// Measures one subject and adds to the report.
type Part = fn(&mut Vec<Measure>) -> Result<()>;
const PARTS: [(&str, Part); 6] = [
    ("ledger", ledger::measure),
    ("latency", latency::measure),
    ("gas", gas::measure),
    ("watchmen", watchmen::measure),
    ("even", even::measure),
    ("frost", frost::measure),
];

fn run(wanted: impl Fn(&str) -> bool) -> Result<Vec<Measure>> {
    let mut report = Vec::new();
    for (_, part) in PARTS.iter().filter(|(name, _)| wanted(name)) {
        let before = report.len();
        part(&mut report)?;
        show(&report[before..])?;
    }
    Ok(report)
}

fn all() -> Result<()> {
    let report = run(|_| true)?;
    let path = report_path();
    std::fs::create_dir_all(path.parent().context("a folder for the report")?)?;
    std::fs::write(&path, serde_json::to_string_pretty(&report)?)?;
    say(&format!("written to {}", path.display()))
}

fn show(measures: &[Measure]) -> Result<()> {
    for measure in measures {
        say(&format!("{:<28} {:>10.3} {:<6} {}", measure.name, measure.value, measure.unit, measure.note))?;
    }
    Ok(())
}

fn report_path() -> PathBuf {
    tests::repository().join("target/bench/report.json")
}

/// Runs a measured part in a process of its own and reads what it printed.
fn apart(args: &[impl AsRef<OsStr> + Debug]) -> Result<serde_json::Value> {
    let output = Command::new(std::env::current_exe()?).args(args).output()?;
    anyhow::ensure!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn print(value: &impl Serialize) -> Result<()> {
    say(&serde_json::to_string(value)?)
}

fn say(line: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout().lock(), "{line}")?)
}
