//! A member, or who proposed, is killed in each state of a key generation.

use std::collections::BTreeMap;
use std::time::Duration;

use rand::Rng;
use rand::seq::SliceRandom;
use serde_json::Value;

use super::moments::{STATES, back, chance, doom, file, later, on_disk, reached, rounds, say, state};
use crate::keepers::{Keepers, text};

const ROUNDS: usize = 5;
/// The machines' rounds are not on disk: after the id is used, a kill falls somewhere into them.
const ROUNDS_MS: u64 = 20;
/// One that did not die in the state that was wanted is killed in another ceremony; the later the try, the sooner.
const TRIES: u32 = 8;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_killed_in_any_state_of_a_key_generation_all_have_the_key_or_nobody_has() {
    let mut chance = chance();
    let mut keepers = Keepers::running(3).await;
    let mut states = STATES;
    states.shuffle(&mut chance);
    let mut deaths = BTreeMap::new();
    for (round, wanted) in (0..rounds(ROUNDS)).zip(states.into_iter().cycle()) {
        let victim = if round % 2 == 0 { 2 } else { 0 };
        let mut died = "nowhere";
        for attempt in 0..TRIES {
            let later = if wanted == "claimed" { later(&mut chance, ROUNDS_MS >> attempt) } else { Duration::ZERO };
            let id = keepers.invite("2", &[1, 2]).await;
            died = kill_one(&mut keepers, &id, victim, wanted, later).await;
            *deaths.entry(died).or_insert(0) += 1;
            let (made, said) = ended(&keepers, &id, victim, chance.random_range(0..3)).await;
            let group = text(&keepers.until(victim, &made, &["done"]).await["outcome"]);
            keepers.sign([victim, 1], &group, 1).await;
            say(&format!("round {round}: keeper {victim} died {died}, {later:?} after {wanted}{said}"));
            if died == wanted {
                break;
            }
        }
        assert_eq!(died, wanted, "after {TRIES} tries: {deaths:?}");
    }
    say(&format!("deaths in a key generation {deaths:?}"));
    for index in 0..3 {
        let status = keepers.status(index).await;
        let keys = status["keys"].as_array().unwrap();
        assert!(keys.iter().all(|key| key["share"] == true), "a share of keeper {index} is lost: {keys:#?}");
    }
}

/// All join; one is killed in a state, or soon after it, and comes back. In which state it died.
async fn kill_one(keepers: &mut Keepers, id: &str, victim: usize, wanted: &str, later: Duration) -> &'static str {
    let path = file(keepers, victim, "ceremony", id);
    keepers.agree(0, id).await;
    keepers.agree(2, id).await;
    let death = if wanted == "open" {
        keepers.kill(victim).await;
        None
    } else {
        let wanted = wanted.to_owned();
        Some(doom(keepers, victim, path.clone(), later, move |record| reached(record, &wanted)))
    };
    keepers.agree(1, id).await;
    if let Some(death) = death {
        death.await.unwrap();
    }
    keepers.kill(victim).await;
    let died = state(&on_disk(&path));
    back(keepers, victim).await;
    died
}

/// All come to the same end; after a failure, one of them begins again. The ceremony that made the key, and what failed.
async fn ended(keepers: &Keepers, id: &str, victim: usize, who: usize) -> (String, String) {
    let mut ends = Vec::new();
    for index in 0..3 {
        ends.push(keepers.until(index, id, &["done", "failed", "stopped"]).await);
    }
    let done = ends.iter().filter(|end| end["row"]["state"] == "done").count();
    if done == 3 {
        assert!(ends.iter().all(|end| end["outcome"] == ends[0]["outcome"]));
        return (id.to_owned(), String::new());
    }
    assert_eq!(done, 0, "some have a key that others have not: {ends:#?}");
    for (index, end) in ends.iter().enumerate() {
        names(&end["failure"], index == victim, victim);
    }
    let again = text(&keepers.tell(who, &["again", id]).await["row"]["id"]);
    for index in 0..3 {
        keepers.agree(index, &again).await;
    }
    for index in 0..3 {
        keepers.until(index, &again, &["done"]).await;
    }
    (again, format!("; it failed, heard until {}", last_heard(&ends[1], victim)))
}

/// The last round in which one said something, as another saw it.
fn last_heard(detail: &Value, of: usize) -> String {
    let rounds = detail["rounds"].as_array().unwrap().iter();
    let marks = detail["members"][of]["marks"].as_array().unwrap();
    let mut heard = rounds.zip(marks).filter(|(_, mark)| mark["state"] == "valid").map(|(round, _)| round);
    heard.next_back().map_or_else(|| "nothing".to_owned(), text)
}

/// People hear why it failed, and who went away.
fn names(failure: &Value, own: bool, victim: usize) {
    let code = failure["code"].as_str().unwrap();
    assert!(["restarted", "silent", "stopped"].contains(&code), "{failure}");
    let named = failure["silent"].as_array().unwrap().iter().any(|number| *number == victim as u64 + 1);
    assert!(own || named, "nobody says that keeper {victim} went away: {failure}");
    assert_eq!(failure["culprits"].as_array().unwrap().len(), 0, "who died broke no rule: {failure}");
}
