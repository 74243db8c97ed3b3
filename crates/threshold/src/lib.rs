//! Threshold signatures between watchmen: FROST over secp256k1 with BIP 340 and BIP 341, as machines fed with messages.
//!
//! Where it stands: whoever carries messages (`p2p`, a file, a code on a screen) feeds [`Dkg`], [`Refresh`], [`Repair`],
//! [`Coordinator`] and [`Signer`] with (from, bytes) and sends what they return; `keystore` holds what [`Share::to_bytes`] gives.
//! What always holds: no IO, no clock, no randomness of its own, no unordered iteration; every message has one exact length and
//! is bound to version, ceremony, group, round, sender and recipient; foreign bytes of any shape give a named refusal; whoever
//! broke a ceremony is named, with evidence that the others check for themselves, and strangers as a [`Proof`]; a part that a
//! restart lost is given up openly ([`forfeit`]), a word that was given outlives it ([`Doubt`]); a signing nonce lives in one
//! [`Signer`], is consumed by the first package it sees, and has no encoding; no signature leaves before libsecp256k1 accepted it.
//! What it does not do: decide what may be signed, keep a share, resend by itself, or change a threshold: another threshold or
//! a wider group is a new key, and the funds move there.
//!
//! Source: RFC 9591; Komlo and Goldberg, *FROST* (2020), figure 1; Laing and Stinson, *A survey and refinement of repairable
//! threshold schemes* (2017/1155); BIP 340, 341. The arithmetic is `frost-secp256k1-tr`'s. `docs/threshold.md` has the formats.

#[cfg(test)]
extern crate self as threshold;

#[cfg(test)]
mod adversary;
mod backup;
mod ceremony;
mod check;
mod codes;
mod curve;
mod deal;
mod dkg;
mod doubt;
mod error;
mod group;
mod hash;
mod identity;
mod party;
mod progress;
mod proof;
mod reader;
mod refresh;
mod repair;
mod roster;
mod rules;
mod settle;
mod share;
mod sign;
mod taproot;
mod testrun;
mod used;
#[cfg(test)]
mod vectors;
mod wire;

pub use backup::{Backup, BackupError, Cost};
pub use ceremony::forfeit;
pub use check::{CheckFailed, verify_signature};
pub use dkg::Dkg;
pub use doubt::{Doubt, Verdict};
pub use error::{Abort, Charge, FormatError, Refusal, SetupError};
pub use frost_secp256k1_tr::rand_core;
pub use group::{Group, GroupId};
pub use identity::{Identity, PeerKey};
pub use party::Party;
pub use progress::{Phase, Round};
pub use proof::{Proof, ProofError};
pub use refresh::Refresh;
pub use repair::Repair;
pub use roster::Roster;
pub use settle::{Settled, Settlement, Stage};
pub use share::Share;
pub use sign::{Coordinator, Item, MAX_ITEMS, Request, Signatures, Signer, Spend};
pub use taproot::{Deposit, KeyPath};
pub use used::UsedIds;
pub use wire::{CeremonyId, Kind, Label, MAX_MESSAGE, Outgoing, Step, Taken, To};
