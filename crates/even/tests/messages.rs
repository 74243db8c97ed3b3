//! Rules M01 to M16 (6.5), one change each to a message that keeps them all, and what they mean together.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{NETWORK, attach, bytes, data, linked, payment, rebundled};
use even::ids::{Address, BundleHash, MessageId, Network, NodeId, TransactionHash};
use even::message::{Message, Rule, check, read};
use even::transaction::{Branches, Transaction};
use even::units::{Time, Value};

fn valid() -> Vec<Transaction> {
    attach(payment(2), 0).transactions().to_vec()
}

fn refused(blob: &[u8]) -> Option<Rule> {
    check(blob, NETWORK, 0).err()
}

/// Refused after a change to one transaction, with all trunks right.
fn after(at: usize, change: impl FnOnce(&mut Transaction)) -> Option<Rule> {
    let mut transactions = valid();
    change(&mut transactions[at]);
    refused(&linked(transactions))
}

/// Refused after a change to all transactions, with all trunks right.
fn after_all(change: impl Fn(&mut Transaction)) -> Option<Rule> {
    let mut transactions = valid();
    transactions.iter_mut().for_each(change);
    refused(&linked(transactions))
}

/// Refused after a change, with bundle hash and trunks right.
fn after_rebundled(change: impl FnOnce(&mut Vec<Transaction>)) -> Option<Rule> {
    let mut transactions = valid();
    change(&mut transactions);
    refused(&rebundled(transactions))
}

fn branches(ids: &[u8]) -> Branches {
    Branches::new(&ids.iter().map(|byte| MessageId([*byte; 32])).collect::<Vec<_>>()).unwrap()
}

#[test]
fn a_composed_message_keeps_all_rules() {
    let message = attach(payment(2), 8);
    assert_eq!(check(&message.encode(), NETWORK, 8), Ok(message));
}

#[test]
fn m01_a_length_is_that_of_1_to_64_transactions() {
    let blob = bytes(&valid());
    let long = bytes(&valid()[..1]).repeat(65);
    for bad in [&[][..], &blob[1..], &blob[..blob.len() - 1], &long] {
        assert_eq!(refused(bad), Some(Rule::M01));
    }
    assert_ne!(refused(&long[1536..]), Some(Rule::M01));
}

#[test]
fn m02_a_field_out_of_range_is_refused_in_any_transaction() {
    for (at, byte) in [(0, 2), (1, 9), (2, 1), (500, 1)] {
        let mut blob = bytes(&valid());
        blob[5 * 1536 + at] = byte;
        assert_eq!(refused(&blob), Some(Rule::M02), "byte {at}");
    }
}

#[test]
fn m03_another_network_is_refused() {
    assert_eq!(after_all(|transaction| transaction.network = Network::MAIN), Some(Rule::M03));
    assert_eq!(after(5, |transaction| transaction.network = Network::TEST), Some(Rule::M03));
}

#[test]
fn m04_indexes_count_the_transactions() {
    assert_eq!(after_all(|transaction| transaction.last_index = 6), Some(Rule::M04));
    assert_eq!(after(2, |transaction| transaction.index = 1), Some(Rule::M04));
    assert_eq!(refused(&bytes(&valid())[1536..]), Some(Rule::M04));
}

#[test]
fn m05_common_fields_are_equal_everywhere() {
    assert_eq!(after(1, |transaction| transaction.bundle = BundleHash([1; 32])), Some(Rule::M05));
    assert_eq!(after(2, |transaction| transaction.issuer = NodeId([1; 32])), Some(Rule::M05));
    assert_eq!(after(3, |transaction| transaction.time = Time(2)), Some(Rule::M05));
    assert_eq!(after(4, |transaction| transaction.branches = branches(&[9, 8])), Some(Rule::M05));
}

