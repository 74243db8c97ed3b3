//! Halts that people lift.

use super::View;
use crate::alert::Alert;
use crate::model::{LiftedHalt, Notice};
use crate::service::now_ms;
use crate::settle::alert_row;
use crate::vaults::{audit::show, show_halts};
use std::collections::BTreeSet;
use store::ledger::Lift;
use store::sqlite::StoreError;

/// Longest name, bytes.
const NAME_MAX: usize = 200;
/// Longest reason, bytes.
const REASON_MAX: usize = 2_000;
/// Lifted halts told at once.
const LIFTED_MAX: u32 = 500;

/// Why a vault stays halted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LiftError {
    /// It is not.
    #[error("no vault of this chain is halted")]
    NotHalted,
    /// The person did not see all that stands, or something else.
    #[error("the causes that stand are others than those that were looked at")]
    OtherCauses,
    /// Without a name and a reason nothing is lifted.
    #[error("lifting a halt needs a name of at most {NAME_MAX} bytes and a reason of at most {REASON_MAX}")]
    NoReason,
    /// The database fails; the vault stays halted.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl View {
    /// Arms the vault of a chain again. `keys` are the alerts that halt it, all of them; `by` is who says so, by their own
    /// word. Who and why is kept for good and noted in the alerts. A cause that was lifted does not halt again; a new one does.
    ///
    /// # Errors
    /// [`LiftError`]; the vault stays halted.
    pub async fn lift_halt(
        &self,
        chain: &str,
        keys: &BTreeSet<String>,
        by: &str,
        reason: &str,
    ) -> Result<(), LiftError> {
        let (by, reason) = (by.trim(), reason.trim());
        if by.is_empty() || by.len() > NAME_MAX || reason.is_empty() || reason.len() > REASON_MAX {
            return Err(LiftError::NoReason);
        }
        if !self.store.halts().await?.iter().any(|halt| halt.chain == chain) {
            return Err(LiftError::NotHalted);
        }
        let at_ms = now_ms();
        let alerts: Vec<Alert> = keys
            .iter()
            .filter_map(|key| self.alert(key))
            .map(|mut alert| {
                alert.note_lift(by, at_ms, reason);
                alert
            })
            .collect();
        let rows: Vec<_> = alerts.iter().map(alert_row).collect();
        if !self.store.lift_halts(&Lift { chain, keys, by, reason, at_ms }, &rows).await? {
            return Err(LiftError::OtherCauses);
        }
        tracing::warn!(chain, by, reason, causes = keys.len(), "a vault is armed again");
        show(&self.shared, alerts);
        show_halts(&self.shared, &self.store).await?;
        self.shared.tell([Notice::Vaults]);
        Ok(())
    }

    /// Halts that people lifted, the newest lift first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn lifted_halts(&self, limit: u32) -> Result<Vec<LiftedHalt>, StoreError> {
        let rows = self.store.lifted_halts(limit.min(LIFTED_MAX)).await?;
        let lifted = rows.into_iter().map(|row| LiftedHalt {
            halt: row.halt.into(),
            at_ms: row.at_ms,
            by: row.by,
            reason: row.reason,
        });
        Ok(lifted.collect())
    }
}
