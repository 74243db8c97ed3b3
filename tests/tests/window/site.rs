//! A world with money in it and three watchmen, two of whom must agree: the first pays anything unasked, the second little,
//! and the third is the window's, which asks about as little.

use std::time::Duration;

use devnet::{ETHEREUM, PRACTICE_PASSWORD, Payer};
use serde_json::Value;
use tests::{Asset, Setup, TestWatchmen, World, eventually, evm};
use thirtyfour::prelude::*;

use super::ETH;
use super::page::{Window, hook};

pub(crate) const PATIENCE: Duration = Duration::from_secs(120);
/// What two of them pay unasked: 0.001 ETH.
const LITTLE: u128 = ETH / 1_000;
/// Long enough for a payout to show, if there were one.
const AFTERMATH: Duration = Duration::from_secs(6);

pub(crate) struct Site {
    pub(crate) world: World,
    pub(crate) watchmen: TestWatchmen,
    payer: Payer,
}

impl Site {
    pub(crate) async fn start() -> Self {
        let world = World::with_coordinator(Setup::with_evm()).await;
        let payer = evm(71);
        let autos = [u128::MAX, LITTLE, LITTLE];
        let mut watchmen = TestWatchmen::beside_app(&world, &autos, &world.path("window")).await;
        watchmen.start_all().await;
        world.evm_deposit(&payer, Asset::Coin, 2 * ETH).await;
        Self { world, watchmen, payer }
    }

    /// Opens the window and, by the keyboard, its keystore.
    pub(crate) async fn window(&self) -> Window {
        let window = Window::open(&self.world, "window").await;
        window.text("heartbeat-state", "it is watching", |text| text.contains("Watching")).await;
        window.leap("gg", &hook("watch-unlock")).await;
        window.enter("watch-unlock").await;
        unlock(&window).await;
        signing(&window, "armed").await;
        window
    }

    /// Burns ETH of the payer's; returns the everHash.
    pub(crate) async fn burn(&mut self, to: &str, amount: u128) -> String {
        let payments = self.world.payments_in(Asset::Coin);
        let burn = payments.burn(&self.payer, to, amount, ETHEREUM, self.world.nonces.fresh());
        self.world.api.post(&burn).await.unwrap();
        burn.ever_hash().to_string()
    }

    pub(crate) async fn holds(&self, account: &str) -> u128 {
        self.world.ethereum().holds(Asset::Coin, account).await
    }

    /// Waits until an account has just this.
    pub(crate) async fn receives(&self, account: &str, amount: u128) {
        eventually(PATIENCE, "a payout arrives", || async { (self.holds(account).await == amount).then_some(()) })
            .await;
    }

    /// Nothing is paid to an account, now and a while later.
    pub(crate) async fn receives_nothing(&self, account: &str) {
        tokio::time::sleep(AFTERMATH).await;
        assert_eq!(self.holds(account).await, 0);
    }

    /// What the second watchman shows of a burn, in a process of its own.
    pub(crate) async fn second_surface(&self, hash: &str) -> Value {
        eventually(PATIENCE, "the second watchman shows the burn", || async {
            let shown = self.watchmen.tell(1, &["show", hash, "--json"]).await;
            serde_json::from_str(&shown.out).ok().filter(|facts: &Value| facts["signed"]["digest"].is_string())
        })
        .await
    }
}

/// Answers the dialog that asks for the password.
pub(crate) async fn unlock(window: &Window) {
    window.write("unlock-password", PRACTICE_PASSWORD).await;
    window.press(Key::Enter).await;
    window.there(&format!("{}[data-state=open]", hook("key-state"))).await;
}

/// Waits until the heartbeat says this of signing.
pub(crate) async fn signing(window: &Window, state: &str) {
    window.text("heartbeat-signing", &format!("signing is {state}"), |text| text.contains(state)).await;
}

/// Waits until the open payout is in this state.
pub(crate) async fn payout_is(window: &Window, hash: &str, state: &str) {
    window.there(&format!("{}[data-hash=\"{hash}\"][data-state={state}]", hook("payout-detail"))).await;
}
