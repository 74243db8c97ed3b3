//! The driver: one task owns the pipeline and its journal; everything else tells it facts through bounded queues.

mod answers;
mod effects;
mod feeds;
mod hear;
mod open;

use crate::agenda::Agenda;
use crate::clock::now_ms;
use crate::config::RunError;
use crate::journal::Journal;
use crate::keys::Hand;
use crate::ledger::Standing;
use crate::model::{Notice, OpenBurn};
use crate::roster::RosterFile;
use crate::submit::Desk;
use crate::view::Command;
use effects::Done;
use everpay::EverHash;
use keystore::Session;
use p2p::PeerId;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::task::JoinSet;
use vault::journal::Taken;
use vault::pipeline::{Fact, Ignored, Stage};
use vault::signature::{Digest, Owner};
use vault_evm::EvmDeposits;

/// How often time is told, and what is wanted and unanswered is done again.
const TICK: Duration = Duration::from_millis(500);

/// What the feeds need to know of the pipeline.
#[derive(Debug, Clone, Default)]
pub(crate) struct Snapshot {
    /// Burns that are not closed.
    open: Arc<Vec<OpenBurn>>,
    /// Burns that need not be looked up in the ledger.
    deep: Arc<BTreeSet<EverHash>>,
}

/// One chain's tools.
#[derive(Debug, Clone)]
struct Chain {
    judge: EvmDeposits,
    desk: Desk,
}

/// A watchman that is open and does not work yet.
pub struct Watchman {
    core: vault::journal::Watchman,
    journal: Journal,
    owner: Owner,
    hand: Hand,
    /// Kept: the hand signs while a session lives.
    session: Arc<Session>,
    roster: RosterFile,
    chains: BTreeMap<String, Chain>,
    feeds: Vec<feeds::Feed>,
    network: p2p::Handle,
    commands: mpsc::Receiver<Command>,
    notices: broadcast::Sender<Notice>,
    snapshot: watch::Sender<Snapshot>,
    agenda: Agenda,
    jobs: JoinSet<Done>,
    deep: BTreeSet<EverHash>,
    /// The batch in which the ledger last showed a burn that may still drop.
    seats: BTreeMap<EverHash, [u8; 32]>,
    asked: BTreeSet<(EverHash, Digest)>,
    thresholds: BTreeMap<String, u32>,
    positions: BTreeMap<PeerId, (u64, String)>,
    standing: Option<Standing>,
    /// Nodes that contradict each other, by chain.
    differing: BTreeMap<String, BTreeSet<String>>,
    troubles: BTreeMap<String, String>,
}

impl Watchman {
    /// Works until `stop` turns true.
    ///
    /// # Errors
    /// [`RunError`]; trouble with ledger, chains, keys and peers is shown and tried again.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) -> Result<(), RunError> {
        let (inbox, mut inputs) = mpsc::channel(feeds::INBOX_MAX);
        let mut running = JoinSet::new();
        for feed in std::mem::take(&mut self.feeds) {
            running.spawn(feed.run(inbox.clone(), self.snapshot.subscribe()));
        }
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while !*stop.borrow() {
            tokio::select! {
                changed = stop.changed() => if changed.is_err() { break },
                _ = ticks.tick() => self.tick().await?,
                Some(input) = inputs.recv() => self.hear(input).await?,
                Some(command) = self.commands.recv() => self.answer(command).await?,
                Some(done) = self.jobs.join_next() => self.done(done).await?,
            }
        }
        running.abort_all();
        self.network.stop().await;
        Ok(())
    }

    /// Takes a fact: writes it, then does what follows. What is ignored changes nothing.
    async fn take(&mut self, fact: Fact) -> Result<Result<(), Ignored>, RunError> {
        let mut queue = VecDeque::from([fact]);
        let mut first = None;
        while let Some(fact) = queue.pop_front() {
            let stage = self.stage_of(&fact);
            let taken = self.core.take(now_ms(), &fact);
            let outcome = match taken {
                Ok(Taken { entry, effects }) => {
                    self.journal.append(entry).await?;
                    if let Fact::Burn(hash, _) = &fact
                        && self.stage_of(&fact) != stage
                    {
                        self.agenda.refresh(hash);
                    }
                    queue.extend(effects.into_iter().filter_map(|effect| self.perform(effect)));
                    Ok(())
                }
                Err(why) => Err(why),
            };
            first.get_or_insert(outcome);
        }
        Ok(first.unwrap_or(Ok(())))
    }

    async fn take_all(&mut self, facts: impl IntoIterator<Item = Fact>) -> Result<(), RunError> {
        for fact in facts {
            if let Err(why) = self.take(fact).await? {
                tracing::trace!(%why, "a fact changed nothing");
            }
        }
        Ok(())
    }

    fn stage_of(&self, fact: &Fact) -> Option<&'static str> {
        let Fact::Burn(hash, _) = fact else { return None };
        self.core.pipeline().case(hash).map(|case| case.stage().name())
    }

    async fn tick(&mut self) -> Result<(), RunError> {
        self.take_all([Fact::Tick]).await?;
        let wanted = self.core.pipeline().pending(now_ms());
        let facts: Vec<Fact> = wanted.into_iter().filter_map(|effect| self.perform(effect)).collect();
        self.take_all(facts).await?;
        self.show();
        Ok(())
    }

    /// Tells the feeds what is open, and forgets what is not.
    fn show(&mut self) {
        let is_open = |stage: &Stage| !matches!(stage, Stage::Closed(_));
        let open = self.core.pipeline().cases().filter(|case| is_open(case.stage())).map(|case| OpenBurn {
            ever_hash: case.burn().ever_hash,
            chain: case.burn().chain.clone(),
            is_paid: matches!(case.stage(), Stage::Executed(_)),
            known: case.signatures().map(|one| one.owner()).chain(case.accused().iter().copied()).collect(),
        });
        let open: Vec<OpenBurn> = open.collect();
        let hashes: BTreeSet<EverHash> = open.iter().map(|burn| burn.ever_hash).collect();
        self.agenda.prune(|hash| hashes.contains(hash));
        self.asked.retain(|(hash, _)| hashes.contains(hash));
        self.chains.values().for_each(|chain| chain.desk.prune(|hash| hashes.contains(hash)));
        let snapshot = Snapshot { open: Arc::new(open), deep: Arc::new(self.deep.clone()) };
        self.snapshot.send_replace(snapshot);
    }

    /// Shows that a part is in trouble, or no longer is.
    fn trouble(&mut self, part: &str, why: Option<String>) {
        match why {
            None => {
                self.troubles.remove(part);
            }
            Some(why) => {
                if self.troubles.insert(part.to_owned(), why.clone()).as_ref() != Some(&why) {
                    self.notify(None, "trouble", format!("{part}: {why}"));
                }
            }
        }
    }

    fn notify(&self, ever_hash: Option<EverHash>, code: &'static str, detail: String) {
        // An error says that nobody listens.
        let _ = self.notices.send(Notice { at_ms: now_ms(), ever_hash, code, detail });
    }
}
