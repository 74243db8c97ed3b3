//! What a watchman may sign: burns, what pays them, the policy, and the pipeline that leads to one payout each.
//!
//! Where it stands: the watchman's driver feeds it with facts that the detector, the oracle, the watchmen's network and people
//! give, and does the effects that it names. What always holds: no IO, no clock, no randomness, no floating point, no
//! unordered iteration; equal facts at equal times give equal states, so that the journal alone brings a watchman back; a
//! signature is asked for only while W1 to W6 hold (see `pipeline`), and one everHash has one digest for ever.
//! Units: amounts are base units, of the ledger unless a name says target; times are Unix ms.
//! What it does not do: sign, send, store, or check a fact: each says what its teller must have checked.

pub mod burn;
pub mod halt;
pub mod journal;
pub mod payload;
pub mod pipeline;
pub mod policy;
pub mod roster;
pub mod rotation;
pub mod seal;
pub mod signature;
pub mod sim;
pub mod words;
