//! A Bitcoin of a test's own: the real daemon on a chain of its own, built if it is missing.

use std::path::PathBuf;

use devnet::{Bitcoind, BitcoindControl, BitcoindOptions};
use tempfile::TempDir;
use tokio::process::Command;
use tokio::sync::OnceCell;
use vault_bitcoin::Core;
use vault_bitcoin::bitcoin::Network;

static DAEMON: OnceCell<PathBuf> = OnceCell::const_new();

/// A running daemon; it is killed when this is dropped.
#[derive(Debug)]
pub struct TestBitcoin {
    node: Bitcoind,
    folder: TempDir,
}

impl TestBitcoin {
    /// Starts one on an empty chain.
    ///
    /// # Panics
    /// If there is no daemon and none can be built: no test passes without.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { node: Bitcoind::start(&options(&folder).await).await.unwrap(), folder }
    }

    /// The same chain after the daemon was stopped.
    #[must_use]
    pub async fn restarted(self) -> Self {
        self.node.into_child().stop().await;
        let node = Bitcoind::start(&options(&self.folder).await).await.unwrap();
        Self { node, ..self }
    }

    /// The process.
    pub fn node(&mut self) -> &mut Bitcoind {
        &mut self.node
    }

    /// Blocks and money.
    #[must_use]
    pub fn control(&self) -> BitcoindControl {
        self.node.control()
    }

    /// Where it answers, and the file with name and password.
    #[must_use]
    pub fn endpoint(&self) -> (String, PathBuf) {
        (self.node.url().to_owned(), self.node.cookie())
    }

    /// Our client of it.
    #[must_use]
    pub fn core(&self) -> Core {
        let (url, cookie) = self.endpoint();
        Core::new(&url, &cookie, Network::Regtest, Default::default()).unwrap()
    }
}

async fn options(folder: &TempDir) -> BitcoindOptions {
    let program = DAEMON.get_or_init(daemon).await.clone();
    BitcoindOptions { program, folder: folder.path().to_owned(), port: 0, log: None }
}

/// Where the daemon is; building it takes some ten minutes.
async fn daemon() -> PathBuf {
    let script = crate::repository().join("scripts/bitcoind.sh");
    let output = Command::new(script).output().await.unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "Bitcoin Core's daemon is missing and cannot be built: {text}");
    PathBuf::from(String::from_utf8(output.stdout).unwrap().trim_end())
}
