//! How a chain is read without gap or doubling, as a machine without IO: it says what to ask, is told the answer, and says
//! what changes.
//!
//! What always holds: everything below [`Scan::next`] was read once on the branch that the checkpoints name; a range is
//! asked for only after its parent block was found in place; when it is not, the machine searches the newest checkpoint
//! that still stands (by halving: if a block stands, so do all before it) and goes back behind it. What it does not do:
//! judge deposits, or believe a single node: answers are what enough nodes said alike.

use store::vault::{CHECKPOINTS_MAX, Checkpoint, Progress};

/// What to ask next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// Nothing: everything up to the tip is read.
    Nothing,
    /// Which block stands at this height; answer with [`Scan::block_is`].
    Block(u64),
    /// What these blocks brought; answer with [`Scan::was_read`], [`Scan::parent_changed`] or [`Scan::refused`].
    Range {
        /// First block.
        from: u64,
        /// Last block.
        to: u64,
    },
}

/// What an answer changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    None,
    /// Blocks from here on are to be read again; what came in with them dropped out.
    Rewind {
        /// The first of them.
        next: u64,
    },
}

/// Whether the newest checkpoint stands in the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Footing {
    /// Not asked in this round.
    Unknown,
    /// It does.
    Firm,
    /// It does not. The newest one that does is below index `gone`; those below `firm` were found in place.
    Lost { firm: usize, gone: usize },
}

/// Where the reading of one chain stands.
#[derive(Debug, Clone)]
pub struct Scan {
    start: u64,
    next: u64,
    checkpoints: Vec<Checkpoint>,
    footing: Footing,
    span: u64,
    span_max: u64,
}

impl Scan {
    /// Goes on from `progress`. Reading began at block `start`; a range holds at most `span_max` blocks.
    #[must_use]
    pub fn new(start: u64, progress: Progress, span_max: u64) -> Self {
        let span_max = span_max.max(1);
        let Progress { next, checkpoints } = progress;
        Self { start, next, checkpoints, footing: Footing::Unknown, span: span_max, span_max }
    }

    /// The first block that was not read yet.
    #[must_use]
    pub fn next(&self) -> u64 {
        self.next
    }

    /// Begins a new round: what was read may have dropped out since.
    pub fn begin(&mut self) {
        self.footing = Footing::Unknown;
    }

    /// What to ask next when the chain reaches up to `tip`.
    #[must_use]
    pub fn ask(&self, tip: u64) -> Ask {
        match self.footing {
            Footing::Unknown => match self.newest_up_to(tip) {
                Some(index) => Ask::Block(self.checkpoints[index].number),
                // Nothing was read yet, or the chain does not reach up to anything that was.
                None if self.checkpoints.is_empty() => self.range(tip),
                None => Ask::Nothing,
            },
            Footing::Lost { firm, gone } => Ask::Block(self.checkpoints[middle(firm, gone)].number),
            Footing::Firm => self.range(tip),
        }
    }

    fn range(&self, tip: u64) -> Ask {
        if self.next > tip {
            return Ask::Nothing;
        }
        // The first block alone: its checkpoint tells this chain from another, however short that one is.
        let span = if self.checkpoints.is_empty() { 1 } else { self.span };
        Ask::Range { from: self.next, to: tip.min(self.next.saturating_add(span - 1)) }
    }

    /// The block at the height that was asked for has this hash.
    pub fn block_is(&mut self, number: u64, hash: [u8; 32]) -> Change {
        let Ok(index) = self.checkpoints.binary_search_by_key(&number, |known| known.number) else {
            return Change::None;
        };
        let stands = self.checkpoints[index].hash == hash;
        let (firm, gone) = match self.footing {
            Footing::Lost { firm, gone } if stands => (firm.max(index + 1), gone),
            Footing::Lost { firm, gone } => (firm, gone.min(index)),
            _ if stands => {
                self.footing = Footing::Firm;
                return Change::None;
            }
            _ => (0, index),
        };
        if firm < gone {
            self.footing = Footing::Lost { firm, gone };
            return Change::None;
        }
        self.rewind(firm)
    }

    /// The block before the range that was asked for is not the one that was read.
    pub fn parent_changed(&mut self) -> Change {
        let newest = self.checkpoints.len().saturating_sub(1);
        if newest == 0 {
            return self.rewind(0);
        }
        self.footing = Footing::Lost { firm: 0, gone: newest };
        Change::None
    }

    /// Keeps the first `firm` checkpoints.
    fn rewind(&mut self, firm: usize) -> Change {
        self.checkpoints.truncate(firm);
        self.next = self.checkpoints.last().map_or(self.start, |known| known.number + 1);
        self.footing = Footing::Firm;
        Change::Rewind { next: self.next }
    }

    /// The range up to `end` is stored.
    pub fn was_read(&mut self, end: Checkpoint) {
        self.next = end.number + 1;
        self.footing = Footing::Firm;
        self.checkpoints.push(end);
        if self.checkpoints.len() > CHECKPOINTS_MAX as usize {
            // The first one stays, as in the store.
            self.checkpoints.remove(1);
        }
        self.span = (self.span + self.span / 8 + 1).min(self.span_max);
    }

    /// The range up to `to` is too long for the nodes, or brings too much at once. `false`: it is one block already.
    pub fn refused(&mut self, to: u64) -> bool {
        let asked = to.saturating_sub(self.next) + 1;
        self.span = (asked / 2).max(1);
        asked > 1
    }

    /// The checkpoint that a range from [`Scan::next`] rests on.
    #[must_use]
    pub fn parent(&self) -> Option<Checkpoint> {
        self.checkpoints.last().copied()
    }

    fn newest_up_to(&self, tip: u64) -> Option<usize> {
        self.checkpoints.partition_point(|known| known.number <= tip).checked_sub(1)
    }
}

/// An index with `firm ≤ index < gone`.
const fn middle(firm: usize, gone: usize) -> usize {
    firm + (gone - firm) / 2
}

#[cfg(test)]
mod tests;
