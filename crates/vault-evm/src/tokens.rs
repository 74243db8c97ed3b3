//! What a vault on one chain takes: its address, and the listed tokens by contract.

use crate::error::ConfigError;
use alloy::primitives::Address;
use everpay::{Rules, TokenSpec, TokenTag};
use std::collections::BTreeMap;

/// The vault of one chain and the tokens that the ledger lists there.
#[derive(Debug, Clone)]
pub struct VaultTokens {
    chain: String,
    vault: Address,
    listed: BTreeMap<Address, ListedToken>,
}

/// A token of the ledger on this chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedToken {
    /// Its contract; zero for the chain's coin.
    pub contract: Address,
    /// Its id on the chain as the ledger's list spells it.
    pub id: String,
    /// Its name in the ledger.
    pub tag: TokenTag,
    /// Decimals of its base unit on the chain.
    pub target_decimals: u8,
    /// The ledger's entry.
    pub spec: TokenSpec,
}

impl VaultTokens {
    /// What `rules` say about `chain`. Rules with an open token list give a vault without tokens.
    ///
    /// # Errors
    /// [`ConfigError::NoVault`], [`ConfigError::TokenId`], [`ConfigError::SharedContract`].
    pub fn new(chain: &str, rules: &Rules) -> Result<Self, ConfigError> {
        let vault = rules.lockers.get(chain).and_then(|text| address(text));
        let vault = vault.filter(|vault| !vault.is_zero()).ok_or_else(|| ConfigError::NoVault(chain.to_owned()))?;
        let mut listed = BTreeMap::<Address, ListedToken>::new();
        for spec in rules.listed() {
            let Some(target) = spec.targets.get(chain) else { continue };
            let contract = address(&target.token_id).ok_or_else(|| ConfigError::TokenId {
                chain: chain.to_owned(),
                symbol: spec.symbol.clone(),
                id: target.token_id.clone(),
            })?;
            let token = ListedToken {
                contract,
                id: target.token_id.clone(),
                tag: spec.tag(),
                target_decimals: target.decimals,
                spec: spec.clone(),
            };
            if let Some(other) = listed.insert(contract, token) {
                let (first, second) = (other.spec.symbol, spec.symbol.clone());
                return Err(ConfigError::SharedContract { chain: chain.to_owned(), first, second });
            }
        }
        Ok(Self { chain: chain.to_owned(), vault, listed })
    }

    /// The chain's name.
    #[must_use]
    pub fn chain(&self) -> &str {
        &self.chain
    }

    /// The lock contract.
    #[must_use]
    pub fn vault(&self) -> Address {
        self.vault
    }

    /// The listed token with this contract; zero is the chain's coin.
    #[must_use]
    pub fn token(&self, contract: Address) -> Option<&ListedToken> {
        self.listed.get(&contract)
    }

    /// The listed token of this tag.
    #[must_use]
    pub fn by_tag(&self, tag: &TokenTag) -> Option<&ListedToken> {
        self.listed.values().find(|token| token.tag == *tag)
    }

    /// All listed tokens, by contract.
    pub fn tokens(&self) -> impl Iterator<Item = &ListedToken> {
        self.listed.values()
    }
}

/// An address in any letter case, with or without prefix.
pub(crate) fn address(text: &str) -> Option<Address> {
    crypto::hexs::decode_array::<20>(text).ok().map(Address::from)
}
