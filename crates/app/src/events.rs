//! The stream of events: consecutively numbered, to any number of listeners.
//!
//! A listener that is too slow loses events; the next one it gets shows the gap by its number, and it loads anew.

use std::sync::{Mutex, PoisonError};

use tokio::sync::broadcast;

use crate::api::{Event, EventBody};

/// Events a listener may be behind before it loses some.
const BUFFER: usize = 256;

/// Numbers events and hands them out.
#[derive(Debug)]
pub(crate) struct Hub {
    next: Mutex<u64>,
    listeners: broadcast::Sender<Event>,
}

impl Hub {
    pub(crate) fn new() -> Self {
        Self { next: Mutex::new(1), listeners: broadcast::channel(BUFFER).0 }
    }

    /// Sends to whoever listens now. The lock covers number and sending, so that the numbers arrive in order.
    pub(crate) fn publish(&self, body: EventBody) {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let event = Event { seq: *next, body };
        *next += 1;
        // An error means that nobody listens.
        let _ = self.listeners.send(event);
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.listeners.subscribe()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[tokio::test]
    async fn numbers_are_consecutive_and_a_lag_shows_as_a_gap() {
        let hub = Hub::new();
        hub.publish(EventBody::Reloaded);
        let mut listener = hub.subscribe();
        for _ in 0..3 {
            hub.publish(EventBody::Reloaded);
        }
        for want in 2..=4 {
            assert_eq!(listener.recv().await.unwrap().seq, want);
        }
        for _ in 0..BUFFER + 10 {
            hub.publish(EventBody::Reloaded);
        }
        assert!(listener.recv().await.is_err(), "a lag must be told");
        assert!(listener.recv().await.unwrap().seq > 5);
    }
}
