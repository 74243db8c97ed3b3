//! Owners of the vault who pay themselves (F11) and one who signs for somebody else (F13): found on the chain, by those who watch
//! all along and by those who start afresh.

use super::*;
use alloy::primitives::{B256, Bytes, U256};
use alloy::sol_types::SolCall;
use detector::Alert;
use devnet::{EvmCall, evm_address};
use everpay::lock_contract::Proposal;
use everpay::{Amount, EverHash};
use std::collections::BTreeSet;
use tests::evm_key;
use vault_evm::contract::EverwatchVault::{setOperatorCall, submitCall};

/// A plain payment of coins by the vault.
fn payment(world: &World, ever_hash: EverHash, to: &str, amount: u128) -> Proposal {
    Proposal {
        chain_id: Amount::from(world.network.evm[ETHEREUM].chain_id),
        contract: crypto::hexs::decode_array(&world.ethereum().chain.vault).unwrap(),
        proposal_id: Amount::from(7_u64),
        ever_hash,
        to: crypto::hexs::decode_array(to).unwrap(),
        value: Amount::from(amount),
        data: Vec::new(),
    }
}

/// What these owners signed, submitted by `payer`.
async fn submit(world: &World, payer: &Payer, proposal: &Proposal, signers: &[usize]) {
    let digest = crypto::eip191_hash(&proposal.tx_hash());
    let owners = &world.ethereum().owners;
    let call = submitCall {
        proposalID: U256::from_be_bytes(proposal.proposal_id.to_be_bytes()),
        everHash: B256::from(*proposal.ever_hash.as_bytes()),
        to: proposal.to.into(),
        value: U256::from_be_bytes(proposal.value.to_be_bytes()),
        data: proposal.data.clone().into(),
        sigs: signers.iter().map(|signer| Bytes::from(owners[*signer].sign_digest(&digest).to_vec())).collect(),
    };
    let vault = evm_address(&world.ethereum().chain.vault).unwrap();
    world.ethereum().node().send(evm_key(payer), EvmCall::contract(vault, call.abi_encode())).await.unwrap();
}

/// Waits until a detector has so many alerts, and gives them by key.
async fn alerts(view: &View, count: usize) -> Vec<Alert> {
    let mut alerts = eventually(PATIENCE, &format!("{count} alerts"), || async {
        let alerts = view.alerts();
        (alerts.len() >= count).then_some(alerts)
    })
    .await;
    alerts.sort_by(|a, b| a.key.cmp(&b.key));
    alerts
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payout_without_a_burn_halts_the_vault_until_people_arm_it_again() {
    let payer = evm(31);
    let mut world = world_of(&payer).await;
    let watchmen = TestWatchmen::running(&world, AUTO).await;
    let detector = Running::start(&world, "watching").await;
    // Nothing is short: only the audit can find what is missing.
    let vault = world.ethereum().chain.vault.clone();
    world.ethereum().control().set_balance(&vault, 10 * ETH).await.unwrap();
    let [honest, thief, later] = [91, 92, 93].map(account);
    burn(&mut world, Asset::Coin, &payer, &honest, ETH / 4).await;
    receives(&world, Asset::Coin, &honest, ETH / 4).await;
    let operator = setOperatorCall { newOperator: evm_address(&honest).unwrap() }.abi_encode();
    let decision = Proposal { data: operator, ..payment(&world, EverHash::new([0xad; 32]), &vault, 0) };
    submit(&world, &payer, &decision, &[0, 1]).await;
    sleep(AFTERMATH).await;
    assert_eq!(detector.view.alerts(), [], "an honest payout and administration are none");

    let theft = payment(&world, EverHash::new([0x66; 32]), &thief, ETH / 8);
    submit(&world, &payer, &theft, &[0, 1]).await;
    assert_eq!(world.ethereum().holds(Asset::Coin, &thief).await, ETH / 8);
    let found = alerts(&detector.view, 3).await;
    let told: Vec<_> = found.iter().map(|alert| (alert.rule.id(), alert.code.as_str())).collect();
    assert_eq!(told, [("F11", "unknown_burn"), ("F13", "unknown_burn"), ("F13", "unknown_burn")]);
    assert_eq!(found[0].param("to"), thief);
    let owners = [0, 1].map(|owner: usize| crypto::eip55(&world.ethereum().owners[owner].address()));
    let signers: BTreeSet<_> = found[1..].iter().map(|alert| alert.param("signer").to_owned()).collect();
    assert_eq!(signers, BTreeSet::from(owners));

    for index in 0..watchmen.count() {
        eventually(PATIENCE, "every watchman halts", || async {
            (halts(&watchmen, index).await == [found[0].key.clone()]).then_some(())
        })
        .await;
    }
    let hash = burn(&mut world, Asset::Coin, &payer, &later, ETH / 4).await;
    world.settled_root().await;
    check_untouched(&world, &watchmen, &hash).await;
    let fresh = world.detect_once("fresh").await;
    let mut ids = fresh.alert_ids();
    ids.sort_unstable();
    assert_eq!((fresh.code, ids), (Some(2), vec!["F11", "F13", "F13"]));

    for index in [0, 1] {
        rearm(&watchmen, index).await;
    }
    receives(&world, Asset::Coin, &later, ETH / 4).await;
    let keys = BTreeSet::from([found[0].key.clone()]);
    detector.view.lift_halt(ETHEREUM, &keys, "Ada", "the keys were changed").await.unwrap();
    sleep(AFTERMATH).await;
    assert_eq!(detector.view.solvency().halts, []);
    assert_eq!(detector.view.alerts().len(), 3, "the payout after it is a burn's");
    assert_eq!(world.ethereum().payouts_of(&hash).await.len(), 1);
    let _ = detector.stop.send(true);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_who_submits_another_recipient_is_named_and_stops_nobody() {
    let payer = evm(32);
    let mut world = world_of(&payer).await;
    let mut watchmen = TestWatchmen::new(&world, AUTO).await;
    let detector = Running::start(&world, "watching").await;
    let [to, thief] = [94, 95].map(account);
    let hash = burn(&mut world, Asset::Coin, &payer, &to, ETH / 4).await;
    world.settled_root().await;
    submit(&world, &payer, &payment(&world, hash.parse().unwrap(), &thief, ETH / 4), &[2]).await;
    let found = alerts(&detector.view, 1).await;
    let told: Vec<_> =
        found.iter().map(|alert| (alert.rule.id(), alert.code.as_str(), alert.param("signer"))).collect();
    let owner = crypto::eip55(&world.ethereum().owners[2].address());
    assert_eq!(told, [("F13", "other_recipient", owner.as_str())]);
    for index in [0, 1] {
        watchmen.start(index).await;
    }
    receives(&world, Asset::Coin, &to, ETH / 4).await;
    check_paid(&world, &[hash]).await;
    assert_eq!((detector.view.alerts().len(), detector.view.solvency().halts), (1, Vec::new()));
    assert_eq!(world.ethereum().holds(Asset::Coin, &thief).await, 0);
    let _ = detector.stop.send(true);
}
