//! Some honest readers, some liars, who has been shown what, and what everybody holds for final.

mod steps;

use crate::rng::Rng;
use even::block::{EpochRow, Vote};
use even::hash::sha3;
use even::ids::{Address, BlockId, BundleHash, MessageId, NodeId};
use even::units::Epoch;
use even::voting::{Ballot, Entry, Reader, Status, Switches};
use even::weight::{InForce, SHARE_UNITS};
use std::collections::BTreeMap;

/// Rivals that spend one address, and what spends the output of the first.
const RIVALS: u8 = 2;
/// Rounds that are looked at.
const ROUNDS: u32 = 4;

/// What must not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// Two readers, or one, hold rivals for final.
    #[error("{0} and {1} are rivals and both final")]
    TwoFinal(MessageId, MessageId),
    /// A reader changed its mind.
    #[error("{0} was final and is not any more")]
    Withdrawn(MessageId),
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// Messages that are final for somebody.
    pub finals: usize,
    /// What must not happen.
    pub finding: Option<Finding>,
}

struct Judge {
    id: NodeId,
    reader: Reader,
    /// Which records it knows.
    knows: Vec<bool>,
    /// Its newest record.
    last: Option<usize>,
    /// Records that it learned since its last one.
    news: Vec<usize>,
    /// What it stamped first.
    stamped: Option<usize>,
    round: u32,
}

/// A record and what it rests on.
struct Known {
    entry: Entry,
    node: usize,
    needs: Vec<usize>,
}

pub(super) struct Court {
    judges: Vec<Judge>,
    honest: usize,
    table: InForce,
    messages: Vec<Ballot>,
    records: Vec<Known>,
    finals: BTreeMap<MessageId, Address>,
    finding: Option<Finding>,
    /// Reads everything.
    witness: Judge,
    rng: Rng,
}

impl Court {
    pub(super) fn new(nodes: usize, faulty: usize, switches: Switches, rng: Rng) -> Self {
        let id = |at: usize| NodeId([at as u8 + 1; 32]);
        let share = SHARE_UNITS / nodes as u32;
        let row = |at| EpochRow { node: id(at), accuracy_ppm: 1_000_000, rating_ppm: 1, exchange: share, stake: share };
        let table = InForce::genesis(&(0..nodes).map(row).collect::<Vec<_>>());
        let judge = |id| Judge {
            id,
            reader: Reader::with(switches),
            knows: Vec::new(),
            last: None,
            news: Vec::new(),
            stamped: None,
            round: 0,
        };
        let mut court = Self {
            judges: (0..nodes).map(|at| judge(id(at))).collect(),
            honest: nodes - faulty,
            table,
            messages: rivals(),
            records: Vec::new(),
            finals: BTreeMap::new(),
            finding: None,
            witness: judge(NodeId([0xff; 32])),
            rng,
        };
        for judge in court.judges.iter_mut().chain([&mut court.witness]) {
            for message in &court.messages {
                judge.reader.tell_message(message.clone()).expect("rivals name no other message");
            }
        }
        court
    }

    pub(super) const fn finding(&self) -> Option<Finding> {
        self.finding
    }

    pub(super) fn outcome(&self) -> Outcome {
        Outcome { finals: self.finals.len(), finding: self.finding }
    }

    /// In the end everybody sees everything, in any order.
    pub(super) fn end(&mut self) {
        for at in 0..self.honest {
            for record in 0..self.records.len() {
                self.show(at, record);
            }
        }
    }

    /// Shows a record with everything that it rests on.
    fn show(&mut self, at: usize, record: usize) {
        let mut open = vec![record];
        let mut order = Vec::new();
        while let Some(next) = open.pop() {
            if !self.judges[at].knows.get(next).copied().unwrap_or(false) && !order.contains(&next) {
                order.push(next);
                open.extend(&self.records[next].needs);
            }
        }
        // A record rests on earlier ones only.
        order.sort_unstable();
        for record in order {
            tell(&mut self.judges[at], &self.records[record], record, &self.table);
            if self.records[record].node != at {
                self.judges[at].news.push(record);
            }
        }
        self.look(Some(at));
    }

    fn add(
        &mut self,
        node: usize,
        previous: Option<usize>,
        seen: Vec<usize>,
        stamped: Vec<MessageId>,
        votes: Vec<Vote>,
    ) -> usize {
        let at = self.records.len();
        let id = |record: &usize| self.records[*record].entry.id;
        let entry = Entry {
            id: BlockId(sha3(&[&(at as u64).to_le_bytes()])),
            node: self.judges[node].id,
            previous: previous.as_ref().map(id),
            seen: seen.iter().map(id).collect(),
            stamped,
            votes,
        };
        let needs = previous.into_iter().chain(seen).collect();
        self.records.push(Known { entry, node, needs });
        tell(&mut self.witness, &self.records[at], at, &self.table);
        self.look(None);
        at
    }

    /// Compares what a reader, or the witness, holds for final with what anybody ever did.
    fn look(&mut self, at: Option<usize>) {
        let judge = at.map_or(&self.witness, |at| &self.judges[at]);
        for message in &self.messages {
            let is_final = judge.reader.status(&message.id) == Some(Status::Final);
            let Some(address) = message.spends.first() else { continue };
            if is_final {
                let rival = self.finals.iter().find(|(id, spent)| **id != message.id && *spent == address);
                if let Some((rival, _)) = rival {
                    self.finding.get_or_insert(Finding::TwoFinal(*rival, message.id));
                }
                self.finals.insert(message.id, *address);
            } else if self.finals.contains_key(&message.id)
                && judge.reader.status(&message.id) == Some(Status::Rejected)
            {
                self.finding.get_or_insert(Finding::Withdrawn(message.id));
            }
        }
    }
}

fn tell(judge: &mut Judge, known: &Known, record: usize, table: &InForce) {
    judge.reader.tell_record(&known.entry, table).expect("what a record rests on was told before");
    if judge.knows.len() <= record {
        judge.knows.resize(record + 1, false);
    }
    judge.knows[record] = true;
}

/// Payments that spend one address.
fn rivals() -> Vec<Ballot> {
    let rival = |at: u8| Ballot {
        id: MessageId([at + 1; 32]),
        bundle: BundleHash([at + 1; 32]),
        epoch: Epoch(0),
        parents: Vec::new(),
        spends: vec![Address([7; 32])],
        funds: Vec::new(),
    };
    (0..RIVALS).map(rival).collect()
}
