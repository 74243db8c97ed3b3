//! Rules C1 to C10 (appendix C), and equivocation (8.5).
#![allow(clippy::unwrap_used, reason = "tests")]

use even::block::{
    EarlierVotes, EpochRecord, EpochRow, Equivocation, Head, Record, RecordContext, Refusal, Signed, Stamp, Ticket,
    Vote, accept_epoch_record, accept_head, accept_record, accept_ticket,
};
use even::cbor::{self, Value};
use even::identity::NodeKey;
use even::ids::{Address, BlockId, MessageId, NodeId};
use even::units::{Amount, Epoch, EpochLength, Time};
use even::work::StampTarget;
use std::collections::BTreeMap;

const LENGTH: EpochLength = EpochLength::STANDARD;
const NOW: Time = Time(6_000_000);
const EPOCH: Epoch = Epoch(10);
const BITS: u32 = 8;

/// Messages with the same first byte are rivals; message 1 was voted for in round 3.
struct Voted;

impl EarlierVotes for Voted {
    fn highest_round(&self, _: &NodeId, message: &MessageId) -> u32 {
        if message.0[0] == 1 { 3 } else { 0 }
    }

    fn are_rivals(&self, one: &MessageId, other: &MessageId) -> bool {
        one != other && one.0[0] == other.0[0]
    }
}

fn key(byte: u8) -> NodeKey {
    NodeKey::from_secret(&[byte; 32])
}

fn message(conflict: u8, which: u8) -> MessageId {
    let mut id = [which; 32];
    id[0] = conflict;
    MessageId(id)
}

fn record(previous: Option<&Signed<Record>>, change: impl FnOnce(&mut Record)) -> Signed<Record> {
    let mut record = Record::after(previous, key(1).node(), EPOCH, NOW);
    change(&mut record);
    Signed::seal(record, &key(1)).unwrap()
}

fn accept(previous: Option<&Signed<Record>>, record: &Signed<Record>) -> Result<(), Refusal> {
    accept_record(record, &RecordContext { previous, now: NOW, length: LENGTH, stamp_bits: BITS, votes: &Voted })
}

fn changed(change: impl FnOnce(&mut Record)) -> Result<(), Refusal> {
    let first = record(None, |_| {});
    accept(Some(&first), &record(Some(&first), change))
}

fn stamp(node: NodeId, epoch: Epoch) -> Stamp {
    let message = message(9, 9);
    Stamp { message, nonce: StampTarget { message, node, epoch }.mint(BITS, 0..u64::MAX).unwrap() }
}

/// The members of a block after a change, signed again as the kind of `domain`.
fn resigned(block: &[u8], domain: &str, change: impl FnOnce(&mut BTreeMap<String, Value>)) -> Vec<u8> {
    let mut members: BTreeMap<String, Value> = cbor::decode(block).unwrap();
    members.remove("sig");
    change(&mut members);
    let signature = key(1).sign(&even::hash::dom(domain), &[&cbor::encode(&members)]);
    members.insert("sig".into(), Value::Bytes(signature.to_vec()));
    cbor::encode(&members)
}

fn decoded(change: impl FnOnce(&mut BTreeMap<String, Value>)) -> Result<Signed<Record>, Refusal> {
    Signed::decode(&resigned(record(None, |_| {}).bytes(), "EVEN/rec/1", change))
}

#[test]
fn c1_a_block_has_exactly_its_members_in_canonical_form() {
    assert!(decoded(|_| {}).is_ok());
    for missing in ["e", "n", "ow", "p", "q", "sn", "st", "t", "ts", "v", "vo"] {
        assert_eq!(decoded(|members| drop(members.remove(missing))), Err(Refusal::C1), "without {missing}");
    }
    let wrong = [
        ("more", Value::Null),
        ("v", Value::Integer(2)),
        ("t", Value::String("head".into())),
        ("n", Value::Bytes(vec![1; 31])),
        ("q", Value::Integer(-1)),
        ("q", Value::Float(1.0)),
        ("e", Value::Integer(1 << 32)),
        ("p", Value::Bytes(vec![0; 36])),
        ("st", Value::List(vec![Value::List(vec![Value::Bytes(vec![0; 32])])])),
    ];
    for (member, value) in wrong {
        let name = format!("{member}: {value:?}");
        assert_eq!(decoded(|members| drop(members.insert(member.into(), value))), Err(Refusal::C1), "{name}");
    }
    let block = record(None, |_| {});
    let after = [block.bytes(), &[0]].concat();
    assert_eq!(Signed::<Record>::decode(&after), Err(Refusal::C1));
    assert_eq!(Signed::<Record>::decode(&[0xa0]), Err(Refusal::C1), "no signature");
}

#[test]
fn c1_no_bit_of_a_block_can_be_flipped() {
    let block = record(None, |record| record.stamps.push(stamp(record.node, EPOCH)));
    for bit in 0..block.bytes().len() * 8 {
        let mut bytes = block.bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(Signed::<Record>::decode(&bytes).is_err(), "bit {bit}");
    }
}

