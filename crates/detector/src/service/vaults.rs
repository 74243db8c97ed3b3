//! When the vaults are looked at: beside the replay while it runs, and to the end of their chains in a single run.

use super::Detector;
use crate::error::DetectorError;
use crate::vaults::VaultWatch;
use std::sync::Arc;

/// Pauses between two polls that pass before the vaults are read again.
const VAULTS_EVERY: u32 = 2;
/// Cycles that a single run waits for a burn that a vault paid and the ledger does not show.
const ONCE_HEADS_MAX: u32 = 4;

impl Detector {
    /// A watch over the vaults.
    pub(super) fn vault_watch(&self) -> VaultWatch {
        let (shared, store) = (Arc::clone(&self.engine.shared), self.engine.store.clone());
        VaultWatch::new(shared, store, self.view(), Arc::clone(&self.oracle), self.config.poll * VAULTS_EVERY)
    }

    /// Reads the vaults to the end of their chains and compares. A lack counts when two readings show it, and that a burn is
    /// unknown when the end of the ledger was reached twice since.
    pub(super) async fn look_at_vaults(&mut self) -> Result<(), DetectorError> {
        let mut vaults = self.vault_watch();
        vaults.round().await?;
        vaults.round().await?;
        while vaults.is_reading() {
            vaults.round().await?;
        }
        for _ in 0..ONCE_HEADS_MAX {
            if !vaults.is_unsure() {
                break;
            }
            self.cycle().await?;
            vaults.round().await?;
        }
        Ok(())
    }
}
