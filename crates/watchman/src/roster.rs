//! The roster's file: who the watchmen are, and where they are reached. JSON:
//!
//! ```json
//! { "quarantineHours": 48,
//!   "members": [ { "owner": "0x…", "peer": "12D3KooW…", "name": "Ada", "addresses": ["ada.example:7000"], "sinceMs": 0 } ] }
//! ```
//!
//! `sinceMs` may be left out: 0 names a founder. What a driver knew before decides over the dates of those who come later.

use everpay::AccountId;
use p2p::{Address, Peer, PeerId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vault::roster::{Member, Roster, RosterError};
use vault::signature::Owner;

/// Longest text of a roster, bytes.
const TEXT_LEN_MAX: usize = 1 << 20;

/// The watchmen: as the pipeline knows them, as the transport does, and from one to the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct RosterFile {
    pub(crate) roster: Roster,
    pub(crate) peers: p2p::Roster,
    owners: BTreeMap<PeerId, Owner>,
}

/// Why a text is no roster.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RosterFileError {
    /// Longer than any roster.
    #[error("a roster has at most {TEXT_LEN_MAX} bytes")]
    TooLong,
    /// Not the format.
    #[error("not a roster: {0}")]
    Format(#[from] serde_json::Error),
    /// A member that cannot be one.
    #[error("{name:?}: {what} cannot be used")]
    Member {
        /// Its name.
        name: String,
        /// Which of its fields.
        what: &'static str,
    },
    /// The members do not go together.
    #[error(transparent)]
    Roster(#[from] RosterError),
    /// The transport cannot have them.
    #[error(transparent)]
    Peers(#[from] p2p::RosterError),
}

/// A watchman as the file names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RosterMember {
    /// The address of the key that signs payouts.
    pub owner: String,
    /// The identity in the watchmen's network.
    pub peer: String,
    /// What people call it.
    pub name: String,
    /// Where it is reached, `host:port`; none for one that only calls others.
    pub addresses: Vec<String>,
    /// Member since, Unix ms; 0 names a founder.
    #[serde(default)]
    pub since_ms: u64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Parts {
    quarantine_hours: u32,
    members: Vec<RosterMember>,
}

impl RosterFile {
    /// A roster of these members, with a quarantine of so many hours for those who come later.
    ///
    /// # Errors
    /// [`RosterFileError`].
    pub fn new(quarantine_hours: u32, members: &[RosterMember]) -> Result<Self, RosterFileError> {
        let (mut known, mut peers, mut owners) = (Vec::new(), Vec::new(), BTreeMap::new());
        for member in members {
            let (owner, peer) = member.read()?;
            let (text, name) = (peer.id.to_string(), member.name.clone());
            owners.insert(peer.id, owner);
            peers.push(peer);
            known.push(Member { owner, peer: text, name, since_ms: member.since_ms });
        }
        Ok(Self { roster: Roster::new(quarantine_hours, known)?, peers: p2p::Roster::new(peers)?, owners })
    }

    /// Reads a roster from its text.
    ///
    /// # Errors
    /// [`RosterFileError`].
    pub fn parse(text: &str) -> Result<Self, RosterFileError> {
        if text.len() > TEXT_LEN_MAX {
            return Err(RosterFileError::TooLong);
        }
        Self::try_from(serde_json::from_str::<Parts>(text)?)
    }

    /// The text that reads as this roster.
    #[must_use]
    pub fn to_text(&self) -> String {
        serde_json::to_string_pretty(self).expect("plain data with texts as keys")
    }

    /// How long somebody new waits, hours.
    #[must_use]
    pub fn quarantine_hours(&self) -> u32 {
        self.roster.quarantine_hours()
    }

    /// The members, by the addresses of their keys.
    #[must_use]
    pub fn members(&self) -> Vec<RosterMember> {
        let member = |member: &Member| RosterMember {
            owner: member.owner.to_string(),
            peer: member.peer.clone(),
            name: member.name.clone(),
            addresses: self.addresses(&member.owner).unwrap_or_default(),
            since_ms: member.since_ms,
        };
        self.roster.members().map(member).collect()
    }

    /// The members as the transport knows them.
    #[must_use]
    pub fn peers(&self) -> &p2p::Roster {
        &self.peers
    }

    /// Where a member is reached; `None` for one that is not here.
    pub(crate) fn addresses(&self, owner: &Owner) -> Option<Vec<String>> {
        let id = self.peer(owner)?;
        let peer = self.peers.peers().find(|peer| peer.id == id)?;
        Some(peer.addresses.iter().map(|address| address.as_str().to_owned()).collect())
    }

    /// The key of the watchman with this identity.
    #[must_use]
    pub fn owner(&self, peer: &PeerId) -> Option<Owner> {
        self.owners.get(peer).copied()
    }

    /// The identity that this watchman has here.
    #[must_use]
    pub fn peer(&self, owner: &Owner) -> Option<PeerId> {
        self.owners.iter().find_map(|(peer, of)| (of == owner).then_some(*peer))
    }

    /// The same with the dates under which members are known already.
    pub(crate) fn dated(mut self, known: &Roster) -> Self {
        self.roster = known.clone();
        self
    }
}

impl TryFrom<Parts> for RosterFile {
    type Error = RosterFileError;

    fn try_from(parts: Parts) -> Result<Self, RosterFileError> {
        Self::new(parts.quarantine_hours, &parts.members)
    }
}

impl From<RosterFile> for Parts {
    fn from(file: RosterFile) -> Self {
        Self { quarantine_hours: file.quarantine_hours(), members: file.members() }
    }
}

impl RosterMember {
    fn read(&self) -> Result<(Owner, Peer), RosterFileError> {
        let wrong = |what| RosterFileError::Member { name: self.name.clone(), what };
        let Ok(AccountId::Evm(owner)) = AccountId::parse(&self.owner) else { return Err(wrong("owner")) };
        let id: PeerId = self.peer.parse().map_err(|_| wrong("peer"))?;
        let addresses = self.addresses.iter().map(|address| address.parse::<Address>());
        let addresses = addresses.collect::<Result<_, _>>().map_err(|_| wrong("addresses"))?;
        Ok((Owner::new(owner), Peer { id, addresses, name: self.name.clone() }))
    }
}
