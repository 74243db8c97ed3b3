//! `everwatchd devnet`: it comes up, something happens on it, and nothing of it stays behind.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crypto::secp::EvmKey;
use devnet::{AnvilControl, Api, ETHEREUM, EvmNode, Nonces, Payer, Payments, evm_address};
use oracle::network::NetworkFile;
use serde_json::Value;
use tests::{Detection, World, eventually, everwatchd, evm, run_everwatchd, within};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout};

const PATIENCE: Duration = Duration::from_secs(120);

struct Devnet {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
    coordinator: String,
    seen: Vec<String>,
}

impl Devnet {
    /// Starts one on `folder`, without a display, and waits until everything runs.
    async fn start(folder: &Path, more: &[&str]) -> Self {
        Self::start_on(None, folder, more).await
    }

    async fn start_on(display: Option<&str>, folder: &Path, more: &[&str]) -> Self {
        let mut command = tokio::process::Command::new(everwatchd());
        command.args(["devnet", "--data-dir"]).arg(folder).args(more).env_remove("WAYLAND_DISPLAY");
        match display {
            Some(display) => {
                command.env("DISPLAY", display).env("XDG_DATA_HOME", folder).env("XDG_CONFIG_HOME", folder)
            }
            None => command.env_remove("DISPLAY"),
        };
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut devnet = Self { process, lines, coordinator: String::new(), seen: Vec::new() };
        within(PATIENCE, "the devnet is up", devnet.read_until("Everything runs")).await;
        let coordinator = devnet.seen.iter().find_map(|line| line.strip_prefix("Coordinator")).unwrap();
        devnet.coordinator = coordinator.split_whitespace().next().unwrap().to_owned();
        devnet
    }

    async fn read_until(&mut self, text: &str) {
        loop {
            let line = self.lines.next_line().await.unwrap();
            let line = line.unwrap_or_else(|| panic!("the devnet ended after {:?}", self.seen));
            self.seen.push(line.clone());
            if line.contains(text) {
                return;
            }
        }
    }

    /// Waits for accepted transactions of these actions; returns the newest raw id.
    async fn active(&self, actions: &[&str]) -> u64 {
        self.active_in("", "action", actions).await
    }

    /// Waits until among the newest transactions that `filter` leaves, `member` has had all these values; returns the
    /// newest raw id.
    async fn active_in(&self, filter: &str, member: &str, values: &[&str]) -> u64 {
        let url = format!("{}/txs?count=50{filter}", self.coordinator);
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        eventually(PATIENCE, "activity", || async {
            let page: Value = http.get(&url).send().await.ok()?.json().await.ok()?;
            let txs = page["txs"].as_array()?;
            let have: BTreeSet<_> = txs.iter().filter_map(|tx| tx[member].as_str()).collect();
            values.iter().all(|value| have.contains(value)).then(|| txs[0]["rawId"].as_u64()).flatten()
        })
        .await
    }

    /// Waits for a mint from Ethereum after this raw id.
    async fn ethereum_goes_on(&self, after: u64) {
        let url = format!("{}/txs?count=50&action=mint", self.coordinator);
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        eventually(PATIENCE, "a mint from Ethereum", || async {
            let page: Value = http.get(&url).send().await.ok()?.json().await.ok()?;
            let new = |tx: &&Value| tx["tokenSymbol"] != "AR" && tx["rawId"].as_u64().is_some_and(|id| id > after);
            page["txs"].as_array()?.iter().find(new).map(drop)
        })
        .await;
    }

    /// What a fresh detector finds on it.
    async fn detected(&self, folder: &Path, name: &str) -> Detection {
        let args =
            ["detect".as_ref(), "--network".as_ref(), folder.join("network.json").as_os_str()].map(OsString::from);
        let data = ["--data-dir".into(), folder.join(name).into_os_string()];
        World::detect_with(args.into_iter().chain(data).collect()).await
    }

    fn signal(&self, name: &str) {
        let id = self.process.id().unwrap().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    }

    /// Every process that belongs to it now.
    fn family(&self) -> BTreeSet<u32> {
        let mut family = BTreeSet::from([self.process.id().unwrap()]);
        loop {
            let more: BTreeSet<u32> =
                processes().filter(|(_, parent)| family.contains(parent)).map(|(id, _)| id).collect();
            if more.is_subset(&family) {
                return family;
            }
            family.extend(more);
        }
    }
}

