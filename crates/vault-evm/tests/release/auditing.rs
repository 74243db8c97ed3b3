//! What the vault did, held against the burns (F11, F13).

use crate::place::owners;
use crate::world::{PAYEE, Reader, World, sign};
use alloy::primitives::{Address, Bytes, U256};
use crypto::secp::EvmKey;
use everpay::lock_contract::Proposal;
use oracle::Payout;
use std::collections::BTreeSet;
use vault_evm::contract::EverwatchVault::{addOwnerCall, executesCall, removeOwnerCall, setPausedCall};
use vault_evm::contract::PracticeToken::{approveCall, transferCall};
use vault_evm::release::{Finding, Outcome, Rule, Submission, audit};

const THIEF: Address = Address::repeat_byte(0x66);

fn owner(number: usize) -> Address {
    owners()[number].address().into()
}

fn everyone() -> BTreeSet<Address> {
    (0..3).map(owner).collect()
}

async fn findings(world: &World, burns: &[Payout]) -> Vec<Finding> {
    let judge = world.place.judge();
    let mut reader = Reader::new(judge.clone());
    audit(reader.read().await, burns, &everyone(), judge.tokens(), 1)
}

/// Findings in a few words, with who signed.
fn words(findings: &[Finding]) -> Vec<(Rule, &'static str, Option<Address>)> {
    findings.iter().map(|finding| (finding.rule, finding.why.code(), finding.signer)).collect()
}

/// What both colluding owners and the vault are found to have done.
fn by_both(code: &'static str) -> Vec<(Rule, &'static str, Option<Address>)> {
    vec![(Rule::F13, code, Some(owner(0))), (Rule::F13, code, Some(owner(1))), (Rule::F11, code, None)]
}

#[tokio::test(flavor = "multi_thread")]
async fn payouts_of_burns_and_administration_are_found_right() {
    let world = World::new().await;
    let one = world.watchman(1, &[]).await;
    let burns = [
        world.coins(1, PAYEE, 30),
        world.tokens(2, world.place.at.token, PAYEE, 400),
        world.coins(3, PAYEE, 7),
        world.coins(4, PAYEE, 1),
    ];
    for burn in &burns[..2] {
        assert_eq!(world.submit(&one, &world.signed(burn, &[0, 1])).await.1, Outcome::Paid);
    }
    // The same burn in another batch is the same payout.
    let sibling = Payout { batch_id: [0xb1; 32], ..burns[2].clone() };
    assert_eq!(world.submit(&one, &world.signed(&sibling, &[1, 2])).await.1, Outcome::Paid);
    world.submit(&one, &world.signed(&burns[3], &[2])).await;
    let decisions = [
        world.decision(1, &addOwnerCall { owner: THIEF }),
        world.decision(
            2,
            &executesCall {
                to: vec![world.place.at.vault; 2],
                value: vec![U256::ZERO; 2],
                data: [
                    alloy::sol_types::SolCall::abi_encode(&removeOwnerCall { owner: THIEF }),
                    alloy::sol_types::SolCall::abi_encode(&setPausedCall { newPaused: false }),
                ]
                .map(Bytes::from)
                .to_vec(),
            },
        ),
    ];
    for decision in decisions {
        assert_eq!(world.submit(&one, &sign(decision, &[0, 1])).await.1, Outcome::Paid);
    }
    assert_eq!(words(&findings(&world, &burns).await), []);
    let without = findings(&world, &burns[1..]).await;
    assert_eq!(words(&without), by_both("unknown_burn"));
}

