//! An adversary that delivers what it likes when it likes, forks its own chains, and lets honest nodes start rounds at any
//! time; honest nodes keep 9.3 and 9.5. One conflict, equal weights.

use crate::votes::{Dice, Weights, ballot, message, node, record, vote};
use even::block::Vote;
use even::ids::{BlockId, MessageId};
use even::voting::{Ballot, Entry, Reader, Switches};
use std::collections::{BTreeMap, BTreeSet};

/// A network.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    pub(crate) nodes: usize,
    /// The first ones.
    pub(crate) faulty: usize,
    /// Three messages of which the middle one conflicts with both others, instead of two that conflict.
    pub(crate) chain: bool,
    pub(crate) steps: usize,
}

const ROUNDS: usize = 4;

#[derive(Clone)]
struct Own {
    reader: Reader,
    knows: BTreeSet<BlockId>,
    tip: Option<BlockId>,
    round: u32,
}

pub(crate) struct Run {
    setting: Setting,
    dice: Dice,
    tables: Weights,
    messages: Vec<Ballot>,
    entries: Vec<Entry>,
    numbers: BTreeMap<BlockId, usize>,
    /// Told everything.
    all: Reader,
    /// What each honest node has.
    own: Vec<Own>,
    /// In percent: how gladly honest nodes stamp the first message.
    bias: usize,
}

impl Run {
    /// Whether two rivals became final.
    pub(crate) fn breaks(seed: u64, setting: Setting, switches: Switches) -> bool {
        let mut run = Self::new(seed, setting, switches);
        (0..setting.steps).any(|_| {
            let of = run.dice.below(setting.nodes);
            let entry = if of < setting.faulty { run.faulty(of) } else { run.honest(of) };
            run.publish(entry);
            run.all.alarm().is_some()
        })
    }

    fn new(seed: u64, setting: Setting, switches: Switches) -> Self {
        let conflict = [ballot(1, &[0], &[1], &[]), ballot(2, &[0], if setting.chain { &[1, 2] } else { &[1] }, &[])];
        let third = setting.chain.then(|| ballot(3, &[0], &[2], &[]));
        let messages: Vec<Ballot> = std::iter::once(ballot(0, &[], &[], &[])).chain(conflict).chain(third).collect();
        let mut all = Reader::with(switches);
        messages.iter().for_each(|ballot| {
            all.tell_message(ballot.clone()).unwrap();
        });
        let mut dice = Dice(seed);
        let bias = 40 + dice.below(45);
        let own = vec![Own { reader: all.clone(), knows: BTreeSet::new(), tip: None, round: 0 }; setting.nodes];
        let tables = Weights::of(&vec![1; setting.nodes]);
        Self { setting, dice, tables, messages, entries: Vec::new(), numbers: BTreeMap::new(), all, own, bias }
    }

    fn publish(&mut self, entry: Entry) {
        self.all.tell_record(&entry, &self.tables).unwrap();
        let of = (0..self.setting.nodes).find(|at| node(*at) == entry.node).unwrap();
        if of >= self.setting.faulty {
            let own = &mut self.own[of];
            own.reader.tell_record(&entry, &self.tables).unwrap();
            own.knows.insert(entry.id);
            own.tip = Some(entry.id);
        }
        self.numbers.insert(entry.id, self.entries.len());
        self.entries.push(entry);
    }

    fn blank(&self, of: usize, previous: Option<BlockId>, seen: Vec<BlockId>) -> Entry {
        let id = record(self.entries.len());
        Entry { id, node: node(of), previous, seen, stamped: Vec::new(), votes: Vec::new() }
    }

    /// Mostly recent ones.
    fn some_records(&mut self, most: usize) -> Vec<BlockId> {
        let count = self.dice.below(most + 1);
        let end = self.entries.len();
        let from = if self.dice.percent(30) { 0 } else { end.saturating_sub(2 * self.setting.nodes) };
        if end == 0 { Vec::new() } else { (0..count).map(|_| record(from + self.dice.below(end - from))).collect() }
    }

    fn deliver(&mut self, to: usize, id: &BlockId) {
        if !self.own[to].knows.insert(*id) {
            return;
        }
        let entry = self.entries[self.numbers[id]].clone();
        for below in entry.previous.iter().chain(&entry.seen) {
            self.deliver(to, below);
        }
        self.own[to].reader.tell_record(&entry, &self.tables).unwrap();
    }

    fn any_message(&mut self) -> MessageId {
        message(1 + self.dice.below(self.messages.len() - 1))
    }

    /// Stamps what it likes best, or votes in the next round by what it knows; never both in one record (see `next_vote`).
    fn honest(&mut self, of: usize) -> Entry {
        let seen = self.some_records(3);
        seen.iter().for_each(|id| self.deliver(of, id));
        let mut entry = self.blank(of, self.own[of].tip, seen);
        if self.dice.percent(50) {
            let first = if self.dice.percent(self.bias) { message(1) } else { self.any_message() };
            entry.stamped = vec![first];
        } else if self.dice.percent(60) {
            let round = self.own[of].round + 1 + u32::try_from(self.dice.below(10) / 9).unwrap();
            if usize::try_from(round).unwrap() <= ROUNDS {
                let asked = self.any_message();
                let next = self.own[of].reader.next_vote(&asked, round, &self.tables).unwrap();
                entry.votes = vec![Vote { message: next, round }];
                self.own[of].round = round;
            }
        }
        entry
    }

    /// Forks, stamps and votes at will.
    fn faulty(&mut self, of: usize) -> Entry {
        let own: Vec<BlockId> = self.entries.iter().filter(|entry| entry.node == node(of)).map(|e| e.id).collect();
        let previous = match self.dice.below(10) {
            0 => None,
            1..4 if !own.is_empty() => Some(*self.dice.pick(&own)),
            _ => own.last().copied(),
        };
        let seen = self.some_records(4);
        let mut entry = self.blank(of, previous, seen);
        if self.dice.percent(40) {
            entry.stamped = vec![self.any_message()];
        }
        if self.dice.percent(70) {
            let about = 1 + self.dice.below(self.messages.len() - 1);
            entry.votes = vec![vote(about, 1 + u32::try_from(self.dice.below(ROUNDS)).unwrap())];
        }
        entry
    }
}
