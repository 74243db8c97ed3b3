//! Rules of names, keys, signatures and messages (2, 4, 5, 6, 8.1), one by one. The vectors have more cases of each.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{NETWORK, TAG, amount, attach, data, empty, output, payment, place, seed};
use even::cid::{Cid, Codec};
use even::hash::{dom, sha3, shake};
use even::ids::{BundleHash, MessageId, NodeId, Tag};
use even::message::{Attachment, Payment, Spend, bundle};
use even::transaction::{Branches, FRAGMENT_LEN, LEN};
use even::units::Epoch;
use even::work::StampTarget;
use even::wots::Digits;

#[test]
fn rule_2_3_integers_are_little_endian() {
    let bytes = attach(payment(1), 0).transactions()[0].encode();
    assert_eq!(bytes[4..8], [0x44, 0x45, 0x56, 0x45], "the network 0x45564544");
    assert_eq!(bytes[40..48], [9, 0, 0, 0, 0, 0, 0, 0], "the value 9");
    assert_eq!(bytes[108..112], [3, 0, 0, 0], "the last index 3");
}

#[test]
fn rule_4_1_one_seed_has_the_keys_of_many_accounts() {
    let [one, same, other] = [seed(1), seed(1), seed(2)].map(|seed| seed.address(0, 0));
    assert!(one == same && one != other && one != seed(1).address(1, 0));
}

#[test]
fn rule_4_2_the_chains_start_with_the_output_of_the_seed() {
    let mut starts = [0; 2048];
    shake(&[&dom("EVEN/key/1"), &[1; 32], &7_u32.to_le_bytes(), &9_u64.to_le_bytes()], &mut starts);
    assert_eq!(seed(1).key(7, 9).starts().as_flattened(), starts);
}

#[test]
fn rule_4_4_an_address_is_the_hash_of_the_hashes_of_both_halves_of_the_chain_ends() {
    let key = seed(1).key(0, 0);
    let ends = key.ends();
    let half = |part: u8| sha3(&[&dom("EVEN/frag/1"), &[part], &ends[usize::from(part)]]);
    assert_eq!(key.address().0, sha3(&[&dom("EVEN/addr/1"), &half(0), &half(1)]));
}

#[test]
fn rule_5_1_each_half_of_a_signature_fills_one_fragment() {
    let halves = seed(1).key(0, 0).sign(&BundleHash([0xff; 32])).unwrap();
    assert!(halves.iter().all(|half| half.len() == FRAGMENT_LEN));
}

#[test]
fn rule_5_2_a_byte_gives_its_high_digit_first() {
    // 7 and 8 sum to 15, so that nothing is to be levelled.
    let digits = Digits::of(&BundleHash([0x78; 32]));
    assert_eq!(digits.as_array(), [7, 8].repeat(32).as_slice());
}

#[test]
fn rule_6_1_2_a_transaction_has_the_digest_of_its_block_for_a_name() {
    let message = attach(payment(1), 0);
    let first = &message.transactions()[0];
    assert_eq!(first.hash().0, sha3(&[&first.encode()]));
    assert_eq!(first.hash().cid(), Cid::of(Codec::Raw, &first.encode()));
}

#[test]
fn rule_6_1_3_a_message_has_its_heads_name_which_commits_to_every_transaction() {
    let message = attach(payment(2), 0);
    assert_eq!(message.id().head(), message.head().hash());
    let blob = message.encode();
    for at in 0..message.transactions().len() {
        let mut other = blob.clone();
        other[at * LEN + 600] ^= 1;
        assert!(even::message::check(&other, NETWORK, 0).is_err(), "transaction {at} under the same name");
    }
}

