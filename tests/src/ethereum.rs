//! A practice Ethereum of a test's own: anvil on a free port with the lock contract and a token on it.

use std::path::Path;
use std::time::Duration;

use crypto::secp::EvmKey;
use devnet::{
    Anvil, AnvilControl, AnvilOptions, EvmCall, EvmNode, Mined, Payer, PracticeChain, SignedCall, anvil_program,
    counterparts, deploy_owned, evm_address,
};
use serde_json::{Value, json};

/// What every account gets that deposits: 10,000 ETH.
const GRANT_WEI: u128 = 10_000_000_000_000_000_000_000;
/// Blocks run by the clock, as on a real chain: a deposit's age is compared with the time of a batch.
const BLOCK_SECONDS: u64 = 1;

/// The keys of the lock contract's owners are 32 times this byte and those after it.
const FIRST_OWNER: u8 = 201;

/// The owners of a lock contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owners {
    /// How many.
    pub count: u8,
    /// How many of them must agree.
    pub threshold: u64,
}

impl Default for Owners {
    fn default() -> Self {
        Self { count: 3, threshold: 2 }
    }
}

impl Owners {
    /// The secrets of their keys.
    pub(crate) fn secrets(self) -> impl Iterator<Item = [u8; 32]> {
        (FIRST_OWNER..).take(self.count.into()).map(|number| [number; 32])
    }
}

/// What a test deposits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asset {
    /// ETH, in wei.
    Coin,
    /// The practice token, in its base units.
    Token,
}

/// A running anvil with what was put on it; it is killed when this is dropped.
#[derive(Debug)]
pub struct TestEthereum {
    /// Addresses of the lock contract and of the token.
    pub chain: PracticeChain,
    /// The lock contract's owners.
    pub owners: Vec<EvmKey>,
    pub(crate) owned: Owners,
    anvil: Anvil,
}

impl TestEthereum {
    /// Starts one that is kept nowhere.
    pub async fn start() -> Self {
        Self::start_owned(Owners::default()).await
    }

    /// The same, owned by others.
    pub async fn start_owned(owned: Owners) -> Self {
        Self::start_so(AnvilOptions { block_time: Some(BLOCK_SECONDS), ..AnvilOptions::default() }, owned).await
    }

    /// Starts one with options of the test's own.
    pub async fn start_with(options: AnvilOptions) -> Self {
        Self::start_so(options, Owners::default()).await
    }

    async fn start_so(options: AnvilOptions, owned: Owners) -> Self {
        let counterparts = counterparts(Some(crate::repository().join("counterparts"))).unwrap();
        let anvil = Anvil::start(&anvil_program(Path::new(&counterparts), &options, None)).await.unwrap();
        let owners: Vec<_> = owned.secrets().map(|secret| EvmKey::from_bytes(&secret).unwrap()).collect();
        let chain = deploy_owned(&EvmNode::new(anvil.control()), &owners, owned.threshold).await.unwrap();
        Self { chain, owners, owned, anvil }
    }

    /// The address of its node.
    #[must_use]
    pub fn url(&self) -> String {
        self.anvil.url()
    }

    /// Mines, reorganises, gives money.
    #[must_use]
    pub fn control(&self) -> AnvilControl {
        self.anvil.control()
    }

    /// Takes transactions and tells what became of them.
    #[must_use]
    pub fn node(&self) -> EvmNode {
        EvmNode::new(self.control())
    }

    /// Gives an account coins and `tokens` base units of the practice token.
    pub async fn fund(&self, payer: &Payer, tokens: u128) {
        let (node, key) = (self.node(), evm_key(payer));
        let account = key.address().into();
        node.fund(account, GRANT_WEI).await.unwrap();
        if tokens > 0 {
            let token = evm_address(&self.chain.token).unwrap();
            node.send(key, EvmCall::make_tokens(token, account, tokens)).await.unwrap();
        }
    }

    /// What pays `amount` base units into the vault.
    #[must_use]
    pub fn deposit_call(&self, asset: Asset, amount: u128) -> EvmCall {
        let [vault, token] = [&self.chain.vault, &self.chain.token].map(|text| evm_address(text).unwrap());
        match asset {
            Asset::Coin => EvmCall::coin(vault, amount),
            Asset::Token => EvmCall::token(token, vault, amount),
        }
    }

    /// A transaction as the node describes it; a mint carries this.
    pub async fn transaction(&self, hash: &str) -> Value {
        let found = self.control().request("eth_getTransactionByHash", json!([hash])).await.unwrap();
        assert!(found.is_object(), "{hash} is unknown");
        found
    }

    /// Waits until a mined transaction has `blocks` blocks, its own included.
    pub async fn bury(&self, hash: &str, blocks: u64) {
        let (control, node) = (self.control(), self.node());
        crate::eventually(Duration::from_secs(60), "a deposit is deep enough", || async {
            let mined = node.mined(hash).await.unwrap()?;
            (control.height().await.unwrap() + 1 >= mined.block + blocks).then_some(())
        })
        .await;
    }

    /// Pays into the vault as a wallet does; returns when it is in a block.
    pub async fn deposit(&self, payer: &Payer, asset: Asset, amount: u128) -> (SignedCall, Mined) {
        self.node().send(evm_key(payer), self.deposit_call(asset, amount)).await.unwrap()
    }
}

/// The key of an EVM account.
///
/// # Panics
/// If it is an Arweave account.
#[must_use]
pub fn evm_key(payer: &Payer) -> &EvmKey {
    match payer {
        Payer::Evm(key) => key,
        Payer::Arweave(_) => panic!("an Arweave account has no key on Ethereum"),
    }
}
