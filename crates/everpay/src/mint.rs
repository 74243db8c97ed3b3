//! Deposits as a mint names them (section 9): the fingerprint, and what an Arweave deposit claims.
//!
//! What it does not do: believe the claim. Whether the deposit exists, where and with which value, is the oracle's
//! business; this file only says what to look for.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::amount::Amount;
use crate::hash::EverHash;
use crate::json;
use crate::refusal::Refusal;
use crate::rules::TokenSpec;
use crate::target::is_evm_chain;
use crate::token::{self, TokenTag};

/// The name of a deposit, which mints once in each token. EVM hashes are in lower case, Arweave ids have no stray low bits, so that
/// one deposit has one name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MintFingerprint(String);

impl MintFingerprint {
    /// Takes a fingerprint that was read from a store.
    #[must_use]
    pub fn from_text(text: String) -> Self {
        Self(text)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The fingerprint of a mint with this target chain and `data`.
    ///
    /// # Errors
    /// [`Refusal::InvalidMintHash`] when the data names no deposit, or the chain has no rule for deposits.
    pub fn of_mint(target: &str, data: &str, ever_hash: &EverHash) -> Result<Self, Refusal> {
        let name = deposit_name(target, data, ever_hash)?;
        Ok(Self(match target {
            "arweave" => canonical_arweave(name),
            evm if is_evm_chain(evm) => canonical_evm(name),
            _ => name,
        }))
    }
}

/// The name of a mint's deposit as the data spells it.
///
/// # Errors
/// [`Refusal::InvalidMintHash`] when the data names no deposit, or the chain has no rule for deposits.
pub fn deposit_name(target: &str, data: &str, ever_hash: &EverHash) -> Result<String, Refusal> {
    let name = match target {
        "everpay" => ever_hash.to_string(),
        "arweave" => text_member(data, "id")?,
        "aostest" => match json::member(data, "mainItem") {
            Ok(Some(item @ Value::Object(_))) => text_member(&item.to_string(), "id")?,
            Ok(_) | Err(json::Mismatch) => return Err(Refusal::InvalidMintHash),
        },
        evm if is_evm_chain(evm) => text_member(data, "hash")?,
        _ => return Err(Refusal::InvalidMintHash),
    };
    if name.is_empty() { Err(Refusal::InvalidMintHash) } else { Ok(name) }
}

/// An Arweave id has four spellings that decode to the same bytes; the deposit is the same.
fn canonical_arweave(id: String) -> String {
    match crypto::b64::decode_lenient(&id) {
        Ok(bytes) if bytes.len() == 32 => crypto::b64::encode(&bytes),
        _ => id,
    }
}

fn canonical_evm(hash: String) -> String {
    let lower = hash.to_ascii_lowercase();
    crypto::hexs::decode_array::<32>(&lower).map_or(lower, |bytes| crypto::hexs::encode0x(&bytes))
}

fn text_member(data: &str, name: &str) -> Result<String, Refusal> {
    json::text_member(data, name).map_err(|json::Mismatch| Refusal::InvalidMintHash)
}

/// A deposit that was minted into a token: each token mints it once, for one transaction may pay in several.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Minted {
    /// The token.
    pub tag: TokenTag,
    /// The deposit.
    pub deposit: MintFingerprint,
}

impl fmt::Display for MintFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for MintFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the data of a mint from Arweave claims. Texts as given, nothing verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArweaveDeposit {
    /// Id of the Arweave transaction.
    pub id: String,
    /// Modulus of the sender's key, base64url; empty when not given.
    pub owner: String,
    /// Recipient, an Arweave address; empty for a transaction that moves no AR.
    pub target: String,
    /// Winston moved, decimal text; empty when not given.
    pub quantity: String,
}

impl ArweaveDeposit {
    /// Reads a mint's `data`.
    ///
    /// # Errors
    /// [`Refusal::InvalidMintHash`] when it is no object with texts of these names.
    pub fn parse(data: &str) -> Result<Self, Refusal> {
        Ok(Self {
            id: text_member(data, "id")?,
            owner: text_member(data, "owner")?,
            target: text_member(data, "target")?,
            quantity: text_member(data, "quantity")?,
        })
    }
}

/// The everPay amount that a deposit of `target_amount` base units on `target` mints of this token.
///
/// # Errors
/// [`Refusal::NotFoundTargetChainInfo`] when the token has no such target, [`Refusal::LargerAmount`] beyond 256 bits.
pub fn deposit_amount(token: &TokenSpec, target: &str, target_amount: Amount) -> Result<Amount, Refusal> {
    let info = token.targets.get(target).ok_or(Refusal::NotFoundTargetChainInfo)?;
    token::mint_amount(target_amount, token.decimals, info.decimals).ok_or(Refusal::LargerAmount)
}
