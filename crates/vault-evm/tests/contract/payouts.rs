//! What a payout consumes and when: weaknesses 5 and 6 of section 12, one payout per burn, and re-entrancy.

use alloy::network::TransactionBuilder;
use alloy::primitives::{Address, Bytes, U256, address};
use alloy::rpc::types::TransactionRequest;
use alloy::sol_types::SolCall;
use vault_evm::contract::EverwatchVault::{executesCall, performCall, submitCall};

use crate::chain::GAS;
use crate::hostile::{Batch, ReceiverManner, TokenManner};
use crate::tokens::transfer;
use crate::vault::{PAYEE, Proposal, Vault, burn};

#[tokio::test]
async fn a_payout_is_made_once_and_says_so() {
    let vault = Vault::start(2, 3).await;
    let payment = Proposal::coin(burn(1), PAYEE, 5);
    let submitted = vault.submit(&payment, &[0, 2]).await;
    assert_eq!(submitted.events(), ["Submission", "Submission", "Execution"]);
    assert_eq!(vault.chain.balance(PAYEE).await, U256::from(5));
    assert!(vault.executed(&payment).await && vault.released(burn(1)).await);
    assert!(vault.contract.isConfirmed(vault.id(&payment)).call().await.unwrap());
    assert_eq!(vault.submit(&payment, &[0, 1]).await.reverted(), Some("released"));
    assert_eq!(vault.chain.balance(PAYEE).await, U256::from(5));
}

/// Two sibling batches may hold the same burn; the batch is the proposal's number.
#[tokio::test]
async fn a_burn_is_paid_once_whatever_the_proposals_number() {
    let vault = Vault::start(2, 3).await;
    let (first, second) = (Proposal::coin(burn(1), PAYEE, 5), Proposal::coin(burn(1), PAYEE, 5).numbered(2));
    assert!(!vault.submit(&second, &[0]).await.done());
    assert!(vault.submit(&first, &[0, 1]).await.done());
    assert_eq!(vault.submit(&second, &[1]).await.reverted(), Some("released"));
    let other = Proposal::coin(burn(1), vault.address(), 0).numbered(3);
    let hidden = executesCall { to: vec![PAYEE], value: vec![U256::from(5)], data: vec![Bytes::new()] };
    let hidden = Proposal { data: hidden.abi_encode().into(), ..other };
    assert!(!vault.submit(&hidden, &[0, 1]).await.done(), "nor through a batch of calls");
    assert_eq!(vault.chain.balance(PAYEE).await, U256::from(5));
    assert!(vault.submit(&Proposal { ever_hash: burn(2), ..hidden }, &[0, 1]).await.done());
    assert!(vault.released(burn(2)).await, "a batch of calls that pays uses its burn up");
}

#[tokio::test]
async fn administration_may_share_an_ever_hash() {
    let vault = Vault::start(1, 1).await;
    for number in 1..4 {
        let call = vault_evm::contract::EverwatchVault::addOwnerCall { owner: crate::vault::account(number) };
        let decision = Proposal::call(burn(1), vault.address(), &call);
        assert!(vault.submit(&decision, &[0]).await.done());
        assert_eq!(vault.submit(&decision, &[0]).await.reverted(), Some("tx_executed"));
    }
    assert!(!vault.released(burn(1)).await);
    assert!(vault.submit(&Proposal::coin(burn(1), PAYEE, 5), &[0]).await.done());
}

/// Weakness 5.
#[tokio::test]
async fn a_failed_payout_stays_payable_by_anyone_without_new_signatures() {
    let vault = Vault::start(2, 3).await;
    for manner in [ReceiverManner::Reverts, ReceiverManner::LongRevert] {
        let receiver = vault.chain.receiver(manner).await;
        let payment = Proposal::coin(burn(manner as u8), receiver, 5);
        let failed = vault.submit(&payment, &[0, 1]).await;
        assert_eq!(failed.events(), ["Submission", "Submission", "ExecutionFailure"]);
        assert!(!failed.done() && !vault.executed(&payment).await && !vault.released(payment.ever_hash).await);
        assert!(vault.confirmed(&payment, 0).await && vault.confirmed(&payment, 1).await);
        assert_eq!(vault.submit(&payment, &[]).await.events(), ["ExecutionFailure"]);
        vault.chain.set_receiver_manner(receiver, ReceiverManner::Accepts).await;
        assert_eq!(vault.submit(&payment, &[]).await.events(), ["Execution"]);
        assert_eq!(vault.chain.balance(receiver).await, U256::from(5));
    }
}

