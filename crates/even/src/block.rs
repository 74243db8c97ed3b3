//! Signed blocks: records, heads, tickets, epoch records, and what makes them acceptable (8.3, 8.4, appendix C).
//!
//! What always holds: a [`Signed`] block is canonical, of its exact shape, and signed by the node that it names (C1, C2).
//! What it does not do: fetch what a block links to; the checks that need it take it as an argument.

mod accept;
mod body;
mod equivocation;
mod literal;
mod signed;

pub use accept::{
    EarlierVotes, RecordContext, Refusal, accept_epoch_record, accept_head, accept_record, accept_ticket,
};
pub use body::{Body, EpochRecord, EpochRow, Head, Record, Stamp, Ticket, Vote};
pub use equivocation::Equivocation;
pub use signed::{Signed, WrongKey};

/// Most stamps of a record (C6).
pub const STAMPS_MAX: usize = 1024;
/// Most links of a record to records of others (C6).
pub const SEEN_MAX: usize = 64;
/// Most explicit votes of a record (C6).
pub const VOTES_MAX: usize = 256;
/// Most rows of an epoch record (3.7.3).
pub const ROWS_MAX: usize = 10_000;
/// How far a block's time may be ahead of the reader's clock, ms (C4).
pub const AHEAD_MAX_MS: u64 = 60_000;
/// How long a head is valid at most, ms (C8).
pub const HEAD_LIFE_MAX_MS: u64 = 48 * 3_600_000;
