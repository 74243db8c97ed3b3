//! One burn on its way: its state and what is known about it.

use super::fact::Ignored;
use crate::burn::Burn;
use crate::payload::{Payload, Unpayable};
use crate::policy::PolicyRule;
use crate::signature::{Digest, Owner, SignedPayload, VerifiedSignature};
use std::collections::BTreeMap;

/// The states. Seen → Verified → Held or Awaiting → Approved → Intended → Signed → Quorum → Submitted → Executed → Closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// In a batch that may still drop.
    Seen,
    /// Deep enough (W1); the policy judges next.
    Verified,
    /// The policy says: not yet.
    Held {
        /// Judged again then, Unix ms.
        until_ms: u64,
        /// Why.
        rule: PolicyRule,
    },
    /// A person decides.
    Awaiting {
        /// Why.
        rule: PolicyRule,
    },
    /// Approved; waits for the other rules, then for its intent to be on disk.
    Approved {
        /// By whom.
        by: Approver,
    },
    /// The intent is on disk; from here on this burn has one digest for ever (W5).
    Intended,
    /// We signed; too few others have.
    Signed {
        /// Since when, Unix ms.
        since_ms: u64,
        /// How often our signature was submitted alone.
        alone: u32,
    },
    /// Enough have signed.
    Quorum {
        /// We submit no earlier than this, Unix ms.
        not_before_ms: u64,
    },
    /// A submission is on its way, or was about to leave when the program stopped.
    Submitted(Submission),
    /// Paid, in a block that may still go.
    Executed(Execution),
    /// Paid for good.
    Closed(Execution),
    /// Not paid by us.
    Refused(Refusal),
    /// Cannot be paid as it is.
    Failed(Failure),
}

/// Who approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Approver {
    /// The policy.
    Policy,
    /// A person.
    Person(String),
}

/// A submission on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// Who submitted.
    pub by: Owner,
    /// Since when we wait for it, Unix ms.
    pub at_ms: u64,
    /// Its transaction; `None` until the driver says that ours left.
    pub tx: Option<String>,
    /// How often its fee was raised.
    pub raises: u32,
    /// Whether the last raise has not left yet.
    pub raise_due: bool,
}

/// What the chain said of a payout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Execution {
    /// The transaction; `None` when only the vault's own record is known.
    pub tx: Option<String>,
    /// Height of its block.
    pub block: Option<u64>,
}

/// Who refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The policy; judged again under another one.
    Policy(PolicyRule),
    /// A person.
    Person {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
}

/// Why it cannot be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// No payload pays it.
    Unpayable(Unpayable),
    /// The vault tried and nothing moved, too often.
    KeepsFailing,
}

/// A state that a burn came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// When, Unix ms.
    pub at_ms: u64,
    /// The state, as it was when it was reached.
    pub stage: Stage,
}

/// States that are remembered; of a longer way those in the middle are forgotten.
const PASSED_MAX: usize = 64;

/// A burn and all that is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub(super) burn: Burn,
    /// The batch that holds it on the accepted chain now; the payload may carry the number of an older one.
    pub(super) seat: [u8; 32],
    pub(super) deep: bool,
    pub(super) payload: Option<Payload>,
    pub(super) stage: Stage,
    /// The decision not to pay that stood when somebody else's payout was seen; it stands again if that is undone.
    pub(super) declined: Option<Stage>,
    pub(super) intent: Option<Digest>,
    /// When the chain last said that it was not released.
    pub(super) unreleased_ms: Option<u64>,
    /// From when it counts in the policy's windows.
    pub(super) counted_ms: Option<u64>,
    pub(super) signatures: BTreeMap<Owner, VerifiedSignature>,
    pub(super) accused: BTreeMap<Owner, SignedPayload>,
    pub(super) claims: BTreeMap<Owner, u32>,
    pub(super) attempts: u32,
    pub(super) failures: u32,
    pub(super) failed_tx: Option<String>,
    pub(super) moved_ms: u64,
    /// Who approved it, as long as that stands.
    pub(super) approver: Option<Approver>,
    passed: Vec<Passed>,
}

