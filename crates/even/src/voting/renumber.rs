//! After a pruning, what is held gets new numbers without gaps.

use super::Tables;
use super::case::Round;
use super::path::Path;
use super::prune::Numbers;
use super::reader::Reader;
use crate::units::Epoch;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

impl Reader {
    pub(super) fn renumber(&mut self, messages: &Numbers, records: &Numbers) {
        self.renumber_cases(messages, records);
        let mut at = 0..;
        self.records.retain(|_| at.next().is_some_and(|at| records.renamed(at).is_some()));
        self.record_ids = self.records.iter().enumerate().map(|(at, known)| (known.id, at)).collect();
        for path in &mut self.paths {
            path.renumber(messages, records);
            let (archive, spenders) = (&self.archive, &self.spenders);
            path.later.retain(|(_, address), _| archive.closed(address).is_none() || spenders.contains_key(address));
            path.blocked.retain(|address| archive.closed(address).is_none());
        }
    }

    fn renumber_cases(&mut self, messages: &Numbers, records: &Numbers) {
        let mut at = 0..;
        self.cases.retain(|_| at.next().is_some_and(|at| messages.renamed(at).is_some()));
        self.spenders.clear();
        self.by_id = self.cases.iter().enumerate().map(|(at, case)| (case.id, at)).collect();
        for at in 0..self.cases.len() {
            let case = &mut self.cases[at];
            case.children.clear();
            case.funded.clear();
            // What funded it and goes is final, or has made it an orphan.
            case.funds = case.funds.iter().filter_map(|fund| messages.renamed(*fund)).collect();
            case.contended = case.contended.renumbered(messages);
            for round in case.rounds.values_mut() {
                *round = round.renumbered(Some, |record| records.renamed(record));
            }
            for address in &case.spends {
                self.spenders.entry(*address).or_default().push(at);
            }
            let (parents, funds) = (case.parents.clone(), case.funds.clone());
            parents.iter().for_each(|parent| self.cases[*parent].children.push(at));
            funds.iter().for_each(|fund| self.cases[*fund].funded.push(at));
        }
    }

    /// Forgets nodes that weigh nothing in the tables of these epochs and of which nothing is held; how many.
    pub(super) fn forget_nodes(&mut self, in_use: &RangeInclusive<Epoch>, tables: &impl Tables) -> usize {
        let mut stays: Vec<bool> = (0..self.census.len()).map(|node| self.weighs(node, in_use, tables)).collect();
        self.records.iter().for_each(|known| stays[known.node] = true);
        self.paths.iter().filter(|path| !path.carried.is_empty()).for_each(|path| stays[path.node] = true);
        let epochs: BTreeSet<Epoch> = self.cases.iter().map(|case| case.epoch).collect();
        let mut next = 0..;
        let new: Vec<Option<usize>> = stays.iter().map(|stays| if *stays { next.next() } else { None }).collect();
        self.census.shrink(&stays, &epochs);
        self.records.iter_mut().for_each(|known| known.node = new[known.node].unwrap_or_default());
        let renumbered = |path: Path| Some(Path { node: new[path.node]?, ..path });
        self.paths = std::mem::take(&mut self.paths).into_iter().filter_map(renumbered).collect();
        self.by_node = BTreeMap::new();
        for (at, path) in self.paths.iter().enumerate() {
            self.by_node.entry(path.node).or_default().push(at);
        }
        for round in self.cases.iter_mut().flat_map(|case| case.rounds.values_mut()) {
            *round = round.renumbered(|node| new[node], Some);
        }
        stays.iter().filter(|stays| !**stays).count()
    }

    fn weighs(&self, node: usize, in_use: &RangeInclusive<Epoch>, tables: &impl Tables) -> bool {
        let id = self.census.id(node);
        (in_use.start().0..=in_use.end().0).any(|epoch| tables.weight(Epoch(epoch), &id) > 0)
    }
}

impl Round {
    /// The votes and locks for what is held rest on records that are held, of nodes that are.
    fn renumbered(&self, node: impl Fn(usize) -> Option<usize>, record: impl Fn(usize) -> Option<usize>) -> Self {
        let pair = |(of, at): (usize, usize)| Some((node(of)?, record(at)?));
        let pairs = |map: &BTreeMap<usize, usize>| map.iter().map(|(of, at)| (*of, *at)).filter_map(pair).collect();
        Self {
            voters: pairs(&self.voters),
            repeats: self.repeats.iter().copied().filter_map(pair).collect(),
            weight: self.weight,
            locked: pairs(&self.locked),
            locked_weight: self.locked_weight,
        }
    }
}
