//! The JSON form of a transaction, as gateways give and take it.
//!
//! Unknown members are ignored; numbers may be text or numbers; absent or null members are empty. Numbers are
//! signed as text, so only their canonical spelling can have a valid signature, and that is what is rebuilt.

use std::borrow::Cow;

use crypto::b64;
use serde::{Deserialize, Serialize};

use super::{Format, Transaction};
use crate::ids::{ArweaveId, Winston};
use crate::tags::Tag;

/// Why bytes are not a transaction.
#[derive(Debug, thiserror::Error)]
pub enum ParseTxError {
    /// Not the JSON of a transaction.
    #[error("not the JSON of a transaction")]
    Json(#[from] serde_json::Error),
    /// A member does not hold what it should.
    #[error("member {0} is malformed")]
    Member(&'static str),
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Number<'a> {
    Text(#[serde(borrow)] Cow<'a, str>),
    Small(u64),
}

impl Number<'_> {
    fn parse<T: std::str::FromStr + TryFrom<u64>>(&self) -> Option<T> {
        match self {
            Self::Text(text) if text.starts_with('+') => None,
            Self::Text(text) => text.parse().ok(),
            Self::Small(number) => T::try_from(*number).ok(),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Wire<'a> {
    format: Number<'a>,
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(default, borrow)]
    last_tx: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    owner: Option<Cow<'a, str>>,
    #[serde(default)]
    tags: Option<Vec<Tag>>,
    #[serde(default, borrow)]
    target: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    quantity: Option<Number<'a>>,
    #[serde(default, borrow)]
    data: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    data_size: Option<Number<'a>>,
    #[serde(default, borrow)]
    data_root: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    reward: Option<Number<'a>>,
    #[serde(default, borrow)]
    signature: Option<Cow<'a, str>>,
}

impl Transaction {
    /// Reads a transaction from JSON. Nothing is verified.
    ///
    /// # Errors
    /// [`ParseTxError`] names the malformed member.
    pub fn from_json(json: &[u8]) -> Result<Self, ParseTxError> {
        let wire: Wire<'_> = serde_json::from_slice(json)?;
        let format = match wire.format.parse::<u64>() {
            Some(1) => Format::V1,
            Some(2) => Format::V2,
            _ => return Err(ParseTxError::Member("format")),
        };
        let root = bytes("data_root", wire.data_root.as_deref())?;
        let target = match wire.target.as_deref() {
            None | Some("") => None,
            Some(text) => Some(text.parse().map_err(|_| ParseTxError::Member("target"))?),
        };
        Ok(Self {
            format,
            id: wire.id.parse().map_err(|_| ParseTxError::Member("id"))?,
            last_tx: bytes("last_tx", wire.last_tx.as_deref())?,
            owner: bytes("owner", wire.owner.as_deref())?,
            tags: wire.tags.unwrap_or_default(),
            target,
            quantity: Winston(number("quantity", wire.quantity.as_ref())?),
            data: bytes("data", wire.data.as_deref())?,
            data_size: number("data_size", wire.data_size.as_ref())?,
            data_root: match root.as_slice() {
                [] => None,
                root => Some(root.try_into().map_err(|_| ParseTxError::Member("data_root"))?),
            },
            reward: Winston(number("reward", wire.reward.as_ref())?),
            signature: bytes("signature", wire.signature.as_deref())?,
        })
    }

    /// The JSON that gateways take, data included.
    pub fn to_json(&self) -> Vec<u8> {
        let target = self.target.map(|address| address.to_string()).unwrap_or_default();
        let wire = Wire {
            format: Number::Small(match self.format {
                Format::V1 => 1,
                Format::V2 => 2,
            }),
            id: self.id.to_string().into(),
            last_tx: text(&self.last_tx),
            owner: text(&self.owner),
            tags: Some(self.tags.clone()),
            target: Some(target.into()),
            quantity: Some(Number::Text(self.quantity.to_string().into())),
            data: text(&self.data),
            data_size: Some(Number::Text(self.data_size.to_string().into())),
            data_root: text(self.data_root.as_ref().map_or(&[], |root| root)),
            reward: Some(Number::Text(self.reward.to_string().into())),
            signature: text(&self.signature),
        };
        serde_json::to_vec(&wire).expect("text and numbers always serialise")
    }
}

impl super::VerifiedHeader {
    /// Reads and verifies portable evidence written by [`Transaction::to_json`]: `None` for any flaw.
    pub fn from_json(json: &[u8]) -> Option<Self> {
        Transaction::from_json(json).ok()?.into_verified().ok()
    }

    /// Whether this is the transaction named `id`. Ask before using an answer to a question about `id`.
    pub fn is(&self, id: &ArweaveId) -> bool {
        self.id() == *id
    }
}

fn text(raw: &[u8]) -> Option<Cow<'static, str>> {
    Some(b64::encode(raw).into())
}

fn bytes(member: &'static str, text: Option<&str>) -> Result<Vec<u8>, ParseTxError> {
    b64::decode(text.unwrap_or_default()).map_err(|_| ParseTxError::Member(member))
}

fn number<T>(member: &'static str, number: Option<&Number<'_>>) -> Result<T, ParseTxError>
where
    T: std::str::FromStr + TryFrom<u64> + Default,
{
    match number {
        None => Ok(T::default()),
        Some(Number::Text(text)) if text.is_empty() => Ok(T::default()),
        Some(number) => number.parse().ok_or(ParseTxError::Member(member)),
    }
}
