//! What a node says by itself as time passes: stamps, votes, epoch records (8, 9.3, 9.5, 3.7).

use super::{Action, Node};
use crate::post::{Post, Sealed};
use even::block::{EpochRecord, Record, STAMPS_MAX, Stamp, VOTES_MAX, Vote};
use even::ids::MessageId;
use even::ledger::{Context, Rule};
use even::mailing::{Candidate, mailing_list};
use even::units::{Epoch, Time};
use even::voting::Status;
use std::sync::Arc;

/// How far a message may be ahead of the clock (7.7), ms.
const AHEAD_MS: u64 = 60_000;
/// How long a node that reads no outboxes speaks on after the newest message, ms.
const FOLLOW_MS: u64 = 30_000;
/// Epochs before the current one whose messages and tables the reader keeps.
const IN_USE: u32 = 3;
/// How much longer than a message its name is known, so that later ones can name it.
const NAMES: u32 = 8;
/// Stamps that a node can save up, in seconds of its capacity.
const BURST_S: f64 = 2.0;

impl Node {
    pub(super) fn tick(&mut self, out: &mut Vec<Action>) {
        let epoch = self.rules.epoch.epoch(self.now);
        if epoch > self.epochs.current {
            self.turn(epoch, out);
        }
        self.retry_issue(out);
        self.ask(out);
        self.conclude_due(out);
        if !self.role.stamps {
            return;
        }
        let endorsed = self.measure_epoch(out).or_else(|| self.endorse_with_readers());
        let votes = self.due_votes();
        if !votes.is_empty() {
            let record = self.outbox.votes(self.me, epoch, self.now, votes);
            self.publish(record, out);
        }
        let mut stamps: Vec<Stamp> = endorsed.into_iter().map(|id| self.stamp(id, epoch)).collect();
        self.validate(epoch, &mut stamps);
        let speaks = !stamps.is_empty() || !self.outbox.own.is_empty();
        if speaks || (self.outbox.has_news() && self.has_open()) {
            let record = self.outbox.next(self.me, epoch, self.now, stamps);
            self.publish(record, out);
        }
        self.report(out);
    }

    /// Whether anything waits to be decided: then locks need records to be read from (9.3, duty).
    fn has_open(&self) -> bool {
        let follows = self.now.0.saturating_sub(self.newest_message.0) < FOLLOW_MS;
        if self.tally.is_some() { !self.open.is_empty() } else { follows }
    }

    fn turn(&mut self, epoch: Epoch, out: &mut Vec<Action>) {
        self.issued = 0;
        self.epochs.turn(epoch);
        self.epochs.measure.start(epoch, self.ledger.stakes());
        self.remail();
        let before = |epochs: u32| self.rules.epoch.start(Epoch(epoch.0.saturating_sub(epochs)));
        let (old, in_use) = (before(self.rules.memory_epochs), before(IN_USE));
        let nameless = before(self.rules.memory_epochs.saturating_mul(NAMES));
        let open = &self.open;
        self.graph.forget(old, nameless, &|id: &MessageId| !open.contains(id));
        if let Some(following) = &mut self.following {
            following.forget(in_use);
        }
        self.prune(epoch, old);
        // What did not come in an epoch's time will not be stamped any more (7.7).
        self.rumours.clear();
        out.push(Action::Turned(epoch));
    }

    /// Epochs before the one before the last are not stamped any more (7.7), and their tables are settled.
    fn prune(&mut self, epoch: Epoch, old: Time) {
        let Some(tally) = &mut self.tally else { return };
        let in_use = Epoch(epoch.0.saturating_sub(IN_USE))..=epoch.later(1);
        for id in tally.prune(&in_use, old, &self.epochs.tables) {
            self.graph.remove(&id);
            self.open.remove(&id);
        }
    }

    /// The mailing list under the table in force (8.6).
    pub(super) fn remail(&mut self) {
        let table = self.epochs.tables.at(self.epochs.current);
        let candidates: Vec<Candidate> = self
            .everybody
            .iter()
            .map(|node| {
                let row = table.rows.get(node);
                let (rating_ppm, exchange) = row.map_or((0, 0), |row| (row.rating_ppm, row.exchange));
                Candidate { node: *node, weight: table.force.weight(node), rating_ppm, exchange }
            })
            .collect();
        self.mailing = mailing_list(&self.me, &candidates, self.rules.fan_out, &self.mail_secret);
    }

    pub(super) fn publish(&mut self, record: Record, out: &mut Vec<Action>) {
        let record = Arc::new(self.craft.record(record));
        self.outbox.publish(record.clone());
        if let Some(tally) = &mut self.tally {
            let heard = tally.record_arrived(record.clone(), &self.rules, self.now, &self.epochs.tables);
            self.absorb(heard, out);
        }
        out.push(Action::Publish(record));
    }

    fn stamp(&self, message: MessageId, epoch: Epoch) -> Stamp {
        Stamp { message, nonce: self.craft.stamp(message, epoch, self.rules.stamp_bits) }
    }

