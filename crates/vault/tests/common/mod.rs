//! A watchman of three with threshold two, and facts for it in few words.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub, reason = "tests; not every file uses all")]

use crypto::secp::EvmKey;
use everpay::{AccountId, Amount, EverHash, eth_token};
use std::collections::{BTreeMap, BTreeSet};
use vault::burn::{BatchRef, Burn, Lock, Vault};
use vault::payload::Payload;
use vault::pipeline::{BurnFact, Fact, Setup, Sources, Timing};
use vault::policy::Policy;
use vault::roster::{Member, Roster};
use vault::signature::{Owner, SignedPayload, VerifiedSignature};

pub const CHAIN: &str = "ethereum";
/// When the tests begin: a whole number of slots of all members.
pub const START_MS: u64 = 90_000 * 1_000_000;
pub const DEPTH: u64 = 15;

pub fn key(number: u8) -> EvmKey {
    EvmKey::from_bytes(&[number; 32]).unwrap()
}

pub fn owner(number: u8) -> Owner {
    Owner::new(key(number).address())
}

pub fn owners() -> BTreeSet<Owner> {
    (1..=3).map(owner).collect()
}

pub fn vault() -> Vault {
    Vault { chain: CHAIN.to_owned(), lock: Lock::Evm { chain_id: 1, contract: [0x22; 20] } }
}

pub fn setup() -> Fact {
    let vaults = BTreeMap::from([(CHAIN.to_owned(), vault())]);
    Fact::Setup(Setup { me: owner(1), vaults, depth_min: DEPTH, timing: Timing::default() })
}

/// Up to 10 automatic, up to 100 at all, 150 a day, more than 50 waits an hour.
pub fn policy() -> Policy {
    let text = format!(
        r#"{{"version":1,"stopped":false,"tokens":{{"{}":{{"payoutMax":"100","window":{{"hours":24,"max":"150"}},
        "recipient":null,"delay":{{"above":"50","minutes":60}},"autoUpTo":"10"}}}},"deny":[],"allow":null}}"#,
        eth_token().tag()
    );
    Policy::parse(&text).unwrap()
}

pub fn roster() -> Roster {
    let member = |number| Member {
        owner: owner(number),
        peer: format!("peer {number}"),
        name: format!("watchman {number}"),
        since_ms: 0,
    };
    Roster::new(48, (1..=3).map(member).collect()).unwrap()
}

pub fn sources(differing: &[&str]) -> Fact {
    let differing = differing.iter().map(|name| (*name).to_owned()).collect();
    Fact::Sources(Sources { agreeing: 2, needed: 2, differing })
}

pub fn alerts(open: &[&str]) -> Fact {
    Fact::Alerts(open.iter().map(|key| (*key).to_owned()).collect())
}

pub fn chain_owners() -> Fact {
    Fact::Owners { chain: CHAIN.to_owned(), owners: owners(), threshold: 2 }
}

/// Everything known and in order, and no burn yet.
pub fn opening() -> Vec<Fact> {
    vec![
        setup(),
        Fact::Started,
        Fact::Policy(policy()),
        Fact::Roster(roster()),
        chain_owners(),
        alerts(&[]),
        sources(&[]),
    ]
}

/// A burn; its hash makes watchman 1 the submitter of the first slot.
pub fn burn(number: u8, amount: u64, batch: u8) -> Burn {
    let mut hash = [number; 32];
    let first = owners().iter().position(|one| *one == owner(1)).unwrap();
    hash[..8].copy_from_slice(&(u64::try_from(first).unwrap()).to_be_bytes());
    let batch = BatchRef { id: [batch; 32], height: u64::from(batch), time_ms: START_MS };
    let to = AccountId::Evm([0xee; 20]).to_string();
    Burn::new(EverHash::new(hash), batch, &eth_token(), CHAIN, &to, Amount::from(amount)).unwrap()
}

pub fn payload(burn: &Burn) -> Payload {
    Payload::of(burn, &vault()).unwrap()
}

pub fn deep(burn: &Burn) -> BurnFact {
    BurnFact::DepthReached { burn: burn.clone(), depth: DEPTH }
}

pub fn signature(number: u8, payload: &Payload) -> VerifiedSignature {
    VerifiedSignature::check(payload.digest(), &key(number).sign_digest(payload.digest().as_bytes())).unwrap()
}

pub fn signed(number: u8, payload: &Payload) -> SignedPayload {
    let sig = key(number).sign_digest(payload.digest().as_bytes());
    SignedPayload::check(payload.clone(), &sig).unwrap()
}
