//! A coordinator that cheats is caught: one alert with the right id, with evidence, and the honest state is unaffected.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use detector::{Config, Detector};
use serde_json::Value;
use tests::{Setup, World, evm, within};

const AR: u128 = 1_000_000_000_000;

async fn caught(id: &'static str) {
    let mut world = World::with_coordinator(Setup { cheat: Some((id, 2)) }).await;
    let mut detector = world.start_detector("running");
    let payer = world.deposit(50 * AR).await;
    let receivers = [evm(1), evm(2), evm(3)].map(|payer| payer.account());
    for round in 0..14_u128 {
        world.pay(&payer, &receivers[round as usize % 3], (round + 1) * AR / 100).await;
        tokio::time::sleep(Duration::from_millis(450)).await;
    }
    let root = world.settled_root().await;
    let told = within(Duration::from_secs(60), "the running detector raises it", detector.line()).await.unwrap();
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["id"], id, "{told}");
    detector.stop().await;

    for folder in ["running", "fresh"] {
        let detection = world.detect_once(folder).await;
        assert_eq!(detection.alert_ids(), [id], "{folder}: {detection:?}");
        assert_eq!(detection.code, Some(2), "{folder}");
        let alert = &detection.alerts[0];
        assert_eq!(alert["severity"], "critical", "{folder}: {alert}");
        assert!(!alert["message"].as_str().unwrap().is_empty(), "{folder}: {alert}");
        assert!(!alert["batch"].is_null(), "{folder}: {alert}");
        assert_eq!(detection.state_root, root, "{folder}: the honest state is what it would be without the cheat");
        check_evidence(&world, id, folder).await;
    }
}

/// What the detector keeps for a third party: a chain of evidence with the link that breaks, and claim beside fact.
async fn check_evidence(world: &World, id: &str, folder: &str) {
    let config = Config::from_network(&world.network, world.path(folder)).unwrap();
    let kept = Detector::open(config).await.unwrap().view().alerts();
    let [alert] = &kept[..] else { panic!("{folder}: {kept:?}") };
    assert_eq!(alert.rule.id(), id);
    assert!(!alert.provisional && !alert.closed, "{folder}: {alert:?}");
    assert!(alert.evidence.iter().any(|link| !link.holds), "{folder}: no link breaks: {alert:?}");
    let differs = alert.comparison.iter().any(|row| !row.equal);
    assert!(differs, "{folder}: claim and fact are the same: {alert:?}");
    assert!(alert.evidence.iter().any(|link| !link.params.is_empty()), "{folder}: no facts: {alert:?}");
    let first = alert.evidence.iter().any(|link| link.code == "firstInclusion" && link.holds);
    assert_eq!(first, id == "F3", "{folder}: both inclusions prove a replay: {alert:?}");
}

macro_rules! cheats {
    ($($name:ident $id:literal)*) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            caught($id).await;
        }
    )*};
}

cheats! {
    f1_a_wrong_signature "F1"
    f2_an_overspend "F2"
    f3_a_replay "F3"
    f4_a_mint_without_a_deposit "F4"
    f8_a_batch_of_a_stranger "F8"
}
