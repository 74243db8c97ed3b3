//! Nodes: their keys, their names in other networks, and what they sign (2.5, 2.6).
//!
//! What always holds: a signature is over a domain prefix and the bytes, and is checked by the strict rule, so that all nodes
//! agree on every signature and no key of small order speaks for anybody.
//!
//! Source: RFC 8032; libp2p peer ids.

use crate::hash::{Domain, Hash, dom, sha3};
use crate::ids::{NodeId, ParseError};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

/// The identity multihash of a libp2p Ed25519 key, before the key.
const PEER_ID_PREFIX: [u8; 6] = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20];

const INBOX: Domain = dom("EVEN/inbox/1");
const OUTBOX: Domain = dom("EVEN/outbox/1");

/// An Ed25519 signature.
pub type SignatureBytes = [u8; 64];

/// The secret key of a node. It is wiped when dropped and never shown.
pub struct NodeKey(SigningKey);

impl NodeKey {
    /// The key of an RFC 8032 secret.
    #[must_use]
    pub fn from_secret(secret: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(secret))
    }

    /// Who signs with it.
    #[must_use]
    pub fn node(&self) -> NodeId {
        NodeId(self.0.verifying_key().to_bytes())
    }

    /// The signature over the domain and the parts, one after the other.
    #[must_use]
    pub fn sign(&self, domain: &Domain, parts: &[&[u8]]) -> SignatureBytes {
        self.0.sign(&joined(domain, parts)).to_bytes()
    }
}

impl std::fmt::Debug for NodeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NodeKey({})", self.node())
    }
}

impl NodeId {
    /// Whether the node signed the domain and the parts.
    ///
    /// Strict: keys and commitments of small order and encodings that are not canonical never verify.
    #[must_use]
    pub fn signed(&self, domain: &Domain, parts: &[&[u8]], signature: &SignatureBytes) -> bool {
        verifies(&self.0, domain, parts, signature)
    }

    /// Its name in libp2p and IPFS.
    #[must_use]
    pub fn peer_id(&self) -> String {
        let mut bytes = PEER_ID_PREFIX.to_vec();
        bytes.extend(self.0);
        bs58::encode(bytes).into_string()
    }

    /// The node of a peer id.
    ///
    /// # Errors
    /// Not the peer id of an Ed25519 key.
    pub fn from_peer_id(text: &str) -> Result<Self, ParseError> {
        let mut bytes = [0; 38];
        let len = bs58::decode(text).onto(&mut bytes).map_err(|_| ParseError::PeerId)?;
        match bytes.strip_prefix(&PEER_ID_PREFIX).map(TryInto::try_into) {
            Some(Ok(key)) if len == bytes.len() => Ok(Self(key)),
            _ => Err(ParseError::PeerId),
        }
    }

    /// The name of its private work list.
    #[must_use]
    pub fn inbox(&self) -> Hash {
        sha3(&[&INBOX, &self.0])
    }

    /// The name of its public record chain.
    #[must_use]
    pub fn outbox(&self) -> Hash {
        sha3(&[&OUTBOX, &self.0])
    }
}

/// Whether the signature of the domain and the parts verifies strictly under an Ed25519 public key.
pub(crate) fn verifies(key: &[u8; 32], domain: &Domain, parts: &[&[u8]], signature: &SignatureBytes) -> bool {
    let Ok(key) = VerifyingKey::from_bytes(key) else { return false };
    key.verify_strict(&joined(domain, parts), &Signature::from_bytes(signature)).is_ok()
}

fn joined(domain: &Domain, parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = domain.to_vec();
    parts.iter().for_each(|part| bytes.extend_from_slice(part));
    bytes
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const DOMAIN: Domain = dom("EVEN/rec/1");

    #[test]
    fn rule_2_2_a_signature_of_one_domain_is_none_of_another() {
        let key = NodeKey::from_secret(&[1; 32]);
        let signature = key.sign(&DOMAIN, &[b"x"]);
        assert!(key.node().signed(&DOMAIN, &[b"x"], &signature));
        assert!(!key.node().signed(&dom("EVEN/head/1"), &[b"x"], &signature));
        assert!(!key.node().signed(&DOMAIN, &[b"y"], &signature));
    }

    #[test]
    fn rule_2_5_a_key_of_small_order_signs_nothing() {
        // The neutral element as key and commitment with scalar 0 satisfies the equation for every message.
        let mut neutral = [0; 32];
        neutral[0] = 1;
        let mut signature = [0; 64];
        signature[0] = 1;
        assert!(!NodeId(neutral).signed(&DOMAIN, &[b"anything"], &signature));
    }

    #[test]
    fn rule_2_5_a_peer_id_names_one_node() {
        let node = NodeKey::from_secret(&[1; 32]).node();
        let text = node.peer_id();
        assert_eq!(NodeId::from_peer_id(&text).unwrap(), node);
        for bad in
            ["", "1", &text[1..], &format!("1{text}"), "12D3KooW", "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG"]
        {
            assert_eq!(NodeId::from_peer_id(bad), Err(ParseError::PeerId), "{bad}");
        }
    }

    #[test]
    fn rule_2_6_inbox_and_outbox_have_other_names() {
        let node = NodeId([0; 32]);
        assert_ne!(node.inbox(), node.outbox());
    }
}
