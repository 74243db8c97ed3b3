//! The vault on an EVM chain: its lock contract, the deposits into it, what it holds, and what it pays.
//!
//! Where it stands: the coordinator, the detector and EthBot judge mints through [`EvmDeposits`]; the watcher finds
//! deposits with the same [`deposit::read`]. What always holds: a transaction's hash is recomputed and its signer
//! recovered before it counts; enough nodes of a chain must say the same ([`quorum`]); one that is silent, behind or of
//! another chain is never one that says no; keys in node URLs reach no log, error or evidence ([`Node::name`]).
//! Units: amounts are the chain's base units unless said otherwise, times Unix ms, the chain's own coin is the zero
//! address. What it does not do: hold a key that guards anything, or decide what is paid; [`release`] submits what its
//! caller decided, by a key that its caller holds.
//! Source: sections 9 to 12 of the protocol, and `docs/deposits.md`.

pub mod contract;
pub mod deposit;
mod error;
#[doc(hidden)]
pub mod fuzzing;
mod judge;
pub mod node;
pub mod quorum;
mod range;
pub mod release;
mod reserves;
mod standing;
mod tokens;
pub mod watch;

pub use deposit::{Credit, Incoming, Stranded};
pub use error::ConfigError;
pub use judge::{EvmDeposits, add_chains};
pub use node::{BlockInfo, ChainTx, Limits, Node, NodeError, Receipt, nodes};
pub use quorum::NoQuorum;
pub use tokens::{ListedToken, VaultTokens};
