//! Messages between peers who know each other, over real sockets.

use crate::common::{ANY_PORT, Node, all_up, config, id, peer, roster, topic};
use p2p::{BroadcastError, Event, Limits, MESSAGE_LEN_MAX, SendError, StartError, Via};
use std::collections::BTreeSet;

#[tokio::test]
async fn three_peers_exchange_messages_and_broadcasts() {
    let mut nodes = all_up(3).await;
    for from in 0..3 {
        for to in 0..3 {
            if from != to {
                let text = format!("{from} to {to}").into_bytes();
                nodes[from].handle.send(nodes[to].id, text.clone()).await.unwrap();
                assert_eq!(nodes[to].message().await, (nodes[from].id, Via::Direct, text));
            }
        }
    }
    nodes[0].broadcast(b"to all").await;
    // Who did not listen yet when it left hears it from the others.
    for number in [1, 2] {
        let heard = nodes[number].message().await;
        assert_eq!(heard, (nodes[0].id, Via::Topic(topic()), b"to all".to_vec()));
    }
    let (second, counted) = (nodes[1].id, |counters: p2p::Counters| (counters.acknowledged, counters.taken) == (1, 1));
    let known = nodes[0].until("counted", |seen| seen.peer(&second).is_some_and(|peer| counted(peer.counters))).await;
    let second = known.peer(&second).unwrap();
    assert!(second.last_seen_ms.is_some_and(|seen_ms| seen_ms >= second.since_ms));
    assert_eq!((known.strangers, known.broadcasts_refused), (0, 0));
}

#[tokio::test]
async fn coming_up_is_told_before_the_first_message_and_once() {
    let mut nodes = all_up(2).await;
    nodes[0].handle.send(nodes[1].id, b"x".to_vec()).await.unwrap();
    let first = nodes[0].id;
    assert_eq!(nodes[1].next().await, Event::PeerUp(first));
    assert!(matches!(nodes[1].next().await, Event::Message { from, .. } if from == first));
}

#[tokio::test]
async fn a_message_of_the_largest_size_passes_both_ways_and_a_larger_one_does_not_leave() {
    let mut nodes = all_up(2).await;
    let [one, two] = [nodes[0].id, nodes[1].id];
    let largest = vec![0xab; MESSAGE_LEN_MAX];
    nodes[0].handle.send(two, largest.clone()).await.unwrap();
    assert_eq!(nodes[1].message().await, (one, Via::Direct, largest.clone()));
    nodes[1].broadcast(&largest).await;
    assert_eq!(nodes[0].message().await, (two, Via::Topic(topic()), largest));
    for len in [0, MESSAGE_LEN_MAX + 1] {
        assert_eq!(nodes[0].handle.send(two, vec![0; len]).await, Err(SendError::Length(len)));
        let broadcast = nodes[0].handle.broadcast(&topic(), vec![0; len]).await;
        assert_eq!(broadcast, Err(BroadcastError::Length(len)));
    }
}

#[tokio::test]
async fn a_broadcast_reaches_whom_only_another_reaches() {
    let (mut one, middle, mut two) = (Node::alone(1).await, Node::alone(2).await, Node::alone(3).await);
    let at_middle = peer(2, &[middle.address()]);
    // Neither knows where the other is.
    one.know(&[at_middle.clone(), peer(3, &[])]).await;
    two.know(&[at_middle, peer(1, &[])]).await;
    middle.know(&[peer(1, &[]), peer(3, &[])]).await;
    middle.until_up(&[one.id, two.id]).await;
    one.until_up(&[middle.id]).await;
    two.until_up(&[middle.id]).await;
    one.broadcast(b"through the middle").await;
    assert_eq!(two.message().await, (one.id, Via::Topic(topic()), b"through the middle".to_vec()));
    two.broadcast(b"and back").await;
    assert_eq!(one.message().await, (two.id, Via::Topic(topic()), b"and back".to_vec()));
    assert_eq!(one.handle.send(two.id, b"x".to_vec()).await, Err(SendError::NotConnected(two.id)));
}

#[tokio::test]
async fn each_message_arrives_once_even_if_it_comes_many_ways() {
    let mut nodes = all_up(4).await;
    for number in 0..20_u8 {
        nodes[0].broadcast(&[number]).await;
    }
    let mut heard = Vec::new();
    while heard.len() < 20 {
        heard.push(nodes[3].message().await.2[0]);
    }
    assert_eq!(heard.iter().copied().collect::<BTreeSet<u8>>().len(), 20, "{heard:?}");
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_by_its_name() {
    let node = Node::alone(1).await;
    let (stranger, absent) = (id(9), id(2));
    node.know(&[peer(2, &[])]).await;
    assert_eq!(node.handle.send(stranger, vec![1]).await, Err(SendError::NotInRoster(stranger)));
    assert_eq!(node.handle.send(node.id, vec![1]).await, Err(SendError::NotInRoster(node.id)));
    assert_eq!(node.handle.send(absent, vec![1]).await, Err(SendError::NotConnected(absent)));
    assert_eq!(node.handle.broadcast(&topic(), vec![1]).await, Err(BroadcastError::Nobody));
    let other = "other".parse().unwrap();
    assert_eq!(node.handle.broadcast(&other, vec![1]).await, Err(BroadcastError::Topic));
    let handle = node.handle.clone();
    node.handle.stop().await;
    assert!(matches!(handle.send(absent, vec![1]).await, Err(SendError::Stopped(_))));
}

#[tokio::test]
async fn a_network_that_cannot_run_does_not_start() {
    let taken = Node::alone(1).await;
    let again = p2p::start(config(2, &taken.address().to_string(), roster(&[]))).await;
    assert!(matches!(again, Err(StartError::Listen { address, .. }) if address == taken.address()));
    let mut slow = config(2, ANY_PORT, roster(&[]));
    slow.limits = Limits { bytes_per_s: 1_000, ..slow.limits };
    assert!(matches!(p2p::start(slow).await, Err(StartError::Limits("bytes_per_s"))));
    let mut talkative = config(2, ANY_PORT, roster(&[]));
    talkative.topics = (0..9).map(|number| format!("t{number}").parse().unwrap()).collect();
    assert!(matches!(p2p::start(talkative).await, Err(StartError::Topics)));
}
