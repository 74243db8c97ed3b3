//! The state root's format: the worked example of docs/state-root.md recomputed from its prose, and the promise that
//! every rule and every part of the state shows in the root.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::BTreeMap;

use crypto::{hexs, sha256};
use everpay::{AccountId, Ledger, MintVerdict, Rules, Target, TokenSpec, Tokens, Transaction};

fn text(text: &str) -> Vec<u8> {
    [&u32::try_from(text.len()).unwrap().to_be_bytes()[..], text.as_bytes()].concat()
}

fn number(value: u32) -> Vec<u8> {
    value.to_be_bytes().to_vec()
}

fn amount(value: u8) -> Vec<u8> {
    let mut bytes = vec![0; 32];
    bytes[31] = value;
    bytes
}

fn leaf(key: &[u8; 32], value: &[u8]) -> [u8; 32] {
    sha256(&[&[0][..], key, &sha256(value)].concat())
}

fn branch(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    sha256(&[&[1][..], left, right].concat())
}

fn bit(key: &[u8; 32], depth: usize) -> bool {
    key[depth / 8] & (0x80 >> (depth % 8)) != 0
}

/// The tree over sorted leaves, by its definition.
fn tree(leaves: &[([u8; 32], [u8; 32])], depth: usize) -> [u8; 32] {
    match leaves {
        [] => [0; 32],
        [(_, hash)] => *hash,
        _ => {
            let middle = leaves.partition_point(|(key, _)| !bit(key, depth));
            branch(&tree(&leaves[..middle], depth + 1), &tree(&leaves[middle..], depth + 1))
        }
    }
}

fn example_rules() -> Rules {
    let arweave = Target { chain_id: "0".into(), chain_type: "arweave".into(), decimals: 12, token_id: "x".into() };
    let token = TokenSpec {
        id: "x".into(),
        symbol: "T".into(),
        chain_type: "arweave".into(),
        chain_id: "0".into(),
        decimals: 12,
        transfer_fee: common::amount(0),
        bundle_fee: common::amount(0),
        burn_fees: BTreeMap::from([("arweave".into(), common::amount(3))]),
        targets: BTreeMap::from([("arweave".into(), arweave)]),
        display: true,
    };
    Rules {
        owner: "o".into(),
        eth_chain_id: "1".into(),
        fee_recipient: AccountId::ZERO,
        lockers: BTreeMap::from([("arweave".into(), "l".into())]),
        tokens: Tokens::Listed(vec![token]),
    }
}

/// Test account 0 mints 5 base units to itself with nonce 7.
fn example_ledger() -> Ledger {
    let rules = example_rules();
    let token = rules.listed()[0].clone();
    let mut ledger = Ledger::new(rules);
    let mut tx: Transaction = common::draft(&token, "mint", 0, 0, 5, 0, 7);
    tx.fee_recipient = String::new();
    tx.data = format!("{{\"id\":\"{}\"}}", crypto::b64::encode(&[1; 32]));
    ledger.apply(&common::signed(tx, 0), MintVerdict::Verified).unwrap();
    ledger.end_batch();
    ledger
}

#[test]
fn the_worked_example_of_the_document() {
    let AccountId::Evm(address) = common::account(0) else { panic!("an EVM account") };
    let tag = "arweave-t-x";
    let deposit = crypto::b64::encode(&[1; 32]);

    let rules_key = sha256(&[2, 4]);
    let rules_value = [
        text("everwatch state 2"),
        text("o"),
        text("1"),
        [number(21), vec![1], vec![0; 20]].concat(),
        number(1),
        text("arweave"),
        text("l"),
        vec![1],
    ]
    .concat();
    let token_key = sha256(&[&[2, 2][..], tag.as_bytes()].concat());
    let token_value = [
        text(tag),
        text("0"),
        vec![1, 12],
        amount(0),
        amount(0),
        number(1),
        text("arweave"),
        amount(3),
        number(1),
        text("arweave"),
        text("0"),
        text("arweave"),
        vec![12],
        text("x"),
        amount(5),
    ]
    .concat();
    let account_key = sha256(&[&[2, 1, 1][..], &address].concat());
    let account_value = [7_i64.to_be_bytes().to_vec(), number(1), token_key.to_vec(), amount(5)].concat();
    let mint_key = sha256(&[vec![2, 3], text(tag), text(&deposit)].concat());

    let mut leaves = vec![
        (rules_key, leaf(&rules_key, &rules_value)),
        (token_key, leaf(&token_key, &token_value)),
        (account_key, leaf(&account_key, &account_value)),
        (mint_key, leaf(&mint_key, &[])),
    ];
    let mut facts = vec![hexs::encode(&address), deposit, hexs::encode(&account_value), hexs::encode(&rules_value)];
    facts.extend(leaves.iter().flat_map(|(key, hash)| [hexs::encode(key), hexs::encode(hash)]));
    leaves.sort_unstable();
    let root = tree(&leaves, 0);
    facts.push(hexs::encode(&root));
    assert_eq!(example_ledger().root().as_bytes(), &root);

    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/state-root.md");
    let document: String = std::fs::read_to_string(path).unwrap().split_whitespace().collect();
    for fact in facts {
        assert!(document.contains(&fact), "the document does not say {fact}");
    }
}

