//! A vault with three tokens, and burns of them, for the tests of the pure parts.
#![allow(clippy::unwrap_used, reason = "tests")]

use crate::tokens::VaultTokens;
use alloy::primitives::Address;
use everpay::{Amount, EverHash, Rules, Target, TokenSpec, Tokens, eth_token};
use oracle::Payout;
use std::collections::BTreeMap;

pub(super) const VAULT: Address = Address::repeat_byte(0xaa);
pub(super) const TOKEN: Address = Address::repeat_byte(0x11);
/// Lives on Arweave.
pub(super) const BRIDGED: Address = Address::repeat_byte(0x22);
pub(super) const PAYEE: Address = Address::repeat_byte(0x33);

pub(super) fn tokens() -> VaultTokens {
    let token = |chain_type: &str, id: String, contract: Address| {
        let target = Target {
            chain_id: "1".to_owned(),
            chain_type: "ethereum".to_owned(),
            decimals: 18,
            token_id: contract.to_string(),
        };
        let targets = BTreeMap::from([("ethereum".to_owned(), target)]);
        TokenSpec { id, chain_type: chain_type.to_owned(), targets, ..eth_token() }
    };
    let pair = format!("{},{BRIDGED}", "A".repeat(43));
    let listed =
        vec![eth_token(), token("ethereum", TOKEN.to_string(), TOKEN), token("arweave,ethereum", pair, BRIDGED)];
    let rules = Rules {
        lockers: BTreeMap::from([("ethereum".to_owned(), VAULT.to_string())]),
        tokens: Tokens::Listed(listed),
        ..Rules::open("nobody")
    };
    VaultTokens::new("ethereum", &rules).unwrap()
}

pub(super) fn payout(burn: u8, token: Address, to: &str) -> Payout {
    Payout {
        ever_hash: EverHash::new([burn; 32]),
        batch_id: [2; 32],
        token_id: token.to_string(),
        to: to.to_owned(),
        amount: Amount::from(7_u64),
    }
}
