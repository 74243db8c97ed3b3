//! Recovery phrases (BIP-39, English words) and the accounts that follow from them (BIP-32, BIP-44).
//!
//! A phrase is not kept in a keystore: only the keys that were taken from it are. Who makes a new one writes it down.
//! Account `i` is `m/44'/60'/0'/0/i`, as wallets of EVM chains count.

use std::fmt;

use bip32::{ChildNumber, XPrv};
use bip39::{Language, Mnemonic};
use zeroize::Zeroizing;

use super::NewKey;
use crate::password::nfkd;
use crate::random::{self, NoRandomness};

/// Most bytes of a phrase or of its extra password.
const TEXT_LEN_MAX: usize = 1024;

/// How many words a new phrase has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordCount {
    /// 128 bits.
    Twelve,
    /// 256 bits.
    TwentyFour,
}

impl WordCount {
    const fn entropy_len(self) -> usize {
        match self {
            Self::Twelve => 16,
            Self::TwentyFour => 32,
        }
    }
}

/// Text that is no recovery phrase, or an account that cannot be had from one. Words are never named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhraseError {
    /// Not 12, 15, 18, 21 or 24 words.
    #[error("a phrase has 12, 15, 18, 21 or 24 words")]
    WordCount,
    /// The word at this position, counted from 1, is not in the list.
    #[error("word {0} is not in the English list")]
    UnknownWord(usize),
    /// Every word is in the list, but not in this order.
    #[error("the words do not fit together: one is wrong, or the order")]
    Checksum,
    /// The extra password is too long.
    #[error("the extra password has at most {TEXT_LEN_MAX} bytes")]
    PassphraseTooLong,
    /// The account's number is not below 2³¹, or (once in 2¹²⁷) no key has it.
    #[error("there is no account of this number")]
    NoSuchAccount,
}

impl PhraseError {
    /// The code that pages act on.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::WordCount => "phrase_word_count",
            Self::UnknownWord(_) => "phrase_unknown_word",
            Self::Checksum => "phrase_checksum",
            Self::PassphraseTooLong => "phrase_password_too_long",
            Self::NoSuchAccount => "phrase_no_such_account",
        }
    }
}

/// A recovery phrase. Zeroised on drop by the library, never printed unless asked for.
#[derive(Clone)]
pub struct Phrase(Mnemonic);

impl fmt::Debug for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phrase({} words, redacted)", self.0.word_count())
    }
}

impl Phrase {
    /// Makes a phrase with the operating system's randomness.
    ///
    /// # Errors
    /// No randomness.
    pub fn generate(count: WordCount) -> Result<Self, NoRandomness> {
        let mut entropy = Zeroizing::new([0; 32]);
        let entropy = &mut entropy[..count.entropy_len()];
        random::fill(entropy)?;
        Ok(Self(Mnemonic::from_entropy_in(Language::English, entropy).expect("16 and 32 bytes make phrases")))
    }

    /// Reads a phrase; letter case and the amount of white space do not matter.
    ///
    /// # Errors
    /// The rule it breaks.
    pub fn parse(text: &str) -> Result<Self, PhraseError> {
        if text.len() > TEXT_LEN_MAX {
            return Err(PhraseError::WordCount);
        }
        let mut lower = nfkd(text);
        lower.make_ascii_lowercase();
        let parsed = Mnemonic::parse_in_normalized(Language::English, &lower);
        parsed.map(Self).map_err(|error| match error {
            bip39::Error::UnknownWord(index) => PhraseError::UnknownWord(index + 1),
            bip39::Error::InvalidChecksum => PhraseError::Checksum,
            bip39::Error::BadWordCount(_) | bip39::Error::BadEntropyBitCount(_) => PhraseError::WordCount,
            bip39::Error::AmbiguousLanguages(_) => unreachable!("one language is asked for"),
        })
    }

    /// The words, to be shown once to the person who writes them down.
    #[must_use]
    pub fn words(&self) -> Zeroizing<String> {
        // Words of the list have at most eight letters.
        let mut text = Zeroizing::new(String::with_capacity(self.0.word_count() * 9));
        for word in self.0.words() {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(word);
        }
        text
    }

    /// The key of account `index`. `passphrase` is the extra password of BIP-39, empty for nearly everybody.
    ///
    /// # Errors
    /// [`PhraseError::NoSuchAccount`], [`PhraseError::PassphraseTooLong`].
    pub fn evm_account(&self, passphrase: &str, index: u32) -> Result<NewKey, PhraseError> {
        if passphrase.len() > TEXT_LEN_MAX {
            return Err(PhraseError::PassphraseTooLong);
        }
        let seed = Zeroizing::new(self.0.to_seed_normalized(&nfkd(passphrase)));
        let path = [(44, true), (60, true), (0, true), (0, false), (index, false)];
        let key = path.into_iter().try_fold(XPrv::new(&seed[..])?, |key, (number, hardened)| {
            key.derive_child(ChildNumber::new(number, hardened)?)
        })?;
        let bytes = Zeroizing::new(key.to_bytes());
        NewKey::from_evm_bytes(&bytes).map_err(|_| PhraseError::NoSuchAccount)
    }
}

impl From<bip32::Error> for PhraseError {
    fn from(_: bip32::Error) -> Self {
        Self::NoSuchAccount
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const TEST_WORDS: &str = "test test test test test test test test test test test junk";

    #[test]
    fn the_accounts_of_the_usual_test_phrase() {
        let phrase = Phrase::parse(TEST_WORDS).unwrap();
        for (index, address) in [
            (0, "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"),
            (1, "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"),
            (9, "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720"),
        ] {
            assert_eq!(phrase.evm_account("", index).unwrap().identity().to_string(), address);
        }
        assert_eq!(phrase.evm_account("", 1 << 31).unwrap_err(), PhraseError::NoSuchAccount);
        assert_ne!(phrase.evm_account("TREZOR", 0).unwrap().identity(), phrase.evm_account("", 0).unwrap().identity());
        assert_eq!(phrase.evm_account(&"x".repeat(1025), 0).unwrap_err(), PhraseError::PassphraseTooLong);
    }

    #[test]
    fn phrases_are_read_as_people_type_them() {
        let typed = format!("  {}\n", TEST_WORDS.to_uppercase().replace(' ', "\u{3000} \t"));
        assert_eq!(*Phrase::parse(&typed).unwrap().words(), TEST_WORDS);
        let unknown = TEST_WORDS.replacen("test", "tset", 1);
        for (text, want) in [
            ("", PhraseError::WordCount),
            ("test test test", PhraseError::WordCount),
            (&format!("{TEST_WORDS} test"), PhraseError::WordCount),
            (unknown.as_str(), PhraseError::UnknownWord(1)),
            ("junk test test test test test test test test test test test", PhraseError::Checksum),
            (&"test ".repeat(300), PhraseError::WordCount),
        ] {
            assert_eq!(Phrase::parse(text).unwrap_err(), want, "{text:?}");
        }
    }

    #[test]
    fn new_phrases_differ_and_are_never_printed() {
        for (count, words) in [(WordCount::Twelve, 12), (WordCount::TwentyFour, 24)] {
            let (one, other) = (Phrase::generate(count).unwrap(), Phrase::generate(count).unwrap());
            assert_eq!(one.words().split(' ').count(), words);
            assert_ne!(one.words(), other.words());
            assert_eq!(*Phrase::parse(&one.words()).unwrap().words(), *one.words());
            assert_eq!(format!("{one:?}"), format!("Phrase({words} words, redacted)"));
        }
    }
}
