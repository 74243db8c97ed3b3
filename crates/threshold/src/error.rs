//! What can go wrong, in four kinds: bytes that are no value, a ceremony that cannot start, a message that is refused (nothing
//! changes), and a ceremony that ended without result.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use crate::party::Party;
use crate::proof::Proof;
use crate::wire::CeremonyId;

/// Bytes or numbers that do not describe what they should.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FormatError {
    /// Shorter or longer than the format.
    #[error("the length is not the format's")]
    Length,
    /// Another kind of data.
    #[error("the data are of another kind")]
    Magic,
    /// A version this program does not know.
    #[error("version {version} is not known")]
    Version {
        /// The version found.
        version: u8,
    },
    /// Not a participant's number.
    #[error("{number} is not a participant's number (1 to 100)")]
    Party {
        /// The number found.
        number: u16,
    },
    /// 2 ≤ t ≤ n ≤ 100 does not hold.
    #[error("a threshold of {threshold} of {members} is not possible (2 ≤ t ≤ n ≤ 100)")]
    Threshold {
        /// Who must sign together.
        threshold: u16,
        /// How many there are.
        members: usize,
    },
    /// Members repeated, out of order, or two with one key.
    #[error("members must be in order, and each must have a key of its own")]
    Members,
    /// Not the encoding of a point or scalar, or one that must not be used.
    #[error("a curve point or scalar is not valid")]
    Curve,
    /// The members' public shares do not make up the group key at this threshold.
    #[error("the members' public shares do not make up the group key")]
    Inconsistent,
    /// The share is another group's or another generation's.
    #[error("the share belongs to another group or to an earlier generation of its shares")]
    Group,
    /// The checksum differs: the bytes were damaged or put together.
    #[error("the checksum differs")]
    Checksum,
    /// The secret is not the one behind the member's public share.
    #[error("the secret does not match the member's public share")]
    Secret,
}

/// Why a ceremony cannot be started as asked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SetupError {
    /// The person's key is not the one the roster names.
    #[error("the identity is not participant {party}'s in the roster")]
    Identity {
        /// The participant asked for.
        party: Party,
    },
    /// Somebody named is no member.
    #[error("{party} is no member of the group")]
    NotMember {
        /// Who.
        party: Party,
    },
    /// Fewer take part than the threshold.
    #[error("{taking_part} take part, the threshold is {threshold}")]
    TooFew {
        /// How many take part.
        taking_part: usize,
        /// How many must.
        threshold: u16,
    },
    /// A lost share cannot help to restore itself, a removed member cannot refresh.
    #[error("{party} cannot take part in this ceremony")]
    Excluded {
        /// Who.
        party: Party,
    },
    /// Nothing to sign, or more than [`crate::MAX_ITEMS`].
    #[error("{items} items cannot be signed in one ceremony")]
    Items {
        /// How many.
        items: usize,
    },
    /// The shares were refreshed more often than can be counted.
    #[error("no further generation of shares can be counted")]
    Generation,
    /// This member took part under this ceremony id before; all begin again under a new one.
    #[error("the ceremony id {ceremony:?} was used before")]
    UsedId {
        /// The id.
        ceremony: CeremonyId,
    },
    /// The library refused its own input.
    #[error("the threshold library refused")]
    Library(#[from] frost_secp256k1_tr::Error),
}

