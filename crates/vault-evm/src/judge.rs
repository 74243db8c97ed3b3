//! Mints judged by the deposits that they name, and what every node is asked for it.
//!
//! A node gives a whole verdict of its own; enough nodes must give the same one. As of a batch, depth is counted in blocks
//! whose time is not after the batch's, with the configured slack between the clocks, so that the verdict is the same
//! however much later it is asked for. A node whose newest block is not after that time is behind: it may still see a block
//! that counts, so its "no" is not taken. A transaction that only waits for a block is not found: it may never be in one.

mod ask;
mod claim;

use crate::error::ConfigError;
use crate::node::{Limits, Node};
use crate::quorum;
use crate::tokens::VaultTokens;
use ask::Clock;
use claim::Claim;
use everpay::{Checked, Rules};
use futures::future::BoxFuture;
use oracle::network::EvmChain;
use oracle::{
    CheckPoint, Evidence, Fault, MintFinding, NotCheckable, Oracle, Payout, RefutedWhy, Reserves, SourceChain,
    Standing, sources_needed,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Judges deposits into one chain's vault, and reads what it holds, by asking the chain's nodes.
#[derive(Debug, Clone)]
pub struct EvmDeposits {
    pub(crate) nodes: Vec<Node>,
    pub(crate) needed: usize,
    pub(crate) tokens: VaultTokens,
    pub(crate) config: EvmChain,
    pub(crate) confirmations: u64,
    rules: Rules,
}

impl EvmDeposits {
    /// A judge of `chain` as `config` and `rules` describe it. A deposit needs `confirmations` blocks (at least one), its
    /// own included. Nothing is asked yet.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn new(chain: &str, config: &EvmChain, confirmations: u64, rules: &Rules) -> Result<Self, ConfigError> {
        let nodes = nodes(chain, config)?;
        Ok(Self {
            needed: sources_needed(nodes.len()),
            nodes,
            tokens: VaultTokens::new(chain, rules)?,
            config: config.clone(),
            confirmations: confirmations.max(1),
            rules: rules.clone(),
        })
    }

    /// The nodes that are asked.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// How many of them must say the same.
    #[must_use]
    pub fn needed(&self) -> usize {
        self.needed
    }

    /// The vault and its tokens.
    #[must_use]
    pub fn tokens(&self) -> &VaultTokens {
        &self.tokens
    }

    async fn judge(&self, mint: &Checked, at: CheckPoint) -> Result<MintFinding, Fault> {
        if self.rules.token(&mint.tag).is_none() {
            return Ok(MintFinding::NotCheckable { why: NotCheckable::UnknownToken });
        }
        let claim = match Claim::read(mint, &self.tokens) {
            Ok(claim) => claim,
            Err(why) => return Ok(MintFinding::NotCheckable { why }),
        };
        let evidence = self.evidence(&claim);
        let Some(hash) = claim.hash else {
            // What is no hash names no transaction; that needs no node.
            return Ok(MintFinding::Refuted { reason: RefutedWhy::NotFound, evidence });
        };
        let clock = Clock::new(at, self.confirmations, &self.config);
        let question = |node: &Node| {
            let (node, claim, evidence) = (node.clone(), &claim, evidence.clone());
            async move { Ok(claim.compare(clock.look(&node, hash).await?, &self.tokens, evidence)) }
        };
        let verdict = quorum::ask(&self.nodes, self.needed, question, same_verdict).await;
        let (finding, names) = verdict.map_err(|none| none.fault(self.tokens.chain(), claim.deposit))?;
        Ok(with_sources(finding, names))
    }

    fn evidence(&self, claim: &Claim<'_>) -> Evidence {
        Evidence {
            chain: self.tokens.chain().to_owned(),
            deposit: claim.deposit.to_owned(),
            confirmations_needed: self.confirmations,
            token: (!claim.token.contract.is_zero()).then(|| claim.token.contract.to_string()),
            locker: Some(self.tokens.vault().to_string()),
            ..Evidence::default()
        }
    }
}

impl SourceChain for EvmDeposits {
    fn check<'a>(&'a self, mint: &'a Checked, at: CheckPoint) -> BoxFuture<'a, Result<MintFinding, Fault>> {
        Box::pin(self.judge(mint, at))
    }

    fn standing<'a>(&'a self, verified: &'a Evidence) -> BoxFuture<'a, Result<Standing, Fault>> {
        Box::pin(self.stands(verified))
    }

    fn reserves<'a>(&'a self, waiting: &'a [Payout]) -> BoxFuture<'a, Result<Reserves, Fault>> {
        Box::pin(self.held(waiting))
    }
}

/// Adds a judge for every chain in `chains` to `oracle`. `confirmations` are the blocks that a deposit needs, by chain;
/// `default_confirmations` holds for a chain that is not in it.
///
/// # Errors
/// [`ConfigError`] of the first chain that cannot be used. That a node is of another chain shows only when it is asked.
pub fn add_chains(
    mut oracle: Oracle,
    chains: &BTreeMap<String, EvmChain>,
    confirmations: &BTreeMap<String, u64>,
    default_confirmations: u64,
    rules: &Rules,
) -> Result<Oracle, ConfigError> {
    for (name, config) in chains {
        let needed = confirmations.get(name).copied().unwrap_or(default_confirmations);
        oracle = oracle.with(name, Arc::new(EvmDeposits::new(name, config, needed, rules)?));
    }
    Ok(oracle)
}

/// The chain's nodes. One URL twice would count as two that agree.
fn nodes(chain: &str, config: &EvmChain) -> Result<Vec<Node>, ConfigError> {
    let mut nodes: Vec<Node> = Vec::new();
    for url in &config.rpc {
        let node = Node::new(url, config.chain_id, Limits::default())
            .map_err(|source| ConfigError::Node { chain: chain.to_owned(), source })?;
        if nodes.iter().any(|known| known.is_same(&node)) {
            return Err(ConfigError::SameNode { chain: chain.to_owned(), node: node.name().to_owned() });
        }
        nodes.push(node);
    }
    if nodes.is_empty() { Err(ConfigError::NoNode(chain.to_owned())) } else { Ok(nodes) }
}

fn same_verdict(a: &MintFinding, b: &MintFinding) -> bool {
    match (a, b) {
        (MintFinding::Verified { evidence: a }, MintFinding::Verified { evidence: b }) => {
            (a.height, &a.block) == (b.height, &b.block)
        }
        (MintFinding::Refuted { reason: a, .. }, MintFinding::Refuted { reason: b, .. }) => a == b,
        _ => false,
    }
}

fn with_sources(mut finding: MintFinding, names: Vec<String>) -> MintFinding {
    match &mut finding {
        MintFinding::Verified { evidence } | MintFinding::Refuted { evidence, .. } => evidence.sources = names,
        MintFinding::NotCheckable { .. } => {}
    }
    finding
}
