//! The watch over the vaults, beside the replay and never in its way: every round reads what each vault holds, compares it
//! with what the ledger owes, and asks whether credited deposits still stand.
//!
//! What always holds: the vaults are read before the debts are counted, so that a deposit that was credited is in what was
//! read; a lack is told when two readings in a row show it while the ledger is read to its end; an alert and the halt that
//! it causes come to rest together. It moves nothing: a halt is a mark that those who pay must heed.

use super::alerts::{VAULT_SHORT, shortfall, vault_short};
use super::audit::Auditor;
use super::debts::{LedgerSide, Payments, payouts};
use super::solvency::{Reading, assess};
use crate::alert::{Alert, Rule};
use crate::error::DetectorError;
use crate::head::Shared;
use crate::model::{Cover, Halt, Notice, Solvency, TokenSolvency};
use crate::service::now_ms;
use crate::view::View;
use everpay::TokenTag;
use futures::future::join_all;
use oracle::{Fault, Oracle, Payout, SourceChain};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use store::ledger::{BurnRow, HaltRow, LedgerStore};
use store::sqlite::StoreError;
use tokio::sync::watch;

/// Longest time for one reading of one vault.
const READING_MAX: Duration = Duration::from_secs(60);
/// Blocks for which a payment that was seen is asked about again.
const PAID_DEPTH: u64 = 128;
/// Such payments asked about at once.
const PAID_ASKED_MAX: u32 = 64;

/// The watch. One a detector.
#[derive(Debug)]
pub(crate) struct VaultWatch {
    pub(super) shared: Arc<Shared>,
    pub(super) store: LedgerStore,
    pub(super) view: View,
    oracle: Arc<OnceLock<Oracle>>,
    poll: Duration,
    /// everHash of the last credit asked about, by chain.
    pub(super) cursors: BTreeMap<String, String>,
    /// Highest block of a deposit seen credited, by chain: an older reading cannot hold it.
    floors: BTreeMap<String, u64>,
    /// Last height read, by chain.
    heights: BTreeMap<String, u64>,
    /// What the vaults did.
    audit: Auditor,
    /// Tokens that the last reading found short.
    short: BTreeSet<TokenTag>,
}

/// What one chain was asked and answered.
struct Asked {
    chain: String,
    burns: Vec<Payout>,
    reading: Reading,
}

impl VaultWatch {
    pub(crate) fn new(
        shared: Arc<Shared>,
        store: LedgerStore,
        view: View,
        oracle: Arc<OnceLock<Oracle>>,
        poll: Duration,
    ) -> Self {
        let audit = Auditor::new(Arc::clone(&shared), store.clone());
        Self {
            shared,
            store,
            view,
            oracle,
            poll,
            cursors: BTreeMap::new(),
            floors: BTreeMap::new(),
            heights: BTreeMap::new(),
            audit,
            short: BTreeSet::new(),
        }
    }

    /// Watches until `stop` turns true.
    ///
    /// # Errors
    /// The database fails; trouble with sources is shown and tried again.
    pub(crate) async fn run(mut self, mut stop: watch::Receiver<bool>) -> Result<(), DetectorError> {
        while !*stop.borrow() {
            tokio::select! {
                done = self.round() => done?,
                _ = stop.changed() => break,
            }
            tokio::select! {
                () = tokio::time::sleep(self.poll) => {}
                _ = stop.changed() => break,
            }
        }
        Ok(())
    }

    /// One round; nothing while the rules are not known.
    pub(crate) async fn round(&mut self) -> Result<(), StoreError> {
        let Some(oracle) = self.oracle.get().cloned() else { return Ok(()) };
        let Some(before) = self.shared.read(LedgerSide::of) else { return Ok(()) };
        self.raise_floors(&before);
        let asked = self.read_vaults(&oracle, &before).await?;
        let Some(side) = self.shared.read(LedgerSide::of) else { return Ok(()) };
        self.compare(&side, asked).await?;
        for chain in oracle.chains() {
            if let Some(source) = oracle.chain(chain) {
                self.check_standing(chain, source.as_ref(), &side).await?;
            }
        }
        self.audit.round().await?;
        show_halts(&self.shared, &self.store).await
    }

