//! What the driver is to do, as data. Nothing of it before the entry of the step is durable.

use crate::payload::Payload;
use crate::policy::PolicyRule;
use crate::signature::{Digest, SignedPayload, VerifiedSignature};
use everpay::EverHash;

/// Something to do. Everything but `Notify`, `Accuse`, `Announce` and `SubmitOwn` can be done again without harm and is
/// named again by `Pipeline::pending` until a fact answers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Ask the chain whether the burn was released (W3): `NotReleased` or `Released` answers.
    CheckRelease {
        /// The burn.
        ever_hash: EverHash,
    },
    /// Write the intent (W5): take the fact `IntentStored`.
    StoreIntent {
        /// The burn.
        ever_hash: EverHash,
        /// What will be signed.
        digest: Digest,
    },
    /// Sign: `OwnSignature` answers. A driver whose key is locked waits; what is wanted now is asked of `pending` then.
    Sign {
        /// The burn.
        ever_hash: EverHash,
        /// What is signed.
        payload: Payload,
    },
    /// Send our signature to the watchmen.
    Publish {
        /// It, and what it signs.
        signed: SignedPayload,
    },
    /// Submit the payout with these signatures: `Sent` or `SendFailed` answers.
    Submit {
        /// The burn.
        ever_hash: EverHash,
        /// What is submitted.
        payload: Payload,
        /// Enough of them.
        signatures: Vec<VerifiedSignature>,
        /// Which attempt of ours, from 1.
        attempt: u32,
    },
    /// Submit our own signature alone, so that the chain carries what the network between the watchmen does not.
    SubmitOwn {
        /// It, and what it signs.
        signed: SignedPayload,
    },
    /// Send the same submission again with a higher fee: `Sent` or `SendFailed` answers.
    RaiseFee {
        /// The burn.
        ever_hash: EverHash,
        /// The submission that is stuck.
        tx: String,
        /// Which raise, from 1.
        raise: u32,
    },
    /// Tell the watchmen of our submission.
    Announce {
        /// The burn.
        ever_hash: EverHash,
        /// The submission.
        tx: String,
    },
    /// Watch the chain for the payout.
    Watch {
        /// The burn.
        ever_hash: EverHash,
    },
    /// Ask a person: `Approved` or `Refused` answers.
    AskPerson {
        /// The burn.
        ever_hash: EverHash,
        /// What would be signed.
        digest: Digest,
        /// Why a person is asked.
        rule: PolicyRule,
    },
    /// A watchman signed what no burn justifies (F13).
    Accuse {
        /// The evidence.
        signed: SignedPayload,
    },
    /// Tell people.
    Notify {
        /// The burn.
        ever_hash: EverHash,
        /// What.
        notice: Notice,
    },
}

/// What people are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// The policy forbids it.
    Forbidden,
    /// Enough have signed.
    Quorum,
    /// Our submission is not mined.
    Stuck,
    /// It is paid.
    Paid,
    /// The chain paid something else under this everHash (F11).
    PaidOtherwise,
    /// The payout is gone from the chain.
    PayoutUndone,
    /// It cannot be paid.
    Failed,
    /// Its batch left the accepted chain after we had committed to sign.
    BatchGone,
}
