//! Replays an everPay ledger from Arweave, verifies everything, and raises alerts with evidence.
//!
//! Stands on `arweave` (verified bytes), `rollup` (order), `everpay` (rules), `oracle` (deposits) and `store`; `app` and
//! `everwatchd` read it through [`View`]. What always holds: only parent links order batches; a batch rests in the database
//! once, whole, with everything that follows from it; what is not deep enough lies in an overlay that can be undone
//! exactly; the same batches give the same verdicts, alerts and roots, whatever the cores, splits or crashes. It does not
//! sign, send or move anything. Source: `docs/architecture.md`.

mod alert;
mod carry;
mod config;
mod coordinator;
mod engine;
mod error;
mod evidence;
mod fetch;
mod head;
mod items;
mod judge;
mod minutes;
pub mod model;
mod prepare;
pub mod replay;
mod restore;
#[cfg(test)]
mod scenarios;
mod service;
mod settle;
mod sources;
mod vaults;
mod view;

pub use alert::{Alert, Comparison, EvidenceClass, Link, Param, Place, Rule, Severity};
pub use config::{Config, DEPOSIT_CONFIRMATIONS_DEFAULT, DEPTH_DEFAULT};
pub use error::DetectorError;
pub use service::{Detector, now_ms};
pub use view::{Accusation, AccuseError, Accused, LiftError, View};
