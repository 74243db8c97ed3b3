//! The watchmen of a practice network: one for each owner of its lock contract, each with a folder and a process of its own,
//! but for one that the app may run.
//!
//! What always holds: a watchman is made once and found again later; its keystore, password and key file are readable by
//! their owner only; the roster names all of them with the ports they have in this run. What it does not do: decide what is
//! paid; that is each watchman's own business. The keys are play money's and their passwords lie beside them: nothing
//! outside a devnet may be kept like this.

mod home;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use everpay::{Amount, Rules, TokenSpec};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::time::timeout;
use vault::policy::{Policy, TokenPolicy};

use crate::child::{Child, Program};
use crate::error::Fault;
use crate::folder::{make, read_json, write_json};
use crate::ports;
use home::Home;
pub use home::PRACTICE_PASSWORD;

/// Making a keystore takes a second; a busy machine longer.
const DONE_WITHIN: Duration = Duration::from_secs(60);
const ROSTER: &str = "roster.json";

/// The watchmen of one network.
#[derive(Debug, Clone)]
pub struct Watchmen {
    everwatchd: PathBuf,
    network: PathBuf,
    folder: PathBuf,
    members: Vec<(Member, Home)>,
}

/// Who a watchman is to be.
#[derive(Debug, Clone)]
pub struct Seat {
    /// The owner's key, hex.
    pub secret: String,
    /// What it lets pass.
    pub policy: Policy,
    /// The data directory of the app that runs it; its keystore opens with [`PRACTICE_PASSWORD`]. `None`: a process of its own.
    pub app: Option<PathBuf>,
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
    /// As [`Watchmen::seated`], each in a process of its own and under the same policy. `secrets`: the owners' keys, hex.
    ///
    /// # Errors
    /// As [`Watchmen::seated`].
    pub async fn set_up(
        everwatchd: &Path,
        network: &Path,
        folder: &Path,
        secrets: &[String],
        policy: &Policy,
    ) -> Result<Self, Fault> {
        let seat = |secret: &String| Seat { secret: secret.clone(), policy: policy.clone(), app: None };
        let seats: Vec<Seat> = secrets.iter().map(seat).collect();
        Self::seated(everwatchd, network, folder, &seats).await
    }

    /// Makes those that are missing, each with its own seal on its policy, finds the others, and has all seal the roster.
    ///
    /// # Errors
    /// A file that cannot be written or is damaged, or `everwatchd` that does not make a watchman.
    pub async fn seated(everwatchd: &Path, network: &Path, folder: &Path, seats: &[Seat]) -> Result<Self, Fault> {
        make(folder)?;
        let mut watchmen = Self {
            everwatchd: everwatchd.to_owned(),
            network: network.to_owned(),
            folder: folder.to_owned(),
            members: Vec::new(),
        };
        for (index, seat) in seats.iter().enumerate() {
            let own = folder.join((index + 1).to_string());
            let home = seat.app.as_ref().map_or_else(|| Home::own(&own), |app| Home::of_app(&own, app));
            let member = watchmen.find_or_make(index, seat, &home).await?;
            home.tell_app(&member)?;
            watchmen.members.push((member, home));
        }
        watchmen.agree_on_roster().await?;
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
        &self.members[index].0.address
    }

    /// Where one of them keeps its data.
    #[must_use]
    pub fn data_dir(&self, index: usize) -> PathBuf {
        self.members[index].1.data.clone()
    }

    /// Whether the app runs it, so that it has no process of its own.
    #[must_use]
    pub fn is_apps(&self, index: usize) -> bool {
        self.members[index].1.is_apps()
    }

    /// What starts one of them. It is ready when it says `watchman ADDRESS listening on …`.
    #[must_use]
    pub fn program(&self, index: usize) -> Program {
        let (member, home) = &self.members[index];
        let paths = [
            ("--network", &self.network),
            ("--data-dir", &home.data),
            ("--roster", &home.roster),
            ("--policy", &home.policy),
        ];
        let mut program = self.with_keystore("run", index, home, &paths);
        program.args.extend(["--account", &member.address, "--listen", &member.listen()].map(OsString::from));
        program
    }

