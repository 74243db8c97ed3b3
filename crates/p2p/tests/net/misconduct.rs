//! Peers of the roster that send too much, or what cannot be read.

use crate::common::{self, ANY_PORT, Author, Hostile, Node, all_up, config, id, peer, roster};
use futures::future::join_all;
use p2p::{Limits, MESSAGE_LEN_MAX, SendError, Trouble};
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const TOPIC: &str = "everwatch/practice/burns";
const TAKEN: &[u8] = &[1];

/// Node 1, which has the key of the hostile peer 9 in its roster, and peer 2.
async fn victim(limits: Limits) -> (Node, Node) {
    let mut one = config(1, ANY_PORT, roster(&[peer(9, &[]), peer(2, &[])]));
    one.limits = limits;
    let one = Node::start(one).await;
    let two = Node::start(config(2, ANY_PORT, roster(&[peer(1, &[one.address()])]))).await;
    two.until_up(&[one.id]).await;
    one.until_up(&[two.id]).await;
    (one, two)
}

fn framed(message: &[u8]) -> Vec<u8> {
    [&u32::try_from(message.len()).unwrap().to_be_bytes(), message].concat()
}

fn stamped(age_ms: i64, message: &[u8]) -> Vec<u8> {
    let now_ms = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
    [(now_ms - age_ms).to_be_bytes().as_slice(), message].concat()
}

fn malformed(seen: &p2p::Presence) -> u64 {
    seen.peer(&id(9)).unwrap().counters.malformed
}

#[tokio::test]
async fn a_flood_is_taken_at_the_agreed_rate_only_and_does_not_hinder_others() {
    let limits = Limits { messages_per_s: 20, messages_burst: 50, faults_burst: 10_000, ..common::limits() };
    let (mut one, two) = victim(limits).await;
    let started = tokio::time::Instant::now();
    let mut outcomes: BTreeMap<String, u64> = BTreeMap::new();
    for _ in 0..100 {
        let sent = join_all((0..10).map(|_| two.handle.send(one.id, vec![7; 100]))).await;
        sent.into_iter().for_each(|sent| *outcomes.entry(format!("{sent:?}")).or_default() += 1);
    }
    let allowed = 50 + 20 * (started.elapsed().as_secs() + 1);
    let taken = outcomes.get("Ok(())").copied().unwrap();
    assert!((50..=allowed).contains(&taken), "{outcomes:?}");
    let too_fast = format!("{:?}", Err::<(), _>(SendError::TooFast(one.id)));
    assert_eq!(outcomes.get(&too_fast), Some(&(1_000 - taken)), "{outcomes:?}");
    let mut other = Hostile::connect(9, 1, one.address(), Author::Own).await;
    assert_eq!(other.send(&framed(b"in peace")).await.as_deref(), Some(TAKEN));
    for _ in 0..taken {
        assert_eq!(one.message().await.0, two.id);
    }
    assert_eq!(one.message().await.2, b"in peace");
}

