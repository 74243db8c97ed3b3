//! What decides verdicts beside the history: who owns the ledger, which tokens it lists, and what it charges.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::account::AccountId;
use crate::amount::Amount;
use crate::token::TokenTag;

/// The rules of one ledger. They are part of the state root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rules {
    /// Arweave address that writes the batches.
    pub owner: String,
    /// The everPay chain id: id of the EVM chain of its ETH, decimal text.
    pub eth_chain_id: String,
    /// Account that receives all fees.
    pub fee_recipient: AccountId,
    /// Address that holds the deposits, by target chain.
    pub lockers: BTreeMap<String, String>,
    /// The tokens.
    pub tokens: Tokens,
}

/// Which tokens exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Tokens {
    /// These and no others.
    Listed(Vec<TokenSpec>),
    /// The list is not known: a token is what its first transaction says, and neither fees nor conversions are judged.
    Open,
}

/// A listed token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenSpec {
    /// Id of the token on its chain or chains.
    pub id: String,
    /// Symbol, as listed.
    pub symbol: String,
    /// Chain or chains.
    pub chain_type: String,
    /// Id or ids of these chains.
    pub chain_id: String,
    /// Decimals of its base unit in everPay.
    pub decimals: u8,
    /// Fee of a transfer, base units.
    pub transfer_fee: Amount,
    /// Fee of a bundle, base units.
    pub bundle_fee: Amount,
    /// Fee of a burn by target chain, base units.
    pub burn_fees: BTreeMap<String, Amount>,
    /// Chains it can be minted from and burnt to.
    pub targets: BTreeMap<String, Target>,
    /// Whether clients show it; decides nothing.
    pub display: bool,
}

/// A token on one of its target chains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// Id of the chain.
    pub chain_id: String,
    /// Name of the chain.
    pub chain_type: String,
    /// Decimals of its base unit there.
    pub decimals: u8,
    /// Its contract or id there.
    pub token_id: String,
}

/// Rules that contradict themselves.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RulesError {
    /// A token whose id does not fit its chains.
    #[error("token {0} has an impossible id")]
    ImpossibleToken(String),
    /// Two tokens with one tag.
    #[error("token {0} is listed twice")]
    DuplicateToken(TokenTag),
    /// A target chain with more decimals than everPay keeps.
    #[error("token {0} has more decimals on {1} than in everPay")]
    TooFewDecimals(TokenTag, String),
    /// More tokens than any ledger has.
    #[error("more than {0} tokens")]
    TooManyTokens(usize),
}

/// Most tokens a list may hold.
pub const TOKENS_MAX: usize = 10_000;

impl TokenSpec {
    /// The token's name in the ledger.
    #[must_use]
    pub fn tag(&self) -> TokenTag {
        TokenTag::new(&self.chain_type, &self.symbol, &self.id)
    }
}

impl Rules {
    /// Rules for a ledger of which only the owner is known. Its state root cannot equal that of a node that knows more.
    #[must_use]
    pub fn open(owner: &str) -> Self {
        Self {
            owner: owner.to_owned(),
            eth_chain_id: String::new(),
            fee_recipient: AccountId::ZERO,
            lockers: BTreeMap::new(),
            tokens: Tokens::Open,
        }
    }

    /// The listed tokens; none when the list is not known.
    #[must_use]
    pub fn listed(&self) -> &[TokenSpec] {
        match &self.tokens {
            Tokens::Listed(list) => list,
            Tokens::Open => &[],
        }
    }

    /// The listed token of this tag.
    #[must_use]
    pub fn token(&self, tag: &TokenTag) -> Option<&TokenSpec> {
        self.listed().iter().find(|token| token.tag() == *tag)
    }

    /// Whether the list makes sense.
    ///
    /// # Errors
    /// The first contradiction found.
    pub fn validate(&self) -> Result<(), RulesError> {
        let mut seen = BTreeSet::new();
        if self.listed().len() > TOKENS_MAX {
            return Err(RulesError::TooManyTokens(TOKENS_MAX));
        }
        for token in self.listed() {
            let tag = token.tag();
            if tag.is_invalid() {
                return Err(RulesError::ImpossibleToken(token.id.clone()));
            }
            let precise = token.targets.iter().find(|(_, target)| target.decimals > token.decimals);
            if let Some((name, _)) = precise {
                return Err(RulesError::TooFewDecimals(tag, name.clone()));
            }
            if !seen.insert(tag.clone()) {
                return Err(RulesError::DuplicateToken(tag));
            }
        }
        Ok(())
    }
}

/// AR as everPay's main network lists it: deposits from Arweave, twelve decimals, no transfer fee.
#[must_use]
pub fn ar_token() -> TokenSpec {
    const ID: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    const WRAPPED: &str = "0x4fadc7a98f2dc96510e42dd1a74141eeae0c1543";
    let target = |chain_id: &str, chain_type: &str, token_id: &str| {
        let target = Target {
            chain_id: chain_id.to_owned(),
            chain_type: chain_type.to_owned(),
            decimals: 12,
            token_id: token_id.to_owned(),
        };
        (chain_type.to_owned(), target)
    };
    TokenSpec {
        id: format!("{ID},{WRAPPED}"),
        symbol: "AR".to_owned(),
        chain_type: "arweave,ethereum".to_owned(),
        chain_id: "0,1".to_owned(),
        decimals: 12,
        transfer_fee: Amount::ZERO,
        bundle_fee: Amount::ZERO,
        burn_fees: BTreeMap::from([("arweave".to_owned(), Amount::ZERO), ("ethereum".to_owned(), Amount::ZERO)]),
        targets: BTreeMap::from([target("0", "arweave", ID), target("1", "ethereum", WRAPPED)]),
        display: true,
    }
}

/// ETH as everPay's main network lists it: deposits from Ethereum, eighteen decimals, no fees.
#[must_use]
pub fn eth_token() -> TokenSpec {
    let zero = AccountId::ZERO.to_string();
    let target =
        Target { chain_id: "1".to_owned(), chain_type: "ethereum".to_owned(), decimals: 18, token_id: zero.clone() };
    TokenSpec {
        id: zero,
        symbol: "ETH".to_owned(),
        chain_type: "ethereum".to_owned(),
        chain_id: "1".to_owned(),
        decimals: 18,
        transfer_fee: Amount::ZERO,
        bundle_fee: Amount::ZERO,
        burn_fees: BTreeMap::from([("ethereum".to_owned(), Amount::ZERO)]),
        targets: BTreeMap::from([("ethereum".to_owned(), target)]),
        display: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contradictions_are_found() {
        let rules = |list: Vec<TokenSpec>| Rules { tokens: Tokens::Listed(list), ..Rules::open("o") };
        assert_eq!(rules(vec![ar_token()]).validate(), Ok(()));
        assert_eq!(rules(vec![ar_token(), ar_token()]).validate(), Err(RulesError::DuplicateToken(ar_token().tag())));
        let bad = TokenSpec { id: "0xABC".to_owned(), ..ar_token() };
        assert_eq!(rules(vec![bad]).validate(), Err(RulesError::ImpossibleToken("0xABC".to_owned())));
        let coarse = TokenSpec { decimals: 11, ..ar_token() };
        assert_eq!(
            rules(vec![coarse]).validate(),
            Err(RulesError::TooFewDecimals(ar_token().tag(), "arweave".to_owned()))
        );
        assert_eq!(rules(vec![ar_token()]).token(&ar_token().tag()), Some(&ar_token()));
        assert_eq!(Rules::open("o").token(&ar_token().tag()), None);
    }
}
