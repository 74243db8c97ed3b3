//! What a record votes (9.3), and what its node has seen with it (9.4).

use super::Tables;
use super::path::{Pair, Path};
use super::reader::{Reader, Stamped, Told};
use crate::ids::{Address, BlockId, BundleHash};
use std::collections::{BTreeMap, BTreeSet};

/// What a path voted for at an address in round 0.
enum Choice {
    Nothing,
    For(BundleHash),
    /// It is forgotten whether it voted for anything; this closed the address.
    Unsure(BundleHash),
    Blocked,
}

impl Reader {
    /// The path that ends with `previous`. A fork gets a path of its own, which has what the records before the fork say,
    /// as far as they are held.
    pub(super) fn path_after(
        &mut self,
        node: usize,
        previous: Option<BlockId>,
        held: Option<usize>,
        tables: &impl Tables,
        told: &mut Told,
    ) -> usize {
        let own = self.by_node.entry(node).or_default();
        if let Some(path) = own.iter().copied().find(|path| self.paths[*path].tip == previous) {
            return path;
        }
        let path = self.paths.len();
        let is_second = !own.is_empty();
        own.push(path);
        self.paths.push(Path { node, unknown_until: self.archive.prunings, ..Path::default() });
        if is_second && self.census.fork(node) {
            self.equivocators.insert(self.census.id(node));
            told.equivocated = Some(self.census.id(node));
        }
        let chain: Vec<usize> = std::iter::successors(held, |at| self.records[*at].previous).collect();
        // Its records count once, whatever path repeats them.
        for at in chain.into_iter().rev() {
            self.advance(path, at, tables, told);
        }
        path
    }

    /// Puts a record on a path: its votes, what it sees, and what its node is locked on since.
    pub(super) fn advance(&mut self, path: usize, at: usize, tables: &impl Tables, told: &mut Told) {
        let emitted = self.vote(path, at);
        self.paths[path].tip = Some(self.records[at].id);
        for pair in &emitted {
            self.count(*pair, at, tables, told);
        }
        self.records[at].emitted = emitted;
        for pair in self.see(path, at) {
            self.lock(path, at, pair, tables, told);
        }
        // Only earlier records bar a lock (9.4).
        for (message, round) in &self.records[at].votes {
            let case = &self.cases[*message];
            self.paths[path].carry(&case.spends, case.bundle, *round);
        }
    }

    fn vote(&mut self, path: usize, at: usize) -> Vec<Pair> {
        let mut emitted = Vec::new();
        for stamped in self.records[at].stamped.clone() {
            let below = match stamped {
                Stamped::Held(message) => {
                    self.take(path, message, &mut emitted);
                    self.cases[message].parents.clone()
                }
                Stamped::Above(held) => held,
            };
            self.vote_for_ancestors(path, &below, &mut emitted);
        }
        for pair in self.records[at].votes.clone() {
            if self.take_later(path, pair) {
                emitted.push(pair);
            }
        }
        emitted
    }

    fn vote_for_ancestors(&mut self, path: usize, below: &[usize], emitted: &mut Vec<Pair>) {
        let cone = self.cone(path, below);
        let mut payments: BTreeMap<Address, BTreeSet<BundleHash>> = BTreeMap::new();
        for case in cone.iter().map(|at| &self.cases[*at]).filter(|case| case.is_contended) {
            for address in &case.spends {
                payments.entry(*address).or_default().insert(case.bundle);
            }
        }
        for at in cone {
            let is_alone = |address: &Address| payments.get(address).is_none_or(|bundles| bundles.len() == 1);
            if self.cases[at].spends.iter().all(is_alone) {
                self.take(path, at, emitted);
            } else {
                self.paths[path].passed.insert(at);
            }
        }
    }

    /// These and their ancestors, as far as the path has not voted for them, by ascending id. Below what it has looked at
    /// there is only what it passed over, all of which is contended.
    fn cone(&self, path: usize, below: &[usize]) -> Vec<usize> {
        let path = &self.paths[path];
        let mut found = BTreeSet::new();
        let mut open = below.to_vec();
        while let Some(at) = open.pop() {
            if !path.has_processed(at) && found.insert(at) {
                open.extend(&self.cases[at].parents);
            }
        }
        for at in below {
            let case = &self.cases[*at];
            found.extend(case.contended.iter().chain(Some(*at)).filter(|at| path.passed.contains(at)));
        }
        let mut cone: Vec<usize> = found.into_iter().collect();
        cone.sort_unstable_by_key(|at| self.cases[*at].id);
        cone
    }

