//! The pipeline by scenarios: a line is a fact, the state after it (`-`: nothing changed), and the effects.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::*;
use everpay::{Amount, EverHash};
use std::collections::BTreeSet;
use vault::burn::Burn;
use vault::halt::Cause;
use vault::journal::Watchman;
use vault::payload::Payload;
use vault::pipeline::{BurnFact, Effect, Fact, Ignored, Wait};
use vault::signature::SignedPayload;

struct Scene {
    watchman: Watchman,
    journal: Vec<u8>,
    now_ms: u64,
    burn: Burn,
}

impl Scene {
    fn new(amount: u64) -> Self {
        let watchman = Watchman::new();
        let mut scene = Self { watchman, journal: Vec::new(), now_ms: START_MS, burn: burn(1, amount, 1) };
        opening().iter().for_each(|fact| {
            scene.take(fact).unwrap();
        });
        scene
    }

    fn take(&mut self, fact: &Fact) -> Result<Vec<Effect>, Ignored> {
        let before = self.watchman.clone();
        match self.watchman.take(self.now_ms, fact) {
            Ok(taken) => {
                self.journal.extend(taken.entry);
                Ok(taken.effects)
            }
            Err(ignored) => {
                assert_eq!(self.watchman, before, "a fact that is ignored changes nothing");
                Err(ignored)
            }
        }
    }

    fn restart(&mut self) -> Result<Vec<Effect>, Ignored> {
        let (replayed, _) = Watchman::replay(&self.journal).unwrap();
        assert_eq!(replayed, self.watchman);
        self.watchman = replayed;
        self.take(&Fact::Started)
    }

    fn payload(&self) -> Payload {
        let case = self.watchman.pipeline().case(&self.burn.ever_hash);
        case.and_then(|case| case.payload().cloned()).unwrap_or_else(|| payload(&self.burn))
    }

    fn fact(&self, words: &str) -> Fact {
        let mut words = words.split(' ');
        let (word, rest) = (words.next().unwrap(), words.next());
        let text = || rest.unwrap_or("0xt1").to_owned();
        let by = || owner(rest.unwrap().parse().unwrap());
        let batch = rest.map_or(1, |rest| rest.parse().unwrap_or(1));
        let sibling = || Burn { batch: burn(1, 1, batch).batch, ..self.burn.clone() };
        let digest = self.payload().digest();
        let other = payload(&Burn { to: "0x00000000000000000000000000000000000000aa".to_owned(), ..self.burn.clone() });
        let fact = match word {
            "alert" => return alerts(&["F3-1"]),
            "clear" => return alerts(&[]),
            "disagree" => return sources(&["gateway-2"]),
            "agree" => return sources(&[]),
            "halt" => return Fact::Halted { chain: CHAIN.into(), key: "short-1".into(), cause: Cause::Shortfall },
            "rearm" => {
                let keys = BTreeSet::from(["short-1".to_owned()]);
                return Fact::Rearmed { chain: CHAIN.into(), keys, by: "A".into(), reason: "topped up".into() };
            }
            "policy" => return Fact::Policy(policy()),
            "stop" => {
                let mut policy = policy();
                policy.stopped = true;
                return Fact::Policy(policy);
            }
            "pardon" => return Fact::Pardoned { owner: by(), by: "A".into() },
            "tick" => return Fact::Tick,
            "seen" => BurnFact::Seen(sibling()),
            "deep" => deep(&sibling()),
            "shallow" => BurnFact::DepthReached { burn: sibling(), depth: DEPTH - 1 },
            "dropped" => BurnFact::BatchDropped { batch: [batch; 32] },
            "unreleased" => BurnFact::NotReleased,
            "released" => BurnFact::Released,
            "approve" => BurnFact::Approved { digest, by: "A".into() },
            "approve-other" => BurnFact::Approved { digest: other.digest(), by: "A".into() },
            "refuse" => BurnFact::Refused { by: "A".into(), reason: "odd".into() },
            "reopen" => BurnFact::Reopened { by: "A".into() },
            "intent" => BurnFact::IntentStored { digest },
            "intent-other" => BurnFact::IntentStored { digest: other.digest() },
            "own" => BurnFact::OwnSignature(signature(1, &self.payload())),
            "own-other" => BurnFact::OwnSignature(signature(1, &other)),
            "peer" => BurnFact::PeerSignature(signed(rest.unwrap().parse().unwrap(), &self.payload())),
            "liar" => BurnFact::PeerSignature(signed(rest.unwrap().parse().unwrap(), &other)),
            "number" => BurnFact::PeerSignature(signed(2, &payload(&sibling()))),
            "sent" => BurnFact::Sent { tx: text() },
            "unsent" => BurnFact::SendFailed,
            "claim" => BurnFact::SubmissionSeen { tx: "0xt2".into(), by: by() },
            "stuck" => BurnFact::SubmissionStuck,
            "executed" => BurnFact::Execution { tx: text(), block: 7, id: self.payload().id() },
            "executed-other" => BurnFact::Execution { tx: text(), block: 7, id: other.id() },
            "failed" => BurnFact::ExecutionFailed { tx: text() },
            "undone" => BurnFact::ExecutionUndone,
            "final" => BurnFact::ExecutionFinal,
            unknown => panic!("{unknown:?}"),
        };
        Fact::Burn(self.burn.ever_hash, fact)
    }

    fn play(&mut self, table: &str) {
        for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let mut columns = line.split('|').map(str::trim);
            let (words, want) = (columns.next().unwrap(), (columns.next().unwrap(), columns.next().unwrap_or("")));
            let result = match words.split_once(' ') {
                Some(("wait", seconds)) => {
                    self.now_ms += seconds.parse::<u64>().unwrap() * 1000;
                    self.take(&Fact::Tick)
                }
                _ if words == "restart" => self.restart(),
                _ => self.take(&self.fact(words)),
            };
            let stage = self.watchman.pipeline().case(&self.burn.ever_hash).map_or("none", |case| case.stage().name());
            let got = match &result {
                Ok(effects) => (stage, effects.iter().map(brief).collect::<Vec<_>>().join(", ")),
                Err(_) => ("-", String::new()),
            };
            assert_eq!((got.0, got.1.as_str()), want, "after {words:?}: {result:?}");
        }
        assert_eq!(Watchman::replay(&self.journal).unwrap().0, self.watchman);
    }
}

fn brief(effect: &Effect) -> String {
    let number = |signed: &SignedPayload| (1..=3).find(|one| owner(*one) == signed.signature().owner()).unwrap();
    match effect {
        Effect::CheckRelease { .. } => "check".into(),
        Effect::StoreIntent { .. } => "intent".into(),
        Effect::Sign { .. } => "sign".into(),
        Effect::Publish { .. } => "publish".into(),
        Effect::Submit { signatures, attempt, .. } => format!("submit {attempt} with {}", signatures.len()),
        Effect::SubmitOwn { .. } => "submit own".into(),
        Effect::RaiseFee { raise, .. } => format!("raise {raise}"),
        Effect::Announce { .. } => "announce".into(),
        Effect::Watch { .. } => "watch".into(),
        Effect::AskPerson { .. } => "ask".into(),
        Effect::Accuse { signed } => format!("accuse {}", number(signed)),
        Effect::Notify { notice, .. } => format!("{notice:?}"),
    }
}

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
