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

impl Id {
    /// Its check words: six for people who compare two screens.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        words(&self.0)
    }
}

/// The check words of 32 bytes.
pub(crate) fn words(bytes: &[u8; 32]) -> Vec<String> {
    vault::words::check_words(bytes).into_iter().map(str::to_owned).collect()
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
