//! The chain of keys (10.2).

use crate::hash::{Domain, dom, sha3};
use crate::ids::Address;
use hmac::{Hmac, Mac};
use sha3::Sha3_256;
use zeroize::Zeroizing;

const FIRST: Domain = dom("EVEN/ck0/1");
const ADDRESS: Domain = dom("EVEN/maddr/1");

/// A position and its chain key: enough to read everything from there on, nothing before. Wiped when dropped or left.
#[derive(Clone)]
pub struct Ratchet {
    n: u64,
    chain: Zeroizing<[u8; 32]>,
}

impl Ratchet {
    /// Position 0 of a secret.
    pub(super) fn first(secret: &[u8; 32]) -> Self {
        Self { n: 0, chain: hmac(secret, &FIRST) }
    }

    /// The position and key that somebody was admitted with.
    #[must_use]
    pub const fn at(n: u64, chain: Zeroizing<[u8; 32]>) -> Self {
        Self { n, chain }
    }

    /// The position.
    #[must_use]
    pub const fn n(&self) -> u64 {
        self.n
    }

    /// The secret of the position, for a reader who is admitted here.
    #[must_use]
    pub fn chain_key(&self) -> &[u8; 32] {
        &self.chain
    }

    /// The key of the message at this position.
    #[must_use]
    pub fn message_key(&self) -> MessageKey {
        MessageKey { n: self.n, key: hmac(&self.chain, &[1]) }
    }

    /// Goes on by one message.
    pub fn step(&mut self) {
        self.chain = hmac(&self.chain, &[2]);
        self.n = self.n.saturating_add(1);
    }

    /// Goes on to `n`, one step each; stays when it is there or beyond.
    pub fn skip_to(&mut self, n: u64) {
        while self.n < n {
            self.step();
        }
    }
}

impl std::fmt::Debug for Ratchet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ratchet({})", self.n)
    }
}

/// The key of one message.
pub struct MessageKey {
    n: u64,
    key: Zeroizing<[u8; 32]>,
}

impl MessageKey {
    /// The position.
    #[must_use]
    pub const fn n(&self) -> u64 {
        self.n
    }

    /// The secret.
    #[must_use]
    pub fn key(&self) -> &[u8; 32] {
        &self.key
    }

    /// The address that only those who have the key connect with the channel (10.3).
    #[must_use]
    pub fn address(&self) -> Address {
        Address(sha3(&[&ADDRESS, &*self.key]))
    }
}

impl std::fmt::Debug for MessageKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MessageKey({})", self.n)
    }
}

fn hmac(key: &[u8; 32], message: &[u8]) -> Zeroizing<[u8; 32]> {
    let mac = Hmac::<Sha3_256>::new_from_slice(key).expect("HMAC takes keys of any length");
    Zeroizing::new(mac.chain_update(message).finalize().into_bytes().into())
}
