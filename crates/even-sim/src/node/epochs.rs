//! From one epoch to the next: leaders publish what they measured, nodes stamp what they can confirm, and what becomes final
//! is in force two epochs later (3.7).
//!
//! `[choice]` A node decides which table is in force in an epoch when that epoch begins: the one of the epoch record that is
//! final for it by then, else the old one. What becomes final later is put in force then, from its own epoch on, so that nodes
//! that differed agree again; what was counted in between stays. The reference does not say how nodes agree that no record
//! became final; see `docs/even-findings.md`.

use super::Rules;
use super::measure::{Measure, Measured};
use super::tables::Tables;
use crate::post::{Sealed, epoch_message};
use even::block::{EpochRecord, EpochRow, accept_epoch_record};
use even::epoch::{IN_FORCE_AFTER, compare};
use even::ids::{MessageId, NodeId};
use even::units::Epoch;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Epoch records of one leader for one epoch that are looked at; honest ones write one.
const PER_LEADER_MAX: usize = 2;
/// Epochs whose records are kept.
const KEPT: u32 = 6;

/// An epoch record with its name.
pub type Candidate = Arc<Sealed<EpochRecord>>;

/// See the module header.
#[derive(Debug)]
pub(super) struct Epochs {
    /// Weights in force.
    pub tables: Tables,
    /// Notes for the next rows.
    pub measure: Measure,
    /// The epoch of the node's clock.
    pub current: Epoch,
    candidates: BTreeMap<Epoch, Vec<Candidate>>,
    /// What this node stamped, by measured epoch.
    endorsed: BTreeMap<Epoch, MessageId>,
    /// What became final.
    agreed: BTreeMap<Epoch, Candidate>,
    /// Own rows of the epoch before, once measured.
    own: Option<(Epoch, Option<Measured>)>,
    /// Of the newest epoch in which anything was exchanged.
    newest: Option<(Epoch, Measured)>,
}

impl Epochs {
    pub(super) fn new(current: Epoch, tables: Tables) -> Self {
        Self {
            tables,
            measure: Measure::default(),
            current,
            candidates: BTreeMap::new(),
            endorsed: BTreeMap::new(),
            agreed: BTreeMap::new(),
            own: None,
            newest: None,
        }
    }

    /// Goes over to an epoch: decides what is in force in it.
    pub(super) fn turn(&mut self, epoch: Epoch) {
        self.current = epoch;
        self.put_in_force(epoch);
        let kept = Epoch(epoch.0.saturating_sub(KEPT));
        self.candidates = self.candidates.split_off(&kept);
        self.endorsed = self.endorsed.split_off(&kept);
        self.agreed = self.agreed.split_off(&Epoch(kept.0.saturating_sub(IN_FORCE_AFTER)));
        // Messages are accepted in their own epoch and the next (7.7), and their votes count under their own table.
        self.tables.forget(kept);
    }

    fn put_in_force(&mut self, epoch: Epoch) {
        let measured = Epoch(epoch.0.saturating_sub(IN_FORCE_AFTER));
        if let Some(record) = self.agreed.get(&measured) {
            self.tables.put(epoch, &record.body().rows, record.id().0);
        }
    }

    /// The epoch that is measured now.
    pub(super) fn measured(&self) -> Epoch {
        Epoch(self.current.0.saturating_sub(1))
    }

    /// Measures the epoch before, once; its rows when they are new.
    pub(super) fn measure(&mut self, rules: &Rules, counts: &dyn Fn(&MessageId) -> bool) -> Option<Vec<EpochRow>> {
        let epoch = self.measured();
        if self.own.as_ref().is_some_and(|(measured, _)| *measured == epoch) {
            return None;
        }
        let measured = self.measure.rows(epoch, rules, counts);
        let rows = measured.as_ref().map(|measured| measured.rows.clone());
        if let Some(measured) = &measured {
            self.newest = Some((epoch, measured.clone()));
        }
        self.own = Some((epoch, measured));
        rows
    }

