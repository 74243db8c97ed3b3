//! Who may connect: the keys of the roster and nobody else, whatever their address.

use crate::common::{ANY_PORT, Node, all_up, config, id, peer, roster};
use p2p::{Event, SendError, Trouble};
use std::time::Duration;

fn has(trouble: Trouble, id: p2p::PeerId) -> impl FnMut(&p2p::Presence) -> bool {
    move |presence| presence.peer(&id).is_some_and(|peer| peer.trouble == Some(trouble))
}

#[tokio::test]
async fn a_stranger_is_turned_away_and_counted() {
    let mut nodes = all_up(2).await;
    let stranger = Node::start(config(9, ANY_PORT, roster(&[peer(1, &[nodes[0].address()])]))).await;
    stranger.until("turned away", has(Trouble::TurnedAway, nodes[0].id)).await;
    nodes[0].until("counted", |presence| presence.strangers >= 2).await;
    assert_eq!(stranger.handle.send(nodes[0].id, vec![1]).await, Err(SendError::NotConnected(nodes[0].id)));
    // It never was up, and those who belong here are not disturbed.
    assert!(!stranger.handle.presence().peer(&nodes[0].id).unwrap().up);
    nodes[1].handle.send(nodes[0].id, vec![1]).await.unwrap();
    assert_eq!(nodes[0].next().await, Event::PeerUp(nodes[1].id));
    assert_eq!(nodes[0].message().await.0, nodes[1].id);
}

#[tokio::test]
async fn another_key_at_the_address_of_a_peer_is_refused_and_named() {
    let one = Node::alone(1).await;
    let impostor = Node::start(config(9, ANY_PORT, roster(&[peer(1, &[])]))).await;
    one.know(&[peer(2, &[impostor.address()])]).await;
    one.until("another identity", has(Trouble::OtherIdentity, id(2))).await;
    assert_eq!(one.handle.send(id(2), vec![1]).await, Err(SendError::NotConnected(id(2))));
    let seen = impostor.handle.presence();
    assert!(!seen.peer(&one.id).unwrap().up, "the impostor gets no connection either");
}

#[tokio::test]
async fn an_impostor_at_one_address_does_not_hide_the_peer_at_another() {
    let one = Node::alone(1).await;
    let two = Node::start(config(2, ANY_PORT, roster(&[peer(1, &[])]))).await;
    let impostor = Node::start(config(9, ANY_PORT, roster(&[peer(1, &[])]))).await;
    one.know(&[peer(2, &[impostor.address(), two.address()])]).await;
    one.until_up(&[two.id]).await;
}

#[tokio::test]
async fn peers_of_another_network_do_not_get_past_the_handshake() {
    let one = Node::alone(1).await;
    let mut other = config(2, ANY_PORT, roster(&[peer(1, &[one.address()])]));
    other.network = "real".parse().unwrap();
    let other = Node::start(other).await;
    one.know(&[peer(2, &[])]).await;
    other.until("unreachable", has(Trouble::Unreachable, one.id)).await;
    one.until("counted", |presence| presence.strangers > 0).await;
    assert!(!one.handle.presence().peer(&other.id).unwrap().up);
}

#[tokio::test]
async fn who_leaves_the_roster_is_disconnected_at_once_and_may_come_back() {
    let mut nodes = all_up(2).await;
    let [one, two] = [nodes[0].id, nodes[1].id];
    nodes[0].know(&[]).await;
    assert_eq!(nodes[0].handle.send(two, vec![1]).await, Err(SendError::NotInRoster(two)));
    assert!(nodes[0].handle.presence().peers.is_empty());
    let down = nodes[1].until_down(one).await;
    assert!(matches!(down.peer(&one).unwrap().trouble, Some(Trouble::Gone | Trouble::TurnedAway)));
    for node in &mut nodes {
        assert!(matches!(node.next().await, Event::PeerUp(_)));
        assert!(matches!(node.next().await, Event::PeerDown(_)));
    }
    // Turned away for a while, it dials less often but still.
    tokio::time::sleep(Duration::from_millis(500)).await;
    nodes[0].know(&[peer(2, &[])]).await;
    nodes[0].until_up(&[two]).await;
    nodes[1].until_up(&[one]).await;
    nodes[1].handle.send(one, b"back".to_vec()).await.unwrap();
    assert_eq!(nodes[0].message().await.2, b"back");
}

#[tokio::test]
async fn a_peer_that_moves_is_found_at_its_new_address() {
    let one = Node::alone(1).await;
    let nowhere = { std::net::TcpListener::bind(ANY_PORT).unwrap().local_addr().unwrap() };
    one.know(&[peer(2, &[nowhere])]).await;
    one.until("unreachable", has(Trouble::Unreachable, id(2))).await;
    let two = Node::start(config(2, ANY_PORT, roster(&[peer(1, &[])]))).await;
    one.know(&[peer(2, &[two.address()])]).await;
    one.until_up(&[two.id]).await;
}