#[tokio::test(flavor = "multi_thread")]
async fn owners_who_collude_and_pay_something_else_are_all_found() {
    let world = World::new().await;
    let (place, one) = (&world.place, world.watchman(1, &[]).await);
    let coins = |number: u8| world.coins(number, PAYEE, 30);
    let token = place.at.token;
    let burns: Vec<Payout> = (1..=4).map(coins).chain([world.tokens(5, token, PAYEE, 400)]).collect();
    let to_thief = transferCall { to: THIEF, value: U256::from(400) };
    let cases: [(Proposal, &str); 7] = [
        (world.proposal(&Payout { to: THIEF.to_string(), ..burns[0].clone() }), "other_recipient"),
        (world.proposal(&Payout { amount: 31_u64.into(), ..burns[1].clone() }), "other_amount"),
        (world.proposal(&world.tokens(3, token, PAYEE, 30)), "other_token"),
        (world.proposal(&coins(9)), "unknown_burn"),
        (Proposal { ever_hash: burns[3].ever_hash, ..hidden(&world) }, "no_payout"),
        (Proposal { ever_hash: burns[4].ever_hash, ..world.call(7, token, &to_thief) }, "other_recipient"),
        (allowance(&world), "unknown_burn"),
    ];
    for (proposal, code) in cases {
        let before = findings(&world, &burns).await.len();
        let (slot, outcome) = world.submit(&one, &sign(proposal.clone(), &[0, 1])).await;
        assert_eq!(outcome, Outcome::Paid, "{code}: the vault believes its owners");
        let found = findings(&world, &burns).await;
        assert_eq!(words(&found[before..]), by_both(code));
        for finding in &found[before..] {
            assert_eq!((&finding.proposal, finding.at.tx.0), (&proposal, slot.newest().unwrap().hash));
            let burn = burns.iter().find(|burn| burn.ever_hash == proposal.ever_hash);
            assert_eq!(finding.expected, burn.map(|burn| world.proposal(burn)));
        }
    }
}

/// Coins that leave within a batch of calls to the vault itself.
fn hidden(world: &World) -> Proposal {
    let inner = executesCall { to: vec![PAYEE], value: vec![U256::from(5)], data: vec![Bytes::new()] };
    let inner = alloy::sol_types::SolCall::abi_encode(&inner).into();
    let outer = executesCall { to: vec![world.place.at.vault], value: vec![U256::ZERO], data: vec![inner] };
    world.decision(6, &outer)
}

/// Leave for another to take tokens later.
fn allowance(world: &World) -> Proposal {
    world.call(8, world.place.at.token, &approveCall { spender: THIEF, value: U256::MAX })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lone_owners_wrong_signature_is_found_once_and_a_strangers_never() {
    let world = World::new().await;
    let one = world.watchman(1, &[]).await;
    let burn = world.coins(1, PAYEE, 30);
    let wrong = world.proposal(&Payout { to: THIEF.to_string(), ..burn.clone() });
    let digest = crypto::eip191_hash(&wrong.tx_hash());
    let stranger = EvmKey::from_bytes(&[0x77; 32]).unwrap().sign_digest(&digest);
    let mut submission = sign(wrong.clone(), &[1]);
    submission.signatures.extend([stranger, [0; 65], [7; 65]]);
    for _ in 0..2 {
        assert_eq!(world.submit(&one, &submission).await.1, Outcome::Counted);
    }
    let found = findings(&world, std::slice::from_ref(&burn)).await;
    assert_eq!(words(&found), [(Rule::F13, "other_recipient", Some(owner(1)))]);
    assert_eq!(found[0].expected, Some(world.proposal(&burn)));
    // The burn itself is paid all the same.
    assert_eq!(world.submit(&one, &world.signed(&burn, &[0, 2])).await.1, Outcome::Paid);
    assert_eq!(findings(&world, &[burn]).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_of_somebody_who_was_an_owner_is_found_though_it_does_not_count() {
    let world = World::new().await;
    let one = world.watchman(1, &[]).await;
    let decision = world.decision(1, &removeOwnerCall { owner: owner(2) });
    assert_eq!(world.submit(&one, &sign(decision, &[0, 1])).await.1, Outcome::Paid);
    let burn = world.coins(1, PAYEE, 30);
    let wrong = world.proposal(&Payout { amount: 31_u64.into(), ..burn.clone() });
    assert_eq!(world.submit(&one, &sign(wrong, &[2])).await.1, Outcome::Counted);
    // A signature of the right payout does not count either, and is no offence.
    assert_eq!(world.submit(&one, &Submission { ..world.signed(&burn, &[2]) }).await.1, Outcome::Counted);
    let found = findings(&world, &[burn]).await;
    assert_eq!(words(&found), [(Rule::F13, "other_amount", Some(owner(2)))]);
}
