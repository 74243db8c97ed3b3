//! Which batches count: leaving a branch that was replaced, forgetting what dropped out, settling what is deep.

use super::Detector;
use crate::error::DetectorError;
use crate::model::Notice;
use crate::sources::{Agreement, Answer};
use arweave::ArweaveId;
use rollup::Path;

impl Detector {
    /// Leaves batches that are no longer on the way to the new head. False while the new branch is not there yet.
    pub(super) async fn switch_branch(&mut self, path: &Path, source: usize) -> Result<bool, DetectorError> {
        let ours = self.engine.shared.read(|head| head.status.height).unwrap_or(0);
        let theirs = match path.fresh.last() {
            Some(tip) => self.fetcher.height(tip, source).await,
            None => None,
        };
        // A head in a lower block than ours is lag.
        if theirs.is_none_or(|theirs| theirs < ours) {
            return Ok(false);
        }
        let mut notices = Vec::new();
        self.engine.shared.write(|head| {
            while head.overlay.back().is_some_and(|last| path.replaced.contains(&last.prepared.batch.id)) {
                notices.extend(head.pop());
            }
        });
        // What is left of the replaced ones is settled: its items are expected again.
        let settled = path.replaced.iter().filter(|id| self.is_settled(id)).copied().collect::<Vec<_>>();
        let repeats = self.fetcher.settled_items(&self.engine.store, &settled).await?;
        self.engine.shared.write(|head| head.carry.repeats.extend(repeats));
        let keep = path.ancestor.and_then(|id| self.chain.place(&id)).map_or(0, |place| place + 1);
        self.chain.truncate(keep);
        notices.push(Notice::Reloaded);
        self.engine.shared.tell(notices);
        Ok(true)
    }

    /// Whether a path only leads back to batches that were settled and replaced since: a source that lags.
    pub(super) fn leads_nowhere(&self, path: &Path) -> bool {
        path.replaced.is_empty() && path.fresh.iter().all(|id| self.is_settled(id))
    }

    fn is_settled(&self, id: &ArweaveId) -> bool {
        let text = id.to_string();
        self.engine.shared.read(|head| head.roots.iter().any(|(known, ..)| *known == text))
    }

    /// Undoes overlay batches that every source has dropped.
    pub(super) async fn drop_vanished(&mut self, answers: &[Answer]) {
        loop {
            let newest = self
                .engine
                .shared
                .read(|head| head.overlay.back().map(|last| (last.prepared.batch.id, last.prepared.batch.height)));
            let Some((id, height)) = newest else { return };
            if answers.iter().any(|answer| answer.head == Some(id)) {
                return;
            }
            if self.sources.agreement(&id, height, self.config.depth).await != Agreement::Gone {
                return;
            }
            tracing::warn!(batch = %id, "batch dropped out of the chain");
            let mut notices = self.engine.shared.write(crate::head::Head::pop);
            notices.push(Notice::Reloaded);
            self.chain.truncate(self.chain.len().saturating_sub(1));
            self.engine.shared.tell(notices);
        }
    }

    /// Settles the overlay batches that are deep enough, oldest first.
    pub(super) async fn settle(&mut self, tip: Option<u64>) -> Result<(), DetectorError> {
        let Some(tip) = tip else { return Ok(()) };
        loop {
            let oldest = self
                .engine
                .shared
                .read(|head| head.overlay.front().map(|first| (first.prepared.batch.id, first.prepared.batch.height)));
            let Some((id, height)) = oldest else { return Ok(()) };
            if tip + 1 < height + self.config.depth {
                return Ok(());
            }
            match self.sources.agreement(&id, height, self.config.depth).await {
                Agreement::Deep => self.engine.settle_oldest().await?,
                Agreement::Waiting | Agreement::Gone => return Ok(()),
                Agreement::Disagreement => {
                    self.trouble("disagreement", id);
                    return Ok(());
                }
            }
        }
    }
}
