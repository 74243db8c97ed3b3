//! What a foreign key file may ask of this machine, and the two functions it may ask for.

use pbkdf2::pbkdf2_hmac;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::scrypt::scrypt;

/// Most memory of scrypt, bytes: four times what geth asks, and a little for the lanes.
const SCRYPT_MEMORY_MAX: u64 = 1025 * 1024 * 1024;
/// Most of n·r·p of scrypt: eight times what geth asks.
const SCRYPT_WORK_MAX: u64 = 8 * (1 << 18) * 8;
/// Most rounds of PBKDF2: some forty times what geth asks.
const PBKDF2_ROUNDS_MAX: u32 = 10_000_000;
/// Most bytes of a salt.
const SALT_LEN_MAX: usize = 256;
/// The length of key that every version 3 file has: half encrypts, half authenticates.
pub(super) const DERIVED_LEN: usize = 32;

/// A derivation whose cost is bounded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Derivation {
    Scrypt { n: usize, r: usize, p: usize, salt: Vec<u8> },
    Pbkdf2 { rounds: u32, salt: Vec<u8> },
}

impl Derivation {
    /// scrypt with n a power of two; `None` out of bounds.
    pub(super) fn scrypt(n: u64, r: u32, p: u32, salt: Vec<u8>) -> Option<Self> {
        if n < 2 || !n.is_power_of_two() || r == 0 || p == 0 || salt.len() > SALT_LEN_MAX {
            return None;
        }
        let block = n.checked_mul(u64::from(r))?;
        let work = block.checked_mul(u64::from(p))?;
        let lanes = u64::from(r).checked_mul(u64::from(p))?;
        let memory = block.checked_add(lanes)?.checked_mul(128)?;
        if memory > SCRYPT_MEMORY_MAX || work > SCRYPT_WORK_MAX {
            return None;
        }
        let (n, r, p) = (usize::try_from(n).ok()?, usize::try_from(r).ok()?, usize::try_from(p).ok()?);
        Some(Self::Scrypt { n, r, p, salt })
    }

    /// PBKDF2 with HMAC-SHA-256; `None` out of bounds.
    pub(super) fn pbkdf2(rounds: u32, salt: Vec<u8>) -> Option<Self> {
        ((1..=PBKDF2_ROUNDS_MAX).contains(&rounds) && salt.len() <= SALT_LEN_MAX)
            .then_some(Self::Pbkdf2 { rounds, salt })
    }

    /// The key of `password`. Takes as long as the file asks, some seconds at the bounds.
    pub(super) fn derive(&self, password: &[u8]) -> Zeroizing<[u8; DERIVED_LEN]> {
        let mut key = Zeroizing::new([0; DERIVED_LEN]);
        match self {
            Self::Scrypt { n, r, p, salt } => scrypt(password, salt, *n, *r, *p, &mut key[..]),
            Self::Pbkdf2 { rounds, salt } => pbkdf2_hmac::<Sha256>(password, salt, *rounds, &mut key[..]),
        }
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_are_bounded() {
        for (n, r, p, fits) in [
            (1 << 18, 8, 1, true),
            (1 << 13, 8, 1, true),
            (1 << 12, 8, 6, true),
            (2, 1, 1, true),
            (1 << 20, 8, 1, true),
            (1 << 21, 8, 1, false),
            (1 << 18, 1, 8, true),
            (1 << 18, 8, 8, true),
            (1 << 18, 8, 9, false),
            (0, 8, 1, false),
            (1, 8, 1, false),
            (3, 8, 1, false),
            (1 << 18, 0, 1, false),
            (1 << 18, 8, 0, false),
            (2, 1, (1 << 23) + 1, false),
            (1 << 63, u32::MAX, u32::MAX, false),
            (2, u32::MAX, 1, false),
            (2, 1, u32::MAX, false),
        ] {
            assert_eq!(Derivation::scrypt(n, r, p, vec![0; 32]).is_some(), fits, "{n} {r} {p}");
        }
        assert!(Derivation::scrypt(2, 1, 1, vec![0; SALT_LEN_MAX + 1]).is_none());
        for (rounds, fits) in [(0, false), (1, true), (262_144, true), (PBKDF2_ROUNDS_MAX + 1, false)] {
            assert_eq!(Derivation::pbkdf2(rounds, vec![]).is_some(), fits, "{rounds}");
        }
        assert!(Derivation::pbkdf2(1, vec![0; SALT_LEN_MAX + 1]).is_none());
    }
}
