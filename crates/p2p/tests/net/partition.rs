//! Peers that vanish and return.

use crate::common::{self, ANY_PORT, Mode, Node, Proxy, all_up, config, id, peer, roster};
use p2p::{Event, SendError, Trouble};

/// Two peers who reach each other only through a proxy.
async fn through_proxy() -> (Node, Node, Proxy) {
    let two = Node::start(config(2, ANY_PORT, roster(&[peer(1, &[])]))).await;
    let proxy = Proxy::to(two.address()).await;
    let one = Node::start(config(1, ANY_PORT, roster(&[peer(2, &[proxy.address])]))).await;
    one.until_up(&[id(2)]).await;
    two.until_up(&[id(1)]).await;
    (one, two, proxy)
}

#[tokio::test]
async fn a_cut_connection_is_made_again_each_time() {
    let (mut one, mut two, proxy) = through_proxy().await;
    for round in 0..5_u8 {
        one.handle.send(two.id, vec![round]).await.unwrap();
        assert_eq!(two.message().await.2, [round]);
        proxy.set(Mode::Cut);
        one.until_down(two.id).await;
        two.until_down(one.id).await;
        assert_eq!(one.handle.send(two.id, vec![round]).await, Err(SendError::NotConnected(two.id)));
        proxy.set(Mode::Open);
        one.until_up(&[two.id]).await;
        two.until_up(&[one.id]).await;
    }
    let mut told = Vec::new();
    while told.len() < 11 {
        told.push(one.next().await);
    }
    let expected: Vec<Event> =
        (0..11).map(|at| if at % 2 == 0 { Event::PeerUp(two.id) } else { Event::PeerDown(two.id) }).collect();
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_way_that_loses_everything_silently_is_noticed_and_heals() {
    let (one, mut two, proxy) = through_proxy().await;
    proxy.set(Mode::BlackHole);
    let lost = one.handle.send(two.id, b"lost?".to_vec()).await;
    assert_eq!(lost, Err(SendError::Unacknowledged(two.id)));
    let seen = one.until_down(two.id).await;
    assert_eq!(seen.peer(&two.id).unwrap().trouble, Some(Trouble::Silent));
    two.until_down(one.id).await;
    proxy.set(Mode::Open);
    one.until_up(&[two.id]).await;
    two.until_up(&[one.id]).await;
    one.handle.send(two.id, b"found".to_vec()).await.unwrap();
    while two.message().await.2 != b"found" {}
}

#[tokio::test]
async fn one_of_three_is_killed_and_comes_back_while_the_others_go_on() {
    let mut nodes = all_up(3).await;
    let third = nodes.pop().unwrap();
    let (address, id) = (third.address(), third.id);
    third.handle.stop().await;
    for node in &nodes {
        node.until_down(id).await;
    }
    let [one, two] = [nodes[0].id, nodes[1].id];
    nodes[0].handle.send(two, b"still here".to_vec()).await.unwrap();
    assert_eq!(nodes[1].message().await.2, b"still here");
    let peers = [peer(1, &[nodes[0].address()]), peer(2, &[nodes[1].address()])];
    let mut third = Node::start(config(3, &address.to_string(), roster(&peers))).await;
    third.until_up(&[one, two]).await;
    for node in &nodes {
        node.until_up(&[id]).await;
        node.handle.send(id, b"welcome".to_vec()).await.unwrap();
        assert_eq!(third.message().await, (node.id, p2p::Via::Direct, b"welcome".to_vec()));
    }
    third.broadcast(b"again").await;
    for node in &mut nodes {
        while node.message().await.2 != b"again" {}
    }
}

#[tokio::test]
async fn dropping_the_last_handle_ends_the_network() {
    let mut nodes = all_up(2).await;
    let Node { handle, mut events, id, .. } = nodes.pop().unwrap();
    drop(handle);
    nodes[0].until_down(id).await;
    let rest = tokio::time::timeout(common::PATIENCE, async { while events.next().await.is_some() {} });
    rest.await.expect("the events end");
}
