//! Watchmen caught in the middle of their work: one is held still (SIGSTOP) while its journal is read, so that it dies in the
//! very state that a test wants. What its journal leads to after its death says in which state it died.

use std::process::Stdio;
use std::time::{Duration, Instant};

use devnet::Child;
use everpay::EverHash;
use tokio::process::Command;
use vault::journal;

use super::TestWatchmen;

/// How long one runs between two looks: shorter than the steps between two states that follow from one another.
const STRIDE: Duration = Duration::from_millis(1);

impl TestWatchmen {
    /// What the journal of one of them leads to. It may run: a last entry that is cut short does not count.
    #[must_use]
    pub fn replay(&self, index: usize) -> journal::Watchman {
        let bytes = std::fs::read(self.site.data_dir(index).join("journal")).unwrap_or_default();
        journal::Watchman::replay(&bytes).unwrap_or_else(|why| panic!("watchman {index}: {why}")).0
    }

    /// The state of a burn by the journal of one of them.
    #[must_use]
    pub fn state(&self, index: usize, ever_hash: &str) -> Option<&'static str> {
        let hash: EverHash = ever_hash.parse().unwrap();
        self.replay(index).pipeline().case(&hash).map(|case| case.stage().name())
    }

    /// Kills one (SIGKILL) when it has the burn in this state, or when it is beyond it, or after `limit`; returns the state in
    /// which it died.
    pub async fn kill_in(&mut self, index: usize, ever_hash: &str, wanted: &str, limit: Duration) -> &'static str {
        let id = self.running[index].as_ref().and_then(Child::id).unwrap();
        let (began, path, mut seen) = (Instant::now(), self.site.data_dir(index).join("journal"), 0);
        while began.elapsed() < limit {
            signal(id, "-STOP").await;
            stopped(id).await;
            // Nothing new since the last look: nothing to replay.
            let len = std::fs::metadata(&path).map_or(0, |file| file.len());
            if len != seen {
                seen = len;
                let state = self.state(index, ever_hash);
                if state.is_some_and(|state| state == wanted || place(state) > place(wanted)) {
                    break;
                }
            }
            signal(id, "-CONT").await;
            tokio::time::sleep(STRIDE).await;
        }
        self.kill(index).await;
        self.state(index, ever_hash).unwrap_or("unknown")
    }
}

/// Places on the way of a payout; what waits for time or people has its own.
fn place(state: &str) -> usize {
    const WAY: [&str; 9] =
        ["seen", "verified", "approved", "intended", "signed", "quorum", "submitted", "executed", "closed"];
    match WAY.iter().position(|known| *known == state) {
        Some(place) => place,
        // Beside the way, before an approval.
        None if ["held", "awaiting", "refused"].contains(&state) => 1,
        None => panic!("no state on the way to a payout: {state}"),
    }
}

async fn signal(id: u32, which: &str) {
    let mut command = Command::new("kill");
    let sent = command.args([which, &id.to_string()]).stdin(Stdio::null()).status().await.unwrap();
    assert!(sent.success(), "kill {which} {id}: {sent}");
}

/// Waits until every thread of a process stands still.
async fn stopped(id: u32) {
    for _ in 0..1_000 {
        let tasks = std::fs::read_dir(format!("/proc/{id}/task")).unwrap();
        let stands = |stat: String| stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with(['T', 'Z', 'X']));
        let mut states = tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("stat")).ok());
        if states.all(stands) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("process {id} does not stop");
}
