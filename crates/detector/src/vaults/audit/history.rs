//! Where a vault's doings are read: the seam between the audit and the nodes of a chain.

use crate::config::{Config, DEPOSIT_CONFIRMATIONS_DEFAULT};
use everpay::Rules;
use futures::future::{BoxFuture, FutureExt};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::ledger::Progress;
use vault_evm::release::{Follower, Observer, Step};
use vault_evm::{ConfigError, EvmDeposits, NoQuorum, VaultTokens};

/// How acts are read from logs: under another number everything is read anew.
const READING: u32 = 1;

/// The vault of one chain as it is audited.
#[derive(Debug, Clone)]
pub(crate) struct Vault {
    /// EIP-155 id of the chain.
    pub(crate) chain_id: u64,
    /// Block in which it was deployed.
    pub(crate) start_block: u64,
    /// Its address and the tokens it holds.
    pub(crate) tokens: VaultTokens,
}

impl Vault {
    pub(crate) fn chain(&self) -> &str {
        self.tokens.chain()
    }

    /// What decides how blocks are read.
    pub(crate) fn identity(&self) -> String {
        format!("{READING} {} {} {}", self.chain_id, self.tokens.vault(), self.start_block)
    }
}

/// The history of one vault, as enough of its chain's sources tell it alike.
pub(crate) trait History: Send + Sync + std::fmt::Debug {
    /// Reads on from `progress`.
    fn follow(&self, progress: Progress) -> Box<dyn Follow>;
}

/// A history being read.
pub(crate) trait Follow: Send + Sync {
    /// The next step; it is to be stored before the next one is asked for.
    fn step(&mut self) -> BoxFuture<'_, Result<Step, NoQuorum>>;
}

impl History for Observer {
    fn follow(&self, progress: Progress) -> Box<dyn Follow> {
        Box::new(Follower::new(self.clone(), progress))
    }
}

impl Follow for Follower {
    fn step(&mut self) -> BoxFuture<'_, Result<Step, NoQuorum>> {
        Self::step(self).boxed()
    }
}

/// Vaults with where they are read, by chain.
pub(crate) type Histories = BTreeMap<String, (Vault, Arc<dyn History>)>;

/// Those of all chains that can be asked. Nothing is asked yet.
pub(crate) fn histories(rules: &Rules, config: &Config) -> Result<Histories, ConfigError> {
    let one = |(chain, evm): (&String, &oracle::network::EvmChain)| {
        let confirmations = config.deposit_confirmations.get(chain).copied().unwrap_or(DEPOSIT_CONFIRMATIONS_DEFAULT);
        let judge = EvmDeposits::new(chain, evm, confirmations, rules)?;
        let vault = Vault { chain_id: evm.chain_id, start_block: evm.start_block, tokens: judge.tokens().clone() };
        Ok((chain.clone(), (vault, Arc::new(Observer::new(judge)) as Arc<dyn History>)))
    };
    config.evm.iter().map(one).collect()
}
