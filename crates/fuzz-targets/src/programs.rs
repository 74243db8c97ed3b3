//! Decoders of the programs: what watchmen tell each other, what nodes answer, what pages and people ask, the network file.

use crate::Target;
use crate::everpay::text;
use crate::vault::signed_payload;
use app::api::Command;
use everpay::{EverHash, Rules, StateRoot, Tokens, eth_token};
use oracle::network::NetworkFile;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use vault_evm::VaultTokens;
use watchman::RosterFile;
use watchman::door::Request;
use watchman::talk::Talk;

pub(crate) const TARGETS: &[Target] = &[
    Target::new("p2p_request", p2p::fuzzing::request, frames, 20_000),
    Target::new("p2p_answer", p2p::fuzzing::answer, frame_answers, 20_000),
    Target::new("p2p_text", addresses, address_texts, 20_000),
    Target::new("watchman_talk", talk, talks, 3_000),
    Target::new("watchman_door", door, doors, 5_000),
    Target::new("watchman_roster", roster, rosters, 3_000),
    Target::new("oracle_network", network, networks, 3_000),
    Target::new("vault_evm_answers", answers, node_answers, 1_000),
    Target::new("app_command", command, commands, 10_000),
];

fn frames() -> Vec<Vec<u8>> {
    let frame = |message: &[u8]| {
        let len = u32::try_from(message.len()).expect("seeds are short");
        [&len.to_be_bytes()[..], message].concat()
    };
    vec![frame(b"x"), frame(&[7; 300])]
}

fn frame_answers() -> Vec<Vec<u8>> {
    vec![vec![1], vec![2], vec![3]]
}

/// Addresses, identities and names keep their text.
fn addresses(bytes: &[u8]) -> bool {
    let Some(text) = text(bytes) else { return false };
    let (address, name) = (text.parse::<p2p::Address>(), text.parse::<p2p::Name>());
    assert!(address.as_ref().map_or(true, |address| address.as_str() == text));
    assert!(name.as_ref().map_or(true, |name| name.as_str() == text));
    let peer = text.parse::<p2p::PeerId>();
    if let Ok(peer) = &peer {
        assert_eq!(peer.to_string().parse::<p2p::PeerId>().as_ref(), Ok(peer));
    }
    address.is_ok() || name.is_ok() || peer.is_ok()
}

fn address_texts() -> Vec<Vec<u8>> {
    let peer = p2p::Identity::from_secret([1; 32].into()).peer_id().to_string();
    let texts = ["127.0.0.1:7000", "[::1]:7000", "one.watchmen.example:65535", "practice-1", &peer];
    texts.map(|text| text.as_bytes().to_vec()).to_vec()
}

/// One thing is told in one spelling, and its signatures hold.
fn talk(bytes: &[u8]) -> bool {
    let Some(talk) = Talk::decode(bytes) else { return false };
    assert_eq!(talk.encode(), bytes);
    if let Talk::Signed(signed) = &talk {
        assert_eq!(signed.signature().digest(), signed.payload().digest());
    }
    true
}

fn talks() -> Vec<Vec<u8>> {
    let talks = [
        Talk::Signed(Box::new(signed_payload())),
        Talk::Submitted { ever_hash: EverHash::new([1; 32]), tx: [2; 32] },
        Talk::At { batch: 300, root: StateRoot::new([3; 32]) },
    ];
    talks.map(|talk| talk.encode()).to_vec()
}

/// A request keeps its meaning when it is written and read again.
fn door(bytes: &[u8]) -> bool {
    let Ok(request) = serde_json::from_slice::<Request>(bytes) else { return false };
    let json = serde_json::to_vec(&request).expect("plain data");
    assert_eq!(serde_json::from_slice::<Request>(&json).ok(), Some(request));
    true
}

fn doors() -> Vec<Vec<u8>> {
    let (ever_hash, by) = (EverHash::new([1; 32]), "Ada".to_owned());
    let (digest, reason) = (format!("0x{}", "5".repeat(64)), "no".to_owned());
    let requests = [
        Request::List,
        Request::Show { ever_hash },
        Request::Approve { ever_hash, digest, by: by.clone() },
        Request::Refuse { ever_hash, by: by.clone(), reason: reason.clone() },
        Request::Halt { chain: "ethereum".to_owned(), key: "person:1".to_owned() },
        Request::Rearm { chain: "ethereum".to_owned(), keys: ["F11:1".to_owned()].into(), by, reason },
    ];
    requests.map(|request| serde_json::to_vec(&request).expect("plain data")).to_vec()
}

