//! What watchmen sign, and what they keep: payloads, signatures, policies, rosters, sealed files, journals.

use crate::Target;
use crate::everpay::text;
use crate::seeds::{joined, split};
use ::everpay::{Amount, EverHash, eth_token};
use ::vault::burn::{BatchRef, Burn, Lock, Vault};
use ::vault::journal::Watchman;
use ::vault::payload::Payload;
use ::vault::pipeline::{BurnFact, Fact, Setup, Timing};
use ::vault::policy::Policy;
use ::vault::roster::{Member, Roster};
use ::vault::seal::{MacKey, open, seal};
use ::vault::signature::{Digest, Owner, SignedPayload, VerifiedSignature};
use crypto::secp::EvmKey;

pub(crate) const TARGETS: &[Target] = &[
    Target::new("vault_payload", payload, payloads, 20_000),
    Target::new("vault_signature", signature, signatures, 2_000),
    Target::new("vault_policy", policy, policies, 5_000),
    Target::new("vault_roster", roster, rosters, 5_000),
    Target::new("vault_sealed", sealed, sealed_files, 3_000),
    Target::new("vault_fact", fact, facts, 5_000),
    Target::new("vault_journal", journal, journals, 1_000),
    Target::new("vault_text", names, name_texts, 20_000),
];

fn key() -> EvmKey {
    EvmKey::from_bytes(&[1; 32]).expect("a number that is a key")
}

fn lock() -> Vault {
    Vault { chain: "ethereum".to_owned(), lock: Lock::Evm { chain_id: 1, contract: [9; 20] } }
}

fn burn() -> Burn {
    let batch = BatchRef { id: [3; 32], height: 7, time_ms: 1 };
    let to = "0x2222222222222222222222222222222222222222";
    Burn::new(EverHash::new([1; 32]), batch, &eth_token(), "ethereum", to, Amount::from(5_u64))
        .expect("a burn of whole units")
}

pub(crate) fn signed_payload() -> SignedPayload {
    let payload = Payload::of(&burn(), &lock()).expect("a burn that this vault pays");
    let signature = key().sign_digest(payload.digest().as_bytes());
    SignedPayload::check(payload, &signature).expect("a signature of this payload")
}

/// Bytes that read as a payout are those of the payload with these fields (W6).
fn payload(bytes: &[u8]) -> bool {
    let reading = Payload::read(bytes).ok();
    let payload = Payload::try_from(bytes.to_vec()).ok();
    assert_eq!(reading.is_some(), payload.is_some());
    let (Some(reading), Some(payload)) = (reading, payload) else { return false };
    assert_eq!(payload.bytes(), bytes);
    assert_eq!(payload.reading(), reading);
    assert!(
        reading.differs(&burn(), &lock()).is_some() || bytes == payloads()[0],
        "other bytes that pay the same burn"
    );
    true
}

fn payloads() -> Vec<Vec<u8>> {
    let coin = Payload::of(&burn(), &lock()).expect("a burn that this vault pays").bytes();
    let mut call = coin.clone();
    call[136..].fill(0);
    call.extend([&[0xa9, 0x05, 0x9c, 0xbb][..], &[0; 12], &[0x22; 20], &[0; 31], &[5]].concat());
    let mut mint = call.clone();
    mint[call.len() - 68..call.len() - 64].copy_from_slice(&[0x40, 0xc1, 0x0f, 0x19]);
    vec![coin, call, mint]
}

/// Nobody else than the key's owner is named, and what is read back was checked again.
fn signature(bytes: &[u8]) -> bool {
    let digest = Digest::new([5; 32]);
    let raw = VerifiedSignature::check(digest, bytes).ok();
    if let Some(signature) = &raw {
        assert_eq!(signature.bytes().as_slice(), bytes);
        assert!(signature.owner().as_bytes() != &key().address() || bytes == signatures()[0], "forged");
    }
    let packed = postcard::from_bytes::<SignedPayload>(bytes).ok();
    if let Some(signed) = &packed {
        assert_eq!(signed.signature().digest(), signed.payload().digest());
    }
    raw.is_some() || packed.is_some()
}

fn signatures() -> Vec<Vec<u8>> {
    let packed = postcard::to_stdvec(&signed_payload()).expect("plain data");
    vec![key().sign_digest(&[5; 32]).to_vec(), packed]
}

/// A policy keeps its meaning when it is written and read again.
fn policy(bytes: &[u8]) -> bool {
    let Some(policy) = text(bytes).and_then(|text| Policy::parse(text).ok()) else { return false };
    assert_eq!(Policy::parse(&policy.to_text()).ok().as_ref(), Some(&policy));
    true
}

const POLICY: &str = r#"{"version":1,"stopped":false,"tokens":{"a-b-c":{"payoutMax":"100","window":{"hours":24,"max":"150"},"recipient":null,"delay":{"minutes":5,"above":"50"},"autoUpTo":"1"}},"deny":["0x2222222222222222222222222222222222222222"],"allow":null}"#;
const PLAIN: &str = r#"{"version":1,"stopped":true,"tokens":{},"deny":[],"allow":[]}"#;

fn policies() -> Vec<Vec<u8>> {
    [POLICY, PLAIN].map(|text| text.as_bytes().to_vec()).to_vec()
}