    async fn find_or_make(&self, index: usize, seat: &Seat, home: &Home) -> Result<Member, Fault> {
        let known = read_json::<Member>(&home.member)?.filter(|_| home.keystore.exists());
        let mut member = match known {
            Some(member) => member,
            None => self.make_one(index, seat, home).await?,
        };
        if !ports::is_free(member.port) {
            member.port = ports::free_port()?;
        }
        write_json(&home.member, &member)?;
        Ok(member)
    }

    /// Hands the owner's key over to a new keystore, and seals the policy with it. The file that the key was handed over in
    /// does not stay.
    async fn make_one(&self, index: usize, seat: &Seat, home: &Home) -> Result<Member, Fault> {
        home.prepare(&seat.secret)?;
        let name = PathBuf::from(NAMES[index % NAMES.len()]);
        let made =
            done(&self.with_keystore("init", index, home, &[("--name", &name), ("--key-file", &home.key)])).await;
        home::remove(&home.key)?;
        let words = made?;
        write_json(&home.draft, &seat.policy)?;
        self.seal("policy", index, home, &home.draft, &home.policy).await?;
        let word = |start: &str| words.iter().find(|word| word.starts_with(start)).cloned();
        let (address, peer) = word("0x").zip(word("12D3KooW")).ok_or_else(|| {
            Fault::service("watchman")("it was made, and its address and identity were not said".to_owned())
        })?;
        Ok(Member { address, peer, port: ports::free_port()? })
    }

    /// A call of `everwatchd watchman` that needs the keystore.
    fn with_keystore(&self, command: &str, index: usize, home: &Home, paths: &[(&str, &PathBuf)]) -> Program {
        let mut program = Program::new(NAMES[index % NAMES.len()], &self.everwatchd);
        program.args = ["--exit-with-parent", "watchman", command].map(OsString::from).into();
        let keystore = [("--keystore", &home.keystore), ("--password-file", &home.password)];
        let paths = keystore.iter().chain(paths);
        program.args.extend(paths.flat_map(|(flag, path)| [OsString::from(flag), (*path).into()]));
        program
    }

    /// Seals a file with one's own key.
    async fn seal(
        &self,
        kind: &'static str,
        index: usize,
        home: &Home,
        from: &PathBuf,
        to: &PathBuf,
    ) -> Result<(), Fault> {
        let kind = PathBuf::from(kind);
        let paths = [("--kind", &kind), ("--from", from), ("--to", to)];
        done(&self.with_keystore("seal", index, home, &paths)).await.map(drop)
    }

    /// Has each seal the roster, unless all did so in an earlier run.
    async fn agree_on_roster(&self) -> Result<(), Fault> {
        let (draft, agreed, roster) = (self.folder.join("roster.draft.json"), self.folder.join(ROSTER), self.roster());
        if read_json::<Value>(&agreed)?.as_ref() == Some(&roster) {
            return Ok(());
        }
        write_json(&draft, &roster)?;
        for (index, (_, home)) in self.members.iter().enumerate() {
            match self.seal("roster", index, home, &draft, &home.roster).await {
                // Its user may have changed the password, and can take the roster over in the window.
                Err(fault) if home.is_apps() && home.roster.exists() => {
                    tracing::warn!(%fault, "the window's watchman keeps its older roster");
                }
                sealed => sealed?,
            }
        }
        // Last, so that an interrupted run is done again.
        write_json(&agreed, &roster)
    }

    fn roster(&self) -> Value {
        let member = |(index, (member, _)): (usize, &(Member, Home))| {
            json!({
                "owner": member.address,
                "peer": member.peer,
                "name": NAMES[index % NAMES.len()],
                "sinceMs": 0,
                "addresses": [member.listen()],
            })
        };
        let members: Vec<_> = self.members.iter().enumerate().map(member).collect();
        json!({ "quarantineHours": 0, "members": members })
    }
}

impl Member {
    fn listen(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
}

/// What people and messages call them.
const NAMES: [&str; 7] =
    ["watchman 1", "watchman 2", "watchman 3", "watchman 4", "watchman 5", "watchman 6", "watchman 7"];

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
}
