//! The coordinator over real HTTP, with really signed transactions, on a real database.
//!
//! No gateway answers here, so that nothing is packaged and no mint can be judged; money comes from a first item that is
//! written into the pool the way an earlier run would have left it. What needs a gateway is tested end to end, in the crate
//! `tests`, against a real one.

#![allow(clippy::unwrap_used, reason = "tests")]

mod durable;
mod history;
mod malformed;
mod routes;
mod starting;

use crate::serial::{new_item, state_change};
use crate::{Config, Coordinator, Running};
use arweave::Wallet;
use crypto::secp::EvmKey;
use everpay::{
    Amount, Checker, Ledger, MintVerdict, Rules, TokenSpec, Tokens, Transaction, ar_token, arweave_sig, sign_evm,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;
use store::pool::Pool;

/// Nothing listens there: connections are refused at once.
const NO_GATEWAY: &str = "http://127.0.0.1:9";
/// What every account of a [`Place`] has at first, of each token.
pub(crate) const FUNDS: u64 = 1_000_000;

/// One Arweave wallet for all tests: its key takes long to make.
pub(crate) fn wallet() -> &'static Wallet {
    static WALLET: OnceLock<Wallet> = OnceLock::new();
    WALLET.get_or_init(|| Wallet::generate(2048).unwrap())
}

/// A directory with a wallet and a funded pool.
pub(crate) struct Place {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) config: Config,
}

pub(crate) fn key(number: u8) -> EvmKey {
    EvmKey::from_bytes(&[number.max(1); 32]).unwrap()
}

pub(crate) fn account(number: u8) -> String {
    crypto::eip55(&key(number).address())
}

/// A token of an EVM chain with fees.
pub(crate) fn usd() -> TokenSpec {
    TokenSpec {
        id: "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512".to_owned(),
        symbol: "USD".to_owned(),
        chain_type: "ethereum".to_owned(),
        chain_id: "1".to_owned(),
        decimals: 6,
        transfer_fee: Amount::ZERO,
        bundle_fee: Amount::ZERO,
        burn_fees: BTreeMap::from([("ethereum".to_owned(), Amount::from(7_u64))]),
        targets: BTreeMap::from([(
            "ethereum".to_owned(),
            everpay::Target {
                chain_id: "1".to_owned(),
                chain_type: "ethereum".to_owned(),
                decimals: 6,
                token_id: "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512".to_owned(),
            },
        )]),
        display: true,
    }
}

pub(crate) fn rules() -> Rules {
    Rules {
        owner: wallet().address().to_string(),
        eth_chain_id: "1".to_owned(),
        fee_recipient: account(200).parse().unwrap(),
        lockers: BTreeMap::from([
            ("arweave".to_owned(), wallet().address().to_string()),
            ("ethereum".to_owned(), account(201)),
        ]),
        tokens: Tokens::Listed(vec![ar_token(), usd()]),
    }
}

impl Place {
    pub(crate) fn empty() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let wallet_path = dir.path().join("wallet.json");
        wallet().save(&wallet_path).unwrap();
        let listen: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let data_dir = dir.path().join("data");
        let mut config = Config::new(data_dir, wallet_path, vec![NO_GATEWAY.to_owned()], rules(), listen);
        config.seal_interval = Duration::from_secs(3600);
        Self { dir, config }
    }

    /// A place where the accounts 1 to `accounts` have [`FUNDS`] of both tokens: the items 1 to 2 × `accounts`.
    pub(crate) async fn funded(accounts: u8) -> Self {
        let place = Self::empty();
        std::fs::create_dir_all(&place.config.data_dir).unwrap();
        let pool = Pool::open(&place.database()).await.unwrap();
        crate::load::pin(&pool, &place.config.data_dir, &place.config.rules).await.unwrap();
        let mut ledger = Ledger::new(rules());
        let mut items = Vec::new();
        ledger.begin_batch();
        for mint in (1..=accounts).flat_map(|number| [mint(&ar_token(), number), mint(&usd(), number)]) {
            let checked = Checker::new().check(mint, true).unwrap();
            ledger.apply(&checked, MintVerdict::Verified).unwrap();
            items.push(new_item(&checked, checked.tx.to_json().into_bytes(), 1));
        }
        let change = ledger.end_batch();
        pool.append(0, &items, &state_change(&change), None).await.unwrap();
        pool.close().await;
        place
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.config.data_dir.join("coordinator.sqlite")
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) async fn start(&self) -> Client {
        Client::new(Coordinator::start(self.config.clone()).await.unwrap())
    }
}

