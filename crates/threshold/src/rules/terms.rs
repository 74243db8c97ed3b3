//! The rules of the three rounds that key generation and refresh share, checked by public arithmetic.

use std::collections::BTreeMap;

use frost_secp256k1_tr::Identifier;
use frost_secp256k1_tr::keys::{PublicKeyPackage, Tweak, VerifiableSecretSharingCommitment};
use k256::ProjectivePoint;

use super::Need;
use crate::ceremony::{Judgement, Minutes, Signed, echo_length};
use crate::curve;
use crate::error::Charge;
use crate::group::Group;
use crate::party::Party;
use crate::roster::Roster;

pub(crate) const COMMIT: u8 = 1;
pub(crate) const ECHO: u8 = 2;
pub(crate) const VALUE: u8 = 3;

/// What judging takes that rests on the commitments.
pub(crate) const COMMITTED: &[Need] = &[(COMMIT, ECHO)];

/// Who deals what.
pub(crate) struct Terms {
    /// A new secret, with a proof of knowledge; otherwise zero.
    pub(crate) fresh: bool,
    pub(crate) threshold: u16,
    pub(crate) parties: Vec<Party>,
}

impl Terms {
    pub(crate) fn new(fresh: bool, roster: &Roster) -> Self {
        Self { fresh, threshold: roster.threshold(), parties: roster.members().keys().copied().collect() }
    }

    /// Bytes of the commitments in a first message: of zero, the constant has none.
    pub(crate) fn commitments(&self) -> usize {
        (usize::from(self.threshold) - usize::from(!self.fresh)) * 33
    }

    /// The exact length of a body in the three rounds.
    pub(crate) fn slot(&self, round: u8, from: Party, to: Option<Party>) -> Option<usize> {
        if !self.parties.contains(&from) {
            return None;
        }
        match (round, to) {
            (COMMIT, None) => Some(self.commitments() + if self.fresh { 64 } else { 0 }),
            (ECHO, None) => Some(echo_length(self.parties.len())),
            (VALUE, Some(to)) if to != from && self.parties.contains(&to) => Some(32),
            _ => None,
        }
    }

    /// Whether a signed message of the three rounds keeps the rules.
    pub(crate) fn judge(&self, minutes: &Minutes, message: &Signed) -> Judgement {
        match message.head.round {
            COMMIT => {
                let passes = self.committed(message.head.from, &message.body);
                Judgement::unless(Some(passes), Charge::Commitments)
            }
            ECHO => minutes.judge_echo(message, COMMIT, &self.parties),
            VALUE => Judgement::unless(self.keeps_word(minutes, message), Charge::SecretValue),
            _ => Judgement::Open,
        }
    }

    fn polynomial(&self, body: &[u8]) -> Option<Vec<ProjectivePoint>> {
        let mut points = curve::points(body.get(..self.commitments())?)?;
        if !self.fresh {
            points.insert(0, ProjectivePoint::IDENTITY);
        }
        Some(points)
    }

    fn committed(&self, from: Party, body: &[u8]) -> bool {
        let Some(points) = self.polynomial(body) else { return false };
        !self.fresh || curve::proves(from, &points[0], &body[self.commitments()..])
    }

    /// Whether a secret value lies on its sender's polynomial; none while the commitments are missing.
    fn keeps_word(&self, minutes: &Minutes, message: &Signed) -> Option<bool> {
        let points = self.polynomial(&minutes.said(COMMIT, message.head.from)?.body)?;
        let to = message.head.to?;
        Some(curve::public(&message.body).is_some_and(|value| value == curve::evaluate(&points, to)))
    }

    /// The group that everybody's commitments give, without anybody's secret. None while some are missing or no points.
    pub(crate) fn created(&self, minutes: &Minutes, roster: &Roster) -> Option<Group> {
        let mut given: BTreeMap<Identifier, VerifiableSecretSharingCommitment> = BTreeMap::new();
        for party in &self.parties {
            let body = minutes.said(COMMIT, *party)?.body.get(..self.commitments())?;
            given.insert(party.identifier(), VerifiableSecretSharingCommitment::deserialize_whole(body).ok()?);
        }
        let given = given.iter().map(|(identifier, commitment)| (*identifier, commitment)).collect();
        let public = PublicKeyPackage::from_dkg_commitments(&given).ok()?;
        // The library ends a key generation with an empty script tree.
        Group::from_package(roster.clone(), 0, &public.tweak::<&[u8]>(None)).ok()
    }

    /// The same for a refresh of `old`.
    pub(crate) fn refreshed(&self, minutes: &Minutes, roster: &Roster, old: &Group) -> Option<Group> {
        let dealt: Option<Vec<_>> =
            self.parties.iter().map(|party| self.polynomial(&minutes.said(COMMIT, *party)?.body)).collect();
        let dealt = dealt?;
        let share = |party: &Party| {
            let sum: ProjectivePoint = dealt.iter().map(|points| curve::evaluate(points, *party)).sum();
            Some((*party, curve::compress(&(curve::point(old.public_share(*party)?)? + sum))))
        };
        let shares = self.parties.iter().map(share).collect::<Option<_>>()?;
        old.next(roster.clone(), shares)
    }
}
