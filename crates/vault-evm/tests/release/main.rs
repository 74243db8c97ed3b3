//! Payouts of a real vault on a real chain (anvil): submitted, raised, lost and found again, read and audited.
#![allow(unreachable_pub, clippy::unwrap_used, reason = "tests")]

#[path = "../place/mod.rs"]
mod place;

mod auditing;
mod nodes;
mod paying;
mod reading;
mod reorganisations;
mod restarts;
mod world;
