//! What deposits on source chains prove about mints, and the file that names a network.
//!
//! The coordinator asks before it accepts a mint, a detector asks while it replays one; both ask through [`SourceChain`],
//! and every further source chain is one more implementation. What always holds: a verdict as of a batch
//! ([`CheckPoint::AtBatch`]) does not change when it is asked again later; "not found" is said only when a source that
//! answered said so, never because one was silent; everything a source sends is verified before it counts. This crate
//! decides nothing about balances and stores nothing. Source: sections 9 and 16 of the protocol.

mod arweave_deposits;
mod arweave_vault;
mod finding;
pub mod network;
mod reserves;
mod source;

pub use arweave_deposits::ArweaveDeposits;
pub use finding::{CheckPoint, Evidence, Fault, MintFinding, NotCheckable, RefutedWhy, against};
pub use reserves::{Payout, Reserves, Standing};
pub use source::{Oracle, SourceChain, sources_needed};
