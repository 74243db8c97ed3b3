//! A coordinator that cheats is caught: one alert with the right id, with evidence, and the honest state is unaffected.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use detector::{Config, Detector};
use devnet::ETHEREUM;
use serde_json::Value;
use tests::{Asset, Setup, World, evm, within};

const AR: u128 = 1_000_000_000_000;
const ETH: u128 = 1_000_000_000_000_000_000;
/// So many blocks that a mint after the first of them is too early by any clock.
const DEEP: u64 = 12;

/// A cheat and what the detectors must say about it.
#[derive(Clone, Copy)]
struct Case {
    cheat: &'static str,
    rule: &'static str,
    code: &'static str,
    /// Why the deposit does not count, for a mint.
    reason: &'static str,
    /// What happens on Ethereum while the coordinator waits for its chance.
    ethereum: Ethereum,
}

#[derive(Clone, Copy, PartialEq)]
enum Ethereum {
    /// There is none.
    Absent,
    /// Nothing.
    Quiet,
    /// A deposit is made, and minted when it is deep enough.
    Deposit,
    /// The same, after somebody tried to mint it too early.
    Hurry,
}

async fn world(case: &Case) -> World {
    let setup = Setup { evm: case.ethereum != Ethereum::Absent, ..Setup::cheating(case.cheat, 2) };
    let mut world = World::new(setup).await;
    if case.ethereum == Ethereum::Hurry {
        world.network.deposit_confirmations.insert(ETHEREUM.to_owned(), DEEP);
        world.save_network();
    }
    world.start_coordinator().await;
    if case.ethereum != Ethereum::Absent {
        world.start_bot().await;
    }
    world
}

/// Brings in ETH of an account in the way of the case.
async fn bring_in(world: &mut World, how: Ethereum) {
    let payer = evm(9);
    match how {
        Ethereum::Absent | Ethereum::Quiet => {}
        Ethereum::Deposit => drop(world.evm_deposit(&payer, Asset::Coin, ETH).await),
        Ethereum::Hurry => {
            world.ethereum().fund(&payer, 0).await;
            let (sent, _) = world.ethereum().deposit(&payer, Asset::Coin, ETH).await;
            let deposit = world.ethereum().transaction(sent.hash()).await;
            let refused = world.mint_by_hand(Asset::Coin, &evm(8), &deposit, &payer, ETH).await.unwrap_err();
            assert!(refused.to_string().contains("err_mint_not_confirmed"), "{refused}");
        }
    }
}

async fn caught(case: Case) {
    let mut world = world(&case).await;
    let mut detector = world.start_detector("running");
    let payer = world.deposit(50 * AR).await;
    let receivers = [evm(1), evm(2), evm(3)].map(|payer| payer.account());
    for round in 0..14_u128 {
        if round == 8 {
            bring_in(&mut world, case.ethereum).await;
        }
        world.pay(&payer, &receivers[round as usize % 3], (round + 1) * AR / 100).await;
        tokio::time::sleep(Duration::from_millis(450)).await;
    }
    let root = world.settled_root().await;
    let told = within(Duration::from_secs(60), "the running detector raises it", detector.line()).await.unwrap();
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["id"], case.rule, "{told}");
    detector.stop().await;

    for folder in ["running", "fresh"] {
        let detection = world.detect_once(folder).await;
        assert_eq!(detection.alert_ids(), [case.rule], "{folder}: {detection:?}");
        assert_eq!(detection.code, Some(2), "{folder}");
        let alert = &detection.alerts[0];
        assert_eq!(alert["severity"], "critical", "{folder}: {alert}");
        assert!(!alert["message"].as_str().unwrap().is_empty(), "{folder}: {alert}");
        assert!(!alert["batch"].is_null(), "{folder}: {alert}");
        assert_eq!(detection.state_root, root, "{folder}: the honest state is what it would be without the cheat");
        check_evidence(&world, &case, folder).await;
    }
}

/// What the detector keeps for a third party: a chain of evidence with the link that breaks, and claim beside fact.
async fn check_evidence(world: &World, case: &Case, folder: &str) {
    let config = Config::from_network(&world.network, world.path(folder)).unwrap();
    let kept = Detector::open(config).await.unwrap().view().alerts();
    let [alert] = &kept[..] else { panic!("{folder}: {kept:?}") };
    assert_eq!((alert.rule.id(), alert.code.as_str()), (case.rule, case.code), "{folder}");
    assert!(!alert.provisional && !alert.closed, "{folder}: {alert:?}");
    assert!(alert.evidence.iter().any(|link| !link.holds), "{folder}: no link breaks: {alert:?}");
    let differs = alert.comparison.iter().any(|row| !row.equal);
    assert!(differs, "{folder}: claim and fact are the same: {alert:?}");
    assert!(alert.evidence.iter().any(|link| !link.params.is_empty()), "{folder}: no facts: {alert:?}");
    let first = alert.evidence.iter().any(|link| link.code == "firstInclusion" && link.holds);
    assert_eq!(first, ["F3", "F5"].contains(&case.rule), "{folder}: both inclusions prove a repetition: {alert:?}");
    if case.rule == "F4" {
        assert_eq!(alert.param("reason"), case.reason, "{folder}");
    }
}

macro_rules! cheats {
    ($($name:ident $cheat:literal $rule:literal $code:literal $reason:literal $ethereum:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            let (cheat, rule, code, reason) = ($cheat, $rule, $code, $reason);
            caught(Case { cheat, rule, code, reason, ethereum: Ethereum::$ethereum }).await;
        }
    )*};
}

cheats! {
    f1_a_wrong_signature "F1" "F1" "err_invalid_signature" "" Absent
    f2_an_overspend "F2" "F2" "err_insufficient_balance" "" Absent
    f3_a_replay "F3" "F3" "err_nonce_too_low" "" Absent
    f4_a_mint_without_a_deposit "F4" "F4" "err_invalid_mint_tx" "notFound" Absent
    f4_a_mint_without_a_deposit_on_ethereum "F4-eth" "F4" "err_invalid_mint_tx" "notFound" Quiet
    f4_a_mint_of_ten_times_the_deposit "F4-inflate" "F4" "err_invalid_mint_tx" "wrongAmount" Deposit
    f4_a_mint_before_its_deposit_is_deep "F4-hasten" "F4" "err_invalid_mint_tx" "tooFewConfirmations" Hurry
    f5_a_deposit_minted_twice "F5" "F5" "err_tx_minted" "" Deposit
    f8_a_batch_of_a_stranger "F8" "F8" "foreign_batch" "" Absent
}
