//! The deposit watcher (EthBot): finds what comes into the vault of one chain, keeps it, and posts mints.
//!
//! Where it stands: `everwatchd ethbot` runs one for each chain and lets it post; the app runs them to show deposits, and
//! posts by hand. The order of reading is [`Scan`]'s, which is pure; what the nodes say is gathered and compared in
//! `gather`; what one transaction brought is [`crate::deposit::read`]'s word.
//! What always holds: rows and cursor move in one database transaction, so that a kill at any moment leaves neither a gap
//! nor a doubling; nothing is stored that fewer nodes said than must agree; a block that drops out of the chain takes its
//! deposits with it until they are found again. A mint that is posted twice counts once: that is the ledger's rule.
//! What it does not do: guess whom a stranded deposit belongs to, decide what a ledger holds, or keep any key.
//! Source: section 9 of the protocol, and `docs/deposits.md`.

mod coordinator;
mod gather;
mod inner;
mod mint;
mod model;
mod post;
mod scan;
mod shared;
mod view;

pub use coordinator::{Answer as CoordinatorAnswer, Coordinator, Record, RecordFault};
pub use model::{
    DepositFilter, DepositInfo, DepositPage, DepositState, PostError, Posted, SourceInfo, Trouble, WatchConfig,
    WatchError, WatchNotice, WatchState,
};
pub use scan::{Ask, Change, Scan};
pub use view::WatchView;

use crate::judge::EvmDeposits;
use crate::quorum::NoQuorum;
use gather::{Gather, RangeRead, Tip};
use inner::Core;
use mint::Minter;
use post::{COORDINATOR_SILENT, Tries};
use shared::Shared;
use std::sync::Arc;
use std::time::Duration;
use store::vault::VaultStore;
use tokio::sync::watch;

/// Times that one round may find the chain changed under it; the next round goes on.
const CHANGES_MAX: u32 = 32;
/// Shortest pause between two looks at the chain.
const POLL_MIN: Duration = Duration::from_millis(50);

/// Watches one chain.
#[derive(Debug)]
pub struct Watcher {
    core: Arc<Core>,
    scan: Scan,
    /// Whether a step was begun whose end is not known; the store knows.
    unsure: bool,
    tries: Tries,
    post: bool,
    poll: Duration,
    identity: String,
}

impl Watcher {
    /// Takes up the chain where `store` left it. A chain id, vault, start or token list other than before begins anew.
    /// No node is asked yet.
    ///
    /// # Errors
    /// [`WatchError`].
    pub async fn open(config: WatchConfig, store: VaultStore) -> Result<Self, WatchError> {
        let WatchConfig { chain, evm, confirmations, rules, coordinator, post, poll } = config;
        let judge = EvmDeposits::new(&chain, &evm, confirmations, &rules)?;
        let coordinator = match coordinator {
            Some(base) => Some(Coordinator::new(&base).ok_or(WatchError::Coordinator)?.map_err(WatchError::Http)?),
            None => None,
        };
        let minter = Minter::new(&chain, &rules).ok_or(WatchError::Random)?;
        let identity = identity(&judge);
        let progress = store.take_up(&chain, &identity, evm.start_block).await?;
        let scan = Scan::new(evm.start_block, progress, evm.log_range);
        let shared = Shared::new(first_state(&chain, &judge, scan.next()));
        let core = Arc::new(Core { chain, judge, store, shared, minter, coordinator });
        Ok(Self { core, scan, unsure: false, tries: Tries::default(), post, poll: poll.max(POLL_MIN), identity })
    }

    /// The read side.
    #[must_use]
    pub fn view(&self) -> WatchView {
        WatchView::new(Arc::clone(&self.core))
    }

    /// Reads up to the tip, and posts what is due if this watcher posts.
    ///
    /// # Errors
    /// The nodes give no answer that counts, or the store fails. What was read stays.
    pub async fn once(&mut self) -> Result<(), WatchError> {
        let before = self.core.shared.state();
        let outcome = self.round().await;
        match &outcome {
            Ok(()) if before.trouble.as_ref().is_some_and(|trouble| trouble.code == COORDINATOR_SILENT) => {}
            Ok(()) => self.core.shared.trouble(None),
            Err(WatchError::Nodes { source, .. }) => self.core.shared.trouble(Some(Trouble::of(source))),
            Err(error) => self.core.shared.trouble(Some(Trouble { code: "database", subject: error.to_string() })),
        }
        if self.core.shared.state() != before {
            self.core.shared.tell(WatchNotice::State);
        }
        outcome?;
        if self.post && self.core.coordinator.is_some() {
            let core = Arc::clone(&self.core);
            core.post_due(&mut self.tries).await?;
        }
        Ok(())
    }

