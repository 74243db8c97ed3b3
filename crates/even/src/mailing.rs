//! Whom a node sends to (8.6): the heaviest first, and some drawn by lot, so that newcomers are reached and nobody who
//! knows the order alone can surround a node.

use crate::hash::{Domain, Hash, dom, sha3};
use crate::ids::NodeId;
use std::cmp::Reverse;

/// How many a node sends to.
pub const FAN_OUT: usize = 8;

/// Hundredths of the fan-out that go by order, rounded up.
const ORDERED_PERCENT: usize = 58;

const MAIL: Domain = dom("EVEN/mail/1");

/// What decides a node's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// The node.
    pub node: NodeId,
    /// Its weight.
    pub weight: u128,
    /// Its rating, parts of a million.
    pub rating_ppm: u32,
    /// Its share of the exchange, in [`crate::weight::SHARE_UNITS`].
    pub exchange: u32,
}

/// The receivers of a node.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MailingList {
    /// By weight, rating, exchange and id.
    pub by_order: Vec<NodeId>,
    /// By lot.
    pub drawn: Vec<NodeId>,
}

/// The mailing list of `me` with `fan_out` places. `seed` is the node's own secret: without it nobody foresees the lots.
#[must_use]
pub fn mailing_list(me: &NodeId, candidates: &[Candidate], fan_out: usize, seed: &Hash) -> MailingList {
    let mut others: Vec<&Candidate> = candidates.iter().filter(|one| one.node != *me).collect();
    others.sort_by_key(|one| (Reverse((one.weight, one.rating_ppm, one.exchange)), one.node));
    let ordered = (ORDERED_PERCENT * fan_out).div_ceil(100).min(others.len());
    let mut rest: Vec<NodeId> = others[ordered..].iter().map(|one| one.node).collect();
    rest.sort_by_cached_key(|node| sha3(&[&MAIL, seed, &node.0]));
    rest.truncate(fan_out - ordered.min(fan_out));
    MailingList { by_order: others[..ordered].iter().map(|one| one.node).collect(), drawn: rest }
}
