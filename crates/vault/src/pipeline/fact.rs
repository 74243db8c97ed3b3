//! Facts that move the pipeline. Each was checked on this machine before it is told; which check is said here.

use crate::burn::{Burn, Vault};
use crate::halt::{Cause, StaysHalted};
use crate::policy::Policy;
use crate::roster::Roster;
use crate::signature::{Digest, Owner, SignedPayload, VerifiedSignature};
use everpay::EverHash;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A fact. The order of the variants is part of the journal's format: add at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::large_enum_variant, reason = "facts are told one at a time, and most are about a burn")]
pub enum Fact {
    /// Who this watchman is and what it guards. The first of all; later ones may change the timing alone.
    Setup(Setup),
    /// The program started: what was known of alerts, sources and the chain is known no longer.
    Started,
    /// The policy in force, opened from its sealed file.
    Policy(Policy),
    /// The watchmen, from an authenticated file.
    Roster(Roster),
    /// The owners of a vault and how many must sign, as enough nodes of its chain say.
    Owners {
        /// The chain.
        chain: String,
        /// The owners.
        owners: BTreeSet<Owner>,
        /// How many must sign.
        threshold: u32,
    },
    /// Keys of the unresolved critical alerts of a proven class; others must not stop payouts (W2).
    Alerts(BTreeSet<String>),
    /// Whether the sources of the ledger and of the chains agree.
    Sources(Sources),
    /// Something halts a vault.
    Halted {
        /// The chain of the vault.
        chain: String,
        /// The alert or episode it comes from.
        key: String,
        /// What.
        cause: Cause,
    },
    /// A person arms a vault again.
    Rearmed {
        /// The chain of the vault.
        chain: String,
        /// The causes the person looked at.
        keys: BTreeSet<String>,
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// A person takes an accused watchman back.
    Pardoned {
        /// The watchman.
        owner: Owner,
        /// Who.
        by: String,
    },
    /// Time passed.
    Tick,
    /// Of one burn.
    Burn(EverHash, BurnFact),
}

/// A fact about one burn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum BurnFact {
    /// Our replay found it in a batch that may still drop.
    Seen(Burn),
    /// The batch is settled by our replay under so many Arweave blocks, its own included.
    DepthReached {
        /// The burn in the first batch on the accepted chain.
        burn: Burn,
        /// How many.
        depth: u64,
    },
    /// The batch is no longer on the accepted chain.
    BatchDropped {
        /// The batch.
        batch: [u8; 32],
    },
    /// Enough nodes say that the vault has not released it.
    NotReleased,
    /// Enough nodes say that the vault has released it, by whatever transaction.
    Released,
    /// A person approves what they saw.
    Approved {
        /// The digest on their screen.
        digest: Digest,
        /// Who.
        by: String,
    },
    /// A person refuses.
    Refused {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// A person lets a refused or failed burn try again.
    Reopened {
        /// Who.
        by: String,
    },
    /// The intent to sign is on disk. This entry itself is it: effects run only after their entry is durable (W5).
    IntentStored {
        /// What will be signed.
        digest: Digest,
    },
    /// Our signer signed.
    OwnSignature(VerifiedSignature),
    /// Somebody's signature came in: from a peer, or read out of a submission on the chain.
    PeerSignature(SignedPayload),
    /// Our submission was handed to the chain's nodes; again after a raised fee.
    Sent {
        /// Its transaction.
        tx: String,
    },
    /// No node took our submission.
    SendFailed,
    /// A peer says that it submitted. Its word alone: it delays us, it decides nothing.
    SubmissionSeen {
        /// Its transaction.
        tx: String,
        /// The peer, by its authenticated connection.
        by: Owner,
    },
    /// Our submission is known to the nodes and not mined for long.
    SubmissionStuck,
    /// The vault says that it carried out this burn's payout.
    Execution {
        /// The transaction.
        tx: String,
        /// Height of its block.
        block: u64,
        /// The vault's id of what it carried out.
        id: [u8; 32],
    },
    /// The vault says that it tried and the payout did not take effect: nothing moved.
    ExecutionFailed {
        /// The transaction.
        tx: String,
    },
    /// What was carried out is gone from the chain: a reorganisation.
    ExecutionUndone,
    /// The block is final, or deep enough.
    ExecutionFinal,
}

/// Who a watchman is, what it guards, and its patience.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    /// Our key.
    pub me: Owner,
    /// The vaults by chain.
    pub vaults: BTreeMap<String, Vault>,
    /// Arweave blocks that must hold a burn (W1), its own included.
    pub depth_min: u64,
    /// Times and counts.
    pub timing: Timing,
}

