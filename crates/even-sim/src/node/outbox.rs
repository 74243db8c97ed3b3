//! A node's own record chain: what it says next.

use crate::post::Sealed;
use crate::rng::Rng;
use even::block::{Record, SEEN_MAX, Stamp, Vote};
use even::ids::{BlockId, MessageId, NodeId};
use even::units::{Epoch, Time};
use std::collections::BTreeMap;
use std::sync::Arc;

/// See the module header.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    last: Option<Arc<Sealed<Record>>>,
    /// Own messages that no record lists yet.
    pub(super) own: Vec<MessageId>,
    /// Latest records of others that no own record names yet.
    news: BTreeMap<NodeId, BlockId>,
}

impl Outbox {
    /// The newest record.
    #[must_use]
    pub(super) fn last(&self) -> Option<&Arc<Sealed<Record>>> {
        self.last.as_ref()
    }

    /// Takes note of a record of another node.
    pub(super) fn heard(&mut self, node: NodeId, id: BlockId) {
        self.news.insert(node, id);
    }

    /// Whether there is anything of others to name.
    #[must_use]
    pub(super) fn has_news(&self) -> bool {
        !self.news.is_empty()
    }

    /// The next record: what was stamped, what is own, and what was heard.
    pub(super) fn next(&mut self, node: NodeId, epoch: Epoch, now: Time, stamps: Vec<Stamp>) -> Record {
        let mut record = self.empty(node, epoch, now);
        record.stamps = stamps;
        record.own = std::mem::take(&mut self.own);
        record.seen = self.drawn(node, record.seq);
        record
    }

    /// The records to name: all that is new, or as many as a record holds, drawn by lot. By lot, since nodes hear the same in
    /// the same order: if all named the first, nobody would reach the last.
    fn drawn(&mut self, me: NodeId, seq: u64) -> Vec<BlockId> {
        if self.news.len() <= SEEN_MAX {
            return std::mem::take(&mut self.news).into_values().collect();
        }
        let first = |node: &NodeId| node.0.first_chunk::<8>().map_or(0, |first| u64::from_be_bytes(*first));
        let salt = Rng::new(first(&me).wrapping_add(seq)).bits();
        let mut lots: Vec<(u64, NodeId)> =
            self.news.keys().map(|node| (Rng::new(first(node) ^ salt).bits(), *node)).collect();
        lots.select_nth_unstable(SEEN_MAX);
        lots.truncate(SEEN_MAX);
        // The smallest lots are a set; their order is that of a full sort, whatever the selection left.
        lots.sort_unstable();
        lots.iter().filter_map(|(_, node)| self.news.remove(node)).collect()
    }

    /// A record of votes alone. It must name nothing else: what it newly saw could hold a certificate that the votes did not
    /// follow, and the node would be locked on one message while it votes for a rival (9.4, 9.5).
    #[must_use]
    pub(super) fn votes(&self, node: NodeId, epoch: Epoch, now: Time, votes: Vec<Vote>) -> Record {
        let mut record = self.empty(node, epoch, now);
        record.votes = votes;
        record
    }

    fn empty(&self, node: NodeId, epoch: Epoch, now: Time) -> Record {
        let mut record = Record::after(None, node, epoch, now);
        if let Some(last) = &self.last {
            (record.seq, record.previous) = (last.body().seq + 1, Some(last.id()));
        }
        record
    }

    /// Takes a record for published.
    pub(super) fn publish(&mut self, record: Arc<Sealed<Record>>) {
        self.last = Some(record);
    }
}
