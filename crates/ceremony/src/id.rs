//! 32 bytes that name something: a ceremony, a session, a group, a key. Text: 64 lower-case hexadecimal digits.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Such a name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Id(pub [u8; 32]);

/// Text that is not 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id: 64 lower-case hexadecimal digits are one")]
pub struct ParseIdError;

/// Words of what a forger may choose as often as it likes, such as a key: 88 bits.
const KEY_WORDS: usize = 8;

impl Id {
    /// The check words of a ceremony key, for people who compare them by voice.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        words(&self.0)
    }
}

/// The check words of a key or of a roster's fingerprint.
pub(crate) fn words(bytes: &[u8; 32]) -> Vec<String> {
    vault::words::first_words::<KEY_WORDS>(bytes).map(str::to_owned).into()
}

/// The check words of a digest that people approve.
pub(crate) fn digest_words(bytes: &[u8; 32]) -> Vec<String> {
    vault::words::check_words(bytes).map(str::to_owned).into()
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crypto::hexs::encode(&self.0))
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Id {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let id = Self(crypto::hexs::decode_array(text).map_err(|_| ParseIdError)?);
        // One spelling only.
        if id.to_string() == text { Ok(id) } else { Err(ParseIdError) }
    }
}

impl TryFrom<String> for Id {
    type Error = ParseIdError;

    fn try_from(text: String) -> Result<Self, ParseIdError> {
        text.parse()
    }
}

impl From<Id> for String {
    fn from(id: Id) -> Self {
        id.to_string()
    }
}
