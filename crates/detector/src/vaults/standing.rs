//! Deposits that were credited and may still be taken back by a reorganisation of their chain: asked again until final.
//!
//! What always holds: the alert, the halt of the vault and the mark that this was told come to rest together; one deposit
//! gives one alert, which closes by itself when the deposit is back. Bounded: so many questions a round and chain, in turn.

use super::alerts::{MINT_UNDONE, mint_undone, undone_key};
use super::debts::LedgerSide;
use super::watch::VaultWatch;
use crate::alert::Alert;
use crate::settle::alert_row;
use oracle::{Evidence, SourceChain, Standing};
use std::time::Duration;
use store::ledger::HaltRow;
use store::sqlite::StoreError;

/// Deposits that one round asks about on one chain.
const ASKED_MAX: u32 = 16;
/// Longest time for one of them.
const TIME_MAX: Duration = Duration::from_secs(20);

/// A credited deposit to ask about.
struct Credit {
    ever_hash: String,
    evidence: Evidence,
    undone: bool,
    settled: bool,
}

impl VaultWatch {
    /// Asks about the next deposits of one chain.
    pub(super) async fn check_standing(
        &mut self,
        chain: &str,
        source: &dyn SourceChain,
        side: &LedgerSide,
    ) -> Result<(), StoreError> {
        for credit in self.next_credits(chain, side).await? {
            let answer = tokio::time::timeout(TIME_MAX, source.standing(&credit.evidence)).await;
            match answer {
                Ok(Ok(Standing::Undone { tip })) => self.undone(&credit, tip, side).await?,
                Ok(Ok(standing)) => self.stands(&credit, standing).await?,
                Ok(Err(fault)) => {
                    tracing::debug!(%fault, chain, "no answer on a credited deposit");
                    return Ok(());
                }
                Err(_) => return Ok(()),
            }
        }
        Ok(())
    }

    /// Those of the overlay, then the next settled ones in turn.
    async fn next_credits(&mut self, chain: &str, side: &LedgerSide) -> Result<Vec<Credit>, StoreError> {
        let told = |hash: &str| self.shared.read(|head| head.alerts.get(&undone_key(hash)).is_some_and(|a| !a.closed));
        let fresh = side.fresh_credits.iter().filter(|(_, evidence)| evidence.chain == chain);
        let mut credits: Vec<Credit> = fresh
            .take(ASKED_MAX as usize)
            .map(|(ever_hash, evidence)| Credit {
                ever_hash: ever_hash.clone(),
                evidence: evidence.clone(),
                undone: told(ever_hash),
                settled: false,
            })
            .collect();
        let cursor = self.cursors.entry(chain.to_owned()).or_default();
        let settled = self.store.credits(chain, cursor, ASKED_MAX).await?;
        // Past the last one the turn begins anew.
        *cursor = settled.last().map(|row| row.ever_hash.clone()).unwrap_or_default();
        for row in settled {
            let evidence = serde_json::from_str(&row.evidence)
                .map_err(|error| StoreError::Damaged(format!("credit {}: {error}", row.ever_hash)))?;
            // One that was told while its batch was in the overlay is not marked.
            let undone = row.undone || told(&row.ever_hash);
            credits.push(Credit { ever_hash: row.ever_hash, evidence, undone, settled: true });
        }
        Ok(credits)
    }

    async fn undone(&self, credit: &Credit, tip: u64, side: &LedgerSide) -> Result<(), StoreError> {
        if credit.undone {
            return Ok(());
        }
        let Ok(hash) = credit.ever_hash.parse() else { return Ok(()) };
        // The mint itself was dropped meanwhile.
        let Some(mint) = self.view.transaction(&hash).await? else { return Ok(()) };
        let now = crate::service::now_ms();
        let alert = mint_undone(&mint, Some(&side.rules), &credit.evidence, tip, now);
        let halt = HaltRow {
            chain: credit.evidence.chain.clone(),
            alert_key: alert.key.clone(),
            code: MINT_UNDONE.to_owned(),
            since_ms: now,
        };
        tracing::warn!(chain = %halt.chain, deposit = %credit.evidence.deposit, "a credited deposit is gone");
        self.tell(alert, vec![halt], &[(credit.ever_hash.clone(), true)]).await
    }

    async fn stands(&self, credit: &Credit, standing: Standing) -> Result<(), StoreError> {
        if credit.undone
            && let Some(alert) = self.view.alert(&undone_key(&credit.ever_hash))
            && !alert.closed
        {
            let mark = [(credit.ever_hash.clone(), false)];
            self.tell(Alert { closed: true, ..alert }, Vec::new(), &mark).await?;
        }
        if standing == Standing::Final && credit.settled {
            self.store.drop_credit(&credit.ever_hash).await?;
        }
        Ok(())
    }

    /// Writes an alert with what hangs on it, then shows it.
    pub(super) async fn tell(
        &self,
        alert: Alert,
        halts: Vec<HaltRow>,
        undone: &[(String, bool)],
    ) -> Result<(), StoreError> {
        self.store.put_vault_alerts(&[alert_row(&alert)], &halts, undone).await?;
        let notice = self.shared.write(|head| {
            head.minutes.alert(alert.raised_ms);
            let notice = head.put(alert);
            head.refresh();
            notice
        });
        self.shared.tell([notice, crate::model::Notice::Status]);
        Ok(())
    }
}
