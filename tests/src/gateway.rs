//! A real Arweave gateway of a test's own: arlocal in a temporary folder on a free port.

use std::time::Duration;

use arweave::{Gateway, Limits, Wallet};
use devnet::{Arlocal, Control, arlocal_program, counterparts};
use tempfile::TempDir;
use tokio::task::JoinHandle;

/// A running arlocal; it is killed when this is dropped.
#[derive(Debug)]
pub struct TestGateway {
    arlocal: Arlocal,
    control: Control,
    miner: Option<JoinHandle<()>>,
    _folder: TempDir,
}

/// A wallet for a test. Shorter than real ones, because making a key is slow; everything else is the same.
#[must_use]
pub fn wallet() -> Wallet {
    Wallet::generate(2048).unwrap()
}

impl TestGateway {
    /// Starts one.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let counterparts = counterparts(Some(crate::repository().join("counterparts"))).unwrap();
        let arlocal = Arlocal::start(&arlocal_program(&counterparts, folder.path(), 0, None)).await.unwrap();
        let control = arlocal.control();
        Self { arlocal, control, miner: None, _folder: folder }
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        self.arlocal.url()
    }

    /// A verifying client of it.
    #[must_use]
    pub fn client(&self) -> Gateway {
        Gateway::new(&self.url(), Limits::default()).unwrap()
    }

    /// Mines `blocks`, one at a time.
    pub async fn mine(&self, blocks: u64) {
        for _ in 0..blocks {
            self.control.mine().await.unwrap();
        }
    }

    /// Gives 1,000 AR to a wallet.
    pub async fn fund(&self, wallet: &Wallet) {
        self.control.mint(&wallet.address().to_string(), 1_000_000_000_000_000).await.unwrap();
    }

    /// From now on a block every `pause`.
    pub fn keep_mining(&mut self, pause: Duration) {
        let control = self.control.clone();
        let miner = tokio::spawn(async move {
            loop {
                tokio::time::sleep(pause).await;
                // A slow answer is no reason to end: the next block follows.
                let _ = control.mine().await;
            }
        });
        if let Some(old) = self.miner.replace(miner) {
            old.abort();
        }
    }
}

impl Drop for TestGateway {
    fn drop(&mut self) {
        if let Some(miner) = &self.miner {
            miner.abort();
        }
    }
}
