//! The sealed form of a message, and how it lies in transactions (10.3, 10.4).

use super::MessageKey;
use crate::identity::SignatureBytes;
use crate::ids::{Address, Tag};
use crate::message::{Output, TRANSACTIONS_MAX};
use crate::transaction::FRAGMENT_LEN;
use crate::units::Amount;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const HEADER_LEN: usize = 8;
const SIGNATURE_LEN: usize = 64;
const MAC_LEN: usize = 16;
const FRAME_MAX: usize = TRANSACTIONS_MAX * FRAGMENT_LEN;

/// Most bytes of content: what fits the fragments of one message.
pub const CONTENT_MAX: usize = FRAME_MAX - HEADER_LEN - SIGNATURE_LEN - MAC_LEN;

/// How a channel is meant (10.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Everybody knows the secret: integrity of transport only.
    Public,
    /// The owner alone.
    Private,
    /// The owner and those who were admitted.
    Restricted,
}

impl Mode {
    pub(super) const fn code(self) -> u8 {
        self as u8
    }

    /// The mode of its code.
    #[must_use]
    pub const fn of(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Public),
            1 => Some(Self::Private),
            2 => Some(Self::Restricted),
            _ => None,
        }
    }
}

/// Why a frame is not written or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Too much for one message.
    #[error("{0} bytes do not fit a channel message of {CONTENT_MAX}")]
    Long(usize),
    /// Not a frame of this version.
    #[error("not a channel frame")]
    Form,
    /// Sealed with another key, or altered.
    #[error("the frame is sealed with another key or was altered")]
    Sealed,
    /// Not the owner's words.
    #[error("the owner of the channel did not sign this")]
    Signature,
}

/// A sealed message and where it is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The masked address.
    pub address: Address,
    bytes: Vec<u8>,
}

impl Frame {
    /// The caller has checked the length.
    pub(super) fn seal(key: &MessageKey, mode: Mode, signature: &SignatureBytes, content: &[u8]) -> Self {
        let length = SIGNATURE_LEN + content.len() + MAC_LEN;
        let length = u32::try_from(length).expect("content is at most 64 KiB").to_le_bytes();
        let mut bytes = [&[VERSION, mode.code(), 0, 0], length.as_slice()].concat();
        let address = key.address();
        let aad = [address.0.as_slice(), &bytes].concat();
        let plain = Zeroizing::new([signature.as_slice(), content].concat());
        let sealed = cipher(key).encrypt(&nonce(key), Payload { msg: &plain, aad: &aad });
        bytes.extend(sealed.expect("the cipher takes messages of this length"));
        Self { address, bytes }
    }

    /// The frame in the data of the transactions at `address`. Zero bytes that were left out as padding are put back.
    ///
    /// # Errors
    /// [`FrameError::Form`].
    pub fn parse(address: Address, data: &[u8]) -> Result<Self, FrameError> {
        let (header, sealed) = data.split_first_chunk::<HEADER_LEN>().ok_or(FrameError::Form)?;
        let [VERSION, mode, 0, 0, length @ ..] = *header else { return Err(FrameError::Form) };
        let length = usize::try_from(u32::from_le_bytes(length)).map_err(|_| FrameError::Form)?;
        let whole = (SIGNATURE_LEN + MAC_LEN..=FRAME_MAX - HEADER_LEN).contains(&length);
        if Mode::of(mode).is_none() || !whole || sealed.len() > length {
            return Err(FrameError::Form);
        }
        let mut bytes = data.to_vec();
        bytes.resize(HEADER_LEN + length, 0);
        Ok(Self { address, bytes })
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What a message carries it in: zero-value transactions, 1024 bytes each.
    #[must_use]
    pub fn output(&self) -> Output {
        Output { address: self.address, amount: Amount::ZERO, tag: Tag::CHANNEL, data: self.bytes.clone() }
    }

    pub(super) fn mode(&self) -> Result<Mode, FrameError> {
        self.bytes.get(1).copied().and_then(Mode::of).ok_or(FrameError::Form)
    }

    /// Signature and content.
    pub(super) fn open(&self, key: &MessageKey) -> Result<Vec<u8>, FrameError> {
        let (header, sealed) = self.bytes.split_at_checked(HEADER_LEN).ok_or(FrameError::Form)?;
        let aad = [key.address().0.as_slice(), header].concat();
        cipher(key).decrypt(&nonce(key), Payload { msg: sealed, aad: &aad }).map_err(|_| FrameError::Sealed)
    }
}

fn cipher(key: &MessageKey) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new(key.key().into())
}

fn nonce(key: &MessageKey) -> Nonce {
    let mut nonce = [0; 12];
    nonce[4..].copy_from_slice(&key.n().to_le_bytes());
    nonce.into()
}
