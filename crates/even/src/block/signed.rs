//! The envelope: a body with `sig`, canonical and content-addressed (8.3).

use super::Body;
use super::accept::Refusal;
use crate::cbor::{self, Value};
use crate::identity::{NodeKey, SignatureBytes};
use crate::ids::BlockId;
use std::collections::BTreeMap;

const SIGNATURE: &str = "sig";

/// A block that keeps C1 and C2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed<T> {
    body: T,
    signature: SignatureBytes,
    bytes: Vec<u8>,
    id: BlockId,
}

/// A node does not sign for another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the block names another node than the key's")]
pub struct WrongKey;

impl<T: Body> Signed<T> {
    /// Signs a body. A record must be stored durably before anybody sees it: two that differ at one number are proof of
    /// equivocation (8.5).
    ///
    /// # Errors
    /// The key of another node.
    pub fn seal(body: T, key: &NodeKey) -> Result<Self, WrongKey> {
        if key.node() != body.node() {
            return Err(WrongKey);
        }
        let unsigned = cbor::encode(&body);
        let signature = key.sign(&T::DOMAIN, &[&unsigned]);
        let mut members: BTreeMap<String, Value> =
            cbor::decode(&unsigned).expect("a body is a map of at most 1 MiB in canonical form");
        members.insert(SIGNATURE.into(), Value::Bytes(signature.to_vec()));
        Ok(Self::with_id(body, signature, cbor::encode(&members)))
    }

    /// The block of these bytes.
    ///
    /// # Errors
    /// C1 for another shape or encoding, C2 for a signature that does not hold. Such a block is dropped silently.
    pub fn decode(bytes: &[u8]) -> Result<Self, Refusal> {
        let mut members: BTreeMap<String, Value> = cbor::decode(bytes).map_err(|_| Refusal::C1)?;
        let Some(Value::Bytes(signature)) = members.remove(SIGNATURE) else { return Err(Refusal::C1) };
        let signature = signature.try_into().map_err(|_| Refusal::C1)?;
        let unsigned = cbor::encode(&members);
        let body: T = cbor::decode(&unsigned).map_err(|_| Refusal::C1)?;
        if !body.node().signed(&T::DOMAIN, &[&unsigned], &signature) {
            return Err(Refusal::C2);
        }
        Ok(Self::with_id(body, signature, bytes.to_vec()))
    }
}

impl<T> Signed<T> {
    fn with_id(body: T, signature: SignatureBytes, bytes: Vec<u8>) -> Self {
        let id = BlockId(crate::hash::sha3(&[&bytes]));
        Self { body, signature, bytes, id }
    }

    /// What it says.
    pub const fn body(&self) -> &T {
        &self.body
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its name.
    pub const fn id(&self) -> BlockId {
        self.id
    }

    /// The signature of its node.
    pub const fn signature(&self) -> &SignatureBytes {
        &self.signature
    }
}

/// 32 bytes without a name of their own.
pub(crate) mod bytes {
    use crate::hash::Hash;
    use crate::ids::bytes32::Exactly32;
    use serde::{Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(hash: &Hash, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(hash)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Hash, D::Error> {
        deserializer.deserialize_bytes(Exactly32)
    }
}
