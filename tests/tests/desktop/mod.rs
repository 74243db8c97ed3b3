//! A desktop session of a test's own: a display, a message bus, a notification service, and an ear on that bus.

use std::env;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

#[allow(dead_code, reason = "each test program uses its own part")]
mod native;

#[allow(unused_imports, reason = "each test program uses its own part")]
pub(crate) use native::{Dialog, picture};

/// Set inside the session.
const MARK: &str = "EVERWATCH_TEST_SESSION";
/// The longest a test in a session may take.
const LIMIT: Duration = Duration::from_secs(420);
const PATIENCE: Duration = Duration::from_secs(20);

/// What the session has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code, reason = "each test program uses its own part")]
pub(crate) enum Session {
    /// A display and a bus.
    Desktop,
    /// A bus without display, so that no notification service can start on it.
    BusOnly,
    /// An address where no bus listens.
    NoBus,
}

/// True inside the session. Outside it runs the test of this name again in one, and expects it to pass.
pub(crate) fn inside(session: Session, test: &str) -> bool {
    if env::var_os(MARK).is_some() {
        return true;
    }
    let home = tempfile::tempdir().unwrap();
    let exe = env::current_exe().unwrap();
    let mut command = match session {
        Session::Desktop => {
            let mut command = Command::new("xvfb-run");
            command.args(["-a", "-s", "-screen 0 1280x860x24", "dbus-run-session", "--"]).arg(exe);
            command
        }
        Session::BusOnly => {
            let mut command = Command::new("dbus-run-session");
            command.arg("--").arg(exe);
            command
        }
        Session::NoBus => {
            let mut command = Command::new(exe);
            command.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}/none", home.path().display()));
            command
        }
    };
    for name in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"] {
        command.env(name, home.path().join(name));
    }
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env(MARK, "1").stdin(Stdio::null());
    let mut child = command.args(["--exact", test, "--nocapture"]).spawn().expect("xvfb and dbus are installed");
    let deadline = Instant::now() + LIMIT;
    let ended = loop {
        if let Some(ended) = child.try_wait().unwrap() {
            break ended;
        }
        if Instant::now() > deadline {
            let _ = child.kill();
            let _ = child.wait();
            panic!("{test} did not end in its session");
        }
        thread::sleep(Duration::from_millis(100));
    };
    assert!(ended.success(), "{test} failed in its session");
    false
}

/// Waits for something on this machine.
pub(crate) fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "{what}: not within {PATIENCE:?}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// A program that ends with the test.
#[derive(Debug)]
pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        Self(command.stdin(Stdio::null()).spawn().unwrap_or_else(|fault| panic!("{command:?}: {fault}")))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A real notification service, and a log of every notification sent to it over the bus.
#[derive(Debug)]
pub(crate) struct Notifications {
    _service: Running,
    _monitor: Running,
    log: PathBuf,
}

impl Notifications {
    /// Starts both; `folder` takes the log.
    pub(crate) fn start(folder: &Path) -> Self {
        let log = folder.join("bus.log");
        let mut monitor = Command::new("dbus-monitor");
        monitor.args(["--session", "interface='org.freedesktop.Notifications',member='Notify'"]);
        let monitor = Running::start(monitor.stdout(File::create(&log).unwrap()).stderr(Stdio::null()));
        // Its first line says that it listens.
        wait_for("the bus is listened to", || std::fs::read_to_string(&log).ok().filter(|text| !text.is_empty()));
        let mut service = Command::new("dunst");
        let service = Running::start(service.stdout(Stdio::null()).stderr(Stdio::null()));
        wait_for("the notification service answers", || {
            let asked = Command::new("dunstctl").arg("count").stderr(Stdio::null()).output().ok()?;
            asked.status.success().then_some(())
        });
        Self { _service: service, _monitor: monitor, log }
    }

    /// How many were sent over the bus.
    pub(crate) fn sent(&self) -> usize {
        let log = std::fs::read_to_string(&self.log).unwrap();
        log.lines().filter(|line| line.starts_with("method call") && line.ends_with("member=Notify")).count()
    }

    /// Title and body of what the service has shown, newest first.
    #[allow(dead_code, reason = "each test program uses its own part")]
    pub(crate) fn shown(&self) -> Vec<(String, String)> {
        assert!(Command::new("dunstctl").arg("close-all").status().unwrap().success());
        let told = Command::new("dunstctl").arg("history").output().unwrap();
        let history: Value = serde_json::from_slice(&told.stdout).unwrap();
        let entries = history["data"][0].as_array().unwrap();
        let text = |entry: &Value, name: &str| entry[name]["data"].as_str().unwrap().to_owned();
        entries.iter().map(|entry| (text(entry, "summary"), text(entry, "body"))).collect()
    }
}
