//! The EVEN basic protocol, version 1: keys, messages, signed blocks, ratings, weights, votes and the ledger.
//!
//! Where it stands: below everything that runs a node or shows one; above nothing but hash and signature libraries.
//! What always holds: no IO, no clock, no randomness (bytes and times are arguments); integers only on the way to anything
//! that nodes must agree on; no unordered iteration; foreign bytes of any shape give a named refusal, never a panic.
//! Units: amounts are whole units of a supply of 10^15, times are Unix milliseconds.
//! What it does not do: talk to anybody, store anything, or use more than one core: callers spread messages over cores.
//!
//! Source: the EVEN yellow paper as the reference in `docs/even.md` reads it; numbers like 6.5 or M07 are its rules.

pub mod audit;
pub mod block;
pub mod cbor;
pub mod channel;
pub mod cid;
pub mod epoch;
pub mod forecast;
pub mod hash;
pub mod identity;
pub mod ids;
pub mod keys;
pub mod ledger;
pub mod mailing;
pub mod message;
pub mod rating;
pub mod transaction;
pub mod units;
pub mod voting;
pub mod wallet;
pub mod weight;
pub mod wire;
pub mod work;
pub mod wots;
