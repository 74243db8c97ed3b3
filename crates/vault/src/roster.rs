//! Who the watchmen are: their keys on the chain, their identities between each other, and since when they are trusted.
//!
//! What always holds: owners and peers are unique; somebody new waits in quarantine before a signature of theirs counts or
//! they submit, whatever date the file gives.

use crate::signature::Owner;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Most members: as many owners as a lock contract takes.
pub const MEMBERS_MAX: usize = 50;
const TEXT_LEN_MAX: usize = 128;
const QUARANTINE_HOURS_MAX: u32 = 8_760;
const MS_PER_HOUR: u64 = 3_600_000;

/// A watchman.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Member {
    /// The key that signs payouts.
    pub owner: Owner,
    /// The identity in the watchmen's network.
    pub peer: String,
    /// What people call it.
    pub name: String,
    /// Member since, Unix ms.
    pub since_ms: u64,
}

/// The watchmen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct Roster {
    quarantine_hours: u32,
    members: BTreeMap<Owner, Member>,
}

/// Why a list of members is no roster.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RosterError {
    /// Nobody, or more than a contract can have.
    #[error("a roster has 1 to {MEMBERS_MAX} members")]
    Size,
    /// A quarantine longer than a year.
    #[error("a quarantine lasts at most {QUARANTINE_HOURS_MAX} hours")]
    Quarantine,
    /// One key twice.
    #[error("{0} is listed twice")]
    Owner(Owner),
    /// One identity twice.
    #[error("peer {0:?} is listed twice")]
    Peer(String),
    /// A name or identity that is empty or too long.
    #[error("{0} needs a name and a peer of at most {TEXT_LEN_MAX} bytes")]
    Text(Owner),
}

/// What a new roster changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RosterChange {
    /// Somebody new.
    Added(Member),
    /// Somebody who leaves.
    Removed(Member),
    /// Other particulars of the same key.
    Changed {
        /// Before.
        old: Member,
        /// After.
        new: Member,
    },
    /// Another quarantine, hours.
    Quarantine {
        /// Before.
        old: u32,
        /// After.
        new: u32,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Parts {
    quarantine_hours: u32,
    members: Vec<Member>,
}

impl Roster {
    /// A roster of these members.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn new(quarantine_hours: u32, members: Vec<Member>) -> Result<Self, RosterError> {
        if !(1..=MEMBERS_MAX).contains(&members.len()) {
            return Err(RosterError::Size);
        }
        if quarantine_hours > QUARANTINE_HOURS_MAX {
            return Err(RosterError::Quarantine);
        }
        let (mut peers, mut by_owner) = (BTreeSet::new(), BTreeMap::new());
        for member in members {
            let texts = [&member.name, &member.peer];
            if texts.iter().any(|text| text.is_empty() || text.len() > TEXT_LEN_MAX) {
                return Err(RosterError::Text(member.owner));
            }
            if !peers.insert(member.peer.clone()) {
                return Err(RosterError::Peer(member.peer));
            }
            if let Some(twice) = by_owner.insert(member.owner, member) {
                return Err(RosterError::Owner(twice.owner));
            }
        }
        Ok(Self { quarantine_hours, members: by_owner })
    }

    /// How long somebody new waits before a signature of theirs counts, hours.
    #[must_use]
    pub fn quarantine_hours(&self) -> u32 {
        self.quarantine_hours
    }

    /// The members by key.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.values()
    }

    /// The member with this key.
    #[must_use]
    pub fn member(&self, owner: &Owner) -> Option<&Member> {
        self.members.get(owner)
    }

    /// Until when a member is in quarantine, Unix ms; 0 for the founders, who are members since time 0.
    #[must_use]
    pub fn quarantined_until_ms(&self, member: &Member) -> u64 {
        match member.since_ms {
            0 => 0,
            since_ms => since_ms.saturating_add(u64::from(self.quarantine_hours) * MS_PER_HOUR),
        }
    }

    /// The members out of quarantine, in the order of their keys.
    #[must_use]
    pub fn active(&self, now_ms: u64) -> BTreeSet<Owner> {
        let active = self.members().filter(|member| self.quarantined_until_ms(member) <= now_ms);
        active.map(|member| member.owner).collect()
    }

    /// This roster as the follower of another from now on: who is new, or has another identity, begins now at the earliest,
    /// and who stays keeps the date.
    #[must_use]
    pub fn after(mut self, old: &Self, now_ms: u64) -> Self {
        for member in self.members.values_mut() {
            member.since_ms = match old.member(&member.owner) {
                Some(known) if known.peer == member.peer => known.since_ms,
                _ => member.since_ms.max(now_ms).max(1),
            };
        }
        self
    }

    /// What changes from this roster to another.
    #[must_use]
    pub fn diff(&self, new: &Self) -> Vec<RosterChange> {
        let mut changes = Vec::new();
        if self.quarantine_hours != new.quarantine_hours {
            changes.push(RosterChange::Quarantine { old: self.quarantine_hours, new: new.quarantine_hours });
        }
        let owners: BTreeSet<&Owner> = self.members.keys().chain(new.members.keys()).collect();
        changes.extend(owners.into_iter().filter_map(|owner| match (self.member(owner), new.member(owner)) {
            (Some(old), Some(new)) if old != new => Some(RosterChange::Changed { old: old.clone(), new: new.clone() }),
            (Some(old), None) => Some(RosterChange::Removed(old.clone())),
            (None, Some(new)) => Some(RosterChange::Added(new.clone())),
            _ => None,
        }));
        changes
    }
}

