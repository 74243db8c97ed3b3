//! The names that people give to keys.
//!
//! What always holds: two labels that differ look different, as far as characters that cannot be seen are concerned.
//! Letters of other alphabets that look alike are not told apart: a label is chosen by the owner of the keystore.

use std::fmt;

/// Most characters of a label.
pub const LABEL_CHARS_MAX: usize = 64;

/// A text that cannot be a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    /// Nothing, or white space only.
    #[error("a label is empty")]
    Empty,
    /// Too many characters.
    #[error("a label has at most {LABEL_CHARS_MAX} characters")]
    TooLong,
    /// Control characters, marks that turn the direction of text, or white space around it: labels must look different
    /// when they are different.
    #[error("a label has characters that cannot be seen")]
    Unseen,
}

impl LabelError {
    /// The code that pages act on.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "label_empty",
            Self::TooLong => "label_too_long",
            Self::Unseen => "label_unseen",
        }
    }
}

/// The name a person gave to a key; no two keys of a keystore share one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(String);

impl Label {
    /// Reads a label.
    ///
    /// # Errors
    /// The rule it breaks.
    pub fn new(text: &str) -> Result<Self, LabelError> {
        if text.trim().is_empty() {
            return Err(LabelError::Empty);
        }
        if text.chars().count() > LABEL_CHARS_MAX {
            return Err(LabelError::TooLong);
        }
        if text.trim() != text || text.chars().any(is_unseen) {
            return Err(LabelError::Unseen);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first of `label`, `label (2)`, `label (3)` … that `taken` refuses to know, cut to fit.
    pub(crate) fn free(&self, taken: impl Fn(&Self) -> bool) -> Self {
        let numbered = |n: usize| {
            let suffix = format!(" ({n})");
            let base: String = self.0.chars().take(LABEL_CHARS_MAX - suffix.len()).collect();
            Self(format!("{}{suffix}", base.trim_end()))
        };
        if !taken(self) {
            return self.clone();
        }
        (2..).map(numbered).find(|label| !taken(label)).expect("a keystore has fewer keys than there are numbers")
    }
}

/// Whether a character shows nothing by itself or turns the text around it: controls, marks of direction, fillers, tags.
/// Foreign text that has one is not what it looks like.
#[must_use]
pub fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{2800}' | '\u{3164}'
            | '\u{feff}' | '\u{ffa0}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn labels_that_deceive_the_eye_are_refused() {
        for (text, want) in [
            ("", LabelError::Empty),
            (" \t", LabelError::Empty),
            (" Savings", LabelError::Unseen),
            ("Savings\n", LabelError::Unseen),
            ("Sav\u{0}ings", LabelError::Unseen),
            ("Sav\u{200b}ings", LabelError::Unseen),
            ("\u{202e}sgnivaS", LabelError::Unseen),
            ("Sav\u{3164}ings", LabelError::Unseen),
            ("Savings\u{e0041}", LabelError::Unseen),
        ] {
            assert_eq!(Label::new(text), Err(want), "{text:?}");
        }
        assert_eq!(Label::new(&"x".repeat(LABEL_CHARS_MAX + 1)), Err(LabelError::TooLong));
        assert!(Label::new(&"守".repeat(LABEL_CHARS_MAX)).is_ok());
    }

    #[test]
    fn a_taken_label_gets_the_next_free_number_and_still_fits() {
        let taken = ["Savings", "Savings (2)"].map(|text| Label::new(text).unwrap());
        let free = taken[0].free(|label| taken.contains(label));
        assert_eq!(free.as_str(), "Savings (3)");
        let long = Label::new(&"守".repeat(LABEL_CHARS_MAX)).unwrap();
        let free = long.free(|label| *label == long);
        assert_eq!(Label::new(free.as_str()), Ok(free.clone()));
        assert!(free.as_str().ends_with(" (2)"));
    }
}
