//! The service: polls the sources, walks new batches, feeds the engine, settles what is deep, compares with the
//! coordinator. One cycle leaves everything consistent; a stop between two steps loses nothing but time.

mod branches;
mod inclusions;
mod opening;
mod shown;
mod vaults;

use crate::config::Config;
use crate::coordinator::CoordinatorClient;
use crate::engine::Engine;
use crate::error::DetectorError;
use crate::fetch::{FetchStop, Fetcher};
use crate::head::Shared;
use crate::model::{CoordinatorStatus, Notice, SourceState, Unfinished};
use crate::restore;
use crate::sources::{Answer, Sources};
use crate::vaults::at_rest;
use crate::vaults::audit::histories;
use crate::view::View;
use arweave::gateway::{Gateway, Limits};
use everpay::{Ledger, Rules};
use futures::StreamExt;
use opening::{lock, oracle_for};
use oracle::Oracle;
use rollup::{Chain, Outcome, Path};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;

/// Batches fetched ahead of the one being prepared.
const FETCH_AHEAD: usize = 4;
/// Batches prepared ahead of the one being judged.
const PREPARE_AHEAD: usize = 2;
/// Steps of work behind the cursor in one cycle.
const BEHIND_STEPS: usize = 4;
/// Cycles that a single run may spend on transient trouble.
const ONCE_TROUBLE_MAX: u32 = 5;

/// Unix milliseconds by this machine's clock.
#[must_use]
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// A detector of one ledger in one data directory.
#[derive(Debug)]
pub struct Detector {
    config: Config,
    sources: Arc<Sources>,
    engine: Engine,
    fetcher: Fetcher,
    /// Set once the rules are known.
    oracle: Arc<OnceLock<Oracle>>,
    coordinator: Option<CoordinatorClient>,
    chain: Chain,
    view: View,
    unfinished: Option<Unfinished>,
    // Held for as long as the detector lives.
    _lock: std::fs::File,
}

impl Detector {
    /// Opens the data directory and restores the state at the cursor. Nothing is sent yet.
    ///
    /// # Errors
    /// The directory is in use, damaged or of another ledger; an address is none.
    pub async fn open(config: Config) -> Result<Self, DetectorError> {
        if config.gateways.is_empty() {
            return Err(DetectorError::NoGateway);
        }
        let lock = lock(&config)?;
        let gateways = config.gateways.iter().map(|url| Gateway::new(url, Limits::default()));
        let gateways = gateways.collect::<Result<Vec<_>, _>>()?;
        let coordinator = match &config.coordinator {
            None => None,
            Some(url) => Some(CoordinatorClient::new(url).map_err(|_| DetectorError::Coordinator(url.clone()))?),
        };
        let store = store::ledger::LedgerStore::open(&config.data_dir.join("ledger.db")).await?;
        let rules = restore::pinned_rules(&store, &config).await?;
        let known = rules.as_ref().map(|rules| oracle_for(rules, &gateways, &config)).transpose()?;
        let oracle = Arc::new(known.map_or_else(OnceLock::new, OnceLock::from));
        let histories = rules.as_ref().map(|rules| histories(rules, &config)).transpose()?;
        let (head, chain) = restore::restore(&store, rules).await?;
        let shared = Arc::new(Shared::new(head));
        if let Some(histories) = histories {
            shared.histories.get_or_init(|| histories);
        }
        at_rest(&shared, &store).await?;
        let sources = Arc::new(Sources::new(gateways, config.sources_needed()));
        let view = View::new(Arc::clone(&shared), store.clone(), coordinator.clone());
        shared.write(|head| {
            head.status.sources = sources.statuses();
            head.status.sources_needed = sources.needed;
            head.status.coordinator = coordinator
                .as_ref()
                .map(|client| CoordinatorStatus { url: client.url().to_owned(), ..CoordinatorStatus::default() });
        });
        Ok(Self {
            fetcher: Fetcher::new(Arc::clone(&sources), config.owner, config.tags.clone()),
            engine: Engine::new(shared, store, config.owner),
            config,
            sources,
            oracle,
            coordinator,
            chain,
            view,
            unfinished: None,
            _lock: lock,
        })
    }

    /// A handle to read with.
    #[must_use]
    pub fn view(&self) -> View {
        self.view.clone()
    }

