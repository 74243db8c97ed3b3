//! The published, signed everPay transactions of the vectors, through a real gateway and back; and the vector command.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
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
async fn the_vector_command_passes_every_published_vector_and_names_one_that_fails() {
    let vectors = repository().join("tests/vectors");
    let published: usize = ["everpay", "even"].iter().map(|folder| count(&vectors.join(folder))).sum();
    assert!(published > 400, "only {published} vectors");
    let run = async |folder: &Path| {
        run_everwatchd(Duration::from_secs(120), [OsString::from("vectors"), folder.into()]).await
    };

    let ended = run(&vectors).await;
    assert_eq!((ended.out.trim_end(), ended.code), (format!("{published} passed, 0 failed").as_str(), Some(0)));

    // The same files with one expected value of each reference altered.
    let altered = tempfile::tempdir().unwrap();
    for (name, from, to) in
        [("everpay/everid.json", "\"eid1", "\"eid2"), ("even/hashcash.json", "\"zeros\":4", "\"zeros\":5")]
    {
        let text = std::fs::read_to_string(vectors.join(name)).unwrap();
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{name}");
        std::fs::write(altered.path().join(name.replace('/', "-")), changed).unwrap();
    }
    let ended = run(altered.path()).await;
    let failures = ended.out.lines().filter(|line| line.starts_with("FAIL ")).count();
    assert_eq!((failures, ended.code), (2, Some(1)), "{}", ended.out);
    assert!(ended.out.trim_end().ends_with("passed, 2 failed"), "{}", ended.out);
}

/// How many vectors the files of a folder hold.
fn count(folder: &Path) -> usize {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: PathBuf| {
        let file: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        ["vectors", "cases"].iter().find_map(|list| Some(file[list].as_array()?.len())).unwrap()
    };
    files.filter(|path| path.extension().is_some_and(|extension| extension == "json")).map(read).sum()
}
