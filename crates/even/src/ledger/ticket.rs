//! The commission of passive nodes (7.8): branches only from offers that were paid for.

use super::effect::Payment;
use crate::ids::{Address, MessageId};
use crate::units::{Amount, Time};

/// What a ticket offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Heads that may be used as branches.
    pub heads: Vec<MessageId>,
    /// What is asked for.
    pub fee: Amount,
    /// Where the fee goes.
    pub address: Address,
    /// Until when.
    pub expiry: Time,
}

/// An offer and the message's fee outputs that name its ticket: with the tag `EVEN-FEE` and its CID as data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaidOffer {
    /// The offer.
    pub offer: Offer,
    /// The outputs.
    pub paid: Vec<Payment>,
}

impl PaidOffer {
    pub(super) fn is_expired(&self, time: Time) -> bool {
        time > self.offer.expiry
    }

    pub(super) fn is_paid(&self) -> bool {
        self.paid.iter().any(|output| output.to == self.offer.address && output.amount >= self.offer.fee)
    }
}
