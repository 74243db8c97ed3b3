//! Stable names of reasons and phases, for machines and for texts in other languages.

use crate::error::{Charge, FormatError, Refusal, SetupError};
use crate::progress::Phase;
use crate::wire::Kind;

impl Charge {
    /// A stable name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Equivocation => "equivocation",
            Self::Commitments => "commitments",
            Self::Echo => "echo",
            Self::SecretValue => "secret_value",
            Self::Confirmation => "confirmation",
            Self::SignatureShare => "signature_share",
            Self::FalseAccusation => "false_accusation",
            Self::Content => "content",
        }
    }
}

impl Phase {
    /// A stable name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Commitments => "commitments",
            Self::Echo => "echo",
            Self::Values => "values",
            Self::Confirmation => "confirmation",
            Self::Ready => "ready",
            Self::ReadyEcho => "ready_echo",
            Self::TestShares => "test_shares",
            Self::Verified => "verified",
            Self::Parts => "parts",
            Self::Sums => "sums",
            Self::Restored => "restored",
            Self::Request => "request",
            Self::Nonces => "nonces",
            Self::Package => "package",
            Self::SignatureShares => "signature_shares",
            Self::Signatures => "signatures",
        }
    }
}

impl Kind {
    /// A stable name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Refresh => "refresh",
            Self::Repair => "repair",
            Self::Sign => "sign",
        }
    }
}

impl Refusal {
    /// A stable name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Length { .. } => "length",
            Self::Magic => "magic",
            Self::Version { .. } => "version",
            Self::Kind => "kind",
            Self::Ceremony => "ceremony",
            Self::Group => "group",
            Self::Sender { .. } => "sender",
            Self::NotMember { .. } => "not_member",
            Self::Recipient => "recipient",
            Self::Round { .. } => "round",
            Self::Signature => "signature",
            Self::Sealed => "sealed",
            Self::Content(_) => "content",
            Self::Attempt => "attempt",
            Self::NonceUsed => "nonce_used",
            Self::Package => "package",
            Self::BadSignature => "bad_signature",
            Self::Finished => "finished",
        }
    }
}

impl FormatError {
    /// A stable name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Magic => "magic",
            Self::Version { .. } => "version",
            Self::Party { .. } => "party",
            Self::Threshold { .. } => "threshold",
            Self::Members => "members",
            Self::Curve => "curve",
            Self::Inconsistent => "inconsistent",
            Self::Group => "group",
            Self::Checksum => "checksum",
            Self::Secret => "secret",
        }
    }
}

impl SetupError {
    /// A stable name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Identity { .. } => "identity",
            Self::NotMember { .. } => "not_member",
            Self::TooFew { .. } => "too_few",
            Self::Excluded { .. } => "excluded",
            Self::Items { .. } => "items",
            Self::Generation => "generation",
            Self::UsedId { .. } => "used_id",
            Self::Library(_) => "library",
        }
    }
}