/// (process, parent) of all processes that run.
fn processes() -> impl Iterator<Item = (u32, u32)> {
    std::fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| {
        let id = entry.file_name().to_str()?.parse().ok()?;
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        let mut after_name = stat.rsplit_once(')')?.1.split_whitespace();
        let state = after_name.next()?;
        let parent = after_name.next()?.parse().ok()?;
        (state != "Z").then_some((id, parent))
    })
}

async fn all_gone(family: &BTreeSet<u32>) {
    eventually(Duration::from_secs(15), "no process of the devnet is left", || async {
        let left: Vec<u32> = processes().map(|(id, _)| id).filter(|id| family.contains(id)).collect();
        left.is_empty().then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_lives_stops_without_orphans_and_resumes() {
    let folder = tempfile::tempdir().unwrap();
    let mut devnet = Devnet::start(folder.path(), &["--seed", "5"]).await;
    let shown = devnet.seen.join("\n");
    assert!(shown.contains("http://127.0.0.1:") && shown.contains("#token="), "{shown}");
    let first = devnet.active(&["mint", "transfer"]).await;
    for action in ["mint", "transfer"] {
        devnet.active_in(&format!("&action={action}"), "tokenSymbol", &["AR", "ETH", "PUSD"]).await;
    }
    let family = devnet.family();
    assert!(family.len() >= 8, "devnet, gateway, Ethereum, coordinator, bot, two watchmen and pages: {family:?}");
    devnet.signal("-TERM");
    let status = within(Duration::from_secs(15), "it stops", devnet.process.wait()).await.unwrap();
    assert!(status.success(), "{status}");
    all_gone(&family).await;
    let keys = ["keys/coordinator.json", "keys/evm.json", "keys/vault-owners.json"];
    for secret in keys.into_iter().chain(["watchmen/1/keystore", "watchmen/1/password"]) {
        let mode = std::fs::metadata(folder.path().join(secret)).unwrap();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode.permissions()) & 0o077, 0, "{secret}");
    }
    let logs = folder.path().join("logs");
    for log in std::fs::read_dir(logs).unwrap() {
        let text = std::fs::read_to_string(log.unwrap().path()).unwrap();
        assert!(!text.contains("#token="), "the token of the pages is in a log");
    }

    let devnet = Devnet::start(folder.path(), &[]).await;
    let resumed = devnet.active(&["mint", "transfer"]).await;
    assert!(resumed >= first, "{resumed} after {first}");
    let second =
        run_everwatchd(PATIENCE, ["devnet".into(), "--data-dir".into(), folder.path().as_os_str().to_owned()]).await;
    assert_eq!(second.code, Some(1), "{second:?}");
    assert!(second.err.contains("another devnet is running"), "{second:?}");
    let family = devnet.family();
    devnet.signal("-KILL");
    all_gone(&family).await;

    let devnet = Devnet::start(folder.path(), &[]).await;
    devnet.ethereum_goes_on(resumed).await;
    let detection = devnet.detected(folder.path(), "beside").await;
    assert_eq!(detection.alerts, Vec::<Value>::new(), "{detection:?}");
    assert_eq!(detection.rejected, 0, "{detection:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_withdrawn_is_paid_out_by_its_watchmen() {
    let folder = tempfile::tempdir().unwrap();
    let devnet = Devnet::start(folder.path(), &[]).await;
    let said = |name: &str| devnet.seen.iter().filter(|line| line.starts_with(name)).cloned().collect::<Vec<_>>();
    assert_eq!(said("Watchman").len(), 3, "{:?}", devnet.seen);
    let node = said("Ethereum node")[0].split_whitespace().nth(2).unwrap().to_owned();
    let node = EvmNode::new(AnvilControl::new(node).unwrap());
    let network = NetworkFile::parse(&std::fs::read(folder.path().join("network.json")).unwrap()).unwrap();
    let payments = Payments::new(&network.rules, network.rules.listed()[1].clone());
    let secrets = std::fs::read(folder.path().join("keys/evm.json")).unwrap();
    let secret = serde_json::from_slice::<Vec<String>>(&secrets).unwrap()[0].clone();
    let payer = Payer::Evm(EvmKey::from_bytes(&crypto::hexs::decode_array(&secret).unwrap()).unwrap());
    let (api, account) = (Api::new(devnet.coordinator.clone()).unwrap(), payer.account().to_string());
    let amount = 500_000_000_000_000;
    eventually(PATIENCE, "an account has ETH", || async {
        (api.balance(&payments.tag(), &account).await.unwrap() > amount).then_some(())
    })
    .await;
    let to = evm(77).account().to_string();
    api.post(&payments.burn(&payer, &to, amount, ETHEREUM, Nonces::default().fresh())).await.unwrap();
    eventually(PATIENCE, "it is paid out", || async {
        let held = node.balance(evm_address(&to).unwrap()).await.unwrap();
        (held.to_string() == amount.to_string()).then_some(())
    })
    .await;
    let family = devnet.family();
    devnet.signal("-KILL");
    all_gone(&family).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_network_of_an_older_version_is_set_aside_and_a_new_one_begins() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("devnet.json"), r#"{"gateway_port":1984,"coordinator_port":1985}"#).unwrap();
    std::fs::write(folder.path().join("network.json"), "the ledger's old rules").unwrap();
    let devnet = Devnet::start(folder.path(), &[]).await;
    let aside = folder.path().join("without-ethereum-1");
    assert!(devnet.seen[0].contains(aside.to_str().unwrap()), "{:?}", devnet.seen);
    assert_eq!(std::fs::read(aside.join("network.json")).unwrap(), b"the ledger's old rules");
    devnet.active(&["mint"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_that_crashes_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let devnet = Devnet::start(folder.path(), &[]).await;
    let before = devnet.active(&["transfer"]).await;
    let family = devnet.family();
    let named = |word: &str| {
        let line = |id: &u32| std::fs::read_to_string(format!("/proc/{id}/cmdline")).unwrap_or_default();
        devnet.family().into_iter().find(|id| line(id).split('\0').any(|part| part.ends_with(word)))
    };
    for word in ["coordinator", "arlocal.mjs", "anvil.mjs", "ethbot", "watchmen/1/data"] {
        let id = named(word).unwrap();
        assert!(Command::new("kill").args(["-KILL", &id.to_string()]).status().unwrap().success());
        eventually(PATIENCE, "the child is back", || async { named(word).filter(|back| *back != id).map(drop) }).await;
    }
    eventually(PATIENCE, "activity goes on", || async { (devnet.active(&["transfer"]).await > before).then_some(()) })
        .await;
    let family: BTreeSet<u32> = family.union(&devnet.family()).copied().collect();
    devnet.signal("-INT");
    all_gone(&family).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_keeps_it_from_starting_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let data = folder.path().to_str().unwrap();
    for flag in ["--gateway-port", "--evm-port", "--coordinator-port"] {
        let ended = run_everwatchd(PATIENCE, ["devnet", "--data-dir", data, flag, &port]).await;
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(ended.err.contains(&port) && ended.err.contains("in use") && ended.err.contains(flag), "{ended:?}");
    }
    let ended = run_everwatchd(PATIENCE, ["devnet", "--data-dir", data, "--counterparts", data]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains("counterparts"), "{ended:?}");
    let ended = run_everwatchd(PATIENCE, ["devnet", "--data-dir", data, "--cheat", "F99"]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
}

/// A display of the test's own.
struct Screen {
    _server: Child,
    name: String,
}

impl Screen {
    async fn start() -> Self {
        let mut server = tokio::process::Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1200x800x24", "-nolisten", "tcp"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("Xvfb is needed: apt-get install xvfb");
        let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
        let number = within(PATIENCE, "a display", lines.next_line()).await.unwrap().unwrap();
        Self { _server: server, name: format!(":{number}") }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_display_it_opens_the_desktop_app_and_takes_it_along() {
    let (folder, screen) = (tempfile::tempdir().unwrap(), Screen::start().await);
    let devnet = Devnet::start_on(Some(&screen.name), folder.path(), &["--open"]).await;
    assert!(devnet.seen.iter().any(|line| line.starts_with("Desktop app")), "{:?}", devnet.seen);
    // The web view runs in processes of its own: the page is being shown.
    let family = eventually(PATIENCE, "the window has a web view", || async {
        let family = devnet.family();
        let web_view = |id: &u32| {
            std::fs::read_to_string(format!("/proc/{id}/comm")).is_ok_and(|name| name.starts_with("WebKitWebProc"))
        };
        family.iter().any(web_view).then_some(family)
    })
    .await;
    devnet.signal("-KILL");
    all_gone(&family).await;
}
