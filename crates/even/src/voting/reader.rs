//! The reader: it is told messages and records, and counts.

use super::Tables;
use super::archive::Archive;
use super::case::{Ballot, Case, Status};
use super::census::Census;
use super::path::{Pair, Path};
use super::switches::Switches;
use crate::block::{Record, Signed, Vote};
use crate::ids::{Address, BlockId, MessageId, NodeId};
use std::collections::{BTreeMap, BTreeSet};

/// What voting needs to know of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub id: BlockId,
    /// Whose.
    pub node: NodeId,
    /// The node's record before.
    pub previous: Option<BlockId>,
    /// Records of others that it names.
    pub seen: Vec<BlockId>,
    /// Stamped messages, then own ones.
    pub stamped: Vec<MessageId>,
    /// Votes of rounds from 1 on.
    pub votes: Vec<Vote>,
}

impl Entry {
    /// Of a record that keeps C1 to C7.
    #[must_use]
    pub fn of(record: &Signed<Record>) -> Self {
        let body = record.body();
        Self {
            id: record.id(),
            node: body.node,
            previous: body.previous,
            seen: body.seen.clone(),
            stamped: body.stamps.iter().map(|stamp| stamp.message).chain(body.own.iter().copied()).collect(),
            votes: body.votes.clone(),
        }
    }
}

/// What must be told first. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// A message.
    #[error("message {0} is not known")]
    Message(MessageId),
    /// A record.
    #[error("record {0} is not known")]
    Record(BlockId),
}

/// Two rivals that are final: more of the weight is faulty than the protocol bears. Nothing becomes final any more (9.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alarm {
    /// One.
    pub one: MessageId,
    /// The other.
    pub other: MessageId,
}

/// What something that was told brought about, in this order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// Messages whose status changed, with the new one.
    pub changed: Vec<(MessageId, Status)>,
    /// A node that was found to have two paths.
    pub equivocated: Option<NodeId>,
}

/// A message that a record stamps: held, or forgotten with what is held below it.
#[derive(Debug, Clone)]
pub(super) enum Stamped {
    Held(usize),
    Above(Vec<usize>),
}

/// A record that is held; others by number.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) id: BlockId,
    pub(super) node: usize,
    /// The node's record before; past forgotten ones, the next that is held.
    pub(super) previous: Option<usize>,
    /// That one and what it has seen; past forgotten ones, what is held below.
    pub(super) below: Vec<usize>,
    pub(super) stamped: Vec<Stamped>,
    pub(super) votes: Vec<Pair>,
    /// What it emitted: the votes that count.
    pub(super) emitted: Vec<Pair>,
}

/// Counts votes and locks. See the module header.
#[derive(Debug, Clone, Default)]
pub struct Reader {
    pub(super) switches: Switches,
    pub(super) census: Census,
    pub(super) cases: Vec<Case>,
    pub(super) by_id: BTreeMap<MessageId, usize>,
    pub(super) spenders: BTreeMap<Address, Vec<usize>>,
    pub(super) records: Vec<Known>,
    pub(super) record_ids: BTreeMap<BlockId, usize>,
    pub(super) paths: Vec<Path>,
    /// By the number of the node.
    pub(super) by_node: BTreeMap<usize, Vec<usize>>,
    pub(super) equivocators: BTreeSet<NodeId>,
    pub(super) alarm: Option<Alarm>,
    pub(super) archive: Archive,
}

impl Reader {
    /// A reader that leaves out rules: for measurements only.
    #[must_use]
    pub fn with(switches: Switches) -> Self {
        Self { switches, ..Self::default() }
    }

    /// Tells a message.
    ///
    /// # Errors
    /// A parent or fund that is not known.
    pub fn tell_message(&mut self, ballot: Ballot) -> Result<Told, Missing> {
        let mut told = Told::default();
        if self.by_id.contains_key(&ballot.id) || self.archive.message(&ballot.id).is_some() {
            return Ok(told);
        }
        let parents = self.all_below(&ballot.parents)?;
        let (funds, is_orphan) = self.funds(&ballot)?;
        let mut is_lost = is_orphan || funds.iter().any(|fund| self.cases[*fund].status == Status::Rejected);
        let closed = |address: &Address| self.archive.closed(address);
        is_lost |= ballot.spends.iter().filter_map(closed).any(|closed| closed.bundle != ballot.bundle);
        let is_late = ballot.spends.iter().any(|address| closed(address).is_some());
        let at = self.add(ballot, parents, funds);
        self.cases[at].is_orphan = is_orphan;
        let rivals = self.rivals(at);
        is_lost |= rivals.iter().any(|rival| self.cases[*rival].status == Status::Final);
        if is_late || !rivals.is_empty() {
            rivals.into_iter().chain([at]).for_each(|rival| self.contend(rival));
        }
        if self.has_taken_effect(at) {
            self.finalise(at, &mut told);
        } else if is_lost {
            self.reject(at, &mut told);
        }
        Ok(told)
    }

    /// Takes a message for final that the caller knows to be: genesis, or what a checkpoint or certificates say.
    ///
    /// # Errors
    /// It is not known, or forgotten and was rejected.
    pub fn take_as_final(&mut self, id: &MessageId) -> Result<Told, Missing> {
        if self.archive.message(id).is_some_and(|gone| gone.is_final) {
            return Ok(Told::default());
        }
        let (at, mut told) = (self.message(id)?, Told::default());
        self.finalise(at, &mut told);
        let funded = self.attachments(at).into_iter().flat_map(|again| self.cases[again].funded.clone()).collect();
        self.finalise_if_funded(funded, &mut told);
        Ok(told)
    }

