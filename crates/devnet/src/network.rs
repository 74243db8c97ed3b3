//! The ledger that a devnet and the tests use: AR from Arweave and, where there is a practice Ethereum, ETH and an ERC-20
//! token from its vault.

use std::collections::BTreeMap;

use everpay::{AccountId, Amount, Rules, Target, TokenSpec, Tokens, ar_token, eth_token};
use oracle::network::{EvmChain, Finality, NetworkFile};
use serde::{Deserialize, Serialize};

/// Blocks that make a batch confirmed, and a deposit good. Play money need not wait longer.
pub const DEPTH_BLOCKS: u64 = 3;
/// Name of the practice Ethereum in the ledger's words.
pub const ETHEREUM: &str = "ethereum";
/// Its chain id: that of the main network, because the everPay SDK knows no other for its ETH.
pub(crate) const CHAIN_ID: u64 = 1;
/// Symbol of the practice token.
pub(crate) const TOKEN_SYMBOL: &str = "PUSD";
/// Its decimals, on the chain and in the ledger.
pub(crate) const TOKEN_DECIMALS: u8 = 6;
/// Both chains run by the clock of one machine; a block's time is in whole seconds.
const CLOCK_SLACK_MS: u64 = 3_000;

/// What differs from network to network.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Arweave address that writes the batches.
    pub owner: String,
    /// Arweave address that holds the deposits.
    pub locker: String,
    /// Account that receives fees.
    pub fee_recipient: AccountId,
    /// Gateways.
    pub gateways: Vec<String>,
    /// The coordinator's address.
    pub coordinator: Option<String>,
    /// The practice Ethereum and the addresses of its nodes; without it ETH is listed and has no way in.
    pub ethereum: Option<(PracticeChain, Vec<String>)>,
}

/// What was put on a practice Ethereum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PracticeChain {
    /// The lock contract.
    pub vault: String,
    /// The practice ERC-20 token; anyone may make some for anyone.
    pub token: String,
    /// Block in which the lock contract was deployed.
    pub start_block: u64,
}

/// The network file of a devnet.
#[must_use]
pub fn network(setup: Setup) -> NetworkFile {
    let Setup { owner, locker, fee_recipient, gateways, coordinator, ethereum } = setup;
    let mut network = NetworkFile {
        name: "Practice network".to_owned(),
        practice: true,
        owner: owner.clone(),
        gateways,
        coordinator,
        tags: BTreeMap::new(),
        depth: DEPTH_BLOCKS,
        deposit_confirmations: BTreeMap::from([("arweave".to_owned(), DEPTH_BLOCKS)]),
        evm: BTreeMap::new(),
        rules: Rules {
            owner,
            eth_chain_id: CHAIN_ID.to_string(),
            fee_recipient,
            lockers: BTreeMap::from([("arweave".to_owned(), locker)]),
            tokens: Tokens::Listed(Vec::new()),
        },
    };
    let mut tokens = vec![practice_ar(), eth_token()];
    if let Some((chain, rpc)) = ethereum {
        tokens.push(practice_token(&chain.token));
        network.rules.lockers.insert(ETHEREUM.to_owned(), chain.vault);
        network.deposit_confirmations.insert(ETHEREUM.to_owned(), DEPTH_BLOCKS);
        network.evm.insert(ETHEREUM.to_owned(), evm_chain(rpc, chain.start_block));
    }
    network.rules.tokens = Tokens::Listed(tokens);
    network
}

fn evm_chain(rpc: Vec<String>, start_block: u64) -> EvmChain {
    EvmChain {
        chain_id: CHAIN_ID,
        rpc,
        finality: Finality::Count,
        start_block,
        clock_slack_ms: CLOCK_SLACK_MS,
        log_range: 2_000,
    }
}

/// AR with a fee for payouts on Arweave, 0.001 AR, so that fees are seen at work; a practice Ethereum has no wrapped AR.
fn practice_ar() -> TokenSpec {
    let mut token = ar_token();
    token.burn_fees = BTreeMap::from([("arweave".to_owned(), Amount::from(1_000_000_000_u64))]);
    token.targets.remove(ETHEREUM);
    token
}

fn practice_token(address: &str) -> TokenSpec {
    let target = Target {
        chain_id: CHAIN_ID.to_string(),
        chain_type: ETHEREUM.to_owned(),
        decimals: TOKEN_DECIMALS,
        token_id: address.to_owned(),
    };
    TokenSpec {
        id: address.to_owned(),
        symbol: TOKEN_SYMBOL.to_owned(),
        chain_type: ETHEREUM.to_owned(),
        chain_id: CHAIN_ID.to_string(),
        decimals: TOKEN_DECIMALS,
        transfer_fee: Amount::ZERO,
        bundle_fee: Amount::ZERO,
        burn_fees: BTreeMap::from([(ETHEREUM.to_owned(), Amount::ZERO)]),
        targets: BTreeMap::from([(ETHEREUM.to_owned(), target)]),
        display: true,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn setup(ethereum: Option<(PracticeChain, Vec<String>)>) -> Setup {
        Setup {
            owner: "uGx-QfBXSwABKxjha-00dI7vvfyqIYblY6Z5L6cyTFM".to_owned(),
            locker: "dH-_dwLlN86fitrFZzi86IVEEQFyYpTzWcqnFh460ys".to_owned(),
            fee_recipient: AccountId::ZERO,
            gateways: vec!["http://127.0.0.1:1984".to_owned()],
            coordinator: Some("http://127.0.0.1:1985".to_owned()),
            ethereum,
        }
    }

    fn tags(network: &NetworkFile) -> Vec<String> {
        network.rules.listed().iter().map(|token| token.tag().to_string()).collect()
    }

    #[test]
    fn the_network_file_is_one_that_can_be_used() {
        let network = network(setup(None));
        assert_eq!(NetworkFile::parse(network.to_json().unwrap().as_bytes()).unwrap(), network);
        assert_eq!(tags(&network)[1], "ethereum-eth-0x0000000000000000000000000000000000000000");
    }

    #[test]
    fn a_practice_ethereum_brings_its_vault_and_its_token() {
        let chain = PracticeChain {
            vault: "0x2279B7A0a67DB372996a5FaB50D91eAA73d2eBe6".to_owned(),
            token: "0x5FbDB2315678afecb367f032d93F642f64180aa3".to_owned(),
            start_block: 2,
        };
        let network = network(setup(Some((chain.clone(), vec!["http://127.0.0.1:8545".to_owned()]))));
        assert_eq!(NetworkFile::parse(network.to_json().unwrap().as_bytes()).unwrap(), network);
        assert_eq!(network.rules.lockers[ETHEREUM], chain.vault);
        assert_eq!(tags(&network)[2], "ethereum-pusd-0x5fbdb2315678afecb367f032d93f642f64180aa3");
    }
}
