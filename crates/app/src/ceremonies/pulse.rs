//! Looks at the running driver: what waits for a person, the page's event, and what people are notified of.
//!
//! Told at most once in [`CALM`].

use std::time::Duration;

use ceremony::{Ceremonies, Notice, Overview};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{MissedTickBehavior, interval};

use super::map;
use crate::api::{CeremonyDetail, EventBody};
use crate::core::Shared;
use crate::notify::{Note, Reminder, ceremonies as words};

/// Changes within this time are told as one.
const CALM: Duration = Duration::from_millis(250);
/// How often the driver is looked at without being told of anything: notes are offered again then.
const LOOK: Duration = Duration::from_secs(10);

/// Runs until the driver has ended.
pub(super) async fn beat(shared: &Shared, ledger: &detector::View, running: &Ceremonies) {
    let (mut notices, mut changes) = (running.subscribe(), running.changes());
    let mut pulse = Pulse { shared, ledger, running, reminder: Reminder::default() };
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let mut heard = Vec::new();
        let changed = tokio::select! {
            _ = looks.tick() => false,
            changed = changes.changed() => match changed {
                Ok(()) => true,
                Err(_) => return,
            },
            notice = notices.recv() => match notice {
                Ok(notice) => { heard.push(notice); true }
                Err(RecvError::Lagged(_)) => true,
                Err(RecvError::Closed) => return,
            },
        };
        if changed {
            tokio::time::sleep(CALM).await;
            changes.mark_unchanged();
            while let Ok(more) = notices.try_recv() {
                heard.push(more);
            }
        }
        if pulse.look(changed, &heard).await.is_err() {
            return;
        }
    }
}

struct Pulse<'a> {
    shared: &'a Shared,
    ledger: &'a detector::View,
    running: &'a Ceremonies,
    reminder: Reminder,
}

impl Pulse<'_> {
    async fn look(&mut self, changed: bool, heard: &[Notice]) -> Result<(), ceremony::AskError> {
        if !changed && !self.reminder.is_due() {
            return Ok(());
        }
        let now = self.running.overview().await?;
        let awaiting = awaiting(&now);
        let before = std::mem::replace(&mut self.shared.ceremonies.inner().awaiting, awaiting);
        if before != awaiting {
            self.shared.hub.publish(EventBody::Status(Box::new(self.shared.status(self.ledger))));
        }
        if changed {
            self.shared.hub.publish(EventBody::Ceremonies);
        }
        self.take_notes(&now, heard).await;
        Ok(())
    }

    /// What stands is offered as long as it stands, what happened as long as there is room.
    async fn take_notes(&mut self, now: &Overview, heard: &[Notice]) {
        let Some(notifier) = &self.shared.notifier else { return };
        for row in now.ceremonies.iter().filter(|row| row.state == ceremony::State::Invited) {
            if let Some(note) = self.ceremony(row.id).await {
                notifier.note(note);
            }
        }
        let asked = now.sessions.iter().filter(|row| row.state == ceremony::SessionState::Asked);
        for note in asked.filter_map(|row| words::session(&map::session_row(row.clone()))) {
            notifier.note(note);
        }
        let mut fresh = Vec::new();
        for notice in heard {
            fresh.extend(self.news(now, notice).await);
        }
        self.reminder.offer(notifier, fresh);
    }

    async fn news(&self, now: &Overview, notice: &Notice) -> Option<Note> {
        if !notice.session {
            return self.ceremony(notice.id).await;
        }
        let row = now.sessions.iter().find(|row| row.id == notice.id)?;
        words::session(&map::session_row(row.clone()))
    }

    async fn ceremony(&self, id: ceremony::Id) -> Option<Note> {
        let detail = map::ceremony(self.running.ceremony(id).await.ok()?);
        words::ceremony(&detail.row, &name(&detail, detail.proposer), &culprits(&detail))
    }
}

fn culprits(detail: &CeremonyDetail) -> Vec<String> {
    let culprits = detail.failure.iter().flat_map(|failure| &failure.culprits);
    culprits.map(|culprit| name(detail, culprit.number)).collect()
}

fn name(detail: &CeremonyDetail, number: u16) -> String {
    let member = detail.members.iter().find(|one| one.member.number == number);
    member.map_or_else(|| number.to_string(), |one| one.member.name.clone())
}

/// What waits for a person here.
fn awaiting(now: &Overview) -> u32 {
    let ceremonies = now.ceremonies.iter().filter(|row| row.my_turn).count();
    let sessions = now.sessions.iter().filter(|row| row.state == ceremony::SessionState::Asked).count();
    u32::try_from(ceremonies + sessions).unwrap_or(u32::MAX)
}
