//! Signatures of watchmen, checked where they enter.
//!
//! What always holds: a [`VerifiedSignature`] was recovered to its owner, and a lock contract would accept it: 65 bytes, v 27
//! or 28, low s. Deserialising checks again.

use crate::payload::Payload;
use crypto::hexs;
use crypto::secp::Recoverer;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// Half of the order of secp256k1, big endian; a greater s is the twin of a smaller one, which contracts refuse.
const HALF_ORDER: [u8; 32] = [
    0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x5d, 0x57, 0x6e,
    0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0,
];

/// What a key signs. Text: `0x` and 64 digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

/// An owner of a vault: a watchman, by the address of its key. Text: as of EIP-55.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Owner([u8; 20]);

/// A signature whose maker is known.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Raw", into = "Raw")]
pub struct VerifiedSignature {
    digest: Digest,
    owner: Owner,
    sig: [u8; 65],
}

/// A payload and somebody's signature of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "(Payload, VerifiedSignature)", into = "(Payload, VerifiedSignature)")]
pub struct SignedPayload {
    payload: Payload,
    signature: VerifiedSignature,
}

/// Bytes that are no signature a vault would count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSignature {
    /// Not 65 bytes.
    #[error("a signature has 65 bytes, not {0}")]
    Length(usize),
    /// v is neither 27 nor 28.
    #[error("v is neither 27 nor 28")]
    V,
    /// The malleable twin of another signature.
    #[error("s is in the upper half")]
    HighS,
    /// No key can have made it.
    #[error("nobody can have signed this")]
    Nobody,
    /// Of something else than it came with.
    #[error("the signature is of another payload or owner")]
    OfAnother,
}

impl VerifiedSignature {
    /// Checks a signature and says who made it.
    ///
    /// # Errors
    /// When a vault would not count it for anybody.
    pub fn check(digest: Digest, sig: &[u8]) -> Result<Self, BadSignature> {
        let sig: [u8; 65] = sig.try_into().map_err(|_| BadSignature::Length(sig.len()))?;
        if !matches!(sig[64], 27 | 28) {
            return Err(BadSignature::V);
        }
        if sig[32..64] > HALF_ORDER[..] {
            return Err(BadSignature::HighS);
        }
        let owner = Recoverer::new().recover(&digest.0, &sig).map(Owner).ok_or(BadSignature::Nobody)?;
        Ok(Self { digest, owner, sig })
    }

    /// What was signed.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Who signed.
    #[must_use]
    pub fn owner(&self) -> Owner {
        self.owner
    }

    /// r ‖ s ‖ v.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 65] {
        &self.sig
    }
}

impl SignedPayload {
    /// Checks a signature of a payload.
    ///
    /// # Errors
    /// As [`VerifiedSignature::check`].
    pub fn check(payload: Payload, sig: &[u8]) -> Result<Self, BadSignature> {
        let signature = VerifiedSignature::check(payload.digest(), sig)?;
        Ok(Self { payload, signature })
    }

    /// What was signed.
    #[must_use]
    pub fn payload(&self) -> &Payload {
        &self.payload
    }

    /// The signature.
    #[must_use]
    pub fn signature(&self) -> &VerifiedSignature {
        &self.signature
    }
}

#[derive(Serialize, Deserialize)]
struct Raw {
    digest: Digest,
    owner: Owner,
    sig: Vec<u8>,
}

impl TryFrom<Raw> for VerifiedSignature {
    type Error = BadSignature;

    fn try_from(raw: Raw) -> Result<Self, BadSignature> {
        let checked = Self::check(raw.digest, &raw.sig)?;
        if checked.owner == raw.owner { Ok(checked) } else { Err(BadSignature::OfAnother) }
    }
}

impl From<VerifiedSignature> for Raw {
    fn from(checked: VerifiedSignature) -> Self {
        Self { digest: checked.digest, owner: checked.owner, sig: checked.sig.to_vec() }
    }
}

impl TryFrom<(Payload, VerifiedSignature)> for SignedPayload {
    type Error = BadSignature;

    fn try_from((payload, signature): (Payload, VerifiedSignature)) -> Result<Self, BadSignature> {
        if payload.digest() == signature.digest {
            Ok(Self { payload, signature })
        } else {
            Err(BadSignature::OfAnother)
        }
    }
}

