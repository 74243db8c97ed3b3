//! A node's reader of outboxes: what it is told in any order is put into causal order, checked, and counted.

use super::Rules;
use super::graph::Want;
use super::tables::Tables;
use crate::post::{Sealed, entry};
use even::block::{Record, RecordContext, accept_record};
use even::ids::{BlockId, MessageId, NodeId};
use even::units::{Epoch, Time};
use even::voting::{Alarm, Ballot, Missing, Reader, Status};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Most records that wait for something.
const PARKED_MAX: usize = 65_536;

/// What telling brought about.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// Messages whose status changed.
    pub changed: Vec<(MessageId, Status)>,
    /// Records that count now, in causal order.
    pub records: Vec<Arc<Sealed<Record>>>,
    /// Nodes found to have two paths.
    pub equivocated: Vec<NodeId>,
}

/// See the module header.
#[derive(Debug, Default)]
pub(super) struct Tally {
    reader: Reader,
    records: BTreeMap<BlockId, Arc<Sealed<Record>>>,
    parked: BTreeMap<Want, Vec<Arc<Sealed<Record>>>>,
    parked_ids: BTreeSet<BlockId>,
}

impl Tally {
    /// The reader.
    #[must_use]
    pub(super) const fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Two rivals are final: nothing counts any more.
    #[must_use]
    pub(super) fn alarm(&self) -> Option<Alarm> {
        self.reader.alarm()
    }

    /// Whether a record is here, or waits.
    #[must_use]
    pub(super) fn has(&self, id: &BlockId) -> bool {
        self.records.contains_key(id) || self.parked_ids.contains(id)
    }

    /// How many are here.
    #[must_use]
    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// A record that counts.
    #[must_use]
    pub(super) fn record(&self, id: &BlockId) -> Option<&Arc<Sealed<Record>>> {
        self.records.get(id)
    }

    /// Tells a message whose parents and funds are told.
    pub(super) fn message(&mut self, ballot: Ballot, rules: &Rules, now: Time, tables: &Tables) -> Heard {
        let (id, mut heard) = (ballot.id, Heard::default());
        if let Ok(told) = self.reader.tell_message(ballot) {
            heard.changed.extend(told.changed);
            let waiting = self.parked.remove(&Want::Message(id)).unwrap_or_default();
            self.work(waiting, rules, now, tables, &mut heard);
        }
        heard
    }

    /// Takes a message for final.
    pub(super) fn checkpoint(&mut self, ballot: Ballot) {
        let id = ballot.id;
        // A checkpoint names nothing that could be missing.
        let _ = self.reader.tell_message(ballot).and_then(|_| self.reader.take_as_final(&id));
    }

    /// Tells a record, or lets it wait for what it names.
    pub(super) fn record_arrived(
        &mut self,
        record: Arc<Sealed<Record>>,
        rules: &Rules,
        now: Time,
        tables: &Tables,
    ) -> Heard {
        let mut heard = Heard::default();
        if !self.has(&record.id()) {
            self.work(vec![record], rules, now, tables, &mut heard);
        }
        heard
    }

    fn work(
        &mut self,
        mut open: Vec<Arc<Sealed<Record>>>,
        rules: &Rules,
        now: Time,
        tables: &Tables,
        heard: &mut Heard,
    ) {
        while let Some(record) = open.pop() {
            let id = record.id();
            match self.tell(&record, rules, now, tables, heard) {
                Ok(()) => {
                    self.parked_ids.remove(&id);
                    open.extend(self.parked.remove(&Want::Record(id)).unwrap_or_default());
                    heard.records.push(record);
                }
                Err(Some(missing)) => self.park(missing, record),
                Err(None) => {
                    self.parked_ids.remove(&id);
                }
            }
        }
    }

    /// `Err(None)` for a record that breaks a rule and is dropped.
    fn tell(
        &mut self,
        record: &Arc<Sealed<Record>>,
        rules: &Rules,
        now: Time,
        tables: &Tables,
        heard: &mut Heard,
    ) -> Result<(), Option<Missing>> {
        let previous = match record.body().previous {
            Some(id) => Some(self.records.get(&id).ok_or(Missing::Record(id)).map_err(Some)?),
            None => None,
        };
        if let Sealed::Signed(signed) = &**record {
            let previous = previous.and_then(|previous| match &**previous {
                Sealed::Signed(previous) => Some(previous),
                Sealed::Light(..) => None,
            });
            let (length, stamp_bits) = (rules.epoch, rules.stamp_bits);
            let votes = &self.reader.votes_before(record.body().previous);
            accept_record(signed, &RecordContext { previous, now, length, stamp_bits, votes }).map_err(|_| None)?;
        }
        let told = self.reader.tell_record(&entry(record), tables).map_err(Some)?;
        heard.changed.extend(told.changed);
        heard.equivocated.extend(told.equivocated);
        self.records.insert(record.id(), record.clone());
        Ok(())
    }

    fn park(&mut self, missing: Missing, record: Arc<Sealed<Record>>) {
        let want = match missing {
            Missing::Message(id) => Want::Message(id),
            Missing::Record(id) => Want::Record(id),
        };
        if self.parked_ids.len() < PARKED_MAX || self.parked_ids.contains(&record.id()) {
            self.parked_ids.insert(record.id());
            self.parked.entry(want).or_default().push(record);
        }
    }

    /// Forgets what is decided and from before `in_use`, and records from before `time` but the newest of each node.
    /// Messages that the reader wants told again are given back.
    pub(super) fn prune(&mut self, in_use: &RangeInclusive<Epoch>, time: Time, tables: &Tables) -> Vec<MessageId> {
        let pruned = self.reader.prune(in_use, tables);
        let mut newest: BTreeMap<NodeId, (u64, BlockId)> = BTreeMap::new();
        for (id, record) in &self.records {
            let place = (record.body().seq, *id);
            let entry = newest.entry(record.body().node).or_insert(place);
            *entry = (*entry).max(place);
        }
        let is_newest = |node: &NodeId, id: &BlockId| newest.get(node).is_some_and(|(_, newest)| newest == id);
        self.records.retain(|id, record| record.body().time >= time || is_newest(&record.body().node, id));
        for waiting in self.parked.values_mut() {
            waiting.retain(|record| record.body().time >= time);
        }
        self.parked.retain(|_, waiting| !waiting.is_empty());
        self.parked_ids = self.parked.values().flatten().map(|record| record.id()).collect();
        pruned.unheard
    }

    /// What records wait for.
    pub(super) fn wanted(&self) -> impl Iterator<Item = Want> + '_ {
        let waits = |want: &Want| matches!(want, Want::Record(id) if self.parked_ids.contains(id));
        self.parked.keys().filter(move |want| !waits(want)).copied()
    }
}
