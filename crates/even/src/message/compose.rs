//! From what a person wants to a signed payment (6.2, 6.3, 6.8).
//!
//! What always holds: what comes out keeps M01 to M05 and M10 to M16, once it is attached.

use super::link::Authorised;
use super::{TRANSACTIONS_MAX, bundle};
use crate::ids::{Address, BundleHash, Network, Tag};
use crate::keys::OneTimeKey;
use crate::transaction::{FRAGMENT_LEN, Transaction};
use crate::units::{Amount, SUPPLY, Time, Value};
use std::collections::BTreeSet;

/// What one address receives, or data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The recipient, or anything for data.
    pub address: Address,
    /// Nothing for data.
    pub amount: Amount,
    /// What it is for.
    pub tag: Tag,
    /// Text or data; more than 1024 bytes continue in further transactions.
    pub data: Vec<u8>,
}

/// What one address gives: all that lies there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spend {
    /// The address.
    pub address: Address,
    /// Its balance.
    pub amount: Amount,
}

/// A payment, or data without inputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// The network.
    pub network: Network,
    /// When.
    pub time: Time,
    /// The tag of the inputs.
    pub tag: Tag,
    /// Recipients; the first becomes the head.
    pub outputs: Vec<Output>,
    /// Fees to the nodes whose tickets are used (7.8).
    pub fees: Vec<Output>,
    /// What is spent.
    pub inputs: Vec<Spend>,
    /// The rest, to a fresh address of one's own.
    pub remainder: Option<Output>,
}

/// Why a payment cannot be composed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// Nobody is paid and nothing is said.
    #[error("a message starts with an output")]
    Empty,
    /// Too many parts.
    #[error("a message has at most {TRANSACTIONS_MAX} transactions")]
    Long,
    /// Inputs and outputs differ.
    #[error("inputs and outputs do not sum to the same amount")]
    Sum,
    /// An input of nothing.
    #[error("an input of nothing has no signature")]
    NothingSpent,
    /// An address is spent twice, or spent and paid (M12, M13).
    #[error("an address is spent twice, or spent and paid")]
    Address,
}

impl Payment {
    /// Puts the transactions in order: outputs, fees, each input with its second part, the remainder.
    ///
    /// # Errors
    /// What would break a rule.
    pub fn compose(&self) -> Result<Draft, ComposeError> {
        if self.outputs.is_empty() {
            return Err(ComposeError::Empty);
        }
        self.check_inputs()?;
        let mut draft = Draft { network: self.network, time: self.time, transactions: Vec::new() };
        self.outputs.iter().chain(&self.fees).for_each(|output| draft.add_output(output));
        for spend in &self.inputs {
            draft.add(spend.address, Value::spent(spend.amount), self.tag, &[]);
            draft.add(spend.address, Value::ZERO, self.tag, &[]);
        }
        self.remainder.iter().for_each(|output| draft.add_output(output));
        if draft.transactions.len() > TRANSACTIONS_MAX {
            return Err(ComposeError::Long);
        }
        if draft.sum() == 0 { Ok(draft) } else { Err(ComposeError::Sum) }
    }

    fn check_inputs(&self) -> Result<(), ComposeError> {
        let spent: BTreeSet<Address> = self.inputs.iter().map(|spend| spend.address).collect();
        let mut paid =
            self.outputs.iter().chain(&self.fees).chain(&self.remainder).filter(|o| o.amount != Amount::ZERO);
        if self.inputs.iter().any(|spend| spend.amount == Amount::ZERO) {
            return Err(ComposeError::NothingSpent);
        }
        if spent.len() < self.inputs.len() || paid.any(|output| spent.contains(&output.address)) {
            return Err(ComposeError::Address);
        }
        Ok(())
    }
}

/// Transactions in order, without a bundle hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    network: Network,
    time: Time,
    transactions: Vec<Transaction>,
}

impl Draft {
    /// The first message of a network: everything there is, to those who start with it (7.1). It is finalised and attached
    /// like any other, to nothing and without work.
    ///
    /// # Errors
    /// Outputs of nothing, or that do not sum to the supply.
    pub fn genesis(network: Network, time: Time, outputs: &[Output]) -> Result<Self, ComposeError> {
        let mut draft = Self { network, time, transactions: Vec::new() };
        outputs.iter().for_each(|output| draft.add_output(output));
        let all_paid = draft.transactions.iter().all(|transaction| transaction.value.is_output());
        match draft.transactions.len() {
            1..=TRANSACTIONS_MAX if !all_paid || draft.sum() != i128::from(SUPPLY) => Err(ComposeError::Sum),
            1..=TRANSACTIONS_MAX => Ok(draft),
            0 => Err(ComposeError::Empty),
            _ => Err(ComposeError::Long),
        }
    }

    fn sum(&self) -> i128 {
        self.transactions.iter().map(|transaction| i128::from(transaction.value.units())).sum()
    }

    fn add_output(&mut self, output: &Output) {
        let mut pieces = output.data.chunks(FRAGMENT_LEN);
        self.add(output.address, Value::paid(output.amount), output.tag, pieces.next().unwrap_or_default());
        pieces.for_each(|piece| self.add(output.address, Value::ZERO, output.tag, piece));
    }

    /// `data` is at most one fragment.
    fn add(&mut self, address: Address, value: Value, tag: Tag, data: &[u8]) {
        let transaction = Transaction::unsigned(self.network, self.time, address, value, tag, data);
        self.transactions.push(transaction.expect("data is cut into pieces of one fragment"));
    }

    /// Numbers the transactions and finds a bundle hash that is safe to sign (6.3).
    #[must_use]
    pub fn finalise(self) -> Bundled {
        let mut transactions = self.transactions;
        let last_index = u32::try_from(transactions.len()).unwrap_or(u32::MAX).saturating_sub(1);
        for (index, transaction) in (0..).zip(&mut transactions) {
            transaction.index = index;
            transaction.last_index = last_index;
        }
        let (bundle, increments) = bundle::finalise(&mut transactions);
        Bundled { transactions, bundle, increments }
    }
}

/// A payment that lacks its signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundled {
    transactions: Vec<Transaction>,
    bundle: BundleHash,
    increments: u64,
}

/// Why a payment cannot be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The key for this address is not there.
    #[error("there is no key for {0}")]
    NoKey(Address),
    /// The key that was given spends from another address.
    #[error("the key given for {0} belongs to another address")]
    OtherKey(Address),
}

impl Bundled {
    /// What is signed.
    #[must_use]
    pub const fn bundle(&self) -> BundleHash {
        self.bundle
    }

    /// How often the head's obsolete tag was counted up.
    #[must_use]
    pub const fn increments(&self) -> u64 {
        self.increments
    }

    /// Signs every input with the key of its address. Each key is used up: note its index durably before (5.7).
    ///
    /// # Errors
    /// A key that is missing or wrong.
    pub fn sign(mut self, mut key_of: impl FnMut(&Address) -> Option<OneTimeKey>) -> Result<Authorised, SignError> {
        for at in 0..self.transactions.len() {
            let Transaction { address, value, .. } = self.transactions[at];
            if !value.is_input() {
                continue;
            }
            let key = key_of(&address).ok_or(SignError::NoKey(address))?;
            if key.address() != address {
                return Err(SignError::OtherKey(address));
            }
            let parts = key.sign(&self.bundle).expect("finalise ends with a safe hash");
            self.transactions.iter_mut().skip(at).zip(parts).for_each(|(to, part)| to.fragment = part);
        }
        Ok(Authorised::new(self.transactions))
    }
}
