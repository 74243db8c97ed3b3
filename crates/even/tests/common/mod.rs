//! Messages to be broken: a valid payment, and its parts put together again after a change.
#![allow(dead_code, clippy::unwrap_used, reason = "every test file uses a part of this")]

use even::ids::{Address, MessageId, Network, NodeId, Tag, TransactionHash};
use even::keys::Seed;
use even::message::{Attachment, Authorised, Message, Output, Payment, Spend, bundle};
use even::transaction::{Branches, Transaction};
use even::units::{Amount, Time};
use zeroize::Zeroizing;

pub(crate) const NETWORK: Network = Network::LOCAL;
pub(crate) const TAG: Tag = Tag::of("SAMPLE");

pub(crate) fn seed(byte: u8) -> Seed {
    Seed::new(Zeroizing::new([byte; 32]))
}

pub(crate) fn amount(units: u64) -> Amount {
    Amount::new(units).unwrap()
}

pub(crate) fn output(address: Address, units: u64, text: &str) -> Output {
    Output { address, amount: amount(units), tag: TAG, data: text.into() }
}

/// Nothing yet.
pub(crate) fn empty() -> Payment {
    Payment {
        network: NETWORK,
        time: Time(1),
        tag: TAG,
        outputs: vec![],
        fees: vec![],
        inputs: vec![],
        remainder: None,
    }
}

/// A payment of everything on the first `inputs` addresses, 10 units each, but for a remainder of 1.
pub(crate) fn payment(inputs: u64) -> Authorised {
    let from = seed(1);
    let spends = (0..inputs).map(|index| Spend { address: from.address(0, index), amount: amount(10) }).collect();
    let payment = Payment {
        outputs: vec![output(seed(2).address(0, 0), inputs * 10 - 1, "TEST")],
        inputs: spends,
        remainder: Some(output(from.address(0, inputs), 1, "")),
        ..empty()
    };
    let key_of = |address: &Address| (0..inputs).find(|index| from.address(0, *index) == *address);
    payment.compose().unwrap().finalise().sign(|address| Some(from.key(0, key_of(address)?))).unwrap()
}

pub(crate) fn data(text: &str) -> Authorised {
    let data = Payment { outputs: vec![output(Address([5; 32]), 0, text)], ..empty() };
    data.compose().unwrap().finalise().sign(|_| None).unwrap()
}

pub(crate) fn place() -> Attachment {
    let branches = Branches::new(&[MessageId([8; 32]), MessageId([9; 32])]).unwrap();
    Attachment { issuer: NodeId([3; 32]), trunk: Some(MessageId([7; 32])), branches }
}

pub(crate) fn attach(payment: Authorised, bits: u32) -> Message {
    let attached = payment.attach(&place());
    let counter = attached.search(bits, 0..u64::MAX).unwrap();
    attached.with_counter(counter)
}

/// The bytes of the transactions as they are.
pub(crate) fn bytes(transactions: &[Transaction]) -> Vec<u8> {
    transactions.iter().flat_map(Transaction::encode).collect()
}

/// The bytes after every trunk but the last was set again.
pub(crate) fn linked(mut transactions: Vec<Transaction>) -> Vec<u8> {
    let mut next: Option<TransactionHash> = None;
    for transaction in transactions.iter_mut().rev() {
        transaction.trunk = next.unwrap_or(transaction.trunk);
        next = Some(transaction.hash());
    }
    bytes(&transactions)
}

/// The bytes with the bundle hash of what the transactions say now, then linked.
pub(crate) fn rebundled(mut transactions: Vec<Transaction>) -> Vec<u8> {
    bundle::finalise(&mut transactions);
    linked(transactions)
}