    /// Watches until told to stop. Nodes that are silent or do not agree are waited for.
    ///
    /// # Errors
    /// The store fails for good.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) -> Result<(), WatchError> {
        loop {
            tokio::select! {
                biased;
                () = told(&mut stop) => return Ok(()),
                outcome = self.step() => outcome?,
            }
        }
    }

    /// One look and the pause behind it. Only a store that fails for good is an error.
    async fn step(&mut self) -> Result<(), WatchError> {
        match self.once().await {
            Err(WatchError::Store(fault)) if !fault.is_transient() => return Err(WatchError::Store(fault)),
            Err(error) => tracing::debug!(chain = self.core.chain, %error, "a look at the chain came to nothing"),
            Ok(()) => {}
        }
        tokio::time::sleep(self.poll).await;
        Ok(())
    }

    /// One look at the chain: up to the tip of now.
    async fn round(&mut self) -> Result<(), WatchError> {
        if self.unsure {
            self.reload().await?;
        }
        let core = Arc::clone(&self.core);
        let gather = Gather { judge: &core.judge, shared: &core.shared };
        let Tip { block, finalized } = gather.tip().await.map_err(|why| self.nodes(why))?;
        core.shared.update(|state| {
            state.tip = Some(block);
            state.finalized = finalized;
        });
        self.scan.begin();
        let mut changes = 0;
        while changes < CHANGES_MAX {
            let change = match self.scan.ask(block.number) {
                Ask::Nothing => return Ok(()),
                Ask::Block(number) => {
                    let hash = gather.block_hash(number).await.map_err(|why| self.nodes(why))?;
                    self.scan.block_is(number, hash.0)
                }
                Ask::Range { from, to } => match gather.range(from, to, self.scan.parent()).await {
                    Ok(RangeRead::Whole(range)) => {
                        changes += u32::from(!self.keep(&range).await?);
                        Change::None
                    }
                    Ok(RangeRead::TooLong) => {
                        self.scan.refused(to);
                        Change::None
                    }
                    Ok(RangeRead::ParentChanged) => {
                        changes += 1;
                        self.scan.parent_changed()
                    }
                    Err(why) => return Err(self.nodes(why)),
                },
            };
            if let Change::Rewind { next } = change {
                changes += 1;
                self.rewind(next).await?;
            }
        }
        Ok(())
    }

    /// Stores a range. `false`: the store's cursor is elsewhere, after a step whose end was not waited for; reading goes on
    /// from there.
    async fn keep(&mut self, range: &store::vault::Range) -> Result<bool, WatchError> {
        self.unsure = true;
        if !self.core.store.append(&self.core.chain, range).await? {
            self.reload().await?;
            return Ok(false);
        }
        self.scan.was_read(range.end);
        self.unsure = false;
        self.moved(!range.deposits.is_empty());
        Ok(true)
    }

    async fn rewind(&mut self, next: u64) -> Result<(), WatchError> {
        self.unsure = true;
        let dropped = self.core.store.rewind(&self.core.chain, next).await?;
        self.unsure = false;
        tracing::info!(chain = self.core.chain, next, dropped, "blocks dropped out of the chain");
        self.moved(dropped > 0);
        Ok(())
    }

    /// Shows how far reading is.
    fn moved(&self, deposits: bool) {
        self.core.shared.update(|state| state.scanned = self.scan.next().saturating_sub(1));
        self.core.shared.tell(WatchNotice::State);
        if deposits {
            self.core.shared.tell(WatchNotice::Deposits);
        }
    }

    /// Takes the cursor from the store again.
    async fn reload(&mut self) -> Result<(), WatchError> {
        let evm = &self.core.judge.config;
        let progress = self.core.store.take_up(&self.core.chain, &self.identity, evm.start_block).await?;
        self.scan = Scan::new(evm.start_block, progress, evm.log_range);
        self.unsure = false;
        self.moved(true);
        Ok(())
    }

    fn nodes(&self, source: NoQuorum) -> WatchError {
        WatchError::Nodes { chain: self.core.chain.clone(), source }
    }
}

/// Resolves when the wish to stop is there, or when nobody can utter it any more.
async fn told(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// What decides how blocks are read: under another identity no row would hold.
fn identity(judge: &EvmDeposits) -> String {
    const READING: u32 = 1;
    let tokens: Vec<_> = judge
        .tokens
        .tokens()
        .map(|token| (token.contract.to_string(), token.target_decimals, token.spec.decimals))
        .collect();
    serde_json::json!({
        "reading": READING,
        "chainId": judge.config.chain_id,
        "vault": judge.tokens.vault(),
        "start": judge.config.start_block,
        "tokens": tokens,
    })
    .to_string()
}

fn first_state(chain: &str, judge: &EvmDeposits, next: u64) -> WatchState {
    let source = |name: &str| SourceInfo {
        name: name.to_owned(),
        state: "unknown",
        height: None,
        latency_ms: None,
        seen_ms: None,
    };
    WatchState {
        chain: chain.to_owned(),
        chain_id: judge.config.chain_id,
        locker: judge.tokens.vault().to_string(),
        needed: judge.confirmations,
        finality: judge.config.finality,
        tip: None,
        finalized: None,
        scanned: next.saturating_sub(1),
        start_block: judge.config.start_block,
        sources: judge.nodes().iter().map(|node| source(node.name())).collect(),
        sources_needed: judge.needed,
        trouble: None,
    }
}