#[test]
fn rule_6_2_outputs_come_first_then_fees_then_inputs_with_their_second_part_then_the_remainder() {
    let from = seed(1);
    let paid = Payment {
        outputs: vec![output(seed(2).address(0, 0), 15, "")],
        fees: vec![output(seed(3).address(0, 0), 1, "")],
        inputs: [0, 1].map(|index| Spend { address: from.address(0, index), amount: amount(10) }).to_vec(),
        remainder: Some(output(from.address(0, 2), 4, "")),
        ..empty()
    };
    let index_of = |address: &_| (0..2).find(|index| from.address(0, *index) == *address);
    let signed = paid.compose().unwrap().finalise().sign(|address| Some(from.key(0, index_of(address)?))).unwrap();
    let message = attach(signed, 0);
    let values: Vec<i64> = message.transactions().iter().map(|transaction| transaction.value.units()).collect();
    assert_eq!(values, [15, 1, -10, 0, -10, 0, 4]);
    let addresses: Vec<_> = message.transactions().iter().map(|transaction| transaction.address).collect();
    assert!(addresses[2] == addresses[3] && addresses[4] == addresses[5]);
}

#[test]
fn rule_6_2_a_message_that_moves_nothing_is_a_data_message() {
    assert!(attach(data("text"), 0).is_data() && !attach(payment(1), 0).is_data());
}

#[test]
fn rule_6_3_what_links_a_message_is_no_part_of_what_is_signed() {
    let elsewhere =
        Attachment { issuer: NodeId([9; 32]), trunk: None, branches: Branches::new(&[MessageId([4; 32])]).unwrap() };
    let (here, there) = (attach(payment(1), 0), payment(1).attach(&elsewhere).with_counter(5));
    assert_ne!(here.id(), there.id());
    assert_eq!(here.bundle(), there.bundle());
    assert_eq!(bundle::hash(there.transactions()), there.bundle());
}

#[test]
fn rule_6_3_signatures_are_outside_the_bundle_and_data_inside() {
    let mut transactions = attach(payment(1), 0).transactions().to_vec();
    let whole = bundle::hash(&transactions);
    for at in [1, 2] {
        transactions[at].fragment[7] ^= 1;
        assert_eq!(bundle::hash(&transactions), whole, "signature part {at}");
    }
    transactions[0].fragment[7] ^= 1;
    assert_ne!(bundle::hash(&transactions), whole);
}

#[test]
fn rule_6_3_the_first_count_that_gives_a_safe_bundle_is_taken() {
    let mut transactions = attach(payment(1), 0).transactions().to_vec();
    transactions[0].obsolete_tag = TAG;
    let (found, increments) = bundle::finalise(&mut transactions);
    let last = transactions[0].obsolete_tag;
    transactions[0].obsolete_tag = TAG;
    for count in 0..=increments {
        let safe = Digits::of(&bundle::hash(&transactions)).is_safe();
        assert_eq!(safe, count == increments, "count {count}");
        transactions[0].obsolete_tag = if safe { last } else { Tag::next(transactions[0].obsolete_tag) };
    }
    assert_eq!(bundle::hash(&transactions), found);
}

#[test]
fn rule_6_4_a_message_names_the_issuers_last_one_and_some_of_others() {
    let message = attach(payment(1), 0);
    let parents: Vec<MessageId> = message.parents().collect();
    assert_eq!(parents, [MessageId([7; 32]), MessageId([8; 32]), MessageId([9; 32])]);
    assert_eq!(message.branches(), &*place().branches);
    assert!(message.transactions().iter().all(|transaction| *transaction.branches == *place().branches));
}

#[test]
fn rule_6_4_the_work_is_searched_from_zero_in_the_head_alone() {
    let attached = payment(1).attach(&place());
    let counter = attached.search(6, 0..u64::MAX).unwrap();
    assert_eq!(attached.search(6, 0..counter), None, "the first that fits");
    let message = attached.with_counter(counter);
    assert_eq!(message.head().counter(), counter);
    assert!(message.transactions()[1..].iter().all(|transaction| transaction.nonce == [0; 24]));
}

#[test]
fn rule_8_1_a_stamp_is_one_nodes_for_one_message_in_one_epoch() {
    let target = StampTarget { message: MessageId([1; 32]), node: NodeId([2; 32]), epoch: Epoch(3) };
    let nonce = target.mint(10, 0..u64::MAX).unwrap();
    assert!(target.holds(nonce, 10));
    let others = [
        StampTarget { message: MessageId([9; 32]), ..target },
        StampTarget { node: NodeId([9; 32]), ..target },
        StampTarget { epoch: Epoch(4), ..target },
    ];
    for other in others {
        assert!(!other.holds(nonce, 10), "{other:?}");
    }
}
