//! One member's secret share, together with the group it belongs to.

use std::fmt;

use frost_secp256k1_tr::keys::{KeyPackage, SigningShare, VerifyingShare};
use zeroize::Zeroizing;

use crate::curve;
use crate::error::FormatError;
use crate::group::{Group, GroupId};
use crate::hash::tagged;
use crate::party::Party;
use crate::reader::Reader;

const MAGIC: [u8; 4] = *b"EVTS";
const VERSION: u8 = 1;
/// Bytes of an encoded share.
pub(crate) const LENGTH: usize = 5 + 32 + 33 + 2 + 32 + 32;

/// A member's share. It matches the member's public share in its group; wiped when dropped; prints no secret.
#[derive(Clone)]
pub struct Share {
    group: Group,
    party: Party,
    package: KeyPackage,
}

impl Share {
    pub(crate) fn new(group: Group, party: Party, package: KeyPackage) -> Self {
        Self { group, party, package }
    }

    /// The share of `party` from its secret, if it is the one behind the public share.
    pub(crate) fn from_secret(group: &Group, party: Party, secret: &[u8]) -> Result<Self, FormatError> {
        let public = group.public_share(party).ok_or(FormatError::Group)?;
        let own = curve::public(secret).ok_or(FormatError::Curve)?;
        if curve::compress(&own) != *public {
            return Err(FormatError::Secret);
        }
        let package = KeyPackage::new(
            party.identifier(),
            SigningShare::deserialize(secret).map_err(|_| FormatError::Curve)?,
            VerifyingShare::deserialize(public).map_err(|_| FormatError::Curve)?,
            group.verifying_key().map_err(|_| FormatError::Curve)?,
            group.threshold(),
        );
        Ok(Self::new(group.clone(), party, package))
    }

    /// The group it belongs to.
    #[must_use]
    pub fn group(&self) -> &Group {
        &self.group
    }

    /// Whose it is.
    #[must_use]
    pub fn party(&self) -> Party {
        self.party
    }

    pub(crate) fn package(&self) -> &KeyPackage {
        &self.package
    }

    /// What a keystore keeps: `EVTS`, version (1), group id (32), group key (33), party (2), secret (32), checksum (32) over all
    /// before it. Secret; wiped when dropped.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let secret = Zeroizing::new(self.package.signing_share().serialize());
        // Grown once, so that no copy of the secret is left behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(LENGTH));
        bytes.extend(MAGIC);
        bytes.push(VERSION);
        bytes.extend(self.group.id().0);
        bytes.extend(self.group.key());
        bytes.extend(self.party.bytes());
        bytes.extend_from_slice(&secret);
        let checksum = checksum(&bytes);
        bytes.extend(checksum);
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote, for the group it belongs to.
    ///
    /// # Errors
    /// Any other bytes, another group or generation, and a secret that is not the one behind the member's public share.
    pub fn from_bytes(bytes: &[u8], group: &Group) -> Result<Self, FormatError> {
        let mut reader = Reader::new(bytes);
        reader.head(MAGIC, VERSION)?;
        let (id, key) = (GroupId(reader.array()?), reader.array::<33>()?);
        let party = reader.party()?;
        let secret = Zeroizing::new(reader.array::<32>()?);
        let found = reader.array::<32>()?;
        reader.end()?;
        if checksum(&bytes[..bytes.len() - 32]) != found {
            return Err(FormatError::Checksum);
        }
        if id != group.id() || key != *group.key() {
            return Err(FormatError::Group);
        }
        Self::from_secret(group, party, &secret[..])
    }
}

fn checksum(bytes: &[u8]) -> [u8; 32] {
    tagged("everwatch/threshold/share/1", &[bytes])
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Share").field("group", &self.group.id()).field("party", &self.party).finish_non_exhaustive()
    }
}
