//! Bodies, links, tags and siblings.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use arweave::{Address, ArweaveId, Tag};
use proptest::prelude::*;
use rollup::{Item, Merge, ParseError, TagError, first_break, merge, pack, parse, parse_tags, require, seal, tags};
use serde_json::Value;

fn vectors() -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/everpay/state.json");
    let json: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    json["vectors"].as_array().unwrap().iter().filter(|v| v["kind"] == "turing-batch").cloned().collect()
}

#[test]
fn published_bodies_are_read_and_rebuilt_byte_for_byte() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 3);
    for vector in vectors {
        let body = vector["data"].as_str().unwrap().as_bytes();
        let items = parse(body).unwrap();
        assert_eq!(pack(&items), body);
        let ids: Vec<_> = items.iter().map(|item| crypto::hexs::encode(&item.tx_id)).collect();
        assert_eq!(Value::from(ids), vector["expect"]["itemIds"]);
        assert_eq!(first_break(&items).is_none(), vector["expect"]["linked"].as_bool().unwrap());
        let data = items.iter().map(|item| item.tx_data.clone());
        let sealed = seal(items[0].parent_id, data);
        assert_eq!(sealed == items, vector["expect"]["linked"].as_bool().unwrap());
    }
}

proptest! {
    #[test]
    fn pack_and_parse_are_inverse(
        data in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..30),
        prev in any::<Option<[u8; 32]>>(),
    ) {
        let items = seal(prev, data);
        let body = pack(&items);
        prop_assert_eq!(parse(&body).unwrap(), items.clone());
        prop_assert_eq!(first_break(&items), None);
        // It is the JSON that any other reader sees.
        let json: Value = serde_json::from_slice(&body).unwrap();
        prop_assert_eq!(json.as_array().unwrap().len(), items.len());
    }

    #[test]
    fn a_damaged_body_is_refused_or_read_as_what_it_says(
        len in 1usize..8,
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut body = pack(&seal(None, (0..len).map(|i| format!("transaction {i}").into_bytes())));
        let at = at.index(body.len());
        prop_assert!(parse(&body[..at]).is_err());
        body[at] = byte;
        if let Ok(found) = parse(&body) {
            prop_assert!(found.iter().all(|item| item.tx_id == crypto::sha256(&item.tx_data)));
            prop_assert_eq!(parse(&pack(&found)).unwrap(), found);
        }
    }

    #[test]
    fn a_break_is_found_where_it_is(len in 2usize..20, at in any::<prop::sample::Index>()) {
        let mut items = seal(Some([1; 32]), (0..len).map(|i| vec![i as u8]));
        let at = 1 + at.index(len - 1);
        items[at].parent_id = Some([9; 32]);
        prop_assert_eq!(first_break(&items), Some(at));
        items[at].parent_id = None;
        prop_assert_eq!(first_break(&items), Some(at));
    }

    #[test]
    fn siblings_agree_up_to_the_first_difference(
        common in prop::collection::vec(any::<[u8; 4]>(), 0..8),
        ours in prop::collection::vec(any::<[u8; 4]>(), 0..4),
        theirs in prop::collection::vec(any::<[u8; 4]>(), 0..4),
    ) {
        let run = |tail: &[[u8; 4]]| seal(None, common.iter().chain(tail).map(|data| data.to_vec()));
        let (a, b) = (run(&ours), run(&theirs));
        let expected = match ours.iter().zip(&theirs).position(|(x, y)| x != y) {
            Some(index) => Merge::Conflict { index: common.len() + index },
            None => Merge::Quiet { repeats: common.len() + ours.len().min(theirs.len()) },
        };
        prop_assert_eq!(merge(&a, &b), expected);
        prop_assert_eq!(merge(&b, &a), expected);
    }
}

#[test]
fn the_same_data_after_another_parent_is_a_conflict() {
    let run = |prev| seal(Some([prev; 32]), [b"x".to_vec()]);
    assert_eq!(merge(&run(1), &run(2)), Merge::Conflict { index: 0 });
}

