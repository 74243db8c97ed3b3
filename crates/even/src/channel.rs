//! Masked channel messages: frames that only readers find and read, in zero-value transactions (section 10).
//!
//! What always holds: every message has its own key, and a key is gone once it was used; who was admitted at a position reads
//! from there on, neither before nor in the owner's name; the ledger shows neither channel nor signer.
//! What it does not do: carry an invitation to its reader, or hide the issuing node and sizes (10.5).
//!
//! Source: RFC 8439, RFC 8032, RFC 9180, HMAC over SHA3-256.

mod envelope;
mod frame;
mod invitation;
mod ratchet;

pub use frame::{CONTENT_MAX, Frame, FrameError, Mode};
pub use invitation::{Invitation, InvitationError, ReaderSecret};
pub use ratchet::{MessageKey, Ratchet};

use crate::hash::{Domain, dom, sha3, shake};
use crate::identity::{NodeKey, SignatureBytes};
use crate::ids::{Address, ChannelId};
use zeroize::Zeroizing;

const SIGNING: Domain = dom("EVEN/chan/1");
const PUBLIC: Domain = dom("EVEN/chanpub/1");
const MESSAGE: Domain = dom("EVEN/mam/1");

/// What a channel comes from: whoever has it writes and reads everything.
pub struct Secret(Zeroizing<[u8; 32]>);

impl Secret {
    /// The secret of 32 random bytes.
    #[must_use]
    pub const fn new(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    /// The secret of a public channel, which everybody who knows its name has (10.4).
    #[must_use]
    pub fn public(name: &str) -> Self {
        Self(Zeroizing::new(sha3(&[&PUBLIC, name.as_bytes()])))
    }

    fn signer(&self) -> NodeKey {
        let mut seed = Zeroizing::new([0; 32]);
        shake(&[&SIGNING, &*self.0], &mut *seed);
        NodeKey::from_secret(&seed)
    }
}

/// The owner of a channel.
pub struct Writer {
    signer: NodeKey,
    ratchet: Ratchet,
}

/// What was written or read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The position.
    pub n: u64,
    /// How the channel is meant.
    pub mode: Mode,
    /// What is said.
    pub bytes: Vec<u8>,
}

impl Writer {
    /// A channel from its first message on.
    #[must_use]
    pub fn new(secret: &Secret) -> Self {
        Self { signer: secret.signer(), ratchet: Ratchet::first(&secret.0) }
    }

    /// The name of the channel.
    #[must_use]
    pub fn channel(&self) -> ChannelId {
        ChannelId(self.signer.node().0)
    }

    /// Where the next message goes, and what a reader who is admitted now gets.
    #[must_use]
    pub const fn ratchet(&self) -> &Ratchet {
        &self.ratchet
    }

    /// Goes on to a later position; the keys before it are gone.
    pub fn skip_to(&mut self, n: u64) {
        self.ratchet.skip_to(n);
    }

    /// Writes the next message.
    ///
    /// # Errors
    /// Content that does not fit a message.
    pub fn write(&mut self, mode: Mode, content: &[u8]) -> Result<Frame, FrameError> {
        if content.len() > CONTENT_MAX {
            return Err(FrameError::Long(content.len()));
        }
        let key = self.ratchet.message_key();
        let signature = self.signature(mode, content);
        let frame = Frame::seal(&key, mode, &signature, content);
        self.ratchet.step();
        Ok(frame)
    }

    /// The owner's signature of the next message.
    #[must_use]
    pub fn signature(&self, mode: Mode, content: &[u8]) -> SignatureBytes {
        let n = self.ratchet.n().to_le_bytes();
        self.signer.sign(&MESSAGE, &[&self.channel().0, &n, &[mode.code()], &sha3(&[content])])
    }
}

/// Somebody who was admitted at a position.
pub struct Reader {
    channel: ChannelId,
    ratchet: Ratchet,
}

impl Reader {
    /// Reads from the ratchet's position on.
    #[must_use]
    pub const fn new(channel: ChannelId, ratchet: Ratchet) -> Self {
        Self { channel, ratchet }
    }

    /// The address that the next message is found under.
    #[must_use]
    pub fn address(&self) -> Address {
        self.ratchet.message_key().address()
    }

    /// The position of the next message.
    #[must_use]
    pub const fn n(&self) -> u64 {
        self.ratchet.n()
    }

    /// Goes on without the messages before `n`; they cannot be read any more.
    pub fn skip_to(&mut self, n: u64) {
        self.ratchet.skip_to(n);
    }

    /// Reads the next message and goes on. A frame that is refused changes nothing.
    ///
    /// # Errors
    /// Another form, another key, or a signature that is not the owner's.
    pub fn read(&mut self, frame: &Frame) -> Result<Content, FrameError> {
        let n = self.ratchet.n();
        let opened = frame.open(&self.ratchet.message_key())?;
        let (signature, content) = opened.split_first_chunk().ok_or(FrameError::Form)?;
        let mode = frame.mode()?;
        let signed: [&[u8]; 4] = [&self.channel.0, &n.to_le_bytes(), &[mode.code()], &sha3(&[content])];
        if !crate::identity::verifies(&self.channel.0, &MESSAGE, &signed, signature) {
            return Err(FrameError::Signature);
        }
        self.ratchet.step();
        Ok(Content { n, mode, bytes: content.to_vec() })
    }
}

#[cfg(test)]
mod tests;
