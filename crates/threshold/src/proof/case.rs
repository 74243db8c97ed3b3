//! What a proof is about: everything public that a ceremony began with.

use std::collections::BTreeSet;

use crate::ceremony::Minutes;
use crate::error::FormatError;
use crate::group::Group;
use crate::party::Party;
use crate::reader::Reader;
use crate::roster::Roster;
use crate::rules::Rules;
use crate::rules::create::CreateRules;
use crate::rules::refresh::{RefreshRules, TEST, test_package};
use crate::rules::repair::RepairRules;
use crate::rules::terms::{Terms, VALUE};
use crate::wire::{CeremonyId, Kind, Scope};
use crate::{repair, settle};

/// What a ceremony began with.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Case {
    Create(Roster),
    Refresh {
        old: Box<Group>,
        keepers: Roster,
    },
    Repair {
        group: Box<Group>,
        /// The helpers, as a roster of the group's threshold, and all who take part.
        helpers: Vec<Party>,
        all: Roster,
        lost: Party,
    },
}

impl Case {
    /// The case of a repair; none if that is no repair of this group.
    pub(crate) fn repair(group: &Group, helpers: &[Party], lost: Party) -> Option<Self> {
        let distinct: BTreeSet<_> = helpers.iter().copied().collect();
        let enough = distinct.len() >= usize::from(group.threshold()) && !distinct.contains(&lost);
        let all = group.roster().keep(distinct.iter().copied().chain([lost])).ok().filter(|_| enough)?;
        Some(Self::Repair { group: Box::new(group.clone()), helpers: distinct.into_iter().collect(), all, lost })
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Create(_) => Kind::Create,
            Self::Refresh { .. } => Kind::Refresh,
            Self::Repair { .. } => Kind::Repair,
        }
    }

    /// What people compare.
    pub(super) fn about(&self) -> [u8; 32] {
        match self {
            Self::Create(roster) => roster.fingerprint(),
            Self::Refresh { old: group, .. } | Self::Repair { group, .. } => group.id().0,
        }
    }

    /// Whose messages the echo of round 1 repeats, in its order.
    pub(super) fn authors(&self) -> Vec<Party> {
        match self {
            Self::Create(roster) | Self::Refresh { keepers: roster, .. } => roster.members().keys().copied().collect(),
            Self::Repair { helpers, .. } => helpers.clone(),
        }
    }

    /// Empty minutes of a ceremony.
    pub(super) fn minutes(&self, ceremony: CeremonyId) -> Minutes {
        let (roster, group) = match self {
            Self::Create(roster) => (roster, roster.fingerprint()),
            Self::Refresh { old, keepers } => (keepers, settle::bind(&old.id(), keepers)),
            Self::Repair { group, helpers, all, lost } => {
                (all, repair::bind(&group.id(), &helpers.iter().copied().collect(), *lost))
            }
        };
        Minutes::new(Scope { kind: self.kind(), ceremony, group }, roster.members().clone())
    }

    /// The rules with all that judging messages of `round` takes, as far as the minutes give it.
    pub(super) fn with_rules<T>(
        &self,
        minutes: &Minutes,
        round: Option<u8>,
        use_them: impl FnOnce(&dyn Rules) -> T,
    ) -> T {
        let late = round.is_some_and(|round| round > VALUE);
        match self {
            Self::Create(roster) => {
                let terms = Terms::new(true, roster);
                let result = late.then(|| terms.created(minutes, roster)).flatten();
                use_them(&CreateRules { terms: &terms, result: result.as_ref() })
            }
            Self::Refresh { old, keepers } => {
                let terms = Terms::new(false, keepers);
                let result = late.then(|| terms.refreshed(minutes, keepers, old)).flatten();
                let tested = result.as_ref().filter(|_| round == Some(TEST));
                let package = tested.and_then(|group| test_package(minutes, group).ok());
                use_them(&RefreshRules { terms: &terms, result: result.as_ref(), package: package.as_ref() })
            }
            Self::Repair { group, helpers, lost, .. } => use_them(&RepairRules { group, helpers, lost: *lost }),
        }
    }

    /// Kind (1), then: of a key generation the roster; of a refresh the length (4) of the old group and the old group, the count
    /// (2) of those who stay and their numbers (2 each); of a repair the same with the helpers, then who lost its share (2).
    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.push(self.kind() as u8);
        match self {
            Self::Create(roster) => bytes.extend(roster.to_bytes()),
            Self::Refresh { old, .. } => about(bytes, old, &self.authors()),
            Self::Repair { group, helpers, lost, .. } => {
                about(bytes, group, helpers);
                bytes.extend(lost.bytes());
            }
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, FormatError> {
        match reader.u8()? {
            1 => Ok(Self::Create(Roster::read(reader)?)),
            2 => {
                let (old, keepers) = read_about(reader)?;
                let keepers = old.roster().keep(keepers).map_err(|_| FormatError::Members)?;
                Ok(Self::Refresh { old: Box::new(old), keepers })
            }
            3 => {
                let (group, helpers) = read_about(reader)?;
                Self::repair(&group, &helpers, reader.party()?).ok_or(FormatError::Members)
            }
            version => Err(FormatError::Version { version }),
        }
    }
}

fn about(bytes: &mut Vec<u8>, group: &Group, parties: &[Party]) {
    let group = group.to_bytes();
    bytes.extend(u32::try_from(group.len()).expect("a group has less than 10 kB").to_be_bytes());
    bytes.extend(group);
    bytes.extend(u16::try_from(parties.len()).expect("a roster has at most 100 members").to_be_bytes());
    parties.iter().for_each(|party| bytes.extend(party.bytes()));
}

fn read_about(reader: &mut Reader<'_>) -> Result<(Group, Vec<Party>), FormatError> {
    let length = usize::try_from(reader.u32()?).map_err(|_| FormatError::Length)?;
    let group = Group::from_bytes(reader.take(length)?)?;
    let count = reader.u16()?;
    let parties = (0..count).map(|_| reader.party()).collect::<Result<Vec<_>, _>>()?;
    if parties.is_sorted_by(|one, other| one < other) { Ok((group, parties)) } else { Err(FormatError::Members) }
}
