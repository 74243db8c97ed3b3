//! How the owner of a channel hands its key to a reader (10.1): an invitation sealed to the reader's public key.
//!
//! 185 bytes: version 1 (1), encapsulated key (32), then HPKE over channel (32), position (8, little-endian), chain key (32),
//! signature (64) and the tag (16); purpose `EVEN/invite/1` padded as a domain, associated data the version. The signature is the
//! channel key's, over that domain, the reader's key, the position and the SHA3-256 of the chain key.
//!
//! What always holds: only the reader opens it; it admits only who its owner named, from one position on; what was altered
//! in any bit is refused; it shows others neither the channel nor the reader.
//! What it does not do: prove that the chain key is the channel's (frames tell), travel by itself, or keep a reader from
//! telling the key to others.
//!
//! Source: RFC 9180; the reference names it and leaves the form open (`docs/even.md`).

use super::envelope::{self, KEY_LEN, PrivateKey, TAG_LEN};
use super::{Ratchet, Reader, Writer};
use crate::hash::{Domain, dom, sha3};
use crate::identity::SignatureBytes;
use crate::ids::{ChannelId, ReaderId};
use zeroize::Zeroizing;

const PURPOSE: Domain = dom("EVEN/invite/1");
const VERSION: u8 = 1;
const PLAIN_LEN: usize = 32 + 8 + 32 + 64;

/// The secret of somebody who is admitted to channels. Wiped when dropped and never shown.
pub struct ReaderSecret {
    private: PrivateKey,
    id: ReaderId,
}

impl ReaderSecret {
    /// The secret of 32 random bytes (RFC 9180, `DeriveKeyPair`).
    #[must_use]
    pub fn from_seed(seed: &Zeroizing<[u8; 32]>) -> Self {
        let (private, public) = envelope::key_pair(seed);
        Self { private, id: ReaderId(public) }
    }

    /// What channel owners are told.
    #[must_use]
    pub const fn id(&self) -> ReaderId {
        self.id
    }
}

impl std::fmt::Debug for ReaderSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ReaderSecret({})", self.id)
    }
}

/// Why nobody is admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvitationError {
    /// A public key of small order: nobody has the secret of it.
    #[error("nobody can have this reader's key")]
    Reader,
    /// Another length or version.
    #[error("not an invitation of this version")]
    Form,
    /// Sealed to another reader, or altered.
    #[error("the invitation is for another reader or was altered")]
    Sealed,
    /// Not the owner's.
    #[error("the owner of the channel did not sign this invitation")]
    Signature,
}

/// A sealed invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation([u8; Self::LEN]);

impl Invitation {
    /// Bytes of every invitation.
    pub const LEN: usize = 1 + KEY_LEN + PLAIN_LEN + TAG_LEN;

    /// An invitation of these bytes; nothing but form is checked before [`Self::open`].
    ///
    /// # Errors
    /// [`InvitationError::Form`].
    pub fn parse(bytes: &[u8]) -> Result<Self, InvitationError> {
        let bytes: [u8; Self::LEN] = bytes.try_into().map_err(|_| InvitationError::Form)?;
        if bytes[0] == VERSION { Ok(Self(bytes)) } else { Err(InvitationError::Form) }
    }

    /// Its bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// Admits the reader.
    ///
    /// # Errors
    /// An invitation for somebody else, altered, or by somebody else than the owner of the channel.
    pub fn open(&self, secret: &ReaderSecret) -> Result<Reader, InvitationError> {
        let (version, sealed) = self.0.split_at(1);
        let plain = envelope::open(&secret.private, [&PURPOSE, version, sealed]).ok_or(InvitationError::Sealed)?;
        let (channel, rest) = plain.split_first_chunk::<32>().ok_or(InvitationError::Form)?;
        let (n, rest) = rest.split_first_chunk::<8>().ok_or(InvitationError::Form)?;
        let (chain, signature) = rest.split_first_chunk::<32>().ok_or(InvitationError::Form)?;
        let signature: &SignatureBytes = signature.try_into().map_err(|_| InvitationError::Form)?;
        let signed: [&[u8]; 3] = [&secret.id.0, n, &sha3(&[chain])];
        if !crate::identity::verifies(channel, &PURPOSE, &signed, signature) {
            return Err(InvitationError::Signature);
        }
        let ratchet = Ratchet::at(u64::from_le_bytes(*n), Zeroizing::new(*chain));
        Ok(Reader::new(ChannelId(*channel), ratchet))
    }
}

