//! Where the vault's coins lie: one address of the vault itself, for change, and one for each account that deposits.

use std::fmt;

use bitcoin::key::TweakedPublicKey;
use bitcoin::secp256k1::XOnlyPublicKey;
use bitcoin::{Address, Network, ScriptBuf};
use everpay::AccountId;
use threshold::{Deposit, FormatError, Group, KeyPath, Spend};

/// For whom an output of the vault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// The vault itself: `tr(group key)`, no script tree.
    Vault,
    /// An account's deposits; the address commits to the account.
    Account(AccountId),
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vault => f.write_str("vault"),
            Self::Account(account) => account.fmt(f),
        }
    }
}

/// A group's key on one Bitcoin network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vault {
    group: Group,
    network: Network,
}

impl Vault {
    /// The vault of a group.
    #[must_use]
    pub fn new(group: Group, network: Network) -> Self {
        Self { group, network }
    }

    /// Whose key it is.
    #[must_use]
    pub fn group(&self) -> &Group {
        &self.group
    }

    /// On which network.
    #[must_use]
    pub fn network(&self) -> Network {
        self.network
    }

    /// The output for a holder. The account's name is its text as the ledger writes it (EVM addresses with EIP-55's letter
    /// case).
    ///
    /// # Errors
    /// Never for a group whose public data fit together.
    pub fn place(&self, holder: Holder) -> Result<Place, FormatError> {
        let spend = match holder {
            Holder::Vault => Spend::KeyOnly,
            Holder::Account(account) => self.deposit(&account)?.spend(),
        };
        let key = spend.key(&self.group).map_err(|_| FormatError::Curve)?;
        Ok(Place { holder, spend, key })
    }

    pub(crate) fn deposit(&self, account: &AccountId) -> Result<Deposit, FormatError> {
        Deposit::new(&self.group, account.to_string().as_bytes())
    }
}

/// An output of the vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    holder: Holder,
    spend: Spend,
    key: [u8; 32],
}

impl Place {
    /// For whom it is.
    #[must_use]
    pub fn holder(&self) -> Holder {
        self.holder
    }

    /// The x-only output key, under which its spends are signed.
    #[must_use]
    pub fn output_key(&self) -> &[u8; 32] {
        &self.key
    }

    /// The root of the script tree; none for the vault's own.
    #[must_use]
    pub fn root(&self) -> Option<[u8; 32]> {
        match self.spend {
            Spend::Tree(root) => Some(root),
            Spend::KeyOnly | Spend::Plain => None,
        }
    }

    /// What an output to it holds.
    #[must_use]
    pub fn script_pubkey(&self) -> ScriptBuf {
        ScriptBuf::new_p2tr_tweaked(self.tweaked())
    }

    /// Its address.
    #[must_use]
    pub fn address(&self, network: Network) -> Address {
        Address::p2tr_tweaked(self.tweaked(), network)
    }

    fn tweaked(&self) -> TweakedPublicKey {
        let key = XOnlyPublicKey::from_slice(&self.key).expect("an output key is computed as a point");
        TweakedPublicKey::dangerous_assume_tweaked(key)
    }
}

impl KeyPath for Place {
    fn spend(&self) -> Spend {
        self.spend
    }
}
