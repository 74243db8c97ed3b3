//! The Ethereum of a world: its nodes, the deposit bot, deposits.

use devnet::{Child, ETHEREUM, NotPosted, Payer, Payments, Program};
use serde_json::Value;

use super::{PATIENCE, World};
use crate::everwatchd::everwatchd;
use crate::{Asset, TestEthereum, eventually, within};

impl World {
    /// The Ethereum.
    ///
    /// # Panics
    /// If the world was set up without.
    #[must_use]
    pub fn ethereum(&self) -> &TestEthereum {
        self.ethereum.as_ref().expect("Setup::evm was not asked for")
    }

    /// Starts the deposit bot (again) and waits until it watches.
    pub async fn start_bot(&mut self) {
        self.bot = Some(self.start_bot_on("network.json", "bot").await);
    }

    /// Another bot, on another network file and with data of its own.
    pub async fn start_bot_on(&self, network: &str, folder: &str) -> Child {
        let mut program = Program::new("deposit bot", everwatchd());
        program.args = ["--exit-with-parent", "ethbot", "--poll-ms", "500"].map(Into::into).into();
        program.args.extend(self.paths([("--network", network), ("--data-dir", folder)]));
        let mut child = Child::spawn(&program).unwrap();
        match within(PATIENCE, "the deposit bot watches", child.line()).await {
            Some(line) => assert!(line.starts_with("watching "), "{line}"),
            None => panic!("the deposit bot ended: {:?}{}", child.ended().await, child.tail().await),
        }
        child
    }

    /// Kills the deposit bot with SIGKILL.
    pub async fn kill_bot(&mut self) {
        self.bot.take().unwrap().kill().await;
    }

    /// Payments in the token that `asset` becomes in the ledger.
    #[must_use]
    pub fn payments_in(&self, asset: Asset) -> Payments {
        let place = match asset {
            Asset::Coin => 1,
            Asset::Token => 2,
        };
        Payments::new(&self.network.rules, self.network.rules.listed()[place].clone())
    }

    /// Pays `amount` of an EVM account into the vault and waits until the bot's mint is accepted. Returns the hash of the
    /// deposit's transaction.
    pub async fn evm_deposit(&self, payer: &Payer, asset: Asset, amount: u128) -> String {
        let ethereum = self.ethereum();
        ethereum.fund(payer, if asset == Asset::Token { amount } else { 0 }).await;
        let (sent, _) = ethereum.deposit(payer, asset, amount).await;
        self.minted(sent.hash()).await;
        sent.hash().to_owned()
    }

    /// Posts a mint of the transaction `deposit` of Ethereum for `to`, signed by `signer`, as anyone may.
    ///
    /// # Errors
    /// See [`NotPosted`].
    pub async fn mint_by_hand(
        &mut self,
        asset: Asset,
        signer: &Payer,
        deposit: &Value,
        to: &Payer,
        amount: u128,
    ) -> Result<(), NotPosted> {
        let nonce = self.nonces.fresh();
        let mint = self.payments_in(asset).mint_of(signer, deposit, ETHEREUM, &to.account().to_string(), amount, nonce);
        self.api.post(&mint).await
    }

    /// Waits until the coordinator has accepted a mint of this deposit; returns the mint.
    pub async fn minted(&self, deposit: &str) -> Value {
        let path = format!("/minted/{deposit}");
        eventually(PATIENCE, "a deposit is minted", || async { Some(self.api.get(&path).await.ok()?["tx"].clone()) })
            .await
    }

    /// Writes another network file of this ledger whose Ethereum is asked at these addresses.
    pub fn save_network_asking(&self, name: &str, rpc: Vec<String>) {
        let mut network = self.network.clone();
        network.evm.get_mut(ETHEREUM).unwrap().rpc = rpc;
        std::fs::write(self.path(name), network.to_json().unwrap()).unwrap();
    }
}
