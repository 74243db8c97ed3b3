//! Amounts, times and epochs (2.8, 2.9).
//!
//! What always holds: an [`Amount`] and the magnitude of a [`Value`] are at most the whole supply, so that any sum over one
//! message fits an `i64`.

use serde::{Deserialize, Serialize};
use std::num::NonZeroU64;

/// All units there are (2.9).
pub const SUPPLY: u64 = 1_000_000_000_000_000;

/// Whole units, at most [`SUPPLY`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Amount(u64);

/// More units than there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an amount is at most {SUPPLY} units")]
pub struct TooMuch;

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// Everything.
    pub const SUPPLY: Self = Self(SUPPLY);

    /// `units`, if there are that many.
    ///
    /// # Errors
    /// More than [`SUPPLY`].
    pub const fn new(units: u64) -> Result<Self, TooMuch> {
        if units <= SUPPLY { Ok(Self(units)) } else { Err(TooMuch) }
    }

    /// The number of units.
    #[must_use]
    pub const fn units(self) -> u64 {
        self.0
    }

    /// The sum, if there are that many units.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Self::new(self.0 + other.0).ok()
    }

    /// The rest, if `other` is not more.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }
}

impl TryFrom<u64> for Amount {
    type Error = TooMuch;

    fn try_from(units: u64) -> Result<Self, TooMuch> {
        Self::new(units)
    }
}

impl From<Amount> for u64 {
    fn from(amount: Amount) -> Self {
        amount.0
    }
}

/// What a transaction moves: positive to its address, negative from it, 0 for data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Value(i64);

impl Value {
    /// Nothing is moved.
    pub const ZERO: Self = Self(0);

    /// `units`, if there are that many.
    ///
    /// # Errors
    /// A magnitude above [`SUPPLY`].
    pub const fn new(units: i64) -> Result<Self, TooMuch> {
        if units.unsigned_abs() <= SUPPLY { Ok(Self(units)) } else { Err(TooMuch) }
    }

    /// To an address.
    #[must_use]
    #[expect(clippy::cast_possible_wrap, reason = "an amount is at most 10^15")]
    pub const fn paid(amount: Amount) -> Self {
        Self(amount.0 as i64)
    }

    /// From an address.
    #[must_use]
    pub const fn spent(amount: Amount) -> Self {
        Self(-Self::paid(amount).0)
    }

    /// The signed number of units.
    #[must_use]
    pub const fn units(self) -> i64 {
        self.0
    }

    /// Its magnitude.
    #[must_use]
    pub const fn amount(self) -> Amount {
        Amount(self.0.unsigned_abs())
    }

    /// Something is taken from the address.
    #[must_use]
    pub const fn is_input(self) -> bool {
        self.0 < 0
    }

    /// Something is paid to the address.
    #[must_use]
    pub const fn is_output(self) -> bool {
        self.0 > 0
    }
}

/// Milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(pub u64);

impl Time {
    /// Later by `ms`, at most the last time there is.
    #[must_use]
    pub const fn after(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }
}

/// The number of an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(pub u32);

impl Epoch {
    /// The one that is `count` later, at most the last one.
    #[must_use]
    pub const fn later(self, count: u32) -> Self {
        Self(self.0.saturating_add(count))
    }

    /// How many epochs lie between the two.
    #[must_use]
    pub const fn distance(self, other: Self) -> u32 {
        self.0.abs_diff(other.0)
    }
}

/// How long an epoch lasts; one network has one length for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EpochLength(NonZeroU64);

impl EpochLength {
    /// Ten minutes (2.8).
    pub const STANDARD: Self = Self(NonZeroU64::new(600_000).expect("600000 is not 0"));

    /// Another length, for practice networks.
    #[must_use]
    pub const fn of_ms(ms: NonZeroU64) -> Self {
        Self(ms)
    }

    /// Milliseconds.
    #[must_use]
    pub const fn ms(self) -> u64 {
        self.0.get()
    }

    /// The epoch of a time. Times too late for a number (year 83,000 with the standard length) are in the last one.
    #[must_use]
    pub fn epoch(self, time: Time) -> Epoch {
        Epoch(u32::try_from(time.0 / self.0).unwrap_or(u32::MAX))
    }

    /// The first moment of an epoch.
    #[must_use]
    pub const fn start(self, epoch: Epoch) -> Time {
        Time((epoch.0 as u64).saturating_mul(self.0.get()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn rule_2_8_an_epoch_is_ten_minutes() {
        let length = EpochLength::STANDARD;
        assert_eq!(length.epoch(Time(599_999)), Epoch(0));
        assert_eq!(length.epoch(Time(600_000)), Epoch(1));
        assert_eq!(length.start(Epoch(2)), Time(1_200_000));
        assert_eq!(length.epoch(Time(u64::MAX)), Epoch(u32::MAX));
    }

    #[test]
    fn rule_2_9_no_amount_exceeds_the_supply() {
        assert_eq!(Amount::new(SUPPLY).unwrap(), Amount::SUPPLY);
        assert_eq!(Amount::new(SUPPLY + 1), Err(TooMuch));
        assert_eq!(Amount::SUPPLY.checked_add(Amount::new(1).unwrap()), None);
        assert_eq!(Value::new(i64::MIN), Err(TooMuch));
        assert_eq!(Value::spent(Amount::SUPPLY).amount(), Amount::SUPPLY);
    }
}
