//! The walk from the newest batch back to what is processed: a machine that asks and is answered.
//!
//! The driver asks [`Walk::next_query`], fetches and verifies that header (signature, owner, tags), and gives
//! the [`Answer`]; [`Walk::finish`] says what to process, oldest first. No index and no heights are used: only
//! parent links order batches. A batch by a foreign owner is for the driver to judge: it is on the chain, its
//! items are skipped.
//!
//! Whatever the answers, the walk ends: it takes at most its limit of steps, and an id that is met twice (which
//! honest hashes cannot produce) is an error.

use std::collections::HashSet;

use arweave::ArweaveId;

use crate::chain::Chain;

/// Default limit of steps: batches fetched in one walk.
pub const STEPS_MAX: usize = 1_000_000;

/// What is known about the batch asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// A batch; `parent` is its tag, `None` for the first of a ledger.
    Batch {
        /// The batch before.
        parent: Option<ArweaveId>,
    },
    /// No source has it.
    Missing,
    /// It exists and is authentic, but is not a batch (its tags are not those of one).
    NotABatch,
}

/// Why the way back ends in nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GapCause {
    /// No source has the batch.
    Missing,
    /// The parent is something else than a batch.
    NotABatch,
}

/// Batches to process on top of a processed one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The processed batch on which the new ones stand; `None` if they start the ledger.
    pub ancestor: Option<ArweaveId>,
    /// Processed batches after the ancestor that are no longer on the way to the tip, oldest first. Not empty
    /// means that siblings exist: compare the items with [`crate::merge()`].
    pub replaced: Vec<ArweaveId>,
    /// New batches, oldest first.
    pub fresh: Vec<ArweaveId>,
}

/// What a finished walk found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The tip is the processed head.
    UpToDate,
    /// The tip is an older processed batch: the source lags, or younger batches were dropped.
    Behind {
        /// Processed batches younger than the tip, oldest first.
        beyond: Vec<ArweaveId>,
    },
    /// There are batches to process.
    Path(Path),
    /// The way back breaks off.
    Gap {
        /// What cannot be had.
        missing: ArweaveId,
        /// Why.
        cause: GapCause,
        /// Batches above the gap, oldest first; empty if it is the tip itself.
        above: Vec<ArweaveId>,
    },
}

/// A misuse or an impossible answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WalkError {
    /// More steps than the limit.
    #[error("more than {0} unprocessed batches")]
    TooLong(usize),
    /// The parents run in a circle, which no honest header can bring about.
    #[error("batch {0} is its own ancestor")]
    Circle(ArweaveId),
    /// The answer is not to the question that is open.
    #[error("no question about {0} is open")]
    NotAsked(ArweaveId),
    /// A question is still open.
    #[error("the walk is not finished")]
    Unfinished,
}

#[derive(Debug, Clone)]
enum State {
    Asking(ArweaveId),
    /// Arrived at this processed batch, or at the start of the ledger.
    Arrived(Option<ArweaveId>),
    Broken(ArweaveId, GapCause),
}

/// A walk in progress over a fixed state of the processed chain.
#[derive(Debug, Clone)]
pub struct Walk<'c> {
    processed: &'c Chain,
    state: State,
    /// Newest first.
    fresh: Vec<ArweaveId>,
    met: HashSet<ArweaveId>,
    steps_max: usize,
}

impl<'c> Walk<'c> {
    /// Starts at `tip`, what the source says is the rollup's newest transaction.
    pub fn new(processed: &'c Chain, tip: ArweaveId, steps_max: usize) -> Self {
        let mut walk =
            Self { processed, state: State::Arrived(None), fresh: Vec::new(), met: HashSet::new(), steps_max };
        walk.state = walk.towards(tip);
        walk
    }

    fn towards(&self, id: ArweaveId) -> State {
        if self.processed.place(&id).is_some() { State::Arrived(Some(id)) } else { State::Asking(id) }
    }

    /// The batch whose header is needed next; `None` when the walk is finished.
    pub fn next_query(&self) -> Option<ArweaveId> {
        match self.state {
            State::Asking(id) => Some(id),
            State::Arrived(_) | State::Broken(..) => None,
        }
    }

    /// Batches found so far.
    pub fn found(&self) -> usize {
        self.fresh.len()
    }

    /// Takes the answer about `id`.
    ///
    /// # Errors
    /// [`WalkError`]; after one the walk is as before and the same question is open.
    pub fn answer(&mut self, id: ArweaveId, answer: Answer) -> Result<(), WalkError> {
        if self.next_query() != Some(id) {
            return Err(WalkError::NotAsked(id));
        }
        let parent = match answer {
            Answer::Missing => return self.break_off(id, GapCause::Missing),
            Answer::NotABatch => return self.break_off(id, GapCause::NotABatch),
            Answer::Batch { parent } => parent,
        };
        if self.fresh.len() == self.steps_max {
            return Err(WalkError::TooLong(self.steps_max));
        }
        if parent.is_some_and(|parent| parent == id || self.met.contains(&parent)) {
            return Err(WalkError::Circle(id));
        }
        self.fresh.push(id);
        self.met.insert(id);
        self.state = parent.map_or(State::Arrived(None), |parent| self.towards(parent));
        Ok(())
    }

    fn break_off(&mut self, id: ArweaveId, cause: GapCause) -> Result<(), WalkError> {
        self.state = State::Broken(id, cause);
        Ok(())
    }

    /// What was found.
    ///
    /// # Errors
    /// [`WalkError::Unfinished`] while a question is open.
    pub fn finish(mut self) -> Result<Outcome, WalkError> {
        self.fresh.reverse();
        match self.state {
            State::Asking(_) => Err(WalkError::Unfinished),
            State::Broken(missing, cause) => Ok(Outcome::Gap { missing, cause, above: self.fresh }),
            State::Arrived(ancestor) => {
                let kept = ancestor.and_then(|id| self.processed.place(&id)).map_or(0, |place| place + 1);
                let replaced = self.processed.ids()[kept..].to_vec();
                Ok(match (self.fresh.is_empty(), replaced.is_empty()) {
                    (true, true) => Outcome::UpToDate,
                    (true, false) => Outcome::Behind { beyond: replaced },
                    (false, _) => Outcome::Path(Path { ancestor, replaced, fresh: self.fresh }),
                })
            }
        }
    }
}
