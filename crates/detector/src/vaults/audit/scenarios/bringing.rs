//! Signatures that watchmen bring.

use super::*;
use crate::view::{Accusation, AccuseError, Accused};

fn accusation(owner: u8, proposal: &Proposal) -> Accusation {
    let signature = key(owner).sign_digest(&crypto::eip191_hash(&proposal.tx_hash()));
    Accusation { chain: CHAIN.to_owned(), owner: key(owner).address(), proposal: proposal.clone(), signature }
}

#[tokio::test]
async fn a_signature_that_no_burn_justifies_is_its_own_evidence() {
    let mut place = Place::new().await;
    let burn = burn(400, 50);
    place.take(std::slice::from_ref(&burn));
    place.settle().await;
    place.round().await;
    let brought = accusation(22, &Proposal { to: [5; 20], ..paying(&burn) });
    assert_eq!(place.view.accuse(&brought).await.unwrap(), Accused::Noted);
    assert_eq!(place.view.accuse(&brought).await.unwrap(), Accused::Known);
    place.restart();
    place.look().await;
    let [alert] = &place.open()[..] else { panic!("one alert: {:?}", place.alerts()) };
    assert_eq!((alert.rule.id(), alert.code.as_str()), ("F13", "other_recipient"));
    assert_eq!(alert.param("signer"), crypto::eip55(&key(22).address()));
    let link = &alert.evidence[0];
    let fact = |name: &str| &link.params.iter().find(|fact| fact.name == name).unwrap().value;
    assert_eq!(
        (link.code.as_str(), fact("signature")),
        ("signatureGiven", &crypto::hexs::encode0x(&brought.signature))
    );
    let payload = crypto::hexs::decode(fact("payload")).unwrap();
    assert_eq!(crypto::keccak256(&payload), brought.proposal.tx_hash());
    assert!(place.halts().is_empty());
    // The chain shows the same later: it is one wrong thing, and stays one when that block drops out.
    place.chain.lay(vec![signed(22, &brought.proposal)]);
    place.look().await;
    place.chain.undo();
    place.look().await;
    assert_eq!((place.open().len(), place.view.alerts().len()), (1, 1));
}

#[tokio::test]
async fn a_signature_of_a_burn_that_comes_late_or_of_nobody_who_owned_the_vault_is_no_offence() {
    let mut place = Place::new().await;
    place.round().await;
    let (burn, stranger) = (burn(400, 50), 40);
    place.view.accuse(&accusation(21, &paying(&burn))).await.unwrap();
    place.view.accuse(&accusation(stranger, &like(&burn, 0x66))).await.unwrap();
    place.round().await;
    place.take(std::slice::from_ref(&burn));
    place.look().await;
    place.settle().await;
    place.look().await;
    assert!(place.view.alerts().is_empty());
    assert!(place.store.acts_in(CHAIN, store::ledger::ActState::Open, 10).await.unwrap().is_empty(), "nothing is kept");
}

#[tokio::test]
async fn what_is_no_signature_of_the_accused_for_this_vault_is_refused() {
    let mut place = Place::new().await;
    let wrong = like(&burn(400, 50), 0x66);
    let good = accusation(21, &wrong);
    assert!(matches!(place.view.accuse(&good).await, Err(AccuseError::NotYet)));
    place.round().await;
    let cases = [
        (Accusation { chain: "bsc".to_owned(), ..good.clone() }, "no vault"),
        (accusation(21, &Proposal { contract: [1; 20], ..wrong.clone() }), "not for the vault"),
        (accusation(21, &Proposal { chain_id: Amount::from(2_u64), ..wrong.clone() }), "not for the vault"),
        (Accusation { owner: key(22).address(), ..good.clone() }, "not of the accused"),
        (Accusation { signature: [0; 65], ..good.clone() }, "not of the accused"),
        (Accusation { signature: [0; 65], owner: [0; 20], ..good.clone() }, "not of the accused"),
    ];
    for (accusation, expected) in cases {
        let error = place.view.accuse(&accusation).await.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    for number in 1..=16 {
        assert_eq!(place.view.accuse(&accusation(23, &like(&burn(1, 1), number))).await.unwrap(), Accused::Noted);
    }
    let more = place.view.accuse(&accusation(23, &like(&burn(1, 1), 17))).await;
    assert!(matches!(more, Err(AccuseError::TooMany)), "{more:?}");
    place.view.accuse(&good).await.unwrap();
    place.look().await;
    assert_eq!(place.open().len(), 17);
}
