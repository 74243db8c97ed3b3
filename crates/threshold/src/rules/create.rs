//! What members of a key generation must keep to.

use super::terms::{COMMITTED, Terms, VALUE};
use super::{Need, Rules};
use crate::ceremony::{Judgement, Minutes, Signed};
use crate::error::Charge;
use crate::group::Group;
use crate::party::Party;
use crate::settle::CONFIRM;

/// What members of a key generation must keep to.
pub(crate) struct CreateRules<'a> {
    pub(crate) terms: &'a Terms,
    /// The group that came out.
    pub(crate) result: Option<&'a Group>,
}

impl Rules for CreateRules<'_> {
    fn slot(&self, round: u8, from: Party, to: Option<Party>) -> Option<usize> {
        match (round, to) {
            (CONFIRM, None) => Some(32),
            _ => self.terms.slot(round, from, to),
        }
    }

    fn judge(&self, minutes: &Minutes, message: &Signed) -> Judgement {
        if message.head.round != CONFIRM {
            return self.terms.judge(minutes, message);
        }
        let same = self.result.map(|group| message.body[..] == group.id().0);
        Judgement::unless(same, Charge::Confirmation)
    }

    fn needs(&self, round: u8) -> &'static [Need] {
        if matches!(round, VALUE | CONFIRM) { COMMITTED } else { &[] }
    }
}