/// A roster file keeps its meaning when it is written and read again.
fn roster(bytes: &[u8]) -> bool {
    let Ok(roster) = serde_json::from_slice::<RosterFile>(bytes) else { return false };
    let json = serde_json::to_vec(&roster).expect("plain data");
    assert_eq!(serde_json::from_slice::<RosterFile>(&json).ok().as_ref(), Some(&roster));
    true
}

fn rosters() -> Vec<Vec<u8>> {
    let member = |number: u8| {
        let peer = p2p::Identity::from_secret([number; 32].into()).peer_id().to_string();
        let owner = format!("0x{}", format!("{number:02x}").repeat(20));
        json!({"owner": owner, "peer": peer, "name": format!("watchman {number}"), "addresses": ["a.example:7000"], "sinceMs": 0})
    };
    let roster = json!({"quarantineHours": 48, "members": [member(1), member(2)]});
    vec![roster.to_string().into_bytes()]
}

/// A network file keeps its meaning when it is written and read again.
fn network(bytes: &[u8]) -> bool {
    let Ok(network) = NetworkFile::parse(bytes) else { return false };
    let text = network.to_json().expect("plain data");
    assert_eq!(NetworkFile::parse(text.as_bytes()).ok().as_ref(), Some(&network));
    true
}

fn networks() -> Vec<Vec<u8>> {
    let owner = "uGx-QfBXSwABKxjha-00dI7vvfyqIYblY6Z5L6cyTFM";
    let network = json!({
        "name": "Practice", "practice": true, "owner": owner, "gateways": ["http://127.0.0.1:1984"], "depth": 2,
        "depositConfirmations": {"arweave": 6},
        "evm": {"ethereum": {"chainId": 1, "rpc": ["http://127.0.0.1:8545"]}},
        "rules": {
            "owner": owner, "ethChainId": "1", "feeRecipient": "0x6451eB7f668de69Fb4C943Db72bCF2A73DeeC6B1",
            "lockers": {"ethereum": VAULT}, "tokens": {"listed": [eth_token()]},
        },
    });
    vec![network.to_string().into_bytes()]
}

const VAULT: &str = "0x38741a69785e84399fcf7c5ad61d572f7ecb1dab";

fn answers(bytes: &[u8]) -> bool {
    let rules = Rules {
        lockers: BTreeMap::from([("ethereum".to_owned(), VAULT.to_owned())]),
        tokens: Tokens::Listed(vec![eth_token()]),
        ..Rules::open("nobody")
    };
    vault_evm::fuzzing::answers(bytes, &VaultTokens::new("ethereum", &rules).expect("a chain with a vault"))
}

/// Real transactions, each with a receipt in which the vault says that its signer paid in, or that it executed.
fn node_answers() -> Vec<Vec<u8>> {
    let file = crate::seeds::vectors("everpay/evmtx.json");
    let answers = |case: &Value| {
        let transaction = &case["tx"];
        let place = json!({
            "transactionHash": transaction["hash"], "blockHash": format!("0x{}", "4".repeat(64)), "blockNumber": "0x9",
            "transactionIndex": "0x0", "logIndex": "0x1", "removed": false, "address": VAULT,
        });
        // keccak256 of `Deposit(address,uint256)`, `PausedChange(bool)`.
        let sender = case["expect"]["sender"].as_str()?.trim_start_matches("0x").to_lowercase();
        let mut deposit = place.clone();
        deposit["topics"] = json!([
            "0xe1fffcc4923d04b559f4d29a8bfc6cda04eb5b0d3c460751c2402c5c5cc9109c",
            format!("0x{}{sender}", "0".repeat(24)),
        ]);
        deposit["data"] = json!(format!("0x{}{}", "0".repeat(48), "0de0b6b3a7640000"));
        let receipt = json!({
            "transactionHash": transaction["hash"], "blockHash": place["blockHash"], "blockNumber": "0x9",
            "status": "0x1", "logs": [deposit],
        });
        Some(json!([transaction, receipt]).to_string().into_bytes())
    };
    file["vectors"].as_array().into_iter().flatten().filter_map(answers).collect()
}

/// Whatever a page sends, it is a command with a name or nothing.
fn command(bytes: &[u8]) -> bool {
    let Ok(command) = serde_json::from_slice::<Command>(bytes) else { return false };
    !command.name().is_empty()
}

fn commands() -> Vec<Vec<u8>> {
    let hash = format!("0x{}", "5".repeat(64));
    let commands = [
        json!({"command": "status", "request": {}}),
        json!({"command": "balances", "request": {"account": "0x2222222222222222222222222222222222222222"}}),
        json!({"command": "transaction", "request": {"everHash": hash}}),
        json!({"command": "createKeystore", "request": {"password": "nobody's password"}}),
    ];
    commands.map(|command| command.to_string().into_bytes()).to_vec()
}
