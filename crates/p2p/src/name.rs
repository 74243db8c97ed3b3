//! Short names of networks and topics, which become part of protocol identifiers.

use std::fmt;
use std::str::FromStr;

/// Most characters of a name.
const LEN_MAX: usize = 32;

/// 1 to 32 of `a` to `z`, `0` to `9` and `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

/// Text that is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name has 1 to {LEN_MAX} of a-z, 0-9 and -")]
pub struct ParseNameError;

impl Name {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = ParseNameError;

    fn from_str(text: &str) -> Result<Self, ParseNameError> {
        let fits = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        let ok = (1..=LEN_MAX).contains(&text.len()) && text.bytes().all(fits);
        ok.then(|| Self(text.to_owned())).ok_or(ParseNameError)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_change_the_shape_of_an_identifier() {
        assert_eq!("practice-1".parse::<Name>().as_ref().map(Name::as_str), Ok("practice-1"));
        let long = "a".repeat(33);
        for bad in ["", "A", "a/b", "a b", "ä", long.as_str()] {
            assert_eq!(bad.parse::<Name>(), Err(ParseNameError), "{bad:?}");
        }
    }
}
