//! The detector's state in memory: the ledger at the head, the overlay that can be undone, alerts, and what the heartbeat
//! shows. One writer (the service); readers take the lock for the length of a copy.

use crate::alert::Alert;
use crate::carry::Carry;
use crate::judge::Judged;
use crate::minutes::Minutes;
use crate::model::{BatchInfo, HeadStatus, ItemVerdict, Notice, Solvency, VerdictKind};
use crate::prepare::Prepared;
use crate::vaults::audit::Histories;
use everpay::{AccountId, BatchChange, Ledger, StateRoot};
use oracle::MintFinding;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use tokio::sync::broadcast;

/// Accounts remembered as recently seen.
const RECENT_ACCOUNTS_MAX: usize = 50;
/// Settled roots remembered; a coordinator names its newest 32 batches.
pub(crate) const ROOTS_MAX: usize = 256;
/// Notices a slow reader may lag behind before it must read anew.
const NOTICES_MAX: usize = 1_024;

/// A batch that is applied and not settled.
#[derive(Debug)]
pub(crate) struct Overlaid {
    pub(crate) number: u64,
    pub(crate) prepared: Arc<Prepared>,
    pub(crate) verdicts: Arc<Vec<ItemVerdict>>,
    pub(crate) findings: BTreeMap<usize, MintFinding>,
    pub(crate) change: BatchChange,
    pub(crate) carry_before: Carry,
    pub(crate) carry_after: Carry,
    /// Keys of the alerts it raised, and of those it added consequences to.
    pub(crate) alerts: Vec<String>,
    pub(crate) consequences: Vec<(String, String)>,
    pub(crate) verified_ms: u64,
}

impl Overlaid {
    pub(crate) fn info(&self) -> BatchInfo {
        let batch = &self.prepared.batch;
        BatchInfo {
            number: self.number,
            id: batch.id.to_string(),
            items: self.prepared.items.len() as u64,
            rejected: self.rejected(),
            verified_ms: self.verified_ms,
            state_root: self.change.root.to_string(),
            height: batch.height,
            block_time_ms: batch.block_time_ms,
            confirmed: false,
        }
    }

    pub(crate) fn rejected(&self) -> u64 {
        self.verdicts.iter().filter(|v| v.kind == VerdictKind::Rejected).count() as u64
    }
}

/// The newest settled batch.
#[derive(Debug, Clone)]
pub(crate) struct Tip {
    pub(crate) number: u64,
    pub(crate) height: u64,
}

/// Everything in memory.
#[derive(Debug)]
pub(crate) struct Head {
    /// `None` until the rules are known.
    pub(crate) ledger: Option<Ledger>,
    pub(crate) carry: Carry,
    pub(crate) settled: Option<Tip>,
    pub(crate) overlay: VecDeque<Overlaid>,
    pub(crate) alerts: BTreeMap<String, Alert>,
    pub(crate) status: HeadStatus,
    pub(crate) minutes: Minutes,
    /// When a poll of the sources began whose whole answer is applied, Unix ms; 0 before the first.
    pub(crate) reached_ms: u64,
    pub(crate) recent: VecDeque<AccountId>,
    /// Id, number and root of the newest settled batches, to compare with what a coordinator says.
    pub(crate) roots: VecDeque<(String, u64, StateRoot)>,
}

impl Head {
    /// Before the first batch.
    pub(crate) fn new(ledger: Option<Ledger>) -> Self {
        Self {
            ledger,
            carry: Carry::default(),
            settled: None,
            overlay: VecDeque::new(),
            alerts: BTreeMap::new(),
            status: HeadStatus::default(),
            minutes: Minutes::default(),
            reached_ms: 0,
            recent: VecDeque::new(),
            roots: VecDeque::new(),
        }
    }

    /// Number of the last applied batch.
    pub(crate) fn number(&self) -> u64 {
        match self.overlay.back() {
            Some(last) => last.number,
            None => self.settled.as_ref().map_or(0, |tip| tip.number),
        }
    }

    /// Number of a recent batch and the state root after it.
    pub(crate) fn root_after(&self, id: &str) -> Option<(u64, StateRoot)> {
        let overlaid = self.overlay.iter().find(|o| o.prepared.batch.id.to_string() == id);
        let settled = || self.roots.iter().find(|(known, ..)| known == id).map(|(_, number, root)| (*number, *root));
        overlaid.map(|o| (o.number, o.change.root)).or_else(settled)
    }

    /// Keeps the root of a batch that is being settled.
    pub(crate) fn remember_root(&mut self, batch: &Overlaid) {
        self.roots.push_front((batch.prepared.batch.id.to_string(), batch.number, batch.change.root));
        self.roots.truncate(ROOTS_MAX);
    }

    /// Takes a judged batch into the overlay. The ledger has applied it already.
    pub(crate) fn push(
        &mut self,
        prepared: Arc<Prepared>,
        findings: BTreeMap<usize, MintFinding>,
        judged: Judged,
        now_ms: u64,
    ) -> Vec<Notice> {
        let number = self.number() + 1;
        let mut notices = Vec::new();
        let mut keys = Vec::new();
        for alert in judged.alerts {
            // What rests already neither becomes provisional again nor goes when this batch goes.
            if self.alerts.get(&alert.key).is_some_and(|known| !known.provisional && !known.closed) {
                continue;
            }
            self.minutes.alert(now_ms);
            keys.push(alert.key.clone());
            notices.push(self.raise(alert));
        }
        for (key, hash) in &judged.consequences {
            notices.extend(self.add_consequence(key, hash));
        }
        self.remember_accounts(&judged.change);
        self.minutes.verified(now_ms, prepared.items.len() as u64);
        if !prepared.items.is_empty() {
            self.status.last_verified_ms = Some(now_ms);
        }
        let overlaid = Overlaid {
            number,
            prepared,
            verdicts: Arc::new(judged.verdicts),
            findings,
            change: judged.change,
            carry_before: std::mem::replace(&mut self.carry, judged.carry.clone()),
            carry_after: judged.carry,
            alerts: keys,
            consequences: judged.consequences,
            verified_ms: now_ms,
        };
        notices.push(Notice::Batch(overlaid.info()));
        self.overlay.push_back(overlaid);
        self.refresh();
        notices
    }

