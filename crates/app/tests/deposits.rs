//! The app beside a real Ethereum node: deposits show, grow, are told apart from stranded ones, and survive a restart.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use app::api::{Command, CommandError, EventBody};
use app::{App, Config, NetworkFile};
use crypto::secp::EvmKey;
use devnet::{Anvil, AnvilOptions, EvmCall, EvmNode, anvil_program, counterparts, deploy, evm_address};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(30);
const OWNER: &str = "uGx-QfBXSwABKxjha-00dI7vvfyqIYblY6Z5L6cyTFM";
const WEI: u128 = 1_500_000_000_000_000_000;
const NEEDED: u64 = 3;

struct Place {
    anvil: Anvil,
    node: EvmNode,
    chain: devnet::PracticeChain,
    payer: EvmKey,
}

fn key(byte: u8) -> EvmKey {
    EvmKey::from_bytes(&[byte; 32]).unwrap()
}

impl Place {
    async fn new() -> Self {
        let programs = counterparts(Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../counterparts"))).unwrap();
        let anvil = Anvil::start(&anvil_program(&programs, &AnvilOptions::default(), None)).await.unwrap();
        let node = EvmNode::new(anvil.control());
        let chain = deploy(&node, &[key(1), key(2), key(3)]).await.unwrap();
        let payer = key(9);
        node.fund(payer.address().into(), 10 * WEI).await.unwrap();
        Self { anvil, node, chain, payer }
    }

    /// ETH is listed, the practice token is not; neither gateway nor coordinator answers.
    fn network(&self) -> NetworkFile {
        let network = json!({
            "name": "Vault", "practice": true, "owner": OWNER, "gateways": ["http://127.0.0.1:9"], "depth": 2,
            "coordinator": "http://127.0.0.1:9", "depositConfirmations": {"ethereum": NEEDED},
            "evm": {"ethereum": {
                "chainId": 1, "rpc": [self.anvil.url()], "startBlock": self.chain.start_block, "clockSlackMs": 3000,
            }},
            "rules": {
                "owner": OWNER, "ethChainId": "1", "feeRecipient": "0x6451eB7f668de69Fb4C943Db72bCF2A73DeeC6B1",
                "lockers": {"ethereum": self.chain.vault}, "tokens": {"listed": [everpay::eth_token()]},
            },
        });
        NetworkFile::parse(network.to_string().as_bytes()).unwrap()
    }

    fn app(&self, data_dir: PathBuf) -> App {
        App::start(Config { network: self.network(), data_dir, notify: false, desk: None }).unwrap()
    }

    async fn pays_coins(&self) -> String {
        let vault = evm_address(&self.chain.vault).unwrap();
        self.node.send(&self.payer, EvmCall::coin(vault, WEI)).await.unwrap().0.hash().to_owned()
    }

    async fn pays_unlisted_tokens(&self) -> String {
        let (vault, token) = (evm_address(&self.chain.vault).unwrap(), evm_address(&self.chain.token).unwrap());
        let make = EvmCall::make_tokens(token, self.payer.address().into(), 5);
        self.node.send(&self.payer, make).await.unwrap();
        self.node.send(&self.payer, EvmCall::token(token, vault, 5)).await.unwrap().0.hash().to_owned()
    }
}

async fn asked(app: &App, name: &str, request: Value) -> Result<Value, CommandError> {
    let command = Command::from_json(json!({"command": name, "request": request})).unwrap();
    Ok(serde_json::to_value(app.handle(command).await?).unwrap())
}

fn page(change: &[(&str, Value)]) -> Value {
    let mut page = json!({"chain": null, "account": null, "stranded": false, "cursor": null, "limit": 20});
    for (name, value) in change {
        page[*name] = value.clone();
    }
    page
}

/// The rows as soon as they are as wanted.
async fn rows(app: &App, request: Value, wanted: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    let begun = Instant::now();
    loop {
        let answer = asked(app, "deposits", request.clone()).await;
        if let Ok(page) = &answer {
            let rows = page["rows"].as_array().unwrap();
            if wanted(rows) {
                return rows.clone();
            }
        }
        assert!(begun.elapsed() < PATIENCE, "the deposits never came to this: {answer:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deposit_shows_and_grows_until_its_mint_may_be_handed_in() {
    let (place, folder) = (Place::new().await, tempfile::tempdir().unwrap());
    let app = place.app(folder.path().to_owned());
    let mut events = app.subscribe();
    let tx = place.pays_coins().await;
    let seen = rows(&app, page(&[]), |rows| rows.len() == 1).await.remove(0);
    assert_eq!((&seen["tx"], &seen["chain"], &seen["state"]), (&json!(tx), &json!("ethereum"), &json!("seen")));
    assert_eq!((&seen["amount"], &seen["rawAmount"]), (&json!(WEI.to_string()), &json!(WEI.to_string())));
    assert_eq!((&seen["confirmations"], &seen["needed"], &seen["final"]), (&json!(1), &json!(NEEDED), &json!(false)));
    assert_eq!((&seen["symbol"], &seen["canPost"], &seen["mint"]), (&json!("ETH"), &json!(false), &Value::Null));
    let account = everpay::AccountId::Evm(place.payer.address()).to_string();
    assert_eq!((&seen["account"], &seen["sender"]), (&json!(account), &json!(account)));
    let mint = json!({"chain": "ethereum", "tx": tx, "tokenId": seen["tokenId"]});
    assert_eq!(asked(&app, "postMint", mint.clone()).await.unwrap_err().code, "not_ready");

    place.anvil.control().mine(NEEDED - 1).await.unwrap();
    let ready = rows(&app, page(&[("chain", json!("ethereum"))]), |rows| rows[0]["state"] == "ready").await.remove(0);
    assert_eq!((&ready["confirmations"], &ready["canPost"]), (&json!(NEEDED), &json!(true)));
    assert_eq!(asked(&app, "postMint", mint).await.unwrap_err().code, "unreachable", "no coordinator answers here");
    let told = async {
        loop {
            if let EventBody::Deposits(name) = events.recv().await.unwrap().body {
                return name.chain;
            }
        }
    };
    assert_eq!(tokio::time::timeout(PATIENCE, told).await.expect("nothing was told"), "ethereum");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stranded_deposits_stand_apart_and_pages_hold_after_a_restart() {
    let (place, folder) = (Place::new().await, tempfile::tempdir().unwrap());
    let first = place.pays_coins().await;
    let stranded = place.pays_unlisted_tokens().await;
    let last = place.pays_coins().await;
    let app = place.app(folder.path().to_owned());
    let all = rows(&app, page(&[]), |rows| rows.len() == 3).await;
    assert_eq!(all.iter().map(|row| row["tx"].clone()).collect::<Vec<_>>(), [last, stranded.clone(), first]);
    let [row] = rows(&app, page(&[("stranded", json!(true))]), |rows| !rows.is_empty()).await.try_into().unwrap();
    assert_eq!(
        (&row["tx"], &row["state"], &row["code"]),
        (&json!(stranded), &json!("stranded"), &json!("unknownToken"))
    );
    assert_eq!((&row["account"], &row["amount"], &row["rawAmount"]), (&Value::Null, &Value::Null, &json!("5")));
    let mint = json!({"chain": "ethereum", "tx": stranded, "tokenId": row["tokenId"]});
    assert_eq!(asked(&app, "postMint", mint).await.unwrap_err().code, "stranded");
    app.stop().await;
    drop(app);

    place.anvil.control().mine(NEEDED).await.unwrap();
    let app = place.app(folder.path().to_owned());
    let own = page(&[("account", all[0]["account"].clone()), ("limit", json!(1))]);
    let newest = rows(&app, own.clone(), |rows| rows.len() == 1 && rows[0]["state"] == "ready").await.remove(0);
    let cursor = asked(&app, "deposits", own.clone()).await.unwrap()["cursor"].clone();
    let mut older = own;
    older["cursor"] = cursor;
    let rest = asked(&app, "deposits", older).await.unwrap();
    assert_eq!((&newest["id"], &rest["rows"][0]["id"]), (&all[0]["id"], &all[2]["id"]), "a row was lost or renumbered");
    assert_eq!(rest["cursor"], Value::Null);
    app.stop().await;
}
