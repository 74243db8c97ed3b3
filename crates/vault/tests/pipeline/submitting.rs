//! How a payout gets to the chain: turns, fees, failures, and what the chain takes back.

use crate::scene::Scene;

#[test]
fn submitting_rotates_and_a_peers_word_delays_it_a_bounded_number_of_times() {
    Scene::new(10).play(
        "deep       | approved  | check
         unreleased | approved  | intent
         wait 30    | -         |
         unreleased | approved  | intent
         intent     | intended  | sign
         own        | signed    | publish
         peer 2     | quorum    | Quorum, publish
         claim 2    | submitted | publish, watch
         wait 119   | -         |
         wait 1     | quorum    | publish
         claim 2    | submitted | publish, watch
         wait 120   | submitted | submit 1 with 2
         unsent     | quorum    | publish
         claim 2    | -         |
         wait 90    | submitted | submit 2 with 2",
    );
}

#[test]
fn a_stuck_submission_raises_its_fee_and_then_lets_others_try() {
    Scene::new(10).play(
        "deep       | approved  | check
         unreleased | approved  | intent
         intent     | intended  | sign
         own        | signed    | publish
         peer 2     | submitted | Quorum, submit 1 with 2
         stuck      | -         |
         sent       | submitted | announce, watch
         stuck      | submitted | Stuck, raise 1
         stuck      | -         |
         unsent     | submitted | watch
         wait 120   | submitted | Stuck, raise 2
         sent 0xt2  | submitted | announce, watch
         wait 120   | submitted | Stuck, raise 3
         wait 120   | submitted | Stuck, raise 4
         wait 120   | submitted | Stuck, raise 5
         wait 120   | quorum    | publish",
    );
}

#[test]
fn a_payout_that_takes_no_effect_is_tried_again_later_and_then_shown_to_a_person() {
    let mut scene = Scene::new(10);
    scene.play(
        "deep       | approved  | check
         unreleased | approved  | intent
         intent     | intended  | sign
         own        | signed    | publish
         peer 2     | submitted | Quorum, submit 1 with 2
         sent       | submitted | announce, watch
         failed a   | quorum    | publish
         failed a   | -         |
         wait 30    | -         |
         wait 60    | submitted | submit 2 with 2",
    );
    for tx in ["b", "c", "d", "e", "f", "g"] {
        scene.take(&scene.fact(&format!("failed {tx}"))).unwrap();
    }
    scene.play(
        "failed h   | failed    | Failed
         failed i   | -         |
         wait 9999  | -         |
         reopen     | submitted | submit 3 with 2",
    );
}

#[test]
fn a_reorganisation_brings_a_paid_burn_back_to_its_signatures() {
    Scene::new(10).play(
        "deep       | approved  | check
         unreleased | approved  | intent
         intent     | intended  | sign
         own        | signed    | publish
         peer 2     | submitted | Quorum, submit 1 with 2
         sent       | submitted | announce, watch
         executed   | executed  | Paid, watch
         executed z | executed  | watch
         final      | closed    |
         undone     | submitted | PayoutUndone, Quorum, submit 2 with 2
         executed   | executed  | Paid, watch",
    );
    // One that others paid comes back to where it was not signed yet, and is judged anew.
    Scene::new(50).play(
        "deep       | awaiting  | ask
         executed   | executed  | Paid, watch
         undone     | awaiting  | PayoutUndone, ask
         refuse     | refused   |
         executed   | executed  | Paid, watch
         undone     | refused   | PayoutUndone",
    );
}

#[test]
fn a_payout_of_something_else_under_the_same_everhash_is_told() {
    Scene::new(10).play(
        "deep           | approved | check
         executed-other | executed | PaidOtherwise, watch",
    );
}

#[test]
fn a_signature_that_stays_alone_is_submitted_by_itself_ever_more_rarely() {
    Scene::new(10).play(
        "deep       | approved  | check
         unreleased | approved  | intent
         intent     | intended  | sign
         own        | signed    | publish
         wait 599   | -         |
         wait 1     | signed    | submit own, publish
         wait 1199  | -         |
         halt       | signed    |
         wait 1     | -         |
         rearm      | signed    | submit own, publish",
    );
}