    /// Works until `stop` turns true.
    ///
    /// # Errors
    /// The database fails, or stored data are damaged; trouble with sources is shown and tried again.
    pub async fn run(&mut self, mut stop: watch::Receiver<bool>) -> Result<(), DetectorError> {
        let (end, ended) = watch::channel(false);
        let mut vaults = tokio::spawn(self.vault_watch().run(ended));
        let mut early = None;
        while early.is_none() && !*stop.borrow() {
            tokio::select! {
                done = self.cycle() => { done?; }
                _ = stop.changed() => break,
                watched = &mut vaults => early = Some(watched),
            }
            self.behind().await?;
            tokio::select! {
                () = tokio::time::sleep(self.config.poll) => {}
                _ = stop.changed() => break,
            }
        }
        // Nobody listens only if the watch has ended by itself.
        let _ = end.send(true);
        let watched = match early {
            Some(watched) => watched,
            None => vaults.await,
        };
        self.engine.store.close().await;
        watched.expect("the watch over the vaults neither panics nor is cancelled")
    }

    /// Works until everything that can be read now is judged. What is missing then is in the status as `unfinished`.
    ///
    /// # Errors
    /// As [`Detector::run`].
    pub async fn once(&mut self) -> Result<(), DetectorError> {
        let mut trouble = 0;
        loop {
            let applied = self.cycle().await?;
            match (&self.unfinished, applied) {
                (None, 0) => break,
                (None, _) => trouble = 0,
                (Some(_), 0) => trouble += 1,
                (Some(_), _) => {}
            }
            if trouble >= ONCE_TROUBLE_MAX {
                break;
            }
            if self.unfinished.is_some() {
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        }
        while self.engine.store.work_behind().await? {}
        self.look_at_vaults().await
    }

    /// One round; returns the number of batches applied.
    async fn cycle(&mut self) -> Result<usize, DetectorError> {
        let now = now_ms();
        self.unfinished = None;
        let mut answers = self.sources.poll(&self.config.owner, now).await;
        let mut applied = 0;
        if answers.is_empty() {
            self.trouble("no_source", "");
        } else if self.know_rules().await? {
            answers.sort_by_key(|answer| std::cmp::Reverse(answer.height));
            for answer in &answers {
                applied += self.follow(*answer).await?;
            }
            self.drop_vanished(&answers).await;
            self.settle(tip(&answers)).await?;
        }
        self.compare_coordinator().await;
        self.publish(&answers, now);
        Ok(applied)
    }

    fn trouble(&mut self, code: &'static str, subject: impl ToString) {
        // The first trouble of a cycle is the cause; what follows from it says nothing new.
        self.unfinished.get_or_insert(Unfinished { code, subject: subject.to_string() });
    }

    /// Makes sure that the rules are known and the ledger exists.
    async fn know_rules(&mut self) -> Result<bool, DetectorError> {
        if self.oracle.get().is_some() {
            return Ok(true);
        }
        let owner = self.config.owner.to_string();
        let rules = match &self.coordinator {
            None => Rules::open(&owner),
            Some(client) => match client.info().await.map(|info| Rules::from_info(&info)) {
                Ok(Ok(rules)) if rules.owner == owner => rules,
                Ok(Ok(rules)) => {
                    self.trouble("rules_of_other_owner", rules.owner);
                    return Ok(false);
                }
                Ok(Err(error)) => {
                    self.trouble("no_rules", error);
                    return Ok(false);
                }
                Err(error) => {
                    self.trouble("no_rules", error);
                    return Ok(false);
                }
            },
        };
        restore::pin_rules(&self.engine.store, &rules).await?;
        let gateways: Vec<Gateway> = (0..self.config.gateways.len()).map(|n| self.sources.gateway(n).clone()).collect();
        let oracle = oracle_for(&rules, &gateways, &self.config)?;
        let histories = histories(&rules, &self.config)?;
        self.engine.shared.histories.get_or_init(|| histories);
        self.oracle.get_or_init(|| oracle);
        self.engine.shared.write(|head| {
            head.ledger = Some(Ledger::new(rules));
            head.refresh();
        });
        Ok(true)
    }

    /// Follows the head that a source names, and marks the source by what came of it.
    async fn follow(&mut self, answer: Answer) -> Result<usize, DetectorError> {
        let Some(head) = answer.head else {
            let state = if self.chain.is_empty() { SourceState::Agrees } else { SourceState::Behind };
            self.sources.set(answer.source, state);
            return Ok(0);
        };
        let found = |batches| self.set_lag(batches);
        match self.fetcher.walk(&self.chain, head, answer.source, found).await {
            Ok(Outcome::UpToDate) => {
                self.sources.set(answer.source, SourceState::Agrees);
                Ok(0)
            }
            Ok(Outcome::Behind { .. }) => {
                self.sources.set(answer.source, SourceState::Behind);
                Ok(0)
            }
            Ok(Outcome::Path(path)) if self.leads_nowhere(&path) => {
                self.sources.set(answer.source, SourceState::Behind);
                Ok(0)
            }
            Ok(Outcome::Path(path)) => {
                let applied = self.take(path, answer.source).await?;
                self.sources.set(answer.source, SourceState::Agrees);
                Ok(applied)
            }
            Ok(Outcome::Gap { missing, .. }) => {
                self.trouble("gap", missing);
                Ok(0)
            }
            Err(error) => {
                tracing::debug!(%error, "walk broke off");
                self.trouble("no_source", error);
                Ok(0)
            }
        }
    }

    /// Applies the mined part of a path; returns the number of batches applied.
    async fn take(&mut self, path: Path, source: usize) -> Result<usize, DetectorError> {
        if !path.replaced.is_empty() && !self.switch_branch(&path, source).await? {
            return Ok(0);
        }
        self.set_lag(path.fresh.len());
        let total = path.fresh.len();
        let fetcher = self.fetcher.clone();
        let engine = self.engine.clone();
        let preparing = futures::stream::iter(path.fresh)
            .map(move |id| {
                let fetcher = fetcher.clone();
                tokio::spawn(async move { fetcher.fetch(id, source, now_ms()).await })
            })
            .buffered(FETCH_AHEAD)
            .map(move |fetched| {
                let engine = engine.clone();
                tokio::spawn(async move {
                    let (fetched, alerts) = fetched.expect("fetching neither panics nor is cancelled");
                    match fetched {
                        Ok(batch) => (Ok(engine.prepare(batch).await), alerts),
                        Err(stop) => (Err(stop), alerts),
                    }
                })
            })
            .buffered(PREPARE_AHEAD);
        futures::pin_mut!(preparing);
        let mut applied = 0;
        while let Some(next) = preparing.next().await {
            let (prepared, alerts) = next.expect("preparing neither panics nor is cancelled");
            self.raise(alerts).await?;
            let prepared = match prepared {
                Ok(prepared) => prepared,
                Err(FetchStop::NotMined) => break,
                Err(FetchStop::Trouble { code, subject }) => {
                    self.trouble(code, subject);
                    break;
                }
            };
            let oracle = self.oracle.get().expect("known before anything is taken");
            let findings = match self.fetcher.findings(oracle, &self.engine.store, &prepared).await {
                Ok(findings) => findings,
                Err(error) => {
                    self.trouble("deposit_source", error);
                    break;
                }
            };
            let id = prepared.batch.id;
            self.engine.judge(prepared, findings, now_ms()).await;
            self.chain.push(id);
            self.add_first_inclusions().await?;
            applied += 1;
            self.set_lag(total - applied);
            self.settle(self.engine.shared.read(|head| head.status.tip)).await?;
        }
        if applied == total {
            self.set_lag(0);
        }
        Ok(applied)
    }

    async fn raise(&mut self, alerts: Vec<crate::alert::Alert>) -> Result<(), DetectorError> {
        if alerts.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = alerts.iter().map(crate::settle::alert_row).collect();
        self.engine.store.put_alerts(&rows).await?;
        let now = now_ms();
        let notices: Vec<Notice> = self.engine.shared.write(|head| {
            alerts
                .into_iter()
                .map(|alert| {
                    head.minutes.alert(now);
                    head.raise(alert)
                })
                .collect()
        });
        self.engine.shared.tell(notices);
        Ok(())
    }

    fn set_lag(&self, batches: usize) {
        self.engine.shared.write(|head| head.status.lag_batches = batches as u64);
    }

    async fn behind(&self) -> Result<(), DetectorError> {
        for _ in 0..BEHIND_STEPS {
            if !self.engine.store.work_behind().await? {
                break;
            }
        }
        Ok(())
    }
}

fn tip(answers: &[Answer]) -> Option<u64> {
    answers.iter().map(|answer| answer.height).max()
}
