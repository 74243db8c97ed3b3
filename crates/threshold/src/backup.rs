//! An encrypted copy of a share *and* of its group's data, for paper, a stick, or a safe: one without the other restores nothing.
//!
//! `EVTB`, version (1), group key (32), Argon2id memory in KiB (4), passes (4), lanes (4), salt (16), nonce (24), then
//! XChaCha20-Poly1305 over share (136), group and checksum (32), with everything before as associated data. The group key stands
//! in the clear so that a person sees what a backup is of; the checksum is bound to it.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use frost_secp256k1_tr::rand_core::{CryptoRng, RngCore};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::error::FormatError;
use crate::group::Group;
use crate::hash::tagged;
use crate::reader::Reader;
use crate::share::{self, Share};

const MAGIC: [u8; 4] = *b"EVTB";
const VERSION: u8 = 1;
const HEAD: usize = 5 + 32 + 12 + 16 + 24;

/// Why a backup does not open.
#[derive(Debug, Error)]
pub enum BackupError {
    /// Not a backup, or a damaged one.
    #[error("the backup is not readable")]
    Format(#[from] FormatError),
    /// The key derivation's cost is out of bounds: at most 1 GiB, 16 passes, 16 lanes.
    #[error("the backup asks for more work than is allowed")]
    Cost,
    /// Wrong password, or changed bytes.
    #[error("the password is wrong, or the backup was changed")]
    Password,
    /// The backup holds another group or generation than the share in use.
    #[error("the backup is of another group, or of an earlier generation of its shares")]
    Outdated,
}

/// The cost of trying a password: Argon2id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for Cost {
    /// 256 MiB, 4 passes.
    fn default() -> Self {
        Self { memory_kib: 256 * 1024, passes: 4, lanes: 1 }
    }
}

impl Cost {
    fn to_bytes(self) -> [u8; 12] {
        let mut bytes = [0; 12];
        bytes[..4].copy_from_slice(&self.memory_kib.to_be_bytes());
        bytes[4..8].copy_from_slice(&self.passes.to_be_bytes());
        bytes[8..].copy_from_slice(&self.lanes.to_be_bytes());
        bytes
    }

    fn cipher(self, password: &[u8], salt: &[u8; 16]) -> Result<XChaCha20Poly1305, BackupError> {
        if self.memory_kib > 1024 * 1024 || self.passes > 16 || self.lanes > 16 {
            return Err(BackupError::Cost);
        }
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(32)).map_err(|_| BackupError::Cost)?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(password, salt, &mut *key)
            .map_err(|_| BackupError::Cost)?;
        Ok(XChaCha20Poly1305::new((&*key).into()))
    }
}

/// An encrypted backup's bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup(Vec<u8>);

impl Backup {
    /// Encrypts a share with its group.
    ///
    /// # Errors
    /// Only for a cost out of bounds.
    pub fn seal<R: RngCore + CryptoRng>(
        share: &Share,
        password: &[u8],
        cost: Cost,
        rng: &mut R,
    ) -> Result<Self, BackupError> {
        let group = share.group().to_bytes();
        let secret = share.to_bytes();
        // Grown once, so that no copy of the secret is left behind.
        let mut plain = Zeroizing::new(Vec::with_capacity(secret.len() + group.len() + 32));
        plain.extend_from_slice(&secret);
        plain.extend_from_slice(&group);
        let sum = checksum(share.group(), &plain);
        plain.extend(sum);
        let (mut salt, mut nonce) = ([0; 16], [0; 24]);
        rng.fill_bytes(&mut salt);
        rng.fill_bytes(&mut nonce);
        let key = share.group().x_only();
        let head = [&MAGIC[..], &[VERSION], &key, &cost.to_bytes(), &salt, &nonce].concat();
        let payload = Payload { msg: &plain, aad: &head };
        let sealed =
            cost.cipher(password, &salt)?.encrypt(&nonce.into(), payload).map_err(|_| BackupError::Password)?;
        Ok(Self([head, sealed].concat()))
    }

    /// A backup from its bytes; nothing is checked before [`Self::open`].
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes to keep.
    #[must_use]
    pub fn to_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Which group key the backup says it is of, as in BIP 340. Not authenticated before [`Self::open`].
    ///
    /// # Errors
    /// If these are not a backup's bytes.
    pub fn claims(&self) -> Result<[u8; 32], BackupError> {
        let mut reader = Reader::new(&self.0);
        reader.head(MAGIC, VERSION)?;
        Ok(reader.array()?)
    }

    /// Decrypts, and checks that share, group and checksum fit together.
    ///
    /// # Errors
    /// A wrong password, changed or damaged bytes.
    pub fn open(&self, password: &[u8]) -> Result<Share, BackupError> {
        let key = self.claims()?;
        let (head, sealed) = self.0.split_at_checked(HEAD).ok_or(FormatError::Length)?;
        let mut reader = Reader::new(&head[37..]);
        let cost = Cost { memory_kib: reader.u32()?, passes: reader.u32()?, lanes: reader.u32()? };
        let (salt, nonce) = (reader.array()?, reader.array::<24>()?);
        let payload = Payload { msg: sealed, aad: head };
        let plain = cost.cipher(password, &salt)?.decrypt(&nonce.into(), payload);
        let plain = Zeroizing::new(plain.map_err(|_| BackupError::Password)?);
        let (plain, found) = plain.split_last_chunk::<32>().ok_or(FormatError::Length)?;
        let (secret, group) = plain.split_at_checked(share::LENGTH).ok_or(FormatError::Length)?;
        let group = Group::from_bytes(group)?;
        if group.x_only() != key || checksum(&group, plain) != *found {
            return Err(FormatError::Checksum.into());
        }
        Ok(Share::from_bytes(secret, &group)?)
    }

    /// The restore drill: opens the backup and compares it with the share in use, which stays what it is.
    ///
    /// # Errors
    /// What [`Self::open`] finds, and a backup of another group, member or generation.
    pub fn drill(&self, password: &[u8], in_use: &Share) -> Result<(), BackupError> {
        let share = self.open(password)?;
        let same = share.group().id() == in_use.group().id() && share.party() == in_use.party();
        if same { Ok(()) } else { Err(BackupError::Outdated) }
    }
}

fn checksum(group: &Group, plain: &[u8]) -> [u8; 32] {
    tagged("everwatch/threshold/backup/1", &[&group.x_only(), plain])
}
