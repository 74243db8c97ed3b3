//! Watchmen, a chain, a ledger and the network between them, in one thread on simulated time, all from one seed.
//!
//! What is real: every watchman is a [`Watchman`](crate::journal::Watchman) with its journal on a simulated disk, real keys and
//! real signatures. What is modelled: the driver, the vault by the rules of its contract, the replay (what is deep when),
//! people. Until the faults stop, watchmen crash at any effect and tear their last entry, messages are lost, doubled, late or
//! cut off by a partition, the chain reorganises, loses and delays transactions, alerts open, sources disagree, vaults are
//! halted; liars and starving relayers never stop.
//!
//! What is checked: no burn is paid twice, or to somebody else, or in another amount; no honest watchman signs against W1 to
//! W6 or two digests for one burn; nobody honest is accused; nothing is submitted that a rule forbids; and once the faults
//! stopped, every payable burn is paid and closed at every honest watchman.

mod chain;
mod check;
mod driver;
mod node;
mod plan;
mod rng;
mod run;

pub use plan::Sabotage;

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Watchmen.
    pub watchmen: usize,
    /// Burns paid.
    pub paid: usize,
    /// Crashes survived.
    pub crashes: u32,
    /// Blocks that reorganisations took back.
    pub blocks_undone: u32,
    /// Signatures by honest watchmen.
    pub signatures: u32,
    /// Liars that were accused, once each.
    pub accused: usize,
    /// Length, simulated ms.
    pub length_ms: u64,
}

/// A run that broke what must hold. The same seed breaks it again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("seed {seed}: at {at_ms} ms: {what}")]
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// When, simulated ms.
    pub at_ms: u64,
    /// What.
    pub what: String,
}

/// Runs one seed.
///
/// # Errors
/// What did not hold.
pub fn run(seed: u64) -> Result<Report, Failure> {
    run_sabotaged(seed, Sabotage::None)
}

/// Runs one seed with a driver that breaks its promises, which the checks must find.
///
/// # Errors
/// What did not hold.
pub fn run_sabotaged(seed: u64, sabotage: Sabotage) -> Result<Report, Failure> {
    run::Run::new(seed, sabotage).finish()
}
