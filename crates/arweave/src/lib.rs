//! Arweave as a verifier needs it: ids, transactions, data roots, wallets, and a client that believes no gateway.
//!
//! Everything outside [`gateway`] and the file access of [`wallet`] is pure: equal inputs give equal outputs.
//! What always holds: a [`VerifiedHeader`] exists only if its id is the hash of its signature and the
//! signature is the owner's; bytes handed out by [`gateway::Gateway::data`] hash to the header's data root.
//! What this crate does not do: it knows nothing of everPay, decides no order of transactions, mines no
//! blocks, and checks no proof of work (that a transaction is in a block is the gateway's word; ask several).
//!
//! Source: the Arweave transaction format 2, the ANS-104 standard, and section 13 of the everPay protocol notes.

pub mod ans104;
pub mod avro;
pub mod data_root;
mod deep_hash;
pub mod gateway;
mod ids;
pub mod proof;
mod pss;
mod tags;
pub mod tx;
pub mod wallet;

pub use deep_hash::{DeepHash, deep_hash};
pub use gateway::{Gateway, GatewayError, Limits, NetworkInfo, Posted, Status};
pub use ids::{Address, ArweaveId, ParseIdError, Winston};
pub use tags::Tag;
pub use tx::{Format, Transaction, TxError, VerifiedHeader};
pub use wallet::{Wallet, WalletError};