#[tokio::test]
async fn a_payout_beyond_what_is_there_waits_for_money() {
    let vault = Vault::start(1, 1).await;
    let payment = Proposal::coin(burn(1), PAYEE, 1_000_001);
    assert!(!vault.submit(&payment, &[0]).await.done());
    assert!(vault.chain.pay(vault.address(), 1).await.status());
    assert!(vault.submit(&payment, &[]).await.done());
}

/// Weakness 6.
#[tokio::test]
async fn data_for_a_target_without_code_is_no_payout() {
    let vault = Vault::start(1, 1).await;
    let identity: Address = address!("0000000000000000000000000000000000000004");
    for target in [PAYEE, identity] {
        let payment = Proposal { data: Bytes::from_static(&[1]), ..Proposal::coin(burn(1), target, 5) };
        assert!(!vault.submit(&payment, &[0]).await.done());
        assert!(!vault.submit(&Proposal::call(burn(2), target, &transfer(PAYEE, 1)), &[0]).await.done());
        assert!(!vault.released(burn(1)).await && !vault.released(burn(2)).await);
    }
}

#[tokio::test]
async fn money_cannot_be_paid_to_the_vault_itself() {
    let vault = Vault::start(1, 1).await;
    let payment = Proposal::coin(burn(1), vault.address(), 5);
    assert_eq!(vault.submit(&payment, &[0]).await.reverted(), Some("value_to_self"));
    let token = vault.chain.odd_token(TokenManner::Honest, vault.address(), 100).await;
    assert!(!vault.submit(&Proposal::call(burn(1), token, &transfer(vault.address(), 5)), &[0]).await.done());
    let within = executesCall { to: vec![vault.address()], value: vec![U256::from(5)], data: vec![Bytes::new()] };
    assert!(!vault.decide(1, &within, &[0]).await.done());
}

#[tokio::test]
async fn submit_takes_no_money() {
    let vault = Vault::start(1, 1).await;
    let payment = Proposal::coin(burn(1), PAYEE, 5);
    let input = submit_call(&vault, &payment, &[0]).abi_encode();
    let paying = TransactionRequest::default().with_to(vault.address()).with_value(U256::from(1));
    assert!(!vault.chain.send(paying.with_input(Bytes::from(input))).await.status());
}

/// `perform` may be entered from `submit` alone, also when the owners themselves ask for it.
#[tokio::test]
async fn no_proposal_reaches_around_the_release_of_its_burn() {
    let vault = Vault::start(1, 1).await;
    let inner = performCall { id: burn(9), everHash: burn(9), to: PAYEE, value: U256::from(5), data: Bytes::new() };
    assert!(!vault.decide(1, &inner, &[0]).await.done());
    let batched =
        executesCall { to: vec![vault.address()], value: vec![U256::ZERO], data: vec![inner.abi_encode().into()] };
    assert!(!vault.decide(2, &batched, &[0]).await.done());
    assert!(!vault.decide(3, &submit_call(&vault, &Proposal::coin(burn(1), PAYEE, 5), &[0]), &[0]).await.done());
    assert_eq!(vault.chain.balance(PAYEE).await, U256::ZERO);
}

fn submit_call(vault: &Vault, proposal: &Proposal, signers: &[u8]) -> submitCall {
    let Proposal { number, ever_hash, to, value, data } = proposal.clone();
    let sigs = vault.sign_all(proposal, signers);
    submitCall { proposalID: U256::from(number), everHash: ever_hash, to, value, data, sigs }
}

