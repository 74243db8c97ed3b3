//! Who counts: signatures of owners who did not cheat (F13), and halts that people lift.

use crate::common::*;
use crate::scene::{Scene, brief};
use vault::pipeline::{BurnFact, Fact, Ignored};

#[test]
fn while_halted_only_a_submission_that_left_before_goes_on() {
    Scene::new(10).play(
        "deep       | approved  | check
         unreleased | approved  | intent
         halt       | approved  |
         halt       | -         |
         rearm      | approved  | intent
         halt       | -         |",
    );
    let to_submitted = "deep       | approved  | check
         unreleased | approved  | intent
         intent     | intended  | sign
         own        | signed    | publish
         peer 2     | submitted | Quorum, submit 1 with 2";
    let mut left = Scene::new(10);
    left.play(to_submitted);
    left.play(
        "sent       | submitted | announce, watch
         halt       | submitted | watch
         stuck      | submitted | Stuck, raise 1
         sent 0xt9  | submitted | announce, watch
         executed   | executed  | Paid, watch",
    );
    let mut stays = Scene::new(10);
    stays.play(to_submitted);
    stays.play(
        "halt       | submitted |
         wait 120   | quorum    |
         wait 600   | -         |
         rearm      | submitted | submit 2 with 2",
    );
}

#[test]
fn f13_a_watchman_that_signs_another_recipient_is_accused_and_counts_no_more() {
    let mut scene = Scene::new(10);
    scene.play(
        "deep       | approved  | check
         unreleased | approved  | intent
         intent     | intended  | sign
         own        | signed    | publish
         liar 2     | signed    | accuse 2, publish
         liar 2     | -         |
         peer 2     | signed    | publish
         peer 3     | submitted | Quorum, submit 1 with 2
         pardon 2   | submitted | submit 1 with 3",
    );
    assert!(scene.watchman.pipeline().excluded().is_empty());
    // Also when a submission was just about to leave with that signature.
    Scene::new(10).play(
        "deep       | approved  | check
         unreleased | approved  | intent
         intent     | intended  | sign
         own        | signed    | publish
         peer 2     | submitted | Quorum, submit 1 with 2
         liar 2     | signed    | accuse 2, publish",
    );
    // Before our own replay settled the burn, nobody is judged by it.
    Scene::new(10).play(
        "seen   | seen |
         liar 2 | -    |",
    );
    // A sibling batch explains another number.
    Scene::new(10).play(
        "deep     | approved | check
         number 2 | -        |",
    );
}

#[test]
fn an_accused_watchmans_signatures_leave_with_no_other_payout_either() {
    let mut scene = Scene::new(10);
    scene.play(
        "deep       | approved  | check
         unreleased | approved  | intent
         intent     | intended  | sign
         own        | signed    | publish
         peer 2     | submitted | Quorum, submit 1 with 2",
    );
    let first = std::mem::replace(&mut scene.burn, burn(2, 10, 1));
    scene.play(
        "deep   | approved | check
         liar 2 | approved | accuse 2, check",
    );
    assert_eq!(scene.watchman.pipeline().pending(scene.now_ms).iter().map(brief).collect::<Vec<_>>(), ["check"]);
    scene.burn = first;
    scene.play(
        "tick   | signed    | publish
         peer 3 | submitted | Quorum, submit 2 with 2",
    );
}

#[test]
fn signatures_of_strangers_and_of_our_own_key_from_elsewhere_do_not_count() {
    let mut scene = Scene::new(10);
    scene.play("deep | approved | check");
    for stranger in [1, 9] {
        let fact = BurnFact::PeerSignature(signed(stranger, &scene.payload()));
        let taken = scene.take(&Fact::Burn(scene.burn.ever_hash, fact));
        assert_eq!(taken, Err(Ignored::NotOwner(owner(stranger))));
    }
}
