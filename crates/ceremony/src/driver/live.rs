//! A ceremony whose machine is at work, and what its table shows.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use threshold::Share;

use crate::machine::Machine;
use crate::record::Rounds;

/// A machine with its times.
pub(crate) struct Live {
    pub(crate) machine: Machine,
    pub(crate) began: Instant,
    /// When something new was heard last.
    pub(crate) heard: Instant,
    /// A share that waits for the keystore.
    pub(crate) unkept: Option<Box<Share>>,
    pub(crate) rounds: Rounds,
    /// Who said that it stops.
    pub(crate) stopped_by: Option<u16>,
}

impl Live {
    pub(crate) fn new(machine: Machine) -> Self {
        let now = Instant::now();
        let rounds = Rounds::default();
        let mut live = Self { machine, began: now, heard: now, unkept: None, rounds, stopped_by: None };
        live.look();
        live
    }

    /// Reads the machine's progress; true if somebody said something new.
    pub(crate) fn look(&mut self) -> bool {
        let after = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut new = false;
        for (at, round) in self.machine.progress().into_iter().enumerate() {
            if self.rounds.names.len() <= at {
                self.rounds.names.push(round.phase.code().to_owned());
                self.rounds.due.push(BTreeSet::new());
                self.rounds.done.push(BTreeMap::new());
            }
            self.rounds.due[at] = round.due.iter().map(|party| party.number()).collect();
            for party in round.done {
                if let Entry::Vacant(place) = self.rounds.done[at].entry(party.number()) {
                    place.insert(after);
                    new = true;
                }
            }
        }
        if new {
            self.heard = Instant::now();
        }
        new
    }
}
