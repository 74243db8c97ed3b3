//! Three processes `everwatchd vault run`, and what people say to them on the command line.

use std::ffi::OsString;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use devnet::{Child, Program};
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::{Ended, eventually, everwatchd, run_everwatchd, within};

/// A keystore opens, and a busy machine takes its time.
pub(crate) const READY: Duration = Duration::from_secs(60);
/// A ceremony, or that it gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);
const PASSWORD: &str = "practice-only-1234";
const OWNER: &str = "uGx-QfBXSwABKxjha-00dI7vvfyqIYblY6Z5L6cyTFM";

pub(crate) struct Keepers {
    folder: TempDir,
    pub(crate) peers: Vec<String>,
    ports: Vec<u16>,
    running: Vec<Option<Child>>,
}

impl Keepers {
    /// Makes as many, each with a keystore; none runs yet.
    pub(crate) async fn new(count: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut keepers = Self { folder, peers: Vec::new(), ports: Vec::new(), running: Vec::new() };
        let mut members = Vec::new();
        for index in 0..count {
            let home = keepers.home(index);
            std::fs::create_dir(&home).unwrap();
            secret(&home.join("password"), PASSWORD);
            secret(&home.join("key"), &format!("{:064x}", index + 1));
            let key = home.join("key");
            let made = keepers.call(index, "watchman", &["init", "--key-file"], &[key.as_path()]).await;
            let (owner, peer) = made.out.trim().split_once(' ').unwrap();
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let addresses = [format!("127.0.0.1:{port}")];
            members.push(json!({ "owner": owner, "peer": peer, "name": format!("keeper {}", index + 1), "addresses": addresses }));
            keepers.peers.push(peer.to_owned());
            keepers.ports.push(port);
            keepers.running.push(None);
        }
        let roster = json!({ "quarantineHours": 0, "members": members });
        std::fs::write(keepers.folder.path().join("roster.json"), roster.to_string()).unwrap();
        std::fs::write(keepers.network(), network().to_string()).unwrap();
        keepers
    }

    /// The same, all running.
    pub(crate) async fn running(count: usize) -> Self {
        let mut keepers = Self::new(count).await;
        for index in 0..count {
            keepers.start(index).await;
        }
        keepers.acquainted(&(0..count).collect::<Vec<_>>()).await;
        keepers
    }

    pub(crate) fn network(&self) -> PathBuf {
        self.folder.path().join("network.json")
    }

