//! The program under test, as built: found, started, run to its end.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

/// The root of the repository.
#[must_use]
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The built `everwatchd`: `EVERWATCHD_BIN`, or beside the folder of the test programs.
///
/// # Panics
/// If it was not built.
#[must_use]
pub fn everwatchd() -> PathBuf {
    let beside = || std::env::current_exe().unwrap().ancestors().nth(2).unwrap().join("everwatchd");
    let path = std::env::var_os("EVERWATCHD_BIN").map_or_else(beside, PathBuf::from);
    assert!(path.is_file(), "{} is missing: build it first (cargo build --workspace --bins)", path.display());
    path
}

/// How a program ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// Runs `everwatchd` with these arguments to its end, at most `limit` long.
pub async fn run_everwatchd<A: Into<OsString>>(limit: Duration, args: impl IntoIterator<Item = A>) -> Ended {
    let child = Command::new(everwatchd())
        .args(args.into_iter().map(Into::into))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let output = crate::within(limit, "everwatchd ends", child.wait_with_output()).await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ended { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}
