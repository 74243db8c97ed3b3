//! A watchman of a real vault on a real chain (anvil), over a ledger that the test tells what to say.
#![allow(unreachable_pub, clippy::unwrap_used, reason = "tests")]

#[path = "../common/mod.rs"]
mod common;
#[path = "../../../vault-evm/tests/place/mod.rs"]
mod place;
mod site;

mod nodes;
mod past;
mod peers;
mod slots;