    /// Whether a vault's chain answers and is not read to its end.
    pub(crate) fn is_reading(&self) -> bool {
        self.audit.is_reading()
    }

    /// Whether something waits for the end of the ledger to be reached again.
    pub(crate) fn is_unsure(&self) -> bool {
        self.audit.is_unsure()
    }

    fn raise_floors(&mut self, side: &LedgerSide) {
        for (_, evidence) in &side.fresh_credits {
            let floor = self.floors.entry(evidence.chain.clone()).or_default();
            *floor = (*floor).max(evidence.height.unwrap_or(0));
        }
    }

    async fn read_vaults(&mut self, oracle: &Oracle, side: &LedgerSide) -> Result<Vec<Asked>, StoreError> {
        let waiting = side.waiting(&self.store).await?;
        let mut questions = Vec::new();
        for chain in oracle.chains() {
            let Some(source) = oracle.chain(chain) else { continue };
            let since = self.heights.get(chain).map_or(0, |height| height.saturating_sub(PAID_DEPTH));
            let paid = self.store.paid_since(chain, since, PAID_ASKED_MAX).await?;
            questions.push((
                chain.to_owned(),
                Arc::clone(source),
                payouts(&side.rules, chain, waiting.values().chain(&paid)),
            ));
        }
        let readings = join_all(questions.into_iter().map(|(chain, source, burns)| async move {
            let reading = read(source.as_ref(), &burns).await;
            Asked { chain, burns, reading }
        }));
        let mut asked = readings.await;
        for answer in &mut asked {
            let floor = self.floors.get(&answer.chain).copied().unwrap_or(0);
            if let Ok(reserves) = &answer.reading {
                self.heights.insert(answer.chain.clone(), reserves.height);
                if reserves.height < floor {
                    answer.reading = Err("behind");
                }
            }
        }
        Ok(asked)
    }

    /// Compares, shows, and tells what is short or covered again.
    async fn compare(&mut self, side: &LedgerSide, asked: Vec<Asked>) -> Result<(), StoreError> {
        let mut burns = side.waiting(&self.store).await?;
        let marked = self.mark_paid(&mut burns, &asked).await?;
        let payments = payments(&asked);
        let debts = side.debts(&burns, &payments);
        let readings = asked.into_iter().map(|asked| (asked.chain, asked.reading)).collect();
        let tokens = assess(&side.rules, &readings, &debts, side.caught_up);
        for token in &tokens {
            self.judge(token, side).await?;
        }
        self.short = tokens.iter().filter(|t| t.verdict == Cover::Short).map(|t| t.tag.clone()).collect();
        let fresh = |shown: &mut Solvency| {
            (shown.batch, shown.at_ms, shown.tokens) = (side.batch, now_ms(), tokens);
        };
        if self.shared.change_solvency(fresh) || marked {
            self.shared.tell([Notice::Vaults]);
        }
        Ok(())
    }

    /// Keeps what the chains say about payments; a payment that is gone again makes its burn wait. True when that changed
    /// anything.
    async fn mark_paid(&self, burns: &mut BTreeMap<u64, BurnRow>, asked: &[Asked]) -> Result<bool, StoreError> {
        let mut marks = Vec::new();
        for Asked { chain, burns: questions, reading } in asked {
            let Ok(reserves) = reading else { continue };
            let paid: BTreeSet<String> = reserves.paid.iter().map(ToString::to_string).collect();
            let asked: BTreeSet<String> = questions.iter().map(|burn| burn.ever_hash.to_string()).collect();
            let now_paid = burns.values().filter(|row| row.chain == *chain && paid.contains(&row.ever_hash));
            marks.extend(now_paid.map(|row| (row.id, Some(reserves.height))));
            let since = reserves.height.saturating_sub(PAID_DEPTH);
            for row in self.store.paid_since(chain, since, PAID_ASKED_MAX).await? {
                if asked.contains(&row.ever_hash) && !paid.contains(&row.ever_hash) {
                    marks.push((row.id, None));
                    burns.insert(row.id, BurnRow { paid_height: None, ..row });
                }
            }
        }
        if !marks.is_empty() {
            self.store.mark_burns(&marks).await?;
        }
        Ok(!marks.is_empty())
    }

