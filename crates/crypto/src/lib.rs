//! Hashes, text encodings and signature primitives shared by every other crate.
//!
//! What always holds: nothing here reads a clock, a file or the network; equal inputs give equal outputs on every
//! machine; foreign bytes of any shape give an error or `false`, never a panic.
//! What it does not do: decide which digest a ledger signs, or who may sign. That is `everpay` and `arweave`.

pub mod b64;
mod ecdsa_p256;
mod eip55;
mod hash;
pub mod hexs;
pub mod pkcs1;
pub mod pss;
mod rsa_key;
pub mod secp;

pub use ecdsa_p256::verify_p256_sha256;
pub use eip55::eip55;
pub use hash::{eip191_hash, keccak256, keccak256_parts, sha256, sha256_parts, sha384};
pub use rsa_key::KeyError;
