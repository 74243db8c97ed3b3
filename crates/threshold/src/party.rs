//! Who takes part: a number that never changes while the key lives.

use std::fmt;

use frost_secp256k1_tr::Identifier;

use crate::error::FormatError;

/// Most participants of one key, and the highest number of one.
pub(crate) const MAX: u16 = 100;

/// A participant's number, 1 to 100: the x at which its share lies on the secret polynomial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Party(u16);

impl Party {
    pub(crate) const FIRST: Self = Self(1);
    pub(crate) const LAST: Self = Self(MAX);

    /// A participant's number.
    ///
    /// # Errors
    /// Zero (where the secret itself lies) and more than 100.
    pub fn new(number: u16) -> Result<Self, FormatError> {
        if (1..=MAX).contains(&number) { Ok(Self(number)) } else { Err(FormatError::Party { number }) }
    }

    /// The number.
    #[must_use]
    pub fn number(self) -> u16 {
        self.0
    }

    pub(crate) fn bytes(self) -> [u8; 2] {
        self.0.to_be_bytes()
    }

    pub(crate) fn identifier(self) -> Identifier {
        Identifier::try_from(self.0).expect("a party's number is never zero")
    }

    /// The party of an identifier that this crate made; none for any other.
    pub(crate) fn of(identifier: &Identifier) -> Option<Self> {
        let bytes = identifier.serialize();
        let (high, low) = bytes.split_at_checked(30)?;
        let low: [u8; 2] = low.try_into().ok()?;
        if high.iter().any(|byte| *byte != 0) { None } else { Self::new(u16::from_be_bytes(low)).ok() }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