    async fn judge(&self, token: &TokenSolvency, side: &LedgerSide) -> Result<(), StoreError> {
        let open = self.open_alert(&token.tag);
        match (token.verdict, open) {
            (Cover::Short, Some(open)) if open.param("short") == shortfall(token).to_string() => Ok(()),
            (Cover::Short, open) if open.is_some() || self.short.contains(&token.tag) => {
                let key = open.as_ref().map(|open| open.key.clone());
                let alert = vault_short(token, side.place.clone(), key, now_ms()).continuing(open.as_ref());
                let halts = self.halts_for(token, &alert);
                self.tell(alert, halts, &[]).await
            }
            (Cover::Covered, Some(open)) => self.tell(Alert { closed: true, ..open }, Vec::new(), &[]).await,
            (Cover::Short | Cover::Covered | Cover::Unknown, _) => Ok(()),
        }
    }

    /// The alert of the episode under way, if the token is short already.
    fn open_alert(&self, tag: &TokenTag) -> Option<Alert> {
        self.shared.read(|head| {
            let mut open = head.alerts.values().filter(|alert| alert.rule == Rule::F12 && !alert.closed);
            open.find(|alert| alert.param("tag") == tag.as_str()).cloned()
        })
    }

    /// A short token stops every vault that could pay it out.
    fn halts_for(&self, token: &TokenSolvency, alert: &Alert) -> Vec<HaltRow> {
        let halt = |chain: &String| HaltRow {
            chain: chain.clone(),
            alert_key: alert.key.clone(),
            code: VAULT_SHORT.to_owned(),
            since_ms: alert.raised_ms,
        };
        token.chains.iter().map(|reserve| halt(&reserve.chain)).collect()
    }
}

/// What a reader sees before the first round: the halts that rest, and nothing read.
pub(crate) async fn at_rest(shared: &Shared, store: &LedgerStore) -> Result<(), StoreError> {
    show_halts(shared, store).await
}

/// Shows the halts that rest, and tells when they changed.
pub(crate) async fn show_halts(shared: &Shared, store: &LedgerStore) -> Result<(), StoreError> {
    let halts: Vec<Halt> = store.halts().await?.into_iter().map(Halt::from).collect();
    if shared.change_solvency(|shown| shown.halts = halts) {
        shared.tell([Notice::Vaults]);
    }
    Ok(())
}

impl From<HaltRow> for Halt {
    fn from(row: HaltRow) -> Self {
        Self { chain: row.chain, since_ms: row.since_ms, code: row.code, alert_key: row.alert_key }
    }
}

async fn read(source: &dyn SourceChain, burns: &[Payout]) -> Reading {
    match tokio::time::timeout(READING_MAX, source.reserves(burns)).await {
        Ok(Ok(reserves)) => Ok(reserves),
        Ok(Err(fault)) => {
            tracing::debug!(%fault, "a vault could not be read");
            Err(match fault {
                Fault::Unavailable { .. } => "no_answer",
                Fault::Disagreement { .. } => "disagreement",
            })
        }
        Err(_) => Err("no_answer"),
    }
}

fn payments(asked: &[Asked]) -> Payments {
    let mut payments = Payments::default();
    for Asked { burns, reading, .. } in asked {
        if let Ok(reserves) = reading {
            payments.asked.extend(burns.iter().map(|burn| burn.ever_hash.to_string()));
            payments.paid.extend(reserves.paid.iter().map(ToString::to_string));
        }
    }
    payments
}