impl From<SignedPayload> for (Payload, VerifiedSignature) {
    fn from(signed: SignedPayload) -> Self {
        (signed.payload, signed.signature)
    }
}

impl Digest {
    /// Takes the bytes as they are.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Owner {
    /// Takes the address as it is.
    #[must_use]
    pub const fn new(address: [u8; 20]) -> Self {
        Self(address)
    }

    /// The address.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }
}

impl FromStr for Digest {
    type Err = hexs::DecodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        hexs::decode_array0x(text).map(Self)
    }
}

impl FromStr for Owner {
    type Err = hexs::DecodeError;

    /// In any letter case.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        hexs::decode_array0x(text).map(Self)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Owner {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Owner {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crypto::hexs::encode0x(&self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crypto::eip55(&self.0))
    }
}

impl fmt::Debug for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for VerifiedSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifiedSignature(of {} by {})", self.digest, self.owner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crypto::secp::EvmKey;

    #[test]
    fn a_digest_and_an_owner_have_one_prefix() {
        let text = format!("0x{}", "5".repeat(64));
        assert_eq!(text.parse::<Digest>().map(|digest| digest.to_string()), Ok(text.clone()));
        assert_eq!(format!("0x{text}").parse::<Digest>(), Err(hexs::DecodeError));
        let text = format!("0x{}", "5".repeat(40));
        assert!(text.parse::<Owner>().is_ok() && text[2..].parse::<Owner>().is_err());
        assert_eq!(format!("0x{text}").parse::<Owner>(), Err(hexs::DecodeError));
    }

    #[test]
    fn only_signatures_that_a_vault_counts_are_verified() {
        let key = EvmKey::from_bytes(&[7; 32]).unwrap();
        let digest = Digest::new([9; 32]);
        let good = key.sign_digest(digest.as_bytes());
        assert_eq!(VerifiedSignature::check(digest, &good).unwrap().owner(), Owner::new(key.address()));
        let with = |place: usize, byte: u8| {
            let mut sig = good;
            sig[place] = byte;
            VerifiedSignature::check(digest, &sig).map(|checked| checked.owner())
        };
        assert_eq!(with(64, good[64] - 27), Err(BadSignature::V));
        assert_eq!(with(32, 0x80), Err(BadSignature::HighS));
        assert_ne!(with(5, !good[5]), Ok(Owner::new(key.address())));
        for length in [0, 64, 66] {
            let bytes = [&good[..], &[0]].concat();
            assert_eq!(VerifiedSignature::check(digest, &bytes[..length]), Err(BadSignature::Length(length)));
        }
        assert_eq!(VerifiedSignature::check(digest, &[[0; 64].as_slice(), &[27]].concat()), Err(BadSignature::Nobody));
    }

    #[test]
    fn owners_and_digests_are_texts_that_read_back() {
        let (owner, digest) = (Owner::new([0xab; 20]), Digest::new([0xcd; 32]));
        assert_eq!((owner.to_string().to_lowercase().parse(), digest.to_string().parse()), (Ok(owner), Ok(digest)));
        let text = serde_json::to_string(&(owner, digest)).unwrap();
        assert_eq!(serde_json::from_str::<(Owner, Digest)>(&text).unwrap(), (owner, digest));
        for bad in ["", "0x", "abababababababababababababababababababab", "0xab"] {
            assert!(bad.parse::<Owner>().is_err() && bad.parse::<Digest>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_stored_signature_is_checked_again_when_it_is_read() {
        let key = EvmKey::from_bytes(&[7; 32]).unwrap();
        let digest = Digest::new([9; 32]);
        let signature = VerifiedSignature::check(digest, &key.sign_digest(digest.as_bytes())).unwrap();
        let bytes = postcard::to_stdvec(&signature).unwrap();
        assert_eq!(postcard::from_bytes::<VerifiedSignature>(&bytes).unwrap(), signature);
        let foreign = Raw { owner: Owner::new([1; 20]), ..Raw::from(signature) };
        assert!(postcard::from_bytes::<VerifiedSignature>(&postcard::to_stdvec(&foreign).unwrap()).is_err());
    }
}
