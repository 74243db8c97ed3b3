//! A share is lost, and somebody is killed while the others give it back.

use std::time::Duration;

use super::moments::{back, chance, doom, file, later, on_disk, reached, rounds, say, state};
use crate::keepers::{Keepers, text};

/// Each of them once.
const ROUNDS: usize = 3;
/// What a repair takes, about.
const REPAIR_MS: u64 = 60;
/// Whose share is lost.
const LOSER: usize = 2;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_killed_while_a_lost_share_is_repaired_it_comes_back_and_signs() {
    let mut chance = chance();
    let mut keepers = Keepers::running(3).await;
    let group = keepers.make_key("2", &[0, 1, 2]).await;
    for round in 0..rounds(ROUNDS) {
        let victim = round % 3;
        lose(&mut keepers).await;
        let later = later(&mut chance, REPAIR_MS);
        let died = repair_and_kill(&mut keepers, &group, victim, later).await;
        let helper = if victim == LOSER { 1 } else { victim };
        keepers.sign([LOSER, helper], &group, u8::try_from(round % 250).unwrap() + 1).await;
        say(&format!("round {round}: keeper {victim} died {died}, {later:?} into a repair"));
    }
}

/// The share is gone from the keystore.
async fn lose(keepers: &mut Keepers) {
    keepers.kill(LOSER).await;
    let session = keepers.unlock(LOSER);
    let entries = session.entries(detector::now_ms()).unwrap();
    let share = entries.iter().find(|entry| entry.label.as_str().starts_with("Vault")).unwrap();
    session.remove(share.id(), detector::now_ms()).unwrap();
    drop(session);
    back(keepers, LOSER).await;
    assert_eq!(has_share(keepers).await, false, "it knows what it lost");
}

async fn has_share(keepers: &Keepers) -> serde_json::Value {
    keepers.status(LOSER).await["keys"][0]["share"].clone()
}

/// Repairs until the share is back; the first time, one is killed. In which state it died.
async fn repair_and_kill(keepers: &mut Keepers, group: &str, victim: usize, later: Duration) -> &'static str {
    let id = text(&keepers.tell(LOSER, &["repair", group, "3"]).await["row"]["id"]);
    let path = file(keepers, victim, "ceremony", &id);
    let (first, last) = if victim == 0 { (0, 1) } else { (1, 0) };
    keepers.agree(first, &id).await;
    let death = doom(keepers, victim, path.clone(), later, |record| reached(record, "claimed"));
    keepers.agree(last, &id).await;
    death.await.unwrap();
    keepers.kill(victim).await;
    let died = state(&on_disk(&path));
    back(keepers, victim).await;
    for index in 0..3 {
        keepers.until(index, &id, &["done", "failed", "stopped"]).await;
    }
    if has_share(keepers).await == false {
        let again = text(&keepers.tell(LOSER, &["again", &id]).await["row"]["id"]);
        for index in [0, 1] {
            keepers.agree(index, &again).await;
        }
        for index in 0..3 {
            keepers.until(index, &again, &["done"]).await;
        }
    }
    assert_eq!(has_share(keepers).await, true);
    died
}
