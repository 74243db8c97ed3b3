//! What the policy and persons let pass (W4).

use crate::common::*;
use crate::scene::Scene;
use everpay::EverHash;
use vault::pipeline::{BurnFact, Fact};

#[test]
fn w4_the_policy_asks_holds_forbids_and_is_asked_again_when_it_changes() {
    Scene::new(50).play(
        "deep          | awaiting  | ask
         stop          | refused   | Forbidden
         approve       | -         |
         policy        | awaiting  | ask
         approve       | approved  | check
         unreleased    | approved  | intent
         stop          | refused   | Forbidden
         intent        | -         |",
    );
    Scene::new(51).play(
        "deep          | held      |
         approve       | -         |
         wait 3599     | -         |
         wait 1        | awaiting  | ask
         refuse        | refused   |
         policy        | -         |
         reopen        | awaiting  | ask",
    );
    Scene::new(101).play("deep | refused | Forbidden");
}

#[test]
fn w4_is_judged_at_the_moment_of_the_intent_and_counts_from_there() {
    let mut scene = Scene::new(50);
    // Two others of 50 fill the day's 150 together with this one; a third must wait.
    for number in 2..=4 {
        let other = burn(number, 50, 1);
        let digest = payload(&other).digest();
        let facts = [deep(&other), BurnFact::Approved { digest, by: "A".into() }];
        let [_, approved] = facts.map(|fact| scene.take(&Fact::Burn(other.ever_hash, fact)));
        assert!(approved.is_ok());
    }
    scene.play(
        "deep      | held     |
         wait 86399 | -       |",
    );
    // Those were approved a day ago and not signed: what counts is when money can leave.
    let second = EverHash::new(*burn(2, 50, 1).ever_hash.as_bytes());
    let digest = payload(&burn(2, 50, 1)).digest();
    scene.take(&Fact::Burn(second, BurnFact::NotReleased)).unwrap();
    scene.take(&Fact::Burn(second, BurnFact::IntentStored { digest })).unwrap();
    scene.play(
        "wait 1     | awaiting | ask
         approve    | approved | check",
    );
    let other = burn(5, 51, 1);
    scene.take(&Fact::Burn(other.ever_hash, deep(&other))).unwrap();
    let stage = |number| scene.watchman.pipeline().case(&burn(number, 1, 1).ever_hash).unwrap().stage().name();
    assert_eq!((stage(2), stage(5)), ("intended", "held"), "50 intended and 50 approved leave no room for 51");
}

#[test]
fn w4_is_judged_again_when_others_were_approved_between_the_request_for_the_intent_and_the_intent() {
    let mut scene = Scene::new(50);
    let approve = |scene: &mut Scene, number| {
        let other = burn(number, 50, 1);
        let digest = payload(&other).digest();
        scene.take(&Fact::Burn(other.ever_hash, deep(&other))).unwrap();
        scene.take(&Fact::Burn(other.ever_hash, BurnFact::Approved { digest, by: "A".into() })).unwrap();
    };
    scene.play(
        "alert      | none     |
         deep       | awaiting | ask
         approve    | approved |
         wait 86399 | -        |
         wait 1     | -        |
         clear      | approved | check",
    );
    // Its approval is a day old and counts no more, so that three others fill the day.
    approve(&mut scene, 2);
    approve(&mut scene, 3);
    scene.play("unreleased | approved | intent");
    approve(&mut scene, 4);
    scene.play(
        "intent | -    |
         tick   | held |",
    );
}
