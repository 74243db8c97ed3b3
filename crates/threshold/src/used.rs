//! Ceremony ids: where they come from, and that each is used once.

use std::collections::BTreeSet;

use frost_secp256k1_tr::rand_core::{CryptoRng, RngCore};

use crate::error::SetupError;
use crate::wire::CeremonyId;

impl CeremonyId {
    /// A new id. 256 random bits: nobody else's, and never again.
    #[must_use]
    pub fn generate<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        let mut id = [0; 32];
        rng.fill_bytes(&mut id);
        Self(id)
    }
}

/// The ids that this member took part under. Whoever drives the machines keeps it durably, and claims an id, durably, *before*
/// the machine is made; so an id that is claimed and has no machine is one whose part was lost in a restart (see
/// [`crate::forfeit`]).
///
/// It grows by one id for each ceremony that a person agreed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UsedIds(BTreeSet<CeremonyId>);

impl UsedIds {
    /// Takes an id for a ceremony that begins.
    ///
    /// # Errors
    /// If it was taken before.
    pub fn claim(&mut self, id: CeremonyId) -> Result<(), SetupError> {
        if self.0.insert(id) { Ok(()) } else { Err(SetupError::UsedId { ceremony: id }) }
    }

    /// Whether an id was taken.
    #[must_use]
    pub fn contains(&self, id: CeremonyId) -> bool {
        self.0.contains(&id)
    }

    /// All of them, for the caller's records.
    pub fn iter(&self) -> impl Iterator<Item = CeremonyId> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<CeremonyId> for UsedIds {
    fn from_iter<I: IntoIterator<Item = CeremonyId>>(ids: I) -> Self {
        Self(ids.into_iter().collect())
    }
}