    /// Tells a record that keeps C1 to C7, after everything that it names.
    ///
    /// # Errors
    /// Something that it names is not known.
    pub fn tell_record(&mut self, entry: &Entry, tables: &impl Tables) -> Result<Told, Missing> {
        let mut told = Told::default();
        if self.record_ids.contains_key(&entry.id) || self.archive.record(&entry.id).is_some() {
            return Ok(told);
        }
        let mut known = self.read(entry)?;
        known.node = self.census.admit(entry.node, tables);
        let (at, node, previous) = (self.records.len(), known.node, known.previous);
        self.record_ids.insert(entry.id, at);
        self.records.push(known);
        let path = self.path_after(node, entry.previous, previous, tables, &mut told);
        self.advance(path, at, tables, &mut told);
        let gone = entry.votes.iter().filter_map(|vote| Some((self.archive.message(&vote.message)?, vote.round)));
        gone.for_each(|(gone, round)| self.paths[path].carry(&gone.spends, gone.bundle, round));
        Ok(told)
    }

    fn read(&self, entry: &Entry) -> Result<Known, Missing> {
        let (mut previous, mut below) = (None, BTreeSet::new());
        for id in entry.previous.iter().chain(&entry.seen) {
            let is_previous = entry.previous.as_ref() == Some(id);
            if let Some(at) = self.record_ids.get(id) {
                previous = if is_previous { Some(*at) } else { previous };
                below.insert(*at);
            } else {
                let gone = self.archive.record(id).ok_or(Missing::Record(*id))?;
                previous = if is_previous { gone.previous } else { previous };
                below.extend(&gone.held);
            }
        }
        let mut votes = Vec::new();
        for vote in &entry.votes {
            match self.message(&vote.message) {
                Ok(at) => votes.push((at, vote.round)),
                Err(missing) => self.archive.message(&vote.message).map(|_| ()).ok_or(missing)?,
            }
        }
        let stamped = entry.stamped.iter().map(|id| self.stamped(id)).collect::<Result<_, _>>()?;
        let below = below.into_iter().collect();
        Ok(Known { id: entry.id, node: 0, previous, below, stamped, votes, emitted: Vec::new() })
    }

    fn stamped(&self, id: &MessageId) -> Result<Stamped, Missing> {
        self.message(id).map(Stamped::Held).or_else(|missing| {
            let gone = self.archive.message(id).ok_or(missing)?;
            Ok(Stamped::Above(self.archive.below(gone).to_vec()))
        })
    }

    fn all_below(&self, ids: &[MessageId]) -> Result<Vec<usize>, Missing> {
        let mut below = BTreeSet::new();
        for id in ids {
            match self.stamped(id)? {
                Stamped::Held(at) => below.extend([at]),
                Stamped::Above(held) => below.extend(held),
            }
        }
        Ok(below.into_iter().collect())
    }

    /// What funds it and is held, and whether anything forgotten that funds it was rejected.
    fn funds(&self, ballot: &Ballot) -> Result<(Vec<usize>, bool), Missing> {
        let (mut funds, mut is_orphan) = (Vec::new(), false);
        for id in &ballot.funds {
            match self.message(id) {
                Ok(at) => funds.push(at),
                Err(missing) => is_orphan |= !self.archive.message(id).ok_or(missing)?.is_final,
            }
        }
        Ok((funds, is_orphan))
    }

    fn add(&mut self, ballot: Ballot, parents: Vec<usize>, funds: Vec<usize>) -> usize {
        let at = self.cases.len();
        self.by_id.insert(ballot.id, at);
        for address in &ballot.spends {
            self.spenders.entry(*address).or_default().push(at);
        }
        funds.iter().for_each(|fund| self.cases[*fund].funded.push(at));
        let mut case = Case::new(ballot, parents, funds);
        for parent in &case.parents {
            self.cases[*parent].children.push(at);
            case.contended.add_all(&self.cases[*parent].contended);
            if self.cases[*parent].is_contended {
                case.contended.insert(*parent);
            }
        }
        self.cases.push(case);
        at
    }

    /// Whether the same payment is final in another message: it is applied once, and this one is final with it.
    fn has_taken_effect(&self, message: usize) -> bool {
        let case = &self.cases[message];
        let closed = case.spends.first().and_then(|address| self.archive.closed(address));
        closed.is_some_and(|closed| closed.bundle == case.bundle)
            || self.attachments(message).iter().any(|at| self.cases[*at].status == Status::Final)
    }

    /// A rival of it is known: whoever looks at a cone above it must know of it.
    fn contend(&mut self, message: usize) {
        if std::mem::replace(&mut self.cases[message].is_contended, true) {
            return;
        }
        let mut open = self.cases[message].children.clone();
        while let Some(at) = open.pop() {
            if self.cases[at].contended.insert(message) {
                open.extend(&self.cases[at].children);
            }
        }
    }

    pub(super) fn message(&self, id: &MessageId) -> Result<usize, Missing> {
        self.by_id.get(id).copied().ok_or(Missing::Message(*id))
    }
}
