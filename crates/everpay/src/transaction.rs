//! The everPay transaction: fourteen text fields, the message that is signed, and the two hashes of it (section 2).
//!
//! What always holds: the fields are kept as sent, byte for byte, because the message covers them as sent; nothing
//! here judges them. The wire form is JSON; posting and on-chain storage give the nonce as text, API answers as a
//! number, and both are read.
//! What it does not do: Go's reader also matches member names in another letter case and replaces lone surrogates;
//! this one ignores such members and refuses such text. The original server stored what it had re-serialised, so
//! neither occurs on its chain.

use std::fmt;

use serde::de::{self, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::hash::EverHash;

/// Bytes that are not the JSON of a transaction.
#[derive(Debug, thiserror::Error)]
#[error("not a transaction")]
pub struct ParseTransactionError(#[source] serde_json::Error);

/// A transaction as sent. Amounts are integers in base units as decimal text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Transaction {
    /// Symbol of the token, in any letter case.
    #[serde(rename = "tokenSymbol")]
    pub token_symbol: String,
    /// What is to be done; see [`crate::Action`].
    pub action: String,
    /// Account that signs.
    pub from: String,
    /// Receiving account, or an address on the target chain of a burn.
    pub to: String,
    /// Amount in base units.
    pub amount: String,
    /// Fee in base units of the same token, on top of the amount.
    pub fee: String,
    /// Account that receives the fee; may be empty only when the fee is `0`.
    #[serde(rename = "feeRecipient")]
    pub fee_recipient: String,
    /// The sender's clock in milliseconds.
    pub nonce: String,
    /// Id of the token on its chain.
    #[serde(rename = "tokenID")]
    pub token_id: String,
    /// Chain or chains of the token.
    #[serde(rename = "chainType")]
    pub chain_type: String,
    /// Id or ids of these chains.
    #[serde(rename = "chainID")]
    pub chain_id: String,
    /// Free text, for most actions JSON.
    pub data: String,
    /// `v1`.
    pub version: String,
    /// The signature in the form of the account's type.
    pub sig: String,
}

impl Transaction {
    /// Reads one transaction. Unknown members are ignored, missing ones are empty, of repeated ones the last counts.
    ///
    /// # Errors
    /// Bytes that are no JSON object, or a member that is neither text nor, for the nonce, an integer.
    pub fn from_json(bytes: &[u8]) -> Result<Self, ParseTransactionError> {
        serde_json::from_slice(bytes).map_err(ParseTransactionError)
    }

    /// The compact JSON text, members in the order of the protocol.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("fourteen texts are always JSON")
    }

    /// The text that is signed: the first thirteen fields as `name:value`, one a line, no final line break.
    #[must_use]
    pub fn message(&self) -> String {
        let lines = self.lines();
        let length: usize = lines.iter().map(|(name, value)| name.len() + value.len() + 2).sum();
        let mut message = String::with_capacity(length);
        for (name, value) in lines {
            if !message.is_empty() {
                message.push('\n');
            }
            message.push_str(name);
            message.push(':');
            message.push_str(value);
        }
        message
    }

    /// The transaction's id: the EIP-191 hash of the message.
    #[must_use]
    pub fn ever_hash(&self) -> EverHash {
        EverHash::new(crypto::eip191_hash(self.message().as_bytes()))
    }

    /// SHA-256 of the message, which Arweave accounts sign.
    #[must_use]
    pub fn ar_hash(&self) -> [u8; 32] {
        crypto::sha256(self.message().as_bytes())
    }

    fn lines(&self) -> [(&'static str, &str); 13] {
        [
            ("tokenSymbol", &self.token_symbol),
            ("action", &self.action),
            ("from", &self.from),
            ("to", &self.to),
            ("amount", &self.amount),
            ("fee", &self.fee),
            ("feeRecipient", &self.fee_recipient),
            ("nonce", &self.nonce),
            ("tokenID", &self.token_id),
            ("chainType", &self.chain_type),
            ("chainID", &self.chain_id),
            ("data", &self.data),
            ("version", &self.version),
        ]
    }

    fn field(&mut self, name: Field) -> Option<&mut String> {
        Some(match name {
            Field::TokenSymbol => &mut self.token_symbol,
            Field::Action => &mut self.action,
            Field::From => &mut self.from,
            Field::To => &mut self.to,
            Field::Amount => &mut self.amount,
            Field::Fee => &mut self.fee,
            Field::FeeRecipient => &mut self.fee_recipient,
            Field::Nonce => &mut self.nonce,
            Field::TokenId => &mut self.token_id,
            Field::ChainType => &mut self.chain_type,
            Field::ChainId => &mut self.chain_id,
            Field::Data => &mut self.data,
            Field::Version => &mut self.version,
            Field::Sig => &mut self.sig,
            Field::Other => return None,
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
enum Field {
    #[serde(rename = "tokenSymbol")]
    TokenSymbol,
    #[serde(rename = "action")]
    Action,
    #[serde(rename = "from")]
    From,
    #[serde(rename = "to")]
    To,
    #[serde(rename = "amount")]
    Amount,
    #[serde(rename = "fee")]
    Fee,
    #[serde(rename = "feeRecipient")]
    FeeRecipient,
    #[serde(rename = "nonce")]
    Nonce,
    #[serde(rename = "tokenID")]
    TokenId,
    #[serde(rename = "chainType")]
    ChainType,
    #[serde(rename = "chainID")]
    ChainId,
    #[serde(rename = "data")]
    Data,
    #[serde(rename = "version")]
    Version,
    #[serde(rename = "sig")]
    Sig,
    #[serde(other)]
    Other,
}

impl<'de> Deserialize<'de> for Transaction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(TransactionVisitor)
    }
}

struct TransactionVisitor;

impl<'de> Visitor<'de> for TransactionVisitor {
    type Value = Transaction;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a transaction object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Transaction, A::Error> {
        let mut tx = Transaction::default();
        while let Some(name) = map.next_key::<Field>()? {
            let Some(field) = tx.field(name) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            // A null leaves the field as it is, as in the reference.
            let value = if name == Field::Nonce {
                map.next_value::<Option<TextOrInteger>>()?.map(|value| value.0)
            } else {
                map.next_value::<Option<String>>()?
            };
            if let Some(value) = value {
                *field = value;
            }
        }
        Ok(tx)
    }
}

struct TextOrInteger(String);

impl<'de> Deserialize<'de> for TextOrInteger {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextOrIntegerVisitor)
    }
}

struct TextOrIntegerVisitor;

impl Visitor<'_> for TextOrIntegerVisitor {
    type Value = TextOrInteger;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text or an integer")
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<TextOrInteger, E> {
        Ok(TextOrInteger(value.to_owned()))
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<TextOrInteger, E> {
        Ok(TextOrInteger(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<TextOrInteger, E> {
        Ok(TextOrInteger(value.to_string()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<TextOrInteger, E> {
        Ok(TextOrInteger(value.to_string()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn reads_what_clients_and_servers_write() {
        let tx = Transaction::from_json(br#"{"nonce":12,"to":"b","extra":{"a":[1]},"data":null,"to":"c"}"#).unwrap();
        assert_eq!((tx.nonce.as_str(), tx.to.as_str(), tx.data.as_str()), ("12", "c", ""));
        assert_eq!(Transaction::from_json(b"{\"nonce\":\"12\"}").unwrap().nonce, "12");
        for bad in [
            "",
            "null",
            "[]",
            "{",
            "{\"to\":1}",
            "{\"nonce\":1.5}",
            "{\"nonce\":true}",
            "{\"to\":\"\\ud800\"}",
            "{} {}",
        ] {
            assert!(Transaction::from_json(bad.as_bytes()).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn json_round_trip_keeps_the_order_of_the_protocol() {
        let tx =
            Transaction { data: "\"line\nbreak\" é".to_owned(), version: "v1".to_owned(), ..Transaction::default() };
        let json = tx.to_json();
        assert!(json.starts_with("{\"tokenSymbol\":\"\",\"action\":\"\",\"from\":"), "{json}");
        assert!(json.ends_with("\"version\":\"v1\",\"sig\":\"\"}"), "{json}");
        assert_eq!(Transaction::from_json(json.as_bytes()).unwrap(), tx);
    }

    #[test]
    fn message_is_thirteen_lines() {
        let tx = Transaction { token_symbol: "AR".to_owned(), version: "v1".to_owned(), ..Transaction::default() };
        let message = tx.message();
        assert!(message.starts_with("tokenSymbol:AR\naction:\n"));
        assert!(message.ends_with("\ndata:\nversion:v1"));
        assert_eq!(message.lines().count(), 13);
    }
}
