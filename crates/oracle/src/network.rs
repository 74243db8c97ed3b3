//! The file that names a network: `network.json`, read by coordinators and detectors alike.
//!
//! Pure: it parses, checks and writes text; reading and writing files is the caller's. Unknown members are refused, because
//! a misspelt rule must not become a rule that is silently absent.

use everpay::{Rules, RulesError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use url::Url;

/// Most gateways that a network may name.
pub const GATEWAYS_MAX: usize = 32;

/// A network: whose ledger, by which rules, from which sources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NetworkFile {
    /// Name for people.
    pub name: String,
    /// True for a devnet: play money, one source is enough.
    #[serde(default)]
    pub practice: bool,
    /// Arweave address that writes the batches; the same as in `rules`.
    pub owner: String,
    /// Base URLs of Arweave gateways.
    pub gateways: Vec<String>,
    /// Base URL of the coordinator's API, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coordinator: Option<String>,
    /// Tags that every batch must carry, by name; a network that uses everPay's own needs none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// Blocks, its own included, that make a batch confirmed.
    pub depth: u64,
    /// Blocks, its own included, that a deposit needs, by source chain.
    #[serde(default)]
    pub deposit_confirmations: BTreeMap<String, u64>,
    /// EVM chains that deposits come from and payouts go to, by chain name; their lock contracts are in `rules.lockers`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub evm: BTreeMap<String, EvmChain>,
    /// What decides verdicts.
    pub rules: Rules,
}

/// How an EVM chain is reached and when it is believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EvmChain {
    /// Its chain id; a node that names another one is not asked further.
    pub chain_id: u64,
    /// Base URLs of JSON-RPC nodes. They may hold access keys: shown by host only.
    pub rpc: Vec<String>,
    /// When a deposit may be minted.
    #[serde(default)]
    pub finality: Finality,
    /// Block in which the lock contract was deployed: nothing came in before.
    #[serde(default)]
    pub start_block: u64,
    /// How far the clocks of Arweave's miners and of this chain may differ, in a coordinator's favour.
    #[serde(default = "EvmChain::default_clock_slack_ms")]
    pub clock_slack_ms: u64,
    /// Blocks whose logs are asked for at once.
    #[serde(default = "EvmChain::default_log_range")]
    pub log_range: u64,
}

/// When a deposit is settled on its chain.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Finality {
    /// After the network's number of confirmations.
    #[default]
    Count,
    /// After that number, and not before the chain calls its block final.
    Finalized,
}

impl EvmChain {
    const fn default_clock_slack_ms() -> u64 {
        60_000
    }

    const fn default_log_range() -> u64 {
        2_000
    }
}

/// Why a network file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NetworkError {
    /// Not the JSON that it should be; the message names line and member.
    #[error("the network file cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// `owner` and `rules.owner` differ.
    #[error("the network file names two owners, {0} and {1}")]
    TwoOwners(String, String),
    /// The owner is no Arweave address.
    #[error("the network file's owner {0:?} is not an Arweave address")]
    Owner(String),
    /// No gateway, or far too many.
    #[error("the network file names {0} gateways; it needs 1 to {GATEWAYS_MAX}")]
    Gateways(usize),
    /// An address of a gateway or coordinator is no http(s) URL.
    #[error("{0:?} is not a URL that starts with http:// or https://")]
    Url(String),
    /// A number of blocks that nothing can have, or that proves nothing.
    #[error("{0} is {1}; it must be between 1 and 10000")]
    Blocks(String, u64),
    /// A member of an EVM chain that cannot be used.
    #[error("evm.{chain}: {reason}")]
    Evm {
        /// The chain.
        chain: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The rules contradict themselves.
    #[error("the network file's rules: {0}")]
    Rules(#[from] RulesError),
}

impl NetworkFile {
    /// Reads and checks a network file.
    ///
    /// # Errors
    /// The text is not a network that can be used.
    pub fn parse(text: &[u8]) -> Result<Self, NetworkError> {
        let network: Self = serde_json::from_slice(text)?;
        network.validate()?;
        Ok(network)
    }

    /// The text of the file.
    ///
    /// # Errors
    /// None in practice: every member can be written as JSON.
    pub fn to_json(&self) -> Result<String, NetworkError> {
        Ok(serde_json::to_string_pretty(self)?)
    }

    /// Checks what the types cannot.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn validate(&self) -> Result<(), NetworkError> {
        if self.owner != self.rules.owner {
            return Err(NetworkError::TwoOwners(self.owner.clone(), self.rules.owner.clone()));
        }
        if self.owner.parse::<arweave::Address>().is_err() {
            return Err(NetworkError::Owner(self.owner.clone()));
        }
        if self.gateways.is_empty() || self.gateways.len() > GATEWAYS_MAX {
            return Err(NetworkError::Gateways(self.gateways.len()));
        }
        for url in self.gateways.iter().chain(&self.coordinator) {
            check_url(url)?;
        }
        check_blocks("depth", self.depth)?;
        for (chain, blocks) in &self.deposit_confirmations {
            check_blocks(&format!("depositConfirmations.{chain}"), *blocks)?;
        }
        for (name, chain) in &self.evm {
            self.check_evm(name, chain).map_err(|reason| NetworkError::Evm { chain: name.clone(), reason })?;
        }
        Ok(self.rules.validate()?)
    }

    fn check_evm(&self, name: &str, chain: &EvmChain) -> Result<(), String> {
        if !everpay::is_evm_chain(name) {
            return Err("no EVM chain of the protocol has this name".to_owned());
        }
        let no_address = |locker: &String| crypto::hexs::decode_array::<20>(locker).is_err();
        if self.rules.lockers.get(name).is_none_or(no_address) {
            return Err("rules.lockers names no contract for it".to_owned());
        }
        match chain.rpc.len() {
            0 => return Err("it has no rpc".to_owned()),
            1 if !self.practice => return Err("one rpc is enough on a practice network only; name two".to_owned()),
            2.. if chain.rpc.len() > GATEWAYS_MAX => return Err(format!("more than {GATEWAYS_MAX} rpc")),
            _ => {}
        }
        for url in &chain.rpc {
            // Not the URL itself: it may hold a key.
            check_url(url).map_err(|_| "an rpc is not a URL that starts with http:// or https://".to_owned())?;
        }
        if !(1..=100_000).contains(&chain.log_range) {
            return Err(format!("logRange is {}; it must be between 1 and 100000", chain.log_range));
        }
        Ok(())
    }
}

