//! The batch format of everPay's rollup: items, their links, tags, and the order of batches.
//!
//! Pure: no IO, no clock, no randomness; equal inputs give equal outputs. Called by the detector (reading) and
//! the coordinator (writing); whose batch it is and whether its data are authentic is checked before, by
//! `arweave`.
//! What always holds: an [`Item`]'s id is the hash of its own data, recomputed and never read; [`pack`] and
//! [`parse`] are inverse; a [`Walk`] ends after a bounded number of steps and orders batches by parent links
//! alone.
//! What it deliberately does not do: it never looks into the transactions and never fetches anything.
//!
//! Source: section 13 of the everPay protocol notes (the layout of turing).

mod body;
mod chain;
mod item;
mod merge;
mod tags;
mod walk;

pub use body::{ITEMS_MAX, ParseError, pack, parse};
pub use chain::Chain;
pub use item::{Item, ItemId, first_break, seal};
pub use merge::{Merge, merge};
pub use tags::{APP, BatchTags, PARENT_TAG, TagError, VERSION, parse_tags, require, tags};
pub use walk::{Answer, GapCause, Outcome, Path, STEPS_MAX, Walk, WalkError};