/// Keys and identities of a roster are unique, and it keeps its meaning.
fn roster(bytes: &[u8]) -> bool {
    let Ok(roster) = serde_json::from_slice::<Roster>(bytes) else { return false };
    let json = serde_json::to_vec(&roster).expect("plain data");
    assert_eq!(serde_json::from_slice::<Roster>(&json).ok().as_ref(), Some(&roster));
    let mut peers: Vec<&str> = roster.members().map(|member| member.peer.as_str()).collect();
    let count = peers.len();
    peers.sort_unstable();
    peers.dedup();
    assert_eq!(peers.len(), count);
    assert_eq!(roster.clone().after(&roster, 9), roster, "who stays keeps the date");
    true
}

fn watchmen() -> Roster {
    let member = |number: u8| Member {
        owner: Owner::new([number; 20]),
        peer: format!("peer {number}"),
        name: format!("watchman {number}"),
        since_ms: u64::from(number) - 1,
    };
    Roster::new(48, (1..4).map(member).collect()).expect("three different members")
}

fn rosters() -> Vec<Vec<u8>> {
    vec![serde_json::to_vec(&watchmen()).expect("plain data")]
}

/// Nothing opens under a key but what was sealed with it.
fn sealed(bytes: &[u8]) -> bool {
    let Some(text) = text(bytes) else { return false };
    let Ok(opened) = open::<Policy>(text, 2, &MacKey::new([1; 32])) else { return false };
    assert_eq!(Policy::parse(POLICY).ok(), Some(opened.settings), "a policy that nobody sealed");
    assert_eq!(opened.serial, 3);
    true
}

fn sealed_files() -> Vec<Vec<u8>> {
    let policy = Policy::parse(POLICY).expect("a policy");
    vec![seal(&policy, 3, &MacKey::new([1; 32])).into_bytes()]
}

/// A time (8 bytes) and a fact, told to a watchman that knows some: what it writes leads back to the same state.
fn fact(bytes: &[u8]) -> bool {
    let Some((time, fact)) = bytes.split_first_chunk::<8>() else { return false };
    let Ok(fact) = postcard::from_bytes::<Fact>(fact) else { return false };
    let (mut watchman, mut journal) = told();
    let time = u64::from_le_bytes(*time);
    let Ok(taken) = watchman.take(time, &fact) else { return false };
    journal.extend(&taken.entry);
    let (again, replayed) = Watchman::replay(&journal).expect("what was written is read");
    assert_eq!((again, replayed.good_len, replayed.torn_len), (watchman, journal.len(), 0));
    true
}

/// A watchman after some facts, and its journal.
fn told() -> (Watchman, Vec<u8>) {
    let (mut watchman, mut journal) = (Watchman::new(), Vec::new());
    for fact in some_facts() {
        if let Ok(taken) = watchman.take(1_000, &fact) {
            journal.extend(taken.entry);
        }
    }
    (watchman, journal)
}

fn some_facts() -> Vec<Fact> {
    let policy = Policy::parse(POLICY).expect("a policy");
    let vaults = [("ethereum".to_owned(), lock())].into();
    vec![
        Fact::Setup(Setup { me: Owner::new([1; 20]), vaults, depth_min: 2, timing: Timing::default() }),
        Fact::Policy(policy),
        Fact::Roster(watchmen()),
        Fact::Started,
        Fact::Alerts(["F2:1".to_owned()].into()),
        Fact::Owners { chain: "ethereum".to_owned(), owners: [Owner::new([1; 20])].into(), threshold: 1 },
        Fact::Tick,
    ]
}

fn facts() -> Vec<Vec<u8>> {
    let packed = |fact: &Fact| [&2_000_u64.to_le_bytes()[..], &postcard::to_stdvec(fact).expect("plain data")].concat();
    let mut facts: Vec<Vec<u8>> = some_facts().iter().map(packed).collect();
    facts.push(packed(&Fact::Alerts(["F3:2".to_owned()].into())));
    facts.push(packed(&Fact::Burn(burn().ever_hash, BurnFact::Seen(burn()))));
    facts.push(packed(&Fact::Burn(burn().ever_hash, BurnFact::PeerSignature(signed_payload()))));
    facts
}

/// A journal, cut after the given number of bytes: what is good of it leads to one state, and the rest was torn off.
fn journal(bytes: &[u8]) -> bool {
    let Some((_, journal)) = split(bytes) else { return false };
    let Ok((watchman, replayed)) = Watchman::replay(journal) else { return false };
    assert_eq!(replayed.good_len + replayed.torn_len, journal.len());
    let (again, rest) = Watchman::replay(&journal[..replayed.good_len]).expect("the good part is good");
    assert_eq!((again, rest.torn_len), (watchman, 0));
    assert!(told().1.starts_with(&journal[..replayed.good_len]), "entries that nobody wrote");
    replayed.good_len > 0
}

fn journals() -> Vec<Vec<u8>> {
    vec![joined(&[], &told().1)]
}

/// Digests and owners have one text, up to the case of letters.
fn names(bytes: &[u8]) -> bool {
    let Some(text) = text(bytes) else { return false };
    let (digest, owner) = (text.parse::<Digest>(), text.parse::<Owner>());
    if let Ok(digest) = &digest {
        assert_eq!(digest.to_string(), text.to_lowercase());
    }
    if let Ok(owner) = &owner {
        assert_eq!(owner.to_string().parse::<Owner>().ok().as_ref(), Some(owner));
    }
    digest.is_ok() || owner.is_ok()
}

fn name_texts() -> Vec<Vec<u8>> {
    vec![Digest::new([5; 32]).to_string().into_bytes(), Owner::new([0xab; 20]).to_string().into_bytes()]
}
