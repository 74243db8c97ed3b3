//! The vaults beside the ledger: what they hold and owe, burns that wait, what they paid, and deposits that their chains take
//! back.

mod alerts;
pub(crate) mod audit;
mod debts;
pub(crate) mod rows;
#[cfg(test)]
mod scenarios;
mod solvency;
mod standing;
mod watch;

pub(crate) use watch::{VaultWatch, at_rest, show_halts};
