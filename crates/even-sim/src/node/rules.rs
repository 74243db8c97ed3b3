//! What all nodes of a network share, and what one node brings.

use crate::post::Checkpoint;
use even::block::EpochRow;
use even::ids::NodeId;
use even::units::{EpochLength, Time};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The parameters of a network (13), and how eagerly its nodes speak.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Length of an epoch.
    pub epoch: EpochLength,
    /// Work of a message.
    pub message_bits: u32,
    /// Work of a stamp.
    pub stamp_bits: u32,
    /// How often a node publishes a record when it has something to say, ms.
    pub record_ms: u64,
    /// When the first later round of a conflict begins, ms; each further one takes twice as long (9.5).
    pub round_ms: u64,
    /// The longest wait for a round, ms.
    pub round_max_ms: u64,
    /// Places of the mailing list.
    pub fan_out: usize,
    /// How long after an epoch it is measured, ms.
    pub settle_ms: u64,
    /// How long the first leader's epoch record is waited for, ms.
    pub patience_ms: u64,
    /// How long something missing is waited for before it is asked for, ms.
    pub ask_ms: u64,
    /// Epochs for which messages are kept in memory after they are settled.
    pub memory_epochs: u32,
}

/// What a node is like.
#[derive(Debug, Clone)]
pub struct Role {
    /// Whether it validates and votes; else it is passive.
    pub stamps: bool,
    /// Whether it reads all outboxes and knows what is final. Those that do not believe a majority of those that do, and do
    /// not vote in later rounds.
    pub reads: bool,
    /// Stamps a second.
    pub capacity: f64,
    /// Its addresses that the checkpoint pays to, from index 0.
    pub coins: u64,
}

/// Where a network starts from.
#[derive(Debug, Clone)]
pub struct Start {
    /// Its time.
    pub time: Time,
    /// The state.
    pub checkpoint: Checkpoint,
    /// The first table.
    pub rows: Vec<EpochRow>,
    /// All nodes.
    pub everybody: Arc<Vec<NodeId>>,
    /// Those that read all outboxes.
    pub readers: Arc<BTreeSet<NodeId>>,
}
