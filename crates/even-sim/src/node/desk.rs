//! What arrives: messages, records, epoch records, questions (8.6, 8.9).

use super::graph::{PARKED_MAX, Want};
use super::{Action, Candidate, Event, Node};
use crate::post::{Post, Sealed, epoch_ballot, epoch_message};
use even::block::Record;
use even::ids::{Address, MessageId, NodeId};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Records of one chain that an answer holds.
const ANSWER_MAX: usize = 32;
/// How often a missing thing is asked for before it is left to chance.
const TRIES_MAX: u32 = 64;

impl Node {
    /// Forwards a message that is new, then puts it into the graph.
    pub(super) fn receive(&mut self, from: NodeId, post: &Arc<Post>, hops: u32, out: &mut Vec<Action>) {
        if self.graph.has(&post.id) {
            return;
        }
        self.forward(post, from, hops, out);
        self.take_in(post.clone(), out);
    }

    pub(super) fn forward(&self, post: &Arc<Post>, not_to: NodeId, hops: u32, out: &mut Vec<Action>) {
        let receivers = self.mailing.by_order.iter().chain(&self.mailing.drawn);
        for to in receivers.filter(|to| **to != not_to && **to != post.issuer) {
            out.push(Action::Offer { to: *to, post: post.clone(), hops: hops + 1 });
        }
    }

    /// Puts a message into the graph, tells the reader, and queues it for a stamp.
    pub(super) fn take_in(&mut self, post: Arc<Post>, out: &mut Vec<Action>) {
        let ledger = &self.ledger;
        let holds = |address: &Address| ledger.balance(address).units() > 0 || ledger.is_closed(address);
        for post in self.graph.insert(post, &holds) {
            self.newest_message = self.newest_message.max(post.time);
            self.asked.remove(&Want::Message(post.id));
            self.rumours.remove(&post.id);
            self.tell(&post, out);
            if post.issuer != self.me && self.role.stamps {
                self.queue.push_back(post);
            }
        }
    }

    fn tell(&mut self, post: &Post, out: &mut Vec<Action>) {
        let Some(tally) = &mut self.tally else { return };
        let mut funds: Vec<MessageId> =
            post.effect.spends().flat_map(|address| self.graph.payers(address)).copied().collect();
        funds.sort_unstable();
        funds.dedup();
        self.open.insert(post.id);
        let ballot = post.ballot(self.rules.epoch.epoch(post.time), funds);
        let heard = tally.message(ballot, &self.rules, self.now, &self.epochs.tables);
        self.absorb(heard, out);
        self.note_conflict(&post.id);
    }

    /// Not everybody stands on somebody's mailing list: a name that no message follows is asked for.
    pub(super) fn hear_id(&mut self, from: NodeId, id: MessageId) {
        if !self.graph.has(&id) && self.rumours.len() < PARKED_MAX {
            self.rumours.insert(id, from);
        }
    }

    /// A record: the reader counts it, and it is named in the next own one.
    pub(super) fn hear(&mut self, record: Arc<Sealed<Record>>, out: &mut Vec<Action>) {
        if record.body().node == self.me {
            return;
        }
        let Some(tally) = &mut self.tally else {
            self.outbox.heard(record.body().node, record.id());
            return;
        };
        let heard = tally.record_arrived(record, &self.rules, self.now, &self.epochs.tables);
        self.absorb(heard, out);
    }

    pub(super) fn hear_epoch(&mut self, record: Candidate, out: &mut Vec<Action>) {
        let id = epoch_message(record.id());
        if self.epochs.candidate(&id).is_some() || !self.epochs.admits(&record) {
            return;
        }
        let ballot = epoch_ballot(&record, record.body().epoch.later(1));
        self.epochs.add(record);
        self.asked.remove(&Want::Message(id));
        self.rumours.remove(&id);
        let Some(tally) = &mut self.tally else { return };
        self.open.insert(id);
        let heard = tally.message(ballot, &self.rules, self.now, &self.epochs.tables);
        self.absorb(heard, out);
        self.note_conflict(&id);
    }

    pub(super) fn note_conflict(&mut self, id: &MessageId) {
        let Some(tally) = &self.tally else { return };
        let rivals = tally.reader().rivals_of(id).unwrap_or_default();
        if rivals.is_empty() {
            return;
        }
        for member in rivals.iter().chain([id]).filter(|member| self.open.contains(*member)) {
            self.conflicts.entry(*member).or_insert(self.now);
        }
    }

    /// Answers a question with what is here.
    pub(super) fn serve(&self, from: NodeId, want: Want, out: &mut Vec<Action>) {
        match want {
            Want::Message(id) => {
                if let Some(post) = self.graph.get(&id) {
                    out.push(Action::Offer { to: from, post: post.clone(), hops: 0 });
                } else if let Some(record) = self.epochs.candidate(&id) {
                    out.push(Action::GiveEpoch { to: from, record: record.clone() });
                }
            }
            Want::Record(id) => {
                let Some(tally) = &self.tally else { return self.serve_own(from, id, out) };
                let mut next = Some(id);
                for _ in 0..ANSWER_MAX {
                    let Some(record) = next.and_then(|id| tally.record(&id)) else { break };
                    out.push(Action::GiveRecord { to: from, record: record.clone() });
                    next = record.body().previous;
                }
            }
            Want::Payer(_) => {}
        }
    }

    fn serve_own(&self, from: NodeId, id: even::ids::BlockId, out: &mut Vec<Action>) {
        let own = self.outbox.last().filter(|last| last.id() == id);
        out.extend(own.map(|record| Action::GiveRecord { to: from, record: record.clone() }));
    }

    /// Asks for what has been missing for a while, another peer each time.
    pub(super) fn ask(&mut self, out: &mut Vec<Action>) {
        let of_tally = self.tally.iter().flat_map(|tally| tally.wanted());
        let rumoured = self.rumours.keys().filter(|id| !self.graph.has(id)).map(|id| Want::Message(*id));
        let wanted: BTreeSet<Want> = self.graph.wanted().chain(of_tally).chain(rumoured).collect();
        self.asked.retain(|want, _| wanted.contains(want));
        for want in wanted {
            let (tries, since) = self.asked.entry(want).or_insert((0, self.now));
            if self.now.0.saturating_sub(since.0) < self.rules.ask_ms || *tries >= TRIES_MAX {
                continue;
            }
            (*tries, *since) = (*tries + 1, self.now);
            let source = if let Want::Message(id) = &want { self.rumours.get(id) } else { None };
            // Where few read, nobody else keeps records.
            let fellows: &[NodeId] = if matches!(want, Want::Record(_)) { &self.fellows } else { &[] };
            let mailed = self.mailing.drawn.iter().chain(&self.mailing.by_order);
            let peers: Vec<NodeId> = source.into_iter().chain(fellows).chain(mailed).copied().collect();
            if let Some(to) = peers.get((*tries as usize - 1) % peers.len().max(1)) {
                out.push(Action::Get { to: *to, want });
            }
        }
    }
}

impl Event {
    /// Of an answer with a record.
    #[must_use]
    pub const fn of_record(from: NodeId, record: Arc<Sealed<Record>>) -> Self {
        Self::Record { from, record }
    }
}
