//! Account ids: EVM addresses, Arweave addresses and EverIDs (section 1 of the protocol reference).
//!
//! What always holds: an [`AccountId`] is canonical, so equal accounts are equal values. EVM text in any letter case,
//! with or without its prefix, is one account; Arweave ids and EverIDs are compared as given, since the reference
//! does: an EverID in upper-case digits, or an Arweave id with stray low bits, is another account.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::refusal::Refusal;

/// What kind of key controls an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountType {
    /// An EVM address, whatever the chain.
    Ethereum,
    /// An Arweave address.
    Arweave,
    /// An everPay identity with registered keys.
    EverId,
}

impl AccountType {
    /// The protocol's word: `ethereum`, `arweave` or `eid`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ethereum => "ethereum",
            Self::Arweave => "arweave",
            Self::EverId => "eid",
        }
    }
}

/// Characters of an Arweave address.
pub(crate) const ARWEAVE_LEN: usize = 43;
/// Characters of an EverID: `eid` and 68 digits.
pub(crate) const EVERID_LEN: usize = 71;

/// One account, in canonical form.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountId {
    /// The 20 bytes of an EVM address.
    Evm([u8; 20]),
    /// The 43 characters of an Arweave address.
    Arweave(ArweaveText),
    /// The 71 characters of an EverID.
    EverId(EverIdText),
}

/// The characters of an Arweave address; made only by [`AccountId::parse`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArweaveText([u8; ARWEAVE_LEN]);

/// The characters of an EverID; made only by [`AccountId::parse`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EverIdText([u8; EVERID_LEN]);

impl ArweaveText {
    /// The 43 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("only base64 characters are stored")
    }
}

impl EverIdText {
    /// The 71 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("only ASCII is stored")
    }
}

impl AccountId {
    /// The zero address of EVM chains.
    pub const ZERO: Self = Self::Evm([0; 20]);

    /// Reads an account id as it may stand in a transaction.
    ///
    /// # Errors
    /// [`Refusal::InvalidId`] when the text is none of the three forms.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let bytes = text.as_bytes();
        match bytes.len() {
            40 | 42 => parse_evm(text).map(Self::Evm),
            ARWEAVE_LEN => parse_arweave(text).map(Self::Arweave),
            EVERID_LEN => parse_everid(text).map(Self::EverId),
            _ => None,
        }
        .ok_or(Refusal::InvalidId)
    }

    /// What kind of account this is.
    #[must_use]
    pub const fn kind(&self) -> AccountType {
        match self {
            Self::Evm(_) => AccountType::Ethereum,
            Self::Arweave(_) => AccountType::Arweave,
            Self::EverId(_) => AccountType::EverId,
        }
    }

    /// The stored form: a kind byte (1 EVM, 2 Arweave, 3 EverID) and the 20, 43 or 71 bytes of the id. It is the key
    /// of the account in the state tree and in a database.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let (kind, id) = self.parts();
        let mut bytes = Vec::with_capacity(1 + id.len());
        bytes.push(kind);
        bytes.extend_from_slice(id);
        bytes
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// [`Refusal::InvalidId`] for bytes that [`AccountId::to_bytes`] cannot have written.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Refusal> {
        let (kind, id) = bytes.split_first().ok_or(Refusal::InvalidId)?;
        if *kind == 1 {
            return id.try_into().map(Self::Evm).map_err(|_| Refusal::InvalidId);
        }
        let account = Self::parse(std::str::from_utf8(id).map_err(|_| Refusal::InvalidId)?)?;
        if account.parts().0 == *kind { Ok(account) } else { Err(Refusal::InvalidId) }
    }

    pub(crate) fn parts(&self) -> (u8, &[u8]) {
        match self {
            Self::Evm(address) => (1, address),
            Self::Arweave(text) => (2, &text.0),
            Self::EverId(text) => (3, &text.0),
        }
    }
}

fn parse_evm(text: &str) -> Option<[u8; 20]> {
    let digits = match text.len() {
        40 => text,
        _ => text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?,
    };
    crypto::hexs::decode_array(digits).ok()
}

fn parse_arweave(text: &str) -> Option<ArweaveText> {
    crypto::b64::decode_lenient(text).ok()?;
    text.as_bytes().try_into().ok().map(ArweaveText)
}

fn parse_everid(text: &str) -> Option<EverIdText> {
    let decoded: [u8; 34] = crypto::hexs::decode_array(text.strip_prefix("eid")?).ok()?;
    let (body, checksum) = decoded.split_at(32);
    if crypto::sha256_parts(&[b"eid", body])[..2] != *checksum {
        return None;
    }
    text.as_bytes().try_into().ok().map(EverIdText)
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Evm(address) => f.write_str(&crypto::eip55(address)),
            Self::Arweave(text) => f.write_str(text.as_str()),
            Self::EverId(text) => f.write_str(text.as_str()),
        }
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for ArweaveText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for EverIdText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for AccountId {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        Self::parse(text)
    }
}

impl Serialize for AccountId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AccountId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn forms_that_are_not_ids() {
        for bad in [
            "",
            "0x",
            "0x0x30dEaDdEaDdEaDdEaDdEaDdEaDdEaDdEaDdEaD",
            "0x30dEaDdEaDdEaDdEaDdEaDdEaDdEaDdEaDdEaD",
            "0xg6361130d5d6E798E9319114643AF8c868412859",
            "Eid56e2f17ae24f15371a843a9d66c6a6f4703cb8fad59364fde5932559794bc760bea7",
            "5NPqYBdIsIpJzPeYixuz7BEH_W7BEk_mb8HxBD3OHX\n",
            "5NPqYBdIsIpJzPeYixuz7BEH_W7BEk_mb8HxBD3OHé",
        ] {
            assert_eq!(AccountId::parse(bad), Err(Refusal::InvalidId), "{bad:?}");
        }
    }

    #[test]
    fn order_and_stored_form() {
        let ids = [
            "0x26361130d5d6E798E9319114643AF8c868412859",
            "5NPqYBdIsIpJzPeYixuz7BEH_W7BEk_mb8HxBD3OHXo",
            "eid56e2f17ae24f15371a843a9d66c6a6f4703cb8fad59364fde5932559794bc760bea7",
        ]
        .map(|text| AccountId::parse(text).unwrap());
        assert!(ids.is_sorted());
        for id in ids {
            assert_eq!(AccountId::from_bytes(&id.to_bytes()), Ok(id));
            assert_eq!(serde_json::from_str::<AccountId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
            let mut other = id.to_bytes();
            other[0] = other[0] % 3 + 1;
            assert!(AccountId::from_bytes(&other).is_err());
        }
    }

    proptest! {
        #[test]
        fn display_is_canonical(address in any::<[u8; 20]>(), upper in any::<bool>()) {
            let id = AccountId::Evm(address);
            let text = id.to_string();
            prop_assert_eq!(AccountId::parse(&text), Ok(id));
            let other = if upper { text[2..].to_uppercase() } else { text.to_lowercase() };
            prop_assert_eq!(AccountId::parse(&other), Ok(id));
        }

        #[test]
        fn any_text_is_an_error_or_a_fixed_point(text in ".{0,80}") {
            if let Ok(id) = AccountId::parse(&text) {
                prop_assert_eq!(AccountId::parse(&id.to_string()), Ok(id));
            }
        }
    }
}
