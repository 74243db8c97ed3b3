//! What a detector is told at its start.

use arweave::Address;
use everpay::Rules;
use oracle::network::{EvmChain, NetworkFile};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// Blocks that settle a batch where nobody says otherwise: the rollup itself waits for as many.
pub const DEPTH_DEFAULT: u64 = 3;
/// Blocks a deposit needs where nobody says otherwise (section 9 of the reference).
pub const DEPOSIT_CONFIRMATIONS_DEFAULT: u64 = 20;

/// Configuration of a detector.
#[derive(Debug, Clone)]
pub struct Config {
    /// Arweave address that writes the batches.
    pub owner: Address,
    /// Tags that every batch must carry.
    pub tags: Vec<(String, String)>,
    /// Base URLs of gateways.
    pub gateways: Vec<String>,
    /// Base URL of the coordinator, if it is to be compared with.
    pub coordinator: Option<String>,
    /// Blocks, its own included, that settle a batch.
    pub depth: u64,
    /// Blocks that a deposit needs, by source chain.
    pub deposit_confirmations: BTreeMap<String, u64>,
    /// EVM chains that can be asked, by name.
    pub evm: BTreeMap<String, EvmChain>,
    /// The rules, if they are known beforehand.
    pub rules: Option<Rules>,
    /// Where the database lives.
    pub data_dir: PathBuf,
    /// Pause between two polls.
    pub poll: Duration,
}

impl Config {
    /// The configuration that a network file describes.
    ///
    /// # Errors
    /// Its owner is no Arweave address.
    pub fn from_network(network: &NetworkFile, data_dir: PathBuf) -> Result<Self, arweave::ParseIdError> {
        Ok(Self {
            owner: network.owner.parse()?,
            tags: network.tags.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
            gateways: network.gateways.clone(),
            coordinator: network.coordinator.clone(),
            depth: network.depth,
            deposit_confirmations: network.deposit_confirmations.clone(),
            evm: network.evm.clone(),
            rules: Some(network.rules.clone()),
            data_dir,
            poll: if network.practice { Duration::from_secs(1) } else { Duration::from_secs(5) },
        })
    }

    /// Sources that must agree before a batch is settled: all but one, at least one, of three or more; two of two.
    #[must_use]
    pub fn sources_needed(&self) -> usize {
        oracle::sources_needed(self.gateways.len())
    }
}
