//! Owners, threshold, operator and pause: weaknesses 2, 3, 7 and 8 of section 12.

use alloy::primitives::{Address, B256, U256};
use alloy::sol_types::SolCall;
use vault_evm::contract::EverwatchVault::{
    addOwnerCall, changeRequirementCall, executesCall, removeOwnerCall, replaceOwnerCall, setOperatorCall,
    setPausedCall,
};
use vault_evm::contract::vault_code;

use crate::chain::{Chain, GAS, OPERATOR, mined};
use crate::vault::{PAYEE, Proposal, Vault, account, burn};

fn add(owner: Address) -> addOwnerCall {
    addOwnerCall { owner }
}

fn remove(owner: u8) -> removeOwnerCall {
    removeOwnerCall { owner: account(owner) }
}

fn require(number: u64) -> changeRequirementCall {
    changeRequirementCall { newRequired: U256::from(number) }
}

#[tokio::test]
async fn zero_or_repeated_owners_and_impossible_thresholds_are_refused_at_creation() {
    let chain = Chain::start(1).await;
    let (a, b) = (account(0), account(1));
    let fifty: Vec<Address> = (0..50).map(account).collect();
    let fifty_one: Vec<Address> = (0..51).map(account).collect();
    for (owners, required) in
        [(vec![a, a], 1), (vec![a, b, a], 2), (vec![Address::ZERO], 1), (vec![a, Address::ZERO], 1)]
    {
        assert!(chain.try_create(vault_code(&owners, required)).await.is_none(), "{owners:?}");
    }
    for (owners, required) in [(vec![], 0), (vec![], 1), (vec![a], 0), (vec![a, b], 3), (fifty_one, 2)] {
        assert!(chain.try_create(vault_code(&owners, required)).await.is_none(), "{required} of {}", owners.len());
    }
    assert!(chain.try_create(vault_code(&[a], 1)).await.is_some());
    let full = Vault::on(chain, 1, 50).await;
    assert!(!full.decide(1, &add(account(50)), &[0]).await.done(), "one more than fifty");
    assert_eq!(full.owners().await, fifty);
}

#[tokio::test]
async fn owners_and_threshold_change_only_through_the_owners_themselves() {
    let vault = Vault::start(2, 3).await;
    let contract = &vault.contract;
    let direct = [
        contract.addOwner(account(5)).calldata().clone(),
        contract.removeOwner(account(0)).calldata().clone(),
        contract.replaceOwner(account(0), account(5)).calldata().clone(),
        contract.changeRequirement(U256::from(1)).calldata().clone(),
        contract.setOperator(OPERATOR).calldata().clone(),
        contract.setPaused(true).calldata().clone(),
        contract.executes(vec![], vec![], vec![]).calldata().clone(),
        contract.perform(B256::ZERO, B256::ZERO, PAYEE, U256::from(1), Default::default()).calldata().clone(),
    ];
    for input in direct {
        let call = alloy::rpc::types::TransactionRequest::default().to(vault.address()).input(input.into());
        assert!(!vault.chain.send(call).await.status());
    }
    assert!(!vault.decide(1, &add(account(5)), &[0]).await.done(), "one signature of two");
    assert!(vault.decide(1, &add(account(5)), &[1]).await.done(), "confirmations of several submits add up");
    assert!(vault.decide(2, &replaceOwnerCall { owner: account(5), newOwner: account(6) }, &[0, 1]).await.done());
    assert!(vault.decide(3, &require(3), &[0, 6]).await.done());
    assert!(vault.decide(4, &remove(0), &[0, 1, 6]).await.done());
    assert_eq!(vault.owners().await, [account(6), account(1), account(2)]);
    assert_eq!(contract.getRequire().call().await.unwrap(), U256::from(3));
    assert!(!contract.isOwner(account(0)).call().await.unwrap());
    assert!(contract.isOwner(account(6)).call().await.unwrap());
}