fn mint(token: &TokenSpec, number: u8) -> Transaction {
    let hash = crypto::hexs::encode0x(&crypto::sha256(format!("{} {number}", token.symbol).as_bytes()));
    let id = crypto::b64::encode(&crypto::sha256(&[number]));
    let mut tx = unsigned(token, "mint", 100, &account(number), FUNDS);
    // Far below any clock, so that these mints are older than everything a test posts.
    tx.nonce = (1000 + u64::from(number) * 2 + u64::from(token.symbol == "USD")).to_string();
    tx.data = json!({ "id": id, "hash": hash }).to_string();
    sign_evm(&mut tx, &key(100));
    tx
}

pub(crate) fn unsigned(token: &TokenSpec, action: &str, from: u8, to: &str, amount: u64) -> Transaction {
    Transaction {
        token_symbol: token.symbol.clone(),
        action: action.to_owned(),
        from: account(from),
        to: to.to_owned(),
        amount: amount.to_string(),
        fee: "0".to_owned(),
        fee_recipient: account(200),
        nonce: now_ms().to_string(),
        token_id: token.id.clone(),
        chain_type: token.chain_type.clone(),
        chain_id: token.chain_id.clone(),
        data: String::new(),
        version: "v1".to_owned(),
        sig: String::new(),
    }
}

/// A clock that never shows the same time twice, as nonces need it.
pub(crate) fn now_ms() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static LAST: AtomicU64 = AtomicU64::new(0);
    let now = crate::system_clock()();
    LAST.fetch_max(now, Ordering::SeqCst);
    LAST.fetch_add(1, Ordering::SeqCst)
}

pub(crate) fn transfer(token: &TokenSpec, from: u8, to: &str, amount: u64) -> Transaction {
    let mut tx = unsigned(token, "transfer", from, to, amount);
    sign_evm(&mut tx, &key(from));
    tx
}

pub(crate) fn burn(token: &TokenSpec, from: u8, to: &str, amount: u64, fee: u64) -> Transaction {
    let mut tx = unsigned(token, "burn", from, to, amount);
    tx.fee = fee.to_string();
    sign_evm(&mut tx, &key(from));
    tx
}

pub(crate) fn sign_arweave(tx: &mut Transaction) {
    tx.from = wallet().address().to_string();
    tx.sig = arweave_sig(&wallet().sign_digest(&tx.ar_hash()), wallet().owner());
}

/// A running coordinator and somebody who talks to it.
pub(crate) struct Client {
    pub(crate) running: Running,
    pub(crate) http: reqwest::Client,
}

impl Client {
    fn new(running: Running) -> Self {
        Self { running, http: reqwest::Client::new() }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.addr())
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        let response = self.http.get(self.url(path)).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    pub(crate) async fn ok(&self, path: &str) -> Value {
        let (status, body) = self.get(path).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    pub(crate) async fn post_bytes(&self, body: Vec<u8>) -> (u16, Value) {
        let response = self.http.post(self.url("/tx")).body(body).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    pub(crate) async fn post(&self, tx: &Transaction) -> (u16, Value) {
        self.post_bytes(tx.to_json().into_bytes()).await
    }

    pub(crate) async fn accept(&self, tx: &Transaction) {
        assert_eq!(self.post(tx).await, (200, json!({ "status": "ok" })), "{tx:?}");
    }

    pub(crate) async fn refuse(&self, tx: &Transaction, status: u16, code: &str) {
        assert_eq!(self.post(tx).await, (status, json!({ "error": code })), "{tx:?}");
    }

    /// Position, everHash and state root.
    pub(crate) async fn position(&self) -> Value {
        let mut info = self.ok("/info").await;
        let everwatch = info["everwatch"].take();
        json!([everwatch["rawId"], everwatch["everHash"], everwatch["stateRoot"], info["balanceRootHash"]])
    }

    pub(crate) async fn stop(self) {
        self.running.stop();
        self.running.join().await.unwrap();
    }
}
