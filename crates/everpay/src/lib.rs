//! The everPay protocol as a pure core: accounts, transactions, signatures, tokens, the ledger and its state root.
//!
//! Where it stands: `detector`, `coordinator`, wallets and the devnet call it; it calls only `crypto`.
//! What always holds: no IO, no clock, no randomness, no floating point, no unordered iteration on the way to a root;
//! equal inputs give equal verdicts and equal roots on every machine.
//! What it does not do: fetch anything, ask a source chain about a deposit, or store anything. Actions whose rules were
//! never published are answered as undecidable, never guessed.
//! Source: the protocol's public kits and documents; where those leave a choice, `docs/protocol-choices.md`.

mod account;
mod action;
mod amount;
pub mod bundle;
mod check;
mod codec;
mod cose;
pub mod everid;
pub mod evm;
pub mod fido2;
mod hash;
pub mod info;
mod json;
pub mod ledger;
pub mod lock_contract;
pub mod mint;
mod refusal;
mod rlp;
mod root_chain;
pub mod rules;
mod sign;
mod signature;
mod target;
pub mod token;
mod transaction;

pub use account::{AccountId, AccountType, ArweaveText, EverIdText};
pub use action::Action;
pub use amount::{Amount, ParseAmountError, Quantity};
pub use check::{Checked, Checker, DATA_LEN_MAX, Rejected};
pub use codec::DecodeError;
pub use hash::{EverHash, Nonce, ParseHashError, StateRoot};
pub use info::InfoResponse;
pub use ledger::{
    Account, AccountChange, Applied, BatchChange, Denied, Ledger, MintVerdict, Proof, RevertError, Rule, Snapshot,
    TokenChange, TokenIndex, TokenRecord, TokenState,
};
pub use mint::{ArweaveDeposit, MintFingerprint, Minted};
pub use refusal::Refusal;
pub use root_chain::{RootChain, next_root, root_text};
pub use rules::{Rules, RulesError, Target, TokenSpec, Tokens, ar_token, eth_token};
pub use sign::{arweave_sig, sign_evm};
pub use signature::{EverIdKey, HashUsed, Signed, SignedText, Verifier};
pub use target::{is_evm_chain, native_chain, target_chain};
pub use token::TokenTag;
pub use transaction::{ParseTransactionError, Transaction};
