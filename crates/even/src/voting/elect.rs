//! What a reader is asked: how a message stands, and what an honest node votes next (9.5).

use super::Tables;
use super::case::{Case, Status};
use super::path::Path;
use super::reader::{Alarm, Missing, Reader};
use crate::block::EarlierVotes;
use crate::ids::{Address, BlockId, MessageId, NodeId};
use crate::weight::is_quorum;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// The votes and certificates that a vote is chosen by.
trait Count {
    fn weight(&self, message: usize, round: u32) -> u128;
    fn is_certified(&self, message: usize, round: u32) -> bool;
}

/// All that was told.
struct Everything<'a, T>(&'a Reader, &'a T);

impl<T: Tables> Count for Everything<'_, T> {
    fn weight(&self, message: usize, round: u32) -> u128 {
        self.0.cases[message].weight(round)
    }

    fn is_certified(&self, message: usize, round: u32) -> bool {
        let case = &self.0.cases[message];
        is_quorum(case.weight(round), self.1.denominator(case.epoch))
    }
}

/// What one path has in its past.
impl Count for &Path {
    fn weight(&self, message: usize, round: u32) -> u128 {
        self.tally.get(&(message, round)).copied().unwrap_or(0)
    }

    fn is_certified(&self, message: usize, round: u32) -> bool {
        self.has_certificate((message, round))
    }
}

impl Reader {
    /// How a message stands; `None` for one that is not known.
    #[must_use]
    pub fn status(&self, id: &MessageId) -> Option<Status> {
        let gone = |is_final| if is_final { Status::Final } else { Status::Rejected };
        let held = self.case(id).map(|case| case.status);
        held.or_else(|| self.archive.message(id).map(|message| gone(message.is_final)))
    }

    /// The weight of the votes for a message in a round; 0 for one that is not held.
    #[must_use]
    pub fn weight(&self, id: &MessageId, round: u32) -> u128 {
        self.case(id).map_or(0, |case| case.weight(round))
    }

    /// The votes for a message by round: how many nodes, and their weight; none for one that is not held.
    #[must_use]
    pub fn votes(&self, id: &MessageId) -> BTreeMap<u32, (usize, u128)> {
        let rounds = self.case(id).into_iter().flat_map(|case| &case.rounds);
        rounds.map(|(round, votes)| (*round, (votes.voters.len(), votes.weight))).collect()
    }

    /// The nodes that are locked on a message, in whatever round; none for one that is not held.
    #[must_use]
    pub fn locked(&self, id: &MessageId) -> BTreeSet<NodeId> {
        let rounds = self.case(id).into_iter().flat_map(|case| case.rounds.values());
        rounds.flat_map(|round| round.locked.keys()).map(|node| self.census.id(*node)).collect()
    }

    /// The highest round in which anybody voted for what is held.
    #[must_use]
    pub fn last_round(&self) -> u32 {
        self.cases.iter().filter_map(|case| case.rounds.keys().next_back()).copied().max().unwrap_or(0)
    }

    /// Nodes with more than one path.
    #[must_use]
    pub const fn equivocators(&self) -> &BTreeSet<NodeId> {
        &self.equivocators
    }

    /// Set when two rivals are final: the reader has stopped.
    #[must_use]
    pub const fn alarm(&self) -> Option<Alarm> {
        self.alarm
    }

    /// The held messages that conflict with one, by id.
    ///
    /// # Errors
    /// It is not known, or forgotten.
    pub fn rivals_of(&self, id: &MessageId) -> Result<Vec<MessageId>, Missing> {
        let mut rivals: Vec<MessageId> =
            self.rivals(self.message(id)?).into_iter().map(|at| self.cases[at].id).collect();
        rivals.sort_unstable();
        Ok(rivals)
    }

    /// What to vote in `round` (from 1) between a message and its rivals, by all that this reader knows: the member with the
    /// certificate of the highest earlier round, else the one with the most weight in the round before; of equals the one
    /// with the smaller id.
    ///
    /// Being rivals is not transitive: what the message's own conflict set elects is asked about in turn, until a message is
    /// elected by its own set. Else a node could vote against a certificate that it has seen, which 9.6 excludes.
    ///
    /// The record that carries the vote must carry no stamps: they could complete a certificate that the vote overlooks.
    ///
    /// # Errors
    /// It is not known, or forgotten: then it has its verdict.
    pub fn next_vote(&self, id: &MessageId, round: u32, tables: &impl Tables) -> Result<MessageId, Missing> {
        Ok(self.elect(self.message(id)?, round, &Everything(self, tables)))
    }

