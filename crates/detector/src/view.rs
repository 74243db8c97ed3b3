//! The detector's read side: a cheap handle that any number of readers may hold while the service works.
//!
//! Answers join what is settled (database) with the overlay (memory). Nothing here waits for the network, except
//! [`View::claimed_balances`], which asks the coordinator and is bounded in time.

mod accuse;
mod halts;
mod vaults;

pub use accuse::{Accusation, AccuseError, Accused};
pub use halts::LiftError;

use crate::alert::Alert;
use crate::coordinator::CoordinatorClient;
use crate::head::{Head, Shared};
use crate::items::{self, ParsedBatch};
use crate::model::{
    AccountInfo, BatchInfo, HeadStatus, MinuteMark, Notice, Position, TransactionFilter, TransactionInfo,
    TransactionList,
};
use crate::prepare::{account_key, index_key};
use crate::service::now_ms;
use everpay::{AccountId, Amount, EverHash, Rules, TokenTag};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use store::ledger::{BatchRow, LedgerStore};
use store::sqlite::StoreError;
use tokio::sync::broadcast;

/// Batches that one request may look through before it returns what it has.
const SCAN_BATCHES_MAX: u64 = 200;
/// Parsed batches kept for paging.
const CACHE_MAX: usize = 8;

/// Parsed batches by number, the newest use first.
type Cache = VecDeque<(u64, Arc<ParsedBatch>)>;

/// The read handle. Clones are cheap and see the same detector.
#[derive(Debug, Clone)]
pub struct View {
    shared: Arc<Shared>,
    store: LedgerStore,
    coordinator: Option<CoordinatorClient>,
    cache: Arc<Mutex<Cache>>,
}

impl View {
    pub(crate) fn new(shared: Arc<Shared>, store: LedgerStore, coordinator: Option<CoordinatorClient>) -> Self {
        Self { shared, store, coordinator, cache: Arc::default() }
    }

    /// Where the detector stands.
    #[must_use]
    pub fn status(&self) -> HeadStatus {
        self.shared.read(|head| head.status.clone())
    }

    /// The pinned rules, `None` while they are not known.
    #[must_use]
    pub fn rules(&self) -> Option<Arc<Rules>> {
        self.shared.read(|head| head.ledger.as_ref().map(|ledger| Arc::new(ledger.rules().clone())))
    }

    /// Supply of every token that is listed or was seen.
    #[must_use]
    pub fn supply(&self) -> Vec<(TokenTag, Amount)> {
        self.shared.read(|head| {
            let Some(ledger) = &head.ledger else { return Vec::new() };
            ledger.tokens().map(|token| (token.tag, token.state.supply)).collect()
        })
    }

    /// Sixty minutes, oldest first.
    #[must_use]
    pub fn last_hour(&self) -> Vec<MinuteMark> {
        self.shared.read(|head| head.minutes.hour(now_ms()))
    }

    /// Balances of an account as computed here.
    #[must_use]
    pub fn account(&self, id: &AccountId) -> AccountInfo {
        self.shared.read(|head| {
            let ledger = head.ledger.as_ref();
            let account = ledger.and_then(|ledger| ledger.account(id));
            let now = account.map(|account| balances(head, account)).unwrap_or_default();
            let confirmed = confirmed_balances(head, id, &now);
            let mut tags: Vec<&TokenTag> = now.keys().chain(confirmed.keys()).collect();
            tags.sort_unstable();
            tags.dedup();
            AccountInfo {
                id: *id,
                nonce: account.map(|account| account.nonce().get()).filter(|nonce| *nonce > 0),
                balances: tags
                    .into_iter()
                    .map(|tag| {
                        let at = |map: &BTreeMap<TokenTag, Amount>| map.get(tag).copied().unwrap_or(Amount::ZERO);
                        (tag.clone(), at(&now), at(&confirmed))
                    })
                    .collect(),
                as_of_batch: head.number(),
                state_root: head.status.state_root.clone(),
            }
        })
    }

    /// Accounts that changed most recently, newest first.
    #[must_use]
    pub fn recent_accounts(&self, limit: usize) -> Vec<AccountId> {
        self.shared.read(|head| head.recent.iter().take(limit).copied().collect())
    }

    /// Batches newest first, older than `before`.
    ///
    /// # Errors
    /// The database fails.
    pub async fn batches(&self, before: Option<u64>, limit: usize) -> Result<Vec<BatchInfo>, StoreError> {
        let bound = before.unwrap_or(u64::MAX);
        let mut rows: Vec<BatchInfo> = self.shared.read(|head| {
            let newest_first = head.overlay.iter().rev().filter(|o| o.number < bound);
            newest_first.take(limit).map(crate::head::Overlaid::info).collect()
        });
        if rows.len() < limit {
            let below = rows.last().map_or(before, |row| Some(row.number));
            let settled = self.store.batches(below, limit - rows.len()).await?;
            rows.extend(settled.iter().map(settled_info));
        }
        Ok(rows)
    }

