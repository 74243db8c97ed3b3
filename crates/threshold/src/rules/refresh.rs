//! What members of a refresh must keep to.

use std::collections::BTreeMap;

use frost_secp256k1_tr::SigningPackage;

use super::terms::{COMMIT, COMMITTED, ECHO, Terms, VALUE};
use super::{Need, Rules};
use crate::ceremony::{Failure, Judgement, Minutes, Signed, echo_length};
use crate::error::Charge;
use crate::group::Group;
use crate::party::Party;
use crate::settle::DONE;
use crate::testrun::{self, COMMITMENTS};

pub(crate) const READY: u8 = 4;
pub(crate) const READY_ECHO: u8 = 5;
pub(crate) const TEST: u8 = 6;

/// What members of a refresh must keep to.
pub(crate) struct RefreshRules<'a> {
    pub(crate) terms: &'a Terms,
    /// The group that came out.
    pub(crate) result: Option<&'a Group>,
    /// What the test signature signs.
    pub(crate) package: Option<&'a SigningPackage>,
}

impl RefreshRules<'_> {
    /// Whether a body names the group that the public messages give; none before it is known.
    fn names_group(&self, body: &[u8]) -> Option<bool> {
        self.result.map(|group| body.get(..32) == Some(&group.id().0[..]))
    }
}

impl Rules for RefreshRules<'_> {
    fn slot(&self, round: u8, from: Party, to: Option<Party>) -> Option<usize> {
        match (round, to) {
            (READY, None) => Some(32 + COMMITMENTS),
            (READY_ECHO, None) => Some(echo_length(self.terms.parties.len())),
            (TEST | DONE, None) => Some(32),
            _ => self.terms.slot(round, from, to),
        }
    }

    fn judge(&self, minutes: &Minutes, message: &Signed) -> Judgement {
        let body = &message.body;
        match message.head.round {
            READY => match (self.names_group(body), testrun::decode(&body[32..])) {
                (_, Err(_)) => Judgement::Guilty(Charge::Commitments),
                (same, Ok(_)) => Judgement::unless(same, Charge::Confirmation),
            },
            READY_ECHO => minutes.judge_echo(message, READY, &self.terms.parties),
            TEST => {
                let verifies = self
                    .result
                    .zip(self.package)
                    .and_then(|(group, package)| testrun::share_verifies(group, package, message.head.from, body));
                Judgement::unless(verifies, Charge::SignatureShare)
            }
            DONE => Judgement::unless(self.names_group(body), Charge::Confirmation),
            _ => self.terms.judge(minutes, message),
        }
    }

    fn needs(&self, round: u8) -> &'static [Need] {
        match round {
            VALUE | READY | DONE => COMMITTED,
            TEST => &[(COMMIT, ECHO), (READY, READY_ECHO)],
            _ => &[],
        }
    }
}

/// The package of the test signature, from what everybody said in round 4.
pub(crate) fn test_package(minutes: &Minutes, group: &Group) -> Result<SigningPackage, Failure> {
    let mut commitments = BTreeMap::new();
    for party in group.roster().members().keys() {
        let body = &minutes.said(READY, *party).ok_or(Failure::Library)?.body;
        commitments.insert(*party, testrun::decode(&body[32..])?);
    }
    Ok(testrun::package(minutes.scope.ceremony, group, &commitments))
}
