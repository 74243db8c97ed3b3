//! The packager against a real gateway: the chain it writes, what it does when a batch is lost, and when the chain is not
//! its own. The gateway (arlocal) is a process of each test's own and mines only when told to.

#![allow(clippy::unwrap_used, reason = "tests")]

use arweave::{ArweaveId, Gateway, Limits, Transaction as ArweaveTx, Wallet, Winston};
use coordinator::{Config, Coordinator, ForeignHead, Running, StartError};
use crypto::secp::EvmKey;
use devnet::{Arlocal, Control, arlocal_program, counterparts};
use everpay::{AccountId, EverHash, RootChain, Rules, Tokens, Transaction, ar_token, root_text, sign_evm};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(60);

/// A gateway, a funded wallet, and a directory for a coordinator.
struct World {
    arlocal: Arlocal,
    control: Control,
    gateway: Gateway,
    wallet: Wallet,
    http: reqwest::Client,
    folder: tempfile::TempDir,
    nonce: u64,
}

async fn start_arlocal(folder: &Path) -> Arlocal {
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../counterparts");
    let counterparts = counterparts(Some(programs)).unwrap();
    Arlocal::start(&arlocal_program(&counterparts, folder, 0, None)).await.unwrap()
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let arlocal = start_arlocal(folder.path()).await;
        let wallet = Wallet::generate(2048).unwrap();
        wallet.save(&folder.path().join("wallet.json")).unwrap();
        let world = Self {
            control: arlocal.control(),
            gateway: Gateway::new(&arlocal.url(), Limits::default()).unwrap(),
            arlocal,
            wallet,
            http: reqwest::Client::new(),
            folder,
            nonce: 0,
        };
        world.mine(2).await;
        world
    }

    async fn fund(&self) {
        self.control.mint(&self.wallet.address().to_string(), 1_000_000_000_000_000).await.unwrap();
    }

    async fn mine(&self, blocks: u64) {
        for _ in 0..blocks {
            self.control.mine().await.unwrap();
        }
    }

    fn config(&self, data: &str) -> Config {
        let rules = Rules {
            owner: self.wallet.address().to_string(),
            eth_chain_id: "1".to_owned(),
            fee_recipient: AccountId::ZERO,
            lockers: BTreeMap::new(),
            tokens: Tokens::Listed(vec![ar_token()]),
        };
        let wallet = self.folder.path().join("wallet.json");
        let listen = "127.0.0.1:0".parse().unwrap();
        let mut config = Config::new(self.folder.path().join(data), wallet, vec![self.arlocal.url()], rules, listen);
        // Batches end by count only, so that a test knows what is in them.
        config.seal_interval = Duration::from_secs(1);
        config.cap_items = 3;
        config.confirmations = 3;
        config
    }

    /// Posts so many transfers of nothing: legal, and nobody needs money for them.
    async fn post(&mut self, running: &Running, count: u64) -> Vec<EverHash> {
        let key = EvmKey::from_bytes(&[7; 32]).unwrap();
        let ar = ar_token();
        let mut hashes = Vec::new();
        for _ in 0..count {
            self.nonce = coordinator::system_clock()().max(self.nonce + 1);
            let mut tx = Transaction {
                token_symbol: ar.symbol.clone(),
                action: "transfer".to_owned(),
                from: crypto::eip55(&key.address()),
                to: AccountId::ZERO.to_string(),
                amount: "0".to_owned(),
                fee: "0".to_owned(),
                fee_recipient: String::new(),
                nonce: self.nonce.to_string(),
                token_id: ar.id.clone(),
                chain_type: ar.chain_type.clone(),
                chain_id: ar.chain_id.clone(),
                data: String::new(),
                version: "v1".to_owned(),
                sig: String::new(),
            };
            sign_evm(&mut tx, &key);
            let url = format!("http://{}/tx", running.addr());
            let answer = self.http.post(url).body(tx.to_json()).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
            hashes.push(tx.ever_hash());
        }
        hashes
    }

    async fn get(&self, running: &Running, path: &str) -> Value {
        self.http.get(format!("http://{}{path}", running.addr())).send().await.unwrap().json().await.unwrap()
    }

    /// Ids of the newest batches, oldest first.
    async fn batches(&self, running: &Running) -> Vec<ArweaveId> {
        let info = self.get(running, "/info").await;
        let list = info["everwatch"]["checkpoints"].as_array().unwrap();
        list.iter().map(|point| point["batch"].as_str().unwrap().parse().unwrap()).collect()
    }

    async fn wait_for_batches(&self, running: &Running, count: usize) -> Vec<ArweaveId> {
        self.wait("batches are sealed", async || {
            let batches = self.batches(running).await;
            (batches.len() == count).then_some(batches)
        })
        .await
    }

    /// Waits until a gateway has them all, in a block or not.
    async fn wait_until_posted(&self, batches: &[ArweaveId]) {
        self.wait("batches are posted", async || {
            for id in batches {
                if self.gateway.status(id).await.unwrap() == arweave::Status::NotFound {
                    return None;
                }
            }
            Some(())
        })
        .await;
    }

    /// Mines until all items are packaged.
    async fn mine_until_packaged(&self, running: &Running, items: u64) {
        self.wait("items are packaged", async || {
            self.mine(1).await;
            let status = self.get(running, "/status").await;
            let all = self.get(running, "/txs?count=1").await["txs"][0]["rawId"] == items;
            (all && status["pendingTxNum"] == 0).then_some(())
        })
        .await;
    }

    async fn wait<T>(&self, what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
        let began = std::time::Instant::now();
        loop {
            if let Some(found) = ask().await {
                return found;
            }
            assert!(began.elapsed() < PATIENCE, "waited too long until {what}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// The parent that a batch on the gateway names.
    async fn parent(&self, id: &ArweaveId) -> Option<ArweaveId> {
        let header = self.gateway.tx(id).await.unwrap().unwrap();
        assert_eq!(header.owner(), self.wallet.address());
        rollup::parse_tags(header.tags()).unwrap().parent
    }

    async fn items(&self, id: &ArweaveId) -> Vec<rollup::Item> {
        let header = self.gateway.tx(id).await.unwrap().unwrap();
        rollup::parse(&self.gateway.data(&header).await.unwrap()).unwrap()
    }
}

async fn stop(running: Running) {
    running.stop();
    running.join().await.unwrap();
}

async fn refusal(config: Config) -> StartError {
    match Coordinator::start(config).await {
        Ok(_) => panic!("it started"),
        Err(error) => error,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_form_one_chain_and_become_packaged() {
    let mut world = World::new().await;
    world.fund().await;
    let running = Coordinator::start(world.config("data")).await.unwrap();
    let mut hashes = world.post(&running, 7).await;
    let batches = world.wait_for_batches(&running, 3).await;
    // Three are on their way at once, each naming the one before it; a restart in between changes nothing.
    stop(running).await;
    let running = Coordinator::start(world.config("data")).await.unwrap();
    hashes.extend(world.post(&running, 2).await);
    let batches_now = world.wait_for_batches(&running, 4).await;
    assert_eq!(batches_now[..3], batches);
    world.wait_until_posted(&batches_now).await;
    world.mine_until_packaged(&running, 9).await;

    let mut parent = None;
    let mut previous_item = None;
    let mut seen = Vec::new();
    let mut roots = RootChain::new();
    for id in &batches_now {
        assert_eq!(world.parent(id).await, parent);
        let items = world.items(id).await;
        assert_eq!(items[0].parent_id, previous_item, "items are linked across batches");
        assert_eq!(rollup::first_break(&items), None);
        for item in &items {
            let tx = Transaction::from_json(&item.tx_data).unwrap();
            roots.push(id.as_bytes(), &tx.ever_hash());
            let record = world.get(&running, &format!("/tx/{}", tx.ever_hash())).await;
            assert_eq!((&record["id"], &record["status"]), (&id.to_string().into(), &"packaged".into()));
            assert!(record["timestamp"].as_u64().unwrap() > 1_600_000_000_000);
            seen.push(tx.ever_hash());
        }
        previous_item = items.last().map(|item| item.tx_id);
        parent = Some(*id);
    }
    assert_eq!(seen, hashes, "everything acknowledged, once, in order");
    let info = world.get(&running, "/info").await;
    assert_eq!(info["rootHash"], root_text(roots.root_hash()));
    assert_eq!(info["everRootHash"], root_text(roots.ever_root_hash()));
    assert_eq!(info["everwatch"]["checkpoints"][3]["stateRoot"], info["everwatch"]["stateRoot"]);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(world.batches(&running).await.len(), 4, "no empty batches");
    stop(running).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_was_refused_is_posted_again_as_it_was_signed() {
    let mut world = World::new().await;
    // The wallet has no money yet.
    let running = Coordinator::start(world.config("data")).await.unwrap();
    world.post(&running, 3).await;
    let batches = world.wait_for_batches(&running, 1).await;
    stop(running).await;
    world.fund().await;
    let running = Coordinator::start(world.config("data")).await.unwrap();
    world.wait_until_posted(&batches).await;
    world.mine_until_packaged(&running, 3).await;
    assert_eq!(world.batches(&running).await, batches);
    stop(running).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_with_an_expired_anchor_get_siblings() {
    let mut world = World::new().await;
    // Without money nothing is taken; then the anchors expire.
    let running = Coordinator::start(world.config("data")).await.unwrap();
    world.post(&running, 6).await;
    let expired = world.wait_for_batches(&running, 2).await;
    world.fund().await;
    world.mine(60).await;
    let siblings = world
        .wait("batches are sealed again", async || {
            let batches = world.batches(&running).await;
            (batches.len() == 2 && batches[0] != expired[0] && batches[1] != expired[1]).then_some(batches)
        })
        .await;
    world.wait_until_posted(&siblings).await;
    world.mine_until_packaged(&running, 6).await;
    assert_eq!(world.parent(&siblings[0]).await, None, "a sibling has the same parent");
    assert_eq!(world.parent(&siblings[1]).await, Some(siblings[0]));
    assert_eq!(world.items(&siblings[0]).await.len() + world.items(&siblings[1]).await.len(), 6);
    assert_eq!(world.items(&siblings[1]).await[0].parent_id, world.items(&siblings[0]).await.last().map(|i| i.tx_id));
    stop(running).await;
    // The chain's head is a sibling: still our own.
    stop(Coordinator::start(world.config("data")).await.unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_that_is_not_ours_is_not_continued() {
    let mut world = World::new().await;
    world.fund().await;
    let running = Coordinator::start(world.config("data")).await.unwrap();
    world.post(&running, 3).await;
    let batches = world.wait_for_batches(&running, 1).await;
    world.wait_until_posted(&batches).await;
    world.mine_until_packaged(&running, 3).await;
    stop(running).await;

    // An empty directory on a wallet that has written.
    let error = refusal(world.config("other")).await;
    let expected = batches[0].to_string();
    assert!(
        matches!(&error, StartError::ForeignHead(ForeignHead::Unknown { last, .. }) if *last == expected),
        "{error}"
    );
    // Its own directory is welcome, until the wallet writes something else.
    stop(Coordinator::start(world.config("data")).await.unwrap()).await;
    let mut stray = ArweaveTx::transfer(Wallet::generate(2048).unwrap().address(), Winston(1));
    stray.reward = world.gateway.price(0, None).await.unwrap();
    stray.last_tx = world.gateway.anchor().await.unwrap();
    stray.sign(&world.wallet);
    world.gateway.post(&stray).await.unwrap();
    world.mine(1).await;
    let error = refusal(world.config("data")).await;
    let expected = stray.id.to_string();
    assert!(
        matches!(&error, StartError::ForeignHead(ForeignHead::Unknown { last, .. }) if *last == expected),
        "{error}"
    );

    // Another network, on which the wallet has written nothing.
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = start_arlocal(folder.path()).await;
    let mut config = world.config("data");
    config.gateways = vec![elsewhere.url()];
    let error = refusal(config).await;
    assert!(matches!(error, StartError::ForeignHead(ForeignHead::Missing { .. })), "{error}");
}
