//! The packager: turns marks into signed batches, posts them, and follows them until they are deep enough.
//!
//! What always holds: a signed batch is on disk before it is posted, so that a kill at any moment leaves nothing on the
//! network that this directory does not know; each batch names the one before it; several may be on their way at once;
//! marks are confirmed in order. A batch that the network lost is posted again, the same bytes; one whose anchor has
//! expired is signed anew with the same items and the same parent (a sibling), and those after it follow.
//! What it does not do: decide where a batch ends (the serial task does), or check items again.
//! Source: section 13 of the protocol.

mod follow;
mod head;
mod sealing;

pub(crate) use head::check_head;

use crate::cheat::Cheat;
use crate::error::{ForeignHead, RunError};
use crate::shared::{Shared, ended};
use arweave::{Gateway, GatewayError, Wallet, WalletError};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use store::sqlite::StoreError;
use tokio::sync::watch;
use tokio::time::Instant;

/// Batches on their way at the same time.
const WINDOW: usize = 8;
/// Longest pause after a fault.
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// What a packager works with.
pub(crate) struct Packager {
    pub(crate) shared: Arc<Shared>,
    pub(crate) gateways: Vec<Gateway>,
    pub(crate) wallet: Arc<Wallet>,
    pub(crate) confirmations: u64,
    /// Pause between two looks at the network.
    pub(crate) poll: Duration,
    pub(crate) cheat: Option<Cheat>,
    /// Whether the wallet's newest transaction was seen to be ours.
    pub(crate) head_checked: bool,
    /// When batches were posted by this process.
    pub(crate) posted: HashMap<[u8; 32], Instant>,
}

/// Why a turn ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TurnError {
    #[error("no gateway answers: {0}")]
    NoGateway(GatewayError),
    #[error("gateway: {0}")]
    Gateway(#[from] GatewayError),
    #[error("pool: {0}")]
    Store(#[from] StoreError),
    #[error("wallet: {0}")]
    Wallet(#[from] WalletError),
    #[error(transparent)]
    ForeignHead(#[from] ForeignHead),
    #[error("a bug: {0}")]
    Bug(String),
}

impl Packager {
    /// Runs until `stop` says so. A turn that is cut off is picked up from the disk.
    pub(crate) async fn run(mut self, mut stop: watch::Receiver<bool>) -> Result<(), RunError> {
        let mut pause = self.poll;
        loop {
            let outcome = tokio::select! {
                biased;
                () = ended(&mut stop) => return Ok(()),
                outcome = self.turn() => outcome,
            };
            pause = match outcome {
                Ok(()) => self.poll,
                Err(TurnError::ForeignHead(head)) => return Err(head.into()),
                Err(TurnError::Bug(what)) => return Err(RunError::Bug(what)),
                Err(fault) => {
                    tracing::warn!(%fault, "packaging is held up and will be tried again");
                    (pause * 2).clamp(self.poll, PAUSE_MAX)
                }
            };
            let shared = Arc::clone(&self.shared);
            tokio::select! {
                biased;
                () = ended(&mut stop) => return Ok(()),
                () = tokio::time::sleep(pause) => {}
                // A new mark is not worth a hurry while the network is out of order.
                () = shared.marked.notified(), if pause == self.poll => {}
            }
        }
    }

    async fn turn(&mut self) -> Result<(), TurnError> {
        let (gateway, tip) = self.answering_gateway().await?;
        if !self.head_checked {
            check_head(&self.shared.pool, &gateway, &self.shared.owner).await?;
            self.head_checked = true;
        }
        self.follow(&gateway, tip).await?;
        self.seal_marks(&gateway).await
    }

    /// The first gateway that answers serves the whole turn; its height comes with it.
    async fn answering_gateway(&self) -> Result<(Gateway, u64), TurnError> {
        let mut last = GatewayError::NotFound;
        for gateway in &self.gateways {
            match gateway.info().await {
                Ok(info) => return Ok((gateway.clone(), info.height)),
                Err(error) => last = error,
            }
        }
        Err(TurnError::NoGateway(last))
    }
}
