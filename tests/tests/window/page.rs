//! The window, its page moved by WebDriver.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tests::{World, eventually, repository};
use thirtyfour::TypingData;
use thirtyfour::prelude::*;

use crate::desktop::{Dialog, Running, wait_for};

const PATIENCE: Duration = Duration::from_secs(90);
/// A page has come after this, unless the machine is busy.
const LEAP: Duration = Duration::from_secs(1);
/// No page has so many places for the focus.
const TABS_MAX: usize = 120;

/// What axe finds wrong: rule and places. A target that a bar which stays partly covers can be scrolled free.
const AXE: &str = "const done = arguments[0]; \
     const told = (node) => node.any[0]?.message ?? ''; \
     const free = (node) => !told(node).includes('partially obscured'); \
     axe.run(document, { resultTypes: ['violations'], \
       runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }) \
     .then(({ violations }) => done(violations.map(({ id, nodes }) => \
       nodes.filter(free).map((node) => `${id}: ${node.target.join(' ')} (${told(node)})`)).flat()), \
       (fault) => done([String(fault)]));";

/// The built desktop program: `EVERWATCH_BIN`, or beside `everwatchd`.
fn everwatch() -> PathBuf {
    let beside = || tests::everwatchd().with_file_name("everwatch");
    let path = std::env::var_os("EVERWATCH_BIN").map_or_else(beside, PathBuf::from);
    assert!(path.is_file(), "{} is missing: build it first (cargo build)", path.display());
    path
}

/// A hook of the page as a selector.
pub(crate) fn hook(name: &str) -> String {
    format!("[data-testid={name}]")
}

/// Where a picture goes.
fn picture_path(name: &str) -> PathBuf {
    let folder = repository().join("target/screenshots");
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(format!("{name}.png"))
}

/// A picture shows something.
fn check_picture(path: &Path) {
    assert!(std::fs::metadata(path).unwrap().len() > 10_000, "{} is blank", path.display());
}

/// The open window and the driver that moves it.
pub(crate) struct Window {
    /// First, so that it is dropped before the window closes.
    _witness: Witness,
    pub(crate) driver: WebDriver,
    _program: Running,
}

