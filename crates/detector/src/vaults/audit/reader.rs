//! Reads what one vault did into the database, range by range. Bounded in steps and time; a fault of the nodes is waited for.

use super::acts::{self, Owners};
use super::history::{Follow, History, Vault};
use crate::alert::Alert;
use crate::head::Shared;
use crate::model::{Audit, Notice};
use crate::service::now_ms;
use crate::settle::alert_row;
use std::sync::Arc;
use std::time::Duration;
use store::ledger::LedgerStore;
use store::sqlite::StoreError;
use tokio::time::{Instant, timeout_at};
use vault_evm::NoQuorum;
use vault_evm::release::Step;

/// Steps of one round.
const STEPS_MAX: usize = 256;
/// Longest time for one round.
const TIME_MAX: Duration = Duration::from_secs(20);

/// Reads one vault.
pub(crate) struct Reader {
    pub(crate) vault: Vault,
    history: Arc<dyn History>,
    shared: Arc<Shared>,
    store: LedgerStore,
    /// Opened anew from the database after a fault of it, or a step that was cut off.
    follow: Option<Box<dyn Follow>>,
    /// Who owned the vault up to where it is read.
    pub(crate) owners: Owners,
    pub(crate) state: Audit,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("vault", &self.vault).field("state", &self.state).finish_non_exhaustive()
    }
}

impl Reader {
    pub(crate) fn new(vault: Vault, history: Arc<dyn History>, shared: Arc<Shared>, store: LedgerStore) -> Self {
        let state = Audit { chain: vault.chain().to_owned(), block: None, read: false, why: None };
        Self { vault, history, shared, store, follow: None, owners: Owners::new(), state }
    }

    /// Reads on, up to the end of the chain if it is not too far.
    pub(crate) async fn round(&mut self) -> Result<(), StoreError> {
        let deadline = Instant::now() + TIME_MAX;
        (self.state.read, self.state.why) = (false, None);
        let mut follow = match self.follow.take() {
            Some(follow) => follow,
            None => self.open().await?,
        };
        for _ in 0..STEPS_MAX {
            let step = match timeout_at(deadline, follow.step()).await {
                Ok(Ok(step)) => step,
                Ok(Err(fault)) => {
                    self.trouble(&fault);
                    break;
                }
                Err(_) => {
                    self.state.why = Some("no_answer");
                    return Ok(());
                }
            };
            match step {
                Step::Read(events) => {
                    let range = acts::range(&events, &mut self.owners, now_ms());
                    if !self.store.append_acts(self.vault.chain(), &range).await? {
                        return Ok(());
                    }
                    self.state.block = Some(events.end.number);
                }
                Step::Rewind { next } => self.rewind(next).await?,
                Step::CaughtUp(tip) => {
                    (self.state.read, self.state.block) = (true, Some(tip.number));
                    break;
                }
            }
        }
        self.follow = Some(follow);
        Ok(())
    }

    async fn open(&mut self) -> Result<Box<dyn Follow>, StoreError> {
        let (chain, identity) = (self.vault.chain(), self.vault.identity());
        let progress = self.store.take_up_vault(chain, &identity, self.vault.start_block).await?;
        self.owners = self.store.owners_of(chain).await?;
        self.state.block = progress.next.checked_sub(1);
        Ok(self.history.follow(progress))
    }

    fn trouble(&mut self, fault: &NoQuorum) {
        tracing::warn!(chain = self.vault.chain(), %fault, "what the vault did cannot be read");
        self.state.why = Some(match fault {
            NoQuorum::Unavailable { .. } => "no_answer",
            NoQuorum::Disagreement { .. } => "disagreement",
        });
    }

    /// Forgets what dropped out of the chain. Alerts that rest on nothing else end by themselves; halts do not.
    async fn rewind(&mut self, next: u64) -> Result<(), StoreError> {
        let chain = self.vault.chain();
        let keys = self.store.alerts_resting_on(chain, next).await?;
        let ended: Vec<Alert> = self.shared.read(|head| {
            let open = keys.iter().filter_map(|key| head.alerts.get(key)).filter(|alert| !alert.closed);
            open.map(|alert| Alert { closed: true, ..alert.clone() }).collect()
        });
        let rows: Vec<_> = ended.iter().map(alert_row).collect();
        self.store.rewind_acts(chain, next, &rows).await?;
        self.owners = self.store.owners_of(chain).await?;
        tracing::info!(chain, next, ended = ended.len(), "blocks dropped out of the chain");
        show(&self.shared, ended);
        Ok(())
    }
}

/// Shows alerts that rest in the database; a mark that a person set meanwhile stays.
pub(crate) fn show(shared: &Shared, alerts: Vec<Alert>) {
    if alerts.is_empty() {
        return;
    }
    let mut notices: Vec<Notice> = shared.write(|head| {
        let told = alerts.into_iter().map(|mut alert| {
            match head.alerts.get(&alert.key) {
                Some(known) => alert.acknowledged |= known.acknowledged,
                None => head.minutes.alert(alert.raised_ms),
            }
            head.put(alert)
        });
        let told = told.collect();
        head.refresh();
        told
    });
    notices.push(Notice::Status);
    shared.tell(notices);
}