    /// Transactions newest first. A filtered page may be short and still have more, for the scan is bounded.
    ///
    /// # Errors
    /// The database fails or is damaged.
    pub async fn transactions(&self, filter: &TransactionFilter) -> Result<TransactionList, StoreError> {
        let before = filter.before.unwrap_or(Position { batch: u64::MAX, item: u64::MAX });
        let (rows, next) = match &filter.account {
            Some(account) => self.of_account(account, before, filter).await?,
            None => self.newest(before, filter).await?,
        };
        Ok(TransactionList { rows, next, total: self.status().transactions })
    }

    async fn newest(
        &self,
        before: Position,
        filter: &TransactionFilter,
    ) -> Result<(Vec<TransactionInfo>, Option<Position>), StoreError> {
        let mut rows = Vec::new();
        let newest = self.status().batches;
        let first = before.batch.min(newest);
        for number in (1..=first).rev().take(usize::try_from(SCAN_BATCHES_MAX).unwrap_or(usize::MAX)) {
            let Some(batch) = self.parsed(number).await? else { continue };
            for info in batch.newest_first() {
                let at = Position { batch: number, item: info.item };
                if at >= before || !matches(filter, &info) {
                    continue;
                }
                rows.push(info);
                if rows.len() == filter.limit {
                    let more = number > 1 || at.item > 1;
                    return Ok((rows, more.then_some(at)));
                }
            }
        }
        let reached = first.saturating_sub(SCAN_BATCHES_MAX);
        Ok((rows, (reached > 0).then_some(Position { batch: reached + 1, item: 0 })))
    }

    async fn of_account(
        &self,
        account: &AccountId,
        before: Position,
        filter: &TransactionFilter,
    ) -> Result<(Vec<TransactionInfo>, Option<Position>), StoreError> {
        let key = account_key(account);
        let mut places: Vec<Position> = self.shared.read(|head| overlay_places(head, |e| e.from == key || e.to == key));
        places.retain(|at| *at < before);
        places.sort_unstable_by(|a, b| b.cmp(a));
        let settled = self.store.find_account(key, (before.batch, before.item), filter.limit + 1).await?;
        places.extend(settled.into_iter().map(|(batch, item)| Position { batch, item }));
        places.dedup();
        let mut rows = Vec::new();
        for at in places {
            if rows.len() == filter.limit {
                return Ok((rows.clone(), rows.last().map(position)));
            }
            let Some(info) = self.at(at).await? else { continue };
            if matches(filter, &info) {
                rows.push(info);
            }
        }
        Ok((rows, None))
    }

    /// A transaction by its everHash: where it took effect, else where it stands first.
    ///
    /// # Errors
    /// The database fails or is damaged.
    pub async fn transaction(&self, hash: &EverHash) -> Result<Option<TransactionInfo>, StoreError> {
        let key = index_key(hash.as_bytes());
        let mut places: Vec<Position> =
            self.store.find_transaction(key).await?.into_iter().map(|(batch, item)| Position { batch, item }).collect();
        places.extend(self.shared.read(|head| overlay_places(head, |e| e.hash == key)));
        let text = hash.to_string();
        let mut found = None;
        for at in places {
            let Some(info) = self.at(at).await? else { continue };
            if info.ever_hash != text {
                continue;
            }
            if matches!(info.verdict.kind, crate::model::VerdictKind::Applied | crate::model::VerdictKind::NotCheckable)
            {
                return Ok(Some(info));
            }
            found = found.or(Some(info));
        }
        Ok(found)
    }

    async fn at(&self, at: Position) -> Result<Option<TransactionInfo>, StoreError> {
        let Some(batch) = self.parsed(at.batch).await? else { return Ok(None) };
        let Some(mut info) = batch.item(at.item) else { return Ok(None) };
        if batch.info.confirmed && info.tx.as_ref().is_some_and(|tx| tx.action == "mint") {
            let text = self.store.finding(&batch.info.id, at.item).await?;
            info.mint_finding = text.and_then(|text| serde_json::from_str(&text).ok());
        }
        Ok(Some(info))
    }

    /// A batch with its items, from the overlay, the cache or the database.
    async fn parsed(&self, number: u64) -> Result<Option<Arc<ParsedBatch>>, StoreError> {
        let overlaid = self.shared.read(|head| head.overlay.iter().find(|o| o.number == number).map(items::of_overlay));
        if let Some(batch) = overlaid {
            return Ok(Some(Arc::new(batch)));
        }
        if let Some(batch) = self.cached(number) {
            return Ok(Some(batch));
        }
        let Some(row) = self.store.batches(Some(number + 1), 1).await?.pop().filter(|row| row.number == number) else {
            return Ok(None);
        };
        let Some((body, verdicts)) = self.store.body(number).await? else { return Ok(None) };
        let batch = Arc::new(items::of_store(settled_info(&row), &body, &verdicts)?);
        if let Ok(mut cache) = self.cache.lock() {
            cache.push_front((number, Arc::clone(&batch)));
            cache.truncate(CACHE_MAX);
        }
        Ok(Some(batch))
    }

