//! L01 to L08: what must hold before a node stamps a message (7.3).

use super::Ledger;
use super::effect::Effect;
use super::ticket::PaidOffer;
use crate::ids::{Address, BundleHash, MessageId};
use crate::units::{Amount, Time};
use std::collections::{BTreeMap, BTreeSet};

/// The rules of 7.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Rule {
    /// A branch or the trunk is not known yet: not wrong, only too early.
    #[error("L01: a parent is not known")]
    L01,
    /// The bundle took effect before: a reattachment, without a second effect.
    #[error("L02: the bundle was applied before")]
    L02,
    /// Spends from a closed address.
    #[error("L03: an input is from a closed address")]
    L03,
    /// Spends more than there is.
    #[error("L04: an input is above the balance of its address")]
    L04,
    /// Pays a closed address.
    #[error("L05: an output is to a closed address")]
    L05,
    /// The issuer is passive and a branch is from no ticket.
    #[error("L06: a passive issuer uses a branch without a ticket")]
    L06,
    /// A ticket ran out.
    #[error("L07: a ticket has expired")]
    L07,
    /// A ticket's fee is not paid.
    #[error("L08: the fee of a ticket is not paid")]
    L08,
}

impl Rule {
    /// Its code, like `L01`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        const CODES: [&str; 8] = ["L01", "L02", "L03", "L04", "L05", "L06", "L07", "L08"];
        CODES[self as usize]
    }
}

/// What a message is checked against beside the ledger.
pub struct Context<'a> {
    /// Trunk and branches.
    pub parents: &'a [MessageId],
    /// The branches alone.
    pub branches: &'a [MessageId],
    /// Whether a message is known.
    pub knows: &'a dyn Fn(&MessageId) -> bool,
    /// The issuer has rating 0 in the table in force.
    pub is_passive: bool,
    /// Its tickets with what was paid for them; of active issuers none.
    pub tickets: &'a [PaidOffer],
    /// Time of the message.
    pub time: Time,
}

/// What this node stamped and is not final yet: it stamps nothing that contradicts it.
#[derive(Debug, Clone, Default)]
pub struct Pending {
    bundles: BTreeMap<BundleHash, Effect>,
    spent: BTreeSet<Address>,
    received: BTreeMap<Address, Amount>,
}

impl Pending {
    /// Counts a stamped message in; the same bundle once.
    pub fn add(&mut self, effect: &Effect) {
        if self.bundles.contains_key(&effect.bundle) {
            return;
        }
        self.spent.extend(effect.spends());
        for payment in &effect.outputs {
            let sum = self.received.entry(payment.to).or_default();
            *sum = sum.checked_add(payment.amount).unwrap_or(Amount::SUPPLY);
        }
        self.bundles.insert(effect.bundle, effect.clone());
    }

    /// Takes a message out that became final or was rejected.
    pub fn remove(&mut self, bundle: &BundleHash) {
        let Some(effect) = self.bundles.remove(bundle) else { return };
        // What is checked before it is added shares no input with another pending one.
        effect.spends().for_each(|address| {
            self.spent.remove(address);
        });
        for payment in &effect.outputs {
            let left = self.received(&payment.to).checked_sub(payment.amount).unwrap_or_default();
            if left == Amount::ZERO {
                self.received.remove(&payment.to);
            } else {
                self.received.insert(payment.to, left);
            }
        }
    }

    fn received(&self, address: &Address) -> Amount {
        self.received.get(address).copied().unwrap_or_default()
    }
}

impl Ledger {
    /// Checks a message before it is stamped; changes nothing.
    ///
    /// # Errors
    /// The first rule that it breaks, in the order of 7.3: L01 to L05, then ticket by ticket L07 and L08, then L06.
    pub fn check(&self, effect: &Effect, pending: &Pending, context: &Context<'_>) -> Result<(), Rule> {
        if !context.parents.iter().all(context.knows) {
            return Err(Rule::L01);
        }
        if self.is_applied(&effect.bundle) || pending.bundles.contains_key(&effect.bundle) {
            return Err(Rule::L02);
        }
        let is_closed = |address: &Address| self.is_closed(address) || pending.spent.contains(address);
        if effect.spends().any(is_closed) {
            return Err(Rule::L03);
        }
        let held = |address: &Address| self.balance(address).checked_add(pending.received(address));
        let is_short = |(address, amount): &(Address, Amount)| held(address).is_some_and(|held| held < *amount);
        if effect.inputs.iter().any(is_short) {
            return Err(Rule::L04);
        }
        if effect.outputs.iter().any(|payment| is_closed(&payment.to)) {
            return Err(Rule::L05);
        }
        check_tickets(context)
    }
}

fn check_tickets(context: &Context<'_>) -> Result<(), Rule> {
    if !context.is_passive {
        return Ok(());
    }
    for ticket in context.tickets {
        if ticket.is_expired(context.time) {
            return Err(Rule::L07);
        }
        if !ticket.is_paid() {
            return Err(Rule::L08);
        }
    }
    let covered: BTreeSet<&MessageId> = context.tickets.iter().flat_map(|ticket| &ticket.offer.heads).collect();
    if context.branches.iter().all(|branch| covered.contains(branch)) { Ok(()) } else { Err(Rule::L06) }
}
