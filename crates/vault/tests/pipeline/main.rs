//! The pipeline by scenarios, rule by rule.
#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests")]

#[path = "../common/mod.rs"]
mod common;
mod scene;

mod approval;
mod ledger;
mod owners;
mod signing;
mod submitting;
