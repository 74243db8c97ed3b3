//! Native notifications: each alert, and each piece of news from the watchman, raises one, for ever.
//!
//! A thread of its own speaks to the desktop's notification service, because that service may be absent, slow or hang
//! and no part of the core may wait for it. The queue is short and may overflow: whoever offers something offers it again
//! and again as long as it matters, and the journal knows what was delivered. Delivered means that the service answered; a
//! failure is logged, shown in the status and tried again, never counted.

pub mod ceremonies;
mod journal;
pub mod payouts;
mod reminder;
mod sum;
mod text;

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{io, thread};

use crate::api::{AlertRow, Notifications, Severity};
pub use journal::Journal;
pub use reminder::Reminder;
pub use sum::sum;
pub use text::{Words, words};

/// Notes that may wait for the service.
const QUEUE: usize = 64;
/// After a failure the service is left alone for this long.
const REST: Duration = Duration::from_secs(15);
/// A call that takes longer counts as failing.
const PATIENCE: Duration = Duration::from_secs(10);

/// Hands a notification to a service and waits for its answer.
pub trait Service: Send + 'static {
    /// Why it did not take it.
    type Fault: std::fmt::Display;

    /// Shows one notification.
    ///
    /// # Errors
    /// When the service did not take it.
    fn show(&mut self, words: &Words, severity: Severity) -> Result<(), Self::Fault>;
}

/// The notification service of the desktop session.
#[derive(Debug, Clone, Copy, Default)]
pub struct Desktop;

impl Service for Desktop {
    type Fault = notify_rust::error::Error;

    fn show(&mut self, words: &Words, severity: Severity) -> Result<(), Self::Fault> {
        let mut note = notify_rust::Notification::new();
        note.appname("Everwatch").summary(&words.title).body(&words.body).icon("everwatch");
        if severity == Severity::Critical {
            note.urgency(notify_rust::Urgency::Critical).timeout(notify_rust::Timeout::Never);
        }
        note.show().map(|_| ())
    }
}

/// What is to be notified once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What tells it from all others, for ever.
    pub key: String,
    /// Its words.
    pub words: Words,
    /// How loud.
    pub severity: Severity,
}

impl From<&AlertRow> for Note {
    fn from(alert: &AlertRow) -> Self {
        Self { key: alert.key.clone(), words: words(alert), severity: alert.severity }
    }
}

/// The way to the notification thread. Dropping the last one ends the thread.
#[derive(Debug, Clone)]
pub struct Notifier {
    queue: SyncSender<Note>,
    health: Arc<Mutex<Health>>,
}

#[derive(Debug)]
struct Health {
    last: Notifications,
    busy_since: Option<Instant>,
}

impl Notifier {
    /// Opens the journal and starts the thread.
    ///
    /// # Errors
    /// When the journal cannot be opened or the thread not be started.
    pub fn start(journal: &Path, service: impl Service) -> io::Result<Self> {
        let journal = Journal::open(journal)?;
        let health = Arc::new(Mutex::new(Health { last: Notifications::Ready, busy_since: None }));
        let (queue, offered) = sync_channel(QUEUE);
        let mut worker = Worker { journal, service, health: Arc::clone(&health), failed_at: None };
        thread::Builder::new().name("notify".into()).spawn(move || worker.run(&offered))?;
        Ok(Self { queue, health })
    }

    /// Offers an alert, unless it is closed. As [`Notifier::note`].
    pub fn offer(&self, alert: &AlertRow) {
        if !alert.closed {
            self.note(alert.into());
        }
    }

    /// Offers a note. Never waits; one that was notified before is passed over.
    pub fn note(&self, note: Note) {
        match self.queue.try_send(note) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => tracing::debug!("the notification queue is full; offered again later"),
            Err(TrySendError::Disconnected(_)) => tracing::warn!("the notification thread has ended"),
        }
    }

    /// How it goes.
    #[must_use]
    pub fn state(&self) -> Notifications {
        let health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        match health.busy_since {
            Some(since) if since.elapsed() > PATIENCE => Notifications::Failing,
            _ => health.last,
        }
    }
}

struct Worker<S> {
    journal: Journal,
    service: S,
    health: Arc<Mutex<Health>>,
    failed_at: Option<Instant>,
}

impl<S: Service> Worker<S> {
    fn run(&mut self, offered: &Receiver<Note>) {
        while let Ok(note) = offered.recv() {
            if !self.journal.contains(&note.key) && !self.resting() {
                self.notify(&note);
            }
        }
    }

    fn resting(&self) -> bool {
        self.failed_at.is_some_and(|at| at.elapsed() < REST)
    }

    fn notify(&mut self, note: &Note) {
        self.set(|health| health.busy_since = Some(Instant::now()));
        let outcome = self.service.show(&note.words, note.severity);
        let last = match &outcome {
            Ok(()) => Notifications::Delivered,
            Err(_) => Notifications::Failing,
        };
        self.set(|health| *health = Health { last, busy_since: None });
        match outcome {
            Ok(()) => {
                self.failed_at = None;
                if let Err(fault) = self.journal.add(&note.key) {
                    let path = self.journal.path().display();
                    tracing::warn!(%fault, %path, "cannot note a notification; a restart will repeat it");
                }
            }
            Err(fault) => {
                self.failed_at = Some(Instant::now());
                tracing::warn!(%fault, note = %note.key, "the notification service did not take a note");
            }
        }
    }

    fn set(&self, change: impl FnOnce(&mut Health)) {
        change(&mut self.health.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

#[cfg(test)]
mod tests;
