//! The ledger that a devnet and the tests use: AR deposits from Arweave, and ETH listed without a way in yet.

use std::collections::BTreeMap;

use everpay::{AccountId, Amount, Rules, TokenSpec, Tokens, ar_token, eth_token};
use oracle::network::NetworkFile;

/// Blocks that make a batch confirmed, and a deposit good. Play money need not wait longer.
pub const DEPTH_BLOCKS: u64 = 3;

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
}

/// The network file of a devnet.
#[must_use]
pub fn network(setup: Setup) -> NetworkFile {
    let Setup { owner, locker, fee_recipient, gateways, coordinator } = setup;
    NetworkFile {
        name: "Practice network".to_owned(),
        practice: true,
        owner: owner.clone(),
        gateways,
        coordinator,
        tags: BTreeMap::new(),
        depth: DEPTH_BLOCKS,
        deposit_confirmations: BTreeMap::from([("arweave".to_owned(), DEPTH_BLOCKS)]),
        rules: Rules {
            owner,
            eth_chain_id: "1".to_owned(),
            fee_recipient,
            lockers: BTreeMap::from([("arweave".to_owned(), locker)]),
            tokens: Tokens::Listed(vec![ar_with_burn_fee(), eth_token()]),
        },
    }
}

/// AR with a fee for payouts on Arweave, 0.001 AR, so that fees are seen at work.
fn ar_with_burn_fee() -> TokenSpec {
    let mut token = ar_token();
    token.burn_fees.insert("arweave".to_owned(), Amount::from(1_000_000_000_u64));
    token
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_network_file_is_one_that_can_be_used() {
        let network = network(Setup {
            owner: "uGx-QfBXSwABKxjha-00dI7vvfyqIYblY6Z5L6cyTFM".to_owned(),
            locker: "dH-_dwLlN86fitrFZzi86IVEEQFyYpTzWcqnFh460ys".to_owned(),
            fee_recipient: AccountId::ZERO,
            gateways: vec!["http://127.0.0.1:1984".to_owned()],
            coordinator: Some("http://127.0.0.1:1985".to_owned()),
        });
        assert_eq!(NetworkFile::parse(network.to_json().unwrap().as_bytes()).unwrap(), network);
        let tags: Vec<_> = network.rules.listed().iter().map(|token| token.tag().to_string()).collect();
        assert_eq!(tags[1], "ethereum-eth-0x0000000000000000000000000000000000000000");
    }
}
