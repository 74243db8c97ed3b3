//! Arweave and the rollup on it: transactions, tags, data items, bundles, chunk proofs, batch bodies.

use crate::Target;
use crate::seeds::{decoded, json};
use ::arweave::ans104::{DataItem, parse_bundle};
use ::arweave::data_root::{Split, root};
use ::arweave::proof::{proofs, verify_chunk, verify_path};
use ::arweave::{Address, ArweaveId, Tag, Transaction, avro};
use rollup::{Item, first_break, pack, parse, parse_tags, seal, tags};
use std::sync::OnceLock;

pub(crate) const TARGETS: &[Target] = &[
    Target::new("arweave_transaction", transaction, transactions, 1_000),
    Target::new("arweave_avro_tags", avro_tags, many_tags, 10_000),
    Target::new("arweave_data_item", data_item, data_items, 1_500),
    Target::new("arweave_bundle", bundle, bundles, 2_000),
    Target::new("arweave_chunk", chunk, chunks, 2_000),
    Target::new("rollup_body", body, bodies, 3_000),
    Target::new("rollup_tags", batch_tags, many_batch_tags, 5_000),
];

/// What is read is written again with the same meaning; what verifies is named by its signature.
fn transaction(bytes: &[u8]) -> bool {
    let Ok(transaction) = Transaction::from_json(bytes) else { return false };
    assert_eq!(Transaction::from_json(&transaction.to_json()).ok().as_ref(), Some(&transaction));
    let (id, of_signature) = (transaction.id, crypto::sha256(&transaction.signature));
    let verifies = transaction.verify().is_ok();
    match transaction.into_verified() {
        Ok(header) => assert_eq!((header.id(), *id.as_bytes()), (id, of_signature)),
        Err(_) => return false,
    }
    // A header stands for itself; data that was carried along may still be wrong.
    verifies
}

fn transactions() -> Vec<Vec<u8>> {
    json("everpay/arweave.json", "tx")
}

/// Avro has several encodings of one list; all mean the same, and lists stay within their bounds.
fn avro_tags(bytes: &[u8]) -> bool {
    let Ok(tags) = avro::decode(bytes) else { return false };
    assert!(tags.len() <= avro::TAGS_MAX && bytes.len() <= avro::ENCODED_LEN_MAX);
    assert_eq!(avro::decode(&avro::encode(&tags)).as_ref(), Ok(&tags));
    true
}

fn many_tags() -> Vec<Vec<u8>> {
    let tags: Vec<Tag> = (0..5).map(|number| Tag::new(&format!("Name-{number}"), "value")).collect();
    vec![avro::encode(&tags), avro::encode(&tags[..1])]
}

/// An item fills its bytes exactly.
fn data_item(bytes: &[u8]) -> bool {
    let Ok(item) = DataItem::parse(bytes) else { return false };
    let fixed = 2 + item.signature.len() + item.owner.len() + 2 + 16;
    let optional = 32 * (usize::from(item.target.is_some()) + usize::from(item.anchor.is_some()));
    assert!(fixed + optional + item.data.len() <= bytes.len() && bytes.ends_with(item.data));
    assert_eq!(*item.id().as_bytes(), crypto::sha256(item.signature));
    item.signature_holds()
}

fn data_items() -> Vec<Vec<u8>> {
    decoded("everpay/ans104.json", "binary", crypto::b64::decode_any)
}

/// Items of a bundle lie one after the other to its end.
fn bundle(bytes: &[u8]) -> bool {
    let Ok(items) = parse_bundle(bytes) else { return false };
    assert!(items.iter().map(|item| item.data.len()).sum::<usize>() <= bytes.len());
    true
}

fn bundles() -> Vec<Vec<u8>> {
    let items: Vec<Vec<u8>> = data_items().into_iter().filter(|item| DataItem::parse(item).is_ok()).take(2).collect();
    let long = |number: usize| {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&(number as u64).to_le_bytes());
        bytes
    };
    let id = |item: &[u8]| DataItem::parse(item).map_or([0; 32], |item| *item.id().as_bytes());
    let table: Vec<u8> = items.iter().flat_map(|item| [long(item.len()), id(item)].concat()).collect();
    vec![[&long(items.len())[..], &table, &items.concat()].concat()]
}

const DATA_LEN: usize = 600_000;

/// An offset (4 bytes), the length of a path (2), the path, a chunk: of data whose root is known, nothing is proven but its
/// own chunks.
fn chunk(bytes: &[u8]) -> bool {
    let Some((offset, rest)) = bytes.split_first_chunk::<4>() else { return false };
    let Some((path, _)) = crate::seeds::split(rest) else { return false };
    let (data, root) = data();
    let offset = u32::from_be_bytes(*offset) as usize;
    let Some(proven) = verify_path(root, data.len(), offset, path) else { return false };
    let (min, max) = (proven.chunk.min, proven.chunk.max);
    assert!(min <= max && max <= data.len());
    assert!((min..max).contains(&offset.min(data.len() - 1)), "a chunk that does not hold its offset");
    assert_eq!(proven.data_hash, crypto::sha256(&data[min..max]), "other data under the same root");
    assert!(verify_chunk(root, data.len(), offset, path, &data[min..max]));
    true
}

fn data() -> &'static (Vec<u8>, [u8; 32]) {
    static DATA: OnceLock<(Vec<u8>, [u8; 32])> = OnceLock::new();
    DATA.get_or_init(|| {
        let data: Vec<u8> = (0..DATA_LEN).map(|at| at.to_le_bytes()[1]).collect();
        let root = root(&data, Split::Ceil).expect("there is data");
        (data, root)
    })
}

fn chunks() -> Vec<Vec<u8>> {
    let proofs = proofs(&data().0, Split::Ceil);
    let input = |proof: &::arweave::proof::ChunkProof| {
        let offset = u32::try_from(proof.offset()).expect("the data is short");
        [&offset.to_be_bytes()[..], &crate::seeds::joined(&proof.path, &[])].concat()
    };
    proofs.iter().map(input).collect()
}

/// Items keep their data and have its hash for a name; packing them again changes nothing.
fn body(bytes: &[u8]) -> bool {
    let Ok(items) = parse(bytes) else { return false };
    assert!(items.iter().all(|item| item.tx_id == crypto::sha256(&item.tx_data)));
    let _ = first_break(&items);
    let again: Option<Vec<Item>> = parse(&pack(&items)).ok();
    assert_eq!(again.as_ref(), Some(&items));
    true
}

fn bodies() -> Vec<Vec<u8>> {
    let data: Vec<Vec<u8>> = json("everpay/tx.json", "tx").into_iter().take(3).collect();
    vec![pack(&seal(None, data.clone())), pack(&seal(Some([1; 32]), data)), pack(&[])]
}

/// The tags of a batch, in their Avro form.
fn batch_tags(bytes: &[u8]) -> bool {
    avro::decode(bytes).is_ok_and(|tags| parse_tags(&tags).is_ok())
}

fn many_batch_tags() -> Vec<Vec<u8>> {
    let owner: Address = Address::from_bytes([7; 32]);
    let of = |parent| avro::encode(&tags(&owner, "0x38741a69785e84399fcf7c5ad61d572f7ecb1dab", parent));
    vec![of(None), of(Some(ArweaveId::from_bytes([9; 32])))]
}
