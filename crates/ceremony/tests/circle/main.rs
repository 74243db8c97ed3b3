//! Watchmen make a key together, keep it, sign with it: over real sockets, with real keystores, by people's hands, through
//! restarts.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;
mod creating;
mod hands;
mod restarts;
mod signing;
mod tasks;
