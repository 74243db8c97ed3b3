//! A driver over a ledger that the test tells what to say: what a person decides lasts, and settings change while it runs.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{HASH, Place, policy};
use vault::signature::Digest;
use watchman::{AskError, CheckResult, SignerState, seal_policy, seal_roster};

#[tokio::test(flavor = "multi_thread")]
async fn a_person_approves_what_they_saw_and_that_outlives_a_restart() {
    let place = Place::new();
    let first = place.start().await;
    first.row("awaiting").await;
    let facts = first.view.facts(HASH).await.unwrap().unwrap();
    let signed = facts.signed.unwrap();
    assert_eq!((signed.amount.as_str(), signed.call), ("5", "coin"));
    let digest: Digest = signed.digest.parse().unwrap();
    let wrong = first.view.approve(HASH, Digest::new([9; 32]), "Ada").await;
    assert!(matches!(wrong, Err(AskError::Refused(_))), "{wrong:?}");
    assert!(matches!(first.view.approve(HASH, digest, " ").await, Err(AskError::Text(..))));
    first.view.approve(HASH, digest, "Ada").await.unwrap();
    assert_eq!(first.row("approved").await.signed_by, Vec::<String>::new(), "nobody says who owns the vault");
    first.stop().await;

    let again = place.start().await;
    let row = again.row("approved").await;
    assert_eq!((row.digest, row.verdict.as_deref()), (Some(signed.digest), Some("approved by Ada")));
    assert_eq!(row.approver.as_deref(), Some("Ada"));
    again.view.refuse(HASH, "Grace", "not before the audit").await.unwrap();
    let row = again.row("refused").await;
    assert_eq!((row.verdict.as_deref(), row.approver), (Some("refused by Grace: not before the audit"), None));
    again.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_sees_which_rules_hold_which_limits_are_used_and_where_a_burn_has_been() {
    use CheckResult::{Holds, NotReached};
    let place = Place::new();
    let running = place.start().await;
    running.row("awaiting").await;
    let facts = running.view.facts(HASH).await.unwrap().unwrap();
    let digest: Digest = facts.row.digest.as_deref().unwrap().parse().unwrap();
    assert_eq!(facts.words, vault::words::check_words(digest.as_bytes()));
    let checks: Vec<_> = facts.checks.iter().map(|check| (check.rule, check.result)).collect();
    let wanted = [Holds, Holds, NotReached, NotReached, NotReached, Holds];
    assert_eq!(checks, ["W1", "W2", "W3", "W4", "W5", "W6"].into_iter().zip(wanted).collect::<Vec<_>>());
    assert_eq!((facts.checks[0].fact.as_str(), facts.checks[3].fact.as_str()), ("9/3", "auto_up_to 0"));
    let limits: Vec<_> =
        facts.counts.iter().map(|limit| (limit.rule, limit.max.as_str(), limit.amount.as_str())).collect();
    assert_eq!(limits, [("payout_max", "100", "5"), ("auto_up_to", "0", "5")]);
    let states: Vec<_> = facts.history.iter().map(|passed| passed.state).collect();
    assert_eq!(states, ["seen", "verified", "awaiting"]);
    let sources = facts.sources.unwrap();
    assert_eq!((sources.agreeing, sources.needed, sources.differing.len()), (1, 1, 0));
    let [me] = &facts.row.signers[..] else { panic!("{:?}", facts.row.signers) };
    assert!(me.is_me && me.up && me.state == SignerState::NotYet, "{me:?}");

    running.view.approve(HASH, digest, "Ada").await.unwrap();
    let facts = running.view.facts(HASH).await.unwrap().unwrap();
    assert_eq!((facts.checks[3].result, facts.checks[3].fact.as_str()), (Holds, "Ada"));
    assert_eq!(
        facts.history.last().map(|passed| (passed.state, passed.detail.as_str())),
        Some(("approved", "approved by Ada"))
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn policy_and_roster_are_read_again_while_it_runs_both_or_none() {
    let place = Place::new();
    let (files, session) = (place.files(), &place.session);
    seal_policy(&policy(100), &files.policy, session).unwrap();
    seal_roster(&place.roster("A"), &files.roster, session).unwrap();
    // As a headless run does, so that their numbers are known.
    watchman::open_policy(&files.policy, place.dir.path(), session).unwrap();
    watchman::open_roster(&files.roster, place.dir.path(), session).unwrap();
    let running = place.start().await;
    running.row("awaiting").await;
    assert_eq!(running.view.reload().await.unwrap(), []);

    seal_policy(&policy(4), &files.policy, session).unwrap();
    seal_roster(&place.roster("B"), &files.roster, session).unwrap();
    let sealed = std::fs::read_to_string(&files.roster).unwrap();
    std::fs::write(&files.roster, sealed.replace("\"B\"", "\"C\"")).unwrap();
    assert!(matches!(running.view.reload().await, Err(AskError::Settings(_))));
    assert_eq!(running.view.policy().await.unwrap(), policy(100), "neither is taken");
    std::fs::write(&files.roster, sealed).unwrap();
    let changes: Vec<String> = running.view.reload().await.unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(changes.len(), 2, "{changes:?}");
    assert!(changes[0].ends_with("/payoutMax: 100 -> 4"), "{changes:?}");
    let row = running.row("refused").await;
    assert_eq!(row.verdict.as_deref(), Some("payout_max 4"), "judged anew");
    assert_eq!(running.view.roster().await.unwrap().members()[0].name, "B");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_changed_in_memory_and_a_roster_without_this_watchman_is_refused() {
    let place = Place::new();
    let running = place.start().await;
    running.row("awaiting").await;
    running.view.set_policy(policy(100)).await.unwrap();
    running.view.set_policy(policy(4)).await.unwrap();
    running.row("refused").await;
    let other = Place::new();
    let foreign = running.view.set_roster(other.roster("A")).await;
    assert!(matches!(foreign, Err(AskError::NotInRoster(_))), "{foreign:?}");
    running.view.set_roster(place.roster("B")).await.unwrap();
    assert_eq!(running.view.facts(HASH).await.unwrap().unwrap().row.signers[0].name, "B");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn arming_a_vault_again_lifts_what_the_replay_found_and_a_lifted_name_stops_nothing() {
    let place = Place::new();
    let ledger = common::Told::waiting(&[common::burn(HASH)]);
    let running = common::start(watchman::Config { ledger: ledger.clone(), ..place.config() }).await;
    running.view.halt("ethereum", "lunch").await.unwrap();
    running.view.halt("ethereum", "lunch").await.unwrap();
    let keys = std::collections::BTreeSet::from(["lunch".to_owned()]);
    running.view.rearm("ethereum", keys.clone(), "Ada", "back").await.unwrap();
    assert_eq!(ledger.lifted(), [("ethereum".to_owned(), keys)]);
    let again = running.view.halt("ethereum", "lunch").await;
    assert!(matches!(&again, Err(AskError::LiftedKey(key)) if key == "lunch"), "{again:?}");
    running.view.halt("ethereum", "dinner").await.unwrap();
    running.stop().await;
}
