//! The messages that a node knows, and those that wait for their parents or funds.

use crate::post::Post;
use even::ids::{Address, BlockId, MessageId, NodeId};
use even::units::Time;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Most messages that wait (8.9).
pub(super) const PARKED_MAX: usize = 4096;

/// Something that must come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Want {
    /// A message or an epoch record.
    Message(MessageId),
    /// A record of an outbox.
    Record(BlockId),
    /// A message that pays to this address. Nobody can be asked for it.
    Payer(Address),
}

/// Messages by name, in the order in which they can be told.
#[derive(Debug)]
pub(super) struct Graph {
    known: BTreeMap<MessageId, Arc<Post>>,
    /// Known without its content.
    checkpoint: MessageId,
    /// Names that are kept when the messages are forgotten.
    roots: BTreeMap<MessageId, Time>,
    /// The newest message of each issuer: its next one names it, however late.
    newest: BTreeMap<NodeId, (Time, MessageId)>,
    payers: BTreeMap<Address, Vec<MessageId>>,
    /// Messages that nobody has named yet.
    tips: BTreeMap<MessageId, Time>,
    parked: BTreeMap<Want, Vec<Arc<Post>>>,
    parked_ids: BTreeSet<MessageId>,
}

impl Graph {
    /// With nothing but the name that it starts from.
    pub(super) fn from(checkpoint: MessageId) -> Self {
        Self {
            known: BTreeMap::new(),
            checkpoint,
            roots: BTreeMap::new(),
            newest: BTreeMap::new(),
            payers: BTreeMap::new(),
            tips: BTreeMap::new(),
            parked: BTreeMap::new(),
            parked_ids: BTreeSet::new(),
        }
    }

    /// What it starts from.
    #[must_use]
    pub(super) const fn checkpoint(&self) -> MessageId {
        self.checkpoint
    }

    /// Messages, and names without one.
    #[must_use]
    pub(super) fn len(&self) -> (usize, usize) {
        (self.known.len(), self.roots.len())
    }

    /// Whether it is in the graph.
    #[must_use]
    pub(super) fn knows(&self, id: &MessageId) -> bool {
        self.known.contains_key(id) || self.roots.contains_key(id) || *id == self.checkpoint
    }

    /// Whether it is in the graph or waits.
    #[must_use]
    pub(super) fn has(&self, id: &MessageId) -> bool {
        self.knows(id) || self.parked_ids.contains(id)
    }

    /// A message.
    #[must_use]
    pub(super) fn get(&self, id: &MessageId) -> Option<&Arc<Post>> {
        self.known.get(id)
    }

    /// All messages.
    pub(super) fn posts(&self) -> impl Iterator<Item = &Arc<Post>> {
        self.known.values()
    }

    /// Messages that paid to an address.
    #[must_use]
    pub(super) fn payers(&self, address: &Address) -> &[MessageId] {
        self.payers.get(address).map_or(&[], Vec::as_slice)
    }

    /// The newest messages that nobody names yet, without one.
    #[must_use]
    pub(super) fn newest_tips(&self, count: usize, without: Option<&MessageId>) -> Vec<MessageId> {
        let mut tips: Vec<(&Time, &MessageId)> =
            self.tips.iter().filter(|(id, _)| Some(*id) != without).map(|(id, time)| (time, id)).collect();
        tips.sort_unstable();
        tips.iter().rev().take(count).map(|(_, id)| **id).collect()
    }

    /// Puts a message in, and whatever waited for it: what is in the graph now, in causal order. `holds` tells whether an
    /// address has been funded by the state that the node started from.
    pub(super) fn insert(&mut self, post: Arc<Post>, holds: &dyn Fn(&Address) -> bool) -> Vec<Arc<Post>> {
        let (mut open, mut attached) = (vec![post], Vec::new());
        while let Some(post) = open.pop() {
            if self.knows(&post.id) {
                continue;
            }
            if let Some(want) = self.lacks(&post, holds) {
                self.park(want, post);
                continue;
            }
            self.parked_ids.remove(&post.id);
            self.attach(&post);
            let paid = post.effect.outputs.iter().map(|output| Want::Payer(output.to));
            for want in std::iter::once(Want::Message(post.id)).chain(paid) {
                open.extend(self.parked.remove(&want).unwrap_or_default());
            }
            attached.push(post);
        }
        attached
    }

    fn lacks(&self, post: &Post, holds: &dyn Fn(&Address) -> bool) -> Option<Want> {
        let parent = post.parents().find(|id| !self.knows(id)).map(|id| Want::Message(*id));
        let unpaid = |address: &&Address| !holds(address) && !self.payers.contains_key(*address);
        parent.or_else(|| post.effect.spends().find(unpaid).map(|address| Want::Payer(*address)))
    }

    fn park(&mut self, want: Want, post: Arc<Post>) {
        if self.parked_ids.len() < PARKED_MAX || self.parked_ids.contains(&post.id) {
            self.parked_ids.insert(post.id);
            self.parked.entry(want).or_default().push(post);
        }
    }

    fn attach(&mut self, post: &Arc<Post>) {
        for output in &post.effect.outputs {
            self.payers.entry(output.to).or_default().push(post.id);
        }
        for parent in post.parents() {
            self.tips.remove(parent);
        }
        self.tips.insert(post.id, post.time);
        let newest = self.newest.entry(post.issuer).or_insert((post.time, post.id));
        *newest = (*newest).max((post.time, post.id));
        self.known.insert(post.id, post.clone());
    }

    /// Messages that others wait for.
    pub(super) fn wanted(&self) -> impl Iterator<Item = Want> + '_ {
        self.parked.keys().filter(|want| !matches!(want, Want::Payer(_))).copied()
    }

    /// Drops a message that nobody voted for, as if it had never come.
    pub(super) fn remove(&mut self, id: &MessageId) {
        let Some(post) = self.known.remove(id) else { return };
        self.tips.remove(id);
        for output in &post.effect.outputs {
            if let Some(payers) = self.payers.get_mut(&output.to) {
                payers.retain(|payer| payer != id);
            }
        }
        self.payers.retain(|_, payers| !payers.is_empty());
    }

    /// Drops messages from before `time` that `is_settled`, and all that still wait from before it; and the names of those
    /// from before `nameless`, but of each issuer's newest.
    pub(super) fn forget(&mut self, time: Time, nameless: Time, is_settled: &dyn Fn(&MessageId) -> bool) {
        let gone: Vec<Arc<Post>> =
            self.known.values().filter(|post| post.time < time && is_settled(&post.id)).cloned().collect();
        for post in gone {
            self.known.remove(&post.id);
            self.tips.remove(&post.id);
            // Its outputs stay known to the ledger; a later name of it is a name of something settled.
            self.roots.insert(post.id, post.time);
            for output in &post.effect.outputs {
                self.payers.remove(&output.to);
            }
        }
        let newest: BTreeSet<MessageId> = self.newest.values().map(|(_, id)| *id).collect();
        self.roots.retain(|id, of| *of >= nameless || newest.contains(id));
        for waiting in self.parked.values_mut() {
            waiting.retain(|post| post.time >= time);
        }
        self.parked.retain(|_, waiting| !waiting.is_empty());
        self.parked_ids = self.parked.values().flatten().map(|post| post.id).collect();
    }
}