    /// Votes in round 0, unless it voted for it or for a rival before.
    fn take(&mut self, path: usize, message: usize, emitted: &mut Vec<Pair>) {
        let (case, on) = (&self.cases[message], &self.paths[path]);
        if on.voted.contains(message) {
            return;
        }
        let (mut is_refused, mut is_unsure, mut free) = (false, false, Vec::new());
        for address in &case.spends {
            match self.choice(on, address) {
                Choice::Nothing => free.push(*address),
                Choice::For(bundle) => is_refused |= bundle != case.bundle,
                Choice::Unsure(bundle) => is_unsure |= bundle != case.bundle,
                Choice::Blocked => is_unsure = true,
            }
        }
        let path = &mut self.paths[path];
        if is_refused || is_unsure {
            path.passed.insert(message);
            // Whether it took this message and is bound by it is forgotten: it votes for no other either.
            path.blocked.extend(free.into_iter().filter(|_| !is_refused));
        } else {
            path.voted.insert(message);
            path.passed.remove(&message);
            emitted.push((message, 0));
        }
    }

    fn choice(&self, path: &Path, address: &Address) -> Choice {
        let spenders = self.spenders.get(address).into_iter().flatten();
        if let Some(voted) = spenders.copied().find(|message| path.voted.contains(*message)) {
            return Choice::For(self.cases[voted].bundle);
        }
        if path.blocked.contains(address) {
            return Choice::Blocked;
        }
        let Some(closed) = self.archive.closed(address) else { return Choice::Nothing };
        match path.odd.get(address) {
            Some(Some(bundle)) => Choice::For(*bundle),
            None if closed.pruning > path.unknown_until => Choice::For(closed.bundle),
            _ => Choice::Unsure(closed.bundle),
        }
    }

    /// What a path voted for at an address in round 0: `Ok(None)` for nothing, an error when it is forgotten.
    pub(super) fn chosen(&self, path: &Path, address: &Address) -> Result<Option<BundleHash>, ()> {
        match self.choice(path, address) {
            Choice::Nothing => Ok(None),
            Choice::For(bundle) => Ok(Some(bundle)),
            Choice::Unsure(_) | Choice::Blocked => Err(()),
        }
    }

    /// Votes in a later round, unless it voted for it or for a rival in that round.
    fn take_later(&mut self, path: usize, pair: Pair) -> bool {
        let (case, round) = (&self.cases[pair.0], pair.1);
        let path = &mut self.paths[path];
        if path.voted_later.contains(&pair) {
            return !self.switches.repeats_count_once;
        }
        let (mut is_unsure, mut free) = (false, Vec::new());
        for address in &case.spends {
            let closed = self.archive.closed(address).filter(|closed| closed.bundle != case.bundle);
            match path.later.get(&(round, *address)) {
                Some(Some(bundle)) if *bundle != case.bundle => return false,
                Some(Some(_)) => {}
                None if closed.is_none() => free.push(*address),
                _ => is_unsure = true,
            }
        }
        // As in round 0.
        let bundle = Some(case.bundle).filter(|_| !is_unsure);
        path.later.extend(free.into_iter().map(|address| ((round, address), bundle)));
        !is_unsure && path.voted_later.insert(pair)
    }

    /// Takes what a record newly sees into its path's past; the certificates that are there since.
    fn see(&mut self, path: usize, at: usize) -> BTreeSet<Pair> {
        let Self { census, cases, records, paths, .. } = self;
        let (path, mut certified, mut open) = (&mut paths[path], BTreeSet::new(), vec![at]);
        while let Some(number) = open.pop() {
            if !path.seen.insert(number) {
                continue;
            }
            let record = &records[number];
            open.extend(&record.below);
            let has_forked = census.has_forked(record.node);
            for pair in &record.emitted {
                let case = &cases[pair.0];
                let is_repeat = || {
                    let other = |at: &usize| *at != number && path.seen.contains(*at);
                    let round = &case.rounds[&pair.1];
                    let repeats = round.repeats.iter().filter(|(node, _)| *node == record.node).map(|(_, at)| at);
                    round.voters.get(&record.node).into_iter().chain(repeats).any(other)
                };
                let weights = census.weights(case.epoch);
                let weight = weights.of(record.node);
                if weight == 0 || path.has_certificate(*pair) || (has_forked && is_repeat()) {
                    continue;
                }
                let tally = path.tally.entry(*pair).or_default();
                *tally += weight;
                if weights.is_quorum(*tally) {
                    path.certify(*pair);
                    certified.insert(*pair);
                }
            }
        }
        certified
    }
}