/// Weakness 2: a doubled owner counted twice.
#[tokio::test]
async fn no_change_makes_an_owner_twice_or_nobody_an_owner() {
    let vault = Vault::start(1, 2).await;
    assert!(!vault.decide(1, &add(account(1)), &[0]).await.done());
    assert!(!vault.decide(2, &add(Address::ZERO), &[0]).await.done());
    assert!(!vault.decide(3, &add(vault.address()), &[0]).await.done());
    assert!(!vault.decide(4, &replaceOwnerCall { owner: account(0), newOwner: account(1) }, &[0]).await.done());
    assert!(!vault.decide(5, &replaceOwnerCall { owner: account(0), newOwner: Address::ZERO }, &[0]).await.done());
    assert!(!vault.decide(6, &replaceOwnerCall { owner: account(7), newOwner: account(8) }, &[0]).await.done());
    assert!(!vault.decide(7, &remove(7), &[0]).await.done());
    assert_eq!(vault.owners().await, [account(0), account(1)]);
}

/// Weakness 3, and the silent lowering of the threshold that came with it.
#[tokio::test]
async fn an_owner_is_not_removed_when_fewer_than_required_would_be_left() {
    let vault = Vault::start(2, 2).await;
    assert!(!vault.decide(1, &remove(1), &[0, 1]).await.done());
    assert_eq!(vault.contract.getRequire().call().await.unwrap(), U256::from(2));
    let both = executesCall {
        to: vec![vault.address(); 2],
        value: vec![U256::ZERO; 2],
        data: vec![require(1).abi_encode().into(), remove(1).abi_encode().into()],
    };
    assert!(vault.decide(2, &both, &[0, 1]).await.done());
    assert_eq!(vault.owners().await, [account(0)]);
    assert!(!vault.decide(3, &remove(0), &[0]).await.done(), "the last owner");
}

#[tokio::test]
async fn of_several_calls_all_happen_or_none() {
    let vault = Vault::start(1, 1).await;
    let calls = executesCall {
        to: vec![vault.address(); 2],
        value: vec![U256::ZERO; 2],
        data: vec![add(account(1)).abi_encode().into(), add(account(1)).abi_encode().into()],
    };
    assert!(!vault.decide(1, &calls, &[0]).await.done());
    assert_eq!(vault.owners().await, [account(0)]);
    for (values, datas) in [(1, 0), (0, 1), (1, 1)] {
        let uneven =
            executesCall { to: vec![], value: vec![U256::ZERO; values], data: vec![Default::default(); datas] };
        assert!(!vault.decide(2, &uneven, &[0]).await.done());
    }
}

/// Weaknesses 3 and 8.
#[tokio::test]
async fn confirmations_of_removed_owners_do_not_count() {
    let vault = Vault::start(2, 4).await;
    let payment = Proposal::coin(burn(1), PAYEE, 5);
    assert!(!vault.submit(&payment, &[3]).await.done());
    assert!(vault.confirmed(&payment, 3).await);
    assert!(vault.decide(1, &remove(3), &[0, 1]).await.done());
    assert!(!vault.confirmed(&payment, 3).await);
    assert!(!vault.submit(&payment, &[0]).await.done(), "only one of the present owners confirmed");
    assert!(vault.submit(&payment, &[1]).await.done());
}

/// Weakness 8. The old signature is public; it must not be of use again.
#[tokio::test]
async fn an_owner_who_left_and_came_back_starts_without_confirmations_and_his_old_signatures_are_void() {
    let vault = Vault::start(2, 4).await;
    let payment = Proposal::coin(burn(1), PAYEE, 5);
    vault.submit(&payment, &[3]).await;
    assert!(vault.decide(1, &remove(3), &[0, 1]).await.done());
    assert!(vault.decide(2, &add(account(3)), &[0, 1]).await.done());
    assert!(!vault.confirmed(&payment, 3).await);
    let again = vault.submit(&payment, &[3, 0]).await;
    assert_eq!(again.events(), ["SubmissionFailure", "Submission"]);
    assert!(!again.done());
    assert!(vault.submit(&payment.clone().numbered(2), &[3, 0]).await.done(), "he can confirm it under another number");
}

