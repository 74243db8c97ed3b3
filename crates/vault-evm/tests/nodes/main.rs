//! Nodes that lie, differ, fail, lag or are of another chain: proxies in front of a real one (anvil).
#![allow(clippy::unwrap_used, reason = "tests")]

mod faults;
mod lies;
#[path = "../place/mod.rs"]
mod place;
mod transactions;

/// For accepting a mint.
const NOW: oracle::CheckPoint = oracle::CheckPoint::Now;
