//! A member that is connected to nothing: people carry every message.

use ceremony::{Id, Invite, Network, Overview, SessionState, State};

use crate::common::{Member, circle};
use crate::signing::{approve, spend, until};

/// Carries everything between two members, both ways.
async fn carry(one: &Member, other: &Member, id: Id, numbers: (u16, u16)) {
    for (from, to, number) in [(one, other, numbers.1), (other, one, numbers.0)] {
        if let Ok(parts) = from.view().carry(id, number).await
            && !parts.is_empty()
        {
            to.view().take(parts.join("\n")).await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_without_any_connection_makes_a_key_and_signs_with_the_others() {
    let mut members = circle(2).await;
    let mut alone = Member::new(3);
    alone.start(false).await;
    members.push(alone);
    for at in 0..2 {
        let introduced = members[2].view().introduce().await.unwrap();
        assert_eq!(introduced.len(), 1);
        members[at].view().take(introduced[0].clone()).await.unwrap();
    }
    let known = |all: &Overview| (all.peers.iter().filter(|peer| peer.key.is_some()).count() == 3).then_some(());
    members[0].until("the third's key", known).await;
    let peers = members[1..].iter().map(|member| member.peer.to_string()).collect();
    let invite = Invite { label: "Cold vault".into(), network: Network::Regtest, threshold: 2, peers };
    let id = members[0].view().invite(invite).await.unwrap().row.id;
    carry(&members[0], &members[2], id, (1, 3)).await;
    for member in &members {
        member.agree(id).await;
    }
    for _ in 0..12 {
        carry(&members[0], &members[2], id, (1, 3)).await;
        carry(&members[1], &members[2], id, (2, 3)).await;
    }
    for member in &members {
        member.until_state(id, State::Done).await;
    }
    let group = members[0].see().await.keys[0].group;
    let asked = members[2].view().ask_to_sign(group, spend(&members[2]).await).await.unwrap().row.id;
    approve(&members[2], asked).await;
    carry(&members[2], &members[1], asked, (3, 2)).await;
    approve(&members[1], asked).await;
    for _ in 0..4 {
        carry(&members[1], &members[2], asked, (2, 3)).await;
    }
    until(&members[2], asked, SessionState::Signed).await;
    until(&members[1], asked, SessionState::Signed).await;
    let other = members[0].view().take("EVERWATCH-1:1/1:0000000000000000:AAAA".to_owned()).await.unwrap_err();
    assert_eq!(other.code(), "carried");
}
