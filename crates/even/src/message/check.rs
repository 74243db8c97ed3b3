//! Structural validation (6.5), in two halves: what is cheap enough to check before forwarding, and the rest.
//!
//! What always holds: the first broken rule in the order of their numbers is reported. The work beyond the hashes that the
//! rules need is copying each byte twice.

use super::bundle;
use super::{Message, Rule, TRANSACTIONS_MAX};
use crate::hash::{sha3, zeros};
use crate::ids::{Address, MessageId, Network, TransactionHash};
use crate::transaction::{LEN, Transaction};
use crate::wots::Digits;

/// A message that keeps M01 to M09 and may be forwarded (8.6), but not believed yet.
#[derive(Debug)]
pub struct Linked(Message);

/// Checks the whole message: M01 to M16.
///
/// # Errors
/// The first rule that it breaks.
pub fn check(blob: &[u8], network: Network, bits: u32) -> Result<Message, Rule> {
    read(blob, network, bits)?.verify()
}

/// Checks M01 to M09: form, links and work.
///
/// # Errors
/// The first rule that it breaks.
pub fn read(blob: &[u8], network: Network, bits: u32) -> Result<Linked, Rule> {
    let transactions = decode(blob, network)?;
    let branches = &transactions[0].branches;
    let wrong = |at: usize| branches[at].0 == [0; 32] || branches[..at].contains(&branches[at]);
    if branches.is_empty() || (0..branches.len()).any(wrong) {
        return Err(Rule::M06);
    }
    let (id, trunk) = links(blob, &transactions)?;
    if branches.contains(&trunk.message()) {
        return Err(Rule::M08);
    }
    if zeros(&id.0) < bits {
        return Err(Rule::M09);
    }
    Ok(Linked(Message { id, transactions }))
}

/// M01 to M05.
pub(super) fn decode(blob: &[u8], network: Network) -> Result<Vec<Transaction>, Rule> {
    let (parts, rest) = blob.as_chunks::<LEN>();
    if parts.is_empty() || parts.len() > TRANSACTIONS_MAX || !rest.is_empty() {
        return Err(Rule::M01);
    }
    let transactions = parts.iter().map(Transaction::decode).collect::<Option<Vec<_>>>().ok_or(Rule::M02)?;
    let head = &transactions[0];
    if transactions.iter().any(|transaction| transaction.network != network) {
        return Err(Rule::M03);
    }
    let last = transactions.len() - 1;
    let placed = |(at, transaction): (usize, &Transaction)| {
        usize::try_from(transaction.index) == Ok(at) && usize::try_from(transaction.last_index) == Ok(last)
    };
    if !transactions.iter().enumerate().all(placed) {
        return Err(Rule::M04);
    }
    let common = |other: &Transaction| {
        (other.bundle, other.issuer, other.time) == (head.bundle, head.issuer, head.time)
            && other.branches == head.branches
    };
    if transactions.iter().all(common) { Ok(transactions) } else { Err(Rule::M05) }
}

/// M07: the id of the message and the trunk of its last transaction.
pub(super) fn links(blob: &[u8], transactions: &[Transaction]) -> Result<(MessageId, TransactionHash), Rule> {
    let (parts, _) = blob.as_chunks::<LEN>();
    let trunk_of_last = transactions[transactions.len() - 1].trunk;
    let mut next = None;
    for (bytes, transaction) in parts.iter().zip(transactions).rev() {
        if next.is_some_and(|next| transaction.trunk != next) {
            return Err(Rule::M07);
        }
        next = Some(TransactionHash(sha3(&[bytes])));
    }
    let head = next.expect("a message has a transaction");
    Ok((head.message(), trunk_of_last))
}

impl Linked {
    /// Its name.
    #[must_use]
    pub fn id(&self) -> MessageId {
        self.0.id()
    }

    /// The messages that it names: they must be known before it can be believed (6.4).
    pub fn parents(&self) -> impl Iterator<Item = MessageId> + '_ {
        self.0.parents()
    }

    /// Checks M10 to M16: values, bundle and signatures.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn verify(self) -> Result<Message, Rule> {
        let transactions = self.0.transactions();
        if transactions.iter().map(|transaction| transaction.value.units()).sum::<i64>() != 0 {
            return Err(Rule::M10);
        }
        let inputs = inputs(transactions)?;
        check_addresses(transactions, &inputs)?;
        let bundle = bundle::hash(transactions);
        if bundle != transactions[0].bundle {
            return Err(Rule::M14);
        }
        let digits = Digits::of(&bundle);
        if !inputs.is_empty() && !digits.is_safe() {
            return Err(Rule::M15);
        }
        let signed = |[input, second]: &[&Transaction; 2]| {
            digits.verify(&input.address, &input.fragment, &second.fragment).is_ok()
        };
        if inputs.iter().all(signed) { Ok(self.0) } else { Err(Rule::M16) }
    }
}

/// M11: every input with the transaction that holds its second part.
fn inputs(transactions: &[Transaction]) -> Result<Vec<[&Transaction; 2]>, Rule> {
    let mut inputs = Vec::new();
    for (at, input) in transactions.iter().enumerate().filter(|(_, transaction)| transaction.value.is_input()) {
        let second = transactions.get(at + 1).ok_or(Rule::M11)?;
        if second.value.units() != 0 || second.address != input.address {
            return Err(Rule::M11);
        }
        inputs.push([input, second]);
    }
    Ok(inputs)
}

/// M12 and M13.
fn check_addresses(transactions: &[Transaction], inputs: &[[&Transaction; 2]]) -> Result<(), Rule> {
    let mut spent: Vec<Address> = inputs.iter().map(|[input, _]| input.address).collect();
    spent.sort_unstable();
    if spent.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Rule::M12);
    }
    let mut outputs = transactions.iter().filter(|transaction| transaction.value.is_output());
    if outputs.any(|output| spent.binary_search(&output.address).is_ok()) { Err(Rule::M13) } else { Ok(()) }
}
