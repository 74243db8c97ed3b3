//! Who a peer is: an ed25519 key.
//!
//! What always holds: a [`PeerId`] is the identity of an ed25519 key, never a hash of another kind of key; the secret half is
//! zeroised when it is dropped and is never printed.

use libp2p::identity::{Keypair, PublicKey, ed25519};
use std::fmt;
use std::str::FromStr;
use zeroize::Zeroizing;

/// The public half. Text: base58 of the libp2p form, `12D3KooW…`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId([u8; 32]);

/// Text that names no ed25519 identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the identity of an ed25519 key")]
pub struct ParsePeerIdError;

/// The secret half.
pub struct Identity(Keypair);

/// What precedes the key in the bytes of an ed25519 identity: the identity hash of 36 bytes, key type 1, 32 bytes.
const PREFIX: [u8; 6] = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20];

impl PeerId {
    /// The identity of a public key.
    ///
    /// # Errors
    /// When the bytes are no point of the curve.
    pub fn from_public_key(key: [u8; 32]) -> Result<Self, ParsePeerIdError> {
        ed25519::PublicKey::try_from_bytes(&key).map_err(|_| ParsePeerIdError)?;
        Ok(Self(key))
    }

    /// The public key.
    #[must_use]
    pub const fn public_key(&self) -> &[u8; 32] {
        &self.0
    }

    pub(crate) fn from_libp2p(peer: &libp2p::PeerId) -> Option<Self> {
        let bytes = peer.to_bytes();
        let key = bytes.strip_prefix(&PREFIX)?.try_into().ok()?;
        Self::from_public_key(key).ok()
    }

    pub(crate) fn to_libp2p(self) -> libp2p::PeerId {
        let key = ed25519::PublicKey::try_from_bytes(&self.0).expect("checked when the identity was made");
        PublicKey::from(key).to_peer_id()
    }
}

impl Identity {
    /// The identity of a secret key (RFC 8032 seed). Any 32 bytes are one.
    #[must_use]
    pub fn from_secret(secret: Zeroizing<[u8; 32]>) -> Self {
        Self(Keypair::ed25519_from_bytes(secret).expect("every 32 bytes are an ed25519 seed"))
    }

    /// The public half.
    #[must_use]
    pub fn peer_id(&self) -> PeerId {
        PeerId::from_libp2p(&self.0.public().to_peer_id()).expect("the key is an ed25519 key")
    }

    pub(crate) fn into_keypair(self) -> Keypair {
        self.0
    }
}

impl FromStr for PeerId {
    type Err = ParsePeerIdError;

    fn from_str(text: &str) -> Result<Self, ParsePeerIdError> {
        let peer: libp2p::PeerId = text.parse().map_err(|_| ParsePeerIdError)?;
        Self::from_libp2p(&peer).ok_or(ParsePeerIdError)
    }
}

impl fmt::Display for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.to_libp2p(), f)
    }
}

impl fmt::Debug for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({})", self.peer_id())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    /// RFC 8032, section 7.1, test 1.
    const SECRET: [u8; 32] = [
        0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49,
        0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
    ];
    const PUBLIC_START: [u8; 4] = [0xd7, 0x5a, 0x98, 0x01];

    #[test]
    fn a_secret_gives_the_key_of_the_standard_and_its_text_reads_back() {
        let peer = Identity::from_secret(SECRET.into()).peer_id();
        assert_eq!(peer.public_key()[..4], PUBLIC_START);
        assert!(peer.to_string().starts_with("12D3KooW"));
        assert_eq!(peer.to_string().parse(), Ok(peer));
        assert_eq!(PeerId::from_public_key(*peer.public_key()), Ok(peer));
    }

    #[test]
    fn only_ed25519_identities_are_peers() {
        let text = Identity::from_secret(SECRET.into()).peer_id().to_string();
        let hashed = "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N";
        for bad in ["", "12D3KooW", &text[..text.len() - 1], hashed] {
            assert_eq!(bad.parse::<PeerId>(), Err(ParsePeerIdError), "{bad:?}");
        }
        let off_the_curve = {
            let mut key = [0; 32];
            key[0] = 2;
            key
        };
        assert_eq!(PeerId::from_public_key(off_the_curve), Err(ParsePeerIdError));
    }

    #[test]
    fn the_secret_is_not_printed() {
        let identity = Identity::from_secret(SECRET.into());
        assert_eq!(format!("{identity:?}"), format!("Identity({})", identity.peer_id()));
    }
}
