//! What misbehaving nodes do beyond what their core does.

use super::{Network, queue::Delivery};
use crate::config::Behaviour;
use crate::craft::Plan;
use crate::node::Event;
use crate::post::Sealed;
use even::block::Record;
use even::units::{Amount, Time};
use std::sync::Arc;

/// One record of an equivocator in so many has a twin.
const TWIN_EVERY: u64 = 4;
/// Peers that each half of a double-spend is pushed to.
const TOLD: usize = 8;

impl Network {
    /// Publishes a record; an equivocator shows half of the network another one now and then.
    pub(super) fn publish(&mut self, at: usize, now: Time, record: Arc<Sealed<Record>>) {
        self.watch.published(&record);
        let peer = &mut self.peers[at];
        peer.published += 1;
        let has_twin = peer.behaviour == Behaviour::Equivocate && peer.published.is_multiple_of(TWIN_EVERY);
        if !has_twin || (record.body().stamps.is_empty() && record.body().seen.is_empty()) {
            let node = record.body().node;
            return self.wave(at, now, Event::of_record(node, record), None);
        }
        let mut twin = record.body().clone();
        twin.stamps.truncate(twin.stamps.len() / 2);
        twin.seen.truncate(twin.seen.len() / 2);
        let twin = Arc::new(self.peers[at].node.craft().record(twin));
        let node = twin.body().node;
        self.wave(at, now, Event::of_record(node, record), Some(0));
        self.wave(at, now, Event::of_record(node, twin), Some(1));
    }

    /// Two payments of one coin, one for each half of the network.
    pub(super) fn spend_twice(&mut self, at: usize, now: Time) {
        let Some((coin, rest)) = self.peers[at].node.take_coin(Amount::ZERO) else { return };
        let (trunk, branches) = self.peers[at].node.place();
        for parity in 0..2 {
            let (to, _) = self.payment(at);
            let half = Amount::new(coin.amount.units() / 2).unwrap_or_default();
            let plan = Plan {
                time: now,
                to: Some((to, half)),
                stake: None,
                coins: vec![coin],
                rest,
                trunk,
                branches: branches.clone(),
                tickets: Vec::new(),
                bits: self.config.rules.message_bits,
            };
            let Ok(post) = self.peers[at].node.craft().say(&plan) else { return };
            let post = Arc::new(post);
            self.watch.issued(&post, now);
            self.watch.spent_twice(&post);
            for _ in 0..TOLD {
                let to = self.rng.below(self.peers.len());
                if to != at && to % 2 == parity {
                    let due = now.after(self.links.delay(at, to));
                    self.queue.push(due, Delivery::Have { from: at, to, post: post.clone(), hops: 1 });
                }
            }
            let event = Event::Message { from: self.peers[at].node.id(), post, hops: 0 };
            self.handle(at, now, event);
        }
    }
}
