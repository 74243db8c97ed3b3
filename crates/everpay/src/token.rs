//! Token identity and decimals (sections 5.1 and 5.4).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::amount::Amount;

/// A token's name in the ledger: `lower(chainType-symbol)-id`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenTag(String);

/// The tag of a token whose id cannot be right; no token list can hold it.
const INVALID: &str = "err_invalid_token";

impl TokenTag {
    /// The tag of a token. An id that does not fit a two-chain token gives the text `err_invalid_token`, which names
    /// no token.
    #[must_use]
    pub fn new(chain_type: &str, symbol: &str, token_id: &str) -> Self {
        let mut tag = String::with_capacity(chain_type.len() + symbol.len() + token_id.len() + 2);
        push_lower(&mut tag, chain_type);
        tag.push('-');
        push_lower(&mut tag, symbol);
        tag.push('-');
        match chain_type {
            "arweave" | "aostest" => tag.push_str(token_id),
            "arweave,ethereum" => match split_pair(token_id) {
                Some((arweave, evm)) => {
                    tag.push_str(arweave);
                    tag.push(',');
                    push_lower(&mut tag, evm);
                }
                None => return Self(INVALID.to_owned()),
            },
            _ => push_lower(&mut tag, token_id),
        }
        Self(tag)
    }

    /// Takes a tag as given, for look-ups; nothing is checked or folded.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the tag of an impossible token.
    #[must_use]
    pub fn is_invalid(&self) -> bool {
        self.0 == INVALID
    }

    /// Whether the token is native to everPay: owned, listed and switched by rules of its own.
    #[must_use]
    pub fn is_native(&self) -> bool {
        self.0.starts_with("everpay-")
    }

    /// Chain type, symbol and id; an id may itself hold dashes.
    #[must_use]
    pub fn parts(&self) -> Vec<&str> {
        self.0.splitn(3, '-').collect()
    }
}

fn push_lower(out: &mut String, text: &str) {
    if text.is_ascii() {
        out.extend(text.chars().map(|c| c.to_ascii_lowercase()));
    } else {
        out.push_str(&text.to_lowercase());
    }
}

fn split_pair(text: &str) -> Option<(&str, &str)> {
    let (first, second) = text.split_once(',')?;
    (!second.contains(',')).then_some((first, second))
}

impl fmt::Display for TokenTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for TokenTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The everPay amount of a deposit: fractions beyond everPay's decimals are cut off. `None` beyond 256 bits.
#[must_use]
pub fn mint_amount(target_amount: Amount, ever_decimals: u8, target_decimals: u8) -> Option<Amount> {
    let (ever, target) = (u32::from(ever_decimals), u32::from(target_decimals));
    if ever >= target {
        target_amount.checked_mul_pow10(ever - target)
    } else {
        Some(target_amount.div_rem_pow10(target - ever).0)
    }
}

/// The amount paid out for a burn; `None` when it is no whole number of units there, or beyond 256 bits.
#[must_use]
pub fn burn_amount(ever_amount: Amount, ever_decimals: u8, target_decimals: u8) -> Option<Amount> {
    let (ever, target) = (u32::from(ever_decimals), u32::from(target_decimals));
    if target >= ever {
        return ever_amount.checked_mul_pow10(target - ever);
    }
    let (whole, rest) = ever_amount.div_rem_pow10(ever - target);
    rest.is_zero().then_some(whole)
}