#[tokio::test]
async fn several_payouts_can_be_submitted_in_one_transaction_and_a_failed_one_stops_no_other() {
    let vault = Vault::start(1, 1).await;
    let receiver = vault.chain.receiver(ReceiverManner::Reverts).await;
    let payments =
        [Proposal::coin(burn(1), receiver, 5), Proposal::coin(burn(2), PAYEE, 5), Proposal::coin(burn(3), PAYEE, 6)];
    let batch = Batch::payCall {
        to: vec![vault.address(); 3],
        value: vec![U256::ZERO; 3],
        data: payments.iter().map(|payment| submit_call(&vault, payment, &[0]).abi_encode().into()).collect(),
    };
    let relayer = vault.chain.create(Batch::BYTECODE.to_vec()).await;
    vault.chain.call(relayer, batch.abi_encode()).await;
    assert_eq!(vault.chain.balance(PAYEE).await, U256::from(11));
    assert!(!vault.released(burn(1)).await && vault.confirmed(&payments[0], 0).await);
}

#[tokio::test]
async fn a_receiver_that_calls_back_gets_nothing_twice() {
    let vault = Vault::start(1, 1).await;
    let receiver = vault.chain.receiver(ReceiverManner::Reenters).await;
    let token = vault.chain.odd_token(TokenManner::Calls, vault.address(), 100).await;
    let sibling = Proposal::coin(burn(1), receiver, 5).numbered(2);
    let other = Proposal::coin(burn(7), receiver, 5);
    for (number, inner) in [(1, sibling), (2, other)] {
        vault.chain.prepare(receiver, vault.address(), &submit_call(&vault, &inner, &[0])).await;
        let coin = Proposal::coin(burn(number), receiver, 5);
        assert!(vault.submit(&coin, &[0]).await.done(), "its call back failed, the payout did not");
        let hook = Proposal::call(burn(number + 10), token, &transfer(receiver, 7));
        assert!(vault.submit(&hook, &[0]).await.done());
    }
    assert!(!vault.chain.went_through(receiver).await);
    assert_eq!(vault.chain.balance(receiver).await, U256::from(10));
    assert_eq!(vault.chain.tokens(token, receiver).await, U256::from(14));
    assert!(!vault.released(burn(7)).await);
}

#[tokio::test]
async fn a_receiver_that_insists_on_calling_back_fails_its_own_payout_only() {
    let vault = Vault::start(1, 1).await;
    let receiver = vault.chain.receiver(ReceiverManner::ReentersAndInsists).await;
    let payment = Proposal::coin(burn(1), receiver, 5);
    vault.chain.prepare(receiver, vault.address(), &submit_call(&vault, &payment, &[0])).await;
    assert!(!vault.submit(&payment, &[0]).await.done());
    assert!(vault.submit(&Proposal::coin(burn(2), PAYEE, 5), &[0]).await.done());
    vault.chain.set_receiver_manner(receiver, ReceiverManner::Accepts).await;
    assert!(vault.submit(&payment, &[]).await.done());
}

#[tokio::test]
async fn money_that_a_receiver_sends_back_is_a_deposit_of_its_own() {
    let vault = Vault::start(1, 1).await;
    let receiver = vault.chain.receiver(ReceiverManner::SendsBack).await;
    let empty = crate::hostile::Receiver::prepareCall { itsVault: vault.address(), itsCall: Bytes::new() };
    vault.chain.call(receiver, empty.abi_encode()).await;
    let submitted = vault.submit(&Proposal::coin(burn(1), receiver, 5), &[0]).await;
    assert_eq!(submitted.events(), ["Submission", "Deposit", "Execution"]);
    assert_eq!(vault.chain.balance(vault.address()).await, U256::from(1_000_000));
}

/// A receiver that burns all gas costs whoever submits; it cannot consume its own payout or be told from a starved one.
#[tokio::test]
async fn a_receiver_that_burns_all_gas_leaves_everything_as_it_was() {
    let vault = Vault::start(1, 1).await;
    let receiver = vault.chain.receiver(ReceiverManner::BurnsGas).await;
    let payment = Proposal::coin(burn(1), receiver, 5);
    let sigs = vault.sign_all(&payment, &[0]);
    assert_eq!(vault.submit_with_gas(&payment, sigs, GAS).await.reverted(), Some("starved"));
    assert!(!vault.confirmed(&payment, 0).await && !vault.released(burn(1)).await);
}
