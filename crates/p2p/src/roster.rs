//! The peers that may connect, and where they are.

use crate::address::Address;
use crate::identity::PeerId;
use std::collections::BTreeMap;

/// Most peers of a roster.
pub const PEERS_MAX: usize = 64;
/// Most addresses of a peer.
pub const ADDRESSES_MAX: usize = 4;
const NAME_LEN_MAX: usize = 128;

/// A peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// The key that it must prove.
    pub id: PeerId,
    /// Where it listens; none for a peer that can only call us.
    pub addresses: Vec<Address>,
    /// What people call it.
    pub name: String,
}

/// The peers that may connect. Ourselves may be among them, which changes nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster(BTreeMap<PeerId, Peer>);

/// Why a list of peers is no roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RosterError {
    /// More peers than are served.
    #[error("a roster has at most {PEERS_MAX} peers")]
    Size,
    /// More addresses than are tried.
    #[error("{0} has more than {ADDRESSES_MAX} addresses")]
    Addresses(PeerId),
    /// A name that is empty or too long.
    #[error("{0} needs a name of at most {NAME_LEN_MAX} bytes")]
    Name(PeerId),
    /// One identity twice.
    #[error("{0} is listed twice")]
    Twice(PeerId),
}

impl Roster {
    /// A roster of these peers.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn new(peers: Vec<Peer>) -> Result<Self, RosterError> {
        if peers.len() > PEERS_MAX {
            return Err(RosterError::Size);
        }
        let mut by_id = BTreeMap::new();
        for peer in peers {
            if peer.addresses.len() > ADDRESSES_MAX {
                return Err(RosterError::Addresses(peer.id));
            }
            if !(1..=NAME_LEN_MAX).contains(&peer.name.len()) {
                return Err(RosterError::Name(peer.id));
            }
            if let Some(twice) = by_id.insert(peer.id, peer) {
                return Err(RosterError::Twice(twice.id));
            }
        }
        Ok(Self(by_id))
    }

    /// The peers by identity.
    pub fn peers(&self) -> impl Iterator<Item = &Peer> {
        self.0.values()
    }

    /// The roster without ourselves.
    pub(crate) fn without(mut self, own: PeerId) -> BTreeMap<PeerId, Peer> {
        self.0.remove(&own);
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::Identity;

    fn peer(number: u8) -> Peer {
        let id = Identity::from_secret([number; 32].into()).peer_id();
        Peer { id, addresses: Vec::new(), name: format!("peer {number}") }
    }

    #[test]
    fn nobody_is_in_a_roster_twice_without_a_name_or_with_too_many_addresses() {
        let new = |peers: Vec<Peer>| Roster::new(peers).map(|_| ());
        let id = peer(1).id;
        let address = Address::from(std::net::SocketAddr::from(([127, 0, 0, 1], 1)));
        assert_eq!(new(vec![]), Ok(()));
        assert_eq!(new(vec![peer(1), peer(2)]), Ok(()));
        assert_eq!(new((1..=65).map(peer).collect()), Err(RosterError::Size));
        assert_eq!(new(vec![peer(1), Peer { name: "x".into(), ..peer(1) }]), Err(RosterError::Twice(id)));
        assert_eq!(new(vec![Peer { name: String::new(), ..peer(1) }]), Err(RosterError::Name(id)));
        assert_eq!(new(vec![Peer { addresses: vec![address; 5], ..peer(1) }]), Err(RosterError::Addresses(id)));
    }
}
