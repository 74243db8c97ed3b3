//! The public side of a threshold key: group key, members, their public shares, and which generation of shares is in force.

use std::collections::BTreeMap;
use std::fmt;

use frost_secp256k1_tr::VerifyingKey;
use frost_secp256k1_tr::keys::{PublicKeyPackage, VerifyingShare};

use crate::curve;
use crate::error::FormatError;
use crate::hash::tagged;
use crate::party::Party;
use crate::reader::Reader;
use crate::roster::Roster;

const MAGIC: [u8; 4] = *b"EVTG";
const VERSION: u8 = 1;

/// The hash of everything public about a key: another member, share or generation is another id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId(pub [u8; 32]);

impl fmt::Debug for GroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A threshold key's public data. All of it fits together: the public shares make up the group key at the threshold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    roster: Roster,
    generation: u32,
    key: [u8; 33],
    shares: BTreeMap<Party, [u8; 33]>,
}

impl Group {
    /// From a key generation or a refresh, whose library computed it.
    pub(crate) fn from_package(
        roster: Roster,
        generation: u32,
        package: &PublicKeyPackage,
    ) -> Result<Self, frost_secp256k1_tr::Error> {
        let malformed = || frost_secp256k1_tr::Error::SerializationError;
        let key = package.verifying_key().serialize()?.try_into().map_err(|_| malformed())?;
        let mut shares = BTreeMap::new();
        for party in roster.members().keys() {
            let share = package.verifying_shares().get(&party.identifier()).ok_or_else(malformed)?;
            shares.insert(*party, share.serialize()?.try_into().map_err(|_| malformed())?);
        }
        Ok(Self { roster, generation, key, shares })
    }

    /// The next generation of this key; none if there are too many.
    pub(crate) fn next(&self, roster: Roster, shares: BTreeMap<Party, [u8; 33]>) -> Option<Self> {
        Some(Self { roster, generation: self.generation.checked_add(1)?, key: self.key, shares })
    }

    /// Threshold, members and their ceremony keys.
    #[must_use]
    pub fn roster(&self) -> &Roster {
        &self.roster
    }

    /// How many must sign together.
    #[must_use]
    pub fn threshold(&self) -> u16 {
        self.roster.threshold()
    }

    /// How often the shares were refreshed. Shares of different generations do not combine.
    #[must_use]
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// The group key as a compressed point.
    #[must_use]
    pub fn key(&self) -> &[u8; 33] {
        &self.key
    }

    /// The group key as in BIP 340, which refresh, repair and removal never change.
    #[must_use]
    pub fn x_only(&self) -> [u8; 32] {
        let mut key = [0; 32];
        key.copy_from_slice(&self.key[1..]);
        key
    }

    /// The public share of a member.
    #[must_use]
    pub fn public_share(&self, party: Party) -> Option<&[u8; 33]> {
        self.shares.get(&party)
    }

    /// The hash over all of this.
    #[must_use]
    pub fn id(&self) -> GroupId {
        GroupId(tagged("everwatch/threshold/group/1", &[&self.to_bytes()]))
    }

    /// `EVTG`, version (1), generation (4), roster, key (33), then the public share (33) of each member.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = [&MAGIC[..], &[VERSION], &self.generation.to_be_bytes()].concat();
        bytes.extend(self.roster.to_bytes());
        bytes.extend(self.key);
        self.shares.values().for_each(|share| bytes.extend(share));
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote, and checks that the public shares make up the group key at the threshold.
    ///
    /// # Errors
    /// Any other bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut reader = Reader::new(bytes);
        reader.head(MAGIC, VERSION)?;
        let generation = reader.u32()?;
        let roster = Roster::read(&mut reader)?;
        let key = reader.array()?;
        let mut shares = BTreeMap::new();
        for party in roster.members().keys() {
            shares.insert(*party, reader.array()?);
        }
        reader.end()?;
        let group = Self { roster, generation, key, shares };
        group.fits_together()?;
        Ok(group)
    }

    fn fits_together(&self) -> Result<(), FormatError> {
        let key = curve::point(&self.key).ok_or(FormatError::Curve)?;
        let mut points = Vec::with_capacity(self.shares.len());
        for (party, share) in &self.shares {
            points.push((*party, curve::point(share).ok_or(FormatError::Curve)?));
        }
        let (basis, others) = points.split_at(usize::from(self.threshold()));
        // Fewer would do if the polynomial's degree were lower than the threshold says.
        let fits = curve::interpolate(basis, None) == key
            && curve::interpolate(&basis[1..], None) != key
            && others.iter().all(|(party, point)| curve::interpolate(basis, Some(*party)) == *point);
        if fits { Ok(()) } else { Err(FormatError::Inconsistent) }
    }

    /// The library's form, with the public shares of `parties` only.
    pub(crate) fn package(
        &self,
        parties: impl IntoIterator<Item = Party>,
    ) -> Result<PublicKeyPackage, frost_secp256k1_tr::Error> {
        let mut shares = BTreeMap::new();
        for party in parties {
            let share = self.shares.get(&party).ok_or(frost_secp256k1_tr::Error::UnknownIdentifier)?;
            shares.insert(party.identifier(), VerifyingShare::deserialize(share)?);
        }
        Ok(PublicKeyPackage::new(shares, self.verifying_key()?, Some(self.threshold())))
    }

    pub(crate) fn verifying_key(&self) -> Result<VerifyingKey, frost_secp256k1_tr::Error> {
        VerifyingKey::deserialize(&self.key)
    }
}
