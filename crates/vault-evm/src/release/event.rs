//! What a vault says it did, read from its logs.

use crate::contract::EverwatchVault::EverwatchVaultEvents as Said;
use alloy::primitives::{Address, B256, U256};
use alloy::rpc::types::Log;
use alloy::sol_types::SolEventInterface;
use everpay::lock_contract::Proposal;
use everpay::{Amount, EverHash};

/// Something that a vault did, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultEvent {
    /// Where.
    pub at: At,
    /// What.
    pub event: Event,
}

/// A place on the chain; the order is the chain's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    /// Height of the block.
    pub block: u64,
    /// Place of the log in the block.
    pub index: u64,
    /// Hash of the block.
    pub block_hash: B256,
    /// The transaction.
    pub tx: B256,
}

/// What a vault did. Proposals are whole, so that their ids are their own ([`Proposal::tx_hash`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A signature of an owner counted.
    Submission {
        /// The owner.
        owner: Address,
        /// What was signed.
        proposal: Proposal,
    },
    /// A signature did not count.
    SubmissionFailure {
        /// Whoever it is by: no owner now, or one that revoked or left since; zero or anybody when it is broken.
        signer: Address,
        /// What it came with.
        proposal: Proposal,
    },
    /// A proposal took effect.
    Execution(Proposal),
    /// A proposal was tried and took no effect.
    ExecutionFailure(Proposal),
    /// An owner took back its confirmation.
    Revocation {
        /// Id of the proposal.
        id: B256,
        /// The owner.
        owner: Address,
    },
    /// Somebody became an owner.
    OwnerAddition(Address),
    /// Somebody is an owner no longer.
    OwnerRemoval(Address),
    /// So many owners decide now.
    RequirementChange(U256),
    /// Somebody else may pause now.
    OperatorChange(Address),
    /// Payouts were stopped, or go on.
    PausedChange(bool),
}

impl Event {
    /// The proposal that it is about.
    #[must_use]
    pub fn proposal(&self) -> Option<&Proposal> {
        match self {
            Self::Submission { proposal, .. } | Self::SubmissionFailure { proposal, .. } => Some(proposal),
            Self::Execution(proposal) | Self::ExecutionFailure(proposal) => Some(proposal),
            _ => None,
        }
    }
}

/// What a log of `vault` says. `None` for one that says nothing known, or names another id than its fields have. Deposits
/// are read elsewhere.
pub(crate) fn read(log: &Log, vault: Address, chain_id: u64) -> Option<VaultEvent> {
    let at =
        At { block: log.block_number?, index: log.log_index?, block_hash: log.block_hash?, tx: log.transaction_hash? };
    let said = Said::decode_log(&log.inner).ok().filter(|said| said.address == vault)?.data;
    Some(VaultEvent { at, event: event(said, vault, chain_id)? })
}

/// The fields that four events share; the contract's chain and address make them a proposal.
macro_rules! proposal {
    ($said:ident, $vault:ident, $chain_id:ident) => {{
        let proposal = Proposal {
            chain_id: Amount::from($chain_id),
            contract: $vault.into(),
            proposal_id: Amount::from_be_bytes($said.proposalID.to_be_bytes()),
            ever_hash: EverHash::new($said.everHash.0),
            to: $said.to.into(),
            value: Amount::from_be_bytes($said.value.to_be_bytes()),
            data: $said.data.to_vec(),
        };
        Some(proposal).filter(|proposal| proposal.tx_hash() == $said.id.0)?
    }};
}

fn event(said: Said, vault: Address, chain_id: u64) -> Option<Event> {
    Some(match said {
        Said::Submission(said) => Event::Submission { owner: said.owner, proposal: proposal!(said, vault, chain_id) },
        Said::SubmissionFailure(said) => {
            Event::SubmissionFailure { signer: said.owner, proposal: proposal!(said, vault, chain_id) }
        }
        Said::Execution(said) => Event::Execution(proposal!(said, vault, chain_id)),
        Said::ExecutionFailure(said) => Event::ExecutionFailure(proposal!(said, vault, chain_id)),
        Said::Revocation(said) => Event::Revocation { id: said.id, owner: said.owner },
        Said::OwnerAddition(said) => Event::OwnerAddition(said.owner),
        Said::OwnerRemoval(said) => Event::OwnerRemoval(said.owner),
        Said::RequirementChange(said) => Event::RequirementChange(said.required),
        Said::OperatorChange(said) => Event::OperatorChange(said.operator),
        Said::PausedChange(said) => Event::PausedChange(said.paused),
        Said::Deposit(_) => return None,
    })
}
