//! Keys that three watchmen hold, each in a process of its own over real sockets: made, spent on Bitcoin, refreshed, repaired,
//! through kills and partitions, and with a member that cheats.
#![allow(clippy::unwrap_used, reason = "tests")]

mod circle;
mod keepers;
mod killing;
mod nonces;
mod spending;
mod traitor;
