//! scrypt (RFC 7914) without its bound n < 2^(16·r).
//!
//! An example of the definition itself has n = 2^18 with r = 1. The maintained crate keeps
//! to the bound and refuses them; in the tests it is the second opinion on everything within the bound. Memory that
//! depends on the password is wiped. Words are little-endian.

use pbkdf2::pbkdf2_hmac;
use sha2::Sha256;
use zeroize::Zeroizing;

type Block = [u32; 16];
const WORD_LEN: usize = 4;

/// Derives `out`. `n` is a power of two, `n`·`r` and `p` were bounded by the caller.
pub(super) fn scrypt(password: &[u8], salt: &[u8], n: usize, r: usize, p: usize, out: &mut [u8]) {
    let lane_len = 2 * r * size_of::<Block>();
    let mut bytes = Zeroizing::new(vec![0_u8; p * lane_len]);
    pbkdf2_hmac::<Sha256>(password, salt, 1, &mut bytes);
    let mut lane = Zeroizing::new(vec![[0; 16]; 2 * r]);
    let mut mixed = lane.clone();
    let mut memory = Zeroizing::new(vec![[0; 16]; n * 2 * r]);
    for bytes in bytes.chunks_exact_mut(lane_len) {
        for (word, bytes) in lane.iter_mut().flatten().zip(bytes.chunks_exact(WORD_LEN)) {
            *word = u32::from_le_bytes(*bytes.first_chunk().expect("chunks of four"));
        }
        ro_mix(&mut lane, &mut mixed, &mut memory);
        for (word, bytes) in lane.iter().flatten().zip(bytes.chunks_exact_mut(WORD_LEN)) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
    }
    pbkdf2_hmac::<Sha256>(password, &bytes, 1, out);
}

/// scryptROMix (section 5) on `lane`, with room for a second lane and for n of them.
fn ro_mix(lane: &mut [Block], mixed: &mut [Block], memory: &mut [Block]) {
    let len = lane.len();
    let n = memory.len() / len;
    for entry in memory.chunks_exact_mut(len) {
        entry.copy_from_slice(lane);
        block_mix(entry, lane);
    }
    for _ in 0..n {
        // Integerify: the last block as a number, of which n needs the low word only.
        let index = lane[len - 1][0] as usize & (n - 1);
        mixed.copy_from_slice(lane);
        for (block, entry) in mixed.iter_mut().zip(&memory[index * len..]) {
            xor(block, entry);
        }
        block_mix(mixed, lane);
    }
}

/// scryptBlockMix (section 4): even blocks go to the first half, odd ones to the second.
fn block_mix(from: &[Block], to: &mut [Block]) {
    let mut x = from[from.len() - 1];
    for (index, block) in from.iter().enumerate() {
        xor(&mut x, block);
        salsa20_8(&mut x);
        to[index / 2 + index % 2 * (from.len() / 2)] = x;
    }
}

fn xor(block: &mut Block, other: &Block) {
    for (word, other) in block.iter_mut().zip(other) {
        *word ^= other;
    }
}

/// The Salsa20/8 core (section 3): four double rounds, columns then rows.
fn salsa20_8(block: &mut Block) {
    const QUARTERS: [[usize; 4]; 8] = [
        [0, 4, 8, 12],
        [5, 9, 13, 1],
        [10, 14, 2, 6],
        [15, 3, 7, 11],
        [0, 1, 2, 3],
        [5, 6, 7, 4],
        [10, 11, 8, 9],
        [15, 12, 13, 14],
    ];
    let mut x = *block;
    for _ in 0..4 {
        for [a, b, c, d] in QUARTERS {
            x[b] ^= x[a].wrapping_add(x[d]).rotate_left(7);
            x[c] ^= x[b].wrapping_add(x[a]).rotate_left(9);
            x[d] ^= x[c].wrapping_add(x[b]).rotate_left(13);
            x[a] ^= x[d].wrapping_add(x[c]).rotate_left(18);
        }
    }
    for (word, mixed) in block.iter_mut().zip(x) {
        *word = word.wrapping_add(mixed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn derive(password: &str, salt: &str, n: usize, r: usize, p: usize) -> String {
        let mut out = [0; 64];
        scrypt(password.as_bytes(), salt.as_bytes(), n, r, p, &mut out);
        crypto::hexs::encode(&out)
    }

    #[test]
    fn the_examples_of_the_rfc() {
        assert_eq!(
            derive("", "", 16, 1, 1),
            "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442\
             fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"
        );
        assert_eq!(
            derive("password", "NaCl", 1024, 8, 16),
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162\
             2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_maintained_crate_derives_the_same(password in ".{0,80}", salt in ".{0,80}", log_n in 1_u8..9, r in 1_u32..10, p in 1_u32..5) {
            let params = scrypt::Params::new(log_n, r, p, 64).expect("within the bound");
            let mut want = [0; 64];
            scrypt::scrypt(password.as_bytes(), salt.as_bytes(), &params, &mut want).expect("64 bytes");
            let (n, r, p) = (1 << log_n, r as usize, p as usize);
            prop_assert_eq!(derive(&password, &salt, n, r, p), crypto::hexs::encode(&want));
        }
    }
}
