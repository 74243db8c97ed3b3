//! A deposit from the vault's address to its mint, and a burn that waits.

use tests::{Asset, Setup, World, evm};

use super::ETH;
use super::page::{Window, hook};
use crate::desktop::{Session, inside};

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_is_followed_to_its_mint_and_a_burn_waits() {
    if !inside(Session::Desktop, "deposits::a_deposit_is_followed_to_its_mint_and_a_burn_waits") {
        return;
    }
    // No bot: a person hands in the mint.
    let mut world = World::new(Setup::with_evm()).await;
    world.start_coordinator().await;
    let payer = evm(21);
    world.ethereum().fund(&payer, 0).await;

    let window = Window::open(&world, "desktop").await;
    window.go("wallet").await;
    window.select("deposit-chain", "ethereum").await;
    let address = "document.querySelector('[data-testid=deposit-address]')?.dataset.full";
    let vault = window.until("the vault's address is there", address).await;
    assert!(vault.as_str().unwrap().eq_ignore_ascii_case(&world.ethereum().chain.vault), "{vault}");
    window.until("it is there for cameras", "!!document.querySelector('svg[data-testid=deposit-qr] path')").await;

    let (sent, _) = world.ethereum().deposit(&payer, Asset::Coin, 2 * ETH).await;
    let row = format!("document.querySelector('[data-testid=deposit-row][data-tx=\"{}\"]')", sent.hash());
    window.until("the deposit is seen", &format!("!!{row}")).await;
    window.picture("wallet-deposit").await;
    window.until("it is deep enough", &format!("{row}?.dataset.state === 'ready'")).await;
    window.click(&hook("deposit-post")).await;
    window.until("it is minted", &format!("{row}?.dataset.state === 'minted'")).await;
    window.picture("wallet-minted").await;

    let burn = world.payments_in(Asset::Coin).burn(
        &payer,
        &payer.account().to_string(),
        ETH / 2,
        devnet::ETHEREUM,
        world.nonces.fresh(),
    );
    world.api.post(&burn).await.unwrap();
    window.click(&hook("tab-withdrawals")).await;
    let state = window.text("burn-state", "the burn waits", |text| !text.is_empty()).await;
    assert!(state.contains("Waits for the watchmen"), "{state}");
    window.picture("wallet-withdrawals").await;

    window.go("watch").await;
    window.click(&hook("tab-vaults")).await;
    // Two ETH came in, 1.5 are owed to accounts and half a one waits to be paid out.
    let owed = "[...document.querySelectorAll('[data-testid=solvency-token][data-tag*=\"-eth-\"] [data-base]')]\
                .map((amount) => amount.dataset.base).join() === '2000000000000000000,2000000000000000000'";
    window.until("what is held and owed is there", owed).await;
    window.until("it is covered", "!!document.querySelector('[data-testid=cover][data-cover=covered]')").await;
    window.picture("watch-vaults").await;
    window.driver.quit().await.unwrap();
}
