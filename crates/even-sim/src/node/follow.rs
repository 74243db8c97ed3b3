//! What a node that reads no outboxes takes from those that do.
//!
//! `[choice]` Reading all outboxes costs with the square of the number of nodes, for each reader. In a large network most nodes
//! only follow: whoever runs one names readers that it believes, and takes a verdict, or stamps an epoch record, when more
//! than half of these say the same. A follower stamps, forwards and publishes like everybody, keeps the ledger and follows the
//! tables; it does not vote in later rounds.
//! What always holds: readers speak for themselves once each; what is final here was said to be by a majority of them.
//! What it does not do: prove it. A majority of bad readers lies to its followers, and to them alone: readers never listen.
//! Who misses two reports of a majority in a row never learns the verdicts in them.

use super::{Action, Node, Trouble};
use even::ids::{MessageId, NodeId};
use even::ledger::Broken;
use even::units::{Epoch, Time};
use even::voting::Status;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Messages that are followed at most.
const SAID_MAX: usize = 65_536;

/// What a reader tells those who follow it. Everything is said in two reports, so that one may be lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Messages that were decided lately: final, or rejected.
    pub verdicts: Vec<(MessageId, Status)>,
    /// The epoch record that it stamps for the epoch before.
    pub endorsed: Option<(Epoch, MessageId)>,
}

/// A reader's next report.
#[derive(Debug, Default)]
pub(super) struct Reporting {
    new: Vec<(MessageId, Status)>,
    before: Vec<(MessageId, Status)>,
}

impl Reporting {
    pub(super) fn note(&mut self, id: MessageId, status: Status) {
        self.new.push((id, status));
    }

    /// The next report, if there is anything to say.
    pub(super) fn next(&mut self, endorsed: Option<(Epoch, MessageId)>) -> Option<Report> {
        let verdicts: Vec<_> = self.before.iter().chain(&self.new).copied().collect();
        self.before = std::mem::take(&mut self.new);
        (!verdicts.is_empty() || endorsed.is_some()).then_some(Report { verdicts, endorsed })
    }
}

/// What readers said of one thing.
#[derive(Debug)]
struct Said {
    since: Time,
    by: BTreeMap<NodeId, Status>,
    decided: bool,
}

/// See the module header.
#[derive(Debug)]
pub(super) struct Following {
    readers: Arc<BTreeSet<NodeId>>,
    said: BTreeMap<MessageId, Said>,
    endorsed: BTreeMap<NodeId, (Epoch, MessageId)>,
    /// Decided, but not applied: the message, or what funds it, is not here yet.
    due: Vec<(MessageId, Status)>,
}

impl Following {
    pub(super) fn new(readers: Arc<BTreeSet<NodeId>>) -> Self {
        Self { readers, said: BTreeMap::new(), endorsed: BTreeMap::new(), due: Vec::new() }
    }

    /// Takes a report in; what is decided by it becomes due.
    fn hear(&mut self, from: NodeId, report: &Report, now: Time) {
        if !self.readers.contains(&from) {
            return;
        }
        self.endorsed.extend(report.endorsed.map(|endorsed| (from, endorsed)));
        for (id, status) in &report.verdicts {
            if self.said.len() >= SAID_MAX && !self.said.contains_key(id) {
                continue;
            }
            let fresh = || Said { since: now, by: BTreeMap::new(), decided: false };
            let said = self.said.entry(*id).or_insert_with(fresh);
            said.by.insert(from, *status);
            let count = said.by.values().filter(|other| *other == status).count();
            if !said.decided && is_majority(count, &self.readers) {
                said.decided = true;
                self.due.push((*id, *status));
            }
        }
    }

    /// The epoch record of an epoch that most readers stamp.
    pub(super) fn endorsed(&self, epoch: Epoch) -> Option<MessageId> {
        let mut counts: BTreeMap<MessageId, usize> = BTreeMap::new();
        for (_, id) in self.endorsed.values().filter(|(of, _)| *of == epoch) {
            *counts.entry(*id).or_default() += 1;
        }
        counts.into_iter().find(|(_, count)| is_majority(*count, &self.readers)).map(|(id, _)| id)
    }

    /// Forgets what was first said before `time`.
    pub(super) fn forget(&mut self, time: Time) {
        self.said.retain(|_, said| said.since >= time);
        let said = &self.said;
        self.due.retain(|(id, _)| said.contains_key(id));
    }

    /// Messages that are followed.
    pub(super) fn len(&self) -> usize {
        self.said.len()
    }
}

fn is_majority(count: usize, readers: &BTreeSet<NodeId>) -> bool {
    2 * count > readers.len()
}

impl Node {
    /// A reader has spoken.
    pub(super) fn hear_report(&mut self, from: NodeId, report: &Report, out: &mut Vec<Action>) {
        let Some(following) = &mut self.following else { return };
        following.hear(from, report, self.now);
        if let Some((_, id)) = report.endorsed.filter(|(_, id)| self.epochs.candidate(id).is_none()) {
            self.hear_id(from, id);
        }
        self.conclude_due(out);
    }

    /// Applies what is decided and can be applied. What funds a payment is final before it, but may be heard of later.
    pub(super) fn conclude_due(&mut self, out: &mut Vec<Action>) {
        let Some(following) = &mut self.following else { return };
        let mut due = std::mem::take(&mut following.due);
        loop {
            let before = due.len();
            due.retain(|(id, status)| !self.is_concluded(id, *status, out));
            if due.len() == before {
                break;
            }
        }
        let Some(following) = &mut self.following else { return };
        let source = |(id, _): &(MessageId, Status)| Some((*following.said.get(id)?.by.keys().next()?, *id));
        let missing: Vec<(NodeId, MessageId)> = due.iter().filter_map(source).collect();
        following.due = due;
        // Who says that it is final has it.
        missing.into_iter().for_each(|(from, id)| self.hear_id(from, id));
    }

    fn is_concluded(&mut self, id: &MessageId, status: Status, out: &mut Vec<Action>) -> bool {
        if !self.graph.knows(id) && self.epochs.candidate(id).is_none() {
            return false;
        }
        match self.conclude(id, status) {
            Ok(()) => true,
            Err(Broken::Uncovered(_)) => false,
            Err(broken) => {
                out.push(Action::Alarm(Trouble::Ledger(broken)));
                true
            }
        }
    }

    /// Stamps the epoch record that most readers stamp.
    pub(super) fn endorse_with_readers(&mut self) -> Option<MessageId> {
        let id = self.following.as_ref()?.endorsed(self.epochs.measured())?;
        self.epochs.endorse_with_others(id)
    }

    /// Tells those who follow what was decided since the last report.
    pub(super) fn report(&mut self, out: &mut Vec<Action>) {
        let endorsed = self.epochs.endorsed().map(|id| (self.epochs.measured(), id));
        let report = self.reporting.as_mut().and_then(|reporting| reporting.next(endorsed));
        out.extend(report.map(|report| Action::Report(Arc::new(report))));
    }
}
