//! Refresh, removal, repair.

use ceremony::{State, Task};

use crate::common::{circle, make_key};
use crate::signing::sign;

#[tokio::test(flavor = "multi_thread")]
async fn after_a_refresh_the_key_is_the_same_and_every_old_share_is_gone() {
    let members = circle(3).await;
    let group = make_key(&members, 2).await;
    let before = members[0].see().await.keys[0].clone();
    let id = members[0].view().begin(group, Task::Refresh).await.unwrap().row.id;
    for member in &members[1..] {
        member.agree(id).await;
    }
    for member in &members {
        member.until_state(id, State::Done).await;
        let all = member.see().await;
        let key = &all.keys[0];
        assert_eq!((key.key, key.generation, key.share), (before.key, 1, true));
        assert_ne!(key.group, group);
        let shares = member.session.entries(crate::common::now_ms()).unwrap();
        let shares = shares.iter().filter(|entry| entry.identity.kind() == keystore::Kind::Share).count();
        assert_eq!(shares, 2, "the ceremony key and one share");
    }
    sign(&members, &[0, 2]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_member_hears_it_and_holds_no_share_any_more() {
    let members = circle(3).await;
    let group = make_key(&members, 2).await;
    let id = members[0].view().begin(group, Task::Remove { number: 3 }).await.unwrap().row.id;
    members[1].agree(id).await;
    members[1].until_state(id, State::Done).await;
    members[2].until("being removed", |all| (!all.keys[0].share && all.keys[0].members.len() == 2).then_some(())).await;
    let entries = members[2].session.entries(crate::common::now_ms()).unwrap();
    assert_eq!(entries.len(), 1, "the ceremony key alone");
    sign(&members[..2], &[0, 1]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_share_comes_back_from_the_others_and_signs() {
    let mut members = circle(3).await;
    let group = make_key(&members, 2).await;
    members[2].stop().await;
    let entries = members[2].session.entries(crate::common::now_ms()).unwrap();
    let share = entries.iter().find(|entry| entry.label.as_str().starts_with("Vault")).unwrap();
    members[2].session.remove(share.id(), crate::common::now_ms()).unwrap();
    members[2].start(true).await;
    crate::common::acquaint(&members).await;
    members[2].until("the loss", |all| (!all.keys[0].share).then_some(())).await;
    let id = members[2].view().begin(group, Task::Repair { number: 3 }).await.unwrap().row.id;
    for member in &members[..2] {
        member.agree(id).await;
    }
    for member in &members {
        member.until_state(id, State::Done).await;
    }
    assert!(members[2].see().await.keys[0].share);
    let before = members[2].heard();
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert!(members[2].heard() < before + 20, "who came to the end is quiet");
    sign(&members, &[1, 2]).await;
}