#[test]
fn every_rule_shows_in_the_root() {
    let root = |rules: Rules| Ledger::new(rules).root();
    let token = |change: fn(&mut TokenSpec)| {
        let mut rules = example_rules();
        if let Tokens::Listed(list) = &mut rules.tokens {
            change(&mut list[0]);
        }
        rules
    };
    let target = |change: fn(&mut Target)| {
        let mut rules = example_rules();
        if let Tokens::Listed(list) = &mut rules.tokens {
            change(list[0].targets.get_mut("arweave").unwrap());
        }
        rules
    };
    let variants = [
        example_rules(),
        Rules { owner: "p".into(), ..example_rules() },
        Rules { eth_chain_id: "5".into(), ..example_rules() },
        Rules { fee_recipient: common::account(1), ..example_rules() },
        Rules { lockers: BTreeMap::new(), ..example_rules() },
        Rules { lockers: BTreeMap::from([("arweave".into(), "m".into())]), ..example_rules() },
        Rules { tokens: Tokens::Open, ..example_rules() },
        Rules { tokens: Tokens::Listed(Vec::new()), ..example_rules() },
        token(|token| token.symbol = "U".into()),
        token(|token| token.id = "y".into()),
        token(|token| token.chain_id = "1".into()),
        token(|token| token.decimals = 13),
        token(|token| token.transfer_fee = common::amount(1)),
        token(|token| token.bundle_fee = common::amount(1)),
        token(|token| token.burn_fees.clear()),
        token(|token| token.targets.clear()),
        target(|target| target.chain_id = "1".into()),
        target(|target| target.chain_type = "bsc".into()),
        target(|target| target.decimals = 0),
        target(|target| target.token_id = "z".into()),
    ];
    let mut roots: Vec<_> = variants.into_iter().map(root).collect();
    // What clients show decides nothing.
    assert_eq!(root(token(|token| token.display = false)), roots[0]);
    let count = roots.len();
    roots.sort_unstable();
    roots.dedup();
    assert_eq!(roots.len(), count);
}

#[test]
fn rules_survive_the_info_answer() {
    for rules in [common::rules(), example_rules()] {
        let text = serde_json::to_string(&Ledger::new(rules.clone()).info()).unwrap();
        let info = serde_json::from_str(&text).unwrap();
        assert_eq!(Rules::from_info(&info), Ok(rules));
    }
    let info = example_ledger().info();
    assert_eq!((info.token_list[0].total_supply.as_str(), info.token_list[0].holder_num), ("5", 1));
    let mut bad = info.clone();
    bad.fee_recipient = "nobody".into();
    assert!(Rules::from_info(&bad).is_err());
    let mut bad = info.clone();
    bad.token_list[0].tag = "arweave-t-z".into();
    assert!(Rules::from_info(&bad).is_err());
    let mut bad = info;
    bad.token_list[0].transfer_fee = "1.5".into();
    assert!(Rules::from_info(&bad).is_err());
}

#[test]
fn info_of_the_original_server_is_read() {
    // The members that newer servers drop, and those that older ones lack, are optional.
    let text = r#"{"isSynced":true,"owner":"o","ethChainID":"1","feeRecipient":"0x6451eB7f668de69Fb4C943Db72bCF2A73DeeC6B1",
        "lockers":{"arweave":"l"},"unknown":1,"tokenList":[{"tag":"ethereum-eth-0x0000000000000000000000000000000000000000",
        "id":"0x0000000000000000000000000000000000000000","symbol":"ETH","decimals":18,"totalSupply":"1","chainType":"ethereum",
        "chainID":"1","burnFees":{"ethereum":"1"},"transferFee":"0","bundleFee":"0","holderNum":2,"tns102Extra":null,
        "crossChainInfoList":{"ethereum":{"targetChainId":"1","targetChainType":"ethereum","targetDecimals":18,
        "targetTokenId":"0x0000000000000000000000000000000000000000"}}}]}"#;
    let rules = Rules::from_info(&serde_json::from_str(text).unwrap()).unwrap();
    assert_eq!(rules.listed()[0].targets["ethereum"].decimals, 18);
}
