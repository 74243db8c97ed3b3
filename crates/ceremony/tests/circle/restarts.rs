//! Starts in the middle, locked keystores, backups.

use ceremony::{AskError, Id, State, Task};
use zeroize::Zeroizing;

use crate::common::{acquaint, circle, invite, make_key};
use crate::signing::sign;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_made_is_there_after_a_new_start_and_signs() {
    let mut members = circle(3).await;
    let group = make_key(&members, 2).await;
    for member in &mut members {
        member.stop().await;
        member.unlock();
        member.start(true).await;
    }
    acquaint(&members).await;
    for member in &members {
        assert_eq!(member.see().await.keys[0].group, group);
    }
    sign(&members, &[0, 1]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_keystore_is_said_and_the_ceremony_goes_on_when_it_opens() {
    let mut members = circle(2).await;
    let id = invite(&members, 2).await;
    members[0].agree(id).await;
    members[1].agree(id).await;
    members[0].until_state(id, State::Done).await;
    let group = members[0].see().await.keys[0].group;
    members[1].session.lock();
    let refused = members[1].view().begin(group, Task::Refresh).await.unwrap_err();
    assert!(matches!(refused, AskError::Locked));
    let again = members[0].view().begin(group, Task::Refresh).await.unwrap().row.id;
    members[1].until("an invitation", |all| all.ceremonies.iter().any(|row| row.id == again).then_some(())).await;
    assert!(members[1].see().await.troubles.iter().any(|note| note.code == "keystore_locked"));
    assert_eq!(members[1].view().join(again).await.unwrap_err().code(), "keystore_locked");
    members[1].unlock();
    let session = std::sync::Arc::clone(&members[1].session);
    members[1].view().unlock(session).await.unwrap();
    members[1].agree(again).await;
    for member in &members {
        member.until_state(again, State::Done).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_restores_the_share_and_is_outdated_after_a_refresh() {
    let members = circle(2).await;
    let group = make_key(&members, 2).await;
    let password = || Zeroizing::new("a long password".to_owned());
    let backup = members[1].view().backup(group, password()).await.unwrap();
    members[1].view().backed_up(group).await.unwrap();
    members[1].view().drill(group, backup.clone(), password()).await.unwrap();
    let wrong = members[1].view().drill(group, backup.clone(), Zeroizing::new("another".into())).await.unwrap_err();
    assert_eq!(wrong.code(), "wrong_password");
    let key = members[1].see().await.keys[0].clone();
    assert!(key.backed_up_ms.is_some() && key.drilled_ms.is_some());
    let entries = members[1].session.entries(crate::common::now_ms()).unwrap();
    let share = entries.iter().find(|entry| entry.label.as_str().starts_with("Vault")).unwrap();
    members[1].session.remove(share.id(), crate::common::now_ms()).unwrap();
    let opened = members[1].view().open_backup(backup.clone(), password()).await.unwrap();
    assert_eq!(opened.number(), 2);
    members[1].view().restore(opened, None).await.unwrap();
    sign(&members, &[0, 1]).await;
    let id = members[0].view().begin(group, Task::Refresh).await.unwrap().row.id;
    members[1].agree(id).await;
    for member in &members {
        member.until_state(id, State::Done).await;
    }
    let opened = members[1].view().open_backup(backup, password()).await.unwrap();
    assert_eq!(members[1].view().restore(opened, None).await.unwrap_err().code(), "outdated");
    assert!(members[1].see().await.keys[0].backed_up_ms.is_none(), "no backup of this generation");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_is_not_taken_up_again_after_a_restart() {
    let mut members = circle(2).await;
    make_key(&members, 2).await;
    let done: Id = members[0].see().await.ceremonies[0].id;
    members[1].stop().await;
    members[1].start(true).await;
    acquaint(&members).await;
    let all = members[1].see().await;
    assert_eq!(all.ceremonies.iter().filter(|row| row.id == done).count(), 1);
    assert_eq!(all.ceremonies[0].state, State::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_between_the_key_and_its_ceremony_leaves_nobody_in_doubt() {
    let mut members = circle(2).await;
    make_key(&members, 2).await;
    let done = members[0].see().await.ceremonies[0].id;
    members[1].stop().await;
    let path = members[1].folder.path().join(format!("ceremonies/ceremony-{done}.json"));
    let mut file: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert!(!file["record"]["doubt"].is_null(), "its word was given");
    file["record"]["phase"] = "doubtful".into();
    file["record"]["outcome"] = serde_json::Value::Null;
    file["record"]["endedMs"] = serde_json::Value::Null;
    std::fs::write(&path, file.to_string()).unwrap();
    members[1].start(true).await;
    members[1].until_state(done, State::Done).await;
}
