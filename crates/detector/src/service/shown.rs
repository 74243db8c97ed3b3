//! What a cycle shows: the coordinator's claim beside our root, and the state of the sources.

use super::{Detector, now_ms, tip};
use crate::minutes::Poll;
use crate::model::{Notice, SourceState, SourceStatus};
use crate::sources::Answer;
use std::time::Duration;

/// Silence of a coordinator that is worth telling.
const COORDINATOR_SILENT: Duration = Duration::from_secs(60);

impl Detector {
    /// Compares the newest state root that the coordinator names with ours after the same batch.
    pub(super) async fn compare_coordinator(&self) {
        let Some(client) = &self.coordinator else { return };
        let answer = client.info().await;
        let now = now_ms();
        self.engine.shared.write(|head| {
            let mut status = head.status.coordinator.clone().unwrap_or_default();
            match &answer {
                Ok(info) => {
                    status.seen_ms = Some(now);
                    let checkpoints = info.everwatch.iter().flat_map(|ours| ours.checkpoints.iter().rev());
                    let known = checkpoints
                        .filter_map(|c| head.root_after(&c.batch).map(|(number, root)| (number, c.state_root, root)))
                        .max_by_key(|(number, ..)| *number);
                    if let Some((number, theirs, ours)) = known {
                        status.compared = Some((number, theirs.to_string(), ours.to_string()));
                    }
                }
                Err(error) => tracing::debug!(%error, "coordinator does not answer"),
            }
            let silent_ms = u64::try_from(COORDINATOR_SILENT.as_millis()).unwrap_or(u64::MAX);
            status.silent = status.seen_ms.is_none_or(|seen| now.saturating_sub(seen) > silent_ms);
            head.status.coordinator = Some(status);
        });
    }

    /// Shows the outcome of the cycle.
    pub(super) fn publish(&self, answers: &[Answer], now: u64) {
        let statuses = self.sources.statuses();
        let agreeing = statuses.iter().filter(|source| source.state == SourceState::Agrees).count();
        let contradicts = |s: &SourceStatus| matches!(s.state, SourceState::Disagrees | SourceState::Altered);
        let poll = match () {
            () if answers.is_empty() => Poll::Silent,
            () if statuses.iter().any(contradicts) => Poll::Disagreed,
            () if agreeing < statuses.len() => Poll::Late,
            () => Poll::Agreed,
        };
        self.engine.shared.write(|head| {
            head.minutes.poll(now, poll);
            head.status.started = true;
            head.status.tip = tip(answers).or(head.status.tip);
            head.status.sources = statuses;
            head.status.sources_agreeing = agreeing;
            head.status.unfinished = self.unfinished.clone();
            if self.unfinished.is_none() && !answers.is_empty() && head.status.lag_batches == 0 {
                head.reached_ms = now;
            }
            head.status.seq += 1;
        });
        self.engine.shared.tell([Notice::Status]);
    }
}
