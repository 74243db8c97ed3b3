//! kill -9 of coordinator and detector under load, again and again: nothing acknowledged is lost, doubled or reordered,
//! and the detector that was killed ends at the root of one that was not.
//!
//! `ROUNDS` (10) and `SEED` (1) choose how many and which; `make soak` runs hundreds.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use devnet::{Api, Nonces, NotPosted, Payer, Payments};
use everpay::AccountId;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tests::{Setup, World, accepted_chain, evm};
use tokio::task::JoinSet;

const AR: u128 = 1_000_000_000_000;
const CLIENTS: u8 = 4;

/// One transaction as its sender saw it.
#[derive(Debug)]
struct Sent {
    hash: String,
    from: String,
    nonce: u64,
    began: Instant,
    /// When the acknowledgement arrived; `None`: no answer, so it may or may not have been accepted.
    acknowledged: Option<Instant>,
}

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().map_or(usual, |text| text.parse().unwrap())
}

/// Pays small sums to others until told to stop; one request at a time, as a wallet does.
async fn client(api: Api, payments: Payments, payer: Payer, to: AccountId, stop: Arc<AtomicBool>) -> Vec<Sent> {
    let (mut sent, mut nonces) = (Vec::new(), Nonces::default());
    while !stop.load(Ordering::Relaxed) {
        let nonce = nonces.fresh();
        let payment = payments.transfer(&payer, &to, u128::from(nonce % 1000), nonce);
        let began = Instant::now();
        let acknowledged = match api.post(&payment).await {
            Ok(()) => Some(Instant::now()),
            Err(NotPosted::Unknown(_)) => None,
            Err(refused @ NotPosted::Refused { .. }) => {
                assert!(is_momentary(&refused), "{refused}");
                None
            }
        };
        let (hash, from) = (payment.ever_hash().to_string(), payment.from.clone());
        sent.push(Sent { hash, from, nonce, began, acknowledged });
        tokio::time::sleep(Duration::from_millis(if acknowledged.is_some() { 15 } else { 50 })).await;
    }
    sent
}

/// Refusals that a coordinator may give while it starts or stops; anything else would be a wrong verdict.
fn is_momentary(refused: &NotPosted) -> bool {
    matches!(refused, NotPosted::Refused { status: 429 | 503, .. })
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_at_any_moment_loses_doubles_and_reorders_nothing() {
    let (rounds, seed) = (number("ROUNDS", 10), number("SEED", 1));
    let mut rng = StdRng::seed_from_u64(seed);
    let mut world = World::with_coordinator(Setup::default()).await;
    let rich = world.deposit(100 * AR).await;
    for number in 1..=CLIENTS {
        world.pay(&rich, &evm(number).account(), 10 * AR).await;
    }
    let stop = Arc::new(AtomicBool::new(false));
    let mut clients = JoinSet::new();
    for number in 1..=CLIENTS {
        let to = evm(number % CLIENTS + 1).account();
        clients.spawn(client(world.api.clone(), world.payments.clone(), evm(number), to, Arc::clone(&stop)));
    }
    let mut detector = world.start_detector("killed");
    for round in 0..rounds {
        tokio::time::sleep(Duration::from_millis(rng.random_range(300..2_500))).await;
        match rng.random_range(0..3) {
            0 => {
                world.kill_coordinator().await;
                world.start_coordinator().await;
            }
            1 => {
                detector.kill().await;
                detector = world.start_detector("killed");
            }
            _ => {
                world.kill_coordinator().await;
                detector.kill().await;
                detector = world.start_detector("killed");
                world.start_coordinator().await;
            }
        }
        assert!(!clients.is_empty(), "round {round}");
    }
    stop.store(true, Ordering::Relaxed);
    let sent: Vec<Sent> = clients.join_all().await.into_iter().flatten().collect();
    // Something that comes after everything, so that settled means all of it.
    world.pay(&rich, &evm(1).account(), 1).await;
    let root = world.settled_root().await;
    detector.kill().await;

    let acknowledged = sent.iter().filter(|sent| sent.acknowledged.is_some()).count();
    assert!(acknowledged as u64 > rounds * 5, "hardly any load: {acknowledged} of {}", sent.len());
    check_chain(&world, &sent).await;
    for folder in ["killed", "uninterrupted"] {
        let detection = world.detect_once(folder).await;
        assert_eq!((detection.code, &detection.state_root), (Some(0), &root), "{folder}, seed {seed}: {detection:?}");
        assert_eq!(detection.rejected, 0, "{folder}: {detection:?}");
    }
}

/// What lies on Arweave against what the senders saw.
async fn check_chain(world: &World, sent: &[Sent]) {
    let batches = accepted_chain(&world.gateway.client(), &world.owner.address()).await;
    let chain: Vec<_> = batches.iter().flat_map(|batch| &batch.transactions).collect();
    let hashes: Vec<String> = chain.iter().map(|tx| tx.ever_hash().to_string()).collect();
    let mut places = HashMap::new();
    for (place, hash) in hashes.iter().enumerate() {
        assert_eq!(places.insert(hash.as_str(), place), None, "{hash} is on the chain twice");
    }
    let mut last_nonce = HashMap::new();
    for tx in &chain {
        let nonce: u64 = tx.nonce.parse().unwrap();
        let before = last_nonce.insert(tx.from.clone(), nonce);
        assert!(before.is_none_or(|before| before < nonce), "{} is out of order", tx.ever_hash());
    }
    let mut placed: Vec<(usize, &Sent)> = Vec::new();
    for sent in sent {
        match places.get(sent.hash.as_str()) {
            Some(place) => placed.push((*place, sent)),
            None => {
                assert!(sent.acknowledged.is_none(), "{} of {} was acknowledged and is lost", sent.nonce, sent.from)
            }
        }
    }
    // Whatever was acknowledged before another was even sent must stand before it.
    placed.sort_by_key(|(place, _)| *place);
    let mut first_ack_later = None::<Instant>;
    for (place, sent) in placed.iter().rev() {
        let late = first_ack_later.is_some_and(|acknowledged| acknowledged < sent.began);
        assert!(!late, "item {place} was sent after a later one had been acknowledged");
        first_ack_later = first_ack_later.into_iter().chain(sent.acknowledged).min();
    }
}
