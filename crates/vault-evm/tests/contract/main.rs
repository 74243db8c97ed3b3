//! The lock contract on a real EVM (anvil): what the module's documentation promises, tested one by one and at random.

#![allow(unreachable_pub, clippy::unwrap_used, reason = "tests")]

mod administration;
mod chain;
mod deposits;
mod hostile;
mod model;
mod payouts;
mod properties;
mod signatures;
mod source;
mod starving;
mod tokens;
mod vault;
mod vectors;