impl Case {
    pub(super) fn new(burn: Burn, now_ms: u64) -> Self {
        Self {
            seat: burn.batch.id,
            burn,
            deep: false,
            payload: None,
            stage: Stage::Seen,
            declined: None,
            intent: None,
            unreleased_ms: None,
            counted_ms: None,
            signatures: BTreeMap::new(),
            accused: BTreeMap::new(),
            claims: BTreeMap::new(),
            attempts: 0,
            failures: 0,
            failed_tx: None,
            moved_ms: now_ms,
            approver: None,
            passed: vec![Passed { at_ms: now_ms, stage: Stage::Seen }],
        }
    }

    /// The burn.
    #[must_use]
    pub fn burn(&self) -> &Burn {
        &self.burn
    }

    /// Its state.
    #[must_use]
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// When its state last changed, Unix ms.
    #[must_use]
    pub fn moved_ms(&self) -> u64 {
        self.moved_ms
    }

    /// The states that it came to, oldest first.
    #[must_use]
    pub fn passed(&self) -> &[Passed] {
        &self.passed
    }

    /// Who approved it (W4); `None` before, and when that was taken back.
    #[must_use]
    pub fn approver(&self) -> Option<&Approver> {
        self.approver.as_ref()
    }

    /// The batch that holds it on the accepted chain, as far as was told; the payload may carry the number of an older one.
    #[must_use]
    pub fn seat(&self) -> [u8; 32] {
        self.seat
    }

    /// Whether its batch is settled deep enough on the accepted chain now (W1).
    #[must_use]
    pub fn is_deep(&self) -> bool {
        self.deep
    }

    /// When the chain last said that the vault has not released it (W3), Unix ms.
    #[must_use]
    pub fn unreleased_ms(&self) -> Option<u64> {
        self.unreleased_ms
    }

    /// What is signed for it; known from Verified on.
    #[must_use]
    pub fn payload(&self) -> Option<&Payload> {
        self.payload.as_ref()
    }

    /// What we committed to sign, for ever.
    #[must_use]
    pub fn intent(&self) -> Option<Digest> {
        self.intent
    }

    /// The signatures that are here.
    pub fn signatures(&self) -> impl Iterator<Item = &VerifiedSignature> {
        self.signatures.values()
    }

    /// Who signed something else under this everHash (F13).
    pub fn accused(&self) -> impl Iterator<Item = &Owner> {
        self.accused.keys()
    }

    /// What they signed instead.
    pub fn evidence(&self) -> impl Iterator<Item = &SignedPayload> {
        self.accused.values()
    }

    /// Whether a submission left this machine, or a peer's is known, and the chain has not decided yet.
    #[must_use]
    pub fn is_in_flight(&self) -> bool {
        matches!(&self.stage, Stage::Submitted(submission) if submission.tx.is_some())
    }

    /// Remembers the state that it came to.
    pub(super) fn note(&mut self, now_ms: u64) {
        match &self.stage {
            Stage::Approved { by } => self.approver = Some(by.clone()),
            Stage::Seen | Stage::Verified | Stage::Held { .. } | Stage::Awaiting { .. } | Stage::Refused(_) => {
                self.approver = None;
            }
            _ => {}
        }
        if self.passed.last().is_none_or(|last| last.stage.name() != self.stage.name()) {
            if self.passed.len() >= PASSED_MAX {
                self.passed.remove(PASSED_MAX / 2);
            }
            self.passed.push(Passed { at_ms: now_ms, stage: self.stage.clone() });
        }
    }

    /// Whether the chain paid it, for good or not yet.
    #[must_use]
    pub fn is_paid(&self) -> bool {
        matches!(self.stage, Stage::Executed(_) | Stage::Closed(_))
    }

    pub(super) fn own(&self, me: &Owner) -> Option<SignedPayload> {
        let (payload, signature) = (self.payload.clone()?, self.signatures.get(me)?.clone());
        SignedPayload::try_from((payload, signature)).ok()
    }

    pub(super) fn not_now<T>(&self) -> Result<T, Ignored> {
        Err(Ignored::NotNow(self.stage.name()))
    }
}

impl Stage {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::Verified => "verified",
            Self::Held { .. } => "held",
            Self::Awaiting { .. } => "awaiting",
            Self::Approved { .. } => "approved",
            Self::Intended => "intended",
            Self::Signed { .. } => "signed",
            Self::Quorum { .. } => "quorum",
            Self::Submitted(_) => "submitted",
            Self::Executed(_) => "executed",
            Self::Closed(_) => "closed",
            Self::Refused(_) => "refused",
            Self::Failed(_) => "failed",
        }
    }
}
