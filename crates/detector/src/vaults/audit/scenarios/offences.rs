//! What is found, when, and what becomes of it.

use super::*;
use crate::alert::{EvidenceClass, Severity};

fn f11(code: &str) -> Vec<String> {
    vec![format!("F11 {code}"), format!("F13 {code}"), format!("F13 {code}")]
}

#[tokio::test]
async fn payouts_of_settled_burns_and_administration_raise_nothing() {
    let mut place = Place::new().await;
    let burn = burn(400, 50);
    place.take(std::slice::from_ref(&burn));
    let decision = Proposal { to: VAULT, value: Amount::ZERO, data: vec![1, 2, 3, 4], ..like(&burn, 0xad) };
    // Another number: the burn may stand in several sibling batches.
    let sibling = Proposal { proposal_id: Amount::from(77_u64), ..paying(&burn) };
    place.chain.lay([executed(&sibling), executed(&decision)].concat());
    place.look().await;
    place.settle().await;
    place.restart();
    place.look().await;
    assert_eq!((place.alerts(), place.halts()), (Vec::new(), Vec::new()));
    assert!(place.store.acts_in(CHAIN, store::ledger::ActState::Open, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_payout_without_a_burn_is_told_once_and_halts_the_vault() {
    let mut place = Place::new().await;
    place.chain.lay(executed(&like(&burn(400, 50), 0x66)));
    place.round().await;
    place.round().await;
    assert_eq!(place.alerts(), Vec::<String>::new(), "the end of the ledger was reached once since");
    place.round().await;
    assert_eq!((place.alerts(), place.halts()), (f11("unknown_burn"), vec!["unknown_burn".to_owned()]));
    let alert = place.open().remove(0);
    assert_eq!((alert.severity, alert.rule.class()), (Severity::Critical, EvidenceClass::Recorded));
    assert_eq!((alert.param("amount"), alert.param("symbol"), alert.param("chain")), ("400", "ETH", CHAIN));
    assert_eq!(
        alert.evidence.iter().map(|link| (link.code.as_str(), link.holds)).collect::<Vec<_>>(),
        [("vaultExecuted", true), ("noBurn", false), ("ruleBroken", false)]
    );
    place.view.acknowledge(&alert.key).await.unwrap();
    place.restart();
    place.look().await;
    assert!(place.view.alert(&alert.key).unwrap().acknowledged);
    assert_eq!((place.open().len(), place.halts().len()), (3, 1));
    let mut fresh = Place::on(place.chain.clone()).await;
    fresh.look().await;
    let told = |place: &Place| place.open().into_iter().map(|alert| (alert.key, alert.comparison)).collect::<Vec<_>>();
    assert_eq!(told(&fresh), told(&place));
}

#[tokio::test]
async fn nothing_is_unknown_before_the_ledger_is_read_to_its_end() {
    let mut place = Place::new().await;
    place.chain.lay(executed(&like(&burn(400, 50), 0x66)));
    place.shared.write(|head| head.status.lag_batches = 1);
    for _ in 0..5 {
        place.round().await;
    }
    assert!(place.alerts().is_empty() && place.audit.is_unsure());
    place.shared.write(|head| head.status.lag_batches = 0);
    place.look().await;
    assert_eq!(place.alerts(), f11("unknown_burn"));
}

#[tokio::test]
async fn a_burn_that_comes_in_time_leaves_no_alert_and_one_that_comes_late_ends_it() {
    let mut place = Place::new().await;
    let burns = [burn(400, 50), burn(5, 60)];
    place.chain.lay(executed(&paying(&burns[0])));
    place.round().await;
    place.take(&burns[..1]);
    place.look().await;
    place.settle().await;
    place.look().await;
    assert!(place.view.alerts().is_empty());

    place.chain.lay(executed(&paying(&burns[1])));
    place.look().await;
    assert_eq!(place.alerts(), f11("unknown_burn"));
    place.take(&burns[1..]);
    place.look().await;
    assert_eq!(place.open().len(), 3, "the batch may still drop out");
    place.settle().await;
    place.restart();
    place.look().await;
    assert!(place.alerts().is_empty());
    assert_eq!(place.halts().len(), 1, "armed again by people only");
}

#[tokio::test]
async fn a_payout_whose_burn_drops_out_of_the_ledger_is_found() {
    let mut place = Place::new().await;
    place.settle().await;
    let burn = burn(400, 50);
    place.take(std::slice::from_ref(&burn));
    place.chain.lay(executed(&paying(&burn)));
    place.look().await;
    assert!(place.view.alerts().is_empty());
    place.shared.write(Head::pop);
    place.look().await;
    assert_eq!(place.alerts(), f11("unknown_burn"));
}

#[tokio::test]
async fn every_way_not_to_be_the_payout_of_a_burn_has_its_code() {
    let mut place = Place::new().await;
    let burns: Vec<_> = (0..5).map(|n| burn(100 + n, 50 + n)).collect();
    place.take(&burns);
    place.settle().await;
    let cases = [
        ("other_recipient", Proposal { to: [5; 20], ..paying(&burns[0]) }),
        ("other_amount", Proposal { value: Amount::from(7_u64), ..paying(&burns[1]) }),
        ("no_payout", Proposal { data: vec![9; 4], ..paying(&burns[2]) }),
        ("other_token", Proposal { to: [7; 20], value: Amount::ZERO, data: transfer(&burns[3]), ..paying(&burns[3]) }),
    ];
    for (code, proposal) in cases {
        place.chain.lay(executed(&proposal));
        place.round().await;
        let mut found = place.alerts();
        found.retain(|alert| alert.ends_with(code));
        assert_eq!(found, f11(code), "{code} is known at once");
    }
    let right = paying(&burns[4]);
    let again = Proposal { proposal_id: Amount::from(3_u64), ..right.clone() };
    place.chain.lay(executed(&right));
    place.look().await;
    place.chain.lay(executed(&again));
    place.look().await;
    let of_it = place.open().into_iter().filter(|alert| alert.code == "twice").collect::<Vec<_>>();
    assert_eq!(of_it.len(), 1, "signing it again is no offence, paying it is");
    assert_eq!(of_it[0].comparison.iter().map(|row| row.equal).collect::<Vec<_>>(), [true, true]);
    assert_eq!(place.halts().len(), 5);
}

/// The call that transfers what a burn asks for.
fn transfer(burn: &Transaction) -> Vec<u8> {
    let token = Payout {
        ever_hash: burn.ever_hash(),
        batch_id: [0; 32],
        token_id: crypto::eip55(&[7; 20]),
        to: burn.to.clone(),
        amount: burn.amount.parse().unwrap(),
    };
    proposal(&token, &vault().tokens, CHAIN_ID).unwrap().data
}

#[tokio::test]
async fn what_drops_out_of_the_chain_takes_its_alerts_along_and_comes_back_with_it() {
    let mut place = Place::new().await;
    place.chain.lay(executed(&like(&burn(400, 50), 0x66)));
    place.look().await;
    let told = place.open();
    let said = place.chain.undo();
    place.chain.lay(Vec::new());
    place.round().await;
    assert!(place.alerts().is_empty());
    assert!(place.store.alerts().await.unwrap().iter().all(|row| row.closed), "at rest too");
    assert_eq!(place.halts(), ["unknown_burn"]);
    place.restart();
    place.chain.lay(said);
    place.look().await;
    let keys = |alerts: &[Alert]| alerts.iter().map(|alert| alert.key.clone()).collect::<Vec<_>>();
    assert_eq!(keys(&place.open()), keys(&told));
    assert_eq!(place.open()[0].raised_ms, told[0].raised_ms);
    assert_eq!(place.view.alerts().len(), 3);
}

#[tokio::test]
async fn wrong_signatures_name_their_owner_and_stop_nobody() {
    let mut place = Place::new().await;
    let burn = burn(400, 50);
    place.take(std::slice::from_ref(&burn));
    place.settle().await;
    let wrong = Proposal { to: [5; 20], ..paying(&burn) };
    let stranger = key(40).address().into();
    let left = Event::SubmissionFailure { signer: key(23).address().into(), proposal: wrong.clone() };
    place.chain.lay(vec![
        signed(21, &wrong),
        signed(21, &wrong),
        Event::SubmissionFailure { signer: stranger, proposal: wrong.clone() },
        Event::OwnerRemoval(key(23).address().into()),
        left,
        Event::OwnerAddition(stranger),
    ]);
    place.look().await;
    let signers: Vec<_> =
        place.open().iter().map(|alert| (alert.rule.id(), alert.param("signer").to_owned())).collect();
    let owner = |number: u8| ("F13", crypto::eip55(&key(number).address()));
    let mut expected = [owner(21), owner(23)].map(|(rule, owner)| (rule, owner));
    expected.sort_by_key(|(_, owner)| owner.to_lowercase());
    assert_eq!(signers, expected);
    let alert = place.open().remove(0);
    assert_eq!((alert.severity, alert.rule.class()), (Severity::Critical, EvidenceClass::Recorded));
    assert!(place.halts().is_empty());
}

#[tokio::test]
async fn who_became_an_owner_in_a_block_that_dropped_out_is_a_stranger() {
    let mut place = Place::new().await;
    let newcomer = key(40).address().into();
    place.chain.lay(vec![Event::OwnerAddition(newcomer)]);
    place.look().await;
    place.chain.undo();
    let proposal = like(&burn(400, 50), 0x66);
    place.chain.lay(vec![Event::SubmissionFailure { signer: newcomer, proposal }]);
    place.look().await;
    assert!(place.view.alerts().is_empty());
}

#[tokio::test]
async fn an_owner_who_signs_wrongly_without_end_fills_a_bounded_list() {
    let mut place = Place::new().await;
    let burn = burn(400, 50);
    for number in 1..=40_u8 {
        place.chain.lay(vec![signed(21, &like(&burn, number))]);
    }
    place.chain.lay(vec![signed(22, &like(&burn, 1))]);
    place.look().await;
    assert_eq!(place.open().len(), super::super::OF_OWNER_MAX + 1);
}
