//! Bitcoin Core accepts and mines what a group of watchmen signs, and refuses everything that differs from it.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../../../crates/threshold/tests/common/mod.rs"]
mod common;
mod node;
mod refused;
#[path = "../../../crates/threshold/tests/common/signing.rs"]
mod signing;
mod spent;
mod vault;