#[test]
fn m06_one_to_eight_distinct_branches_are_named() {
    for bad in [&[][..], &[8, 8], &[8, 0], &[1, 2, 3, 4, 5, 6, 8, 1]] {
        assert_eq!(after_all(|transaction| transaction.branches = branches(bad)), Some(Rule::M06), "{bad:?}");
    }
    assert_eq!(after_all(|transaction| transaction.branches = branches(&[1, 2, 3, 4, 5, 6, 8, 9])), None);
}

#[test]
fn m07_every_trunk_is_the_hash_of_the_next_transaction() {
    for at in 0..5 {
        let mut transactions = valid();
        transactions[at].trunk = TransactionHash([1; 32]);
        assert_eq!(refused(&bytes(&transactions)), Some(Rule::M07), "transaction {at}");
    }
}

#[test]
fn m08_the_previous_own_message_is_no_branch() {
    assert_eq!(after(5, |transaction| transaction.trunk = TransactionHash([8; 32])), Some(Rule::M08));
    assert_eq!(after(5, |transaction| transaction.trunk = TransactionHash::NONE), None);
}

#[test]
fn m09_the_id_has_enough_zero_bits() {
    let blob = attach(payment(2), 8).encode();
    assert!(check(&blob, NETWORK, 8).is_ok());
    assert_eq!(check(&blob, NETWORK, 40).err(), Some(Rule::M09));
}

#[test]
fn m10_values_sum_to_zero() {
    let more = |transactions: &mut Vec<Transaction>| transactions[0].value = Value::new(20).unwrap();
    assert_eq!(after_rebundled(more), Some(Rule::M10));
}

#[test]
fn m11_every_input_is_followed_by_its_second_part() {
    let other_address = |transactions: &mut Vec<Transaction>| transactions[2].address = Address([1; 32]);
    assert_eq!(after_rebundled(other_address), Some(Rule::M11));
    // The second part pays, and the remainder takes: an input without anything after it.
    let at_the_end = |transactions: &mut Vec<Transaction>| {
        transactions[5].value = Value::new(-1).unwrap();
        transactions[0].value = Value::new(21).unwrap();
    };
    assert_eq!(after_rebundled(at_the_end), Some(Rule::M11));
    let not_zero = |transactions: &mut Vec<Transaction>| {
        transactions[2].value = Value::new(1).unwrap();
        transactions[0].value = Value::new(18).unwrap();
    };
    assert_eq!(after_rebundled(not_zero), Some(Rule::M11));
}

#[test]
fn m12_no_address_is_spent_twice() {
    let twice = |transactions: &mut Vec<Transaction>| {
        let first = transactions[1].address;
        transactions[3..5].iter_mut().for_each(|transaction| transaction.address = first);
    };
    assert_eq!(after_rebundled(twice), Some(Rule::M12));
}

#[test]
fn m13_no_spent_address_is_paid() {
    let back = |transactions: &mut Vec<Transaction>| transactions[5].address = transactions[1].address;
    assert_eq!(after_rebundled(back), Some(Rule::M13));
    let data_there = |transactions: &mut Vec<Transaction>| {
        transactions[0].value = Value::new(20).unwrap();
        transactions[5].value = Value::ZERO;
        transactions[5].address = transactions[1].address;
    };
    assert_eq!(after_rebundled(data_there), Some(Rule::M16), "data may stand at a spent address; the signature is old");
}

#[test]
fn m14_the_bundle_hash_binds_what_is_said_and_paid() {
    let changes: [fn(&mut Transaction); 4] = [
        |transaction| transaction.tag = even::ids::Tag::of("OTHER"),
        |transaction| transaction.address = Address([1; 32]),
        |transaction| transaction.fragment[0] ^= 1,
        |transaction| transaction.obsolete_tag = transaction.obsolete_tag.next(),
    ];
    for (at, change) in changes.into_iter().enumerate() {
        assert_eq!(after(0, change), Some(Rule::M14), "change {at}");
    }
    assert_eq!(after_all(|transaction| transaction.time = Time(2)), Some(Rule::M14));
}

