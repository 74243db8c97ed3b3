//! A signer, or who proposed and coordinates, is killed at any moment of a session.

use std::time::Duration;

use super::moments::{back, chance, doom, file, later, on_disk, rounds, say};
use crate::keepers::{Keepers, text};

/// One of each moment, for either.
const ROUNDS: usize = 6;
/// What a run takes, from the moment at which the last one that is needed has approved.
const RUN_MS: u64 = 30;

#[derive(Clone, Copy, Debug)]
enum Moment {
    /// It knows what is asked, and nobody has approved.
    Asked,
    /// It approved, and too few others have.
    Approved,
    /// Enough have approved, so long ago.
    Running(Duration),
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_killed_at_any_moment_of_a_session_one_transaction_comes_of_it() {
    let mut chance = chance();
    let mut keepers = Keepers::running(3).await;
    let group = keepers.make_key("2", &[0, 1, 2]).await;
    for round in 0..rounds(ROUNDS) {
        let victim = round % 2;
        let moment = match round / 2 % 4 {
            2 => Moment::Asked,
            1 => Moment::Approved,
            _ => Moment::Running(later(&mut chance, RUN_MS)),
        };
        let session = keepers.ask(0, &group, u8::try_from(round % 250).unwrap() + 1).await;
        let died = kill_one(&mut keepers, &session, victim, moment).await;
        keepers.one_transaction(&session).await;
        say(&format!("round {round}: keeper {victim} died {moment:?}, {died}; one transaction"));
    }
}

/// The first proposed; the second is to sign with it. In which state of the session one died, as its disk says.
async fn kill_one(keepers: &mut Keepers, session: &str, victim: usize, moment: Moment) -> String {
    let other = 1 - victim;
    let path = file(keepers, victim, "session", session);
    let state = || text(&on_disk(&path)["state"]);
    match moment {
        Moment::Asked => {
            keepers.asked(victim, session).await;
            keepers.kill(victim).await;
            let died = state();
            back(keepers, victim).await;
            keepers.approve(victim, session).await;
            keepers.approve(other, session).await;
            died
        }
        Moment::Approved => {
            keepers.approve(victim, session).await;
            keepers.kill(victim).await;
            let died = state();
            keepers.approve(other, session).await;
            keepers.approve(2, session).await;
            if other == 0 {
                // The others do not need it.
                keepers.signed(0, session).await;
            }
            back(keepers, victim).await;
            died
        }
        Moment::Running(later) => {
            keepers.approve(victim, session).await;
            let death = doom(keepers, victim, path.clone(), later, |record| {
                record["state"] == "signed" || record["stands"].as_object().is_some_and(|stands| stands.len() >= 2)
            });
            keepers.approve(other, session).await;
            death.await.unwrap();
            keepers.kill(victim).await;
            let died = state();
            back(keepers, victim).await;
            died
        }
    }
}
