//! Tags of a transaction: ordered pairs of bytes, base64url on the wire.

use std::borrow::Cow;

use crypto::b64;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// One tag. The bytes are normally UTF-8 text, which nobody guarantees.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Tag {
    /// The name, raw.
    pub name: Vec<u8>,
    /// The value, raw; may be empty.
    pub value: Vec<u8>,
}

impl Tag {
    /// A tag of two texts.
    pub fn new(name: &str, value: &str) -> Self {
        Self { name: name.as_bytes().to_vec(), value: value.as_bytes().to_vec() }
    }

    /// The name as text, if it is UTF-8.
    pub fn name_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.name).ok()
    }

    /// The value as text, if it is UTF-8.
    pub fn value_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.value).ok()
    }
}

#[derive(Serialize, Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    value: Cow<'a, str>,
}

/// How an empty value may be written where an empty text is refused: one character carries no whole byte.
pub(crate) const EMPTY_SPELLED: &str = "A";

fn decode(text: &str) -> Result<Vec<u8>, b64::DecodeError> {
    // The signature covers the decoded bytes, so that a lenient spelling cannot smuggle anything in.
    if text == EMPTY_SPELLED { Ok(Vec::new()) } else { b64::decode(text) }
}

impl Serialize for Tag {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Wire { name: b64::encode(&self.name).into(), value: b64::encode(&self.value).into() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Tag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(deserializer)?;
        Ok(Self {
            name: decode(&wire.name).map_err(de::Error::custom)?,
            value: decode(&wire.value).map_err(de::Error::custom)?,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn wire_form_is_base64url() {
        let tag = Tag::new("App", "everPay");
        let json = serde_json::to_string(&tag).unwrap();
        assert_eq!(json, r#"{"name":"QXBw","value":"ZXZlclBheQ"}"#);
        assert_eq!(serde_json::from_str::<Tag>(&json).unwrap(), tag);
    }

    #[test]
    fn an_empty_value_has_two_spellings() {
        let tag = Tag::new("parent_id", "");
        for value in ["", "A"] {
            let json = format!(r#"{{"name":"cGFyZW50X2lk","value":"{value}"}}"#);
            assert_eq!(serde_json::from_str::<Tag>(&json).unwrap(), tag);
        }
        assert!(serde_json::from_str::<Tag>(r#"{"name":"cGFy","value":"B"}"#).is_err());
    }
}
