//! Persistence on SQLite through sqlx: what the detector knows ([`ledger`]), what the coordinator accepted ([`pool`]), and
//! what came into the vaults ([`vault`]).
//!
//! What always holds: one writer per database, WAL with full synchronisation, every change in one transaction; a row that
//! was acknowledged is there after a crash at any moment. This crate decides nothing: it stores and finds bytes and rows.
//! Replay data are appended whole, batch by batch; the indexes that people search by are filled in bulk behind the cursor,
//! because a row with a random unique index per transaction costs nearly half a signature check.

mod cursor;
pub mod ledger;
pub mod pool;
pub mod sqlite;
pub mod vault;
