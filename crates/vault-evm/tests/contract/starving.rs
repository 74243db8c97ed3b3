//! Too little gas must never turn a good payout into a failed one (weakness 5: the 63/64 rule).

use alloy::primitives::{B256, keccak256};

use crate::hostile::{ReceiverManner, TokenManner};
use crate::tokens::transfer;
use crate::vault::{Proposal, Submitted, Vault};

/// From too little even for the signatures to more than enough.
const GAS_FROM: u64 = 40_000;
const GAS_TO: u64 = 340_000;
const STEP: u64 = 1_700;

#[tokio::test]
async fn whatever_gas_is_given_a_good_payout_is_made_or_nothing_happened() {
    let vault = Vault::start(2, 3).await;
    let receiver = vault.chain.receiver(ReceiverManner::Accepts).await;
    let token = vault.chain.odd_token(TokenManner::Calls, vault.address(), 1_000_000).await;
    let call = transfer(receiver, 5);
    let payments: [&dyn Fn(B256) -> Proposal; 2] =
        [&|burn| Proposal::coin(burn, receiver, 5), &|burn| Proposal::call(burn, token, &call)];
    let mut burns = 1_u16..;
    for payment in payments {
        let (mut made, mut starved) = (0, 0);
        for gas in (GAS_FROM..GAS_TO).step_by(STEP as usize) {
            // A burn of its own each time: no payout of before stands in the way, and nothing has to be undone.
            let payment = payment(keccak256(burns.next().unwrap().to_be_bytes()));
            let before = vault.chain.balance(receiver).await;
            match vault.submit_with_gas(&payment, vault.sign_all(&payment, &[0, 1]), gas).await {
                Submitted::Mined { done, .. } => {
                    assert!(done, "a failed execution with {gas} gas");
                    made += 1;
                }
                Submitted::Reverted(_) => {
                    assert!(!vault.confirmed(&payment, 0).await && !vault.released(payment.ever_hash).await);
                    assert_eq!(vault.chain.balance(receiver).await, before);
                    starved += 1;
                }
            }
        }
        assert!(made > 20 && starved > 20, "the range shows both: {made} made, {starved} starved");
    }
}
