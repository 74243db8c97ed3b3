//! Forgetting what is decided, so that a reader's memory follows what is open and not the history.
//!
//! A message goes when it has its verdict, every address that it spends is closed by a final message, so that whatever else
//! spends them is rejected on sight, and all that spends them goes too; a record goes when all its votes are for messages that
//! go and no open message's lock rests on it. Who is away keeps nobody from forgetting. What is held still reaches through
//! what is gone: its neighbours are joined. Names, verdicts and closed addresses stay, and for each node what it chose where
//! that is not what became final, so that later votes are read as if nothing had been forgotten.
//!
//! What is lost: whether a node that joined later, that voted for neither rival, or that was away for long, would have been
//! bound by a vote for something forgotten. This matters only for a message that spends a closed address together with an
//! open one, which no honest node stamps: such a node's votes of this round for spenders of the open one do not count. So a
//! vote may be left out and none is added that could decide anything: a pruned reader may decide such a payment later than
//! another, never otherwise.

use super::Tables;
use super::archive::Below;
use super::case::Status;
use super::reader::{Reader, Stamped};
use crate::ids::{Address, BundleHash, MessageId};
use crate::units::Epoch;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

/// Most forgotten addresses at which a node's choice is remembered because it is not what became final.
const ODD_MAX: usize = 4_096;

/// What a pruning forgot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Messages with a verdict, which stays.
    pub messages: usize,
    /// Records.
    pub records: usize,
    /// Nodes without weight.
    pub nodes: usize,
    /// Old messages that nobody voted for and nothing builds on: as if never told. Tell them again when they are missing.
    pub unheard: Vec<MessageId>,
}

/// How much a reader holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Messages.
    pub messages: usize,
    /// Records.
    pub records: usize,
    /// Paths of nodes.
    pub paths: usize,
    /// Forgotten messages and records, of which the names are kept.
    pub forgotten: (usize, usize),
}

/// New numbers for what is held, and what is held right below what goes.
pub(super) struct Numbers {
    new: Vec<Option<usize>>,
    /// In new numbers; for what goes.
    floors: BTreeMap<usize, Below>,
}

impl Numbers {
    fn of(keeps: &[bool]) -> Self {
        let mut next = 0..;
        let number = |keep: &bool| if *keep { next.next() } else { None };
        Self { new: keeps.iter().map(number).collect(), floors: BTreeMap::new() }
    }

    pub(super) fn renamed(&self, old: usize) -> Option<usize> {
        self.new[old]
    }

    /// The same things, or what is held right below them, in new numbers.
    pub(super) fn floor_of(&self, below: &Below) -> Below {
        let mut held = BTreeSet::new();
        for old in &below.held {
            match self.new[*old] {
                Some(new) => held.extend([new]),
                None => held.extend(self.floors.get(old).iter().flat_map(|floor| &floor.held)),
            }
        }
        let floor = |old| self.renamed(old).or_else(|| self.floors.get(&old).and_then(|floor| floor.previous));
        Below { held: held.into_iter().collect(), previous: below.previous.and_then(floor) }
    }
}

impl Reader {
    /// Forgets what is decided of the epochs before `in_use`, and nodes that weigh nothing in all of these epochs' tables
    /// and left nothing that is held. `in_use` is for the caller to choose: the epochs of which messages are still stamped
    /// (7.7), and those whose tables are settled already. After an [`Alarm`](super::Alarm) nothing is forgotten.
    pub fn prune(&mut self, in_use: &RangeInclusive<Epoch>, tables: &impl Tables) -> Pruned {
        if self.alarm.is_some() {
            return Pruned::default();
        }
        let goes = self.what_goes(*in_use.start());
        let unheard: BTreeSet<usize> = self.unheard(*in_use.start()).difference(&goes).copied().collect();
        let keeps: Vec<bool> = (0..self.cases.len()).map(|at| !goes.contains(&at) && !unheard.contains(&at)).collect();
        let mut messages = Numbers::of(&keeps);
        let record_keeps = self.records_that_stay(&keeps);
        let mut records = Numbers::of(&record_keeps);
        let pruned = Pruned {
            messages: goes.len(),
            records: record_keeps.iter().filter(|keep| !**keep).count(),
            nodes: 0,
            unheard: unheard.iter().map(|at| self.cases[*at].id).collect(),
        };
        self.archive.prunings += 1;
        self.remember_choices(&goes, &keeps);
        self.forget_messages(&mut messages, &goes);
        self.forget_records(&mut records, &messages);
        self.archive.renumber(&messages, &records);
        for (at, message) in goes.iter().map(|at| (at, &self.cases[*at])) {
            let what = (message.bundle, message.spends.as_slice());
            self.archive.add_message(message.id, message.status == Status::Final, what, &messages.floors[at]);
        }
        for (at, floor) in &records.floors {
            self.archive.add_record(self.records[*at].id, floor);
        }
        self.renumber(&messages, &records);
        let nodes = self.forget_nodes(in_use, tables);
        Pruned { nodes, ..pruned }
    }

    /// How much it holds.
    #[must_use]
    pub fn held(&self) -> Held {
        let (messages, records, paths) = (self.cases.len(), self.records.len(), self.paths.len());
        Held { messages, records, paths, forgotten: self.archive.len() }
    }

