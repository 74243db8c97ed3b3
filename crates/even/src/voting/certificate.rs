//! The proof that a message is final, to be taken before it is forgotten and checked by other readers.

use super::Tables;
use super::case::Status;
use super::reader::Reader;
use crate::ids::{BlockId, MessageId, NodeId};
use crate::units::Epoch;
use crate::weight::is_quorum;
use std::collections::BTreeMap;

/// The record with which a node voted, or was locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Witness {
    /// Whose.
    pub node: NodeId,
    /// The record.
    pub record: BlockId,
    /// What the node weighs in the table of the message's epoch.
    pub weight: u128,
}

/// Why a message is final: a quorum of nodes is locked on it. Who checks it needs these records and everything in their
/// past; the records are signed, so that it does not matter who hands them over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The message.
    pub message: MessageId,
    /// Whose table counts.
    pub epoch: Epoch,
    /// The round in which it was decided.
    pub round: u32,
    /// The votes, by node.
    pub votes: Vec<Witness>,
    /// The locks, by node.
    pub locks: Vec<Witness>,
    /// What funds it and must be final as well. Those that were forgotten before are left out: their certificates are older.
    pub funds: Vec<MessageId>,
}

/// What is wrong with a certificate, as far as a reader knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The reader lacks the message.
    #[error("message {0} is not held")]
    Message(MessageId),
    /// It is of another epoch.
    #[error("the message is not of the epoch that the certificate names")]
    Epoch,
    /// Something else that it is funded by.
    #[error("the certificate does not name what funds the message: {0}")]
    Fund(MessageId),
    /// The reader lacks the record, or it is another node's, or it says something else, or a node is named twice.
    #[error("record {0} does not bear witness for its node")]
    Witness(BlockId),
    /// A weight that the table does not give.
    #[error("node {0} does not have this weight")]
    Weight(NodeId),
    /// Too little.
    #[error("the witnesses are no quorum")]
    Quorum,
}

impl Reader {
    /// Why a message is final; `None` unless it is held, final, and was decided by votes.
    #[must_use]
    pub fn certificate(&self, id: &MessageId) -> Option<Certificate> {
        let case = self.case(id).filter(|case| case.status == Status::Final && case.is_decided)?;
        let weights = self.census.weights(case.epoch);
        let (round, votes) = case.rounds.iter().find(|(_, round)| weights.is_quorum(round.locked_weight))?;
        let witnesses = |records: &BTreeMap<usize, usize>| {
            let witness = |(node, record): (&usize, &usize)| {
                let (node, weight) = (self.census.id(*node), weights.of(*node));
                Witness { node, record: self.records[*record].id, weight }
            };
            let mut all: Vec<Witness> = records.iter().map(witness).filter(|witness| witness.weight > 0).collect();
            all.sort_unstable_by_key(|witness| witness.node);
            all
        };
        Some(Certificate {
            message: *id,
            epoch: case.epoch,
            round: *round,
            votes: witnesses(&votes.voters),
            locks: witnesses(&votes.locked),
            funds: case.funds.iter().map(|fund| self.cases[*fund].id).collect(),
        })
    }

    /// Checks a certificate against what this reader was told of the same records. Whether the funds are final is for their
    /// own certificates.
    ///
    /// # Errors
    /// The first flaw.
    pub fn check_certificate(&self, certificate: &Certificate, tables: &impl Tables) -> Result<(), Flaw> {
        let case = self.case(&certificate.message).ok_or(Flaw::Message(certificate.message))?;
        if case.epoch != certificate.epoch {
            return Err(Flaw::Epoch);
        }
        let funds = case.funds.iter().map(|fund| self.cases[*fund].id);
        if let Some(fund) = funds.into_iter().find(|fund| !certificate.funds.contains(fund)) {
            return Err(Flaw::Fund(fund));
        }
        let votes = case.rounds.get(&certificate.round).ok_or(Flaw::Quorum)?;
        let vote = |node: usize, record: usize| {
            votes.voters.get(&node) == Some(&record) || votes.repeats.contains(&(node, record))
        };
        self.check_witnesses(certificate.epoch, &certificate.votes, vote, tables)?;
        // A fork may have led another reader to a lock with another record of the node.
        let lock = |node: usize, record: usize| votes.locked.contains_key(&node) && self.records[record].node == node;
        self.check_witnesses(certificate.epoch, &certificate.locks, lock, tables)
    }

    fn check_witnesses(
        &self,
        epoch: Epoch,
        witnesses: &[Witness],
        bears: impl Fn(usize, usize) -> bool,
        tables: &impl Tables,
    ) -> Result<(), Flaw> {
        let mut weight = 0;
        let mut last = None;
        for witness in witnesses {
            let record = self.record_ids.get(&witness.record).filter(|_| last < Some(witness.node));
            let node = self.census.number(&witness.node);
            let is_borne = node.zip(record).is_some_and(|(node, record)| bears(node, *record));
            if !is_borne {
                return Err(Flaw::Witness(witness.record));
            }
            if tables.weight(epoch, &witness.node) != witness.weight {
                return Err(Flaw::Weight(witness.node));
            }
            weight += witness.weight;
            last = Some(witness.node);
        }
        if is_quorum(weight, tables.denominator(epoch)) { Ok(()) } else { Err(Flaw::Quorum) }
    }
}
