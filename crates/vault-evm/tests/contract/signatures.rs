//! Whose signature counts: weaknesses 4 and 9 of section 12, and malleability.

use alloy::primitives::{B256, Bytes, U256, uint};

use crate::chain::{Chain, GAS, SENDER};
use crate::vault::{PAYEE, Proposal, Vault, account, burn};

const ORDER: U256 = uint!(0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141_U256);

/// The other signature of the same key for the same digest: s negated, v flipped.
pub fn twin(sig: &Bytes) -> Bytes {
    let s = ORDER - U256::from_be_slice(&sig[32..64]);
    [&sig[..32], &s.to_be_bytes::<32>(), &[27 + 28 - sig[64]]].concat().into()
}

/// Each is broken in another way; none may count or stop the others.
pub fn broken(sig: &Bytes) -> Vec<Bytes> {
    let with_v = |v: u8| Bytes::from([&sig[..64], &[v]].concat());
    vec![
        Bytes::new(),
        Bytes::from(sig[..64].to_vec()),
        Bytes::from([sig.as_ref(), &[0]].concat()),
        with_v(0),
        with_v(1),
        with_v(29),
        twin(sig),
        Bytes::from([[0; 64].as_slice(), &[27]].concat()),
        Bytes::from([[0xff; 64].as_slice(), &[28]].concat()),
    ]
}

#[tokio::test]
async fn bad_signatures_are_skipped_and_the_good_ones_count() {
    let vault = Vault::start(2, 3).await;
    let payment = Proposal::coin(burn(1), PAYEE, 5);
    let mut sigs = broken(&vault.sign(&payment, 2));
    let bad = sigs.len();
    sigs.insert(3, vault.sign(&payment, 0));
    sigs.push(vault.sign(&payment, 8));
    sigs.push(vault.sign(&payment, 1));
    let submitted = vault.submit_raw(&payment, sigs).await;
    assert!(submitted.done());
    let events = submitted.events();
    assert_eq!(events.iter().filter(|name| **name == "SubmissionFailure").count(), bad + 1);
    assert_eq!(events.iter().filter(|name| **name == "Submission").count(), 2);
    assert!(!vault.confirmed(&payment, 2).await, "no broken form of his signature counted");
}

/// Weakness 4: ecrecover answers zero for a broken signature.
#[tokio::test]
async fn a_signature_that_recovers_nobody_is_nobodys() {
    let vault = Vault::start(1, 1).await;
    let payment = Proposal::coin(burn(1), PAYEE, 5);
    let nobody = Bytes::from([[0; 64].as_slice(), &[27]].concat());
    let answer = vault.contract.ecAddress(vault.id(&payment), nobody.clone()).call().await.unwrap();
    assert!(answer.is_zero());
    assert!(!vault.submit_raw(&payment, vec![nobody]).await.done());
    assert!(!vault.contract.isConfirmed(vault.id(&payment)).call().await.unwrap());
}

#[tokio::test]
async fn the_malleable_twin_of_a_signature_recovers_the_owner_and_still_does_not_count() {
    let vault = Vault::start(1, 1).await;
    let payment = Proposal::coin(burn(1), PAYEE, 5);
    let twin = twin(&vault.sign(&payment, 0));
    let answer = vault.contract.ecAddress(vault.id(&payment), twin.clone()).call().await.unwrap();
    assert_eq!(answer, account(0));
    let submitted = vault.submit_raw(&payment, vec![twin]).await;
    assert_eq!((submitted.done(), submitted.events()), (false, vec!["SubmissionFailure"]));
}

#[tokio::test]
async fn one_owner_signing_many_times_is_one_owner() {
    let vault = Vault::start(2, 3).await;
    let payment = Proposal::coin(burn(1), PAYEE, 5);
    assert!(!vault.submit(&payment, &[0, 0, 0]).await.done());
    assert!(!vault.submit(&payment, &[0, 0]).await.done());
    assert!(vault.submit(&payment, &[1]).await.done());
}

#[tokio::test]
async fn a_signature_is_for_one_proposal_of_one_contract_on_one_chain() {
    let vault = Vault::start(1, 1).await;
    let signed = Proposal::coin(burn(1), PAYEE, 5);
    let sig = vault.sign(&signed, 0);
    let others = [
        signed.clone().numbered(2),
        Proposal { ever_hash: burn(2), ..signed.clone() },
        Proposal { to: SENDER, ..signed.clone() },
        Proposal { value: U256::from(6), ..signed.clone() },
        Proposal { data: Bytes::from_static(&[0]), ..signed.clone() },
    ];
    for other in others {
        assert!(!vault.submit_raw(&other, vec![sig.clone()]).await.done(), "{other:?}");
    }
    // The same account's same transaction gives the same address on another chain.
    let other_chain = Vault::on(Chain::start(5).await, 1, 1).await;
    assert_eq!(other_chain.address(), vault.address());
    assert!(!other_chain.submit_raw(&signed, vec![sig.clone()]).await.done());
    assert!(vault.submit_raw(&signed, vec![sig]).await.done());
}

/// PVE-001 and weakness 9: chainID was fixed at creation, so that both branches of a fork took the same signatures.
#[tokio::test]
async fn after_a_fork_the_chain_id_is_the_branchs_own() {
    let vault = Vault::start(1, 1).await;
    let payment = Proposal::coin(burn(1), PAYEE, 5);
    let sig = vault.sign(&payment, 0);
    vault.chain.control.request("anvil_setChainId", serde_json::json!([61])).await.unwrap();
    assert_eq!(vault.contract.chainID().call().await.unwrap(), U256::from(61));
    let Proposal { number, ever_hash, to, value, data } = payment.clone();
    let call = vault.contract.submit(U256::from(number), ever_hash, to, value, data, vec![sig]).from(SENDER).gas(GAS);
    let answer = call.call().await.unwrap();
    assert!(!answer.done);
    assert_ne!(answer.id, vault.id(&payment));
    assert_ne!(answer.id, B256::ZERO);
}
