//! What a detector is opened with: its judges of deposits, and the lock on its data directory.

use crate::config::{Config, DEPOSIT_CONFIRMATIONS_DEFAULT};
use crate::error::DetectorError;
use arweave::gateway::Gateway;
use everpay::Rules;
use oracle::{ArweaveDeposits, Oracle};
use std::sync::Arc;

/// The judges of all chains that can be asked. Nothing is asked yet.
pub(super) fn oracle_for(rules: &Rules, gateways: &[Gateway], config: &Config) -> Result<Oracle, DetectorError> {
    let confirmations = &config.deposit_confirmations;
    let needed = confirmations.get("arweave").copied().unwrap_or(DEPOSIT_CONFIRMATIONS_DEFAULT);
    let deposits = ArweaveDeposits::new(gateways.to_vec(), config.sources_needed(), needed, rules.clone());
    let oracle = Oracle::new().with("arweave", Arc::new(deposits));
    Ok(vault_evm::add_chains(oracle, &config.evm, confirmations, DEPOSIT_CONFIRMATIONS_DEFAULT, rules)?)
}

/// Takes the data directory for this process, until the file is closed.
pub(super) fn lock(config: &Config) -> Result<std::fs::File, DetectorError> {
    let unusable = |source| DetectorError::Directory { path: config.data_dir.clone(), source };
    std::fs::create_dir_all(&config.data_dir).map_err(unusable)?;
    let file = std::fs::File::create(config.data_dir.join("detector.lock")).map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(DetectorError::InUse),
        Err(std::fs::TryLockError::Error(error)) => Err(unusable(error)),
    }
}
