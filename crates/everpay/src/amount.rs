//! Amounts: integers of 256 bits in a token's base units. No sign, no fraction, no rounding.

use std::fmt;
use std::str::FromStr;

use ruint::aliases::U256;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An amount in base units of its token; decimal text on every wire.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Amount(U256);

/// Text that is not a decimal integer of 0 to 2^256 - 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal integer below 2^256")]
pub struct ParseAmountError;

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(U256::ZERO);
    /// The largest amount, 2^256 - 1.
    pub const MAX: Self = Self(U256::MAX);

    /// The sum, or `None` beyond 256 bits.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference, or `None` below zero.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// Whether this is nothing.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// 32 bytes, big endian.
    #[must_use]
    pub fn to_be_bytes(self) -> [u8; 32] {
        self.0.to_be_bytes()
    }

    /// From 32 bytes, big endian.
    #[must_use]
    pub fn from_be_bytes(bytes: [u8; 32]) -> Self {
        Self(U256::from_be_bytes(bytes))
    }

    /// times 10^`exponent`, or `None` beyond 256 bits.
    #[must_use]
    pub fn checked_mul_pow10(self, exponent: u32) -> Option<Self> {
        if self.is_zero() {
            return Some(self);
        }
        self.0.checked_mul(pow10(exponent)?).map(Self)
    }

    /// Quotient and remainder of the division by 10^`exponent`.
    #[must_use]
    pub fn div_rem_pow10(self, exponent: u32) -> (Self, Self) {
        match pow10(exponent) {
            Some(divisor) => {
                let (quotient, remainder) = self.0.div_rem(divisor);
                (Self(quotient), Self(remainder))
            }
            None => (Self::ZERO, self),
        }
    }

    /// The number as a 128-bit integer, where it fits.
    #[must_use]
    pub fn to_u128(self) -> Option<u128> {
        u128::try_from(self.0).ok()
    }
}

fn pow10(exponent: u32) -> Option<U256> {
    U256::from(10).checked_pow(U256::from(exponent))
}

impl From<u64> for Amount {
    fn from(value: u64) -> Self {
        Self(U256::from(value))
    }
}

impl From<u128> for Amount {
    fn from(value: u128) -> Self {
        Self(U256::from(value))
    }
}

impl FromStr for Amount {
    type Err = ParseAmountError;

    /// Digits only: no sign, no blanks, no other base. Leading zeros are tolerated.
    fn from_str(text: &str) -> Result<Self, ParseAmountError> {
        match digits(text.as_bytes()) {
            Digits::Value(amount) => Ok(amount),
            Digits::TooLarge | Digits::Malformed => Err(ParseAmountError),
        }
    }
}

enum Digits {
    Value(Amount),
    TooLarge,
    Malformed,
}

/// Most amounts fit 19 digits, which one machine word holds; longer ones go word by word.
fn digits(text: &[u8]) -> Digits {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return Digits::Malformed;
    }
    let mut value = U256::ZERO;
    for part in text.chunks(19) {
        let word = part.iter().fold(0_u64, |word, digit| word * 10 + u64::from(digit - b'0'));
        if value.is_zero() {
            value = U256::from(word);
            continue;
        }
        let scale = U256::from(10_u64.pow(u32::try_from(part.len()).expect("at most 19")));
        let Some(next) = value.checked_mul(scale).and_then(|value| value.checked_add(U256::from(word))) else {
            return Digits::TooLarge;
        };
        value = next;
    }
    Digits::Value(Amount(value))
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A number as a transaction gives it: any decimal integer with an optional sign. The sign and the size are judged by
/// the token rules, after the signature; hence the three cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// Zero or more, within 256 bits.
    Amount(Amount),
    /// Below zero.
    Negative,
    /// Beyond 256 bits.
    TooLarge,
}

impl Quantity {
    /// Reads `[+-]digits`; `None` when the text is not that.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (negative, rest) = match bytes.first()? {
            b'-' => (true, &bytes[1..]),
            b'+' => (false, &bytes[1..]),
            _ => (false, bytes),
        };
        match digits(rest) {
            Digits::Malformed => None,
            Digits::Value(amount) if negative && !amount.is_zero() => Some(Self::Negative),
            Digits::TooLarge if negative => Some(Self::Negative),
            Digits::Value(amount) => Some(Self::Amount(amount)),
            Digits::TooLarge => Some(Self::TooLarge),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MAX: &str = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
    const BEYOND: &str = "115792089237316195423570985008687907853269984665640564039457584007913129639936";

    #[test]
    fn texts() {
        let small = |value: u64| Some(Quantity::Amount(Amount::from(value)));
        for (text, want) in [
            ("0", small(0)),
            ("-0", small(0)),
            ("+7", small(7)),
            ("0007", small(7)),
            ("00000000000000000000000000000000000007", small(7)),
            ("-1", Some(Quantity::Negative)),
            (MAX, Some(Quantity::Amount(Amount::MAX))),
            (BEYOND, Some(Quantity::TooLarge)),
            (
                "-115792089237316195423570985008687907853269984665640564039457584007913129639936",
                Some(Quantity::Negative),
            ),
            ("", None),
            ("-", None),
            ("+-1", None),
            ("1_000", None),
            ("0x10", None),
            ("1.0", None),
            (" 1", None),
            ("１", None),
        ] {
            assert_eq!(Quantity::parse(text), want, "{text:?}");
        }
        assert_eq!(MAX.parse(), Ok(Amount::MAX));
        assert_eq!(BEYOND.parse::<Amount>(), Err(ParseAmountError));
        assert_eq!("-0".parse::<Amount>(), Err(ParseAmountError));
        assert_eq!(Amount::MAX.checked_add(Amount::from(1_u64)), None);
        assert_eq!(Amount::ZERO.checked_sub(Amount::from(1_u64)), None);
        assert_eq!(Amount::from(1_u64).checked_mul_pow10(78), None);
        assert_eq!(Amount::ZERO.checked_mul_pow10(1000), Some(Amount::ZERO));
        assert_eq!(Amount::MAX.div_rem_pow10(78), (Amount::ZERO, Amount::MAX));
    }

    proptest! {
        #[test]
        fn text_and_bytes_round_trip(bytes in any::<[u8; 32]>(), keep in 0_usize..=32) {
            let mut bytes = bytes;
            bytes[..keep].fill(0);
            let amount = Amount::from_be_bytes(bytes);
            prop_assert_eq!(amount.to_string().parse(), Ok(amount));
            prop_assert_eq!(amount.to_be_bytes(), bytes);
        }
    }
}