    /// Adds an alert or, when the same was raised before, keeps the first with its marks.
    pub(crate) fn raise(&mut self, alert: Alert) -> Notice {
        match self.alerts.get_mut(&alert.key) {
            Some(known) => {
                known.closed = false;
                known.provisional = alert.provisional;
                known.place = alert.place;
                Notice::Alert(Box::new(known.clone()), false)
            }
            None => {
                self.alerts.insert(alert.key.clone(), alert.clone());
                Notice::Alert(Box::new(alert), true)
            }
        }
    }

    /// Puts an alert in place of what was known under its key.
    pub(crate) fn put(&mut self, alert: Alert) -> Notice {
        let known = self.alerts.insert(alert.key.clone(), alert.clone());
        Notice::Alert(Box::new(alert), known.is_none())
    }

    fn add_consequence(&mut self, key: &str, hash: &str) -> Option<Notice> {
        let alert = self.alerts.get_mut(key)?;
        if !alert.consequences.iter().any(|known| known == hash) {
            alert.consequences.push(hash.to_owned());
        }
        Some(Notice::Alert(Box::new(alert.clone()), false))
    }

    /// Undoes the newest overlay batch.
    pub(crate) fn pop(&mut self) -> Vec<Notice> {
        let Some(last) = self.overlay.pop_back() else { return Vec::new() };
        if let Some(ledger) = &mut self.ledger {
            ledger.revert(&last.change).expect("the newest overlay batch is the ledger's last");
        }
        self.carry = last.carry_before;
        let mut notices = Vec::new();
        for key in &last.alerts {
            if let Some(alert) = self.alerts.get_mut(key) {
                alert.closed = true;
                notices.push(Notice::Alert(Box::new(alert.clone()), false));
            }
        }
        for (key, hash) in &last.consequences {
            if let Some(alert) = self.alerts.get_mut(key) {
                alert.consequences.retain(|known| known != hash);
            }
        }
        self.refresh();
        notices
    }

    fn remember_accounts(&mut self, change: &BatchChange) {
        for account in change.accounts.iter().take(RECENT_ACCOUNTS_MAX) {
            self.recent.retain(|known| *known != account.id);
            self.recent.push_front(account.id);
        }
        self.recent.truncate(RECENT_ACCOUNTS_MAX);
    }

    /// Brings the counters of the status in line with the rest.
    pub(crate) fn refresh(&mut self) {
        let number = self.number();
        let height = match self.overlay.back() {
            Some(last) => Some(last.prepared.batch.height),
            None => self.settled.as_ref().map(|tip| tip.height),
        };
        let totals = self.carry.totals;
        let status = &mut self.status;
        status.seq += 1;
        status.batches = number;
        status.overlay_batches = self.overlay.len() as u64;
        status.height = height;
        status.transactions = totals.transactions;
        status.rejected = totals.rejected;
        status.undecidable = totals.undecidable;
        status.not_checkable = totals.not_checkable;
        status.state_root = self.ledger.as_ref().map_or(String::new(), |ledger| ledger.root().to_string());
    }
}

/// The head behind its lock, with the channel that tells of changes.
#[derive(Debug)]
pub(crate) struct Shared {
    head: RwLock<Head>,
    solvency: RwLock<Solvency>,
    /// Vaults whose doings can be read; set once the rules are known.
    pub(crate) histories: OnceLock<Histories>,
    pub(crate) notices: broadcast::Sender<Notice>,
}

impl Shared {
    pub(crate) fn new(head: Head) -> Self {
        Self {
            head: RwLock::new(head),
            solvency: RwLock::default(),
            histories: OnceLock::new(),
            notices: broadcast::channel(NOTICES_MAX).0,
        }
    }

    /// Reads under the lock.
    pub(crate) fn read<T>(&self, with: impl FnOnce(&Head) -> T) -> T {
        with(&self.head.read().expect("a panic while holding the head ends the service"))
    }

    /// Changes under the lock.
    pub(crate) fn write<T>(&self, with: impl FnOnce(&mut Head) -> T) -> T {
        with(&mut self.head.write().expect("a panic while holding the head ends the service"))
    }

    /// The last comparison of vaults and ledger; apart from the head, so that neither waits for the other.
    pub(crate) fn solvency(&self) -> Solvency {
        self.solvency.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes what is shown of the vaults. True when it says something new; how far they are read is not news.
    pub(crate) fn change_solvency(&self, change: impl FnOnce(&mut Solvency)) -> bool {
        let mut shown = self.solvency.write().unwrap_or_else(PoisonError::into_inner);
        let known = shown.clone();
        change(&mut shown);
        let states = |of: &Solvency| of.audits.iter().map(|audit| (audit.read, audit.why)).collect::<Vec<_>>();
        known.tokens != shown.tokens || known.halts != shown.halts || states(&known) != states(&shown)
    }

    /// Tells whoever listens; nobody may.
    pub(crate) fn tell(&self, notices: impl IntoIterator<Item = Notice>) {
        for notice in notices {
            let _ = self.notices.send(notice);
        }
    }
}
