//! How far a ceremony got, member by member, as one participant sees it: what a table shows while people wait.
//!
//! What always holds: it survives the end of the ceremony, good or bad, and holds nothing secret. What it does not do: speak for
//! others. A value sealed for somebody else leaves no trace here, so two participants may see different tables.

use std::collections::BTreeSet;

use crate::party::Party;

/// What is said in a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Commitments to secret polynomials or parts.
    Commitments,
    /// What everybody heard in the first round.
    Echo,
    /// Secret values, sealed for each.
    Values,
    /// The group that came out of a key generation, once its share is kept.
    Confirmation,
    /// The group that came out of a refresh, once its share is kept, with commitments for a test signature.
    Ready,
    /// What everybody heard in that round.
    ReadyEcho,
    /// Shares of the test signature.
    TestShares,
    /// "The test signature verifies."
    Verified,
    /// Parts of helpers' contributions, sealed for other helpers.
    Parts,
    /// Sums of parts, sealed for the member that lost its share.
    Sums,
    /// That member's word that its share fits.
    Restored,
    /// What a coordinator asks to be signed.
    Request,
    /// Approval: commitments to nonces.
    Nonces,
    /// All commitments of the quorum.
    Package,
    /// Signature shares.
    SignatureShares,
    /// The finished signatures.
    Signatures,
}

/// One round: who has something to say that this participant hears (itself included), and who said it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// The number on the wire.
    pub number: u8,
    /// What is said.
    pub phase: Phase,
    /// Who says it; empty if it does not concern this participant.
    pub due: BTreeSet<Party>,
    /// Who said it.
    pub done: BTreeSet<Party>,
}

impl Round {
    /// Who has not spoken.
    #[must_use]
    pub fn missing(&self) -> BTreeSet<Party> {
        self.due.difference(&self.done).copied().collect()
    }
}
