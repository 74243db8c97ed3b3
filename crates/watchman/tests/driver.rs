//! A driver over a ledger that the test tells what to say, and a chain that does not answer: what a person decides lasts.
#![allow(clippy::unwrap_used, reason = "tests")]

use everpay::{Amount, EverHash, eth_token};
use futures::future::{BoxFuture, FutureExt};
use keystore::{KdfParams, Keystore, Password, Session};
use oracle::network::NetworkFile;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use store::sqlite::StoreError;
use tokio::sync::watch;
use vault::burn::{BatchRef, Burn};
use vault::pipeline::{Sources, Timing};
use vault::policy::Policy;
use vault::signature::Digest;
use watchman::{AskError, Config, FoundBurn, Ledger, QueueRow, RosterFile, Standing, Watchman, WatchmanView, add_keys};

const KEY: &str = "0101010101010101010101010101010101010101010101010101010101010101";
const HASH: EverHash = EverHash::new([1; 32]);

/// One burn, deep enough, and nothing wrong.
#[derive(Debug)]
struct Told;

impl Ledger for Told {
    fn standing(&self) -> Standing {
        let sources = Sources { agreeing: 1, needed: 1, differing: BTreeSet::new() };
        Standing {
            alerts: Some(BTreeSet::new()),
            sources: Some(sources),
            halts: Vec::new(),
            position: (1, format!("0x{}", "00".repeat(32))),
        }
    }

    fn waiting<'a>(
        &'a self,
        _chains: &'a BTreeSet<String>,
        _known: &'a BTreeSet<EverHash>,
    ) -> BoxFuture<'a, Result<Vec<FoundBurn>, StoreError>> {
        let batch = BatchRef { id: [3; 32], height: 7, time_ms: 1 };
        let to = "0x2222222222222222222222222222222222222222";
        let burn = Burn::new(HASH, batch, &eth_token(), "ethereum", to, Amount::from(5_u64)).unwrap();
        async { Ok(vec![FoundBurn { burn, depth: Some(9) }]) }.boxed()
    }
}

fn network() -> NetworkFile {
    let owner = "uGx-QfBXSwABKxjha-00dI7vvfyqIYblY6Z5L6cyTFM";
    let file = json!({
        "name": "N", "practice": true, "owner": owner, "gateways": ["http://127.0.0.1:9"], "depth": 3,
        "evm": {"ethereum": {"chainId": 1, "rpc": ["http://127.0.0.1:9"]}},
        "rules": {
            "owner": owner, "ethChainId": "1", "feeRecipient": "0x6451eB7f668de69Fb4C943Db72bCF2A73DeeC6B1",
            "lockers": {"ethereum": "0x6451eB7f668de69Fb4C943Db72bCF2A73DeeC6B1"},
            "tokens": {"listed": [serde_json::to_value(eth_token()).unwrap()]},
        },
    });
    NetworkFile::parse(file.to_string().as_bytes()).unwrap()
}

/// A policy that always asks.
fn policy() -> Policy {
    let limits = json!({ "payoutMax": "100", "window": null, "recipient": null, "delay": null, "autoUpTo": "0" });
    let tokens = json!({ eth_token().tag().to_string(): limits });
    let text = json!({ "version": 1, "stopped": false, "tokens": tokens, "deny": [], "allow": null });
    Policy::parse(&text.to_string()).unwrap()
}

struct Running {
    view: WatchmanView,
    stop: watch::Sender<bool>,
    ended: tokio::task::JoinHandle<Result<(), watchman::RunError>>,
}

impl Running {
    async fn start(dir: &Path, session: &Arc<Session>, owner: vault::signature::Owner, peer: &str) -> Self {
        let member = json!({ "owner": owner.to_string(), "peer": peer, "name": "A", "addresses": [] });
        let roster = json!({ "quarantineHours": 0, "members": [member] }).to_string();
        let config = Config {
            data_dir: dir.to_owned(),
            network: network(),
            owner,
            session: Arc::clone(session),
            roster: RosterFile::parse(&roster).unwrap(),
            policy: policy(),
            listen: vec!["127.0.0.1:0".parse().unwrap()],
            ledger: Arc::new(Told),
            timing: Timing::default(),
            fees: vault_evm::release::FeePolicy::default(),
            poll: Duration::from_millis(50),
        };
        let (watchman, view) = Watchman::open(config).await.unwrap();
        let (stop, stopped) = watch::channel(false);
        Self { view, stop, ended: tokio::spawn(watchman.run(stopped)) }
    }

    async fn row(&self, state: &str) -> QueueRow {
        for _ in 0..200 {
            let row = self.view.queue().await.unwrap().pop();
            if let Some(row) = row.filter(|row| row.state == state) {
                return row;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never {state}: {:?}", self.view.queue().await);
    }

    async fn stop(self) {
        self.stop.send(true).unwrap();
        self.ended.await.unwrap().unwrap();
        assert!(matches!(self.view.queue().await, Err(AskError::Stopped)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_approves_what_they_saw_and_that_outlives_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let password = Password::new("correct horse").unwrap();
    let made = Keystore::create(&dir.path().join("keys"), &password, KdfParams::insecure_for_tests()).unwrap();
    let session = Arc::new(made.unlock(&password, detector::now_ms(), 600_000).unwrap());
    let public = add_keys(&session, "watchman", KEY).unwrap();
    let peer = public.peer.to_string();

    let first = Running::start(dir.path(), &session, public.owner, &peer).await;
    first.row("awaiting").await;
    let facts = first.view.facts(HASH).await.unwrap().unwrap();
    let signed = facts.signed.unwrap();
    assert_eq!((signed.amount.as_str(), signed.call), ("5", "coin"));
    let digest = crypto::hexs::decode_array(&signed.digest).unwrap();
    let wrong = first.view.approve(HASH, Digest::new([9; 32]), "Ada").await;
    assert!(matches!(wrong, Err(AskError::Refused(_))), "{wrong:?}");
    assert!(matches!(first.view.approve(HASH, Digest::new(digest), " ").await, Err(AskError::Text(..))));
    first.view.approve(HASH, Digest::new(digest), "Ada").await.unwrap();
    assert_eq!(first.row("approved").await.signed_by, Vec::<String>::new(), "nobody says who owns the vault");
    first.stop().await;

    let again = Running::start(dir.path(), &session, public.owner, &peer).await;
    let row = again.row("approved").await;
    assert_eq!((row.digest, row.verdict.as_deref()), (Some(signed.digest), Some("approved by Ada")));
    again.view.refuse(HASH, "Grace", "not before the audit").await.unwrap();
    assert_eq!(again.row("refused").await.verdict.as_deref(), Some("refused by Grace: not before the audit"));
    again.stop().await;
}
