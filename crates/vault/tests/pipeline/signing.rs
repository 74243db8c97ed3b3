//! What is signed: nothing that is released (W3), one digest for ever (W5), and what was looked at (W6).

use crate::common::*;
use crate::scene::{Scene, brief};
use vault::journal::Watchman;
use vault::pipeline::{BurnFact, Effect, Fact, Ignored};

#[test]
fn a_small_burn_goes_all_the_way_without_a_person() {
    Scene::new(10).play(
        "seen       | seen      |
         shallow    | -         |
         deep       | approved  | check
         unreleased | approved  | intent
         intent     | intended  | sign
         own        | signed    | publish
         peer 2     | submitted | Quorum, submit 1 with 2
         sent       | submitted | announce, watch
         executed   | executed  | Paid, watch
         final      | closed    |
         executed   | -         |
         wait 9999  | -         |",
    );
}

#[test]
fn w3_what_the_chain_released_is_neither_signed_nor_submitted() {
    for steps in 0..6 {
        let mut scene = Scene::new(10);
        let way = ["seen", "deep", "unreleased", "intent", "own", "peer 2"];
        way[..=steps].iter().for_each(|words| {
            scene.take(&scene.fact(words)).unwrap();
        });
        scene.play(
            "released | executed | Paid, watch
             released | -        |
             intent   | -        |
             own      | -        |
             peer 3   | -        |
             wait 999 | -        |
             final    | closed   |",
        );
        assert!(scene.watchman.pipeline().pending(scene.now_ms).is_empty());
    }
}

#[test]
fn w5_only_the_digest_of_the_stored_intent_is_signed() {
    Scene::new(10).play(
        "deep         | approved | check
         unreleased   | approved | intent
         intent-other | -        |
         own          | -        |
         intent       | intended | sign
         intent       | -        |
         refuse       | -        |
         own-other    | -        |
         own          | signed   | publish
         own          | -        |",
    );
}

#[test]
fn w6_what_a_person_approves_is_what_is_signed() {
    Scene::new(50).play(
        "deep          | awaiting | ask
         approve-other | -        |
         approve       | approved | check",
    );
}

#[test]
fn what_cannot_be_paid_fails_by_itself() {
    let mut scene = Scene::new(10);
    scene.burn.to = "0x2222222222222222222222222222222222222222".to_owned();
    let fact = Fact::Burn(scene.burn.ever_hash, deep(&scene.burn));
    let effects = scene.take(&fact).unwrap();
    assert_eq!(effects.iter().map(brief).collect::<Vec<_>>(), ["Failed"]);
    let later = Fact::Burn(scene.burn.ever_hash, BurnFact::NotReleased);
    assert_eq!(scene.take(&later), Err(Ignored::NotNow("failed")));
}

#[test]
fn without_setup_roster_owners_or_policy_nothing_is_signed() {
    let mut scene = Scene::new(10);
    let opening = opening();
    for missing in 0..opening.len() {
        scene = Scene { watchman: Watchman::new(), journal: Vec::new(), ..scene };
        for (place, fact) in opening.iter().enumerate() {
            if place != missing {
                let _ = scene.take(fact);
            }
        }
        let _ = scene.take(&scene.fact("deep"));
        let _ = scene.take(&scene.fact("unreleased"));
        let effects = scene.take(&scene.fact("intent")).unwrap_or_default();
        // Only `Started` may be missing: that is a first start.
        assert_eq!(effects.iter().any(|effect| matches!(effect, Effect::Sign { .. })), missing == 1, "{missing}");
    }
}

#[test]
fn a_journal_belongs_to_one_key_and_its_vaults() {
    let mut scene = Scene::new(10);
    let Fact::Setup(setup) = setup() else { unreachable!() };
    let with = |change: &dyn Fn(&mut vault::pipeline::Setup)| {
        let mut setup = setup.clone();
        change(&mut setup);
        Fact::Setup(setup)
    };
    assert_eq!(scene.take(&with(&|_| ())), Err(Ignored::NoChange));
    assert_eq!(scene.take(&with(&|setup| setup.me = owner(2))), Err(Ignored::AnotherSetup));
    assert_eq!(scene.take(&with(&|setup| setup.vaults.clear())), Err(Ignored::AnotherSetup));
    assert_eq!(scene.take(&with(&|setup| setup.depth_min = 1)), Err(Ignored::AnotherSetup));
    assert_eq!(scene.take(&with(&|setup| setup.timing.slot_ms = 0)), Err(Ignored::AnotherSetup));
    assert!(scene.take(&with(&|setup| setup.timing.slot_ms = 1)).is_ok());
}
