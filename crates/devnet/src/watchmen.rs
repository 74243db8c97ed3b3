//! The watchmen of a practice network: one for each owner of its lock contract, each with a folder and a process of its own.
//!
//! What always holds: a watchman is made once and found again later; its keystore, password and key file are readable by
//! their owner only; the roster names all of them with the ports they have in this run. What it does not do: decide what is
//! paid; that is each watchman's own business. The keys are play money's and their passwords lie beside them: nothing
//! outside a devnet may be kept like this.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use everpay::{Amount, Rules, TokenSpec};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::time::timeout;
use vault::policy::{Policy, TokenPolicy};

use crate::child::{Child, Program};
use crate::error::Fault;
use crate::folder::{make, read_json, write_json};
use crate::ports;

/// Making a keystore takes a second; a busy machine longer.
const DONE_WITHIN: Duration = Duration::from_secs(60);
const PASSWORD_BYTES: usize = 24;
const KEYSTORE: &str = "keystore";
const PASSWORD: &str = "password";
const KEY: &str = "key";
const POLICY: &str = "policy.json";

/// The watchmen of one network.
#[derive(Debug, Clone)]
pub struct Watchmen {
    everwatchd: PathBuf,
    network: PathBuf,
    folder: PathBuf,
    members: Vec<Member>,
}

/// One of them, as it is remembered from run to run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Member {
    address: String,
    peer: String,
    port: u16,
}

impl Watchmen {
    /// Makes those that are missing, each with its own seal on `policy`, finds the others, and writes the roster anew.
    /// `secrets`: the owners' keys, hex.
    ///
    /// # Errors
    /// A file that cannot be written or is damaged, or `everwatchd` that does not make a watchman.
    pub async fn set_up(
        everwatchd: &Path,
        network: &Path,
        folder: &Path,
        secrets: &[String],
        policy: &Policy,
    ) -> Result<Self, Fault> {
        make(folder)?;
        let mut watchmen = Self {
            everwatchd: everwatchd.to_owned(),
            network: network.to_owned(),
            folder: folder.to_owned(),
            members: Vec::new(),
        };
        write_json(&watchmen.folder.join(POLICY), policy)?;
        for (index, secret) in secrets.iter().enumerate() {
            let member = watchmen.find_or_make(index, secret).await?;
            watchmen.members.push(member);
        }
        watchmen.write_roster()?;
        Ok(watchmen)
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.members.len()
    }

    /// The key's address with which one of them signs.
    #[must_use]
    pub fn address(&self, index: usize) -> &str {
        &self.members[index].address
    }

    /// Where one of them keeps its data.
    #[must_use]
    pub fn data_dir(&self, index: usize) -> PathBuf {
        self.own(index, "data")
    }

    /// What starts one of them. It is ready when it says `watchman ADDRESS listening on …`.
    #[must_use]
    pub fn program(&self, index: usize) -> Program {
        let member = &self.members[index];
        let paths = [
            ("--network", self.network.clone()),
            ("--data-dir", self.data_dir(index)),
            ("--roster", self.folder.join("roster.json")),
            ("--policy", self.own(index, POLICY)),
        ];
        let mut program = self.with_keystore("run", index, &paths);
        let listen = format!("127.0.0.1:{}", member.port);
        program.args.extend(["--account", &member.address, "--listen", &listen].map(OsString::from));
        program
    }

    fn own(&self, index: usize, part: &str) -> PathBuf {
        self.folder.join((index + 1).to_string()).join(part)
    }

    async fn find_or_make(&self, index: usize, secret: &str) -> Result<Member, Fault> {
        let path = self.own(index, "member.json");
        let mut member = match read_json::<Member>(&path)? {
            Some(member) => member,
            None => self.make_one(index, secret).await?,
        };
        if !ports::is_free(member.port) {
            member.port = ports::free_port()?;
        }
        write_json(&path, &member)?;
        Ok(member)
    }

    /// Hands the owner's key over to a new keystore, and seals the policy with it. The file that the key was handed over in
    /// does not stay.
    async fn make_one(&self, index: usize, secret: &str) -> Result<Member, Fault> {
        make(&self.own(index, ""))?;
        // What a start that was interrupted left behind guards nothing yet.
        for part in [KEYSTORE, PASSWORD, KEY, POLICY] {
            remove(&self.own(index, part))?;
        }
        write_secret(&self.own(index, PASSWORD), &crypto::hexs::encode(&rand::random::<[u8; PASSWORD_BYTES]>()))?;
        write_secret(&self.own(index, KEY), secret)?;
        let init = [("--name", NAMES[index % NAMES.len()].into()), ("--key-file", self.own(index, KEY))];
        let made = done(&self.with_keystore("init", index, &init)).await;
        remove(&self.own(index, KEY))?;
        let seal = [("--from", self.folder.join(POLICY)), ("--to", self.own(index, POLICY))];
        let words = made?;
        done(&self.with_keystore("seal", index, &seal)).await?;
        let word = |start: &str| words.iter().find(|word| word.starts_with(start)).cloned();
        let (address, peer) = word("0x").zip(word("12D3KooW")).ok_or_else(|| {
            Fault::service("watchman")("it was made, and its address and identity were not said".to_owned())
        })?;
        Ok(Member { address, peer, port: ports::free_port()? })
    }

