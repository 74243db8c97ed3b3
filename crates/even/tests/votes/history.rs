//! Random histories: payments, double spends, reattachments, forks, nodes that come and go.

use crate::votes::{Dice, Event, Weights, address, message, name, node, record, vote};
use even::block::EarlierVotes;
use even::ids::{Address, BlockId, BundleHash, MessageId, NodeId};
use even::units::Epoch;
use even::voting::{Ballot, Entry, Reader};
use std::collections::BTreeMap;

/// What may happen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    /// Steps that make one epoch.
    pub(crate) epoch: usize,
    /// Messages may spend several addresses, in any combination.
    pub(crate) mixed: bool,
    /// Nodes that may fork, from the first.
    pub(crate) forkers: usize,
    /// Of a hundred records, how many vote or stamp at random instead of by what their node knows.
    pub(crate) wild: usize,
}

pub(crate) struct History {
    pub(crate) events: Vec<Event>,
    pub(crate) tables: Weights,
    /// A reader that was told everything, in the order of making.
    pub(crate) reader: Reader,
    kind: Kind,
    dice: Dice,
    nodes: usize,
    tips: BTreeMap<usize, usize>,
    /// The records by node.
    records: Vec<(usize, BlockId)>,
    made: Vec<Ballot>,
    step: usize,
}

impl History {
    pub(crate) fn random(seed: u64, steps: usize, kind: Kind) -> Self {
        let mut dice = Dice(seed);
        let nodes = 4 + dice.below(5);
        let epochs = steps / kind.epoch + 3;
        let tables = tables(&mut dice, nodes, epochs);
        let mut history = Self {
            events: Vec::new(),
            tables,
            reader: Reader::default(),
            kind,
            dice,
            nodes,
            tips: BTreeMap::new(),
            records: Vec::new(),
            made: Vec::new(),
            step: 0,
        };
        for step in 0..steps {
            history.step = step;
            if step == 0 || history.dice.percent(25) { history.make_message() } else { history.make_record() }
        }
        history
    }

    pub(crate) fn epoch_at(&self, event: usize) -> Epoch {
        Epoch(u32::try_from(event / self.kind.epoch).unwrap())
    }

    fn tell(&mut self, event: Event) {
        event.tell(&mut self.reader, &self.tables).unwrap();
        self.events.push(event);
    }

    fn make_message(&mut self) {
        let at = self.made.len();
        let recent = at.saturating_sub(8);
        // Now and then on something old.
        let from = if self.dice.percent(8) { 0 } else { recent };
        let count = at.min(1 + self.dice.below(2));
        let parents = (0..count).map(|_| message(from + self.dice.below(at - from))).collect();
        let mut ballot = Ballot {
            id: MessageId(name(at)),
            bundle: BundleHash(name(at)),
            epoch: self.epoch_at(self.step),
            parents,
            spends: Vec::new(),
            funds: Vec::new(),
        };
        if at > 0 && self.dice.percent(5) {
            let again = self.dice.pick(&self.made).clone();
            (ballot.bundle, ballot.spends, ballot.funds) = (again.bundle, again.spends, again.funds);
        } else if self.dice.percent(80) {
            ballot.spends = self.spends(at);
            if at > 0 && self.dice.percent(30) {
                ballot.funds = vec![message(recent + self.dice.below(at - recent))];
            }
        }
        self.made.push(ballot.clone());
        self.tell(Event::Message(ballot));
    }

    fn spends(&mut self, at: usize) -> Vec<Address> {
        let one = if self.dice.percent(35) { at.saturating_sub(self.dice.below(30)) } else { at };
        let mut spends = vec![address(one)];
        if self.kind.mixed && self.dice.percent(40) {
            spends.push(address(at.saturating_sub(self.dice.below(12)) + 1));
        }
        spends.dedup();
        spends
    }

    fn make_record(&mut self) {
        let of = self.dice.below(self.nodes);
        let mut previous = self.tips.get(&of).map(|at| record(*at));
        if of < self.kind.forkers && self.dice.percent(12) {
            let own: Vec<BlockId> = self.records.iter().filter(|(node, _)| *node == of).map(|(_, id)| *id).collect();
            previous = if own.is_empty() || self.dice.percent(10) { None } else { Some(*self.dice.pick(&own)) };
        }
        let at = self.records.len();
        let mut entry = Entry {
            id: record(at),
            node: node(of),
            previous,
            seen: self.seen(of),
            stamped: Vec::new(),
            votes: Vec::new(),
        };
        let recent = self.made.len().saturating_sub(10);
        for _ in 0..self.dice.below(3) {
            let old = self.dice.percent(5);
            let from = if old { 0 } else { recent };
            entry.stamped.push(message(from + self.dice.below(self.made.len() - from)));
        }
        if self.dice.percent(40) {
            self.vote(&mut entry, recent);
        }
        self.tips.insert(of, at);
        self.records.push((of, entry.id));
        self.tell(Event::Record(entry));
    }

    /// The last records of most, or anything.
    fn seen(&mut self, of: usize) -> Vec<BlockId> {
        let tips: Vec<(usize, usize)> = self.tips.iter().map(|(node, at)| (*node, *at)).collect();
        let mut seen: Vec<BlockId> = Vec::new();
        for (_, at) in tips.into_iter().filter(|(node, _)| *node != of) {
            if self.dice.percent(70) {
                seen.push(record(at));
            }
        }
        if !self.records.is_empty() && self.dice.percent(10) {
            seen.push(self.dice.pick(&self.records).1);
        }
        seen
    }

    fn vote(&mut self, entry: &mut Entry, recent: usize) {
        for _ in 0..self.dice.below(3) {
            let about = recent + self.dice.below(self.made.len() - recent);
            let round = 1 + u32::try_from(self.dice.below(3)).unwrap();
            let wild = self.dice.percent(self.kind.wild);
            let next = self.reader.next_vote(&message(about), round, &self.tables);
            let mut vote = vote(about, round);
            if let (false, Ok(next)) = (wild, next) {
                vote.message = next;
            }
            // C7.
            let before = self.reader.votes_before(entry.previous);
            let is_lower = |other: &even::block::Vote| {
                other.round > vote.round
                    && (other.message == vote.message || before.are_rivals(&other.message, &vote.message))
            };
            if before.highest_round(&entry.node, &vote.message) <= round && !entry.votes.iter().any(is_lower) {
                entry.votes.push(vote);
            }
        }
    }
}

/// Most nodes weigh something always, some come and some go.
fn tables(dice: &mut Dice, nodes: usize, epochs: usize) -> Weights {
    let mut all = vec![BTreeMap::<NodeId, u128>::new(); epochs];
    for at in 0..nodes {
        let weight = 1 + u128::try_from(dice.below(3)).unwrap();
        let (from, to) = match dice.below(6) {
            0 => (dice.below(epochs), epochs),
            1 => (0, dice.below(epochs)),
            _ => (0, epochs),
        };
        all[from..to].iter_mut().for_each(|table| {
            table.insert(node(at), weight);
        });
    }
    Weights { epochs: all, leaders: vec![node(0), node(1)] }
}
