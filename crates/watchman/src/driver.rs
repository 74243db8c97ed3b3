//! The driver: one task owns the pipeline and its journal; everything else tells it facts through bounded queues.

mod accuse;
mod answers;
mod effects;
mod feeds;
mod hear;
mod open;
mod rows;
mod text;

use crate::agenda::Agenda;
use crate::clock::now_ms;
use crate::config::RunError;
use crate::journal::Journal;
use crate::keys::Hand;
use crate::ledger::{Ledger, Standing};
use crate::model::{Notice, OpenBurn};
use crate::roster::RosterFile;
use crate::settings::SettingsFiles;
use crate::submit::Desk;
use crate::view::Command;
use effects::Done;
use everpay::EverHash;
use keystore::Session;
use p2p::PeerId;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::task::JoinSet;
use vault::journal::Taken;
use vault::pipeline::{Case, Fact, Ignored, Stage};
use vault::signature::{Digest, Owner};
use vault_evm::EvmDeposits;

/// How often time is told, and what is wanted and unanswered is done again.
const TICK: Duration = Duration::from_millis(500);

/// What the feeds need to know of the pipeline.
#[derive(Debug, Clone, Default)]
pub(crate) struct Snapshot {
    /// Burns that are not closed, or not for long.
    open: Arc<Vec<OpenBurn>>,
    /// Burns that need not be looked up in the ledger.
    deep: Arc<BTreeSet<EverHash>>,
    /// Burns that a vault paid and that are not known here.
    paid: Arc<BTreeSet<EverHash>>,
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
    /// Where policy and roster were read from, and where their numbers stand.
    files: Option<SettingsFiles>,
    data_dir: PathBuf,
    ledger: Arc<dyn Ledger>,
    chains: BTreeMap<String, Chain>,
    feeds: Vec<feeds::Feed>,
    network: p2p::Handle,
    commands: mpsc::Receiver<Command>,
    notices: broadcast::Sender<Notice>,
    snapshot: watch::Sender<Snapshot>,
    agenda: Agenda,
    jobs: JoinSet<Done>,
    deep: BTreeSet<EverHash>,
    /// Burns that a vault paid and that are not known here.
    paid: BTreeSet<EverHash>,
    /// Closed burns whose payout need not be watched any more.
    done: BTreeSet<EverHash>,
    asked: BTreeSet<(EverHash, Digest)>,
    suspects: accuse::Suspects,
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
        self.accuse();
        self.clear_slots();
        self.show();
        Ok(())
    }

    /// Tells the feeds what is open, and forgets what is not.
    fn show(&mut self) {
        let open =
            self.core.pipeline().cases().filter(|case| !self.done.contains(&case.burn().ever_hash)).map(open_burn);
        let open: Vec<OpenBurn> = open.collect();
        let hashes: BTreeSet<EverHash> = open.iter().map(|burn| burn.ever_hash).collect();
        self.agenda.prune(now_ms(), |hash| hashes.contains(hash));
        self.asked.retain(|(hash, _)| hashes.contains(hash));
        self.paid.retain(|hash| self.core.pipeline().case(hash).is_none());
        let (deep, paid) = (self.deep.clone(), self.paid.clone());
        self.snapshot.send_replace(Snapshot { open: Arc::new(open), deep: Arc::new(deep), paid: Arc::new(paid) });
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

fn open_burn(case: &Case) -> OpenBurn {
    OpenBurn {
        ever_hash: case.burn().ever_hash,
        chain: case.burn().chain.clone(),
        is_paid: case.is_paid(),
        closed_in: match case.stage() {
            Stage::Closed(execution) => Some(execution.block.unwrap_or(0)),
            _ => None,
        },
        known: case.signatures().map(|one| one.owner()).chain(case.accused().copied()).collect(),
    }
}
