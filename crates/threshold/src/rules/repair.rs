//! What those who take part in a repair must keep to.
//!
//! The commitments of a helper must add up to its public share's contribution, a part must match its commitment, and a sum the
//! commitments to its parts.

use k256::ProjectivePoint;

use super::{Need, Rules};
use crate::ceremony::{Judgement, Minutes, Signed, echo_length};
use crate::curve;
use crate::error::Charge;
use crate::group::Group;
use crate::party::Party;

pub(crate) const COMMIT: u8 = 1;
pub(crate) const ECHO: u8 = 2;
pub(crate) const PART: u8 = 3;
pub(crate) const SUM: u8 = 4;
pub(crate) const RESTORED: u8 = 5;

/// What those who take part in a repair must keep to.
pub(crate) struct RepairRules<'a> {
    pub(crate) group: &'a Group,
    pub(crate) helpers: &'a [Party],
    pub(crate) lost: Party,
}

impl RepairRules<'_> {
    /// A helper's commitments; none before it spoke or if they are no points.
    fn committed(minutes: &Minutes, helper: Party) -> Option<Vec<ProjectivePoint>> {
        curve::points(&minutes.said(COMMIT, helper)?.body)
    }

    /// Whether commitments add up to what the helper's public share contributes.
    fn adds_up(&self, helper: Party, body: &[u8]) -> Option<bool> {
        let public = curve::point(self.group.public_share(helper)?)?;
        let due = public * curve::weight(self.helpers, helper, Some(self.lost));
        Some(curve::points(body).is_some_and(|points| points.iter().sum::<ProjectivePoint>() == due))
    }

    fn place(&self, helper: Party) -> Option<usize> {
        self.helpers.iter().position(|other| *other == helper)
    }

    fn part_matches(&self, minutes: &Minutes, message: &Signed) -> Option<bool> {
        let due = *Self::committed(minutes, message.head.from)?.get(self.place(message.head.to?)?)?;
        Some(curve::public(&message.body) == Some(due))
    }

    fn sum_matches(&self, minutes: &Minutes, message: &Signed) -> Option<bool> {
        let place = self.place(message.head.from)?;
        let mut due = ProjectivePoint::IDENTITY;
        for helper in self.helpers {
            due += Self::committed(minutes, *helper)?.get(place)?;
        }
        Some(curve::public(&message.body) == Some(due))
    }
}

impl Rules for RepairRules<'_> {
    fn slot(&self, round: u8, from: Party, to: Option<Party>) -> Option<usize> {
        let helps = |party: &Party| self.helpers.contains(party);
        match (round, to) {
            (COMMIT, None) if helps(&from) => Some(self.helpers.len() * 33),
            (ECHO, None) => Some(echo_length(self.helpers.len())),
            (PART, Some(to)) if helps(&from) && helps(&to) && from != to => Some(32),
            (SUM, Some(to)) if helps(&from) && to == self.lost => Some(32),
            (RESTORED, None) if from == self.lost => Some(32),
            _ => None,
        }
    }

    fn judge(&self, minutes: &Minutes, message: &Signed) -> Judgement {
        match message.head.round {
            COMMIT => Judgement::unless(self.adds_up(message.head.from, &message.body), Charge::Commitments),
            ECHO => minutes.judge_echo(message, COMMIT, self.helpers),
            PART => Judgement::unless(self.part_matches(minutes, message), Charge::SecretValue),
            SUM => Judgement::unless(self.sum_matches(minutes, message), Charge::SecretValue),
            RESTORED => Judgement::unless(Some(message.body[..] == self.group.id().0), Charge::Confirmation),
            _ => Judgement::Open,
        }
    }

    fn needs(&self, round: u8) -> &'static [Need] {
        if matches!(round, PART | SUM) { &[(COMMIT, ECHO)] } else { &[] }
    }
}
