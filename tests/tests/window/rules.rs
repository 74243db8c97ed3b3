//! What lets payouts pass and what stops them: the policy, the stop of all signing, and arming a vault again.

use tests::evm;
use thirtyfour::prelude::*;

use super::ETH;
use super::page::{Window, hook};
use super::site::{Site, signing};
use crate::desktop::{Session, inside};

#[tokio::test(flavor = "multi_thread")]
async fn a_person_loosens_the_policy_and_stops_and_arms_the_vault_again() {
    if !inside(Session::Desktop, "rules::a_person_loosens_the_policy_and_stops_and_arms_the_vault_again") {
        return;
    }
    let mut site = Site::start().await;
    let window = site.window().await;
    loosen(&window).await;
    let to = [evm(74), evm(75)].map(|key| key.account().to_string());
    let unasked = site.burn(&to[0], ETH / 4).await;
    site.receives(&to[0], ETH / 4).await;

    stop(&window).await;
    let held = site.burn(&to[1], ETH / 8).await;
    window.press("gg").await;
    window.there(&format!("{}[data-hash=\"{held}\"][data-state=approved]", hook("payout-row"))).await;
    site.receives_nothing(&to[1]).await;
    arm(&window).await;
    site.receives(&to[1], ETH / 8).await;
    assert_eq!(site.world.ethereum().paid().await, [unasked, held]);
    window.driver.quit().await.unwrap();
}

/// Lets half an ETH pass unasked, looks at what that changes, and says no first.
async fn loosen(window: &Window) {
    window.press("gg").await;
    window.enter("tab-policy").await;
    let eth = format!("{}[data-tag*=\"-eth-\"] {}", hook("policy-token"), hook("policy-edit"));
    window.tab_to(&eth).await;
    window.press(Key::Enter).await;
    window.write("policy-autoUpTo", "0.5").await;
    window.press(Key::Enter).await;
    window.there(&format!("{}[data-loosens=true]", hook("change"))).await;
    window.picture("policy-change").await;
    window.enter("change-save").await;
    let question = window.native("Put this policy in force?");
    window.screen("policy-native");
    question.say_no();
    window.text("change-refused", "the page says that it was declined", |text| text.contains("You said no")).await;
    window.enter("change-save").await;
    window.native("Put this policy in force?").say_yes();
    let rules =
        format!("[...document.querySelectorAll('{}')].map((card) => card.innerText).join()", hook("policy-token"));
    window.until("it is in force", &format!("!document.querySelector('{}')", hook("change-save"))).await;
    window.until("the rules say it", &format!("{rules}.includes('0.50 ETH')")).await;
}

/// Stops all signing from the keyboard.
async fn stop(window: &Window) {
    window.press_with_control('.', true).await;
    window.enter("stop-confirm").await;
    signing(window, "stopped").await;
}

/// Looks at the cause, says why, and says yes in the native window.
async fn arm(window: &Window) {
    window.enter("tab-vaults").await;
    window.tab_to(&hook("rearm-cause")).await;
    window.press(" ").await;
    window.write("rearm-reason-ethereum", "the test of stopping is over").await;
    window.picture("vault-halted").await;
    window.press(Key::Enter).await;
    let question = window.native("Arm this vault again?");
    window.screen("vault-native");
    question.say_yes();
    signing(window, "armed").await;
}
