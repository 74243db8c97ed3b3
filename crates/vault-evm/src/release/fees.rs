//! What a submission may cost: gas and its price.

/// Bounds of what is paid for gas, wei for each unit of gas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeePolicy {
    /// Most that is ever offered, tip included.
    pub cap: u128,
    /// Least tip that is offered to whoever makes the block.
    pub tip_min: u128,
    /// Most gas of one submission.
    pub gas_max: u64,
}

impl Default for FeePolicy {
    /// 500 gwei, 0.1 gwei, five million.
    fn default() -> Self {
        Self { cap: 500_000_000_000, tip_min: 100_000_000, gas_max: 5_000_000 }
    }
}

/// What a transaction offers, wei for each unit of gas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Fees {
    /// At most, tip included.
    pub max: u128,
    /// For whoever makes the block.
    pub tip: u128,
}

/// What the market asks, as the nodes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Market {
    /// Price of gas now, tip included.
    pub(super) price: u128,
    /// Tip that is usual.
    pub(super) tip: u128,
}

/// A price beyond the cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("gas costs {price} wei, more than the {cap} that may be paid")]
pub struct TooExpensive {
    /// What would have to be offered.
    pub price: u128,
    /// What may be.
    pub cap: u128,
}

impl FeePolicy {
    /// A first offer: it holds while the base fee doubles, as far as the cap lets it.
    pub(super) fn first(&self, market: Market) -> Result<Fees, TooExpensive> {
        let tip = market.tip.max(self.tip_min);
        let now = market.price.max(tip);
        if now > self.cap {
            return Err(TooExpensive { price: now, cap: self.cap });
        }
        Ok(Fees { max: now.saturating_mul(2).saturating_add(tip).min(self.cap), tip })
    }

    /// An offer that replaces `last`: nodes want at least an eighth more of both numbers.
    pub(super) fn raised(&self, last: Fees, market: Market) -> Result<Fees, TooExpensive> {
        let (least, tip_least) = (an_eighth_more(last.max), an_eighth_more(last.tip));
        if least > self.cap {
            return Err(TooExpensive { price: least, cap: self.cap });
        }
        let fresh = self.first(market)?;
        let max = fresh.max.max(least);
        Ok(Fees { max, tip: fresh.tip.max(tip_least).min(max) })
    }

    /// Gas for a submission of `signatures` signatures that a node estimates at `estimate`. An estimate is the least with
    /// which the whole call does not fail, and the vault lets an inner call fail: the floor leaves room for what the
    /// estimate did not see, and what is not used costs nothing.
    pub(super) fn gas(&self, estimate: u64, signatures: usize) -> Result<u64, TooMuchGas> {
        let each = GAS_EACH.saturating_mul(u64::try_from(signatures).unwrap_or(u64::MAX));
        let floor = GAS_FLOOR.saturating_add(each);
        let gas = (estimate / 2).saturating_add(estimate).max(floor);
        if gas > self.gas_max { Err(TooMuchGas { gas, max: self.gas_max }) } else { Ok(gas) }
    }
}

/// A submission that would need more gas than may be spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it needs {gas} gas, more than the {max} that may be spent")]
pub struct TooMuchGas {
    /// What it needs.
    pub gas: u64,
    /// What may be spent.
    pub max: u64,
}

/// A release without its signatures: see `evm_release_gas`, and a receiver or token that does something of its own.
const GAS_FLOOR: u64 = 400_000;
/// Recovering, counting and reporting one signature.
const GAS_EACH: u64 = 50_000;

fn an_eighth_more(fee: u128) -> u128 {
    fee.saturating_add(fee / 8).saturating_add(1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    const POLICY: FeePolicy = FeePolicy { cap: 1_000, tip_min: 5, gas_max: 5_000_000 };

    #[test]
    fn a_first_offer_outlasts_a_doubled_base_fee_up_to_the_cap() {
        let first = |price, tip| POLICY.first(Market { price, tip });
        assert_eq!(first(100, 10), Ok(Fees { max: 210, tip: 10 }));
        assert_eq!(first(100, 0), Ok(Fees { max: 205, tip: 5 }));
        assert_eq!(first(0, 0), Ok(Fees { max: 15, tip: 5 }));
        assert_eq!(first(1_000, 1), Ok(Fees { max: 1_000, tip: 5 }));
        assert_eq!(first(1_001, 1), Err(TooExpensive { price: 1_001, cap: 1_000 }));
        assert_eq!(first(1, u128::MAX), Err(TooExpensive { price: u128::MAX, cap: 1_000 }));
    }

    #[test]
    fn raises_end_at_the_cap() {
        let market = Market { price: 10, tip: 5 };
        let mut fees = POLICY.first(market).unwrap();
        let mut raises = 0;
        while let Ok(next) = POLICY.raised(fees, market) {
            fees = next;
            raises += 1;
        }
        assert!(fees.max <= 1_000 && fees.max > 800 && raises > 20, "{fees:?} after {raises}");
    }

    #[test]
    fn gas_never_falls_below_the_floor_nor_rises_above_the_bound() {
        assert_eq!(POLICY.gas(0, 2), Ok(500_000));
        assert_eq!(POLICY.gas(1_000_000, 2), Ok(1_500_000));
        assert_eq!(POLICY.gas(4_000_000, 2), Err(TooMuchGas { gas: 6_000_000, max: 5_000_000 }));
        assert!(POLICY.gas(u64::MAX, usize::MAX).is_err());
    }

    proptest! {
        #[test]
        fn a_raise_is_an_eighth_more_of_both_and_never_beyond_the_cap(
            max in 1_u128..1_000, tip in 1_u128..500, price in 0_u128..1_200, usual in 0_u128..200,
        ) {
            let last = Fees { max, tip: tip.min(max) };
            if let Ok(next) = POLICY.raised(last, Market { price, tip: usual }) {
                prop_assert!(next.max * 8 >= last.max * 9 && next.max <= POLICY.cap);
                prop_assert!(next.tip * 8 >= last.tip * 9);
                prop_assert!(next.tip <= next.max);
            }
        }
    }
}
