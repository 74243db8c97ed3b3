//! What watchmen say to each other, byte for byte. Pure.
//!
//! A message is `EWW` (3 bytes), the version (1 byte, 1), the kind (1 byte), and what the kind has, of exactly that length:
//!
//! | kind | what | bytes |
//! |---|---|---|
//! | 1 | presence: number of the batch (8, big endian), state root behind it (32) | 40 |
//! | 2 | signature: everHash (32), digest that was signed (32), signature (65: r, s, v) | 129 |
//! | 3 | wanted signatures: how many (2, big endian), everHashes, strictly rising (32 each) | 2 + 32 n, n from 1 to 1024 |
//!
//! What always holds: one message has one encoding. The bytes in it are claims of the sender: a signature is checked by
//! `vault::signature`, a position against one's own replay.
//! What it does not do: say who sent it; the transport proves that.

use crate::config::MESSAGE_LEN_MAX;
use everpay::{EverHash, StateRoot};
use std::collections::BTreeSet;

/// Most everHashes of one request.
pub const WANTED_MAX: usize = 1_024;

const DOMAIN: [u8; 3] = *b"EWW";
const VERSION: u8 = 1;
const HEAD_LEN: usize = 5;
const HASH_LEN: usize = 32;
const LARGEST: usize = HEAD_LEN + 2 + WANTED_MAX * HASH_LEN;
const _: () = assert!(LARGEST <= MESSAGE_LEN_MAX);

/// What a watchman says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// How far its own replay has come.
    Presence {
        /// The batch.
        batch: u64,
        /// The state root behind it.
        root: StateRoot,
    },
    /// Its signature, or one that it has from another.
    Signature {
        /// The burn.
        ever_hash: EverHash,
        /// What was signed.
        digest: [u8; 32],
        /// r, s, v.
        signature: [u8; 65],
    },
    /// The burns whose signatures it lacks.
    WantSignatures(Wanted),
}

/// 1 to [`WANTED_MAX`] everHashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted(BTreeSet<EverHash>);

/// No everHashes, or too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("1 to {WANTED_MAX} everHashes can be asked for, not {0}")]
pub struct WantedError(pub usize);

/// Why bytes are no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// Not what watchmen say to each other.
    #[error("not a message of watchmen")]
    Domain,
    /// Of another version of this program.
    #[error("version {0} is not known")]
    Version(u8),
    /// A kind that this version does not have.
    #[error("kind {0} is not known")]
    Kind(u8),
    /// Another length than its kind has.
    #[error("{0} bytes are not the length of its kind")]
    Length(usize),
    /// Too few or too many everHashes.
    #[error(transparent)]
    Wanted(#[from] WantedError),
    /// EverHashes that do not rise.
    #[error("the everHashes do not rise strictly")]
    Order,
}

impl Wanted {
    /// Asks for these.
    ///
    /// # Errors
    /// When there are none, or too many.
    pub fn new(ever_hashes: BTreeSet<EverHash>) -> Result<Self, WantedError> {
        let count = ever_hashes.len();
        (1..=WANTED_MAX).contains(&count).then_some(Self(ever_hashes)).ok_or(WantedError(count))
    }

    /// The everHashes.
    #[must_use]
    pub fn ever_hashes(&self) -> &BTreeSet<EverHash> {
        &self.0
    }
}

impl Message {
    const PRESENCE: u8 = 1;
    const SIGNATURE: u8 = 2;
    const WANT_SIGNATURES: u8 = 3;

    /// The message in bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = [DOMAIN.as_slice(), &[VERSION]].concat();
        match self {
            Self::Presence { batch, root } => {
                out.push(Self::PRESENCE);
                out.extend(batch.to_be_bytes());
                out.extend(root.as_bytes());
            }
            Self::Signature { ever_hash, digest, signature } => {
                out.push(Self::SIGNATURE);
                out.extend(ever_hash.as_bytes());
                out.extend(digest);
                out.extend(signature);
            }
            Self::WantSignatures(Wanted(ever_hashes)) => {
                out.push(Self::WANT_SIGNATURES);
                let count = u16::try_from(ever_hashes.len()).expect("at most WANTED_MAX");
                out.extend(count.to_be_bytes());
                ever_hashes.iter().for_each(|hash| out.extend(hash.as_bytes()));
            }
        }
        out
    }

    /// Reads a message.
    ///
    /// # Errors
    /// The first rule that the bytes break, in the order of [`WireError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let (domain, rest) = bytes.split_first_chunk::<3>().ok_or(WireError::Domain)?;
        if *domain != DOMAIN {
            return Err(WireError::Domain);
        }
        let short = WireError::Length(bytes.len());
        let (&version, rest) = rest.split_first().ok_or(short)?;
        if version != VERSION {
            return Err(WireError::Version(version));
        }
        let (&kind, body) = rest.split_first().ok_or(short)?;
        let message = match kind {
            Self::PRESENCE => presence(body),
            Self::SIGNATURE => signature(body),
            Self::WANT_SIGNATURES => return want_signatures(body, short),
            _ => return Err(WireError::Kind(kind)),
        };
        message.ok_or(short)
    }
}

fn presence(body: &[u8]) -> Option<Message> {
    let (batch, root) = body.split_first_chunk::<8>()?;
    Some(Message::Presence { batch: u64::from_be_bytes(*batch), root: StateRoot::new(root.try_into().ok()?) })
}

fn signature(body: &[u8]) -> Option<Message> {
    let (ever_hash, rest) = body.split_first_chunk::<HASH_LEN>()?;
    let (digest, signature) = rest.split_first_chunk::<HASH_LEN>()?;
    let ever_hash = EverHash::new(*ever_hash);
    Some(Message::Signature { ever_hash, digest: *digest, signature: signature.try_into().ok()? })
}

fn want_signatures(body: &[u8], wrong_length: WireError) -> Result<Message, WireError> {
    let (count, rest) = body.split_first_chunk::<2>().ok_or(wrong_length)?;
    let count = usize::from(u16::from_be_bytes(*count));
    let (hashes, left) = rest.as_chunks::<HASH_LEN>();
    if hashes.len() != count || !left.is_empty() {
        return Err(wrong_length);
    }
    if count > WANTED_MAX {
        return Err(WantedError(count).into());
    }
    if !hashes.is_sorted_by(|one, next| one < next) {
        return Err(WireError::Order);
    }
    Ok(Message::WantSignatures(Wanted::new(hashes.iter().copied().map(EverHash::new).collect())?))
}

#[cfg(test)]
mod tests;