    fn cached(&self, number: u64) -> Option<Arc<ParsedBatch>> {
        let cache = self.cache.lock().ok()?;
        cache.iter().find(|(known, _)| *known == number).map(|(_, batch)| Arc::clone(batch))
    }

    /// All alerts: open first, worst first, newest first.
    #[must_use]
    pub fn alerts(&self) -> Vec<Alert> {
        let mut alerts: Vec<Alert> = self.shared.read(|head| head.alerts.values().cloned().collect());
        alerts.sort_by_key(|alert| (alert.closed, alert.severity, std::cmp::Reverse(alert.raised_ms)));
        alerts
    }

    /// An alert by its key.
    #[must_use]
    pub fn alert(&self, key: &str) -> Option<Alert> {
        self.shared.read(|head| head.alerts.get(key).cloned())
    }

    /// Marks an alert as seen by a person.
    ///
    /// # Errors
    /// The database fails; the mark is not set then.
    pub async fn acknowledge(&self, key: &str) -> Result<Option<Alert>, StoreError> {
        let Some(mut alert) = self.alert(key) else { return Ok(None) };
        alert.acknowledged = true;
        // A provisional alert comes to rest with its batch; until then the mark lives in memory.
        if !alert.provisional {
            self.store.put_alerts(&[crate::settle::alert_row(&alert)]).await?;
        }
        self.shared.write(|head| {
            if let Some(known) = head.alerts.get_mut(key) {
                known.acknowledged = true;
            }
            head.refresh();
        });
        self.shared.tell([Notice::Alert(Box::new(alert.clone()), false), Notice::Status]);
        Ok(Some(alert))
    }

    /// True for the first caller with this key, for ever: whoever gets it sends the notification.
    ///
    /// # Errors
    /// The database fails.
    pub async fn claim_notification(&self, key: &str) -> Result<bool, StoreError> {
        self.store.claim_notification(key).await
    }

    /// What the coordinator says an account holds; `None` if there is none, or it does not say.
    pub async fn claimed_balances(&self, id: &AccountId) -> Option<Vec<(TokenTag, Amount)>> {
        self.coordinator.as_ref()?.balances(id).await
    }

    /// Notices of changes. A reader that lags too far misses some and must read anew.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Notice> {
        self.shared.notices.subscribe()
    }
}

fn position(info: &TransactionInfo) -> Position {
    Position { batch: info.batch.number, item: info.item }
}

fn matches(filter: &TransactionFilter, info: &TransactionInfo) -> bool {
    let action = info.tx.as_ref().map(|tx| tx.action.as_str());
    filter.action.as_deref().is_none_or(|wanted| action == Some(wanted))
        && filter.verdict.is_none_or(|wanted| info.verdict.kind == wanted)
}

fn overlay_places(head: &Head, wanted: impl Fn(&store::ledger::IndexEntry) -> bool) -> Vec<Position> {
    let mut places = Vec::new();
    for overlaid in &head.overlay {
        let hits = (1..).zip(&overlaid.prepared.items).filter(|(_, item)| wanted(&item.entry));
        places.extend(hits.map(|(item, _)| Position { batch: overlaid.number, item }));
    }
    places
}

fn balances(head: &Head, account: &everpay::Account) -> BTreeMap<TokenTag, Amount> {
    let Some(ledger) = &head.ledger else { return BTreeMap::new() };
    account.balances().iter().filter_map(|(index, amount)| Some((ledger.tag(*index)?.clone(), *amount))).collect()
}

/// What the account held before the first overlay batch that touched it.
fn confirmed_balances(head: &Head, id: &AccountId, now: &BTreeMap<TokenTag, Amount>) -> BTreeMap<TokenTag, Amount> {
    let changed = head.overlay.iter().find_map(|overlaid| {
        let at = overlaid.change.accounts.binary_search_by(|change| change.id.cmp(id)).ok()?;
        Some(&overlaid.change.accounts[at])
    });
    match changed {
        Some(change) => change.before.as_ref().map(|account| balances(head, account)).unwrap_or_default(),
        None => now.clone(),
    }
}

fn settled_info(row: &BatchRow) -> BatchInfo {
    BatchInfo {
        number: row.number,
        id: row.id.clone(),
        items: row.items,
        rejected: row.rejected,
        verified_ms: row.verified_ms,
        state_root: crypto::hexs::encode0x(&row.state_root),
        height: row.height,
        block_time_ms: row.block_time_ms,
        confirmed: true,
    }
}
