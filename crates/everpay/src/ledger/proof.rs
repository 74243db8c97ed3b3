//! Proofs for third parties: what one account has, or that it has nothing, under a state root.

use serde::{Deserialize, Serialize};

use super::leaf;
use super::path::Path;
use crate::account::AccountId;
use crate::amount::Amount;
use crate::hash::{Nonce, StateRoot};
use crate::mint::Minted;
use crate::token::TokenTag;

/// Proof of one account's state. Checked with nothing but the root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The account.
    pub account: AccountId,
    /// Its state; `None` when it was never seen.
    pub state: Option<ProvenAccount>,
    /// The way to the root.
    pub path: Path,
}

/// What a proof says about an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvenAccount {
    /// The last nonce used.
    pub nonce: Nonce,
    /// All balances above zero, sorted by tag.
    pub balances: Vec<(TokenTag, Amount)>,
}

impl Proof {
    /// Whether the root commits to exactly this state of the account.
    #[must_use]
    pub fn verify(&self, root: &StateRoot) -> bool {
        let key = leaf::account_key(&self.account);
        let value = self.state.as_ref().map(ProvenAccount::value_hash);
        self.path.proves(root.as_bytes(), &key, value.as_ref())
    }

    /// The proven balance of one token.
    #[must_use]
    pub fn balance(&self, tag: &TokenTag) -> Amount {
        let balances = self.state.iter().flat_map(|state| &state.balances);
        balances.into_iter().find(|(held, _)| held == tag).map_or(Amount::ZERO, |(_, amount)| *amount)
    }
}

impl ProvenAccount {
    fn value_hash(&self) -> [u8; 32] {
        let balances: Vec<_> = self.balances.iter().map(|(tag, amount)| (leaf::token_key(tag), *amount)).collect();
        leaf::account_value(self.nonce, &balances)
    }
}

/// Proof that a deposit was minted into a token, or was not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MintProof {
    /// The deposit and the token.
    pub mint: Minted,
    /// Whether it was minted.
    pub minted: bool,
    /// The way to the root.
    pub path: Path,
}

impl MintProof {
    /// Whether the root says so.
    #[must_use]
    pub fn verify(&self, root: &StateRoot) -> bool {
        let value = self.minted.then(leaf::mint_value);
        self.path.proves(root.as_bytes(), &leaf::mint_key(&self.mint), value.as_ref())
    }
}
