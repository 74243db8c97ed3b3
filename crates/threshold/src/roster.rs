//! Who makes a key together: threshold, members, and the key of each.

use std::collections::BTreeMap;

use crate::error::{FormatError, SetupError};
use crate::hash::tagged;
use crate::identity::{Identity, PeerKey};
use crate::party::{MAX, Party};
use crate::reader::Reader;

/// The participants of a key and how many must sign. What people compare before a key generation is its fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    threshold: u16,
    members: BTreeMap<Party, PeerKey>,
}

impl Roster {
    /// A roster with 2 ≤ threshold ≤ members ≤ 100.
    ///
    /// # Errors
    /// An impossible threshold, or two members with one key.
    pub fn new(threshold: u16, members: BTreeMap<Party, PeerKey>) -> Result<Self, FormatError> {
        let count = members.len();
        if threshold < 2 || usize::from(threshold) > count || count > usize::from(MAX) {
            return Err(FormatError::Threshold { threshold, members: count });
        }
        let mut keys: Vec<_> = members.values().collect();
        keys.sort_unstable();
        keys.dedup();
        if keys.len() == count { Ok(Self { threshold, members }) } else { Err(FormatError::Members) }
    }

    /// How many must sign together.
    #[must_use]
    pub fn threshold(&self) -> u16 {
        self.threshold
    }

    /// Members by number.
    #[must_use]
    pub fn members(&self) -> &BTreeMap<Party, PeerKey> {
        &self.members
    }

    /// What people compare: commits to threshold, numbers and keys.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        tagged("everwatch/threshold/roster/1", &[&self.to_bytes()])
    }

    /// Threshold (2), count (2), then number (2) and key (32) of each member.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let count = u16::try_from(self.members.len()).expect("a roster has at most 100 members");
        let mut bytes = [self.threshold.to_be_bytes(), count.to_be_bytes()].concat();
        for (party, key) in &self.members {
            bytes.extend(party.bytes());
            bytes.extend(key.bytes());
        }
        bytes
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, FormatError> {
        let (threshold, count) = (reader.u16()?, reader.u16()?);
        let mut members = BTreeMap::new();
        for _ in 0..count {
            let party = reader.party()?;
            if members.last_key_value().is_some_and(|(last, _)| *last >= party) {
                return Err(FormatError::Members);
            }
            members.insert(party, PeerKey::new(reader.array()?)?);
        }
        Self::new(threshold, members)
    }

    /// Without those who leave, at the same threshold.
    pub(crate) fn keep(&self, keepers: impl IntoIterator<Item = Party>) -> Result<Self, SetupError> {
        let mut members = BTreeMap::new();
        for party in keepers {
            let key = self.members.get(&party).ok_or(SetupError::NotMember { party })?;
            members.insert(party, *key);
        }
        let taking_part = members.len();
        Self::new(self.threshold, members).map_err(|_| SetupError::TooFew { taking_part, threshold: self.threshold })
    }

    pub(crate) fn admit(&self, party: Party, identity: &Identity) -> Result<(), SetupError> {
        let key = self.members.get(&party).ok_or(SetupError::NotMember { party })?;
        if *key == identity.peer_key() { Ok(()) } else { Err(SetupError::Identity { party }) }
    }
}
