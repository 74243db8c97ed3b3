//! A vault that holds less than it owes.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn while_the_vault_is_short_nobody_signs_and_afterwards_people_arm_it_again() {
    let payer = evm(11);
    let mut world = world_of(&payer).await;
    let watchmen = TestWatchmen::running(&world, AUTO).await;
    let (before, after) = (account(64), account(65));
    let first = burn(&mut world, Asset::Coin, &payer, &before, ETH / 4).await;
    receives(&world, Asset::Coin, &before, ETH / 4).await;

    let (control, vault) = (world.ethereum().control(), world.ethereum().chain.vault.clone());
    control.set_balance(&vault, ETH).await.unwrap();
    let second = burn(&mut world, Asset::Coin, &payer, &after, ETH / 4).await;
    for index in 0..3 {
        eventually(PATIENCE, "every watchman halts", || async {
            let knows = watchmen.row(index, &second).await.is_some();
            (knows && !halts(&watchmen, index).await.is_empty()).then_some(())
        })
        .await;
    }
    world.settled_root().await;
    check_untouched(&world, &watchmen, &second).await;

    control.set_balance(&vault, 7 * ETH / 4).await.unwrap();
    sleep(AFTERMATH).await;
    assert_eq!(world.ethereum().holds(Asset::Coin, &after).await, 0, "nobody armed it");
    for index in [0, 1] {
        rearm(&watchmen, index).await;
    }
    receives(&world, Asset::Coin, &after, ETH / 4).await;
    check_paid(&world, &[first, second]).await;
}
