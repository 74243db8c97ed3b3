//! The desktop program in its real web view, on a real gateway and a coordinator that cheats: a person sees a balance,
//! the matching state roots, the transactions and the alert, in both themes and both languages.
//!
//! The pictures go to `target/screenshots/`.
#![allow(clippy::unwrap_used, reason = "tests")]

mod desktop;

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use desktop::{Notifications, Running, Session, inside, wait_for};
use tests::{Setup, World, eventually, evm, repository};
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
    let mut world = World::with_coordinator(Setup { cheat: Some(("F2", 4)) }).await;
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
