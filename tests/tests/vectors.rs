//! The published, signed everPay transactions of the vectors, through a real gateway and back; and the vector command.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::time::Duration;

use arweave::Transaction as ArweaveTransaction;
use everpay::{Checker, Transaction};
use serde_json::Value;
use tests::{TestGateway, accepted_chain, repository, run_everwatchd, vectors, wallet};

const BATCH: usize = 9;

#[tokio::test(flavor = "multi_thread")]
async fn real_transactions_keep_their_verdict_on_the_way_through_arweave() {
    let gateway = TestGateway::start().await;
    let owner = wallet();
    gateway.fund(&owner).await;
    gateway.mine(1).await;
    let client = gateway.client();

    let file = vectors("everpay/tx.json");
    let real: Vec<&Value> =
        file["vectors"].as_array().unwrap().iter().filter(|vector| vector["provenance"] == "real").collect();
    assert!(real.len() > 20, "only {} real transactions", real.len());
    let (mut parent, mut last_item) = (None, None);
    for vectors in real.chunks(BATCH) {
        let data = vectors.iter().map(|vector| serde_json::to_vec(&vector["tx"]).unwrap());
        let items = rollup::seal(last_item, data);
        last_item = items.last().map(|item| item.tx_id);
        let tags = rollup::tags(&owner.address(), "0x38741a69785e84399fcf7c5ad61d572f7ecb1dab", parent);
        let mut batch = ArweaveTransaction::new_data(rollup::pack(&items), tags);
        batch.last_tx = client.anchor().await.unwrap();
        batch.reward = client.price(batch.data_size, None).await.unwrap();
        batch.sign(&owner);
        client.post(&batch).await.unwrap();
        gateway.mine(1).await;
        parent = Some(batch.id);
    }
    gateway.mine(3).await;

    let batches = accepted_chain(&client, &owner.address()).await;
    let read: Vec<&Transaction> = batches.iter().flat_map(|batch| &batch.transactions).collect();
    assert_eq!(read.len(), real.len());
    let checker = Checker::new();
    for (vector, transaction) in real.iter().zip(&read) {
        let (id, expect) = (&vector["id"], &vector["expect"]);
        assert_eq!(vector["everHash"], transaction.ever_hash().to_string(), "{id}");
        let verdict = match checker.check((*transaction).clone(), true) {
            Ok(_) => Value::Null,
            Err(rejected) => rejected.refusal.code().into(),
        };
        assert_eq!(expect["error"], verdict, "{id}");
    }
    detector_agrees(&gateway, &owner.address().to_string(), &real).await;
}

/// The detector reads the same batches. Of this ledger only the owner is known, so balances are not there and most
/// payments overspend; but what is wrong by itself must be exactly what the vectors say, and nothing else.
async fn detector_agrees(gateway: &TestGateway, owner: &str, real: &[&Value]) {
    let folder = tempfile::tempdir().unwrap();
    let args =
        ["detect", "--gateway", &gateway.url(), "--owner", owner, "--once", "--json", "--data-dir"].map(OsString::from);
    let ended = run_everwatchd(Duration::from_secs(60), args.into_iter().chain([folder.path().into()])).await;
    let last = ended.out.lines().last().unwrap_or_default();
    let detection: Value = serde_json::from_str(last).unwrap_or_else(|fault| panic!("{fault}: {ended:?}"));
    assert_eq!(detection["transactions"], real.len(), "{detection}");
    let wrong: Vec<&Value> =
        real.iter().filter(|vector| vector["expect"]["ok"] == false).map(|vector| &vector["everHash"]).collect();
    let by_itself: BTreeMap<&str, &Value> = detection["alerts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|alert| alert["id"] == "F1")
        .map(|alert| (alert["everHash"].as_str().unwrap(), alert))
        .collect();
    assert_eq!(by_itself.len(), wrong.len(), "{by_itself:?}");
    assert!(wrong.iter().all(|hash| by_itself.contains_key(hash.as_str().unwrap())), "{by_itself:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_vector_command_prints_its_summary() {
    let everpay = repository().join("tests/vectors/everpay");
    let ended = run_everwatchd(Duration::from_secs(120), ["vectors".into(), everpay.into_os_string()]).await;
    let last = ended.out.lines().last().unwrap_or_default();
    let numbers: Vec<u64> = last.split(|c: char| !c.is_ascii_digit()).filter_map(|text| text.parse().ok()).collect();
    let [passed, failed] = numbers[..] else { panic!("no summary: {ended:?}") };
    assert_eq!(last, format!("{passed} passed, {failed} failed"));
    assert_eq!(ended.out.lines().count() as u64, failed + 1, "a line for each failure: {}", ended.out);
    assert_eq!(ended.code, Some(i32::from(failed > 0)));
    // The account types and actions of this state of the project.
    let in_scope = ["real-transfer-", "real-mint-", "real-burn-"];
    let broken: Vec<_> = ended.out.lines().filter(|line| in_scope.iter().any(|name| line.contains(name))).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}