impl TryFrom<Parts> for Roster {
    type Error = RosterError;

    fn try_from(parts: Parts) -> Result<Self, RosterError> {
        Self::new(parts.quarantine_hours, parts.members)
    }
}

impl From<Roster> for Parts {
    fn from(roster: Roster) -> Self {
        Self { quarantine_hours: roster.quarantine_hours, members: roster.members.into_values().collect() }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn member(number: u8, since_ms: u64) -> Member {
        let name = format!("watchman {number}");
        Member { owner: Owner::new([number; 20]), peer: format!("peer {number}"), name, since_ms }
    }

    fn roster(members: &[Member]) -> Roster {
        Roster::new(48, members.to_vec()).unwrap()
    }

    #[test]
    fn nobody_is_in_a_roster_twice_or_without_a_name() {
        let new = |members: &[Member]| Roster::new(48, members.to_vec()).map(|_| ());
        assert_eq!(new(&[]), Err(RosterError::Size));
        assert_eq!(new(&vec![member(1, 0); 51]), Err(RosterError::Size));
        assert_eq!(
            new(&[member(1, 0), Member { peer: "x".into(), ..member(1, 0) }]),
            Err(RosterError::Owner(Owner::new([1; 20])))
        );
        assert_eq!(
            new(&[member(1, 0), Member { peer: "peer 1".into(), ..member(2, 0) }]),
            Err(RosterError::Peer("peer 1".into()))
        );
        assert_eq!(new(&[Member { name: String::new(), ..member(1, 0) }]), Err(RosterError::Text(Owner::new([1; 20]))));
        assert_eq!(Roster::new(8_761, vec![member(1, 0)]), Err(RosterError::Quarantine));
    }

    #[test]
    fn somebody_new_waits_in_quarantine_whatever_date_the_file_gives() {
        let old = roster(&[member(1, 0), member(2, 0)]);
        let now = 1_000 * MS_PER_HOUR;
        let moved = Member { peer: "elsewhere".into(), ..member(2, 0) };
        let new = roster(&[member(1, 5), moved, member(3, 0)]).after(&old, now);
        let active = |at| new.active(at).into_iter().collect::<Vec<_>>();
        let [one, two, three] = [1, 2, 3].map(|number| Owner::new([number; 20]));
        assert_eq!(active(now), [one]);
        assert_eq!(active(now + 48 * MS_PER_HOUR - 1), [one]);
        assert_eq!(active(now + 48 * MS_PER_HOUR), [one, two, three]);
    }

    #[test]
    fn a_diff_names_who_comes_goes_and_changes() {
        let old = roster(&[member(1, 0), member(2, 0), member(3, 0)]);
        let renamed = Member { name: "other".into(), ..member(3, 0) };
        let new = Roster::new(24, vec![member(1, 0), renamed.clone(), member(4, 9)]).unwrap();
        let want = vec![
            RosterChange::Quarantine { old: 48, new: 24 },
            RosterChange::Removed(member(2, 0)),
            RosterChange::Changed { old: member(3, 0), new: renamed },
            RosterChange::Added(member(4, 9)),
        ];
        assert_eq!(old.diff(&new), want);
        assert_eq!(old.diff(&old), []);
    }
}
