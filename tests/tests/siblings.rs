//! Re-sealed batches on a real gateway: the same items again under the same parent merge quietly, whether the detector
//! had settled the first of them or not; different items are a fork.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use arweave::{ArweaveId, Transaction as ArweaveTransaction, Wallet};
use crypto::secp::EvmKey;
use everpay::{Rules, Tokens, Transaction, eth_token, sign_evm};
use oracle::network::NetworkFile;
use serde_json::Value;
use tests::{TestGateway, run_everwatchd, wallet};

type ItemId = [u8; 32];

struct Rollup {
    gateway: TestGateway,
    owner: Wallet,
    folder: tempfile::TempDir,
}

impl Rollup {
    async fn new() -> Self {
        let (gateway, owner) = (TestGateway::start().await, wallet());
        gateway.fund(&owner).await;
        gateway.mine(1).await;
        let folder = tempfile::tempdir().unwrap();
        let address = owner.address().to_string();
        let network = NetworkFile {
            name: "siblings".to_owned(),
            practice: true,
            owner: address.clone(),
            gateways: vec![gateway.url()],
            coordinator: None,
            tags: [].into(),
            depth: 2,
            deposit_confirmations: [].into(),
            evm: [].into(),
            rules: Rules { tokens: Tokens::Listed(vec![eth_token()]), ..Rules::open(&address) },
        };
        std::fs::write(folder.path().join("network.json"), network.to_json().unwrap()).unwrap();
        Self { gateway, owner, folder }
    }

    /// Posts and mines one batch; returns its id and its last item.
    async fn post(
        &self,
        parent: Option<ArweaveId>,
        after: Option<ItemId>,
        txs: &[&Transaction],
    ) -> (ArweaveId, ItemId) {
        let client = self.gateway.client();
        let items = rollup::seal(after, txs.iter().map(|tx| tx.to_json().into_bytes()));
        let tags = rollup::tags(&self.owner.address(), "0x38741a69785e84399fcf7c5ad61d572f7ecb1dab", parent);
        let mut batch = ArweaveTransaction::new_data(rollup::pack(&items), tags);
        batch.last_tx = client.anchor().await.unwrap();
        batch.reward = client.price(batch.data_size, None).await.unwrap();
        batch.sign(&self.owner);
        client.post(&batch).await.unwrap();
        self.gateway.mine(1).await;
        (batch.id, items.last().unwrap().tx_id)
    }

    async fn detect(&self, folder: &str) -> Value {
        let path = |name: &str| OsString::from(Path::new(self.folder.path()).join(name));
        let args = ["detect".into(), "--once".into(), "--json".into(), "--network".into(), path("network.json")];
        let args = args.into_iter().chain(["--data-dir".into(), path(folder)]);
        let ended = run_everwatchd(Duration::from_secs(60), args).await;
        serde_json::from_str(ended.out.lines().last().unwrap_or_default()).unwrap_or_else(|e| panic!("{e}: {ended:?}"))
    }
}

fn tx(action: &str, from: u8, to: u8, amount: u32, nonce: u32) -> Transaction {
    let key = |n: u8| EvmKey::from_bytes(&[n; 32]).unwrap();
    let data = if action == "mint" { format!("{{\"hash\":\"0x{nonce:064x}\"}}") } else { String::new() };
    let token = eth_token();
    let mut tx = Transaction {
        token_symbol: token.symbol,
        action: action.to_owned(),
        from: crypto::eip55(&key(from).address()),
        to: crypto::eip55(&key(to).address()),
        amount: amount.to_string(),
        fee: "0".to_owned(),
        fee_recipient: String::new(),
        nonce: nonce.to_string(),
        token_id: token.id,
        chain_type: token.chain_type,
        chain_id: token.chain_id,
        data,
        version: "v1".to_owned(),
        sig: String::new(),
    };
    sign_evm(&mut tx, &key(from));
    tx
}

#[tokio::test(flavor = "multi_thread")]
async fn a_re_sealed_batch_merges_quietly_however_deep_the_first_one_was() {
    let rollup = Rollup::new().await;
    let (mint, pay, more, last) =
        (tx("mint", 1, 1, 100, 1), tx("transfer", 1, 2, 30, 2), tx("transfer", 1, 2, 7, 3), tx("transfer", 2, 3, 5, 4));
    let (first, first_item) = rollup.post(None, None, &[&mint]).await;
    rollup.post(Some(first), Some(first_item), &[&pay]).await;
    // One detector settles the first sibling, another sees it in its overlay only.
    let overlaid = rollup.detect("overlaid").await;
    rollup.gateway.mine(3).await;
    let settled = rollup.detect("settled").await;
    assert_eq!((&overlaid["batches"], &overlaid["stateRoot"]), (&settled["batches"], &settled["stateRoot"]));

    let (sibling, sibling_item) = rollup.post(Some(first), Some(first_item), &[&pay, &more]).await;
    rollup.post(Some(sibling), Some(sibling_item), &[&last]).await;
    rollup.gateway.mine(3).await;
    let fresh = rollup.detect("fresh").await;
    assert_eq!(fresh["batches"], 3, "{fresh}");
    for folder in ["overlaid", "settled"] {
        // Twice: what a stop in between leaves must lead on alike.
        for _ in 0..2 {
            let detection = rollup.detect(folder).await;
            assert_eq!(detection["alerts"], serde_json::json!([]), "{folder}: {detection}");
            assert_eq!(detection["stateRoot"], fresh["stateRoot"], "{folder}: {detection}");
            assert_eq!(detection["unfinished"], Value::Null, "{folder}: {detection}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sibling_with_other_items_is_a_fork() {
    let rollup = Rollup::new().await;
    let (mint, pay, other) = (tx("mint", 1, 1, 100, 1), tx("transfer", 1, 2, 30, 2), tx("transfer", 1, 2, 31, 3));
    let (first, first_item) = rollup.post(None, None, &[&mint]).await;
    rollup.post(Some(first), Some(first_item), &[&pay]).await;
    rollup.gateway.mine(3).await;
    assert_eq!(rollup.detect("data").await["alerts"], serde_json::json!([]));
    rollup.post(Some(first), Some(first_item), &[&other]).await;
    rollup.gateway.mine(3).await;
    let detection = rollup.detect("data").await;
    let ids: Vec<&Value> = detection["alerts"].as_array().unwrap().iter().map(|alert| &alert["id"]).collect();
    assert_eq!(ids, ["F6"], "{detection}");
}
