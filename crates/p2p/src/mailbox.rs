//! What waits for the caller.
//!
//! What always holds: the messages of one peer that wait take at most [`SHARE_KIB`] of memory, so that no peer takes the
//! room of another; who came or went is told in the end, the last state of each peer only.

use crate::identity::PeerId;
use crate::name::Name;
use crate::roster::PEERS_MAX;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

/// The room of one peer; every message takes 1 KiB and its length.
const SHARE_KIB: usize = 512;

/// How a message came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// To us alone.
    Direct,
    /// To all who listen to a topic; perhaps by way of others.
    Topic(Name),
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A message, 1 to [`crate::MESSAGE_LEN_MAX`] bytes.
    Message {
        /// Who wrote it.
        from: PeerId,
        /// How it came.
        via: Via,
        /// The message.
        bytes: Vec<u8>,
    },
    /// A peer is connected and answers.
    PeerUp(PeerId),
    /// A peer that was up is gone.
    PeerDown(PeerId),
}

type Slot = (Event, Option<OwnedSemaphorePermit>);

/// What happens on the network, in order.
#[derive(Debug)]
pub struct Events(mpsc::Receiver<Slot>);

/// The other end.
#[derive(Debug)]
pub(crate) struct Mailbox {
    queue: mpsc::Sender<Slot>,
    shares: BTreeMap<PeerId, Arc<Semaphore>>,
    told: BTreeMap<PeerId, bool>,
    untold: BTreeMap<PeerId, bool>,
}

impl Events {
    /// The next event; `None` once the network has stopped. Cancel safe.
    pub async fn next(&mut self) -> Option<Event> {
        self.0.recv().await.map(|(event, _)| event)
    }
}

pub(crate) fn mailbox() -> (Mailbox, Events) {
    let (queue, events) = mpsc::channel(PEERS_MAX * SHARE_KIB);
    let (shares, told, untold) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    (Mailbox { queue, shares, told, untold }, Events(events))
}

impl Mailbox {
    /// Puts a message in; says whether there was room.
    pub(crate) fn offer(&mut self, from: PeerId, via: Via, bytes: Vec<u8>) -> bool {
        self.flush();
        if self.untold.contains_key(&from) {
            return false;
        }
        let share = self.shares.entry(from).or_insert_with(|| Arc::new(Semaphore::new(SHARE_KIB)));
        let Some(permit) = u32::try_from(1 + bytes.len() / 1024)
            .ok()
            .and_then(|kib| Arc::clone(share).try_acquire_many_owned(kib).ok())
        else {
            return false;
        };
        self.queue.try_send((Event::Message { from, via, bytes }, Some(permit))).is_ok()
    }

    /// Tells that a peer came or went.
    pub(crate) fn tell(&mut self, peer: PeerId, up: bool) {
        if self.told.get(&peer).copied().unwrap_or(false) == up {
            self.untold.remove(&peer);
        } else {
            self.untold.insert(peer, up);
        }
        self.flush();
    }

    /// Forgets the share of a peer that has left the roster.
    pub(crate) fn forget(&mut self, peer: &PeerId) {
        self.shares.remove(peer);
    }

    /// Tells what there was no room for before.
    pub(crate) fn flush(&mut self) {
        while let Some((&peer, &up)) = self.untold.first_key_value() {
            let event = if up { Event::PeerUp(peer) } else { Event::PeerDown(peer) };
            if self.queue.try_send((event, None)).is_err() {
                return;
            }
            self.untold.remove(&peer);
            if up {
                self.told.insert(peer, true);
            } else {
                self.told.remove(&peer);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::config::MESSAGE_LEN_MAX;
    use crate::identity::Identity;
    use futures::FutureExt;

    fn peer(number: u8) -> PeerId {
        Identity::from_secret([number; 32].into()).peer_id()
    }

    fn next(events: &mut Events) -> Option<Event> {
        events.next().now_or_never().flatten()
    }

    #[test]
    fn one_peer_fills_only_its_own_share_and_reading_makes_room() {
        let (mut mailbox, mut events) = mailbox();
        let large = || vec![0; MESSAGE_LEN_MAX];
        let taken = (0..100).filter(|_| mailbox.offer(peer(1), Via::Direct, large())).count();
        assert_eq!(taken, SHARE_KIB / 65);
        assert!(mailbox.offer(peer(2), Via::Direct, large()), "another peer has its own share");
        assert!(matches!(next(&mut events), Some(Event::Message { from, .. }) if from == peer(1)));
        assert!(mailbox.offer(peer(1), Via::Direct, large()));
        let small = (0..10_000).filter(|_| mailbox.offer(peer(3), Via::Direct, vec![1])).count();
        assert_eq!(small, SHARE_KIB);
    }

    #[test]
    fn coming_and_going_is_told_once_each_and_only_as_it_is_in_the_end() {
        let (mut mailbox, mut events) = mailbox();
        mailbox.tell(peer(1), false);
        mailbox.tell(peer(1), true);
        mailbox.tell(peer(1), true);
        assert_eq!([next(&mut events), next(&mut events)], [Some(Event::PeerUp(peer(1))), None]);
        let (queue, full) = mpsc::channel(1);
        mailbox.queue = queue;
        mailbox.tell(peer(2), true);
        mailbox.tell(peer(1), false);
        mailbox.tell(peer(2), false);
        mailbox.tell(peer(1), true);
        mailbox.tell(peer(1), false);
        let mut events = Events(full);
        assert_eq!(next(&mut events), Some(Event::PeerUp(peer(2))));
        mailbox.flush();
        let first = next(&mut events);
        mailbox.flush();
        let mut rest = [first, next(&mut events)];
        rest.sort_by_key(|event| matches!(event, Some(Event::PeerDown(id)) if *id == peer(2)));
        assert_eq!(rest, [Some(Event::PeerDown(peer(1))), Some(Event::PeerDown(peer(2)))]);
    }
}
