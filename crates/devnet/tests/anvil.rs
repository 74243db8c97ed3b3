//! The anvil launcher: what it keeps over a stop and over a kill, and that nothing outlives it.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use devnet::{Anvil, AnvilOptions, Fault, anvil_program, counterparts};
use serde_json::{Value, json};
use tokio::time::sleep;

const FROM: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
const TO: &str = "0x00000000000000000000000000000000000a11ce";

async fn start(options: &AnvilOptions) -> Result<Anvil, Fault> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../counterparts");
    Anvil::start(&anvil_program(&counterparts(Some(folder)).unwrap(), options, None)).await
}

async fn pay(anvil: &Anvil) -> Value {
    let payment = json!([{ "from": FROM, "to": TO, "value": "0x5" }]);
    anvil.control().request("eth_sendTransaction", payment).await.unwrap()
}

async fn receipt(anvil: &Anvil, hash: &Value) -> Value {
    anvil.control().request("eth_getTransactionReceipt", json!([hash])).await.unwrap()
}

#[tokio::test]
async fn a_stopped_chain_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let options = AnvilOptions { state: Some(folder.path().join("ethereum/state.json")), ..AnvilOptions::default() };
    let first = start(&options).await.unwrap();
    first.control().mine(3).await.unwrap();
    let hash = pay(&first).await;
    first.into_child().stop().await;

    let second = start(&options).await.unwrap();
    assert_eq!(second.control().height().await.unwrap(), 4);
    assert_eq!(receipt(&second, &hash).await["blockNumber"], "0x4");
    second.control().mine(1).await.unwrap();
    assert_eq!(second.control().height().await.unwrap(), 5);
}

#[tokio::test]
async fn a_killed_chain_loses_little_and_leaves_nothing_running() {
    let folder = tempfile::tempdir().unwrap();
    let options = AnvilOptions { state: Some(folder.path().join("state.json")), ..AnvilOptions::default() };
    let mut first = start(&options).await.unwrap();
    let node = children_of(first.child().id().unwrap());
    assert!(!node.is_empty(), "anvil itself");
    let hash = pay(&first).await;
    sleep(Duration::from_millis(2_500)).await;
    first.into_child().kill().await;
    for id in node {
        assert!(ends(id).await, "process {id} outlived its launcher");
    }

    let second = start(&options).await.unwrap();
    assert_eq!(receipt(&second, &hash).await["status"], "0x1");
}

#[tokio::test]
async fn a_taken_port_is_named_with_the_flag_that_chooses_another() {
    let first = start(&AnvilOptions::default()).await.unwrap();
    let fault = start(&AnvilOptions { port: first.port(), ..AnvilOptions::default() }).await.unwrap_err();
    assert!(matches!(fault, Fault::PortInUse { port, flag: "--evm-port", .. } if port == first.port()), "{fault}");
}

#[tokio::test]
async fn a_reorganisation_replaces_blocks_and_may_place_a_transaction_elsewhere() {
    let anvil = start(&AnvilOptions::default()).await.unwrap();
    let control = anvil.control();
    control.mine(5).await.unwrap();
    let hash = pay(&anvil).await;
    control.mine(2).await.unwrap();
    let raw = control.request("eth_getRawTransactionByHash", json!([hash])).await.unwrap();
    let raw = crypto::hexs::decode(raw.as_str().unwrap().trim_start_matches("0x")).unwrap();
    let old = receipt(&anvil, &hash).await;
    control.reorg(3, &[(raw, 2)]).await.unwrap();
    assert_eq!(control.height().await.unwrap(), 8);
    let new = receipt(&anvil, &hash).await;
    assert_eq!((&old["blockNumber"], &new["blockNumber"]), (&json!("0x6"), &json!("0x8")));
    assert_ne!(old["blockHash"], new["blockHash"]);
    control.reorg(1, &[]).await.unwrap();
    assert!(receipt(&anvil, &hash).await.is_null());
}

#[tokio::test]
async fn a_snapshot_is_used_once() {
    let anvil = start(&AnvilOptions { chain_id: 31_337, ..AnvilOptions::default() }).await.unwrap();
    let control = anvil.control();
    assert_eq!(control.request("eth_chainId", json!([])).await.unwrap(), "0x7a69");
    let snapshot = control.snapshot().await.unwrap();
    control.set_balance(TO, 77).await.unwrap();
    let balance = || control.request("eth_getBalance", json!([TO, "latest"]));
    assert_eq!(balance().await.unwrap(), "0x4d");
    control.revert(&snapshot).await.unwrap();
    assert_eq!(balance().await.unwrap(), "0x0");
    assert!(control.revert(&snapshot).await.is_err());
}

/// Processes started by `parent`.
fn children_of(parent: u32) -> Vec<u32> {
    let ids = std::fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    ids.filter(|id| stat(*id).is_some_and(|fields| fields[1] == parent.to_string())).collect()
}

/// State, parent and so on, behind the name.
fn stat(id: u32) -> Option<Vec<String>> {
    let text = std::fs::read_to_string(Path::new("/proc").join(id.to_string()).join("stat")).ok()?;
    Some(text.rsplit_once(") ")?.1.split(' ').map(ToOwned::to_owned).collect())
}

async fn ends(id: u32) -> bool {
    for _ in 0..100 {
        if stat(id).is_none_or(|fields| fields[0] == "Z") {
            return true;
        }
        sleep(Duration::from_millis(50)).await;
    }
    false
}
