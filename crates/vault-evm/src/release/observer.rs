//! What enough nodes say alike about a vault: its state at a block, and what it did in a range of blocks.

use super::event::{self, VaultEvent};
use crate::contract::EverwatchVault::{
    self, getOperatorCall, getOwnersCall, getPausedCall, getRequireCall, releasedCall,
};
use crate::judge::EvmDeposits;
use crate::node::{BlockInfo, Node, NodeError};
use crate::quorum::{self, NoQuorum};
use crate::range::{self, RangeLogs};
use alloy::primitives::{Address, B256, Bytes};
use alloy::rpc::types::Filter;
use alloy::sol_types::{SolCall, SolEvent};
use everpay::EverHash;
use oracle::network::Finality;
use store::vault::Checkpoint;

/// Events that are read: all but deposits.
const SIGNATURES: [B256; 10] = [
    EverwatchVault::Submission::SIGNATURE_HASH,
    EverwatchVault::SubmissionFailure::SIGNATURE_HASH,
    EverwatchVault::Execution::SIGNATURE_HASH,
    EverwatchVault::ExecutionFailure::SIGNATURE_HASH,
    EverwatchVault::Revocation::SIGNATURE_HASH,
    EverwatchVault::OwnerAddition::SIGNATURE_HASH,
    EverwatchVault::OwnerRemoval::SIGNATURE_HASH,
    EverwatchVault::RequirementChange::SIGNATURE_HASH,
    EverwatchVault::OperatorChange::SIGNATURE_HASH,
    EverwatchVault::PausedChange::SIGNATURE_HASH,
];

/// Who decides about a vault, after one block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultState {
    /// The block.
    pub block: BlockInfo,
    /// The owners, by address.
    pub owners: Vec<Address>,
    /// How many of them decide.
    pub required: u64,
    /// Who may pause payouts; zero when nobody may.
    pub operator: Address,
    /// Whether payouts are stopped.
    pub paused: bool,
}

/// A range of blocks with all that the vault did there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Events {
    /// The first block.
    pub from: u64,
    /// The last block.
    pub end: Checkpoint,
    /// What the vault did, in the order of the chain.
    pub events: Vec<VaultEvent>,
}

/// What a range of blocks came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum EventsRead {
    /// All of it.
    Whole(Events),
    /// The block before it is not the one that was read.
    ParentChanged,
    /// Too much for the nodes.
    TooLong,
}

/// What one node says about a range.
#[derive(Debug, Clone, PartialEq, Eq)]
struct RangeFacts {
    parent: Option<B256>,
    end: B256,
    events: Vec<VaultEvent>,
}

/// Asks the nodes of one chain about its vault.
#[derive(Debug, Clone)]
pub struct Observer {
    pub(super) judge: EvmDeposits,
}

impl Observer {
    /// Asks the nodes of `judge` about its vault. Nothing is asked yet.
    #[must_use]
    pub fn new(judge: EvmDeposits) -> Self {
        Self { judge }
    }

    /// The newest block that enough nodes have and know alike.
    ///
    /// # Errors
    /// Too few nodes say the same; this holds for every question below.
    pub async fn tip(&self) -> Result<BlockInfo, NoQuorum> {
        self.judge.common_block().await.map(|(block, _)| block)
    }

    /// Height of the newest block that is settled when the chain reaches up to `tip`: under as many blocks as deposits
    /// need, its own included, and final where the chain is configured to say so. `None` when there is none yet.
    ///
    /// # Errors
    /// As [`Observer::tip`].
    pub async fn settled(&self, tip: &BlockInfo) -> Result<Option<u64>, NoQuorum> {
        let Some(deep) = (tip.number + 1).checked_sub(self.judge.confirmations) else { return Ok(None) };
        if self.judge.config.finality == Finality::Count {
            return Ok(Some(deep));
        }
        let finals = quorum::reached(self.nodes(), self.judge.needed, |node| async move {
            Ok(node.finalized().await?.map(|block| block.number))
        });
        Ok(finals.await?.map(|last| last.min(deep)))
    }