#[test]
fn readers_take_other_spellings() {
    let item = Item::new(Some([0xab; 32]), b"{}".to_vec());
    let (id, parent) = (crypto::hexs::encode(&item.tx_id), "ab".repeat(32));
    let bodies = [
        format!(r#"[{{"parent_id":"{parent}","tx_id":"{id}","tx_data":"e30="}}]"#),
        format!(r#" [ {{"extra":[1,{{}}],"tx_data":"e30\u003d","parent_id":"{parent}"}} ] "#),
        format!(r#"[{{"tx_data":"e30=","tx_id":"","parent_id":"{}"}}]"#, parent.to_uppercase()),
    ];
    for body in bodies {
        assert_eq!(parse(body.as_bytes()).unwrap(), std::slice::from_ref(&item), "{body}");
    }
    assert_eq!(parse(b"[]").unwrap(), []);
}

#[test]
fn malformed_bodies_are_refused_whole() {
    let good = r#"{"tx_data":"e30=","tx_id":"","parent_id":""}"#;
    let bad = [
        "",
        "null",
        "{}",
        "[",
        "[null]",
        "[1]",
        "[]x",
        "[{}]",
        r#"[{"tx_data":"e30","tx_id":"","parent_id":""}]"#,
        r#"[{"tx_data":"e3-=","tx_id":"","parent_id":""}]"#,
        r#"[{"tx_data":"e30=","tx_id":"","parent_id":"ab"}]"#,
        r#"[{"tx_data":"e30=","tx_id":"x","parent_id":""}]"#,
        r#"[{"tx_data":"e30=","tx_data":"e30=","tx_id":"","parent_id":""}]"#,
        r#"[{"tx_data":null,"tx_id":"","parent_id":""}]"#,
    ];
    for body in bad {
        assert!(matches!(parse(body.as_bytes()), Err(ParseError::Json(_))), "{body}");
    }
    let zero = "0".repeat(64);
    let wrong = format!(r#"[{good},{{"tx_data":"e30=","tx_id":"{zero}","parent_id":""}}]"#);
    assert!(matches!(parse(wrong.as_bytes()), Err(ParseError::WrongId(1))));
    let prefixed = format!(r#"[{{"tx_data":"e30=","tx_id":"","parent_id":"0x{}"}}]"#, "0".repeat(62));
    assert!(parse(prefixed.as_bytes()).is_err());
}

#[test]
fn too_many_items_are_refused() {
    let item = r#"{"tx_data":"","tx_id":"","parent_id":""}"#;
    let body = |count: usize| format!("[{}]", vec![item; count].join(","));
    assert_eq!(parse(body(rollup::ITEMS_MAX).as_bytes()).unwrap().len(), rollup::ITEMS_MAX);
    assert!(parse(body(rollup::ITEMS_MAX + 1).as_bytes()).unwrap_err().to_string().contains("too many"));
}

#[test]
fn tags_are_in_order_and_read_back() {
    let (owner, parent) = (Address::from_bytes([1; 32]), ArweaveId::from_bytes([2; 32]));
    let made = tags(&owner, "0x38741a69785e84399fcf7c5ad61d572f7ecb1dab", Some(parent));
    let names: Vec<_> = made.iter().filter_map(Tag::name_str).collect();
    assert_eq!(names, ["App", "Version", "Owner", "EthLocker", "parent_id"]);
    let read = parse_tags(&made).unwrap();
    assert_eq!((read.app.as_deref(), read.version.as_deref()), (Some("everPay"), Some("1.0.0")));
    assert_eq!((read.owner, read.parent), (Some(owner.to_string()), Some(parent)));
    assert_eq!(parse_tags(&tags(&owner, "", None)).unwrap().parent, None);
    let wanted = |name: &str, value: &str| [(name.to_owned(), value.to_owned())];
    assert_eq!(require(&made, &wanted("App", "everPay")), Ok(()));
    assert_eq!(require(&made, &wanted("App", "else")), Err(TagError::Value("App".into())));
    assert_eq!(require(&made, &wanted("Else", "x")), Err(TagError::Missing("Else".into())));
}

#[test]
fn ambiguous_and_malformed_tags_are_refused() {
    let parent = |value: &str| Tag::new("parent_id", value);
    let missing = [Tag::new("App", "everPay")];
    assert_eq!(parse_tags(&missing), Err(TagError::Missing("parent_id".into())));
    assert_eq!(parse_tags(&[parent(""), parent("")]), Err(TagError::Repeated("parent_id".into())));
    assert_eq!(parse_tags(&[parent("short")]), Err(TagError::Value("parent_id".into())));
    let twice = [Tag::new("Owner", "a"), Tag::new("Owner", "a"), parent("")];
    assert_eq!(parse_tags(&twice), Err(TagError::Repeated("Owner".into())));
    let not_text = [Tag { name: b"parent_id".to_vec(), value: vec![0xff] }];
    assert_eq!(parse_tags(&not_text), Err(TagError::Value("parent_id".into())));
}
