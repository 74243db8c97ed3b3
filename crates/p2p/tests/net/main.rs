//! The transport over real loopback sockets.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;
mod exchange;
mod identities;
mod misconduct;
mod partition;