#[test]
fn c2_a_block_is_signed_by_its_node_as_its_kind() {
    let block = record(None, |_| {});
    assert_eq!(Signed::<Record>::decode(&resigned(block.bytes(), "EVEN/head/1", |_| {})), Err(Refusal::C2));
    let other = |members: &mut BTreeMap<String, Value>| {
        members.insert("n".into(), Value::Bytes(key(2).node().0.to_vec()));
    };
    assert_eq!(decoded(other), Err(Refusal::C2));
    assert!(Signed::seal(block.body().clone(), &key(2)).is_err());
}

#[test]
fn c3_a_record_follows_the_one_before() {
    let first = record(None, |_| {});
    assert_eq!(accept(None, &first), Ok(()));
    assert_eq!(changed(|_| {}), Ok(()));
    assert_eq!(changed(|record| record.seq = 2), Err(Refusal::C3));
    assert_eq!(changed(|record| record.previous = None), Err(Refusal::C3));
    assert_eq!(changed(|record| record.previous = Some(BlockId([0; 32]))), Err(Refusal::C3));
    assert_eq!(accept(None, &record(None, |record| record.seq = 1)), Err(Refusal::C3));
    let others = Signed::seal(Record::after(None, key(2).node(), EPOCH, NOW), &key(2)).unwrap();
    assert_eq!(accept(Some(&others), &record(Some(&others), |_| {})), Err(Refusal::C3));
}

#[test]
fn c4_times_fit_epoch_clock_and_the_record_before() {
    assert_eq!(changed(|record| record.epoch = Epoch(9)), Ok(()));
    assert_eq!(changed(|record| record.epoch = Epoch(12)), Err(Refusal::C4));
    assert_eq!(changed(|record| record.time = Time(NOW.0 - 1)), Err(Refusal::C4));
    assert_eq!(changed(|record| record.time = NOW.after(60_000)), Ok(()));
    assert_eq!(changed(|record| record.time = NOW.after(60_001)), Err(Refusal::C4));
}

#[test]
fn c5_every_stamp_is_worked_for_by_this_node_in_this_epoch() {
    let node = key(1).node();
    assert_eq!(changed(|record| record.stamps = vec![stamp(node, EPOCH); 2]), Ok(()));
    let copied = stamp(key(2).node(), EPOCH);
    assert_eq!(changed(|record| record.stamps = vec![stamp(node, EPOCH), copied]), Err(Refusal::C5));
    assert_eq!(changed(|record| record.stamps = vec![stamp(node, Epoch(9))]), Err(Refusal::C5));
}

#[test]
fn c6_lists_are_bounded() {
    let good = stamp(key(1).node(), EPOCH);
    let vote = Vote { message: message(2, 0), round: 1 };
    assert_eq!(changed(|record| record.stamps = vec![good; 1024]), Ok(()));
    assert_eq!(changed(|record| record.stamps = vec![good; 1025]), Err(Refusal::C6));
    assert_eq!(changed(|record| record.seen = vec![BlockId([0; 32]); 64]), Ok(()));
    assert_eq!(changed(|record| record.seen = vec![BlockId([0; 32]); 65]), Err(Refusal::C6));
    assert_eq!(changed(|record| record.votes = vec![vote; 256]), Ok(()));
    assert_eq!(changed(|record| record.votes = vec![vote; 257]), Err(Refusal::C6));
}

#[test]
fn c7_rounds_of_a_conflict_never_fall() {
    let votes = |list: &[(MessageId, u32)]| {
        let votes = list.iter().map(|(message, round)| Vote { message: *message, round: *round }).collect();
        changed(|record| record.votes = votes)
    };
    assert_eq!(votes(&[(message(1, 0), 3), (message(2, 0), 1)]), Ok(()));
    assert_eq!(votes(&[(message(2, 0), 0)]), Err(Refusal::C7), "round 0 is for stamps");
    assert_eq!(votes(&[(message(1, 0), 2)]), Err(Refusal::C7), "an earlier record voted in round 3");
    assert_eq!(votes(&[(message(2, 0), 2), (message(2, 1), 1)]), Err(Refusal::C7), "rivals of one record");
    assert_eq!(votes(&[(message(2, 0), 2), (message(3, 0), 1)]), Ok(()), "another conflict");
}

#[test]
fn c8_a_head_names_its_record_for_at_most_48_hours() {
    let newest = record(None, |_| {});
    let check = |change: &dyn Fn(&mut Head)| {
        let mut head = Head::of(&newest, EPOCH, NOW, NOW.after(48 * 3_600_000));
        change(&mut head);
        accept_head(&Signed::seal(head, &key(1)).unwrap(), &newest, NOW, LENGTH)
    };
    assert_eq!(check(&|_| {}), Ok(()));
    assert_eq!(check(&|head| head.expiry = head.expiry.after(1)), Err(Refusal::C8));
    assert_eq!(check(&|head| head.expiry = Time(head.time.0 - 1)), Err(Refusal::C8));
    assert_eq!(check(&|head| head.seq = 1), Err(Refusal::C8));
    assert_eq!(check(&|head| head.record = BlockId([0; 32])), Err(Refusal::C8));
    assert_eq!(check(&|head| head.epoch = Epoch(12)), Err(Refusal::C4));
    assert_eq!(check(&|head| head.time = NOW.after(60_001)), Err(Refusal::C4));
}

