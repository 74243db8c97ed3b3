//! What a message does to balances.

use crate::ids::{Address, BundleHash, NodeId, Tag};
use crate::message::Message;
use crate::transaction::Transaction;
use crate::units::Amount;
use std::collections::BTreeSet;

/// The tag of a staked output (4.8).
const STAKE: Tag = Tag::of("EVEN-STAKE");

/// One output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payment {
    /// Who is paid.
    pub to: Address,
    /// How much.
    pub amount: Amount,
    /// For which node it counts as stake.
    pub stake: Option<NodeId>,
}

/// Inputs and outputs of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The payment's name, whatever message carries it.
    pub bundle: BundleHash,
    /// Taken from.
    pub inputs: Vec<(Address, Amount)>,
    /// Paid to.
    pub outputs: Vec<Payment>,
}

impl Effect {
    /// The effect of a message.
    #[must_use]
    pub fn of(message: &Message) -> Self {
        let outputs = message.outputs().map(|output| Payment {
            to: output.address,
            amount: output.value.amount(),
            stake: staked_for(output),
        });
        Self { bundle: message.bundle(), inputs: message.inputs().collect(), outputs: outputs.collect() }
    }

    /// Moves nothing.
    #[must_use]
    pub fn is_data(&self) -> bool {
        self.inputs.is_empty()
    }

    /// The addresses that it spends from.
    pub fn spends(&self) -> impl Iterator<Item = &Address> {
        self.inputs.iter().map(|(address, _)| address)
    }

    /// Whether the two cannot both be final: different bundles that spend a common address (7.4).
    #[must_use]
    pub fn conflicts(&self, other: &Self) -> bool {
        let theirs: BTreeSet<&Address> = other.spends().collect();
        self.bundle != other.bundle && self.spends().any(|address| theirs.contains(address))
    }
}

/// The node of a staked output: the tag, and the node's id, then zeros, as data.
fn staked_for(output: &Transaction) -> Option<NodeId> {
    let (id, rest) = output.fragment.split_first_chunk::<32>()?;
    (output.tag == STAKE && rest.iter().all(|byte| *byte == 0)).then_some(NodeId(*id))
}