    pub(crate) fn home(&self, index: usize) -> PathBuf {
        self.folder.path().join(index.to_string())
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn port(&self, index: usize) -> u16 {
        self.ports[index]
    }

    pub(crate) async fn start(&mut self, index: usize) {
        let home = self.home(index);
        let mut program = Program::new("keeper", everwatchd());
        let words = ["--exit-with-parent", "vault", "run", "--round-s", "8", "--listen"];
        program.args = words.map(OsString::from).into();
        program.args.push(format!("127.0.0.1:{}", self.ports[index]).into());
        let paths = [
            ("--data-dir", home.join("data")),
            ("--keystore", home.join("keys")),
            ("--password-file", home.join("password")),
            ("--roster", self.folder.path().join("roster.json")),
            ("--network", self.network()),
        ];
        program.args.extend(paths.into_iter().flat_map(|(flag, path)| [OsString::from(flag), path.into()]));
        let mut child = Child::spawn(&program).unwrap();
        match within(READY, "a keeper listens", child.line()).await {
            Some(line) => assert!(line.starts_with("vault 12D3KooW") && line.contains(" listening on "), "{line}"),
            None => panic!("keeper {index} ended: {:?}{}", child.ended().await, child.tail().await),
        }
        self.running[index] = Some(child);
    }

    /// Kills one with SIGKILL.
    pub(crate) async fn kill(&mut self, index: usize) {
        if let Some(child) = self.running[index].take() {
            child.kill().await;
        }
    }

    /// The process of one that runs.
    pub(crate) fn pid(&self, index: usize) -> u32 {
        self.running[index].as_ref().unwrap().id().unwrap()
    }

    /// Opens the keystore of one that does not run.
    pub(crate) fn unlock(&self, index: usize) -> keystore::Session {
        let locked = keystore::Keystore::open(&self.home(index).join("keys")).unwrap();
        let password = keystore::Password::new(PASSWORD).unwrap();
        locked.unlock(&password, detector::now_ms(), 600_000).unwrap()
    }

    /// Sends a signal to one that runs.
    pub(crate) fn signal(&mut self, index: usize, signal: &str) {
        let pid = self.pid(index).to_string();
        let sent = std::process::Command::new("kill").args([format!("-{signal}"), pid]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits until these know each other's ceremony keys.
    pub(crate) async fn acquainted(&self, who: &[usize]) {
        for index in who {
            eventually(READY, "keepers know each other", || async {
                let peers = self.status(*index).await["peers"].as_array().unwrap().clone();
                let known = |other: &usize| {
                    peers
                        .iter()
                        .any(|peer| peer["peer"] == self.peers[*other] && !peer["key"].is_null() && peer["up"] == true)
                };
                who.iter().all(known).then_some(())
            })
            .await;
        }
    }

    async fn call(&self, index: usize, group: &str, words: &[&str], paths: &[&Path]) -> Ended {
        let home = self.home(index);
        let mut args: Vec<OsString> = [group].iter().chain(words).map(OsString::from).collect();
        args.extend(paths.iter().map(OsString::from));
        args.extend(["--keystore".into(), home.join("keys").into()]);
        args.extend(["--password-file".into(), home.join("password").into()]);
        let ended = run_everwatchd(READY, args).await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
        ended
    }

    /// Says something to one that runs, as a person does.
    pub(crate) async fn try_tell(&self, index: usize, words: &[&str]) -> Ended {
        let mut args: Vec<OsString> = ["vault"].iter().chain(words).map(OsString::from).collect();
        args.extend([OsString::from("--data-dir"), self.home(index).join("data").into()]);
        run_everwatchd(READY, args).await
    }

    /// The same, which must succeed; the answer.
    pub(crate) async fn tell(&self, index: usize, words: &[&str]) -> Value {
        let ended = self.try_tell(index, &[words, &["--json"]].concat()).await;
        assert_eq!(ended.code, Some(0), "{words:?} {ended:?}");
        serde_json::from_str(&ended.out).unwrap()
    }

    pub(crate) async fn status(&self, index: usize) -> Value {
        self.tell(index, &["status"]).await
    }

    /// The first proposes a key to these others.
    pub(crate) async fn invite(&self, threshold: &str, others: &[usize]) -> String {
        let peers = others.iter().flat_map(|other| ["--peer", &self.peers[*other]]);
        let words = ["invite", "Vault", "--network", "regtest", "--threshold", threshold];
        let words: Vec<&str> = words.into_iter().chain(peers).collect();
        text(&self.tell(0, &words).await["row"]["id"])
    }

    /// A person compares all words and joins, unless that was done.
    pub(crate) async fn agree(&self, index: usize, id: &str) {
        let detail = eventually(READY, "an invitation", || async {
            let ended = self.try_tell(index, &["show", id, "--json"]).await;
            serde_json::from_str::<Value>(&ended.out).ok()
        })
        .await;
        for member in detail["members"].as_array().unwrap() {
            if member["compared"] == false {
                self.tell(index, &["compare", id, &member["member"]["number"].to_string()]).await;
            }
        }
        if detail["members"].as_array().unwrap().iter().any(|one| one["member"]["me"] == true && one["joined"] == false)
        {
            self.tell(index, &["join", id]).await;
        }
    }

    /// Waits until a ceremony is in one of these states.
    pub(crate) async fn until(&self, index: usize, id: &str, states: &[&str]) -> Value {
        let seen = std::sync::Mutex::new(Value::Null);
        let look = || async {
            let ended = self.try_tell(index, &["show", id, "--json"]).await;
            let detail = serde_json::from_str::<Value>(&ended.out).ok()?;
            *seen.lock().unwrap() = detail.clone();
            states.iter().any(|state| detail["row"]["state"] == *state).then_some(detail)
        };
        match tokio::time::timeout(PATIENCE, eventually(PATIENCE * 2, "a ceremony gets on", look)).await {
            Ok(detail) => detail,
            Err(_) => panic!("keeper {index} is not {states:?}: {:#}", seen.lock().unwrap()),
        }
    }

    /// All of them make a key; its group.
    pub(crate) async fn make_key(&self, threshold: &str, who: &[usize]) -> String {
        let id = self.invite(threshold, &who[1..]).await;
        for index in who {
            self.agree(*index, &id).await;
        }
        for index in who {
            self.until(*index, &id, &["done"]).await;
        }
        self.group(who[0]).await
    }

    /// The group in force.
    pub(crate) async fn group(&self, index: usize) -> String {
        text(&self.status(index).await["keys"][0]["group"])
    }

    /// Waits until one knows of a session.
    pub(crate) async fn asked(&self, index: usize, id: &str) -> Value {
        eventually(READY, "a session", || async {
            let ended = self.try_tell(index, &["session", id, "--json"]).await;
            serde_json::from_str::<Value>(&ended.out).ok()
        })
        .await
    }

    /// Approves a session by its check words.
    pub(crate) async fn approve(&self, index: usize, id: &str) {
        let session = self.asked(index, id).await;
        let words: Vec<String> = session["words"].as_array().unwrap().iter().map(text).collect();
        self.tell(index, &["approve", id, "--words", &words.join(" ")]).await;
    }

    /// The signed transaction, hex.
    pub(crate) async fn signed(&self, index: usize, id: &str) -> String {
        eventually(PATIENCE, "a signed transaction", || async {
            let session = self.tell(index, &["session", id]).await;
            session["transaction"].as_str().map(str::to_owned)
        })
        .await
    }

    /// The group's public data.
    pub(crate) async fn public(&self, index: usize, group: &str) -> threshold::Group {
        let out = self.file(&format!("{group}.{index}.group"));
        let _ = std::fs::remove_file(&out);
        self.tell(index, &["group", group, "--out", out.to_str().unwrap()]).await;
        threshold::Group::from_bytes(&std::fs::read(out).unwrap()).unwrap()
    }
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

fn secret(path: &Path, text: &str) {
    let mut file = std::fs::OpenOptions::new().create_new(true).write(true).mode(0o600).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

fn network() -> Value {
    json!({
        "name": "Practice", "practice": true, "owner": OWNER, "gateways": ["http://127.0.0.1:1984"], "depth": 2,
        "rules": {
            "owner": OWNER, "ethChainId": "1", "feeRecipient": "0x6451eB7f668de69Fb4C943Db72bCF2A73DeeC6B1",
            "lockers": {"arweave": "dH-_dwLlN86fitrFZzi86IVEEQFyYpTzWcqnFh460ys"},
            "tokens": {"listed": [serde_json::to_value(everpay::ar_token()).unwrap()]},
        },
    })
}