    /// Owners, threshold, operator and pause after a block.
    ///
    /// # Errors
    /// As [`Observer::tip`].
    pub async fn state(&self, block: BlockInfo) -> Result<VaultState, NoQuorum> {
        let mut owners = self.vault(&getOwnersCall {}, block.hash).await?;
        owners.sort_unstable();
        let required = self.vault(&getRequireCall {}, block.hash).await?;
        Ok(VaultState {
            block,
            owners,
            required: u64::try_from(required).unwrap_or(u64::MAX),
            operator: self.vault(&getOperatorCall {}, block.hash).await?,
            paused: self.vault(&getPausedCall {}, block.hash).await?,
        })
    }

    /// Whether the vault moved money for a burn, up to and with the block. everPay's own contract cannot say.
    ///
    /// # Errors
    /// As [`Observer::tip`].
    pub async fn released(&self, ever_hash: EverHash, block: &BlockInfo) -> Result<bool, NoQuorum> {
        self.vault(&releasedCall(B256::from(*ever_hash.as_bytes())), block.hash).await
    }

    /// The hash of the block at a height.
    pub(super) async fn block_hash(&self, number: u64) -> Result<B256, NoQuorum> {
        let question = |node: &Node| {
            let node = node.clone();
            async move { Ok(node.block_at(number).await?.hash) }
        };
        quorum::ask(self.nodes(), self.judge.needed, question, B256::eq).await.map(|(hash, _)| hash)
    }

    /// What the vault did in the blocks from `from` to `to`. `parent` is the block that was read before them.
    pub(super) async fn events(&self, from: u64, to: u64, parent: Option<Checkpoint>) -> Result<EventsRead, NoQuorum> {
        let (vault, chain_id) = (self.judge.tokens.vault(), self.judge.config.chain_id);
        let before = parent.map(|parent| parent.number);
        let filter = Filter::new().address(vault).event_signature(SIGNATURES.to_vec());
        let answers = quorum::ask_all(self.nodes(), |node| {
            let filter = filter.clone();
            async move { facts(range::read(node, &[filter], from, to, before).await?, vault, chain_id) }
        });
        let answers = answers.await;
        let too_long = to > from && answers.iter().any(|(_, answer)| answer.as_ref().is_err_and(range::is_too_long));
        let facts = match quorum::agree(answers, self.judge.needed, RangeFacts::eq) {
            Err(NoQuorum::Unavailable { .. }) if too_long => return Ok(EventsRead::TooLong),
            other => other?.0,
        };
        if facts.parent != parent.map(|parent| B256::from(parent.hash)) {
            return Ok(EventsRead::ParentChanged);
        }
        let end = Checkpoint { number: to, hash: facts.end.0 };
        Ok(EventsRead::Whole(Events { from, end, events: facts.events }))
    }

    fn nodes(&self) -> &[Node] {
        &self.judge.nodes
    }

    /// What a getter of the vault answers after a block.
    async fn vault<C: SolCall>(&self, call: &C, block: B256) -> Result<C::Return, NoQuorum>
    where
        C::Return: PartialEq,
    {
        let (vault, data) = (self.judge.tokens.vault(), Bytes::from(call.abi_encode()));
        let question = |node: &Node| {
            let (node, data) = (node.clone(), data.clone());
            async move {
                let answer = node.call(vault, data, block).await?;
                C::abi_decode_returns_validate(&answer)
                    .map_err(|_| NodeError::Contradiction("the vault is no lock contract"))
            }
        };
        quorum::ask(self.nodes(), self.judge.needed, question, C::Return::eq).await.map(|(answer, _)| answer)
    }
}

fn facts(read: RangeLogs, vault: Address, chain_id: u64) -> Result<RangeFacts, NodeError> {
    let events = read.logs.iter().map(|log| event::read(log, vault, chain_id).ok_or(range::OTHER_LOG));
    let mut events = events.collect::<Result<Vec<_>, _>>()?;
    events.sort_unstable_by_key(|event| event.at);
    Ok(RangeFacts { parent: read.parent, end: read.end, events })
}
