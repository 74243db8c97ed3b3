//! What a seed decides beforehand: who takes part, what is burnt, which faults there are and when.

use super::rng::Rng;
use crate::burn::{BatchRef, Burn, Lock, Vault};
use crate::payload::Payload;
use crate::pipeline::{Setup, Timing};
use crate::policy::{Delay, Policy, TokenPolicy, Window};
use crate::roster::{Member, Roster};
use crate::signature::Owner;
use crypto::secp::EvmKey;
use everpay::{AccountId, Amount, EverHash, eth_token};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const CHAIN: &str = "ethereum";
/// When a run begins, Unix ms; a time like any other.
pub(super) const START_MS: u64 = 1_700_000_000_000;
pub(super) const MINUTE_MS: u64 = 60_000;
/// How long there are faults.
pub(super) const FAULTS_MS: u64 = 60 * MINUTE_MS;
const DEPTH: u64 = 15;
const WINDOW_HOURS: u32 = 1;
const WINDOW_MAX: u64 = 150;
const DELAY_ABOVE: u64 = 50;
const DELAY_MINUTES: u32 = 30;

/// A promise that the driver breaks on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sabotage {
    /// None.
    None,
    /// Entries are not written before their effects run.
    NoJournal,
    /// The chain's word is not asked for: nothing is ever released.
    DeafToChain,
    /// Whatever is asked is called deep enough.
    Shallow,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Honest,
    /// Signs other recipients, claims submissions that are not there, submits nothing.
    Liar,
    /// Signs, and never submits though it says so.
    Starver,
}

/// A span of time.
pub(super) type Span = (u64, u64);

pub(super) struct PlannedBurn {
    pub(super) burn: Burn,
    /// Another batch that holds it too, which is seen for a while and never settles.
    pub(super) sibling: Option<BatchRef>,
    pub(super) seen_ms: u64,
    /// When its batch is deep; never for one that a cheating coordinator showed for a while.
    pub(super) deep_ms: Option<u64>,
    /// When it is off the accepted chain again for a while.
    pub(super) dropped: Option<Span>,
    pub(super) payload: Option<Payload>,
}

pub(super) struct Plan {
    pub(super) kinds: Vec<Kind>,
    pub(super) keys: Vec<EvmKey>,
    pub(super) threshold: u32,
    pub(super) burns: Vec<PlannedBurn>,
    pub(super) vault: Vault,
    pub(super) loss_percent: u64,
    pub(super) delay_max_ms: u64,
    pub(super) crash_per_mille: u64,
    pub(super) reorg_percent: u64,
    pub(super) stuck_percent: u64,
    pub(super) failing_percent: u64,
    /// Who cannot hear whom: those of the set and the others.
    pub(super) partitions: Vec<(Span, BTreeSet<usize>)>,
    pub(super) alerts: Vec<(usize, Span)>,
    pub(super) disagreements: Vec<(usize, Span)>,
    /// Since when, and until people arm the vault again.
    pub(super) halts: Vec<Span>,
}

impl Plan {
    pub(super) fn new(rng: &mut Rng) -> Self {
        let count = usize::try_from(rng.between(3, 5)).expect("at most 5");
        let bad_max = (count - 1) / 2;
        let bad = rng.index(bad_max + 1);
        let kinds = (0..count).map(|place| match place {
            _ if place >= bad => Kind::Honest,
            _ if rng.chance(60) => Kind::Liar,
            _ => Kind::Starver,
        });
        let kinds: Vec<Kind> = kinds.collect();
        let keys = (1..=count).map(|number| {
            let secret = crypto::keccak256(&number.to_be_bytes());
            EvmKey::from_bytes(&secret).expect("a hash is below the order but for one chance in 2^127")
        });
        let vault = Vault { chain: CHAIN.to_owned(), lock: Lock::Evm { chain_id: 1, contract: [0x22; 20] } };
        let burns = (0..rng.between(2, 5)).map(|_| planned_burn(rng, &vault)).collect();
        let some_span = |rng: &mut Rng| {
            let from = rng.between(0, FAULTS_MS);
            (START_MS + from, START_MS + (from + rng.between(0, FAULTS_MS / 3)).min(FAULTS_MS))
        };
        let mut spans = |most: u64| (0..rng.between(0, most)).map(|_| some_span(rng)).collect::<Vec<_>>();
        let (partitions, alerts, disagreements, halts) = (spans(2), spans(2), spans(2), spans(1));
        let cut = |rng: &mut Rng| (0..count).filter(|_| rng.chance(50)).collect::<BTreeSet<_>>();
        let severity = rng.between(0, 2);
        Self {
            threshold: u32::try_from(count - bad_max).expect("at most 5"),
            keys: keys.collect(),
            burns,
            vault,
            loss_percent: 20 * severity,
            delay_max_ms: 1 + rng.between(0, 20_000) * severity,
            crash_per_mille: 30 * severity,
            reorg_percent: 4 * severity,
            stuck_percent: 30 * severity,
            failing_percent: 10 * severity,
            partitions: partitions.into_iter().map(|span| (span, cut(rng))).collect(),
            alerts: alerts.into_iter().map(|span| (rng.index(count), span)).collect(),
            disagreements: disagreements.into_iter().map(|span| (rng.index(count), span)).collect(),
            halts,
            kinds,
        }
    }

