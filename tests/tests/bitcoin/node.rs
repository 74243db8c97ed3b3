//! The daemon as our launcher runs it, and our client's view of it.

use std::time::Duration;

use tests::{TestBitcoin, eventually};
use vault_bitcoin::bitcoin::Network;
use vault_bitcoin::{Core, CoreError, Holder};

use crate::vault::{TestVault, holders};

#[tokio::test(flavor = "multi_thread")]
async fn the_next_start_finds_the_chain_of_the_last() {
    let bitcoin = TestBitcoin::start().await;
    let (watchmen, deposits) = TestVault::with_deposits(&bitcoin, 1).await;
    let height = bitcoin.core().height().await.unwrap();
    let bitcoin = bitcoin.restarted().await;
    assert_eq!(bitcoin.core().height().await.unwrap(), height);
    let found = bitcoin.core().coins(&watchmen.vault, &holders()).await.unwrap();
    assert_eq!(found.coins.len(), deposits.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_of_another_network_is_asked_nothing() {
    let bitcoin = TestBitcoin::start().await;
    let (url, cookie) = bitcoin.endpoint();
    let core = Core::new(&url, &cookie, Network::Bitcoin, Default::default()).unwrap();
    let error = core.height().await.unwrap_err();
    assert!(
        matches!(&error, CoreError::OtherNetwork { expected: Network::Bitcoin, found } if found == "regtest"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_told_and_shown_nowhere() {
    let bitcoin = TestBitcoin::start().await;
    let (url, _) = bitcoin.endpoint();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "someone:opensesame\n").unwrap();
    let with_key = url.replace("http://", "http://someone:opensesame@");
    for url in [&url, &with_key] {
        let core = Core::new(url, file.path(), Network::Regtest, Default::default()).unwrap();
        let error = core.height().await.unwrap_err();
        assert!(error.to_string().contains("401"), "{error}");
        let shown = format!("{core:?} {} {error} {error:?}", core.name());
        assert!(!shown.contains("sesame"), "{shown}");
    }
    let missing = Core::new(&url, &file.path().join("none"), Network::Regtest, Default::default()).unwrap();
    assert!(missing.height().await.unwrap_err().to_string().contains("none"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reward_can_be_spent_only_when_it_is_deep() {
    let bitcoin = TestBitcoin::start().await;
    let watchmen = TestVault::new(1);
    let address = watchmen.vault.place(Holder::Vault).unwrap().address(Network::Regtest).to_string();
    let mine = serde_json::json!([1, address]);
    bitcoin.control().request::<serde_json::Value>("generatetoaddress", mine).await.unwrap();
    for (more, can) in [(98, false), (1, true)] {
        bitcoin.control().mine(more).await.unwrap();
        let found = bitcoin.core().coins(&watchmen.vault, &[Holder::Vault]).await.unwrap().coins;
        assert_eq!((found.len(), found[0].coinbase, found[0].can_be_spent()), (1, true, can));
        let to = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080".parse().unwrap();
        let spend = watchmen.vault.sweep(&[found[0].coin], &to, crate::vault::rate(1)).unwrap();
        let tried = bitcoin.core().try_out(&watchmen.signed(&spend)).await.unwrap();
        assert_eq!(matches!(tried, vault_bitcoin::Tried::Accepted { .. }), can, "{tried:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_daemon_ends_with_its_parents_handle() {
    let mut bitcoin = TestBitcoin::start().await;
    let shell = bitcoin.node().child().id().unwrap();
    let children = std::fs::read_to_string(format!("/proc/{shell}/task/{shell}/children")).unwrap();
    let pids: Vec<u32> = children.split_whitespace().map(|pid| pid.parse().unwrap()).collect();
    let daemon = |pid: &&u32| {
        std::fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.starts_with("bitcoind"))
    };
    let pid = *pids.iter().find(daemon).unwrap();
    drop(bitcoin);
    let gone = || async move { (!std::path::Path::new(&format!("/proc/{pid}")).exists()).then_some(()) };
    eventually(Duration::from_secs(20), "the daemon is gone", gone).await;
}