/// Times and counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timing {
    /// Length of a submitter's turn, the same for all watchmen.
    pub slot_ms: u64,
    /// How long a submission may stay unmined before its fee is raised, or another takes over.
    pub patience_ms: u64,
    /// How long our signature may stay alone before it is submitted by itself; doubled each time.
    pub lonely_ms: u64,
    /// How old the chain's word that nothing was released may be when we sign (W3).
    pub fresh_ms: u64,
    /// How often a fee is raised.
    pub raises_max: u32,
    /// How often a payout may fail before a person must look.
    pub failures_max: u32,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            slot_ms: 30_000,
            patience_ms: 120_000,
            lonely_ms: 600_000,
            fresh_ms: 60_000,
            raises_max: 5,
            failures_max: 8,
        }
    }
}

impl Timing {
    /// Whether every time is above nothing and none is beyond a week.
    #[must_use]
    pub fn is_sane(&self) -> bool {
        const WEEK_MS: u64 = 7 * 24 * 3_600_000;
        let times = [self.slot_ms, self.patience_ms, self.lonely_ms, self.fresh_ms];
        times.iter().all(|time| (1..=WEEK_MS).contains(time)) && self.raises_max <= 100 && self.failures_max > 0
    }
}

/// How the sources stand to each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sources {
    /// How many say the same.
    pub agreeing: u32,
    /// How many must.
    pub needed: u32,
    /// Names of those that say something else.
    pub differing: BTreeSet<String>,
}

/// Why a fact changed nothing. Nothing was changed, and nothing is to be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Ignored {
    /// Known, or without consequence now.
    #[error("nothing changes")]
    NoChange,
    /// No such burn is known here.
    #[error("unknown burn")]
    UnknownBurn,
    /// Told before who we are.
    #[error("the watchman is not set up")]
    NotSetUp,
    /// Another key or other vaults than this journal is about, or an impossible timing.
    #[error("another setup than this journal's")]
    AnotherSetup,
    /// No vault of ours pays on that chain.
    #[error("no vault on {0}")]
    NoVault(String),
    /// Two burns under one everHash cannot be.
    #[error("another burn under the same everHash")]
    AnotherBurn,
    /// W1: not deep enough.
    #[error("{depth} of {needed} confirmations")]
    TooShallow {
        /// Had.
        depth: u64,
        /// Needed.
        needed: u64,
    },
    /// W6: the person saw another digest than would be signed.
    #[error("what was approved is not what would be signed")]
    AnotherDigest,
    /// W4: the policy does not let it pass at this moment.
    #[error("the policy does not let it pass now")]
    PolicyNow,
    /// The burn is in a state that this does not apply to.
    #[error("does not apply to a burn that is {0}")]
    NotNow(&'static str),
    /// Signed by nobody who counts.
    #[error("{0} is no owner of the vault")]
    NotOwner(Owner),
    /// The same payout under the number of another batch, as a sibling batch explains.
    #[error("the same payout under another number")]
    OtherNumber,
    /// A peer's word that is not taken, or not again.
    #[error("not taken on a peer's word")]
    NotBelieved,
    /// Not a policy.
    #[error("not a policy: {0}")]
    BadPolicy(String),
    /// A halt that stays.
    #[error(transparent)]
    StaysHalted(#[from] StaysHalted),
    /// More than a journal's entry can hold.
    #[error("larger than a journal's entry")]
    TooLarge,
    /// No owner set that a contract could have.
    #[error("an impossible set of owners")]
    BadOwners,
}
