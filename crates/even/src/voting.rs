//! Virtual voting: what the outboxes of the nodes decide, as any reader computes it (9.3 to 9.5).
//!
//! What always holds: the same messages and records, told in any causal order, give the same votes, locks and verdicts; a
//! vote counts once a node; what an equivocator voted on any of its paths counts, since another reader may have counted it;
//! final and rejected are stable while less than a third of the denominator is faulty, and when two rivals become final all
//! the same, the reader stops and says so.
//! What it does not do: fetch what is missing (it names it), check signatures or work (`block` does), keep a clock: when a
//! round starts is its caller's business (9.5).
//! It is incremental: a record costs the votes that it newly sees, not the history; and what is decided can be forgotten
//! ([`Reader::prune`]), with a proof kept ([`Reader::certificate`]).
//! Source: 9.3 to 9.6 and appendix B of the reference.

mod archive;
mod bits;
mod case;
mod cast;
mod census;
mod certificate;
mod elect;
mod path;
mod prune;
mod reader;
mod renumber;
mod settle;
mod switches;

pub use case::{Ballot, Status};
pub use certificate::{Certificate, Flaw, Witness};
pub use elect::VotesBefore;
pub use prune::{Held, Pruned};
pub use reader::{Alarm, Entry, Missing, Reader, Told};
pub use switches::Switches;

use crate::ids::NodeId;
use crate::units::Epoch;
use crate::weight::InForce;

/// Who weighs what in which epoch. It must know every epoch that messages are of, and must not change its answers: they are
/// asked for once.
pub trait Tables {
    /// A node's weight in the table in force in an epoch.
    fn weight(&self, epoch: Epoch, node: &NodeId) -> u128;

    /// What a quorum is counted against in it.
    fn denominator(&self, epoch: Epoch) -> u128;

    /// The leaders in it.
    fn leaders(&self, epoch: Epoch) -> &[NodeId];
}

/// One table for all epochs.
impl Tables for InForce {
    fn weight(&self, _: Epoch, node: &NodeId) -> u128 {
        Self::weight(self, node)
    }

    fn denominator(&self, _: Epoch) -> u128 {
        Self::denominator(self)
    }

    fn leaders(&self, _: Epoch) -> &[NodeId] {
        Self::leaders(self)
    }
}
