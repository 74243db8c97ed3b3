//! Ways through the state tree: the hashes that prove what stands, or does not stand, under a key.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The way from the root to a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Path {
    /// The other side's hash at every branch, from the root down. At most 256.
    #[serde(with = "hex_list")]
    pub siblings: Vec<[u8; 32]>,
    /// What stands at the end.
    pub end: End,
}

/// What stands where a key belongs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum End {
    /// The key itself.
    Here,
    /// Nothing.
    Empty,
    /// Another key with the same prefix.
    #[serde(rename_all = "camelCase")]
    Other {
        /// That key.
        #[serde(with = "hex_hash")]
        key: [u8; 32],
        /// SHA-256 of its value.
        #[serde(with = "hex_hash")]
        value_hash: [u8; 32],
    },
}

impl Path {
    /// Whether this way proves, under `root`, that the key has a value of this hash, or (`None`) that it has none.
    #[must_use]
    pub fn proves(&self, root: &[u8; 32], key: &[u8; 32], value_hash: Option<&[u8; 32]>) -> bool {
        if self.siblings.len() > 256 {
            return false;
        }
        let end = match (&self.end, value_hash) {
            (End::Here, Some(value_hash)) => leaf_hash(key, value_hash),
            (End::Empty, None) => [0; 32],
            (End::Other { key: other, value_hash }, None) if other != key && self.shares_prefix(key, other) => {
                leaf_hash(other, value_hash)
            }
            _ => return false,
        };
        let top = self.siblings.iter().enumerate().rev().fold(end, |hash, (depth, sibling)| {
            if bit(key, depth) { branch_hash(sibling, &hash) } else { branch_hash(&hash, sibling) }
        });
        top == *root
    }

    fn shares_prefix(&self, key: &[u8; 32], other: &[u8; 32]) -> bool {
        (0..self.siblings.len()).all(|depth| bit(key, depth) == bit(other, depth))
    }
}

/// The bit at `depth`, most significant first; depths beyond the key read as zero.
pub(super) fn bit(key: &[u8; 32], depth: usize) -> bool {
    key.get(depth / 8).is_some_and(|byte| byte >> (7 - depth % 8) & 1 == 1)
}

pub(super) fn leaf_hash(key: &[u8; 32], value_hash: &[u8; 32]) -> [u8; 32] {
    tagged(0, key, value_hash)
}

pub(super) fn branch_hash(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    tagged(1, left, right)
}

fn tagged(domain: u8, first: &[u8; 32], second: &[u8; 32]) -> [u8; 32] {
    let mut bytes = [0; 65];
    bytes[0] = domain;
    bytes[1..33].copy_from_slice(first);
    bytes[33..].copy_from_slice(second);
    crypto::sha256(&bytes)
}

mod hex_hash {
    use super::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(hash: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&crypto::hexs::encode(hash))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        crypto::hexs::decode_array(&text).map_err(serde::de::Error::custom)
    }
}

mod hex_list {
    use super::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(list: &[[u8; 32]], serializer: S) -> Result<S::Ok, S::Error> {
        list.iter().map(|hash| crypto::hexs::encode(hash)).collect::<Vec<_>>().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<[u8; 32]>, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        texts.iter().map(|text| crypto::hexs::decode_array(text).map_err(serde::de::Error::custom)).collect()
    }
}