/// Why a message was refused. Nothing has changed; the ceremony goes on.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Not the exact length of its slot.
    #[error("{got} bytes where {need} are due")]
    Length {
        /// Bytes received.
        got: usize,
        /// Bytes due.
        need: usize,
    },
    /// Not a message of this crate.
    #[error("not a message of a ceremony")]
    Magic,
    /// A version this program does not speak.
    #[error("version {version} is not spoken here")]
    Version {
        /// The version found.
        version: u8,
    },
    /// Another kind of ceremony.
    #[error("a message of another kind of ceremony")]
    Kind,
    /// Another ceremony, or another run of it.
    #[error("a message of another ceremony")]
    Ceremony,
    /// Another group, roster or generation of shares.
    #[error("a message about another group or generation")]
    Group,
    /// The message names another sender than the carrier.
    #[error("the message names {named} as its sender, the carrier {carrier}")]
    Sender {
        /// Who the message says.
        named: u16,
        /// Who the carrier says.
        carrier: Party,
    },
    /// The sender has no part in this ceremony.
    #[error("{party} has no part in this ceremony")]
    NotMember {
        /// The sender.
        party: Party,
    },
    /// For somebody else.
    #[error("the message is for somebody else")]
    Recipient,
    /// No such round, or not from this sender.
    #[error("round {round} has no message from this sender")]
    Round {
        /// The round found.
        round: u8,
    },
    /// The sender did not sign this.
    #[error("the signature is not the sender's")]
    Signature,
    /// It cannot be decrypted with the key shared with the sender.
    #[error("the sealed part does not open")]
    Sealed,
    /// Points, scalars or counts that are none.
    #[error("the content is not valid: {0}")]
    Content(FormatError),
    /// Not what was asked for, or no longer.
    #[error("the message belongs to another attempt")]
    Attempt,
    /// The nonces of this attempt were used.
    #[error("the nonces of this attempt were used already")]
    NonceUsed,
    /// The package is not one that this signer may sign.
    #[error("the package does not hold this signer's commitments for a full quorum")]
    Package,
    /// The signature does not verify.
    #[error("the signature does not verify")]
    BadSignature,
    /// The ceremony is over.
    #[error("the ceremony is over")]
    Finished,
}

impl Refusal {
    /// Whether whoever the carrier names broke the protocol, so that a person should hear of it. False for what may be late,
    /// misrouted or a repetition.
    #[must_use]
    pub fn blames_sender(&self) -> bool {
        match self {
            Self::Length { .. }
            | Self::Magic
            | Self::Version { .. }
            | Self::Sender { .. }
            | Self::Round { .. }
            | Self::Signature
            | Self::Sealed
            | Self::Content(_)
            | Self::Package
            | Self::BadSignature => true,
            Self::Kind
            | Self::Ceremony
            | Self::Group
            | Self::NotMember { .. }
            | Self::Recipient
            | Self::Attempt
            | Self::NonceUsed
            | Self::Finished => false,
        }
    }
}

/// What somebody did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Charge {
    /// Signed two different messages for one place in the ceremony.
    Equivocation,
    /// Published commitments that are no points, or whose proof of knowledge fails.
    Commitments,
    /// Passed on a message that its author did not sign.
    Echo,
    /// Gave a secret value that its own commitments contradict.
    SecretValue,
    /// Confirmed another result than the public messages give.
    Confirmation,
    /// Gave a signature share that does not verify.
    SignatureShare,
    /// Accused somebody of what the evidence does not show.
    FalseAccusation,
    /// Sent content that is not valid in a place where the quorum waited for it.
    Content,
}

/// A ceremony that ended without result. Secrets of it are wiped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Error)]
#[error("the ceremony ended without result")]
pub struct Abort {
    /// Who broke the protocol, and how. From evidence that was checked here.
    pub culprits: BTreeMap<Party, Charge>,
    /// What proves their guilt to anybody, as far as the messages at hand suffice.
    pub proofs: Vec<Proof>,
    /// Who did not answer when the ceremony was given up.
    pub absent: BTreeSet<Party>,
    /// Who would not sign.
    pub declined: BTreeSet<Party>,
    /// Who left the ceremony and said so: it was closed there, or a restart lost its part.
    pub left: BTreeSet<Party>,
    /// Who accused somebody whose guilt cannot be checked here (the accuser, the accused): one of both is at fault.
    pub disputed: Option<(Party, Party)>,
    /// True after this participant gave its word for the new shares: others may have put them in force. Then the share that
    /// was put beside is kept, as is an old one, until a [`crate::Settlement`] is seen.
    pub in_doubt: bool,
}