    /// A call of `everwatchd watchman` that needs the keystore.
    fn with_keystore(&self, command: &str, index: usize, paths: &[(&str, PathBuf)]) -> Program {
        let mut program = Program::new(NAMES[index % NAMES.len()], &self.everwatchd);
        program.args = ["--exit-with-parent", "watchman", command].map(OsString::from).into();
        let keystore = [("--keystore", self.own(index, KEYSTORE)), ("--password-file", self.own(index, PASSWORD))];
        let paths = keystore.iter().chain(paths);
        program.args.extend(paths.flat_map(|(flag, path)| [OsString::from(flag), path.into()]));
        program
    }

    fn write_roster(&self) -> Result<(), Fault> {
        let member = |(index, member): (usize, &Member)| {
            json!({
                "owner": member.address,
                "peer": member.peer,
                "name": NAMES[index % NAMES.len()],
                "sinceMs": 0,
                "addresses": [format!("127.0.0.1:{}", member.port)],
            })
        };
        let members: Vec<_> = self.members.iter().enumerate().map(member).collect();
        write_json(&self.folder.join("roster.json"), &json!({ "quarantineHours": 0, "members": members }))
    }
}

/// What people and messages call them.
const NAMES: [&str; 3] = ["watchman 1", "watchman 2", "watchman 3"];

/// Runs a program to its good end; returns the words that it said.
async fn done(program: &Program) -> Result<Vec<String>, Fault> {
    let mut child = Child::spawn(program)?;
    let mut words = Vec::new();
    let read = async {
        while let Some(line) = child.line().await {
            words.extend(line.split_whitespace().map(str::to_owned));
        }
        child.ended().await
    };
    match timeout(DONE_WITHIN, read).await {
        Ok(Ok(status)) if status.success() => Ok(words),
        Ok(Ok(status)) => Err(Fault::Crashed { name: program.name, status, times: 1, tail: child.tail().await }),
        Ok(Err(fault)) => Err(fault),
        Err(_) => {
            let tail = child.tail().await;
            Err(Fault::NotReady { name: program.name, seconds: DONE_WITHIN.as_secs(), tail })
        }
    }
}

/// A policy under which everything that a vault of `chain` guards is paid: up to `auto` of each token's base units without
/// asking anybody, up to `most` after a person approved.
#[must_use]
pub fn open_policy(rules: &Rules, chain: &str, limits: impl Fn(&TokenSpec) -> (Amount, Amount)) -> Policy {
    let listed = rules.listed().iter().filter(|token| token.targets.contains_key(chain));
    let tokens = listed.map(|token| {
        let (auto_up_to, payout_max) = limits(token);
        (token.tag(), TokenPolicy { payout_max, window: None, recipient: None, delay: None, auto_up_to })
    });
    Policy { version: 1, stopped: false, tokens: tokens.collect(), deny: BTreeSet::new(), allow: None }
}

/// A file that only its owner reads; it must not be there yet.
fn write_secret(path: &Path, text: &str) -> Result<(), Fault> {
    let file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(Fault::file(path))
}

fn remove(path: &Path) -> Result<(), Fault> {
    match std::fs::remove_file(path) {
        Err(fault) if fault.kind() != std::io::ErrorKind::NotFound => Err(Fault::file(path)(fault)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use everpay::{ar_token, eth_token};

    #[test]
    fn the_policy_passes_what_the_vault_of_its_chain_guards_and_reads_back() {
        let rules = Rules { tokens: everpay::Tokens::Listed(vec![ar_token(), eth_token()]), ..Rules::open("owner") };
        let limits = |token: &TokenSpec| (Amount::from(u64::from(token.decimals)), Amount::from(1_000_u64));
        let on = |chain: &str| open_policy(&rules, chain, limits);
        assert_eq!(on("ethereum").tokens[&eth_token().tag()].auto_up_to, Amount::from(18_u64));
        assert!(!on("arweave").tokens.contains_key(&eth_token().tag()), "ETH is not paid on Arweave");
        assert!(on("nowhere").tokens.is_empty());
        assert_eq!(Policy::parse(&on("ethereum").to_text()).unwrap(), on("ethereum"));
    }

    #[test]
    fn a_secret_is_for_its_owner_only_and_replaces_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        write_secret(&path, "one").unwrap();
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
        assert_eq!(mode & 0o077, 0);
        assert!(write_secret(&path, "two").is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one");
        remove(&path).unwrap();
        remove(&path).unwrap();
        assert!(!path.exists());
    }
}
