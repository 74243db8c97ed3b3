//! Key generation.

use ceremony::{AskError, MarkState, State};

use crate::common::{circle, invite, make_key};

#[tokio::test(flavor = "multi_thread")]
async fn three_members_make_one_key_and_every_one_of_them_has_a_share() {
    let members = circle(3).await;
    let group = make_key(&members, 2).await;
    for member in &members {
        let all = member.see().await;
        let key = all.keys.first().unwrap();
        assert_eq!((key.group, key.threshold, key.members.len(), key.share), (group, 2, 3, true));
        let detail = member.view().ceremony(all.ceremonies[0].id).await.unwrap();
        let marks = detail.members.iter().flat_map(|member| &member.marks);
        assert!(marks.into_iter().all(|mark| matches!(mark.state, MarkState::Sent | MarkState::Valid)));
        assert_eq!(detail.rounds, ["commitments", "echo", "values", "confirmation"]);
    }
    let addresses = [members[0].view().address(group, None).await, members[2].view().address(group, None).await];
    let [one, other] = addresses.map(Result::unwrap);
    assert_eq!(one, other);
    assert!(one.address.starts_with("bcrt1p"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_joins_before_the_words_of_all_others_were_compared() {
    let members = circle(3).await;
    let id = invite(&members, 2).await;
    members[0].view().compare(id, 2).await.unwrap();
    let refused = members[0].view().join(id).await.unwrap_err();
    assert_eq!(refused.code(), "not_compared");
    let own = members[0].view().compare(id, 1).await.unwrap_err();
    assert!(matches!(own, AskError::Refused { code: "number", .. }));
    let seen = members[1].until_state(id, State::Invited).await;
    assert!(seen.row.my_turn && !seen.members.iter().any(|member| member.joined));
    assert_eq!(seen.words, members[0].view().ceremony(id).await.unwrap().words);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_falls_silent_is_named_and_the_others_begin_again_without() {
    let members = circle(3).await;
    let id = invite(&members, 2).await;
    members[2].agree(id).await;
    // Its machine cannot begin; the others' do, and wait for it.
    members[2].session.lock();
    for member in &members[..2] {
        member.agree(id).await;
    }
    members[2]
        .until("a locked keystore", |all| all.troubles.iter().any(|note| note.code == "keystore_locked").then_some(()))
        .await;
    let failed = members[0].until_state(id, State::Failed).await;
    let failure = failed.failure.unwrap();
    assert_eq!(failure.silent, [3]);
    assert!(failure.can_leave_out);
    members[1].until_state(id, State::Failed).await;
    let again = members[0].view().again(id, vec![3]).await.unwrap();
    assert_eq!((again.row.attempt, again.members.len()), (2, 2));
    assert!(again.members.iter().all(|member| member.compared != Some(false)), "the same keys were compared before");
    for member in &members[..2] {
        member.agree(again.row.id).await;
    }
    for member in &members[..2] {
        member.until_state(again.row.id, State::Done).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_says_no_stops_it_for_all() {
    let members = circle(3).await;
    let id = invite(&members, 3).await;
    members[0].agree(id).await;
    members[2].until_state(id, State::Invited).await;
    members[2].view().stop(id).await.unwrap();
    let stopped = members[0].until_state(id, State::Stopped).await;
    assert_eq!(stopped.failure.unwrap().silent, [3]);
}
