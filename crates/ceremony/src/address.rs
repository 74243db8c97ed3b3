//! Addresses of a key, each with what it follows from.

use everpay::AccountId;
use serde::{Deserialize, Serialize};
use threshold::Group;
use vault_bitcoin::{Holder, Vault, bitcoin};

use crate::error::AskError;
use crate::model::Network;

/// An address and how it comes about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyAddress {
    /// The account; none: the key's own address.
    pub account: Option<String>,
    /// The address.
    pub address: String,
    /// The script, hex.
    pub script: String,
    /// `internal_key`, `leaf`, `root`, `tweak`, `output_key` with hex values, in order.
    pub steps: Vec<(String, String)>,
}

impl Network {
    /// As the `bitcoin` crate calls it; testnet stands for all networks with its addresses.
    #[must_use]
    pub fn bitcoin(self) -> bitcoin::Network {
        match self {
            Self::Main => bitcoin::Network::Bitcoin,
            Self::Test => bitcoin::Network::Testnet,
            Self::Regtest => bitcoin::Network::Regtest,
        }
    }

    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Main => 0,
            Self::Test => 1,
            Self::Regtest => 2,
        }
    }

    pub(crate) fn of_code(code: u8) -> Option<Self> {
        [Self::Main, Self::Test, Self::Regtest].into_iter().find(|network| network.code() == code)
    }
}

/// The address of an account, or the key's own one. Asks no network.
///
/// # Errors
/// [`AskError::Refused`] with `account` for a text that names none; a group whose data do not fit together.
pub fn key_address(group: &Group, network: Network, account: Option<&str>) -> Result<KeyAddress, AskError> {
    let vault = Vault::new(group.clone(), network.bitcoin());
    let Some(account) = account else { return own(&vault) };
    let account = AccountId::parse(account).map_err(|_| AskError::refused("account", "not an everPay account"))?;
    let place = vault.place(Holder::Account(account))?;
    let derived = vault.derivation(account)?;
    let step = |name: &str, bytes: &[u8]| (name.to_owned(), crypto::hexs::encode(bytes));
    Ok(KeyAddress {
        account: Some(derived.account.to_string()),
        address: derived.address.to_string(),
        script: crypto::hexs::encode(place.script_pubkey().as_bytes()),
        steps: vec![
            step("internal_key", &derived.internal_key),
            step("leaf", derived.leaf.as_bytes()),
            step("root", &derived.root),
            step("tweak", &derived.tweak),
            step("output_key", &derived.output_key),
        ],
    })
}

fn own(vault: &Vault) -> Result<KeyAddress, AskError> {
    let place = vault.place(Holder::Vault)?;
    let step = |name: &str, bytes: &[u8]| (name.to_owned(), crypto::hexs::encode(bytes));
    Ok(KeyAddress {
        account: None,
        address: place.address(vault.network()).to_string(),
        script: crypto::hexs::encode(place.script_pubkey().as_bytes()),
        steps: vec![step("internal_key", &vault.group().x_only()), step("output_key", place.output_key())],
    })
}
