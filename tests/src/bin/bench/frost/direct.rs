//! The arithmetic without ceremonies: commit, sign and aggregate by the library, then verify by libsecp256k1, on all cores.

use anyhow::{Context, Result};
use frost_secp256k1_tr::keys::{IdentifierList, KeyPackage, PublicKeyPackage, generate_with_dealer};
use frost_secp256k1_tr::{SigningPackage, aggregate, round1, round2};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use std::collections::BTreeMap;

/// A key with as many signers as are needed.
pub(super) struct Keys {
    signers: Vec<KeyPackage>,
    public: PublicKeyPackage,
    key: [u8; 32],
}

impl Keys {
    /// A key of a dealer: signing with it costs the same as with any other.
    pub(super) fn new(threshold: u16, members: u16) -> Result<Self> {
        let mut rng = ChaCha20Rng::from_seed(rand::random());
        let (shares, public) = generate_with_dealer(members, threshold, IdentifierList::Default, &mut rng)?;
        let signers = shares.into_values().take(usize::from(threshold)).map(KeyPackage::try_from);
        let key = public.verifying_key().serialize()?;
        let key = key.get(1..).and_then(|x| x.try_into().ok()).context("a compressed point")?;
        Ok(Self { signers: signers.collect::<Result<_, _>>()?, public, key })
    }

    /// Makes `count` signatures.
    pub(super) fn sign(&self, count: usize) -> Result<()> {
        let cores = std::thread::available_parallelism()?.get();
        std::thread::scope(|scope| {
            let part = |core| count / cores + usize::from(core < count % cores);
            let running: Vec<_> = (0..cores).map(|core| scope.spawn(move || self.signatures(part(core)))).collect();
            running.into_iter().try_for_each(|thread| thread.join().ok().context("a thread that signs")?)
        })
    }

    fn signatures(&self, count: usize) -> Result<()> {
        let mut rng = ChaCha20Rng::from_seed(rand::random());
        (0..count).try_for_each(|_| self.signature(&mut rng))
    }

    fn signature(&self, rng: &mut ChaCha20Rng) -> Result<()> {
        let message: [u8; 32] = rand::random();
        let (mut nonces, mut commitments) = (Vec::new(), BTreeMap::new());
        for signer in &self.signers {
            let (own, public) = round1::commit(signer.signing_share(), rng);
            commitments.insert(*signer.identifier(), public);
            nonces.push(own);
        }
        let package = SigningPackage::new(commitments, &message);
        let mut shares = BTreeMap::new();
        for (signer, nonces) in self.signers.iter().zip(&nonces) {
            shares.insert(*signer.identifier(), round2::sign(&package, nonces, signer)?);
        }
        let signature = aggregate(&package, &shares, &self.public)?.serialize()?;
        let signature = signature.try_into().ok().context("64 bytes")?;
        Ok(threshold::verify_signature(&self.key, &message, &signature)?)
    }
}
