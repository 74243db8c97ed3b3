//! A participant's ceremony key: signs what it says, and seals what only one other may read. It guards no funds.
//!
//! Signatures make equivocation provable to everybody; sealing lets a ceremony run over carriers that others can read.

use std::fmt;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use frost_secp256k1_tr::rand_core::{CryptoRng, RngCore};
use secp256k1::ecdh::SharedSecret;
use secp256k1::{Keypair, Parity, PublicKey, SecretKey, XOnlyPublicKey};
use zeroize::Zeroizing;

use crate::check::{CURVE, verify_signature};
use crate::error::FormatError;
use crate::hash::tagged;

/// Nonce and authentication tag around a sealed body.
pub(crate) const SEAL: usize = 24 + 16;
const VOUCH: &str = "everwatch/threshold/carried/1";

/// The public half of an [`Identity`]: 32 bytes, x coordinate as in BIP 340.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerKey([u8; 32]);

impl PeerKey {
    /// A peer's key.
    ///
    /// # Errors
    /// If no point has this x coordinate.
    pub fn new(bytes: [u8; 32]) -> Result<Self, FormatError> {
        XOnlyPublicKey::from_byte_array(bytes).map(|_| Self(bytes)).map_err(|_| FormatError::Curve)
    }

    /// The 32 bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether the identity behind this key vouched for bytes; see [`Identity::vouch`].
    #[must_use]
    pub fn vouched(&self, bytes: &[u8], signature: &[u8; 64]) -> bool {
        self.verify(&tagged(VOUCH, &[bytes]), signature)
    }

    pub(crate) fn verify(&self, digest: &[u8; 32], signature: &[u8; 64]) -> bool {
        verify_signature(&self.0, digest, signature).is_ok()
    }
}

impl fmt::Debug for PeerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A participant's secret ceremony key. Wiped when dropped; prints nothing.
pub struct Identity(Keypair);

impl Identity {
    /// The identity of 32 secret bytes. The caller wipes its own copy.
    ///
    /// # Errors
    /// Zero and numbers not below the group's order.
    pub fn from_secret(bytes: &[u8; 32]) -> Result<Self, FormatError> {
        let mut secret = SecretKey::from_byte_array(*bytes).map_err(|_| FormatError::Curve)?;
        let pair = Keypair::from_secret_key(&CURVE, &secret);
        secret.non_secure_erase();
        Ok(Self(pair))
    }

    /// A new identity, and the secret to keep for it.
    ///
    /// # Errors
    /// Only if the generator returns a number that is no key, which happens once in 2^128.
    pub fn generate<R: RngCore + CryptoRng>(rng: &mut R) -> Result<(Self, Zeroizing<[u8; 32]>), FormatError> {
        let mut secret = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *secret);
        Ok((Self::from_secret(&secret)?, secret))
    }

    /// The public half.
    #[must_use]
    pub fn peer_key(&self) -> PeerKey {
        PeerKey(self.0.x_only_public_key().0.serialize())
    }

    /// Signs bytes that a person carries, under a tag of their own: no message of a ceremony comes out of it.
    pub fn vouch<R: RngCore + CryptoRng>(&self, bytes: &[u8], rng: &mut R) -> [u8; 64] {
        self.sign(&tagged(VOUCH, &[bytes]), rng)
    }

    pub(crate) fn sign<R: RngCore + CryptoRng>(&self, digest: &[u8; 32], rng: &mut R) -> [u8; 64] {
        let mut auxiliary = [0; 32];
        rng.fill_bytes(&mut auxiliary);
        CURVE.sign_schnorr_with_aux_rand(digest, &self.0, &auxiliary).to_byte_array()
    }

    pub(crate) fn seal<R: RngCore + CryptoRng>(&self, to: &PeerKey, head: &[u8], body: &[u8], rng: &mut R) -> Vec<u8> {
        let mut nonce = [0; 24];
        rng.fill_bytes(&mut nonce);
        let sealed = self
            .cipher(to, head)
            .encrypt(&nonce.into(), Payload { msg: body, aad: head })
            .expect("XChaCha20-Poly1305 takes any body of this size");
        [&nonce[..], &sealed].concat()
    }

    pub(crate) fn open(&self, from: &PeerKey, head: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.split_at_checked(24)?;
        let nonce: [u8; 24] = nonce.try_into().ok()?;
        self.cipher(from, head).decrypt(&nonce.into(), Payload { msg: sealed, aad: head }).ok().map(Zeroizing::new)
    }

    /// The cipher of one head: its key is bound to ceremony, group, round, sender and recipient.
    fn cipher(&self, peer: &PeerKey, head: &[u8]) -> XChaCha20Poly1305 {
        let shared = Zeroizing::new(self.agree(peer));
        let key = Zeroizing::new(tagged("everwatch/threshold/seal/1", &[&shared[..], head]));
        XChaCha20Poly1305::new((&*key).into())
    }

    /// Diffie-Hellman of the even points, so that x coordinates suffice on both sides.
    fn agree(&self, peer: &PeerKey) -> [u8; 32] {
        let mut secret = self.0.secret_key();
        if self.0.x_only_public_key().1 == Parity::Odd {
            secret = secret.negate();
        }
        let point = XOnlyPublicKey::from_byte_array(peer.0).expect("a peer key was checked when it was made");
        let mut shared = SharedSecret::new(&PublicKey::from_x_only_public_key(point, Parity::Even), &secret);
        let bytes = shared.secret_bytes();
        shared.non_secure_erase();
        secret.non_secure_erase();
        bytes
    }
}

impl Drop for Identity {
    fn drop(&mut self) {
        self.0.non_secure_erase();
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({:?})", self.peer_key())
    }
}
