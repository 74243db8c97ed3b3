//! The watchman: the driver around `vault::pipeline` that tells it facts and does what it asks.
//!
//! Where it stands: facts come from the detector ([`Ledger`]), the chains' nodes (`vault_evm::release`), the other watchmen
//! (`p2p`) and people ([`WatchmanView`]); keys stay in the `keystore`. What always holds: a fact is on disk, in a chain of
//! hashes, before anything follows from it; what the pipeline ignores is not written; a journal that cannot be written ends
//! the driver; every queue, wait and repetition is bounded; one journal has one driver at a time.
//! What it does not do: judge a burn or a policy (the pipeline does), read the ledger (the detector does), show pages.
//! Units: times Unix ms, amounts base units; addresses of nodes are shown without their keys.
//! Source: sections 10 and 12 of the protocol, `docs/contract.md`.

mod agenda;
mod chain;
mod changes;
mod clock;
mod config;
mod disk;
pub mod door;
mod driver;
mod guest;
mod journal;
mod keys;
mod ledger;
mod model;
mod roster;
mod settings;
mod submit;
pub mod talk;
mod view;

pub use changes::{ChangeRow, policy_changes, roster_changes};
pub use config::{Config, OpenError, RunError, usual_poll, usual_timing};
pub use disk::FileError;
pub use driver::Watchman;
pub use guest::Guest;
pub use journal::{Journal, JournalError};
pub use keys::{KeysError, Public, add as add_keys, complete as complete_keys, peer_identity};
pub use ledger::{FoundBurn, FoundHalt, Ledger, Standing};
pub use model::{
    CheckResult, HaltRow, Limit, Notice, PassedRow, PayoutFacts, PeerRow, QueueRow, RuleCheck, SignedFields, SignerRow,
    SignerState, SourcesRow, Status, VaultRow,
};
pub use roster::{RosterFile, RosterFileError, RosterMember};
pub use settings::{
    SettingsError, SettingsFiles, open_policy, open_roster, policy_diff, roster_diff, seal_policy, seal_roster,
    trust_settings,
};
pub use view::{AskError, NAME_LEN_MAX, REASON_LEN_MAX, WatchmanView};