    /// Checks what waits for a stamp, as much as the node's capacity allows (7.3, 7.7). A node that falls behind takes the
    /// newest first: a stamp votes for the whole past of its message.
    fn validate(&mut self, epoch: Epoch, stamps: &mut Vec<Stamp>) {
        let gained = self.role.capacity * self.rules.record_ms as f64 / 1000.0;
        self.budget = (self.budget + gained).min(gained.max(self.role.capacity * BURST_S));
        let mut waiting = Vec::new();
        for _ in 0..self.queue.len() {
            if self.budget < 1.0 || stamps.len() >= STAMPS_MAX {
                break;
            }
            let is_behind = self.queue.len() as f64 > self.budget;
            let next = if is_behind { self.queue.pop_back() } else { self.queue.pop_front() };
            let Some(post) = next else { break };
            match self.verdict(&post, epoch) {
                Verdict::Stamp => {
                    self.budget -= 1.0;
                    self.pending.add(&post.effect);
                    stamps.push(self.stamp(post.id, epoch));
                }
                Verdict::Wait => waiting.push(post),
                Verdict::Never => {}
            }
        }
        self.queue.extend(waiting);
    }

    fn verdict(&self, post: &Post, epoch: Epoch) -> Verdict {
        let of = self.rules.epoch.epoch(post.time);
        if post.time > self.now.after(AHEAD_MS) || of > epoch {
            return Verdict::Wait;
        }
        let status = self.reader().and_then(|reader| reader.status(&post.id));
        let is_settled = matches!(status, Some(Status::Final | Status::Rejected));
        if epoch.0 - of.0 > 1 || is_settled {
            return Verdict::Never;
        }
        match self.check(post) {
            Ok(()) => Verdict::Stamp,
            // What funds it may still be stamped.
            Err(Rule::L01 | Rule::L04) => Verdict::Wait,
            Err(_) => Verdict::Never,
        }
    }

    /// L01 to L08.
    pub(super) fn check(&self, post: &Post) -> Result<(), Rule> {
        let parents: Vec<MessageId> = post.parents().copied().collect();
        let context = Context {
            parents: &parents,
            branches: &post.branches,
            knows: &|id| self.graph.knows(id),
            is_passive: self.is_passive(&post.issuer),
            tickets: &post.tickets,
            time: post.time,
        };
        self.ledger.check(&post.effect, &self.pending, &context)
    }

    /// Rating 0 in the table in force (7.8).
    pub(super) fn is_passive(&self, node: &even::ids::NodeId) -> bool {
        let table = self.epochs.tables.at(self.epochs.current);
        table.rows.get(node).is_none_or(|row| row.rating_ppm == 0)
    }

    /// The votes of later rounds that are due (9.5), by what the newest own record has seen.
    fn due_votes(&mut self) -> Vec<Vote> {
        let Some(tally) = &self.tally else { return Vec::new() };
        let mut votes: Vec<Vote> = Vec::new();
        for (member, since) in self.conflicts.clone() {
            let round = self.rules.round(self.now.0.saturating_sub(since.0));
            if round == 0 || self.voted.get(&member).is_some_and(|voted| *voted >= round) || votes.len() >= VOTES_MAX {
                continue;
            }
            let choice = tally.reader().next_vote_of(&self.me, &member, round);
            let Ok(Some(message)) = choice else { continue };
            let rivals = tally.reader().rivals_of(&member).unwrap_or_default();
            let settled = |id: &MessageId| tally.reader().status(id) == Some(Status::Final);
            if rivals.iter().any(settled) {
                continue;
            }
            for other in rivals.iter().chain([&member]) {
                self.voted.insert(*other, round);
            }
            votes.push(Vote { message, round });
        }
        votes
    }

    /// Measures the epoch before once it has settled, publishes as a leader, and stamps a record that agrees (3.7).
    fn measure_epoch(&mut self, out: &mut Vec<Action>) -> Option<MessageId> {
        let tally = self.tally.as_ref()?;
        let into = self.now.0.saturating_sub(self.rules.epoch.start(self.epochs.current).0);
        if into < self.rules.settle_ms {
            return None;
        }
        let (epoch, rules, graph) = (self.epochs.measured(), &self.rules, &self.graph);
        let counts = |id: &MessageId| {
            let of = graph.get(id).map(|post| rules.epoch.epoch(post.time));
            of == Some(epoch) && tally.reader().status(id) == Some(Status::Final)
        };
        let rows = self.epochs.measure(rules, &counts);
        let is_leader = self.epochs.tables.at(self.epochs.current).force.leaders().contains(&self.me);
        if let Some(rows) = rows.filter(|_| is_leader) {
            let record = EpochRecord::new(self.me, epoch, rows, self.epochs.beacon(epoch));
            let record: Arc<Sealed<EpochRecord>> = Arc::new(self.craft.epoch(record));
            out.push(Action::PublishEpoch(record.clone()));
            self.hear_epoch(record, out);
        }
        self.epochs.endorse(into >= self.rules.settle_ms + self.rules.patience_ms)
    }
}

enum Verdict {
    Stamp,
    Wait,
    Never,
}

impl super::Rules {
    /// The round that has begun so long after a conflict was seen; 0 before the first (9.5).
    #[must_use]
    pub fn round(&self, elapsed: u64) -> u32 {
        let start = |round: u32| self.round_ms.saturating_mul(1 << (round - 1).min(40)).min(self.round_max_ms);
        (1..=64)
            .take_while(|round| start(*round) <= elapsed && (*round == 1 || start(*round) > start(round - 1)))
            .count() as u32
    }

    /// The first moment of an epoch.
    #[must_use]
    pub fn start(&self, epoch: Epoch) -> Time {
        self.epoch.start(epoch)
    }
}
