//! The journal's file survives what a crash leaves, and nothing else.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use vault::burn::{Lock, Vault};
use vault::halt::Cause;
use vault::pipeline::{Fact, Setup, Timing};
use vault::signature::Owner;
use watchman::{Journal, JournalError};

fn setup() -> Fact {
    let lock = Lock::Evm { chain_id: 1, contract: [9; 20] };
    let vault = Vault { chain: "ethereum".to_owned(), lock };
    Fact::Setup(Setup {
        me: Owner::new([1; 20]),
        vaults: BTreeMap::from([("ethereum".to_owned(), vault)]),
        depth_min: 3,
        timing: Timing::default(),
    })
}

fn halted(number: u32) -> Fact {
    Fact::Halted { chain: "ethereum".to_owned(), key: format!("short-{number}"), cause: Cause::Shortfall }
}

/// A journal of a setup and `count` halts; gives its bytes and where each entry ends.
async fn written(path: &Path, count: u32) -> (Vec<u8>, Vec<usize>) {
    let (mut watchman, journal) = Journal::open(path).unwrap();
    let mut ends = Vec::new();
    for (at_ms, fact) in (1..).zip(std::iter::once(setup()).chain((0..count).map(halted))) {
        let taken = watchman.take(at_ms, &fact).unwrap();
        journal.append(taken.entry).await.unwrap();
        ends.push(usize::try_from(std::fs::metadata(path).unwrap().len()).unwrap());
    }
    (std::fs::read(path).unwrap(), ends)
}

fn halts(path: &Path) -> Result<BTreeSet<String>, JournalError> {
    let (watchman, _journal) = Journal::open(path)?;
    let halts = watchman.pipeline().halts().of("ethereum");
    Ok(halts.into_iter().flat_map(|halts| halts.keys().cloned()).collect())
}

fn place() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal");
    (dir, path)
}

#[tokio::test]
async fn an_entry_cut_short_at_any_byte_is_cut_off_and_the_rest_stands() {
    let (_dir, path) = place();
    let (bytes, ends) = written(&path, 3).await;
    for length in 0..=bytes.len() {
        std::fs::write(&path, &bytes[..length]).unwrap();
        let whole = ends.iter().filter(|end| **end <= length).count();
        assert_eq!(halts(&path).unwrap().len(), whole.saturating_sub(1), "{length} bytes");
        let kept = ends.iter().filter(|end| **end <= length).max().copied().unwrap_or(0);
        assert_eq!(std::fs::metadata(&path).unwrap().len(), u64::try_from(kept).unwrap(), "{length} bytes");
    }
}

#[tokio::test]
async fn what_is_appended_after_a_torn_entry_reads_back() {
    let (_dir, path) = place();
    let (bytes, _) = written(&path, 2).await;
    std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
    {
        let (mut watchman, journal) = Journal::open(&path).unwrap();
        let taken = watchman.take(9, &halted(7)).unwrap();
        journal.append(taken.entry).await.unwrap();
    }
    assert_eq!(halts(&path).unwrap(), ["short-0", "short-7"].map(str::to_owned).into());
}

#[tokio::test]
async fn a_changed_byte_before_the_end_refuses_the_start() {
    let (_dir, path) = place();
    let (bytes, ends) = written(&path, 2).await;
    for at in (0..*ends.last().unwrap()).step_by(7) {
        let mut other = bytes.clone();
        other[at] ^= 1;
        std::fs::write(&path, &other).unwrap();
        assert!(matches!(halts(&path), Err(JournalError::Damaged { .. })), "byte {at}");
    }
}

#[tokio::test]
async fn one_journal_has_one_watchman_at_a_time() {
    let (_dir, path) = place();
    let first = Journal::open(&path).unwrap();
    assert!(matches!(Journal::open(&path), Err(JournalError::InUse(_))));
    drop(first);
    Journal::open(&path).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
    assert_eq!(mode & 0o077, 0, "nobody else reads it");
}
