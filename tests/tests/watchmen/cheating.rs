//! A ledger that is fraudulent pays nobody (W2).

use super::*;

/// Pays a burn, lets the coordinator cheat in the batch of the next one, and sees that nobody signs that.
async fn nobody_signs_after(cheat: &'static str, number: u8) {
    let payer = evm(number);
    let mut world = world_of(&payer).await;
    let watchmen = TestWatchmen::running(&world, AUTO).await;
    let (before, after) = (account(number + 60), account(number + 61));
    let first = burn(&mut world, Asset::Coin, &payer, &before, ETH / 4).await;
    receives(&world, Asset::Coin, &before, ETH / 4).await;
    world.restart_coordinator(Setup { evm: true, ..Setup::cheating(cheat, 0) }).await;
    let second = burn(&mut world, Asset::Coin, &payer, &after, ETH / 4).await;
    for index in 0..watchmen.count() {
        eventually(PATIENCE, "every watchman says that an alert stops it", || async {
            (watchmen.row(index, &second).await?["waitsFor"] == "alert_open").then_some(())
        })
        .await;
    }
    world.settled_root().await;
    check_untouched(&world, &watchmen, &second).await;
    check_paid(&world, &[first]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_forged_signature_nobody_signs_anything() {
    nobody_signs_after("F1", 15).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_overspend_nobody_signs_anything() {
    nobody_signs_after("F2", 17).await;
}
