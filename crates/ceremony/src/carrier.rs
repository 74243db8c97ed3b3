//! What carries words between watchmen: a network of our own, or a guest's place in a watchman's.
//!
//! What always holds: a word leaves in pieces, in order, each acknowledged or the rest of the word is given up; what waits for one
//! peer is bounded. Whoever drives repeats what matters.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use p2p::{Event, PeerId, SendError};
use tokio::sync::mpsc;

use crate::wire::fragment;

/// Words that wait for one peer.
const QUEUE_MAX: usize = 256;
/// Tries of one piece while the peer says that it is busy, and the wait between them.
const TRIES_MAX: usize = 40;
const PAUSE: Duration = Duration::from_millis(250);

/// A place in a network of watchmen.
#[derive(Debug)]
pub struct Carrier {
    network: p2p::Handle,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Own(p2p::Events),
    Guest(mpsc::Receiver<Event>),
}

impl Carrier {
    /// A network of our own. It stops when the driver ends.
    #[must_use]
    pub fn own(network: p2p::Handle, events: p2p::Events) -> Self {
        Self { network, source: Source::Own(events) }
    }

    /// A guest: `events` are the messages of that network for which [`crate::is_ours`] holds, and who comes and goes. A full
    /// queue may drop messages.
    #[must_use]
    pub fn guest(network: p2p::Handle, events: mpsc::Receiver<Event>) -> Self {
        Self { network, source: Source::Guest(events) }
    }

    /// The next event; `None` once the network has stopped. Cancel safe.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        match &mut self.source {
            Source::Own(events) => events.next().await,
            Source::Guest(events) => events.recv().await,
        }
    }

    pub(crate) fn out(&self) -> Out {
        Out { network: self.network.clone(), queues: BTreeMap::new() }
    }
}

/// The way out: a task for each peer that was ever written to.
pub(crate) struct Out {
    network: p2p::Handle,
    queues: BTreeMap<PeerId, mpsc::Sender<Arc<[u8]>>>,
}

impl Out {
    /// Who is there.
    pub(crate) fn presence(&self) -> p2p::Presence {
        self.network.presence()
    }

    /// Sends a word if the peer is connected and its queue has room. Needs a runtime.
    pub(crate) fn send(&mut self, to: PeerId, word: Vec<u8>) {
        let network = &self.network;
        let queue = self.queues.entry(to).or_insert_with(|| {
            let (queue, waiting) = mpsc::channel(QUEUE_MAX);
            tokio::spawn(carry(network.clone(), to, waiting));
            queue
        });
        if queue.try_send(word.into()).is_err() {
            tracing::debug!(%to, "a word was dropped: too many wait");
        }
    }
}

async fn carry(network: p2p::Handle, to: PeerId, mut waiting: mpsc::Receiver<Arc<[u8]>>) {
    while let Some(word) = waiting.recv().await {
        for piece in fragment::split(&word) {
            match patiently(&network, to, piece).await {
                Ok(()) => {}
                Err(SendError::Stopped(_)) => return,
                Err(why) => {
                    tracing::debug!(%to, %why, "a word was given up");
                    break;
                }
            }
        }
    }
}

async fn patiently(network: &p2p::Handle, to: PeerId, piece: Vec<u8>) -> Result<(), SendError> {
    for _ in 1..TRIES_MAX {
        match network.send(to, piece.clone()).await {
            Err(SendError::Busy(_) | SendError::TooFast(_) | SendError::TooMany(_)) => tokio::time::sleep(PAUSE).await,
            done => return done,
        }
    }
    network.send(to, piece).await
}
