//! A vault with money in it, three owners of which two must sign, and the first of them as the watchman that is looked at.

use crate::common::{self, Running, Told, burn};
use crate::place::{COIN, Place, owners};
use alloy::primitives::{Address, U256};
use everpay::EverHash;
use oracle::network::NetworkFile;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use vault::burn::{Lock, Vault};
use vault::payload::Payload;
use vault::pipeline::Timing;
use vault::policy::Policy;
use vault::signature::SignedPayload;
use vault_evm::release::{FeePolicy, SignFault, Slot, Submission, Submitter, TxSigner};
use watchman::Config;

/// Who is paid by [`burn`].
pub const PAYEE: Address = Address::repeat_byte(0x22);
const OWNER: &str = "uGx-QfBXSwABKxjha-00dI7vvfyqIYblY6Z5L6cyTFM";

#[derive(Debug)]
struct Purse(crypto::secp::EvmKey);

impl TxSigner for Purse {
    fn address(&self) -> [u8; 20] {
        self.0.address()
    }

    fn sign(&self, unsigned: &[u8]) -> Result<[u8; 65], SignFault> {
        Ok(self.0.sign_digest(&crypto::keccak256(unsigned)))
    }
}

pub struct Site {
    pub place: Place,
    pub keys: common::Place,
    pub ledger: Arc<Told>,
}

pub fn hash(number: u8) -> EverHash {
    EverHash::new([number; 32])
}

impl Site {
    pub async fn new() -> Self {
        let place = Place::new().await;
        place.coin(place.accounts[0], 1_000).await;
        let keys = common::Place::new();
        place.control.set_balance(&keys.public.owner.to_string(), u128::from(COIN)).await.unwrap();
        Self { place, keys, ledger: Told::waiting(&[]) }
    }

    /// A watchman that pays up to 100 unasked.
    pub fn config(&self) -> Config {
        let timing = Timing { slot_ms: 200, patience_ms: 1_500, lonely_ms: 600_000, ..Timing::default() };
        Config {
            network: self.network(&[&self.place.url]),
            policy: self.policy(),
            ledger: self.ledger.clone(),
            timing,
            ..self.keys.config()
        }
    }

    pub async fn start(&self) -> Running {
        common::start(self.config()).await
    }

    pub fn network(&self, nodes: &[&str]) -> NetworkFile {
        let rules = json!({
            "owner": OWNER, "ethChainId": "1", "feeRecipient": "0x6451eB7f668de69Fb4C943Db72bCF2A73DeeC6B1",
            "lockers": {"ethereum": self.place.at.vault.to_string()},
            "tokens": {"listed": [serde_json::to_value(everpay::eth_token()).unwrap()]},
        });
        let file = json!({
            "name": "N", "practice": true, "owner": OWNER, "gateways": ["http://127.0.0.1:9"], "depth": 3,
            "evm": {"ethereum": {"chainId": 1, "rpc": nodes}},
            "depositConfirmations": {"ethereum": 3},
            "rules": rules,
        });
        NetworkFile::parse(file.to_string().as_bytes()).unwrap()
    }

    fn policy(&self) -> Policy {
        let window = json!({ "hours": 24, "max": "100" });
        let limits =
            json!({ "payoutMax": "100", "window": window, "recipient": null, "delay": null, "autoUpTo": "100" });
        let tokens = json!({ everpay::eth_token().tag().to_string(): limits });
        let text = json!({ "version": 1, "stopped": false, "tokens": tokens, "deny": [], "allow": null });
        Policy::parse(&text.to_string()).unwrap()
    }

    pub fn payload(&self, number: u8) -> Payload {
        let lock = Lock::Evm { chain_id: 1, contract: self.place.at.vault.into() };
        Payload::of(&burn(hash(number)), &Vault { chain: "ethereum".to_owned(), lock }).unwrap()
    }

    /// What the owner with this number, from 0, signs for a burn.
    pub fn signed(&self, number: u8, owner: usize) -> SignedPayload {
        let payload = self.payload(number);
        let signature = owners()[owner].sign_digest(payload.digest().as_bytes());
        SignedPayload::check(payload, &signature).unwrap()
    }

    /// Somebody else submits these owners' signatures of a burn; it is mined when this returns, if the chain mines by itself.
    pub async fn submit(&self, number: u8, signers: &[usize]) -> Slot {
        let key = crypto::secp::EvmKey::from_bytes(&[0x55; 32]).unwrap();
        let account = Address::from(key.address()).to_string();
        self.place.control.set_balance(&account, u128::from(COIN)).await.unwrap();
        let submitter = Submitter::new(self.place.judge(), Arc::new(Purse(key)), FeePolicy::default(), &[]);
        let Payload::Evm(payload) = self.payload(number);
        let signatures = signers.iter().map(|signer| *self.signed(number, *signer).signature().bytes()).collect();
        let submission = Submission { proposal: payload.proposal().clone(), signatures };
        let slot = submitter.first(&submission).await.unwrap();
        submitter.send(&slot).await.unwrap();
        slot
    }

    pub async fn coins_of_payee(&self) -> U256 {
        self.place.node().balance(PAYEE, self.place.tip().await.hash).await.unwrap()
    }

    /// Transactions of the watchman that are in blocks.
    pub async fn nonce(&self) -> u64 {
        let tip = self.place.tip().await;
        self.place.node().nonce(Address::from(*self.keys.public.owner.as_bytes()), tip.hash).await.unwrap()
    }

    /// Transactions that wait in the chain's pool.
    pub async fn waiting(&self) -> Vec<Value> {
        let pool = self.place.control.request("txpool_content", json!([])).await.unwrap();
        let accounts = pool["pending"].as_object().unwrap().values();
        accounts.flat_map(|nonces| nonces.as_object().unwrap().values().cloned().collect::<Vec<_>>()).collect()
    }

    /// Nonces that the watchman keeps until they are used up.
    pub fn slots(&self) -> usize {
        let text = std::fs::read_to_string(self.keys.dir.path().join("submissions-ethereum.json"));
        text.map_or(0, |text| serde_json::from_str::<Vec<Value>>(&text).unwrap().len())
    }
}

/// Waits until something is so.
pub async fn until<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    for _ in 0..400 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("never: {what}");
}
