//! What the ledger must show before a signature: depth (W1), no open alert (W2), agreeing sources.

use crate::scene::{Scene, brief};
use everpay::Amount;
use vault::burn::Burn;
use vault::pipeline::{BurnFact, Fact, Ignored, Wait};

#[test]
fn w1_a_burn_that_is_not_deep_or_drops_again_is_not_signed() {
    let mut scene = Scene::new(10);
    scene.play(
        "seen       | seen     |
         unreleased | -        |
         intent     | -        |
         shallow    | -        |
         deep       | approved | check
         dropped 9  | -        |
         dropped 1  | seen     |
         unreleased | -        |
         intent     | -        |
         own        | -        |
         tick       | -        |",
    );
    assert_eq!(scene.watchman.pipeline().waits_for(&scene.burn.ever_hash, scene.now_ms), Some(Wait::Depth));
}

#[test]
fn w1_a_burn_that_settles_in_another_batch_before_the_intent_is_approved_anew_under_that_number() {
    let mut scene = Scene::new(50);
    scene.play(
        "deep       | awaiting | ask
         approve    | approved | check
         dropped 1  | seen     |
         deep 2     | awaiting | ask
         approve    | approved | check
         restart    | approved |
         clear      | approved |
         agree      | approved |
         deep 3     | awaiting | ask
         refuse     | refused  |
         dropped 3  | refused  |
         deep 1     | refused  |
         reopen     | awaiting | ask",
    );
    assert_eq!(scene.payload().reading().batch, [1; 32]);
}

#[test]
fn w1_after_the_intent_a_dropped_batch_stops_everything_until_the_burn_is_settled_again_under_the_same_digest() {
    let mut scene = Scene::new(10);
    scene.play(
        "deep       | approved | check
         unreleased | approved | intent
         intent     | intended | sign
         dropped 1  | intended | BatchGone
         own        | signed   |
         peer 2     | -        |
         deep 2     | signed   | publish
         number 2   | -        |
         peer 2     | submitted | Quorum, submit 1 with 2",
    );
    assert_eq!(scene.payload().reading().batch, [1; 32]);
}

#[test]
fn w2_an_open_alert_blocks_signing_publishing_and_submitting() {
    Scene::new(10).play(
        "alert      | none      |
         deep       | approved  |
         clear      | approved  | check
         unreleased | approved  | intent
         intent     | intended  | sign
         alert      | intended  |
         own        | signed    |
         peer 2     | quorum    | Quorum
         wait 230   | -         |
         clear      | quorum    | publish
         wait 40    | submitted | submit 1 with 2",
    );
}

#[test]
fn sources_that_disagree_block_and_after_a_start_nothing_is_taken_for_granted() {
    let mut scene = Scene::new(10);
    scene.play(
        "disagree   | none      |
         deep       | approved  |
         agree      | approved  | check
         unreleased | approved  | intent
         restart    | approved  |
         clear      | approved  |
         deep       | approved  |
         agree      | approved  | check
         unreleased | approved  | intent
         intent     | intended  | sign
         restart    | intended  |
         agree      | intended  |
         clear      | intended  |
         deep 3     | intended  | check
         unreleased | intended  | sign",
    );
    let pending = scene.watchman.pipeline().pending(scene.now_ms + 61_000);
    assert_eq!(pending.iter().map(brief).collect::<Vec<_>>(), ["check"], "the chain's word has become old");
}

#[test]
fn a_burn_in_two_sibling_batches_is_one_burn_under_the_batch_that_was_settled_first() {
    let mut scene = Scene::new(10);
    scene.play(
        "seen 2     | seen     |
         seen 1     | seen     |
         deep 1     | approved | check
         seen 2     | -        |
         deep 2     | -        |
         dropped 2  | -        |",
    );
    assert_eq!(scene.payload().reading().batch, [1; 32]);
    assert_eq!(scene.watchman.pipeline().cases().count(), 1);
    let other = Burn { target_amount: Amount::from(11_u64), ..scene.burn.clone() };
    assert_eq!(scene.take(&Fact::Burn(other.ever_hash, BurnFact::Seen(other))), Err(Ignored::AnotherBurn));
}
