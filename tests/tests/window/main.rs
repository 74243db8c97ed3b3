//! The desktop program in its real web view, on a real gateway, a real chain and a coordinator: what a person sees of a
//! ledger, of deposits and of payouts, and what a person decides, by keyboard where money moves, in the page and in the native
//! windows that no page reaches.
//!
//! The page is moved by WebDriver; native windows are other windows of the same display and get their keys from there. The
//! pictures go to `target/screenshots/`.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../desktop/mod.rs"]
mod desktop;

mod deposits;
mod even;
mod keys;
mod ledger;
mod page;
mod payouts;
mod rules;
mod shared_key;
mod site;

const ETH: u128 = 1_000_000_000_000_000_000;