/// Weakness 8.
#[tokio::test]
async fn a_lowered_threshold_does_not_carry_out_what_was_confirmed_under_the_higher_one() {
    let vault = Vault::start(3, 4).await;
    let (two, one) = (Proposal::coin(burn(1), PAYEE, 5), Proposal::coin(burn(2), PAYEE, 5));
    vault.submit(&two, &[0, 1]).await;
    vault.submit(&one, &[0]).await;
    assert!(vault.decide(1, &require(2), &[0, 1, 2]).await.done());
    for pending in [two, one] {
        assert!(!vault.submit(&pending, &[1]).await.done(), "two confirmed; three were required when the first did");
        assert!(vault.submit(&pending, &[2]).await.done());
    }
    assert!(vault.submit(&Proposal::coin(burn(3), PAYEE, 5), &[0, 1]).await.done());
}

#[tokio::test]
async fn a_raised_threshold_holds_for_what_is_pending_too() {
    let vault = Vault::start(2, 4).await;
    let payment = Proposal::coin(burn(1), PAYEE, 5);
    vault.submit(&payment, &[0]).await;
    assert!(vault.decide(1, &require(3), &[0, 1]).await.done());
    assert!(!vault.submit(&payment, &[1]).await.done());
    assert!(vault.submit(&payment, &[2]).await.done());
}

/// Weakness 9: no revocation.
#[tokio::test]
async fn a_revoked_confirmation_stays_revoked() {
    let vault = Vault::start(2, 3).await;
    let payment = Proposal::coin(burn(1), PAYEE, 5);
    vault.submit(&payment, &[0]).await;
    let id = vault.id(&payment);
    vault.chain.control.request("anvil_impersonateAccount", serde_json::json!([account(0)])).await.unwrap();
    vault.chain.control.set_balance(&account(0).to_string(), 1 << 70).await.unwrap();
    let revoked = mined(vault.contract.revoke(id).from(account(0)).gas(GAS).send().await.unwrap()).await;
    assert!(revoked.status());
    assert!(vault.contract.revoke(id).from(OPERATOR).call().await.is_err(), "not an owner");
    assert!(!vault.submit(&payment, &[0, 1]).await.done());
    assert!(vault.submit(&payment, &[2]).await.done(), "the others can do without him");
    assert!(vault.contract.revoke(id).from(account(0)).call().await.is_err(), "too late");
}

/// Weakness 7.
#[tokio::test]
async fn a_pause_stops_payouts_and_never_the_owners() {
    let vault = Vault::start(2, 3).await;
    assert!(vault.decide(1, &setOperatorCall { newOperator: OPERATOR }, &[0, 1]).await.done());
    let pause = vault.contract.setPaused(true).from(OPERATOR).gas(GAS).send().await.unwrap();
    assert!(mined(pause).await.status());
    assert!(vault.contract.getPaused().call().await.unwrap());
    let payment = Proposal::coin(burn(1), PAYEE, 5);
    assert_eq!(vault.submit(&payment, &[0, 1]).await.reverted(), Some("paused"));
    let around = executesCall { to: vec![PAYEE], value: vec![U256::from(5)], data: vec![Default::default()] };
    assert!(!vault.decide(2, &around, &[0, 1]).await.done(), "nor in the guise of administration");
    assert!(vault.decide(3, &setOperatorCall { newOperator: account(9) }, &[0, 1]).await.done());
    assert!(vault.contract.setPaused(false).from(OPERATOR).call().await.is_err(), "the operator was replaced");
    assert!(vault.decide(4, &setPausedCall { newPaused: false }, &[0, 1]).await.done());
    assert!(vault.submit(&payment, &[0, 1]).await.done());
}
