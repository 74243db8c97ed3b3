//! A guest: whoever else of this program speaks with the same watchmen, over the same connections.
//!
//! What always holds: what is the guest's by its beginning goes to the guest alone, and what is not never does; a guest that does
//! not read loses messages and holds nobody up; its place ends with the watchman's.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use p2p::Event;
use tokio::sync::mpsc;

/// Events that wait for the guest.
const WAITING_MAX: usize = 512;

/// The place of a guest.
#[derive(Debug)]
pub struct Guest {
    /// The watchman's network. The guest sends over it and does not stop it.
    pub network: p2p::Handle,
    /// The messages that are the guest's, and who comes and goes. Ends with the watchman, or when another guest takes the place.
    pub events: mpsc::Receiver<Event>,
}

#[derive(Debug)]
struct Seat {
    is_its: fn(&[u8]) -> bool,
    queue: mpsc::Sender<Event>,
}

/// Where a guest may sit, while the watchman listens.
#[derive(Debug, Clone)]
pub(crate) struct Place(Arc<Mutex<Option<Open>>>);

#[derive(Debug)]
struct Open {
    network: p2p::Handle,
    seat: Option<Seat>,
}

impl Place {
    pub(crate) fn new(network: p2p::Handle) -> Self {
        Self(Arc::new(Mutex::new(Some(Open { network, seat: None }))))
    }

    fn open(&self) -> MutexGuard<'_, Option<Open>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the place; whoever had it leaves. `None`: the watchman has ended.
    pub(crate) fn take(&self, is_its: fn(&[u8]) -> bool) -> Option<Guest> {
        let mut open = self.open();
        let open = open.as_mut()?;
        let (queue, events) = mpsc::channel(WAITING_MAX);
        open.seat = Some(Seat { is_its, queue });
        Some(Guest { network: open.network.clone(), events })
    }

    /// Gives the guest what is its. What comes back is the watchman's.
    pub(crate) fn pass(&self, event: Event) -> Option<Event> {
        let open = self.open();
        let Some(seat) = open.as_ref().and_then(|open| open.seat.as_ref()) else { return Some(event) };
        match &event {
            Event::Message { bytes, .. } if (seat.is_its)(bytes) => {
                give(&seat.queue, event);
                None
            }
            Event::Message { .. } => Some(event),
            Event::PeerUp(_) | Event::PeerDown(_) => {
                give(&seat.queue, event.clone());
                Some(event)
            }
        }
    }
}

fn give(queue: &mpsc::Sender<Event>, event: Event) {
    if queue.try_send(event).is_err() {
        tracing::debug!("the guest does not read, or has left; what was said to it is lost");
    }
}

/// Ends the guest's place when it is dropped: with the task that listens.
#[derive(Debug)]
pub(crate) struct Host(pub(crate) Place);

impl Drop for Host {
    fn drop(&mut self) {
        *self.0.open() = None;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use p2p::{Identity, PeerId, Via};

    fn somebody() -> PeerId {
        Identity::from_secret([7; 32].into()).peer_id()
    }

    async fn place() -> Place {
        let config = p2p::Config {
            identity: Identity::from_secret([1; 32].into()),
            network: "test".parse().unwrap(),
            listen: Vec::new(),
            roster: p2p::Roster::new(Vec::new()).unwrap(),
            topics: Vec::new(),
            limits: p2p::Limits::default(),
        };
        Place::new(p2p::start(config).await.unwrap().0)
    }

    fn message(bytes: &[u8]) -> Event {
        Event::Message { from: somebody(), via: Via::Direct, bytes: bytes.to_vec() }
    }

    #[tokio::test]
    async fn a_guest_gets_what_is_its_and_the_watchman_the_rest() {
        let place = place().await;
        assert_eq!(place.pass(message(b"GUEST")), Some(message(b"GUEST")), "nobody sits there yet");
        let mut guest = place.take(|bytes| bytes.starts_with(b"GUEST")).unwrap();
        assert_eq!(place.pass(message(b"GUEST 1")), None);
        assert_eq!(place.pass(message(b"payout")), Some(message(b"payout")));
        let up = Event::PeerUp(somebody());
        assert_eq!(place.pass(up.clone()), Some(up.clone()), "both hear who comes");
        assert_eq!(guest.events.recv().await, Some(message(b"GUEST 1")));
        assert_eq!(guest.events.recv().await, Some(up));
        drop(Host(place.clone()));
        assert_eq!(guest.events.recv().await, None);
        assert!(place.take(|_| true).is_none(), "the watchman has ended");
    }

    #[tokio::test]
    async fn a_guest_that_does_not_read_holds_nobody_up_and_a_second_one_takes_its_place() {
        let place = place().await;
        let mut first = place.take(|_| true).unwrap();
        for _ in 0..WAITING_MAX + 5 {
            assert_eq!(place.pass(message(b"x")), None);
        }
        let mut second = place.take(|_| true).unwrap();
        place.pass(message(b"y"));
        assert_eq!(second.events.recv().await, Some(message(b"y")));
        let mut held = 0;
        while first.events.recv().await.is_some() {
            held += 1;
        }
        assert_eq!(held, WAITING_MAX);
    }
}