#[test]
fn rule_8_5_an_older_or_expired_head_is_no_news() {
    let head = Head::of(&record(None, |_| {}), EPOCH, NOW, NOW.after(1));
    assert!(head.is_news(None, NOW) && head.is_news(Some(0), NOW.after(1)));
    assert!(!head.is_news(Some(1), NOW) && !head.is_news(None, NOW.after(2)));
}

#[test]
fn c9_a_ticket_offers_heads_that_its_node_stamped_for_one_unit_each() {
    let ticket = |fee| {
        let heads = vec![message(1, 0), message(2, 0)];
        let fee = Amount::new(fee).unwrap();
        Signed::seal(Ticket::new(key(1).node(), key(2).node(), heads, fee, Address([1; 32]), NOW), &key(1)).unwrap()
    };
    assert_eq!(accept_ticket(&ticket(2), |_| true), Ok(()));
    assert_eq!(accept_ticket(&ticket(1), |_| true), Err(Refusal::C9));
    assert_eq!(accept_ticket(&ticket(2), |head| *head == message(1, 0)), Err(Refusal::C9));
    assert_eq!(Signed::<Ticket>::decode(ticket(2).bytes()), Ok(ticket(2)));
}

#[test]
fn c10_an_epoch_record_is_sorted_in_range_and_of_its_beacon() {
    let row =
        |node: u8| EpochRow { node: NodeId([node; 32]), accuracy_ppm: 1, rating_ppm: 1_000_000, exchange: 3, stake: 4 };
    let check = |rows: Vec<EpochRow>| {
        let record = Signed::seal(EpochRecord::new(key(1).node(), EPOCH, rows, [7; 32]), &key(1)).unwrap();
        assert_eq!(Signed::<EpochRecord>::decode(record.bytes()).as_ref(), Ok(&record));
        [[7; 32], [8; 32]].map(|beacon| accept_epoch_record(&record, &beacon))
    };
    assert_eq!(check(vec![row(1), row(2)]), [Ok(()), Err(Refusal::C10)]);
    assert_eq!(check(vec![row(2), row(1)])[0], Err(Refusal::C10));
    assert_eq!(check(vec![row(1), row(1)])[0], Err(Refusal::C10));
    assert_eq!(check(vec![EpochRow { rating_ppm: 1_000_001, ..row(1) }])[0], Err(Refusal::C10));
    assert_eq!(check(vec![EpochRow { stake: 1_000_000_001, ..row(1) }])[0], Err(Refusal::C10));
    let half = |node| EpochRow { exchange: 500_000_000, ..row(node) };
    assert_eq!(check(vec![half(1), half(2)])[0], Ok(()));
    assert_eq!(check(vec![half(1), half(2), row(3)])[0], Err(Refusal::C10), "more than a whole");
}

#[test]
fn rule_3_7_3_the_longest_table_fits_a_block() {
    let row = |number: u32| {
        let mut node = [0; 32];
        node[..4].copy_from_slice(&number.to_be_bytes());
        let most = 1_000_000;
        // Ten thousand parts of a whole.
        EpochRow { node: NodeId(node), accuracy_ppm: most, rating_ppm: most, exchange: 100_000, stake: 100_000 }
    };
    let record = EpochRecord::new(key(1).node(), EPOCH, (0..10_000).map(row).collect(), [7; 32]);
    let record = Signed::seal(record, &key(1)).unwrap();
    assert!(Signed::<EpochRecord>::decode(record.bytes()).is_ok());
    assert_eq!(accept_epoch_record(&record, &[7; 32]), Ok(()));
}

#[test]
fn rule_8_5_two_records_of_one_number_prove_equivocation() {
    let (one, other) = (record(None, |_| {}), record(None, |record| record.own.push(message(1, 1))));
    let proof = Equivocation::of(one.clone(), other.clone()).unwrap();
    assert_eq!(proof.node(), key(1).node());
    assert_eq!(Equivocation::of(other.clone(), one.clone()), Some(proof.clone()));
    assert_eq!(Equivocation::decode(&proof.encode()), Some(proof.clone()));
    assert_eq!(Equivocation::of(one.clone(), one.clone()), None, "the same record twice");
    assert_eq!(Equivocation::of(one.clone(), record(Some(&one), |_| {})), None, "another number");
    let [first, second] = proof.records().each_ref().map(|record| Value::Bytes(record.bytes().to_vec()));
    assert_eq!(Equivocation::decode(&cbor::encode(&[second, first])), None, "one proof has one form");
}
