//! The body of a batch: a JSON array of items, byte for byte as turing writes it.
//!
//! `[{"tx_data":"<padded standard base64>","tx_id":"","parent_id":"<lower hex>"},…]`; the id is left empty to
//! save space. Readers take members in any order, ignore unknown ones, and recompute the id.

use std::borrow::Cow;
use std::fmt;

use crypto::{b64, hexs};
use serde::Deserialize;
use serde::de::{self, Deserializer as _, SeqAccess, Visitor};

use crate::item::{Item, ItemId};

/// Most items one batch may hold; more is refused before they are stored.
pub const ITEMS_MAX: usize = 250_000;

/// Why a body is not a batch.
#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    /// Not the JSON of an array of items (also: an item's data or parent is malformed, or too many items).
    #[error("not a batch body: {0}")]
    Json(#[from] serde_json::Error),
    /// An item states an id that is not the hash of its data.
    #[error("item {0} states an id that is not the hash of its data")]
    WrongId(usize),
}

/// Writes a batch body.
pub fn pack(items: &[Item]) -> Vec<u8> {
    const FRAME: usize = r#"{"tx_data":"","tx_id":"","parent_id":""},"#.len() + 64;
    let len = items.iter().map(|item| item.tx_data.len().div_ceil(3) * 4 + FRAME).sum::<usize>() + 2;
    let mut out = String::with_capacity(len);
    out.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str(r#"{"tx_data":""#);
        out.push_str(&b64::encode_std(&item.tx_data));
        out.push_str(r#"","tx_id":"","parent_id":""#);
        if let Some(parent) = &item.parent_id {
            out.push_str(&hexs::encode(parent));
        }
        out.push_str(r#""}"#);
    }
    out.push(']');
    out.into_bytes()
}

/// Reads a batch body; ids are recomputed. Links between items are not judged: see [`crate::first_break`].
///
/// # Errors
/// [`ParseError`]; nothing of a malformed body is returned.
pub fn parse(body: &[u8]) -> Result<Vec<Item>, ParseError> {
    let mut stated_wrong = None;
    let mut json = serde_json::Deserializer::from_slice(body);
    let items = json.deserialize_seq(Items { stated_wrong: &mut stated_wrong })?;
    json.end()?;
    match stated_wrong {
        Some(index) => Err(ParseError::WrongId(index)),
        None => Ok(items),
    }
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    tx_data: Cow<'a, str>,
    #[serde(default, borrow)]
    tx_id: Cow<'a, str>,
    #[serde(default, borrow)]
    parent_id: Cow<'a, str>,
}

struct Items<'b> {
    stated_wrong: &'b mut Option<usize>,
}

impl<'de> Visitor<'de> for Items<'_> {
    type Value = Vec<Item>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of items")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<Item>, A::Error> {
        let mut items: Vec<Item> = Vec::new();
        while let Some(wire) = seq.next_element::<Wire<'de>>()? {
            let index = items.len();
            if index == ITEMS_MAX {
                return Err(de::Error::custom("too many items"));
            }
            let malformed = |what: &str| de::Error::custom(format_args!("item {index}: malformed {what}"));
            let data = b64::decode_std(&wire.tx_data).map_err(|_| malformed("tx_data"))?;
            let parent = match items.last() {
                // Nearly every link is this one, and comparing digits is much cheaper than decoding them.
                Some(Item { tx_id, .. }) if spells(&wire.parent_id, tx_id) => Some(*tx_id),
                _ => id(&wire.parent_id).ok_or_else(|| malformed("parent_id"))?,
            };
            let item = Item::new(parent, data);
            let stated = id(&wire.tx_id).ok_or_else(|| malformed("tx_id"))?;
            if self.stated_wrong.is_none() && stated.is_some_and(|stated| stated != item.tx_id) {
                *self.stated_wrong = Some(index);
            }
            items.push(item);
        }
        Ok(items)
    }
}

/// `Some(None)` for the empty text, `None` for anything that is not 64 hex digits.
fn id(text: &str) -> Option<Option<ItemId>> {
    match text.len() {
        0 => Some(None),
        64 => hexs::decode_array(text).ok().map(Some),
        _ => None,
    }
}

/// Whether `text` is the lower hex of `id`.
fn spells(text: &str, id: &ItemId) -> bool {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = id.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    text.bytes().eq(digits)
}