fn check_url(text: &str) -> Result<(), NetworkError> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(()),
        _ => Err(NetworkError::Url(text.to_owned())),
    }
}

fn check_blocks(name: &str, blocks: u64) -> Result<(), NetworkError> {
    if (1..=10_000).contains(&blocks) { Ok(()) } else { Err(NetworkError::Blocks(name.to_owned(), blocks)) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use serde_json::{Value, json};

    fn good() -> Value {
        let owner = "uGx-QfBXSwABKxjha-00dI7vvfyqIYblY6Z5L6cyTFM";
        json!({
            "name": "Practice", "practice": true, "owner": owner, "gateways": ["http://127.0.0.1:1984"],
            "coordinator": "http://127.0.0.1:4000/", "tags": {"App": "practice"}, "depth": 2,
            "depositConfirmations": {"arweave": 6},
            "rules": {
                "owner": owner, "ethChainId": "1", "feeRecipient": "0x6451eB7f668de69Fb4C943Db72bCF2A73DeeC6B1",
                "lockers": {"arweave": "dH-_dwLlN86fitrFZzi86IVEEQFyYpTzWcqnFh460ys"},
                "tokens": {"listed": [serde_json::to_value(everpay::ar_token()).unwrap()]},
            },
        })
    }

    fn with(path: &[&str], value: Value) -> Vec<u8> {
        let mut file = good();
        let mut at = &mut file;
        for member in path {
            at = &mut at[*member];
        }
        *at = value;
        serde_json::to_vec(&file).unwrap()
    }

    #[test]
    fn a_file_reads_back_as_written() {
        let network = NetworkFile::parse(&with(&["depth"], json!(7))).unwrap();
        assert_eq!(network.depth, 7);
        assert_eq!(NetworkFile::parse(network.to_json().unwrap().as_bytes()).unwrap(), network);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let cases: [(&[&str], Value, &str); 10] = [
            (&["depht"], json!(1), "depht"),
            (&["owner"], json!("8-GZSKB8"), "two owners"),
            (&["gateways"], json!([]), "0 gateways"),
            (&["gateways"], json!(["ftp://x"]), "ftp://x"),
            (&["gateways"], json!(vec!["http://x"; 33]), "33 gateways"),
            (&["coordinator"], json!("127.0.0.1:4000"), "127.0.0.1:4000"),
            (&["depth"], json!(0), "depth is 0"),
            (&["depositConfirmations", "arweave"], json!(10_001), "depositConfirmations.arweave is 10001"),
            (&["rules", "tokens"], json!("closed"), "closed"),
            (&["rules", "feeRecipient"], json!("nobody"), "err_invalid_id"),
        ];
        for (path, value, expected) in cases {
            let error = NetworkFile::parse(&with(path, value)).unwrap_err().to_string();
            assert!(error.contains(expected), "{path:?}: {error}");
        }
        assert!(NetworkFile::parse(b"{").is_err());
        let mut bad = NetworkFile::parse(&with(&["depth"], json!(1))).unwrap();
        bad.owner = "short".to_owned();
        bad.rules.owner = "short".to_owned();
        assert!(matches!(bad.validate(), Err(NetworkError::Owner(_))));
    }
}