    fn what_goes(&self, before: Epoch) -> BTreeSet<usize> {
        let is_closed = |address: &Address| self.closed_by(address).is_some();
        let goes = |at: &usize| {
            let case = &self.cases[*at];
            case.epoch < before && case.has_verdict() && case.spends.iter().all(is_closed)
        };
        let mut going: BTreeSet<usize> = (0..self.cases.len()).filter(goes).collect();
        // A node that voted for what goes may be bound by that at an address that a message which stays spends too.
        loop {
            let stays = |other: &usize| !going.contains(other);
            let binds = |address: &Address| self.spenders.get(address).into_iter().flatten().any(stays);
            let held: Vec<usize> =
                going.iter().copied().filter(|at| self.cases[*at].spends.iter().any(binds)).collect();
            if held.is_empty() {
                return going;
            }
            held.iter().for_each(|at| {
                going.remove(at);
            });
        }
    }

    fn closed_by(&self, address: &Address) -> Option<BundleHash> {
        let mut spenders = self.spenders.get(address).into_iter().flatten().map(|at| &self.cases[*at]);
        let is_final = spenders.find(|case| case.status == Status::Final).map(|case| case.bundle);
        is_final.or_else(|| self.archive.closed(address).map(|closed| closed.bundle))
    }

    fn unheard(&self, before: Epoch) -> BTreeSet<usize> {
        // A forgotten message may stand on it.
        let mut needed: BTreeSet<usize> = self.archive.held_below_messages().collect();
        needed.extend(self.paths.iter().flat_map(|path| &path.passed));
        needed.extend(self.records.iter().flat_map(|known| &known.votes).map(|vote| vote.0));
        let is_unheard = |at: &usize| {
            let case = &self.cases[*at];
            case.epoch < before
                && case.status != Status::Final
                && case.rounds.is_empty()
                && case.children.is_empty()
                && case.funded.is_empty()
                && !needed.contains(at)
        };
        (0..self.cases.len()).filter(is_unheard).collect()
    }

    fn records_that_stay(&self, keeps: &[bool]) -> Vec<bool> {
        let has_open = |pairs: &[(usize, u32)]| pairs.iter().any(|(message, _)| keeps[*message]);
        let mut stays: Vec<bool> =
            self.records.iter().map(|known| has_open(&known.emitted) || has_open(&known.votes)).collect();
        for case in self.cases.iter().zip(keeps).filter(|(_, keep)| **keep).map(|(case, _)| case) {
            case.rounds.values().flat_map(|round| round.locked.values()).for_each(|record| stays[*record] = true);
        }
        stays
    }

    /// Notes for each path what it chose at the addresses that go, where that is not what closes them.
    fn remember_choices(&mut self, goes: &BTreeSet<usize>, keeps: &[bool]) {
        let spent = |at: &usize| self.cases[*at].spends.iter().copied();
        let addresses: BTreeSet<Address> = goes.iter().flat_map(spent).collect();
        for address in addresses {
            let Some(closing) = self.closed_by(&address) else { continue };
            let was_closed = self.archive.closed(&address).copied();
            let spenders = self.spenders.get(&address).cloned().unwrap_or_default();
            for at in 0..self.paths.len() {
                let path = &self.paths[at];
                if spenders.iter().any(|message| keeps[*message] && path.voted.contains(*message)) {
                    continue;
                }
                let chosen = self.chosen(path, &address).unwrap_or(None);
                let is_default = chosen == Some(closing)
                    && !path.odd.contains_key(&address)
                    && was_closed.is_none_or(|closed| closed.pruning > path.unknown_until);
                let is_noted = was_closed.is_some() && chosen.is_none();
                if !is_default && !is_noted {
                    self.paths[at].odd.insert(address, chosen);
                }
            }
        }
        for path in self.paths.iter_mut().filter(|path| path.odd.len() > ODD_MAX) {
            path.odd.clear();
            path.unknown_until = self.archive.prunings;
        }
        for address in goes.iter().flat_map(|at| self.cases[*at].spends.clone()) {
            if let Some(closing) = self.closed_by(&address) {
                self.archive.close(address, closing);
            }
        }
    }

    fn forget_messages(&mut self, numbers: &mut Numbers, goes: &BTreeSet<usize>) {
        let is_rejected: BTreeSet<usize> =
            goes.iter().copied().filter(|at| self.cases[*at].status == Status::Rejected).collect();
        for at in 0..self.cases.len() {
            let case = &mut self.cases[at];
            case.is_orphan |= case.funds.iter().any(|fund| is_rejected.contains(fund));
            let below = numbers.floor_of(&Below { held: std::mem::take(&mut case.parents), previous: None });
            if goes.contains(&at) {
                numbers.floors.insert(at, below);
            } else {
                case.parents = below.held;
            }
        }
    }

    fn forget_records(&mut self, numbers: &mut Numbers, messages: &Numbers) {
        for at in 0..self.records.len() {
            let known = &mut self.records[at];
            let held = std::mem::take(&mut known.below);
            let below = numbers.floor_of(&Below { held, previous: known.previous });
            if numbers.renamed(at).is_none() {
                numbers.floors.insert(at, below);
                continue;
            }
            Below { held: known.below, previous: known.previous } = below;
            let open = |pairs: &[(usize, u32)]| {
                pairs.iter().filter_map(|(at, round)| Some((messages.renamed(*at)?, *round))).collect()
            };
            (known.emitted, known.votes) = (open(&known.emitted), open(&known.votes));
            for stamped in &mut known.stamped {
                let held = match stamped {
                    Stamped::Held(at) if messages.renamed(*at).is_some() => {
                        *at = messages.renamed(*at).unwrap_or_default();
                        continue;
                    }
                    Stamped::Held(at) => vec![*at],
                    Stamped::Above(held) => std::mem::take(held),
                };
                *stamped = Stamped::Above(messages.floor_of(&Below { held, previous: None }).held);
            }
        }
    }
}