#[tokio::test]
async fn a_caller_that_does_not_read_holds_bounded_memory_and_others_still_get_in() {
    let limits = Limits { messages_burst: 1_000, bytes_per_s: u32::MAX, ..common::limits() };
    let (mut one, two) = victim(limits).await;
    let mut refused = 0;
    for _ in 0..20 {
        match two.handle.send(one.id, vec![0; MESSAGE_LEN_MAX]).await {
            Ok(()) => {}
            Err(SendError::Busy(_)) => refused += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(refused, 13, "seven of the largest messages fit the share of a peer");
    let mut other = Hostile::connect(9, 1, one.address(), Author::Own).await;
    assert_eq!(other.send(&framed(b"x")).await.as_deref(), Some(TAKEN));
    for _ in 0..8 {
        one.message().await;
    }
    assert_eq!(two.handle.send(one.id, vec![0; MESSAGE_LEN_MAX]).await, Ok(()));
}

#[tokio::test]
async fn who_goes_on_flooding_is_shut_out_for_a_while() {
    let limits = Limits { messages_per_s: 1, messages_burst: 5, faults_burst: 20, ..common::limits() };
    let (one, two) = victim(limits).await;
    let shut = async {
        loop {
            if two.handle.send(one.id, vec![1]).await == Err(SendError::NotConnected(one.id)) {
                return;
            }
        }
    };
    tokio::time::timeout(common::PATIENCE, shut).await.expect("shut out");
    let seen = one.until_down(two.id).await;
    let second = seen.peer(&two.id).unwrap();
    assert_eq!(second.trouble, Some(Trouble::ShutOut));
    assert!(second.counters.taken <= 10, "{second:?}");
    // A second later it may come back.
    one.until_up(&[two.id]).await;
}

#[tokio::test]
async fn what_cannot_be_read_is_not_taken_and_counted_and_closes_only_its_stream() {
    let (mut one, _two) = victim(common::limits()).await;
    let mut hostile = Hostile::connect(9, 1, one.address(), Author::Own).await;
    let cases: [(&str, Vec<u8>); 6] = [
        ("no length", vec![]),
        ("half a length", vec![0, 0]),
        ("an empty message", framed(b"")),
        ("a byte less", framed(b"abc")[..6].to_vec()),
        ("a byte more", [framed(b"abc"), vec![0]].concat()),
        ("too long", framed(&vec![0; MESSAGE_LEN_MAX + 1])),
    ];
    for (count, (what, bytes)) in (1..).zip(&cases) {
        assert_eq!(hostile.send(bytes).await, None, "{what}");
        let seen = one.until(what, |seen| malformed(seen) >= count).await;
        assert_eq!(malformed(&seen), count, "{what}");
    }
    assert!(hostile.is_connected());
    assert_eq!(hostile.send(&framed(b"sane again")).await.as_deref(), Some(TAKEN));
    assert_eq!(one.message().await.2, b"sane again");
}

#[tokio::test]
async fn who_sends_nothing_readable_is_shut_out() {
    let (one, _two) = victim(Limits { faults_burst: 10, ..common::limits() }).await;
    let mut hostile = Hostile::connect(9, 1, one.address(), Author::Own).await;
    for _ in 0..12 {
        assert_eq!(hostile.send(&[1]).await, None);
    }
    let shut = |seen: &p2p::Presence| seen.peer(&id(9)).is_some_and(|peer| peer.trouble == Some(Trouble::ShutOut));
    let seen = one.until("shut out", shut).await;
    assert!(malformed(&seen) <= 12);
    hostile.until_closed().await;
}

#[tokio::test]
async fn a_broadcast_in_anothers_name_is_not_heard() {
    let (mut one, two) = victim(common::limits()).await;
    let mut forger = Hostile::connect(9, 1, one.address(), Author::Forged(2)).await;
    forger.until_heard().await;
    assert!(forger.broadcast(TOPIC, &stamped(0, b"forged")));
    forger.run(Duration::from_millis(500)).await;
    two.broadcast(b"true").await;
    let (from, _, bytes) = one.message().await;
    assert_eq!((from, bytes.as_slice()), (two.id, b"true".as_slice()));
}

#[tokio::test]
async fn a_broadcast_that_is_old_or_of_the_future_is_kept_out_and_counted() {
    let (mut one, _two) = victim(common::limits()).await;
    let mut hostile = Hostile::connect(9, 1, one.address(), Author::Own).await;
    hostile.until_heard().await;
    let minutes = 60_000;
    for (count, bytes) in (1..).zip([stamped(3 * minutes, b"old"), stamped(-3 * minutes, b"new"), b"short".to_vec()]) {
        assert!(hostile.broadcast(TOPIC, &bytes));
        hostile.during(one.until("counted", |seen| seen.broadcasts_refused >= count)).await;
    }
    assert!(hostile.broadcast(TOPIC, &stamped(minutes, b"a minute off")));
    assert_eq!(hostile.during(one.message()).await.2, b"a minute off");
}

#[tokio::test]
async fn a_flood_of_broadcasts_is_limited_by_its_author() {
    let limits = Limits { messages_per_s: 1, messages_burst: 5, faults_burst: 20, ..common::limits() };
    let (one, two) = victim(limits).await;
    let mut hostile = Hostile::connect(9, 1, one.address(), Author::Own).await;
    hostile.until_heard().await;
    for number in 0..60_u8 {
        hostile.broadcast(TOPIC, &stamped(0, &[number]));
        hostile.run(Duration::from_millis(5)).await;
    }
    let shut = |seen: &p2p::Presence| seen.peer(&id(9)).is_some_and(|peer| peer.trouble == Some(Trouble::ShutOut));
    let seen = hostile.during(one.until("shut out", shut)).await;
    assert!(seen.peer(&id(9)).unwrap().counters.taken <= 8);
    assert!(seen.peer(&two.id).unwrap().up, "others are not touched");
}

#[tokio::test]
async fn too_many_messages_under_way_to_one_peer_are_refused_here() {
    let nodes = all_up(2).await;
    let two = nodes[1].id;
    let sent = join_all((0..64).map(|_| nodes[0].handle.send(two, vec![0; MESSAGE_LEN_MAX]))).await;
    assert!(sent.contains(&Err(SendError::TooMany(two))), "{sent:?}");
    let known = [Ok(()), Err(SendError::TooMany(two)), Err(SendError::Busy(two)), Err(SendError::TooFast(two))];
    assert!(sent.iter().all(|sent| known.contains(sent)), "{sent:?}");
}
