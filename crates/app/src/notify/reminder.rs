//! Offers notes again and again: the notifier may be full or resting, and knows itself what it has delivered.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::{Note, Notifier};

/// How often notes are offered again.
const REMIND: Duration = Duration::from_secs(30);
/// Notes that are offered again at most; the oldest are forgotten first.
const NOTES_MAX: usize = 64;

/// What happened, as long as there is room for it.
#[derive(Debug)]
pub struct Reminder {
    notes: VecDeque<Note>,
    last: Instant,
}

impl Default for Reminder {
    fn default() -> Self {
        Self { notes: VecDeque::new(), last: Instant::now() }
    }
}

impl Reminder {
    /// Whether it is time to offer everything again.
    #[must_use]
    pub fn is_due(&self) -> bool {
        self.last.elapsed() >= REMIND
    }

    /// Offers what happened now, and what happened before when it is time.
    pub fn offer(&mut self, notifier: &Notifier, fresh: Vec<Note>) {
        let due = self.is_due();
        if due {
            self.last = Instant::now();
        }
        for note in fresh.iter().chain(self.notes.iter().filter(|_| due)) {
            notifier.note(note.clone());
        }
        self.notes.extend(fresh);
        self.notes.drain(..self.notes.len().saturating_sub(NOTES_MAX));
    }
}
