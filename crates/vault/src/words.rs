//! Check words: a hash as six English words, so that people compare two screens by reading.
//!
//! The first 66 bits, most significant first, as six numbers of 11 bits, each a word of the English list of BIP-39 (2048
//! words, alphabetical). No checksum: this is no phrase of BIP-39 and no key follows from it. What it does not do: stand for
//! the whole hash; the digits stand beside it.

/// Words of a hash.
pub const WORDS: usize = 6;
const BITS_PER_WORD: usize = 11;

/// The check words of a hash.
#[must_use]
pub fn check_words(hash: &[u8; 32]) -> [&'static str; WORDS] {
    first_words(hash)
}

/// The first words of a hash, at most 23: for where people compare more than a digest has.
#[must_use]
pub fn first_words<const N: usize>(hash: &[u8; 32]) -> [&'static str; N] {
    const { assert!(N * BITS_PER_WORD <= 256) };
    let list = bip39::Language::English.word_list();
    std::array::from_fn(|place| {
        let bits = place * BITS_PER_WORD..(place + 1) * BITS_PER_WORD;
        let bit = |at: usize| usize::from(hash[at / 8] >> (7 - at % 8) & 1);
        list[bits.fold(0, |number, at| number << 1 | bit(at))]
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn the_words_of_a_hash_are_those_with_which_a_bip39_phrase_of_its_bytes_begins() {
        for hash in [[0x00; 32], [0x7f; 32], [0xff; 32], crypto::keccak256(b"payout")] {
            let phrase = bip39::Mnemonic::from_entropy(&hash).unwrap().to_string();
            let begins: Vec<_> = phrase.split(' ').take(WORDS).collect();
            assert_eq!(check_words(&hash).to_vec(), begins);
        }
    }

    #[test]
    fn published_entropies_begin_with_their_published_words() {
        // Test vectors of BIP-39 with 32 bytes of entropy.
        assert_eq!(check_words(&[0x00; 32]), ["abandon"; 6]);
        assert_eq!(check_words(&[0x7f; 32]), ["legal", "winner", "thank", "year", "wave", "sausage"]);
        assert_eq!(check_words(&[0x80; 32]), ["letter", "advice", "cage", "absurd", "amount", "doctor"]);
    }

    #[test]
    fn a_changed_bit_among_the_first_66_changes_a_word_and_no_later_bit_does() {
        let hash = crypto::keccak256(b"payout");
        for at in 0..256 {
            let mut other = hash;
            other[at / 8] ^= 0x80 >> (at % 8);
            assert_eq!(check_words(&other) == check_words(&hash), at >= 66, "bit {at}");
        }
    }
}
