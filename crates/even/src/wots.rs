//! The one-time signature in two fragments (section 5): Winternitz chains of 16 positions, one per hexadecimal digit.
//!
//! What always holds: digits that are signed sum to 240 in each part and are at least 1, so that no signature can be turned
//! into one of another hash and no chain start is published; whatever the fragments hold, verifying costs exactly 480
//! chain steps, and allocates nothing.
//! What it does not do: keep a key from signing twice. That is `keys`, whose keys are used up, and `wallet`.

use crate::hash::{Domain, dom, sha3};
use crate::ids::{Address, BundleHash};
use std::ops::Range;

/// Chains of a key, digits of a hash.
pub const CHAINS: usize = 64;
/// Chains in one part.
const PER_PART: usize = 32;
/// The last position of a chain.
const LAST: u8 = 15;
/// What the digits of one part sum to: the mean.
const SUM: i32 = 240;

const STEP: Domain = dom("EVEN/wots/1");
const FRAGMENT: Domain = dom("EVEN/frag/1");
const ADDRESS: Domain = dom("EVEN/addr/1");

/// Half of a key or signature: 32 values of 32 bytes, exactly the fragment field of a transaction.
pub type Part = [u8; 1024];

/// Why a signature is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A digit of the normalised hash is 0 (5.4).
    #[error("the bundle hash is not safe to sign")]
    Unsafe,
    /// A fragment that is not 1024 bytes (5.5).
    #[error("a signature fragment has 1024 bytes")]
    Length,
    /// The signature leads to another address.
    #[error("the signature does not belong to the address")]
    Address,
}

/// The normalised digits of a bundle hash (5.2, 5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digits([u8; CHAINS]);

impl Digits {
    /// Normalises the hash: each part is brought to the sum 240.
    #[must_use]
    pub fn of(bundle: &BundleHash) -> Self {
        let mut digits = [0; CHAINS];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(bundle.0) {
            pair.copy_from_slice(&[byte >> 4, byte & 15]);
        }
        digits.chunks_exact_mut(PER_PART).for_each(level);
        Self(digits)
    }

    /// No digit is 0, so that no chain start is published (5.4).
    #[must_use]
    pub fn is_safe(&self) -> bool {
        !self.0.contains(&0)
    }

    /// All 64.
    #[must_use]
    pub const fn as_array(&self) -> &[u8; CHAINS] {
        &self.0
    }

    /// Checks the two parts of a signature for `address` (5.5).
    ///
    /// # Errors
    /// Unsafe digits, fragments of another length, or a signature of somebody else or something else.
    pub fn verify(&self, address: &Address, part0: &[u8], part1: &[u8]) -> Result<(), Refusal> {
        if !self.is_safe() {
            return Err(Refusal::Unsafe);
        }
        let (Ok(part0), Ok(part1)) = (part0.try_into(), part1.try_into()) else { return Err(Refusal::Length) };
        let ends = [self.walk(0, part0, |digit| digit..LAST), self.walk(1, part1, |digit| digit..LAST)];
        if address_of(&ends) == *address { Ok(()) } else { Err(Refusal::Address) }
    }

    /// The signature of a key's chain starts. The caller has checked [`Digits::is_safe`].
    pub(crate) fn sign(&self, starts: &[Part; 2]) -> [Part; 2] {
        [self.walk(0, &starts[0], |digit| 0..digit), self.walk(1, &starts[1], |digit| 0..digit)]
    }

    fn walk(&self, part: u8, from: &Part, positions: impl Fn(u8) -> Range<u8>) -> Part {
        walk(part, from, |chain| positions(self.0[usize::from(chain)]))
    }
}

/// Raises or lowers digits from the first one on until the part sums to [`SUM`]; digits that are 0 are not lowered.
fn level(part: &mut [u8]) {
    let mut diff = part.iter().map(|digit| i32::from(*digit)).sum::<i32>() - SUM;
    for digit in part {
        let now = i32::from(*digit);
        let step = if diff < 0 { (LAST as i32 - now).min(-diff) } else { -(now - 1).max(0).min(diff) };
        diff += step;
        *digit = digit.saturating_add_signed(i8::try_from(step).expect("a step is at most 15 either way"));
    }
}

/// The chain ends of a key's starts.
pub(crate) fn ends(starts: &[Part; 2]) -> [Part; 2] {
    [walk(0, &starts[0], |_| 0..LAST), walk(1, &starts[1], |_| 0..LAST)]
}

/// The address of chain ends (4.4).
pub(crate) fn address_of(ends: &[Part; 2]) -> Address {
    let [first, second] = [0, 1].map(|part: u8| sha3(&[&FRAGMENT, &[part], &ends[usize::from(part)]]));
    Address(sha3(&[&ADDRESS, &first, &second]))
}