#[test]
fn m15_inputs_want_a_safe_bundle_hash_and_data_does_not() {
    // One count further the hash is recomputed, but no longer safe.
    let unsafe_bundle = |transactions: &mut [Transaction]| {
        transactions[0].obsolete_tag = transactions[0].obsolete_tag.next();
        let bundle = even::message::bundle::hash(transactions);
        assert!(!even::wots::Digits::of(&bundle).is_safe());
        transactions.iter_mut().for_each(|transaction| transaction.bundle = bundle);
    };
    let mut paying = valid();
    unsafe_bundle(&mut paying);
    assert_eq!(refused(&linked(paying)), Some(Rule::M15));
    let mut saying = attach(data("text"), 0).transactions().to_vec();
    unsafe_bundle(&mut saying);
    assert_eq!(refused(&linked(saying)), None);
}

#[test]
fn m16_every_bit_of_every_signature_counts() {
    for at in 1..5 {
        for bit in (0..8192).step_by(61) {
            let flip = |transaction: &mut Transaction| transaction.fragment[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(after(at, flip), Some(Rule::M16), "transaction {at}, bit {bit}");
        }
    }
}

#[test]
fn rule_6_3_a_stuck_payment_is_attached_elsewhere_without_its_key() {
    let message = attach(payment(2), 0);
    let elsewhere = even::message::Attachment { issuer: NodeId([4; 32]), trunk: None, branches: branches(&[1]) };
    let again = message.authorised().attach(&elsewhere).with_counter(0);
    assert_eq!(check(&again.encode(), NETWORK, 0).as_ref(), Ok(&again));
    assert_eq!(again.bundle(), message.bundle());
    assert_ne!(again.id(), message.id());
}

#[test]
fn rule_6_4_the_first_message_of_a_node_has_no_trunk() {
    let message = attach(payment(1), 0);
    assert_eq!(message.trunk(), Some(MessageId([7; 32])));
    assert_eq!(message.parents().map(|id| id.0[0]).collect::<Vec<_>>(), [7, 8, 9]);
    let first =
        message.authorised().attach(&even::message::Attachment { trunk: None, ..common::place() }).with_counter(0);
    assert_eq!(first.trunk(), None);
    assert_eq!(first.parents().count(), 2);
}

#[test]
fn rule_8_6_forwarding_needs_m01_to_m09_alone() {
    let mut transactions = valid();
    transactions[1].fragment[0] ^= 1;
    let forwarded = read(&linked(transactions), NETWORK, 0).unwrap();
    assert_eq!(forwarded.parents().count(), 3);
    assert_eq!(forwarded.verify(), Err(Rule::M16));
}

#[test]
fn rule_6_8_a_long_text_goes_on_in_further_transactions() {
    let text = "é".repeat(1500);
    let message = attach(data(&text), 0);
    assert_eq!(message.transactions().len(), 3);
    assert!(message.is_data());
    assert_eq!(String::from_utf8(message.data(0)).unwrap(), text);
    assert_eq!(message.data(3), Vec::<u8>::new());
}

/// Every bit of `message` flipped, one at a time; refused, unless it is a new message with enough work of its own.
fn flip_every_bit(message: &Message, bits: u32, may_differ: impl Fn(usize) -> bool) {
    let blob = message.encode();
    for bit in 0..blob.len() * 8 {
        let mut flipped = blob.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        if let Ok(other) = check(&flipped, NETWORK, bits) {
            assert!(may_differ(bit / 8) && other.id() != message.id(), "bit {bit} may be flipped");
        }
    }
}

#[test]
fn rule_14_a_every_flipped_bit_of_a_payment_is_refused() {
    flip_every_bit(&attach(payment(1), 8), 8, |byte| (464..488).contains(&byte));
}

#[test]
fn rule_14_a_every_flipped_bit_of_a_text_is_refused() {
    // A message of one transaction has its links in the head, outside the bundle hash: only the work binds them.
    flip_every_bit(&attach(data("text"), 8), 8, |byte| (144..488).contains(&byte));
}
