//! What is going to happen, in order of time.

use crate::node::Event;
use crate::post::Post;
use even::units::Time;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

/// Something that is going to happen.
#[derive(Debug)]
pub(super) enum Delivery {
    /// A node's clock.
    Tick(usize),
    /// An event arrives at a node.
    To(usize, Event),
    /// A node is asked whether it has a message.
    Have { from: usize, to: usize, post: Arc<Post>, hops: u32 },
    /// Gossip arrives at its next receiver.
    Wave(Wave),
    /// Somebody issues a message.
    Traffic,
}

/// Gossip on its way: one entry of the queue, whatever the number of receivers.
#[derive(Debug)]
pub(super) struct Wave {
    pub(super) event: Event,
    pub(super) source: usize,
    pub(super) start: Time,
    /// Delay and receiver, the nearest first.
    pub(super) arrivals: Arc<Vec<(u32, u32)>>,
    pub(super) next: usize,
    pub(super) parity: Option<usize>,
}

#[derive(Debug)]
struct Item {
    at: (Time, u64),
    delivery: Delivery,
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl Eq for Item {}

impl PartialOrd for Item {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Item {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.at.cmp(&other.at)
    }
}

/// Of equal times what was put in first comes first.
#[derive(Debug, Default)]
pub(super) struct Queue {
    items: BinaryHeap<Reverse<Item>>,
    pushed: u64,
    now: Time,
}

impl Queue {
    pub(super) fn push(&mut self, at: Time, delivery: Delivery) {
        self.pushed += 1;
        self.items.push(Reverse(Item { at: (at, self.pushed), delivery }));
    }

    /// Puts a wave in at its next arrival; one that reached everybody is gone.
    pub(super) fn start(&mut self, wave: Wave) {
        if let Some((delay, _)) = wave.arrivals.get(wave.next) {
            let at = wave.start.after(u64::from(*delay));
            self.push(at, Delivery::Wave(wave));
        }
    }

    pub(super) fn now(&self) -> Time {
        self.now
    }

    pub(super) fn pop_before(&mut self, until: Time) -> Option<(Time, Delivery)> {
        let due = self.items.peek().is_some_and(|Reverse(item)| item.at.0 < until);
        let Reverse(item) = if due { self.items.pop()? } else { return None };
        self.now = self.now.max(item.at.0);
        Some((self.now, item.delivery))
    }

    /// Nothing happens until then.
    pub(super) fn rest_until(&mut self, until: Time) {
        self.now = self.now.max(until);
    }
}
