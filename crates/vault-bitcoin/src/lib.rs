//! The vault on Bitcoin: outputs of one key that a group of watchmen holds, and the transactions that spend them.
//!
//! Where it stands: `threshold` makes the key and the signatures, [`Core`] asks a Bitcoin Core node, whoever drives a signing
//! ceremony carries the bytes of a [`SpendRequest`] between watchmen. What always holds: every coin is an output of the group's
//! key, spent by its key path; a request is read only from the one form that it can have, and what people are shown is
//! computed from those bytes; a transaction is complete only when libsecp256k1 accepted every input. Apart from [`Core`] all
//! is pure. What it does not do: decide who is paid, choose coins, keep a share, or find out whether a deposit is final.
//!
//! Units: amounts are satoshi ([`bitcoin::Amount`]), fee rates satoshi per virtual byte. Source: BIPs 69, 125, 141, 174, 341, 371;
//! `docs/bitcoin.md`.

mod core_rpc;
mod derivation;
mod describe;
mod error;
mod form;
mod place;
mod plan;
mod request;

pub use bitcoin;
pub use core_rpc::{Core, CoreError, Found, FoundCoin, Tried};
pub use derivation::Derivation;
pub use describe::{Description, Paid, Spent};
pub use error::{NotSigned, PlanError, Refused, SpendError};
pub use place::{Holder, Place, Vault};
pub use plan::Payment;
pub use request::{Coin, MAX_BYTES, MAX_INPUTS, MAX_OUTPUTS, SpendRequest};
