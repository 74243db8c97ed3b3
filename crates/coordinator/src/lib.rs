//! The everPay coordinator: the public HTTP API, the serial durable pool, and the packager that puts batches on Arweave.
//!
//! [`Coordinator::start`] is the one entry; `everwatchd` and the devnet call it. Inside, a submission goes: HTTP → static
//! checks on all cores → its deposit, if it is a mint, asked of the source chain → the serial task (nonce window, ledger,
//! one database transaction for everybody who waits) → acknowledged → a mark closes a batch → the packager signs it, stores
//! it, posts it and follows it. Beside that, a reader for each EVM chain fills in what the vault there paid for burns.
//!
//! What always holds: what was acknowledged is on disk, in order, once; what was refused changed nothing; one process
//! serves a data directory; it writes to Arweave only while the chain's head is its own. What it does not do: decide the
//! rules of the ledger (`everpay`), the batch format (`rollup`), or what a deposit proves (`oracle`).
//! Source: sections 5 to 7, 9 to 11, 13 and 14 of the protocol.

mod api;
mod cheat;
mod config;
mod error;
mod listener;
mod load;
mod lock;
mod packager;
mod payouts;
mod serial;
mod shared;
mod start;
mod submit;

pub use config::{CheatId, CheatPlan, Clock, Config, system_clock};
pub use error::{ForeignHead, RunError, StartError};
pub use start::{Coordinator, Running, Stopper};

#[cfg(test)]
mod tests;
