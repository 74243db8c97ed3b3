//! The first message of a network (7.1).

use super::check::{decode, links};
use super::{Message, Rule, bundle};
use crate::ids::{Network, TransactionHash};
use crate::units::SUPPLY;

/// Why a message is no genesis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GenesisRefusal {
    /// It breaks one of M01 to M05, M07 or M14.
    #[error(transparent)]
    Structure(#[from] Rule),
    /// It names other messages.
    #[error("a genesis names no other message")]
    Parents,
    /// A transaction that is no output, or a sum that is not the supply.
    #[error("a genesis has only outputs, which sum to the supply")]
    Outputs,
}

/// The genesis of these bytes. It needs no work and has no signatures: clients know its id.
///
/// # Errors
/// The first rule that it breaks.
pub fn genesis(blob: &[u8], network: Network) -> Result<Message, GenesisRefusal> {
    let transactions = decode(blob, network)?;
    if !transactions[0].branches.is_empty() {
        return Err(GenesisRefusal::Parents);
    }
    let (id, trunk) = links(blob, &transactions)?;
    if trunk != TransactionHash::NONE {
        return Err(GenesisRefusal::Parents);
    }
    let sum: u64 = transactions.iter().map(|transaction| transaction.value.amount().units()).sum();
    if sum != SUPPLY || !transactions.iter().all(|transaction| transaction.value.is_output()) {
        return Err(GenesisRefusal::Outputs);
    }
    if bundle::hash(&transactions) != transactions[0].bundle {
        return Err(Rule::M14.into());
    }
    Ok(Message { id, transactions })
}
