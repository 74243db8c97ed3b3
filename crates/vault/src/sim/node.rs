//! A simulated machine: a watchman that may be down, its disk, and what its driver saw since it started.

use crate::journal::{Damaged, Watchman};
use crate::signature::Digest;
use everpay::{Amount, EverHash};
use std::collections::{BTreeMap, BTreeSet};

/// What the driver told last, kept apart from the pipeline to check it against.
#[derive(Debug, Default)]
pub(super) struct View {
    pub(super) deep: BTreeSet<EverHash>,
    pub(super) alert: Option<bool>,
    pub(super) disagree: Option<bool>,
    pub(super) released: BTreeSet<EverHash>,
    pub(super) unreleased_ms: BTreeMap<EverHash, u64>,
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) watchman: Option<Watchman>,
    pub(super) disk: Vec<u8>,
    /// Counts starts: what was on its way to a former life is lost.
    pub(super) life: u32,
    /// How far behind the newest block and batch it sees, fixed for a life.
    pub(super) behind_blocks: usize,
    pub(super) behind_ms: u64,
    pub(super) view: View,
    pub(super) asked: BTreeSet<(EverHash, Digest)>,
    // What outlives crashes: the checks' own memory.
    pub(super) approved: BTreeSet<Digest>,
    pub(super) signed: BTreeMap<EverHash, Digest>,
    pub(super) intents: BTreeMap<EverHash, (u64, Amount)>,
    pub(super) halted: bool,
}

impl Node {
    pub(super) fn new() -> Self {
        Self {
            watchman: None,
            disk: Vec::new(),
            life: 0,
            behind_blocks: 0,
            behind_ms: 0,
            view: View::default(),
            asked: BTreeSet::new(),
            approved: BTreeSet::new(),
            signed: BTreeMap::new(),
            intents: BTreeMap::new(),
            halted: false,
        }
    }

    /// Starts from what is on the disk, a torn entry cut off.
    pub(super) fn start(&mut self) -> Result<(), Damaged> {
        let (watchman, replayed) = Watchman::replay(&self.disk)?;
        self.disk.truncate(replayed.good_len);
        (self.watchman, self.view, self.asked) = (Some(watchman), View::default(), BTreeSet::new());
        self.life += 1;
        Ok(())
    }
}
