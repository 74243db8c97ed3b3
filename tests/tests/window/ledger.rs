//! The verified ledger and a fraud in it, in both themes and both languages.

use tests::{Setup, World, evm};
use thirtyfour::prelude::*;

use super::page::Window;
use crate::desktop::{Notifications, Session, inside};

const AR: u128 = 1_000_000_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn the_window_shows_a_balance_and_an_alert() {
    if !inside(Session::Desktop, "ledger::the_window_shows_a_balance_and_an_alert") {
        return;
    }
    let mut world = World::with_coordinator(Setup::cheating("F2", 4)).await;
    let notifications = Notifications::start(&world.path(""));
    let payer = world.deposit(50 * AR).await;
    world.pay(&payer, &evm(1).account(), AR + AR / 4).await;
    world.settled_root().await;

    let window = Window::open(&world, "desktop").await;
    overview(&window, &payer.account().to_string()).await;
    explorer(&window).await;

    for round in 1..=10_u128 {
        world.pay(&payer, &evm(2).account(), round * AR / 100).await;
        tokio::time::sleep(std::time::Duration::from_millis(450)).await;
    }
    alert(&window).await;
    chinese(&window).await;
    assert_eq!(notifications.sent(), 1, "one alert is one notification");
    window.driver.quit().await.unwrap();
}

async fn overview(window: &Window, account: &str) {
    window.text("heartbeat-state", "it is watching", |text| text.contains("Watching")).await;
    window.text("heartbeat-age", "a verified transaction has an age", |text| text.contains(char::is_numeric)).await;
    let input = window.driver.find(By::Css("[data-testid=account-input]")).await.unwrap();
    input.send_keys(account).await.unwrap();
    input.send_keys(Key::Enter).await.unwrap();
    let base = "document.querySelector('[data-testid=balance-row] [data-testid=balance-amount]')?.dataset.base";
    assert_eq!(window.until("a balance is shown", base).await, "48750000000000");
    let shown = window.text("balance-amount", "a balance is readable", |text| !text.is_empty()).await;
    assert!(shown.starts_with("48.75"), "{shown}");
    let equal = "(() => { const root = (hook) => document.querySelector(`[data-testid=${hook}]`)?.dataset.full; \
                 return root('state-root-here') === root('state-root-coordinator') && root('state-root-here'); })()";
    let root = window.until("both state roots are equal", equal).await;
    assert!(root.as_str().is_some_and(|root| root.len() == 66 && root.starts_with("0x")), "{root}");
    window.picture("overview-light").await;
    window.choose("choose-theme", "dark").await;
    window.picture("settings-dark").await;
    window.go("overview").await;
    window.text("verdict", "the overview is there", |text| !text.is_empty()).await;
    window.picture("overview-dark").await;
    window.choose("choose-theme", "light").await;
}

async fn explorer(window: &Window) {
    window.go("explorer").await;
    window
        .until("the mint and the payment are listed", "document.querySelectorAll('[data-testid=tx-row]').length >= 2")
        .await;
    let verdict = window.text("tx-verdict", "a verdict is readable", |text| !text.is_empty()).await;
    assert!(verdict.to_lowercase().contains("applied") || verdict.to_lowercase().contains("verified"), "{verdict}");
    window.click("[data-testid=tx-row] a[data-item]").await;
    window.text("detail-verdict", "the transaction opens", |text| !text.is_empty()).await;
    window.picture("explorer").await;
}

async fn alert(window: &Window) {
    window.go("alerts").await;
    window.until("the alert is listed", "!!document.querySelector('[data-testid=alert-row][data-rule=F2]')").await;
    window.text("heartbeat-state", "the bar says so", |text| text.contains("Fraud")).await;
    window.click("[data-testid=alert-row][data-rule=F2]").await;
    let title = window.text("alert-title", "the alert opens", |text| !text.is_empty()).await;
    assert!(title.contains("AR") && title.contains("more than it had"), "{title}");
    let rows = "document.querySelectorAll('[data-testid=alert-row]').length";
    assert_eq!(window.until("there is one alert", rows).await, 1);
    window.picture("alerts").await;
    window.go("overview").await;
    window.picture("overview-alert").await;
}

async fn chinese(window: &Window) {
    window.choose("choose-language", "zh-Hans").await;
    let is_chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    window.text("nav-overview", "the rail is Chinese", is_chinese).await;
    window.go("alerts").await;
    window.text("alert-title", "the alert is Chinese", is_chinese).await;
    window.picture("alerts-zh").await;
    window.go("overview").await;
    window.text("alert-title", "the card is Chinese", is_chinese).await;
    window.picture("overview-zh").await;
}
