//! One keeper is killed with SIGKILL at each step, or cut off for a while; the key is whole afterwards.

mod making;
mod moments;
mod repairing;
mod signing;

use std::time::Duration;

use crate::keepers::Keepers;

/// Kills, spread over the time that a refresh takes, from the moment at which the last one joined. `KEEPER_ROUNDS`; `make soak` 60.
const ROUNDS: u64 = 6;
const SPAN_MS: u64 = 240;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_killed_at_any_moment_of_a_refresh_the_key_stays_whole() {
    let rounds = std::env::var("KEEPER_ROUNDS").map_or(ROUNDS, |rounds| rounds.parse().unwrap());
    let mut keepers = Keepers::running(3).await;
    keepers.make_key("2", &[0, 1, 2]).await;
    for round in 0..rounds {
        refresh_and_kill(&mut keepers, round * SPAN_MS / rounds).await;
    }
}

/// The third is killed so long after the ceremony could begin; in the end all have one generation, and a share of it.
async fn refresh_and_kill(keepers: &mut Keepers, moment_ms: u64) {
    let group = keepers.group(0).await;
    let id = keepers.tell(0, &["refresh", &group]).await["row"]["id"].as_str().unwrap().to_owned();
    keepers.agree(2, &id).await;
    keepers.agree(1, &id).await;
    tokio::time::sleep(Duration::from_millis(moment_ms)).await;
    keepers.kill(2).await;
    keepers.start(2).await;
    keepers.acquainted(&[0, 1, 2]).await;
    for index in 0..3 {
        // One that was killed before it knew that all had joined hears only that it was stopped.
        keepers.until(index, &id, &["done", "failed", "stopped"]).await;
    }
    let groups = [keepers.group(0).await, keepers.group(1).await, keepers.group(2).await];
    assert!(groups.iter().all(|other| *other == groups[0]), "killed after {moment_ms} ms: {groups:?}");
    for index in 0..3 {
        assert_eq!(keepers.status(index).await["keys"][0]["share"], true, "killed after {moment_ms} ms: {index}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keeper_that_is_cut_off_for_a_while_comes_back_into_the_same_ceremony() {
    let mut keepers = Keepers::running(3).await;
    let group = keepers.make_key("2", &[0, 1, 2]).await;
    let id = keepers.tell(0, &["refresh", &group]).await["row"]["id"].as_str().unwrap().to_owned();
    keepers.agree(2, &id).await;
    keepers.signal(2, "STOP");
    keepers.agree(1, &id).await;
    // Less than the others wait for it.
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(keepers.tell(0, &["show", &id]).await["row"]["state"], "running");
    keepers.signal(2, "CONT");
    for index in 0..3 {
        keepers.until(index, &id, &["done"]).await;
    }
    assert_ne!(keepers.group(2).await, group);
}
