//! Passwords as people type them, made one form before they become a key.
//!
//! The same characters arrive as different bytes from different keyboards and systems, so a password is brought into
//! Unicode form NFKC first. White space is part of a password.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// Fewest characters of a password.
pub const PASSWORD_CHARS_MIN: usize = 8;
/// Most bytes of a password as typed.
pub const PASSWORD_LEN_MAX: usize = 1024;

/// A text that cannot be a password of a keystore.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too few characters.
    #[error("a password has at least {PASSWORD_CHARS_MIN} characters")]
    TooShort,
    /// Too many bytes.
    #[error("a password has at most {PASSWORD_LEN_MAX} bytes")]
    TooLong,
}

impl PasswordError {
    /// The code that pages act on.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort => "password_too_short",
            Self::TooLong => "password_too_long",
        }
    }
}

/// A password in its one form. Zeroised on drop, never printed.
pub struct Password(Zeroizing<String>);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(redacted)")
    }
}

impl Password {
    /// Reads a password as typed. The caller wipes its own copy.
    ///
    /// # Errors
    /// A text that is too short or too long.
    pub fn new(typed: &str) -> Result<Self, PasswordError> {
        if typed.len() > PASSWORD_LEN_MAX {
            return Err(PasswordError::TooLong);
        }
        let text = nfkc(typed);
        if text.chars().count() < PASSWORD_CHARS_MIN { Err(PasswordError::TooShort) } else { Ok(Self(text)) }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

pub(crate) fn nfkc(text: &str) -> Zeroizing<String> {
    collect(|| text.nfkc())
}

pub(crate) fn nfkd(text: &str) -> Zeroizing<String> {
    collect(|| text.nfkd())
}

/// Counts before it collects: a text that grows leaves copies of itself in freed memory.
fn collect<I: Iterator<Item = char>>(chars: impl Fn() -> I) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(chars().map(char::len_utf8).sum()));
    text.extend(chars());
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn one_password_typed_in_two_ways_is_the_same_bytes() {
        let composed = Password::new("caf\u{e9} \u{ac00}\u{ac01} x").unwrap();
        let decomposed = Password::new("cafe\u{301} \u{1100}\u{1161}\u{1100}\u{1161}\u{11a8} x").unwrap();
        assert_eq!(composed.as_bytes(), decomposed.as_bytes());
        assert_ne!(composed.as_bytes(), Password::new("cafe \u{ac00}\u{ac01} x").unwrap().as_bytes());
    }

    #[test]
    fn length_is_bounded_and_nothing_is_printed() {
        assert_eq!(Password::new("seven77").unwrap_err(), PasswordError::TooShort);
        assert_eq!(Password::new(&"x".repeat(PASSWORD_LEN_MAX + 1)).unwrap_err(), PasswordError::TooLong);
        assert!(Password::new(&"x".repeat(PASSWORD_LEN_MAX)).is_ok());
        assert_eq!(format!("{:?}", Password::new("eight888").unwrap()), "Password(redacted)");
        assert!(Password::new("守望者守望者守望").is_ok(), "characters are counted, not bytes");
    }
}
