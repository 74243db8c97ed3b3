//! From votes to certificates, locks and verdicts (9.4).

use super::Tables;
use super::case::Status;
use super::path::Pair;
use super::reader::{Alarm, Reader, Told};
use std::collections::btree_map::Entry;

impl Reader {
    /// Counts a vote of a record's node, once a node.
    pub(super) fn count(&mut self, (message, round): Pair, record: usize, tables: &impl Tables, told: &mut Told) {
        let node = self.records[record].node;
        let case = &mut self.cases[message];
        let weights = self.census.open(case.epoch, tables);
        let round = case.rounds.entry(round).or_default();
        match round.voters.entry(node) {
            Entry::Occupied(first) => {
                if *first.get() != record && !round.repeats.contains(&(node, record)) {
                    round.repeats.push((node, record));
                }
            }
            Entry::Vacant(first) => {
                first.insert(record);
                round.weight += weights.of(node);
                if weights.is_quorum(round.weight) {
                    self.raise(message, Status::Certified, told);
                }
            }
        }
    }

    /// Locks a path's node on a message with this record, which is the first to have the certificate in its past, unless it
    /// voted for a rival in a later round before.
    pub(super) fn lock(&mut self, path: usize, record: usize, pair: Pair, tables: &impl Tables, told: &mut Told) {
        let (message, round) = pair;
        let (case, on) = (&mut self.cases[message], &self.paths[path]);
        if self.switches.lock_proviso && on.went_over(&case.spends, case.bundle, round) {
            return;
        }
        let votes = case.rounds.entry(round).or_default();
        if votes.locked.contains_key(&on.node) {
            return;
        }
        votes.locked.insert(on.node, record);
        let weights = self.census.weights(case.epoch);
        votes.locked_weight += weights.of(on.node);
        if weights.is_quorum(votes.locked_weight) {
            case.is_decided = true;
            self.finalise_if_funded(vec![message], told);
        }
        if self.leaders_are_locked(pair, tables) {
            self.raise(message, Status::Fast, told);
        }
    }

    fn leaders_are_locked(&self, (message, round): Pair, tables: &impl Tables) -> bool {
        let case = &self.cases[message];
        if case.status >= Status::Fast {
            return false;
        }
        let (mut all, mut locked) = (0, 0);
        for leader in tables.leaders(case.epoch) {
            let weight = tables.weight(case.epoch, leader);
            let node = self.census.number(leader);
            let is_locked = node.is_some_and(|node| case.rounds[&round].locked.contains_key(&node));
            all += weight;
            locked += if is_locked { weight } else { 0 };
        }
        3 * locked > 2 * all
    }

    /// Each is final when it is decided and so is all that funds it; then what waited for it may be.
    pub(super) fn finalise_if_funded(&mut self, mut open: Vec<usize>, told: &mut Told) {
        while let Some(at) = open.pop() {
            let case = &self.cases[at];
            let is_funded = case.funds.iter().all(|fund| self.cases[*fund].status == Status::Final);
            if case.is_decided && case.status != Status::Final && is_funded && !case.is_orphan {
                self.finalise(at, told);
                if self.cases[at].status == Status::Final {
                    open.extend(self.attachments(at).into_iter().flat_map(|again| &self.cases[again].funded));
                }
            }
        }
    }

    /// Makes it final, with all that is the same payment, and its rivals rejected; unless the reader has stopped.
    pub(super) fn finalise(&mut self, message: usize, told: &mut Told) {
        if self.alarm.is_some() || self.cases[message].status == Status::Final {
            return;
        }
        for again in self.attachments(message) {
            if self.cases[again].status != Status::Final {
                self.set(again, Status::Final, told);
            }
        }
        let case = &self.cases[message];
        if let Some(one) = self.archive.final_rival(&case.spends, case.bundle) {
            self.alarm = Some(Alarm { one, other: case.id });
        }
        for rival in self.rivals(message) {
            if self.cases[rival].status == Status::Final {
                let (one, other) = (self.cases[rival].id, self.cases[message].id);
                self.alarm = Some(Alarm { one, other });
            } else {
                self.reject(rival, told);
            }
        }
    }

    /// A message and the held ones with the same payment.
    pub(super) fn attachments(&self, message: usize) -> Vec<usize> {
        let case = &self.cases[message];
        let spenders = case.spends.first().and_then(|address| self.spenders.get(address));
        let is_again = |other: &usize| *other == message || self.cases[*other].bundle == case.bundle;
        spenders.map_or_else(|| vec![message], |all| all.iter().copied().filter(is_again).collect())
    }

    /// Rejects a message and the spenders of its outputs.
    pub(super) fn reject(&mut self, message: usize, told: &mut Told) {
        let mut open = vec![message];
        while let Some(at) = open.pop() {
            if !self.cases[at].has_verdict() {
                self.set(at, Status::Rejected, told);
                open.extend(&self.cases[at].funded);
            }
        }
    }

    /// Held messages that cannot be final together with this one.
    pub(super) fn rivals(&self, message: usize) -> Vec<usize> {
        let case = &self.cases[message];
        let spenders = case.spends.iter().filter_map(|address| self.spenders.get(address)).flatten();
        let mut rivals: Vec<usize> = spenders.copied().filter(|other| self.cases[*other].is_rival_of(case)).collect();
        rivals.sort_unstable();
        rivals.dedup();
        rivals
    }

    fn raise(&mut self, message: usize, status: Status, told: &mut Told) {
        if self.cases[message].status < status {
            self.set(message, status, told);
        }
    }

    fn set(&mut self, message: usize, status: Status, told: &mut Told) {
        let case = &mut self.cases[message];
        case.status = status;
        told.changed.push((case.id, status));
    }
}
