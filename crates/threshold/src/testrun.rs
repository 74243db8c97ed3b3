//! The test signature of a refresh: all who stayed sign together, which proves every new share at once.
//!
//! It signs a tagged hash that no chain uses as a message.

use std::collections::BTreeMap;

use frost_core::{CheaterDetection, aggregate_custom};
use frost_secp256k1_tr::rand_core::{CryptoRng, RngCore};
use frost_secp256k1_tr::round1::{NonceCommitment, SigningCommitments, SigningNonces};
use frost_secp256k1_tr::round2::{self, SignatureShare};
use frost_secp256k1_tr::{Error, Signature, SigningPackage, round1};

use crate::check::verify_signature;
use crate::curve;
use crate::group::Group;
use crate::hash::tagged;
use crate::party::Party;
use crate::share::Share;
use crate::sign::Spend;
use crate::wire::CeremonyId;

/// Bytes of the commitments to the two nonces of one signature.
pub(crate) const COMMITMENTS: usize = 66;

/// Hiding and binding commitment, compressed.
pub(crate) fn encode(commitments: &SigningCommitments) -> Result<Vec<u8>, Error> {
    Ok([commitments.hiding().serialize()?, commitments.binding().serialize()?].concat())
}

pub(crate) fn decode(bytes: &[u8]) -> Result<SigningCommitments, Error> {
    let (hiding, binding) = bytes.split_at_checked(33).ok_or(Error::DeserializationError)?;
    if !curve::compressed(bytes) {
        return Err(Error::DeserializationError);
    }
    Ok(SigningCommitments::new(NonceCommitment::deserialize(hiding)?, NonceCommitment::deserialize(binding)?))
}

/// Aggregates under a form of the group key; the signature was accepted by libsecp256k1. Otherwise all whose share does not
/// verify are named; nobody, if the shares verify and the signature does not.
pub(crate) fn aggregate(
    group: &Group,
    spend: Spend,
    package: &SigningPackage,
    shares: &BTreeMap<Party, SignatureShare>,
) -> Result<[u8; 64], Vec<Party>> {
    let by_identifier = shares.iter().map(|(party, share)| (party.identifier(), *share)).collect();
    // The public shares cost time, and only finding a culprit takes them.
    let combine = |parties: Vec<Party>, detection| {
        let public = spend.tweak(group.package(parties)?);
        aggregate_custom(package, &by_identifier, &public, detection)
    };
    let combined = combine(Vec::new(), CheaterDetection::Disabled)
        .or_else(|_| combine(shares.keys().copied().collect(), CheaterDetection::AllCheaters));
    match combined {
        Ok(signature) => released(group, spend, package.message(), &signature).ok_or_else(Vec::new),
        Err(error) => Err(error.culprits().iter().filter_map(Party::of).collect()),
    }
}

/// The signature's bytes, if libsecp256k1 accepts them.
fn released(group: &Group, spend: Spend, message: &[u8], signature: &Signature) -> Option<[u8; 64]> {
    let bytes = signature.serialize().ok()?.try_into().ok()?;
    verify_signature(&spend.key(group).ok()?, message, &bytes).ok()?;
    Some(bytes)
}

/// What the test signature of a refresh signs, and with whose commitments.
pub(crate) fn package(
    ceremony: CeremonyId,
    group: &Group,
    commitments: &BTreeMap<Party, SigningCommitments>,
) -> SigningPackage {
    let message = tagged("everwatch/threshold/refresh-test/1", &[&ceremony.0, &group.id().0]);
    let commitments = commitments.iter().map(|(party, commitments)| (party.identifier(), *commitments)).collect();
    SigningPackage::new(commitments, &message)
}

/// This participant's side of the test signature. The nonces are used once and wiped when dropped.
pub(crate) struct TestRun(Option<SigningNonces>);

impl TestRun {
    pub(crate) fn new<R: RngCore + CryptoRng>(share: &Share, rng: &mut R) -> Result<(Self, Vec<u8>), Error> {
        let (nonces, commitments) = round1::commit(share.package().signing_share(), rng);
        Ok((Self(Some(nonces)), encode(&commitments)?))
    }

    /// Signs once; the nonces are gone whatever comes of it.
    pub(crate) fn sign(&mut self, share: &Share, package: &SigningPackage) -> Result<SignatureShare, Error> {
        let nonces = self.0.take().ok_or(Error::IncorrectCommitment)?;
        round2::sign(package, &nonces, share.package())
    }
}

/// Whether one signature share verifies under the public share of its author.
pub(crate) fn share_verifies(group: &Group, package: &SigningPackage, party: Party, share: &[u8]) -> Option<bool> {
    let public = group.package([party]).ok()?;
    let Ok(share) = SignatureShare::deserialize(share) else { return Some(false) };
    let identifier = party.identifier();
    let verifying = public.verifying_shares().get(&identifier)?;
    Some(frost_core::verify_signature_share(identifier, verifying, &share, package, public.verifying_key()).is_ok())
}
