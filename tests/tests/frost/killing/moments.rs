//! When somebody is killed: once a record on its own disk has come to a state, and a seeded while later. The process is not asked
//! and does nothing for the test; the state in which it died is read from its disk again.
//!
//! `KEEPER_ROUNDS` and `SEED` (1) choose how many kills and which; `make soak` does many.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::Value;
use tokio::task::JoinHandle;

use crate::keepers::{Keepers, PATIENCE};

/// States of a ceremony on disk, in their order: people decide; the id is used; the new share is beside; our word is given; over.
pub(super) const STATES: [&str; 5] = ["open", "claimed", "staged", "doubtful", "over"];

/// How often the disk is looked at.
const LOOK: Duration = Duration::from_micros(200);

/// How many kills.
pub(super) fn rounds(few: usize) -> usize {
    number("KEEPER_ROUNDS", few)
}

/// The chance that the seed gives.
pub(super) fn chance() -> StdRng {
    StdRng::seed_from_u64(number("SEED", 1))
}

fn number<T: std::str::FromStr<Err: std::fmt::Debug>>(name: &str, usual: T) -> T {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap())
}

/// A while of at most so many milliseconds.
pub(super) fn later(chance: &mut StdRng, most_ms: u64) -> Duration {
    Duration::from_micros(chance.random_range(0..=most_ms * 1_000))
}

/// In which of [`STATES`] a ceremony's record is.
pub(super) fn state(record: &Value) -> &'static str {
    match (record["phase"].as_str(), record["staged"].is_null()) {
        (Some("claimed"), true) => "claimed",
        (Some("claimed"), false) => "staged",
        (Some("doubtful"), _) => "doubtful",
        (Some("done" | "failed" | "stopped"), _) => "over",
        _ => "open",
    }
}

/// Whether a ceremony's record came to a state, or past it.
pub(super) fn reached(record: &Value, wanted: &str) -> bool {
    let rank = |state: &str| STATES.iter().position(|one| *one == state).unwrap();
    rank(state(record)) >= rank(wanted)
}

/// What a keeper's disk says of a ceremony or a session; null before it knows of it.
pub(super) fn on_disk(path: &PathBuf) -> Value {
    let read = std::fs::read(path).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    read.map_or(Value::Null, |mut file| file["record"].take())
}

/// Where a keeper's record of something is.
pub(super) fn file(keepers: &Keepers, index: usize, kind: &str, id: &str) -> PathBuf {
    keepers.home(index).join(format!("data/ceremonies/{kind}-{id}.json"))
}

/// Kills the process of a keeper with SIGKILL, so long after its record shows `sign`. A shell stands ready: starting a program
/// takes longer than some states last.
pub(super) fn doom(
    keepers: &Keepers,
    victim: usize,
    path: PathBuf,
    later: Duration,
    sign: impl Fn(&Value) -> bool + Send + 'static,
) -> JoinHandle<()> {
    let mut shell = Command::new("sh");
    shell.args(["-c", "read -r word; kill -KILL \"$0\"", &keepers.pid(victim).to_string()]).stdin(Stdio::piped());
    let mut shell = shell.spawn().unwrap();
    tokio::task::spawn_blocking(move || {
        let began = Instant::now();
        while !sign(&on_disk(&path)) {
            assert!(began.elapsed() < PATIENCE, "{} does not come so far", path.display());
            std::thread::sleep(LOOK);
        }
        std::thread::sleep(later);
        drop(shell.stdin.take());
        assert!(shell.wait().unwrap().success());
    })
}

/// One that was killed comes back.
pub(super) async fn back(keepers: &mut Keepers, victim: usize) {
    keepers.kill(victim).await;
    keepers.start(victim).await;
    keepers.acquainted(&[0, 1, 2]).await;
}

pub(super) fn say(line: &str) {
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}
