//! A payout above the policy's automatic limit, from the queue to the money: shown, declined, approved in the native window,
//! signed by two, paid once.

use serde_json::Value;
use tests::evm;
use thirtyfour::prelude::*;

use super::ETH;
use super::page::{Window, hook};
use super::site::{Site, payout_is, unlock};
use crate::desktop::{Notifications, Session, inside, wait_for};

const QUESTION: &str = "Approve and sign this payout?";
const ASKED: &str = "A payout waits for your approval";
const PAID: &str = "A payout was made";

#[tokio::test(flavor = "multi_thread")]
async fn a_person_approves_a_payout_with_the_keyboard_and_it_is_paid_once() {
    if !inside(Session::Desktop, "payouts::a_person_approves_a_payout_with_the_keyboard_and_it_is_paid_once") {
        return;
    }
    let mut site = Site::start().await;
    let notifications = Notifications::start(&site.world.path(""));
    let window = site.window().await;
    let to = evm(72).account().to_string();
    let hash = site.burn(&to, ETH / 4).await;
    open_from_the_queue(&window, &hash).await;
    notified(&notifications, ASKED, "0.25 ETH to ");
    compare(&site, &window, &hash, &to).await;
    window.picture("payout-awaiting").await;

    decline(&window, &hash).await;
    site.receives_nothing(&to).await;
    window.enter("payout-approve").await;
    window.native(QUESTION).say_yes();
    site.receives(&to, ETH / 4).await;
    payout_is(&window, &hash, "closed").await;
    window.picture("payout-paid").await;
    notified(&notifications, PAID, "0.25 ETH to ");

    let other = in_chinese(&mut site, &window).await;
    notified(&notifications, PAID, "0.125 ETH to ");
    for title in [ASKED, "Enough watchmen have signed", PAID] {
        assert_eq!(notifications.shown().iter().filter(|(said, _)| said == title).count(), 2, "{title}");
    }
    assert_eq!(site.holds(&to).await, ETH / 4);
    assert_eq!(site.world.ethereum().paid().await, [hash, other]);
    window.driver.quit().await.unwrap();
}

/// From anywhere to the payout, by the keyboard.
async fn open_from_the_queue(window: &Window, hash: &str) {
    window.text("rail-awaiting", "the rail counts it", |text| text.trim_start().starts_with('1')).await;
    window.there(&format!("{}[data-hash=\"{hash}\"][data-state=awaiting]", hook("payout-row"))).await;
    window.press("go").await;
    window.leap("gg", &format!("{}[data-hash=\"{hash}\"]", hook("payout-row"))).await;
    window.press("j").await;
    window.press(Key::Enter).await;
    window.until("its address names it", &format!("location.hash.endsWith({hash:?})")).await;
    payout_is(window, hash, "awaiting").await;
}

/// What the page shows is what the burn says, and what another watchman in a process of its own would sign.
async fn compare(site: &Site, window: &Window, hash: &str, to: &str) {
    assert_eq!(window.data("payout-to", "full").await, to);
    assert_eq!(window.data("payout-amount", "base").await, (ETH / 4).to_string());
    let surface = site.second_surface(hash).await;
    let words: Vec<_> = surface["words"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(words.len(), 6);
    assert_eq!(window.data("payout-words", "words").await, words.join(" "));
    assert_eq!(window.data("payout-digest", "full").await, surface["signed"]["digest"].as_str().unwrap());
}

/// Says no in the native window: the page says so, and the payout waits on.
async fn decline(window: &Window, hash: &str) {
    window.enter("payout-approve").await;
    let question = window.native(QUESTION);
    window.text("payout-actions", "the page points to the window", |text| text.contains("window")).await;
    window.screen("payout-native");
    question.say_no();
    let said = window.text("payout-refused", "the page says that it was declined", |text| !text.is_empty()).await;
    assert!(said.contains("You said no"), "{said}");
    window.picture("payout-declined").await;
    payout_is(window, hash, "awaiting").await;
}

/// The same in the dark and in Chinese, the native window too; and the keystore was locked meanwhile.
async fn in_chinese(site: &mut Site, window: &Window) -> String {
    window.choose("choose-theme", "dark").await;
    window.choose("choose-language", "zh-Hans").await;
    let to = evm(73).account().to_string();
    let hash = site.burn(&to, ETH / 8).await;
    window.go("watch").await;
    let row = format!("{}[data-hash=\"{hash}\"][data-state=awaiting]", hook("payout-row"));
    window.tab_to(&row).await;
    window.press(Key::Enter).await;
    payout_is(window, &hash, "awaiting").await;
    window.picture("payout-awaiting-dark-zh").await;
    window.press_with_control('l', true).await;
    window.there(&format!("{}[data-state=locked]", hook("key-state"))).await;
    window.enter("payout-approve").await;
    unlock(window).await;
    let question = window.native("批准并签署此笔付款?");
    window.screen("payout-native-dark-zh");
    question.say_yes();
    site.receives(&to, ETH / 8).await;
    payout_is(window, &hash, "closed").await;
    hash
}

/// Waits until the desktop showed such a notification.
fn notified(notifications: &Notifications, title: &str, body: &str) {
    wait_for(&format!("a notification says {title:?}"), || {
        let shown = notifications.shown();
        shown.iter().any(|(said, text)| said == title && text.starts_with(body)).then_some(())
    });
}