    pub(super) fn owner(&self, place: usize) -> Owner {
        Owner::new(self.keys[place].address())
    }

    pub(super) fn owners(&self) -> BTreeSet<Owner> {
        (0..self.keys.len()).map(|place| self.owner(place)).collect()
    }

    pub(super) fn is_honest(&self, place: usize) -> bool {
        self.kinds[place] == Kind::Honest
    }

    pub(super) fn setup(&self, place: usize) -> Setup {
        let vaults = BTreeMap::from([(CHAIN.to_owned(), self.vault.clone())]);
        Setup { me: self.owner(place), vaults, depth_min: DEPTH, timing: Timing::default() }
    }

    pub(super) fn roster(&self) -> Roster {
        let member = |place: usize| Member {
            owner: self.owner(place),
            peer: format!("peer {place}"),
            name: format!("watchman {place}"),
            since_ms: 0,
        };
        Roster::new(48, (0..self.keys.len()).map(member).collect()).expect("distinct members")
    }

    pub(super) fn policy(&self, place: usize) -> Policy {
        let token = TokenPolicy {
            payout_max: Amount::from(100_u64),
            window: Some(Window { hours: WINDOW_HOURS, max: Amount::from(WINDOW_MAX) }),
            recipient: None,
            delay: Some(Delay { above: Amount::from(DELAY_ABOVE), minutes: DELAY_MINUTES }),
            // Some ask people less often than others.
            auto_up_to: Amount::from([10_u64, 40, 100][place % 3]),
        };
        let tokens = BTreeMap::from([(eth_token().tag(), token)]);
        let policy = Policy { version: 1, stopped: false, tokens, deny: BTreeSet::new(), allow: None };
        policy.checked().expect("limits in their order")
    }

    pub(super) fn depth(&self) -> u64 {
        DEPTH
    }
}

fn planned_burn(rng: &mut Rng, vault: &Vault) -> PlannedBurn {
    let seen_ms = START_MS + rng.between(0, 30) * MINUTE_MS;
    let batch = |rng: &mut Rng| BatchRef { id: rng.bytes32(), height: 1, time_ms: seen_ms };
    let to = if rng.chance(5) { [0x22; 20] } else { [0xee; 20] };
    let to = AccountId::Evm(to).to_string();
    let most = if rng.chance(50) { 10 } else { 100 };
    let amount = Amount::from(rng.between(1, most));
    let (hash, first) = (EverHash::new(rng.bytes32()), batch(rng));
    let burn = Burn::new(hash, first, &eth_token(), CHAIN, &to, amount).expect("ETH is paid in the ledger's units");
    let is_real = !rng.chance(15);
    let deep_ms = is_real.then(|| seen_ms + rng.between(2, 10) * MINUTE_MS);
    let dropped = deep_ms.filter(|_| rng.chance(15)).map(|deep_ms| {
        let from = deep_ms + rng.between(0, 10) * MINUTE_MS;
        (from, from + rng.between(1, 10) * MINUTE_MS)
    });
    let sibling = rng.chance(30).then(|| batch(rng));
    let payload = Payload::of(&burn, vault).ok();
    PlannedBurn { burn, sibling, seen_ms, deep_ms, dropped, payload }
}

impl PlannedBurn {
    pub(super) fn is_deep(&self, at_ms: u64) -> bool {
        self.deep_ms.is_some_and(|deep| at_ms >= deep) && !self.dropped.is_some_and(|span| within(span, at_ms))
    }

    pub(super) fn is_payable(&self) -> bool {
        self.deep_ms.is_some() && self.payload.is_some()
    }

    pub(super) fn waits_ms(&self) -> u64 {
        let delayed = self.burn.amount > Amount::from(DELAY_ABOVE);
        if delayed { u64::from(DELAY_MINUTES) * MINUTE_MS } else { 0 }
    }
}

pub(super) fn within((from, to): Span, at_ms: u64) -> bool {
    (from..to).contains(&at_ms)
}
