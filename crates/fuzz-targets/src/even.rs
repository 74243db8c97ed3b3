//! EVEN: transactions, messages, signed blocks, epoch tables, requests, dag-cbor, one-time signatures.

use crate::Target;
use crate::seeds::{decoded, joined, split};
use even::block::{
    Body, EarlierVotes, EpochRecord, EpochRow, Equivocation, Head, Record, RecordContext, Signed, Stamp, Ticket, Vote,
    accept_epoch_record, accept_head, accept_record, accept_ticket,
};
use even::cbor;
use even::cid::{Cid, Codec};
use even::epoch::compare;
use even::hash::sha3;
use even::identity::NodeKey;
use even::ids::{Address, BlockId, BundleHash, MessageId, Network, NodeId};
use even::keys::Seed;
use even::ledger::Effect;
use even::message::{check, genesis, read};
use even::transaction::{LEN, Transaction};
use even::units::{Amount, Epoch, EpochLength, Time};
use even::weight::weigh;
use even::wire::{Answer, Pushed, Request};
use even::wots::Digits;
use std::fmt::Debug;
use zeroize::Zeroizing;

pub(crate) const TARGETS: &[Target] = &[
    Target::new("even_transaction", transaction, transactions, 20_000),
    Target::new("even_message", message, messages, 1_500),
    Target::new("even_block", block, blocks, 1_500),
    Target::new("even_body", body, bodies, 2_000),
    Target::new("even_equivocation", equivocation, equivocations, 2_000),
    Target::new("even_request", request, requests, 10_000),
    Target::new("even_answer", answer, answers, 10_000),
    Target::new("even_cbor", value, values, 10_000),
    Target::new("even_signature", signature, signatures, 1_000),
];

/// Longest body that is tried: sealing adds a signature, and the whole must fit 1 MiB.
const BODY_MAX: usize = 1 << 16;

fn key() -> NodeKey {
    NodeKey::from_secret(&[1; 32])
}

/// Bytes that decode are the only encoding of what they say.
fn transaction(bytes: &[u8]) -> bool {
    let Ok(bytes) = <&[u8; LEN]>::try_from(bytes) else { return false };
    let Some(transaction) = Transaction::decode(bytes) else { return false };
    assert_eq!(transaction.encode(), *bytes);
    assert_eq!(transaction.hash().cid(), Cid::of(Codec::Raw, bytes));
    true
}

fn transactions() -> Vec<Vec<u8>> {
    messages()
        .iter()
        .flat_map(|blob| blob.chunks(LEN).take(3).map(<[u8]>::to_vec).collect::<Vec<_>>())
        .take(12)
        .collect()
}

/// A message is named by its head, keeps its bytes, and makes or burns nothing; what is checked whole was fit to be forwarded.
fn message(bytes: &[u8]) -> bool {
    let network = bytes.get(4..8).and_then(|word| word.try_into().ok()).map_or(0, u32::from_le_bytes);
    let checked = check(bytes, Network(network), 0).ok();
    assert!(checked.is_none() || read(bytes, Network(network), 0).is_ok());
    if let Some(message) = &checked {
        let paid: u64 = message.outputs().map(|output| output.value.amount().units()).sum();
        assert_eq!(message.inputs().map(|(_, amount)| amount.units()).sum::<u64>(), paid);
        assert_eq!(Effect::of(message).is_data(), message.is_data());
    }
    let first = genesis(bytes, Network(network)).ok();
    assert!(checked.is_none() || first.is_none(), "a message that is also a genesis");
    for message in checked.iter().chain(&first) {
        assert_eq!(message.encode(), bytes);
        assert_eq!(message.id().0, sha3(&[&bytes[..LEN]]));
    }
    checked.is_some() || first.is_some()
}

fn messages() -> Vec<Vec<u8>> {
    ["even/messages.json", "even/alice.json"]
        .iter()
        .flat_map(|file| decoded(file, "blob", crypto::b64::decode_std))
        .collect()
}

/// A signed block is canonical, named by its bytes, and its node did sign it.
fn block(bytes: &[u8]) -> bool {
    [signed::<Record>(bytes), signed::<Head>(bytes), signed::<Ticket>(bytes), signed::<EpochRecord>(bytes)]
        .contains(&true)
}