    /// The newest own measurement.
    pub(super) fn newest(&self) -> Option<(Epoch, &Measured)> {
        self.newest.as_ref().map(|(epoch, measured)| (*epoch, measured))
    }

    /// The beacon that a record of an epoch names: that of the table in force two epochs earlier (8.7).
    pub(super) fn beacon(&self, measured: Epoch) -> [u8; 32] {
        self.tables.at(Epoch(measured.0.saturating_sub(IN_FORCE_AFTER))).beacon
    }

    /// Whether a record can be voted on: from a leader, well-formed, not one too many.
    pub(super) fn admits(&self, record: &Sealed<EpochRecord>) -> bool {
        let body = record.body();
        let decided_in = body.epoch.later(1);
        let is_leader = self.tables.at(decided_in).force.leaders().contains(&body.node);
        let of_leader = self.candidates(body.epoch).iter().filter(|other| other.body().node == body.node).count();
        let is_formed = match record {
            Sealed::Signed(signed) => accept_epoch_record(signed, &self.beacon(body.epoch)).is_ok(),
            Sealed::Light(..) => true,
        };
        decided_in <= self.current && is_leader && is_formed && of_leader < PER_LEADER_MAX
    }

    pub(super) fn add(&mut self, record: Candidate) {
        self.candidates.entry(record.body().epoch).or_default().push(record);
    }

    pub(super) fn candidates(&self, epoch: Epoch) -> &[Candidate] {
        self.candidates.get(&epoch).map_or(&[], Vec::as_slice)
    }

    pub(super) fn candidate(&self, id: &MessageId) -> Option<&Candidate> {
        self.candidates.values().flatten().find(|record| epoch_message(record.id()) == *id)
    }

    /// The record to stamp: of those that agree with the own measurement, the one of the leader that stands first. A later
    /// leader's only once `patient` has passed.
    pub(super) fn endorse(&mut self, patience_over: bool) -> Option<MessageId> {
        let epoch = self.measured();
        if self.endorsed.contains_key(&epoch) {
            return None;
        }
        let (_, ours) = self.own.as_ref().filter(|(measured, _)| *measured == epoch)?;
        let ours = &ours.as_ref()?.rows;
        let leaders = self.tables.at(epoch.later(1)).force.leaders();
        let place = |node: &NodeId| leaders.iter().position(|leader| leader == node).unwrap_or(usize::MAX);
        let agreeing = self.candidates(epoch).iter().filter(|record| compare(ours, &record.body().rows).is_ok());
        let best = agreeing.min_by_key(|record| (place(&record.body().node), record.id()))?;
        if !patience_over && place(&best.body().node) > 0 {
            return None;
        }
        let id = epoch_message(best.id());
        self.endorsed.insert(epoch, id);
        Some(id)
    }

    /// The record of the epoch before that this node stamped.
    pub(super) fn endorsed(&self) -> Option<MessageId> {
        self.endorsed.get(&self.measured()).copied()
    }

    /// The record to stamp when others than this node compared it with what they measured.
    pub(super) fn endorse_with_others(&mut self, id: MessageId) -> Option<MessageId> {
        let epoch = self.candidate(&id)?.body().epoch;
        if epoch != self.measured() || self.endorsed.contains_key(&epoch) {
            return None;
        }
        self.endorsed.insert(epoch, id);
        Some(id)
    }

    /// Takes note that a record is final.
    pub(super) fn settle(&mut self, id: &MessageId) {
        let Some(record) = self.candidate(id).cloned() else { return };
        let due = record.body().epoch.later(IN_FORCE_AFTER);
        self.agreed.insert(record.body().epoch, record);
        if due <= self.current {
            self.tables.back_to(Epoch(due.0 - 1));
            (due.0..=self.current.0).for_each(|epoch| self.put_in_force(Epoch(epoch)));
        }
    }

    /// The records that became final lately.
    pub(super) fn agreed(&self) -> impl Iterator<Item = &Candidate> {
        self.agreed.values()
    }
}
