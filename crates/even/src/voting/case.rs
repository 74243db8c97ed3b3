//! A message that is voted on: who voted for it in which round, who is locked on it, and how it stands.

use super::bits::Bits;
use crate::ids::{Address, BundleHash, MessageId};
use crate::units::Epoch;
use std::collections::BTreeMap;

/// What voting needs to know of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ballot {
    /// Its name.
    pub id: MessageId,
    /// Its payment: reattachments share it and are no rivals.
    pub bundle: BundleHash,
    /// The epoch of its timestamp: whose table counts.
    pub epoch: Epoch,
    /// Trunk and branches.
    pub parents: Vec<MessageId>,
    /// Addresses that it spends from.
    pub spends: Vec<Address>,
    /// Messages that paid to these addresses.
    pub funds: Vec<MessageId>,
}

/// How a message stands (9.4). Only `Final` and `Rejected` are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// It is known.
    Received,
    /// More than two thirds have voted for it.
    Certified,
    /// The leaders are locked on it: a hint, never a settlement.
    Fast,
    /// It takes effect.
    Final,
    /// It never will.
    Rejected,
}

/// One round of votes for one message. Nodes and records are numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct Round {
    /// The first record with which each node voted.
    pub(super) voters: BTreeMap<usize, usize>,
    /// Further ones, on other paths of equivocators.
    pub(super) repeats: Vec<(usize, usize)>,
    pub(super) weight: u128,
    /// The record with which each node was locked.
    pub(super) locked: BTreeMap<usize, usize>,
    pub(super) locked_weight: u128,
}

#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) id: MessageId,
    pub(super) bundle: BundleHash,
    pub(super) epoch: Epoch,
    pub(super) spends: Vec<Address>,
    /// Known messages below, by number; past forgotten ones, the next that are held.
    pub(super) parents: Vec<usize>,
    pub(super) children: Vec<usize>,
    /// What funds it and is held, and what it funds.
    pub(super) funds: Vec<usize>,
    pub(super) funded: Vec<usize>,
    /// Something forgotten that funds it was rejected.
    pub(super) is_orphan: bool,
    /// Whether a rival of it was ever told: only such a message is passed over.
    pub(super) is_contended: bool,
    /// Those of its ancestors.
    pub(super) contended: Bits,
    pub(super) rounds: BTreeMap<u32, Round>,
    pub(super) status: Status,
    /// Enough are locked on it in one round.
    pub(super) is_decided: bool,
}

impl Case {
    pub(super) fn new(ballot: Ballot, parents: Vec<usize>, funds: Vec<usize>) -> Self {
        Self {
            id: ballot.id,
            bundle: ballot.bundle,
            epoch: ballot.epoch,
            spends: ballot.spends,
            parents,
            children: Vec::new(),
            funds,
            funded: Vec::new(),
            is_orphan: false,
            is_contended: false,
            contended: Bits::default(),
            rounds: BTreeMap::new(),
            status: Status::Received,
            is_decided: false,
        }
    }

    /// Whether the two cannot both be final (7.4).
    pub(super) fn is_rival_of(&self, other: &Self) -> bool {
        self.bundle != other.bundle && self.spends.iter().any(|address| other.spends.contains(address))
    }

    pub(super) const fn has_verdict(&self) -> bool {
        matches!(self.status, Status::Final | Status::Rejected)
    }

    pub(super) fn weight(&self, round: u32) -> u128 {
        self.rounds.get(&round).map_or(0, |round| round.weight)
    }
}
