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
#[derive(Debug, Clone)]
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

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct File {
    quarantine_hours: u32,
    members: Vec<FileMember>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FileMember {
    owner: String,
    peer: String,
    name: String,
    addresses: Vec<String>,
    #[serde(default)]
    since_ms: u64,
}

impl RosterFile {
    /// Reads a roster from its text.
    ///
    /// # Errors
    /// [`RosterFileError`].
    pub fn parse(text: &str) -> Result<Self, RosterFileError> {
        if text.len() > TEXT_LEN_MAX {
            return Err(RosterFileError::TooLong);
        }
        let file: File = serde_json::from_str(text)?;
        let (mut members, mut peers, mut owners) = (Vec::new(), Vec::new(), BTreeMap::new());
        for member in file.members {
            let (owner, peer) = member.read()?;
            owners.insert(peer.id, owner);
            peers.push(peer);
            members.push(Member { owner, peer: member.peer, name: member.name, since_ms: member.since_ms });
        }
        Ok(Self { roster: Roster::new(file.quarantine_hours, members)?, peers: p2p::Roster::new(peers)?, owners })
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
}

impl FileMember {
    fn read(&self) -> Result<(Owner, Peer), RosterFileError> {
        let wrong = |what| RosterFileError::Member { name: self.name.clone(), what };
        let Ok(AccountId::Evm(owner)) = AccountId::parse(&self.owner) else { return Err(wrong("owner")) };
        let id: PeerId = self.peer.parse().map_err(|_| wrong("peer"))?;
        let addresses = self.addresses.iter().map(|address| address.parse::<Address>());
        let addresses = addresses.collect::<Result<_, _>>().map_err(|_| wrong("addresses"))?;
        Ok((Owner::new(owner), Peer { id, addresses, name: self.name.clone() }))
    }
}