fn signed<T: Body>(bytes: &[u8]) -> bool {
    let Ok(block) = Signed::<T>::decode(bytes) else { return false };
    assert_eq!(block.bytes(), bytes);
    assert_eq!(block.id(), BlockId(sha3(&[bytes])));
    assert!(block.body().node().signed(&T::DOMAIN, &[&cbor::encode(block.body())], block.signature()));
    true
}

fn blocks() -> Vec<Vec<u8>> {
    let mut blocks = decoded("even/records.json", "cbor", crypto::hexs::decode);
    let (record, head, ticket, table) = samples();
    blocks.extend([seal(record).0, seal(head).0, seal(ticket).0, seal(table).0]);
    blocks
}

/// Nobody's earlier votes.
struct NoVotes;

impl EarlierVotes for NoVotes {
    fn highest_round(&self, _: &NodeId, _: &MessageId) -> u32 {
        0
    }

    fn are_rivals(&self, one: &MessageId, other: &MessageId) -> bool {
        one != other
    }
}

/// Bodies that nobody signed, taken for our own and signed: what decodes is sealed, read back the same, and judged by
/// appendix C without a panic; tables that are accepted weigh as 9.2 says.
fn body(bytes: &[u8]) -> bool {
    if bytes.len() > BODY_MAX {
        return false;
    }
    let (now, length) = (Time(600_000), EpochLength::STANDARD);
    let record = sealed(bytes, |record: &mut Record, node| record.node = node);
    let head = sealed(bytes, |head: &mut Head, node| head.node = node);
    let ticket = sealed(bytes, |ticket: &mut Ticket, node| ticket.node = node);
    let table = sealed(bytes, |table: &mut EpochRecord, node| table.node = node);
    if let Some(record) = &record {
        let first = seal(samples().0).1;
        for previous in [None, Some(&first)] {
            let context = RecordContext { previous, now, length, stamp_bits: 0, votes: &NoVotes };
            let _ = accept_record(record, &context);
        }
    }
    if let Some(head) = &head {
        let _ = accept_head(head, &seal(samples().0).1, now, length);
    }
    if let Some(ticket) = &ticket
        && accept_ticket(ticket, |_| true).is_ok()
    {
        assert!(ticket.body().fee.units() >= ticket.body().heads.len() as u64);
    }
    if let Some(table) = &table
        && accept_epoch_record(table, &table.body().beacon).is_ok()
    {
        weighs(&table.body().rows);
    }
    record.is_some() || head.is_some() || ticket.is_some() || table.is_some()
}

fn sealed<T: Body + Clone + Debug + PartialEq>(bytes: &[u8], own: impl Fn(&mut T, NodeId)) -> Option<Signed<T>> {
    let mut body: T = cbor::decode(bytes).ok()?;
    assert_eq!(cbor::encode(&body), bytes);
    own(&mut body, key().node());
    let (bytes, block) = seal(body);
    assert_eq!(Signed::decode(&bytes).as_ref(), Ok(&block));
    Some(block)
}

fn seal<T: Body>(body: T) -> (Vec<u8>, Signed<T>) {
    let block = Signed::seal(body, &key()).expect("the body names the key's node");
    (block.bytes().to_vec(), block)
}

/// No node and no leaders together can decide (9.2).
fn weighs(rows: &[EpochRow]) {
    assert_eq!(compare(rows, rows), Ok(()));
    let table = weigh(rows);
    assert!(table.nodes.values().all(|node| 3 * node.weight <= table.denominator || node.weight == 0));
    assert!(3 * table.leaders_weight() <= 2 * table.denominator);
}

fn bodies() -> Vec<Vec<u8>> {
    let (record, head, ticket, table) = samples();
    vec![cbor::encode(&record), cbor::encode(&head), cbor::encode(&ticket), cbor::encode(&table)]
}

/// One block of each kind with something in every member.
fn samples() -> (Record, Head, Ticket, EpochRecord) {
    let node = key().node();
    let id = MessageId([9; 32]);
    let mut record = Record::after(None, node, Epoch(1), Time(600_000));
    record.stamps = vec![Stamp { message: id, nonce: 300 }];
    record.seen = vec![BlockId([8; 32])];
    record.own = vec![MessageId([7; 32])];
    record.votes = vec![Vote { message: id, round: 2 }];
    let head = Head::of(&seal(record.clone()).1, Epoch(1), Time(600_001), Time(700_000));
    let fee = Amount::new(2).expect("two units exist");
    let ticket = Ticket::new(node, NodeId([5; 32]), vec![id, MessageId([6; 32])], fee, Address([4; 32]), Time(9));
    let row = |byte: u8| EpochRow {
        node: NodeId([byte; 32]),
        accuracy_ppm: 1_000_000,
        rating_ppm: 900_000,
        exchange: 250_000_000,
        stake: 200_000_000,
    };
    (record, head, ticket, EpochRecord::new(node, Epoch(1), (1..5).map(row).collect(), [3; 32]))
}