    /// The same by the past of a node's own record alone; `None` for a node without records.
    ///
    /// # Errors
    /// The message is not known, or forgotten.
    pub fn next_vote_of(&self, node: &NodeId, id: &MessageId, round: u32) -> Result<Option<MessageId>, Missing> {
        let message = self.message(id)?;
        Ok(self.paths_of(node).next_back().map(|path| self.elect(message, round, &path)))
    }

    fn elect(&self, message: usize, round: u32, count: &impl Count) -> MessageId {
        let mut asked = message;
        loop {
            let elected = self.elect_by_set(asked, round, count);
            if elected == asked || !self.switches.votes_fit_their_own_conflicts {
                return self.cases[elected].id;
            }
            // Each has a higher certificate, more weight or a smaller id than the one before.
            asked = elected;
        }
    }

    /// By the conflict set of a message.
    fn elect_by_set(&self, message: usize, round: u32, count: &impl Count) -> usize {
        let members: Vec<usize> = std::iter::once(message).chain(self.rivals(message)).collect();
        let id = |at: usize| self.cases[at].id;
        let certificate = |at: usize| {
            let earlier = self.cases[at].rounds.range(..round).rev();
            earlier.map(|(earlier, _)| *earlier).find(|earlier| count.is_certified(at, *earlier))
        };
        if self.switches.votes_follow_certificates {
            let certified = members.iter().filter_map(|at| Some((Reverse(certificate(*at)?), id(*at), *at))).min();
            if let Some((_, _, at)) = certified {
                return at;
            }
        }
        let before = round.saturating_sub(1);
        let best = members.iter().map(|at| (Reverse(count.weight(*at, before)), id(*at), *at)).min();
        best.map_or(message, |(_, _, at)| at)
    }

    pub(super) fn paths_of(&self, node: &NodeId) -> impl DoubleEndedIterator<Item = &Path> {
        let paths = self.census.number(node).and_then(|node| self.by_node.get(&node));
        paths.into_iter().flatten().map(|path| &self.paths[*path])
    }

    pub(super) fn case(&self, id: &MessageId) -> Option<&Case> {
        self.by_id.get(id).map(|at| &self.cases[*at])
    }

    /// For C7: what the records up to `previous` vote.
    #[must_use]
    pub const fn votes_before(&self, previous: Option<BlockId>) -> VotesBefore<'_> {
        VotesBefore { reader: self, previous }
    }

    fn spends(&self, id: &MessageId) -> &[Address] {
        let held = self.case(id).map(|case| case.spends.as_slice());
        held.or_else(|| self.archive.message(id).map(|gone| &*gone.spends)).unwrap_or_default()
    }

    /// The highest round of a vote for a payment from these addresses that a record or one before it carries.
    fn highest_round_before(&self, record: usize, spends: &[Address]) -> u32 {
        let chain = std::iter::successors(Some(record), |at| self.records[*at].previous);
        let votes = chain.flat_map(|at| &self.records[at].votes);
        let fits = |at: usize| self.cases[at].spends.iter().any(|address| spends.contains(address));
        votes.filter(|(message, _)| fits(*message)).map(|(_, round)| *round).max().unwrap_or(0)
    }
}

/// What the records of one chain voted, whatever other chains their node has: every reader must accept the same records,
/// also one who has not seen the others.
#[derive(Debug, Clone, Copy)]
pub struct VotesBefore<'a> {
    reader: &'a Reader,
    previous: Option<BlockId>,
}

impl EarlierVotes for VotesBefore<'_> {
    fn highest_round(&self, node: &NodeId, message: &MessageId) -> u32 {
        let (Some(previous), spends) = (self.previous, self.reader.spends(message)) else { return 0 };
        if let Some(path) = self.reader.paths_of(node).find(|path| path.tip == Some(previous)) {
            return path.highest_round(spends);
        }
        let record = self.reader.record_ids.get(&previous);
        record.map_or(0, |record| self.reader.highest_round_before(*record, spends))
    }

    fn are_rivals(&self, one: &MessageId, other: &MessageId) -> bool {
        let bundle = |id| {
            let gone = || self.reader.archive.message(id).map(|gone| gone.bundle);
            self.reader.case(id).map(|case| case.bundle).or_else(gone)
        };
        let spends = self.reader.spends(other);
        bundle(one) != bundle(other) && self.reader.spends(one).iter().any(|address| spends.contains(address))
    }
}
