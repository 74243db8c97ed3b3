//! A network that nobody serves, and what a watchman needs to run on it.

use std::time::Duration;

use app::NetworkFile;
use serde_json::{Value, json};

pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
pub(crate) const LEDGER: &str = "uGx-QfBXSwABKxjha-00dI7vvfyqIYblY6Z5L6cyTFM";
pub(crate) const VAULT: &str = "0x38741A69785e84399Fcf7c5Ad61D572f7EcB1Dab";
pub(crate) const PASSWORD: &str = "a long practice password";

pub(crate) fn network() -> NetworkFile {
    let network = json!({
        "name": "Nowhere", "practice": true, "owner": LEDGER, "gateways": ["http://127.0.0.1:9"], "depth": 2,
        "evm": {"ethereum": {"chainId": 1, "rpc": ["http://127.0.0.1:9"]}},
        "rules": {
            "owner": LEDGER, "ethChainId": "1", "feeRecipient": "0x6451eB7f668de69Fb4C943Db72bCF2A73DeeC6B1",
            "lockers": {"ethereum": VAULT}, "tokens": {"listed": [everpay::eth_token()]},
        },
    });
    NetworkFile::parse(network.to_string().as_bytes()).unwrap()
}

/// A policy that pays up to `auto` without asking.
pub(crate) fn policy(auto: &str) -> String {
    let limits =
        json!({"payoutMax": "9000000000000000000", "window": null, "recipient": null, "delay": null, "autoUpTo": auto});
    let tokens: Value = json!({ everpay::eth_token().tag().to_string(): limits });
    json!({"version": 1, "stopped": false, "tokens": tokens, "deny": [], "allow": null}).to_string()
}