/// Takes every chain of a part over its positions.
fn walk(part: u8, from: &Part, positions: impl Fn(u8) -> Range<u8>) -> Part {
    let mut to = [0; 1024];
    let first = part * PER_PART as u8;
    for (chain, (from, to)) in (first..).zip(from.as_chunks().0.iter().zip(to.as_chunks_mut().0)) {
        let mut value = words(from);
        for position in positions(chain) {
            value = step(chain, position, value);
        }
        *to = bytes(value);
    }
    to
}

/// `F` (4.3): one SHA3-256 of 50 bytes, which is one permutation, on 64-bit words all the way.
///
/// The input block is the domain (words 0 and 1), chain and position (16 bits), the value (256 bits), the padding 06, and 80
/// in the last byte of the rate of 136 bytes.
#[inline]
fn step(chain: u8, position: u8, value: [u64; 4]) -> [u64; 4] {
    const DOMAIN: [u64; 2] = {
        let (words, _) = STEP.as_chunks();
        [u64::from_le_bytes(words[0]), u64::from_le_bytes(words[1])]
    };
    let [a, b, c, d] = value;
    let mut state = [0; 25];
    state[..2].copy_from_slice(&DOMAIN);
    state[2] = u64::from(chain) | u64::from(position) << 8 | a << 16;
    state[3] = a >> 48 | b << 16;
    state[4] = b >> 48 | c << 16;
    state[5] = c >> 48 | d << 16;
    state[6] = d >> 48 | 0x06 << 16;
    state[16] = 1 << 63;
    keccak::f1600(&mut state);
    [state[0], state[1], state[2], state[3]]
}

fn words(bytes: &[u8; 32]) -> [u64; 4] {
    let (words, _) = bytes.as_chunks();
    [0, 1, 2, 3].map(|at| u64::from_le_bytes(words[at]))
}

fn bytes(words: [u64; 4]) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.as_chunks_mut().0.iter_mut().zip(words).for_each(|(to, word)| *to = word.to_le_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rule_4_3_a_step_is_sha3_of_domain_chain_position_and_value(value: [u8; 32], chain in 0_u8..64, at in 0_u8..15) {
            prop_assert_eq!(bytes(step(chain, at, words(&value))), sha3(&[&STEP, &[chain, at], &value]));
        }

        #[test]
        fn rule_5_3_every_part_sums_to_240(hash: [u8; 32]) {
            let digits = Digits::of(&BundleHash(hash));
            for part in digits.as_array().chunks(32) {
                prop_assert_eq!(part.iter().map(|digit| u32::from(*digit)).sum::<u32>(), 240);
            }
            prop_assert!(digits.as_array().iter().all(|digit| *digit <= 15));
        }

        #[test]
        fn rule_5_3_no_normalised_hash_dominates_another(one: [u8; 32], other: [u8; 32]) {
            let (one, other) = (Digits::of(&BundleHash(one)), Digits::of(&BundleHash(other)));
            let above = one.0.iter().zip(other.0).all(|(one, other)| *one >= other);
            prop_assert!(!above || one == other);
        }
    }

    #[test]
    fn rule_5_3_the_examples_of_the_reference() {
        let zeros = Digits::of(&BundleHash([0; 32]));
        for part in zeros.as_array().chunks(32) {
            assert_eq!((&part[..16], &part[16..]), (&[15; 16][..], &[0; 16][..]));
        }
        assert!(!zeros.is_safe());
        let ones = Digits::of(&BundleHash([0xff; 32]));
        assert_eq!(ones.as_array()[..3], [1, 1, 1]);
        assert!(ones.is_safe());
    }

    #[test]
    fn rule_5_4_about_one_hash_in_57_is_safe() {
        let safe = (0_u32..20_000).filter(|n| Digits::of(&BundleHash(sha3(&[&n.to_le_bytes()]))).is_safe()).count();
        assert!((300..=410).contains(&safe), "{safe} of 20,000; the reference measured 1.76 %");
    }

    #[test]
    fn rule_5_5_verifying_refuses_other_lengths_and_unsafe_hashes() {
        let starts = [[7; 1024], [8; 1024]];
        let address = address_of(&ends(&starts));
        let digits = Digits::of(&BundleHash([0xff; 32]));
        let [part0, part1] = digits.sign(&starts);
        assert_eq!(digits.verify(&address, &part0, &part1), Ok(()));
        assert_eq!(digits.verify(&address, &part1, &part0), Err(Refusal::Address));
        assert_eq!(digits.verify(&address, &part0, &part1[1..]), Err(Refusal::Length));
        let unsafe_digits = Digits::of(&BundleHash([0; 32]));
        let [part0, part1] = unsafe_digits.sign(&starts);
        assert_eq!(unsafe_digits.verify(&address, &part0, &part1), Err(Refusal::Unsafe));
    }
}
