//! From a seed to one-time keys and their addresses (section 4).
//!
//! What always holds: secrets are wiped when dropped and never shown; a [`OneTimeKey`] is used up by signing.
//! What it does not do: remember which indexes have signed. That is `wallet`, and on disk its keeper's duty.

use crate::hash::{Domain, dom, shake};
use crate::ids::{Address, BundleHash};
use crate::wots::{Digits, Part, Refusal, address_of, ends};
use zeroize::Zeroizing;

const KEY: Domain = dom("EVEN/key/1");

/// What all keys of a wallet come from (4.1).
pub struct Seed(Zeroizing<[u8; 32]>);

impl Seed {
    /// The seed of 32 random bytes.
    #[must_use]
    pub const fn new(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    /// The key of an index (4.2). A wallet asks [`crate::wallet::Permit::key`] for keys that will sign.
    #[must_use]
    pub fn key(&self, account: u32, index: u64) -> OneTimeKey {
        let mut starts = Box::new(Zeroizing::new([[0; 1024]; 2]));
        let parts: [&[u8]; 4] = [&KEY, &*self.0, &account.to_le_bytes(), &index.to_le_bytes()];
        shake(&parts, starts.as_flattened_mut());
        OneTimeKey { starts }
    }

    /// The address of an index.
    #[must_use]
    pub fn address(&self, account: u32, index: u64) -> Address {
        self.key(account, index).address()
    }
}

impl std::fmt::Debug for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seed(…)")
    }
}

/// The private key of one address: 64 chain starts.
pub struct OneTimeKey {
    starts: Box<Zeroizing<[Part; 2]>>,
}

impl OneTimeKey {
    /// The address that it spends from: 960 chain steps.
    #[must_use]
    pub fn address(&self) -> Address {
        address_of(&self.ends())
    }

    /// The ends of its chains, which are public.
    #[must_use]
    pub fn ends(&self) -> [Part; 2] {
        ends(&self.starts)
    }

    /// Its secret: the starts of its chains.
    #[must_use]
    pub fn starts(&self) -> &[Part; 2] {
        &self.starts
    }

    /// Signs one bundle, once (5.7).
    ///
    /// # Errors
    /// [`Refusal::Unsafe`].
    pub fn sign(self, bundle: &BundleHash) -> Result<[Part; 2], Refusal> {
        let digits = Digits::of(bundle);
        if digits.is_safe() { Ok(digits.sign(&self.starts)) } else { Err(Refusal::Unsafe) }
    }
}

impl std::fmt::Debug for OneTimeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OneTimeKey(…)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::hash::sha3;

    fn seed() -> Seed {
        Seed::new(Zeroizing::new([9; 32]))
    }

    fn safe_hash(from: u32) -> BundleHash {
        (from..).map(|n| BundleHash(sha3(&[&n.to_le_bytes()]))).find(|hash| Digits::of(hash).is_safe()).unwrap()
    }

    #[test]
    fn rule_4_2_accounts_and_indexes_have_other_keys() {
        let addresses = [(0, 0), (0, 1), (1, 0), (0, 1 << 32)].map(|(account, index)| seed().address(account, index));
        for (at, address) in addresses.iter().enumerate() {
            assert!(!addresses[..at].contains(address));
        }
    }

    #[test]
    fn rule_5_5_what_a_key_signs_verifies_for_its_address_alone() {
        let bundle = safe_hash(0);
        let [part0, part1] = seed().key(0, 0).sign(&bundle).unwrap();
        let digits = Digits::of(&bundle);
        assert_eq!(digits.verify(&seed().address(0, 0), &part0, &part1), Ok(()));
        assert_eq!(digits.verify(&seed().address(0, 1), &part0, &part1), Err(Refusal::Address));
        let other = Digits::of(&safe_hash(1_000));
        assert_eq!(other.verify(&seed().address(0, 0), &part0, &part1), Err(Refusal::Address));
    }

    #[test]
    fn rule_5_4_an_unsafe_hash_is_not_signed() {
        assert_eq!(seed().key(0, 0).sign(&BundleHash([0; 32])), Err(Refusal::Unsafe));
    }

    #[test]
    fn secrets_are_not_shown() {
        assert_eq!(format!("{:?} {:?}", seed(), seed().key(0, 0)), "Seed(…) OneTimeKey(…)");
    }
}