impl Writer {
    /// Invites a reader from the next message on. `fresh`: 32 random bytes, used for nothing else.
    ///
    /// # Errors
    /// [`InvitationError::Reader`].
    pub fn invite(&self, reader: &ReaderId, fresh: Zeroizing<[u8; 32]>) -> Result<Invitation, InvitationError> {
        let (n, chain) = (self.ratchet.n().to_le_bytes(), self.ratchet.chain_key());
        let signature = self.signer.sign(&PURPOSE, &[&reader.0, &n, &sha3(&[chain])]);
        // Grown once, so that no copy of the key is left behind.
        let mut plain = Zeroizing::new(Vec::with_capacity(PLAIN_LEN));
        for part in [&self.channel().0[..], &n, chain, &signature] {
            plain.extend_from_slice(part);
        }
        let sealed = envelope::seal(&reader.0, [&PURPOSE, &[VERSION], &plain], fresh).ok_or(InvitationError::Reader)?;
        Invitation::parse(&[&[VERSION], sealed.as_slice()].concat())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::channel::{FrameError, Mode, Secret};

    fn bytes(byte: u8) -> Zeroizing<[u8; 32]> {
        Zeroizing::new([byte; 32])
    }

    fn parts() -> (Writer, ReaderSecret) {
        (Writer::new(&Secret::new(bytes(1))), ReaderSecret::from_seed(&bytes(2)))
    }

    #[test]
    fn rule_10_1_who_is_invited_reads_from_there_on_and_nothing_before() {
        let (mut writer, secret) = parts();
        let before = writer.write(Mode::Restricted, b"before").unwrap();
        let invitation = writer.invite(&secret.id(), bytes(3)).unwrap();
        let after = writer.write(Mode::Restricted, b"after").unwrap();
        let mut reader = Invitation::parse(invitation.bytes()).unwrap().open(&secret).unwrap();
        assert_eq!(reader.read(&before), Err(FrameError::Sealed));
        assert_eq!(reader.read(&after).unwrap().bytes, b"after");
    }

    #[test]
    fn rule_10_1_an_invitation_is_for_one_reader_and_every_altered_bit_is_refused() {
        let (writer, secret) = parts();
        let invitation = writer.invite(&secret.id(), bytes(3)).unwrap();
        assert_eq!(invitation.open(&ReaderSecret::from_seed(&bytes(9))).err(), Some(InvitationError::Sealed));
        for bit in 0..Invitation::LEN * 8 {
            let mut altered = *invitation.bytes();
            altered[bit / 8] ^= 1 << (bit % 8);
            let refusal = Invitation::parse(&altered).and_then(|altered| altered.open(&secret)).err().unwrap();
            let want = if bit < 8 { InvitationError::Form } else { InvitationError::Sealed };
            assert_eq!(refusal, want, "bit {bit}");
        }
        for len in [0, Invitation::LEN - 1, Invitation::LEN + 1] {
            assert_eq!(Invitation::parse(&vec![VERSION; len]), Err(InvitationError::Form), "{len}");
        }
    }

    #[test]
    fn rule_10_1_a_reader_cannot_admit_others_in_the_owners_name() {
        let (writer, secret) = parts();
        let friend = ReaderSecret::from_seed(&bytes(4));
        // Everything that a reader knows: channel, position, chain key, and a signature for another reader.
        let chain = writer.ratchet.chain_key();
        let n = writer.ratchet.n().to_le_bytes();
        let signature = writer.signer.sign(&PURPOSE, &[&secret.id().0, &n, &sha3(&[chain])]);
        let plain = [&writer.channel().0[..], &n, chain, &signature].concat();
        let sealed = envelope::seal(&friend.id().0, [&PURPOSE, &[VERSION], &plain], bytes(5)).unwrap();
        let forged = Invitation::parse(&[&[VERSION], sealed.as_slice()].concat()).unwrap();
        assert_eq!(forged.open(&friend).err(), Some(InvitationError::Signature));
    }

    #[test]
    fn rule_10_1_keys_of_small_order_are_refused() {
        let (writer, _) = parts();
        for order in [[0; 32], {
            let mut one = [0; 32];
            one[0] = 1;
            one
        }] {
            assert_eq!(writer.invite(&ReaderId(order), bytes(3)), Err(InvitationError::Reader));
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let secret = ReaderSecret::from_seed(&bytes(2));
        assert_eq!(format!("{secret:?}"), format!("ReaderSecret({})", secret.id()));
    }
}
