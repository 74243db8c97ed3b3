//! The chain side of payouts: submitting what the owners of a vault signed, and reading what the vault did.
//!
//! Where it stands: a watchman's driver submits through [`Submitter`] and learns through [`Observer`] and [`Follower`]; the
//! detector feeds what they read to [`audit`](fn@audit), which is pure. What always holds: what is said of the chain was
//! said alike by enough nodes; an event counts only when its id is the hash of its own fields; for one burn no second
//! nonce is signed while the first could still be mined; fees stay below a bound.
//! What it does not do: decide that something is paid, keep a key ([`TxSigner`] is asked), store anything, or know the time.
//! Source: section 12 of the protocol, and `docs/contract.md`.

mod audit;
mod call;
mod event;
mod fees;
#[cfg(test)]
mod fixture;
mod follow;
mod look;
mod observer;
mod slot;
mod submitter;

pub use audit::{Finding, Rule, Why, audit};
pub use call::{Nature, Payment, nature, proposal, submission};
pub(crate) use event::read as read_event;
pub use event::{At, Event, VaultEvent};
pub use fees::{FeePolicy, Fees, TooExpensive, TooMuchGas};
pub use follow::{Follower, Step};
pub use look::{Mined, Outcome, Standing};
pub use observer::{Events, Observer, VaultState};
pub use slot::{ATTEMPTS_MAX, Attempt, SignFault, SigningError, Slot, TxSigner};
pub use submitter::{Submission, SubmitError, Submitter, Taken};
