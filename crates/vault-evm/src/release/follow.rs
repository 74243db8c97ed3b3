//! Reads what a vault did, range by range, without gap or doubling: [`Scan`]'s order, the nodes' word.

use super::observer::{Events, EventsRead, Observer};
use crate::node::BlockInfo;
use crate::quorum::NoQuorum;
use crate::watch::{Ask, Change, Scan};
use store::vault::Progress;

/// Questions of one step; a chain that changes under it more often is gone on with in the next round.
const QUESTIONS_MAX: u32 = 256;

/// What the next step of reading comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// What the vault did in the next range; its end is the new checkpoint.
    Read(Events),
    /// Blocks from here on dropped out of the chain, with what the vault did there. They are read again.
    Rewind {
        /// The first of them.
        next: u64,
    },
    /// Everything up to this block is read.
    CaughtUp(BlockInfo),
}

/// Follows one vault. Each step is to be stored, with the cursor that it moves, before the next is asked for; a caller that
/// could not store one opens anew with the progress that it has.
#[derive(Debug)]
pub struct Follower {
    observer: Observer,
    scan: Scan,
    tip: Option<BlockInfo>,
}

impl Follower {
    /// Goes on from `progress`; the chain's start block and longest range are those of its configuration.
    #[must_use]
    pub fn new(observer: Observer, progress: Progress) -> Self {
        let config = &observer.judge.config;
        let scan = Scan::new(config.start_block, progress, config.log_range);
        Self { observer, scan, tip: None }
    }

    /// The first block that was not read yet.
    #[must_use]
    pub fn next(&self) -> u64 {
        self.scan.next()
    }

    /// The next step. After [`Step::CaughtUp`], and after a fault, the chain's tip is asked anew.
    ///
    /// # Errors
    /// Too few nodes say the same; nothing has moved, and the step can be asked for again.
    pub async fn step(&mut self) -> Result<Step, NoQuorum> {
        let step = self.advance().await;
        if !matches!(step, Ok(Step::Read(_) | Step::Rewind { .. })) {
            self.tip = None;
        }
        step
    }

    async fn advance(&mut self) -> Result<Step, NoQuorum> {
        let tip = match self.tip {
            Some(tip) => tip,
            None => self.begin().await?,
        };
        for _ in 0..QUESTIONS_MAX {
            let change = match self.scan.ask(tip.number) {
                Ask::Nothing => break,
                Ask::Block(number) => self.scan.block_is(number, self.observer.block_hash(number).await?.0),
                Ask::Range { from, to } => match self.observer.events(from, to, self.scan.parent()).await? {
                    EventsRead::Whole(events) => {
                        self.scan.was_read(events.end);
                        return Ok(Step::Read(events));
                    }
                    EventsRead::ParentChanged => self.scan.parent_changed(),
                    EventsRead::TooLong => {
                        self.scan.refused(to);
                        Change::None
                    }
                },
            };
            if let Change::Rewind { next } = change {
                return Ok(Step::Rewind { next });
            }
        }
        Ok(Step::CaughtUp(tip))
    }

    async fn begin(&mut self) -> Result<BlockInfo, NoQuorum> {
        let tip = self.observer.tip().await?;
        self.scan.begin();
        self.tip = Some(tip);
        Ok(tip)
    }
}