/// A proof is two different records of one node with one number, in one order.
fn equivocation(bytes: &[u8]) -> bool {
    let Some(proof) = Equivocation::decode(bytes) else { return false };
    assert_eq!(proof.encode(), bytes);
    let [one, other] = proof.records();
    assert!(one.id() < other.id());
    assert_eq!((one.body().node, one.body().seq), (other.body().node, other.body().seq));
    true
}

fn equivocations() -> Vec<Vec<u8>> {
    let first = samples().0;
    let mut second = first.clone();
    second.time = Time(600_002);
    let proof = Equivocation::of(seal(first).1, seal(second).1);
    vec![proof.expect("two records with one number").encode()]
}

/// Unknown members are ignored, so a request may have several encodings, but one meaning.
fn request(bytes: &[u8]) -> bool {
    let Ok(request) = Request::decode(bytes) else { return false };
    assert_eq!(Request::decode(&request.encode()), Ok(request));
    true
}

fn requests() -> Vec<Vec<u8>> {
    exchanges().iter().map(|(request, _)| request.encode()).collect()
}

/// A request, then the answer to it.
fn answer(bytes: &[u8]) -> bool {
    let Some((request, bytes)) = split(bytes) else { return false };
    let Ok(request) = Request::decode(request) else { return false };
    let Ok(answer) = Answer::decode(bytes, &request) else { return false };
    assert_eq!(Answer::decode(&answer.encode(), &request), Ok(answer));
    true
}

fn answers() -> Vec<Vec<u8>> {
    exchanges().iter().map(|(request, answer)| joined(&request.encode(), &answer.encode())).collect()
}

fn exchanges() -> Vec<(Request, Answer)> {
    let ids: Vec<MessageId> = (0..10).map(|byte| MessageId([byte; 32])).collect();
    let node = key().node();
    vec![
        (Request::Have(ids.clone()), Answer::Have((0..10).map(|at| at % 3 == 0).collect())),
        (Request::Push(vec![vec![1]; 2]), Answer::Push(vec![Pushed::Known, Pushed::Refused])),
        (Request::Get(ids[..2].to_vec()), Answer::Get(vec![None, Some(vec![2; 40])])),
        (Request::Head(node), Answer::Head(Some(seal(samples().1).0))),
        (Request::Ticket { issuer: node, count: 2 }, Answer::Ticket(vec![seal(samples().2).0])),
    ]
}

/// Canonical dag-cbor has one encoding.
fn value(bytes: &[u8]) -> bool {
    let Ok(value) = cbor::decode::<cbor::Value>(bytes) else { return false };
    assert_eq!(cbor::encode(&value), bytes);
    true
}

fn values() -> Vec<Vec<u8>> {
    blocks().into_iter().chain(requests()).collect()
}

/// A bundle hash and two fragments: nothing verifies for an address but what its key signed, up to what normalising levels.
fn signature(bytes: &[u8]) -> bool {
    let Some((bundle, parts)) = bytes.split_first_chunk::<32>() else { return false };
    let (genuine, address) = genuine();
    let (part0, part1) = parts.split_at(parts.len().min(1024));
    if Digits::of(&BundleHash(*bundle)).verify(&address, part0, part1).is_err() {
        return false;
    }
    assert_eq!(Digits::of(&BundleHash(*bundle)), Digits::of(&BundleHash([0xff; 32])), "forged for another hash");
    assert_eq!(parts, &genuine[32..], "forged");
    true
}

fn signatures() -> Vec<Vec<u8>> {
    vec![genuine().0]
}

fn genuine() -> (Vec<u8>, Address) {
    let seed = Seed::new(Zeroizing::new([7; 32]));
    let bundle = BundleHash([0xff; 32]);
    let [part0, part1] = seed.key(0, 0).sign(&bundle).expect("this hash is safe");
    ([&bundle.0[..], &part0, &part1].concat(), seed.address(0, 0))
}
