//! What pages are answered from: an EVEN network at a moment, in plain data that never changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use even::ids::{MessageId, NodeId};
use even::rating::{Parts, Row};
use even::voting::Status;
use even_sim::node::Measured;

/// A node of the network.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) id: NodeId,
    pub(super) label: String,
    pub(super) kind: &'static str,
}

/// How a node stood at the end of the last measured epoch; before the first, what the first table says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    pub(super) row: Row,
    /// Mean nominal work a second.
    pub(super) capacity: f64,
    /// Mean final messages stamped a second.
    pub(super) speed: f64,
    /// Final messages stamped.
    pub(super) activity: u64,
    /// Stake, units.
    pub(super) stake: u64,
}

/// Weights of the members, in their order.
#[derive(Debug, Default)]
pub(super) struct Weights {
    pub(super) of: Vec<u128>,
    pub(super) denominator: u128,
    /// Members, the heaviest first.
    pub(super) leaders: Vec<usize>,
    /// Those that were cut by the cap.
    pub(super) clipped: BTreeSet<usize>,
}

impl Weights {
    /// Of the denominator, in parts of a million.
    pub(super) fn ppm(&self, weight: u128) -> u32 {
        ppm(weight, self.denominator)
    }
}

/// A part of a whole, in parts of a million; 0 of nothing.
pub(super) fn ppm(part: u128, whole: u128) -> u32 {
    let ppm = (1_000_000 * part).checked_div(whole).unwrap_or(0);
    u32::try_from(ppm).unwrap_or(u32::MAX)
}

/// The table in force.
#[derive(Debug, Default)]
pub(super) struct InForce {
    pub(super) weights: Weights,
    /// The epoch that was measured for it.
    pub(super) measured: Option<u32>,
    pub(super) total: u128,
    pub(super) effective_milli: u64,
    pub(super) balance: f64,
}

/// A node at the end of a past epoch.
#[derive(Debug, Clone)]
pub(super) struct Past {
    pub(super) epoch: u32,
    pub(super) end_ms: u64,
    pub(super) row: Row,
    pub(super) weight_ppm: u32,
    /// What moved the rating since the entry before.
    pub(super) parts: Option<Parts>,
}

/// Something that may need a look.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sign {
    pub(super) code: &'static str,
    pub(super) member: Option<usize>,
    pub(super) since_ms: u64,
    pub(super) params: Vec<(&'static str, String)>,
}

impl Sign {
    pub(super) const fn of(code: &'static str, member: Option<usize>, since_ms: u64) -> Self {
        Self { code, member, since_ms, params: Vec::new() }
    }
}

/// The votes of a round.
#[derive(Debug, Clone, Copy)]
pub(super) struct Round {
    pub(super) number: u32,
    pub(super) voters: usize,
    pub(super) weight_ppm: u32,
}

/// A message of the window.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) id: MessageId,
    pub(super) bundle: String,
    pub(super) issuer: usize,
    pub(super) time_ms: u64,
    pub(super) parents: Vec<MessageId>,
    pub(super) kind: &'static str,
    pub(super) status: Status,
    pub(super) finality_ms: Option<u64>,
    pub(super) rounds: Vec<Round>,
    pub(super) locked: usize,
    pub(super) locked_ppm: u32,
    pub(super) rivals: BTreeSet<MessageId>,
    pub(super) transactions: usize,
    pub(super) bytes: usize,
    /// Addresses with units.
    pub(super) inputs: Vec<(String, u64)>,
    pub(super) outputs: Vec<(String, u64)>,
}

/// What the network decided so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) finals: u64,
    pub(super) open: u64,
    pub(super) rejected: u64,
    pub(super) median_ms: Option<u64>,
    pub(super) per_second: f64,
}

/// The network at a moment, as its first honest reader sees it.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub(super) seed: u64,
    pub(super) now_ms: u64,
    pub(super) epoch: u32,
    pub(super) epoch_start_ms: u64,
    pub(super) epoch_length_ms: u64,
    pub(super) members: Arc<Vec<Member>>,
    pub(super) index: Arc<BTreeMap<NodeId, usize>>,
    /// The epoch whose end the standings hold for.
    pub(super) rated: u32,
    pub(super) standings: Arc<Vec<Standing>>,
    /// What was observed in it.
    pub(super) measured: Option<Arc<Measured>>,
    pub(super) force: Arc<InForce>,
    /// By member, oldest first.
    pub(super) pasts: Arc<Vec<Vec<Past>>>,
    /// Members that were proven to equivocate.
    pub(super) muted: BTreeSet<usize>,
    pub(super) signs: Vec<Sign>,
    pub(super) counts: Counts,
    pub(super) alarm: Option<(MessageId, MessageId)>,
    /// Oldest first.
    pub(super) messages: Vec<Arc<Message>>,
}
