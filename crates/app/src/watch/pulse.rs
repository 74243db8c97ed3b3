//! Looks at the running watchman: the heartbeat's share, the page's event, and what people are notified of.
//!
//! Told at most once in [`CALM`]; notes are offered again and again.

use std::time::Duration;

use tokio::sync::broadcast::error::RecvError;
use tokio::time::{MissedTickBehavior, interval};
use watchman::{AskError, Notice, QueueRow, Status, WatchmanView};

use super::{Brief, host, rows, view};
use crate::api::PayoutGroup;
use crate::core::Shared;
use crate::notify::payouts::{self, PayoutNews};
use crate::notify::{Note, Reminder};

/// How often the watchman is looked at without being told of anything.
const LOOK: Duration = Duration::from_secs(1);
/// Notices within this time are told as one.
const CALM: Duration = Duration::from_millis(250);

/// Runs until the watchman has ended.
pub(super) async fn beat(shared: &Shared, ledger: &detector::View, view: &WatchmanView) {
    let mut pulse = Pulse { shared, ledger, view, seen: None, reminder: Reminder::default() };
    let mut notices = view.subscribe();
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let heard = tokio::select! {
            _ = looks.tick() => Vec::new(),
            notice = notices.recv() => {
                tokio::time::sleep(CALM).await;
                let mut heard: Vec<Notice> = match notice {
                    Ok(notice) => vec![notice],
                    Err(RecvError::Lagged(_)) => Vec::new(),
                    Err(RecvError::Closed) => return,
                };
                while let Ok(more) = notices.try_recv() {
                    heard.push(more);
                }
                heard
            }
        };
        if pulse.look(&heard).await.is_err() {
            return;
        }
    }
}

struct Pulse<'a> {
    shared: &'a Shared,
    ledger: &'a detector::View,
    view: &'a WatchmanView,
    /// As it was when a page was told last.
    seen: Option<(Status, bool)>,
    reminder: Reminder,
}

impl Pulse<'_> {
    async fn look(&mut self, heard: &[Notice]) -> Result<(), AskError> {
        let status = self.view.status().await?;
        let stopped = self.view.policy().await?.stopped;
        let now = (status, stopped);
        let changed = self.seen.as_ref() != Some(&now);
        if !changed && heard.is_empty() && !self.reminder.is_due() {
            return Ok(());
        }
        let queue = self.view.queue().await?;
        self.shared.watch.inner().brief = brief(&now.0, stopped, &queue);
        self.take_notes(&now.0, &queue, heard);
        if changed || !heard.is_empty() {
            self.seen = Some(now);
            host::tell(self.shared, self.ledger);
        }
        Ok(())
    }

    fn take_notes(&mut self, status: &Status, queue: &[QueueRow], heard: &[Notice]) {
        let Some(notifier) = &self.shared.notifier else { return };
        let rules = &self.shared.network.rules;
        // What stands is offered as long as it stands, what happened as long as there is room.
        for row in queue.iter().filter(|row| rows::group(row.state) == PayoutGroup::Waiting) {
            notifier.note(payouts::payout(PayoutNews::Ask, &rows::row(row, Some(rules))));
        }
        for halt in &status.halts {
            notifier.note(payouts::halted(&halt.chain, &halt.key));
        }
        for peer in status.peers.iter().filter(|peer| peer.accused) {
            notifier.note(payouts::accused(&peer.name, &peer.owner));
        }
        let fresh: Vec<Note> = heard.iter().filter_map(|notice| self.news(notice, queue)).collect();
        self.reminder.offer(notifier, fresh);
    }

    fn news(&self, notice: &Notice, queue: &[QueueRow]) -> Option<Note> {
        let row = queue.iter().find(|row| Some(row.ever_hash) == notice.ever_hash)?;
        let by_hand = row.approver.as_deref().is_some_and(|by| by != "auto");
        let news = match notice.code {
            "quorum" if by_hand => PayoutNews::Quorum,
            "paid" | "paid_otherwise" => PayoutNews::Paid,
            "stuck" => PayoutNews::Stuck,
            "failed" => PayoutNews::Failed,
            _ => return None,
        };
        Some(payouts::payout(news, &rows::row(row, Some(&self.shared.network.rules))))
    }
}

fn brief(status: &Status, stopped: bool, queue: &[QueueRow]) -> Brief {
    Brief {
        awaiting: rows::of_group(queue, PayoutGroup::Waiting),
        on_the_way: rows::of_group(queue, PayoutGroup::OnTheWay),
        stopped: stopped || !status.halts.is_empty(),
        blocked: view::blocks(status),
    }
}
