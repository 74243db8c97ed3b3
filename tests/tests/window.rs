//! The desktop program in its real web view, on a real gateway, a real chain and a coordinator: a person sees a balance,
//! the matching state roots, the transactions and the alert of a fraud, in both themes and both languages; and follows a
//! deposit from the vault's address to its mint, and a burn that waits.
//!
//! The pictures go to `target/screenshots/`.
#![allow(clippy::unwrap_used, reason = "tests")]

mod desktop;

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use desktop::{Notifications, Running, Session, inside, wait_for};
use tests::{Asset, Setup, World, eventually, evm, repository};
use thirtyfour::prelude::*;

const AR: u128 = 1_000_000_000_000;
const PATIENCE: Duration = Duration::from_secs(60);

/// The built desktop program: `EVERWATCH_BIN`, or beside `everwatchd`.
fn everwatch() -> PathBuf {
    let beside = || tests::everwatchd().with_file_name("everwatch");
    let path = std::env::var_os("EVERWATCH_BIN").map_or_else(beside, PathBuf::from);
    assert!(path.is_file(), "{} is missing: build it first (cargo build)", path.display());
    path
}

/// The open window and the driver that moves it.
struct Window {
    driver: WebDriver,
    _program: Running,
}

impl Window {
    async fn open(world: &World) -> Self {
        let port = devnet::free_port().unwrap();
        let mut program = Command::new("WebKitWebDriver");
        program.arg(format!("--port={port}")).env("TAURI_AUTOMATION", "true").env("TAURI_WEBVIEW_AUTOMATION", "true");
        let program = Running::start(program.stdout(Stdio::null()));
        wait_for("the driver answers", || std::net::TcpStream::connect(("127.0.0.1", port)).ok());
        let mut wanted = Capabilities::new();
        let args = [
            "--network".to_owned(),
            world.path("network.json").display().to_string(),
            "--data-dir".to_owned(),
            world.path("desktop").display().to_string(),
        ];
        let options = serde_json::json!({"binary": everwatch(), "args": args});
        wanted.set("webkitgtk:browserOptions", options).unwrap();
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), wanted).await.unwrap();
        Self { driver, _program: program }
    }

    /// What the script answers once that is neither false nor empty.
    async fn until(&self, what: &str, script: &str) -> serde_json::Value {
        eventually(PATIENCE, what, || async {
            let answer = self.driver.execute(format!("return {script}"), Vec::new()).await.ok()?.json().clone();
            let there = !(answer.is_null() || answer == false || answer == "" || answer == 0);
            there.then_some(answer)
        })
        .await
    }

    /// The text of the first element with this hook, once `fits` holds for it.
    async fn text(&self, hook: &str, what: &str, fits: impl Fn(&str) -> bool) -> String {
        eventually(PATIENCE, what, || async {
            let text = self.driver.find(By::Css(format!("[data-testid={hook}]"))).await.ok()?.text().await.ok()?;
            fits(&text).then_some(text)
        })
        .await
    }

    async fn go(&self, place: &str) {
        let hook = format!("[data-testid=nav-{place}]");
        self.driver
            .query(By::Css(hook))
            .wait(PATIENCE, Duration::from_millis(50))
            .first()
            .await
            .unwrap()
            .click()
            .await
            .unwrap();
    }

    /// Chooses a value in the settings.
    async fn choose(&self, hook: &str, value: &str) {
        self.go("settings").await;
        let option = format!("[data-testid={hook}] option[value=\"{value}\"]");
        let there = self.driver.query(By::Css(option)).wait(PATIENCE, Duration::from_millis(50));
        there.first().await.unwrap().click().await.unwrap();
    }

    async fn picture(&self, name: &str) {
        let folder = repository().join("target/screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        // The page has settled when its fonts are there and two frames have passed.
        let settled =
            "document.fonts.ready.then(() => requestAnimationFrame(() => requestAnimationFrame(() => done())))";
        self.driver.execute_async(format!("const done = arguments[0]; {settled}"), Vec::new()).await.unwrap();
        let path = folder.join(format!("{name}.png"));
        self.driver.screenshot(&path).await.unwrap();
        assert!(std::fs::metadata(&path).unwrap().len() > 10_000, "{name} is blank");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_shows_a_balance_and_an_alert() {
    if !inside(Session::Desktop, "the_window_shows_a_balance_and_an_alert") {
        return;
    }
    let mut world = World::with_coordinator(Setup::cheating("F2", 4)).await;
    let notifications = Notifications::start(&world.path(""));
    let payer = world.deposit(50 * AR).await;
    world.pay(&payer, &evm(1).account(), AR + AR / 4).await;
    world.settled_root().await;

    let window = Window::open(&world).await;
    overview(&window, &payer.account().to_string()).await;
    explorer(&window).await;

    for round in 1..=10_u128 {
        world.pay(&payer, &evm(2).account(), round * AR / 100).await;
        tokio::time::sleep(Duration::from_millis(450)).await;
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
    window.driver.find(By::Css("[data-testid=tx-row] a[data-item]")).await.unwrap().click().await.unwrap();
    window.text("detail-verdict", "the transaction opens", |text| !text.is_empty()).await;
    window.picture("explorer").await;
}

async fn alert(window: &Window) {
    window.go("alerts").await;
    window.until("the alert is listed", "!!document.querySelector('[data-testid=alert-row][data-rule=F2]')").await;
    window.text("heartbeat-state", "the bar says so", |text| text.contains("Fraud")).await;
    window.driver.find(By::Css("[data-testid=alert-row][data-rule=F2]")).await.unwrap().click().await.unwrap();
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

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_is_followed_to_its_mint_and_a_burn_waits() {
    if !inside(Session::Desktop, "a_deposit_is_followed_to_its_mint_and_a_burn_waits") {
        return;
    }
    const ETH: u128 = 1_000_000_000_000_000_000;
    // No bot: a person hands in the mint.
    let mut world = World::new(Setup::with_evm()).await;
    world.start_coordinator().await;
    let payer = evm(21);
    world.ethereum().fund(&payer, 0).await;

    let window = Window::open(&world).await;
    window.go("wallet").await;
    let chosen = "document.querySelector('[data-testid=deposit-chain] option[value=ethereum]')";
    window.until("the chain can be chosen", &format!("!!{chosen}")).await;
    window
        .driver
        .find(By::Css("[data-testid=deposit-chain] option[value=ethereum]"))
        .await
        .unwrap()
        .click()
        .await
        .unwrap();
    let address = "document.querySelector('[data-testid=deposit-address]')?.dataset.full";
    let vault = window.until("the vault's address is there", address).await;
    assert!(vault.as_str().unwrap().eq_ignore_ascii_case(&world.ethereum().chain.vault), "{vault}");
    window.until("it is there for cameras", "!!document.querySelector('svg[data-testid=deposit-qr] path')").await;

    let (sent, _) = world.ethereum().deposit(&payer, Asset::Coin, 2 * ETH).await;
    let row = format!("document.querySelector('[data-testid=deposit-row][data-tx=\"{}\"]')", sent.hash());
    window.until("the deposit is seen", &format!("!!{row}")).await;
    window.picture("wallet-deposit").await;
    window.until("it is deep enough", &format!("{row}?.dataset.state === 'ready'")).await;
    window.driver.find(By::Css("[data-testid=deposit-post]")).await.unwrap().click().await.unwrap();
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
    window.driver.find(By::Css("[data-testid=tab-withdrawals]")).await.unwrap().click().await.unwrap();
    let state = window.text("burn-state", "the burn waits", |text| !text.is_empty()).await;
    assert!(state.contains("Waits for the watchmen"), "{state}");
    window.picture("wallet-withdrawals").await;

    window.go("watch").await;
    // Two ETH came in, 1.5 are owed to accounts and half a one waits to be paid out.
    let owed = "[...document.querySelectorAll('[data-testid=solvency-token][data-tag*=\"-eth-\"] [data-base]')]\
                .map((amount) => amount.dataset.base).join() === '2000000000000000000,2000000000000000000'";
    window.until("what is held and owed is there", owed).await;
    window.until("it is covered", "!!document.querySelector('[data-testid=cover][data-cover=covered]')").await;
    window.picture("watch-vaults").await;
    window.driver.quit().await.unwrap();
}