impl Window {
    /// Opens it on a world; `data` is its data directory in the world's folder.
    pub(crate) async fn open(world: &World, data: &str) -> Self {
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
            world.path(data).display().to_string(),
        ];
        let options = serde_json::json!({"binary": everwatch(), "args": args});
        wanted.set("webkitgtk:browserOptions", options).unwrap();
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), wanted).await.unwrap();
        Self { _witness: Witness, driver, _program: program }
    }

    /// What a script answers; null when it fails.
    async fn ask(&self, script: &str) -> serde_json::Value {
        let answer = self.driver.execute(format!("return {script}"), Vec::new()).await;
        answer.map_or(serde_json::Value::Null, |answer| answer.json().clone())
    }

    /// What the script answers once that is neither false nor empty.
    pub(crate) async fn until(&self, what: &str, script: &str) -> serde_json::Value {
        eventually(PATIENCE, what, || async {
            let answer = self.ask(script).await;
            let there = !(answer.is_null() || answer == false || answer == "" || answer == 0);
            there.then_some(answer)
        })
        .await
    }

    /// Waits until something of the page is there.
    pub(crate) async fn there(&self, selector: &str) {
        self.until(&format!("{selector} is there"), &format!("!!document.querySelector({selector:?})")).await;
    }

    /// The text of the first element with this hook, once `fits` holds for it.
    pub(crate) async fn text(&self, name: &str, what: &str, fits: impl Fn(&str) -> bool) -> String {
        eventually(PATIENCE, what, || async {
            let text = self.driver.find(By::Css(hook(name))).await.ok()?.text().await.ok()?;
            fits(&text).then_some(text)
        })
        .await
    }

    /// What an element with this hook holds in a `data-` attribute, once it holds something.
    pub(crate) async fn data(&self, name: &str, attribute: &str) -> String {
        let script = format!("document.querySelector('{}')?.dataset.{attribute}", hook(name));
        let held = self.until(&format!("{name} has its {attribute}"), &script).await;
        held.as_str().unwrap().to_owned()
    }

    /// Clicks the first that fits, as soon as it is there and can be clicked: lists that live may just be moving.
    pub(crate) async fn click(&self, selector: &str) {
        eventually(PATIENCE, &format!("{selector} can be clicked"), || async {
            self.driver.find(By::Css(selector)).await.ok()?.click().await.ok()
        })
        .await;
    }

    pub(crate) async fn go(&self, place: &str) {
        self.click(&hook(&format!("nav-{place}"))).await;
    }

    /// Chooses a value in the settings.
    pub(crate) async fn choose(&self, name: &str, value: &str) {
        self.go("settings").await;
        self.select(name, value).await;
    }

    /// Chooses a value in a list of choices.
    pub(crate) async fn select(&self, name: &str, value: &str) {
        self.click(&format!("{} option[value={value:?}]", hook(name))).await;
    }

    /// Presses keys where the focus is.
    pub(crate) async fn press(&self, keys: impl Into<TypingData>) {
        self.driver.action_chain().send_keys(keys).perform().await.unwrap();
    }

    /// Presses keys that lead somewhere until that is there: on a busy machine too much time may pass between two of them.
    pub(crate) async fn leap(&self, keys: &str, selector: &str) {
        eventually(PATIENCE, &format!("{keys} leads to {selector}"), || async {
            self.press(keys).await;
            tokio::time::sleep(LEAP).await;
            (self.ask(&format!("!!document.querySelector({selector:?})")).await == true).then_some(())
        })
        .await;
    }

    /// Presses a key with Ctrl held down, and with Shift if said.
    pub(crate) async fn press_with_control(&self, key: char, shift: bool) {
        let mut keys = self.driver.action_chain().key_down(Key::Control);
        if shift {
            keys = keys.key_down(Key::Shift);
        }
        keys = keys.key_down(key).key_up(key);
        if shift {
            keys = keys.key_up(Key::Shift);
        }
        keys.key_up(Key::Control).perform().await.unwrap();
    }

    /// Moves the focus on with Tab until it is on what the selector names, as soon as that is there.
    pub(crate) async fn tab_to(&self, selector: &str) {
        self.there(selector).await;
        for _ in 0..TABS_MAX {
            if self.ask(&format!("document.activeElement?.matches({selector:?})")).await == true {
                return;
            }
            self.press(Key::Tab).await;
        }
        panic!("no key leads to {selector}");
    }

    /// Presses a button by the keyboard.
    pub(crate) async fn enter(&self, name: &str) {
        self.tab_to(&hook(name)).await;
        self.press(Key::Enter).await;
    }

    /// Writes into a field by the keyboard, in the place of what is there.
    pub(crate) async fn write(&self, name: &str, text: &str) {
        self.tab_to(&hook(name)).await;
        self.press_with_control('a', false).await;
        self.press(text).await;
        let script = format!("document.activeElement?.value === {text:?}");
        self.until(&format!("{name} has the text"), &script).await;
    }

    /// The native window of this title, as soon as it is open.
    pub(crate) fn native(&self, title: &str) -> Dialog {
        Dialog::open(title)
    }

    /// Nothing stands on the page that axe finds wrong by WCAG 2.2, level AA.
    async fn accessible(&self, name: &str) {
        if self.ask("typeof window.axe").await != "object" {
            let axe = std::fs::read_to_string(repository().join("ui/node_modules/axe-core/axe.min.js")).unwrap();
            self.driver.execute(axe, Vec::new()).await.unwrap();
        }
        let found = self.driver.execute_async(AXE, Vec::new()).await.unwrap();
        assert_eq!(*found.json(), serde_json::json!([]), "{name} is not for everybody");
    }

    /// A picture of the page, which must be for everybody.
    pub(crate) async fn picture(&self, name: &str) {
        // The page has settled when its fonts are there and two frames have passed.
        let settled =
            "document.fonts.ready.then(() => requestAnimationFrame(() => requestAnimationFrame(() => done())))";
        self.driver.execute_async(format!("const done = arguments[0]; {settled}"), Vec::new()).await.unwrap();
        let path = picture_path(name);
        self.driver.screenshot(&path).await.unwrap();
        let wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth";
        assert_eq!(self.ask(wide).await, false, "{name} is wider than its window");
        check_picture(&path);
        self.accessible(name).await;
    }

    /// A picture of the whole screen, native windows included.
    pub(crate) fn screen(&self, name: &str) {
        let path = picture_path(name);
        crate::desktop::picture(&path);
        check_picture(&path);
    }
}

/// Leaves a picture of what was there when the test failed.
struct Witness;

impl Drop for Witness {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let test = std::thread::current().name().unwrap_or("test").replace("::", "-");
            crate::desktop::picture(&picture_path(&format!("failed-{test}")));
        }
    }
}
